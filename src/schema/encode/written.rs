//! Numbers that are written as text.

use super::number::{unscaled, whole, without_unit};
use super::values::FieldValue;
use super::{Encoder, FieldPlace};
use crate::payload::EncodeProblem;
use crate::schema::field_type::FieldType;
use crate::schema::notation::Notation;
use crate::schema::number::Number;
use crate::schema::plan::{FieldPlan, Plan};
use crate::schema::show::float;
use crate::schema::tree::Value;

/// The most digits behind the point of a number that was divided by its scale: more of them would
/// be errors of binary fractions.
const DIGITS: i32 = 9;
/// The most digits that are put before a number.
const FILLED: usize = 4_096;

impl Encoder<'_> {
    /// Writes a number as text.
    pub(super) fn written(
        &mut self,
        (place, node): (&FieldPlace, usize),
        field: &FieldPlan,
        (of, notation): (FieldType, Notation),
        value: Option<&FieldValue>,
    ) -> Result<(), EncodeProblem> {
        if let Some(FieldValue::Kept(_)) = value {
            return self.content((place, node), field, of, value);
        }
        let text = self.number_text((place, node), field, notation, value)?;
        if notation != Notation::Scalar && notation.read(&text).is_none() {
            let text = String::from_utf8_lossy(&text).into_owned();
            return Err(EncodeProblem::NotNumber(text));
        }
        self.content((place, node), field, of, Some(&FieldValue::Bytes(text)))
    }

    /// The text of a number.
    pub(super) fn number_text(
        &mut self,
        (place, node): (&FieldPlace, usize),
        field: &FieldPlan,
        notation: Notation,
        value: Option<&FieldValue>,
    ) -> Result<Vec<u8>, EncodeProblem> {
        let text = match value {
            Some(FieldValue::Bytes(bytes) | FieldValue::Kept(bytes)) => return Ok(bytes.clone()),
            Some(value) => given(self.plan, field, notation, value)?,
            None if place.follows => {
                of_whole(notation, self.computed.get(&node).copied().unwrap_or(0))?
            }
            // It may be a text, which says nothing.
            None if notation == Notation::Scalar && field.check.is_none() => String::new(),
            None => of_whole(notation, self.usual(place.around, field))?,
        };
        let size = match &field.length.size {
            Some(size) if !place.is_free => self
                .evaluate(place.around, |decoder, scope| decoder.integer(size, scope))
                .ok()
                .and_then(|size| usize::try_from(size).ok()),
            _ => None,
        };
        let least = size.or(place.least).unwrap_or(0).min(FILLED);
        Ok(match notation {
            Notation::Scalar => text,
            _ => filled(text, least),
        }
        .into_bytes())
    }

    /// What a text is by its notation, as the decoder reads it.
    pub(super) fn number_in(&self, text: Value, notation: Notation) -> Value {
        let Value::Text(_, range) = &text else {
            return text;
        };
        let bytes = self.out.bytes.get(range.clone()).unwrap_or_default();
        notation.read(bytes).unwrap_or(text)
    }

    /// Takes the byte away that ends the last element of a list, if the end of the text does too.
    pub(super) fn drop_last_terminator(&mut self, list: usize, field: &FieldPlan) {
        let Some(terminator) = field.length.terminator else {
            return;
        };
        let is_needed = terminator.required || terminator.include || !terminator.consume;
        let last = self.tree.children(list).last();
        let Some(last) = last.filter(|_| !is_needed) else {
            return;
        };
        let length = self.out.bytes.len();
        if let Some(node) = self.tree.node_mut(last)
            && node.range.end == length
            && node.range.len() > 1
            && self.out.bytes.last() == Some(&terminator.byte)
        {
            self.out.bytes.pop();
            node.range.end -= 1;
        }
    }
}

/// The text of a whole number.
fn of_whole(notation: Notation, value: i128) -> Result<String, EncodeProblem> {
    match notation {
        Notation::Hexadecimal if value < 0 => Err(EncodeProblem::Range {
            bits: 64,
            signed: false,
        }),
        Notation::Hexadecimal => Ok(format!("{value:X}")),
        Notation::Decimal | Notation::Real | Notation::Scalar => Ok(value.to_string()),
    }
}

/// The text of a value that is given.
fn given(
    plan: &Plan,
    field: &FieldPlan,
    notation: Notation,
    value: &FieldValue,
) -> Result<String, EncodeProblem> {
    let is_scaled = field.scale.is_some() || field.offset.is_some();
    let named = match (value, field.names) {
        (FieldValue::Written(text), Some(names)) => plan.value_of(names, text.trim()),
        _ => None,
    };
    match (notation, value) {
        (Notation::Decimal, FieldValue::Written(text)) if !is_scaled && named.is_none() => {
            // Its sign and its zeros stay.
            let digits = without_unit(field, text);
            match notation.read(digits.as_bytes()) {
                Some(_) => Ok(digits.to_owned()),
                None => of_whole(notation, whole(plan, field, value)?),
            }
        }
        (Notation::Decimal | Notation::Hexadecimal, value) => {
            of_whole(notation, whole(plan, field, value)?)
        }
        (_, FieldValue::Number(number)) => of_number(field, *number),
        (_, FieldValue::Written(text)) => {
            if let Some(value) = named {
                return Ok(value.to_string());
            }
            let digits = without_unit(field, text);
            match (notation.read(digits.as_bytes()), is_scaled) {
                (Some(_), false) => Ok(digits.to_owned()),
                (Some(Value::Integer(value)), true) => of_number(field, Number::Whole(value)),
                (Some(Value::Float(value)), true) => of_number(field, Number::Real(value)),
                _ if notation == Notation::Scalar => Ok(text.clone()),
                _ => Err(EncodeProblem::NotNumber(text.clone())),
            }
        }
        _ => Err(EncodeProblem::Kind),
    }
}

/// The text of a number as it is shown.
fn of_number(field: &FieldPlan, number: Number) -> Result<String, EncodeProblem> {
    let is_scaled = field.scale.is_some() || field.offset.is_some();
    let value = match number {
        Number::Whole(value) if !is_scaled => return Ok(value.to_string()),
        number => unscaled(field, number.real()),
    };
    if !value.is_finite() {
        return Err(EncodeProblem::NotNumber(value.to_string()));
    }
    let factor = 10_f64.powi(DIGITS);
    let value = match is_scaled && value.abs() < 1e6 {
        true => (value * factor).round() / factor,
        false => value,
    };
    Ok(float(value, value))
}

/// A number with zeros before it, so that it has so many bytes at least.
fn filled(text: String, least: usize) -> String {
    let Some(missing) = least.checked_sub(text.len()).filter(|missing| *missing > 0) else {
        return text;
    };
    let sign = text.len() - text.trim_start_matches(['+', '-']).len();
    let (sign, digits) = text.split_at_checked(sign).unwrap_or(("", text.as_str()));
    format!("{sign}{}{digits}", "0".repeat(missing))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::{FieldValues, Schema};

    /// The message whose only field is written so.
    fn written(field: &str, text: &str) -> Result<String, EncodeProblem> {
        let schema = Schema::read(&format!(r#"(seq: [(id: "n", {field})])"#)).unwrap();
        let mut values = FieldValues::default();
        values
            .set("n", FieldValue::Written(text.to_owned()))
            .unwrap();
        let made = schema.encode(&values).map_err(|mistake| mistake.problem);
        made.map(|bytes| String::from_utf8(bytes).unwrap())
    }

    #[test]
    fn a_number_in_text_fills_its_room() {
        for (field, text, made) in [
            (r#"type: "dec", size: 4"#, "42", "0042"),
            (r#"type: "dec", size: 4"#, "-42", "-042"),
            (r#"type: "dec", size: 4"#, "+042", "+042"),
            (r#"type: "hex", size: 2"#, "10", "0A"),
            (r#"type: "hex", size: 2"#, "0xfe", "FE"),
            (r#"type: "real", size: 5, unit: "V""#, "3.5 V", "003.5"),
            (r#"type: "real", size_eos: true"#, "23.50", "23.50"),
            (r#"type: "real", size_eos: true, scale: 0.1"#, "23.5", "235"),
            (r#"type: "scalar", size_eos: true"#, "on", "on"),
        ] {
            let found = written(field, text);
            assert_eq!(found, Ok(made.to_owned()), "{field} {text}");
        }
    }

    #[test]
    fn a_text_that_is_no_number_of_its_notation_is_refused() {
        let no_number = |text: &str| EncodeProblem::NotNumber(text.to_owned());
        for (field, text, problem) in [
            (r#"type: "dec", size: 4"#, "warm", no_number("warm")),
            (r#"type: "hex", size: 4"#, "1F", no_number("1F")),
            (r#"type: "real", size: 4"#, "inf", no_number("inf")),
            (
                r#"type: "hex", size: 4"#,
                "-1",
                EncodeProblem::Range {
                    bits: 64,
                    signed: false,
                },
            ),
            (
                r#"type: "dec", size: 2"#,
                "100",
                EncodeProblem::Size {
                    found: 3,
                    expected: 2,
                },
            ),
        ] {
            assert_eq!(written(field, text), Err(problem), "{field} {text}");
        }
    }
}
