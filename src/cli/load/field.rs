//! The option `--field`: the position of the numbers in packets.

use crate::config::ArgumentMistake;
use crate::traffic::meter::NumberField;

/// Parses `header`, `u32be@4`, `u8@0` or `text:seq=`.
///
/// # Errors
/// The text is none of these, or no packet can have such a field.
pub fn field(text: &str) -> Result<NumberField, ArgumentMistake> {
    let field = read(text).ok_or(ArgumentMistake::Field)?;
    field.check().map_err(ArgumentMistake::FieldProblem)?;
    Ok(field)
}

fn read(text: &str) -> Option<NumberField> {
    if text == "header" {
        return Some(NumberField::Header);
    }
    if let Some(prefix) = text.strip_prefix("text:") {
        // An empty prefix matches everywhere.
        if prefix.is_empty() {
            return None;
        }
        let prefix = prefix.to_owned();
        return Some(NumberField::Text { prefix });
    }
    let (kind, offset) = text.split_once('@')?;
    let (bits, little_endian) = match kind.strip_prefix('u')? {
        bits if bits.ends_with("le") => (bits.trim_end_matches("le"), true),
        bits if bits.ends_with("be") => (bits.trim_end_matches("be"), false),
        "8" => ("8", false),
        _ => return None,
    };
    let width = match bits {
        "8" => 1,
        "16" => 2,
        "32" => 4,
        "64" => 8,
        _ => return None,
    };
    Some(NumberField::User {
        offset: offset.parse().ok()?,
        width,
        little_endian,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_has_a_width_a_byte_order_and_an_offset() {
        let user = |offset, width, little_endian| NumberField::User {
            offset,
            width,
            little_endian,
        };
        assert_eq!(field("header"), Ok(NumberField::Header));
        assert_eq!(field("u32be@4"), Ok(user(4, 4, false)));
        assert_eq!(field("u16le@0"), Ok(user(0, 2, true)));
        assert_eq!(field("u8@9"), Ok(user(9, 1, false)));
        let prefix = "seq=".into();
        assert_eq!(field("text:seq="), Ok(NumberField::Text { prefix }));
        for text in [
            "",
            "u32@4",
            "u24be@0",
            "u32be",
            "u32be@-1",
            "u32be@65533",
            "i32be@0",
        ] {
            assert!(field(text).is_err(), "{text}");
        }
    }
}
