//! Values as JSON writes them.

use crate::payload::{EncodeProblem, json};
use crate::schema::empty::EmptyValue;
use crate::schema::encode::values::FieldValue;
use crate::schema::encode::{Encoder, FieldPlace};
use crate::schema::field_type::FieldType;
use crate::schema::notation::{self, Notation};
use crate::schema::plan::FieldPlan;
use crate::schema::tree::Value;
use serde::de::IgnoredAny;

/// The value of JSON for nothing.
pub(super) const NULL: &[u8] = b"null";

impl Encoder<'_> {
    /// The JSON of a value of a type that has no fields.
    pub(super) fn token(
        &mut self,
        (place, node): (&FieldPlace, usize),
        field: &FieldPlan,
        of: FieldType,
        value: Option<&FieldValue>,
    ) -> Result<Vec<u8>, EncodeProblem> {
        if let Some(FieldValue::Kept(bytes)) = value {
            let is_json = serde_json::from_slice::<IgnoredAny>(bytes).is_ok();
            return match (is_json, std::str::from_utf8(bytes)) {
                (true, _) => Ok(bytes.clone()),
                // It stood in another text.
                (false, Ok(text)) => string(text),
                (false, Err(_)) => Err(EncodeProblem::Kind),
            };
        }
        match of {
            FieldType::Text(_) => string(&text(value)?),
            FieldType::Written {
                notation: Notation::Scalar,
                ..
            } => self.scalar((place, node), field, value),
            FieldType::Written { notation, .. } => {
                let value = value.map(FieldValue::plain);
                let value = value.as_deref();
                let number = self.number_text((place, node), field, notation, value)?;
                let Some(read) = notation.read(&number) else {
                    let text = String::from_utf8_lossy(&number).into_owned();
                    return Err(EncodeProblem::NotNumber(text));
                };
                // A number of JSON has no `+`, no zeros before it and no letters.
                match (notation, Notation::Scalar.read(&number), read) {
                    (Notation::Hexadecimal, ..) => string(&String::from_utf8_lossy(&number)),
                    (_, Some(_), _) => Ok(number.trim_ascii().to_vec()),
                    (_, None, Value::Integer(value)) => Ok(value.to_string().into_bytes()),
                    (_, None, Value::Float(value)) => Ok(value.to_string().into_bytes()),
                    _ => Err(EncodeProblem::Kind),
                }
            }
            _ => Err(EncodeProblem::Kind),
        }
    }

    /// A value that is of the type that it looks like. A text in quotation marks is a text.
    fn scalar(
        &mut self,
        (place, node): (&FieldPlace, usize),
        field: &FieldPlan,
        value: Option<&FieldValue>,
    ) -> Result<Vec<u8>, EncodeProblem> {
        let value = match value {
            None if !place.follows && field.check.is_none() => return Ok(NULL.to_vec()),
            Some(FieldValue::Bytes(_) | FieldValue::Text(_)) => return string(&text(value)?),
            value => value,
        };
        if let Some(FieldValue::Written(text)) = value {
            let trimmed = text.trim();
            if matches!(trimmed, "null" | "true" | "false") {
                return Ok(trimmed.as_bytes().to_vec());
            }
            if let Some(empty) = EmptyValue::of(trimmed.as_bytes()) {
                return Ok(empty.text().into());
            }
            let inner = trimmed
                .strip_prefix('"')
                .and_then(|text| text.strip_suffix('"'));
            if let Some(inner) = inner {
                let read = serde_json::from_str::<String>(trimmed);
                return string(read.as_deref().unwrap_or(inner));
            }
        }
        let written = self.number_text((place, node), field, Notation::Scalar, value)?;
        // One that is too large to be read stays as it is written, too.
        match notation::is_json_number(&written) {
            true => Ok(written.trim_ascii().to_vec()),
            false => string(&String::from_utf8_lossy(&written)),
        }
    }
}

/// The text of a value; of none, the empty one.
fn text(value: Option<&FieldValue>) -> Result<String, EncodeProblem> {
    match value {
        None => Ok(String::new()),
        Some(FieldValue::Written(text) | FieldValue::Text(text)) => Ok(text.clone()),
        Some(FieldValue::Number(number)) => Ok(number.to_string()),
        Some(FieldValue::Bytes(bytes)) => {
            String::from_utf8(bytes.clone()).map_err(|_| EncodeProblem::Kind)
        }
        Some(_) => Err(EncodeProblem::Kind),
    }
}

fn string(text: &str) -> Result<Vec<u8>, EncodeProblem> {
    let mut quoted = Vec::new();
    json::push_text(&mut quoted, text).map_err(|_| EncodeProblem::Kind)?;
    Ok(quoted)
}
