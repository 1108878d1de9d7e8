//! The text of a cell, and the values that it is written as.

use super::column::Column;
use crate::config::ron_file::RonNode;
use crate::payload::hex;

/// What a key is to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Written {
    /// This value, in RON.
    Value(String),
    /// Not there.
    Absent,
}

/// A text that no value of its column is written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadCell;

/// The text of a cell whose field this is, in the text of the description.
pub(super) fn shown(text: &str, field: &RonNode, column: Column) -> String {
    let plain = |key: &str| field.get(key).map(|node| plain(node.text(text)));
    let is_set = |key: &str| plain(key).is_some_and(|value| value == "true");
    match column {
        Column::Size => match plain("size") {
            None if is_set("size_eos") => "*".to_owned(),
            size => size.unwrap_or_default(),
        },
        Column::Repeat => match plain("repeat").as_deref() {
            Some("eos") => "*".to_owned(),
            Some("expr") => plain("repeat_expr").unwrap_or_default(),
            Some("until") => format!("until {}", plain("repeat_until").unwrap_or_default()),
            other => other.unwrap_or_default().to_owned(),
        },
        Column::Valid => match field.get("valid").and_then(|node| range(text, node)) {
            Some(range) => range,
            None => plain("valid").unwrap_or_default(),
        },
        Column::Constant => match field.get("contents").map(|node| node.text(text)) {
            // In hexadecimal digits it would be another one.
            Some(number) if number.starts_with(|c: char| c.is_ascii_digit()) => {
                format!("[{number}]")
            }
            value => value.unwrap_or_default().to_owned(),
        },
        column => plain(column.key()).unwrap_or_default(),
    }
}

/// `least..greatest`, if these bounds are all that is written.
fn range(text: &str, node: &RonNode) -> Option<String> {
    let is_bound = |key: &str| matches!(key, "min" | "max");
    let keys = node.parts.iter().map(|part| part.key.as_ref());
    let mut known = keys.map(|key| key.is_some_and(|(key, _)| is_bound(key)));
    if node.parts.is_empty() || !known.all(|known| known) {
        return None;
    }
    let bound = |key| node.get(key).map(|node| plain(node.text(text)));
    let (least, greatest) = (bound("min"), bound("max"));
    Some(format!(
        "{}..{}",
        least.unwrap_or_default(),
        greatest.unwrap_or_default()
    ))
}

/// A value as a person writes it: a text without quotation marks, anything else as it stands.
pub(super) fn plain(value: &str) -> String {
    let is_text = value.starts_with('"') || value.starts_with("r\"") || value.starts_with("r#");
    let text = is_text.then(|| ron::from_str::<String>(value).ok());
    text.flatten().unwrap_or_else(|| value.to_owned())
}

/// The keys that say what this text in a cell says; none of the others of the column is left.
pub(super) fn written(column: Column, text: &str) -> Result<Vec<(&'static str, Written)>, BadCell> {
    let text = text.trim();
    let value = Written::Value;
    let key = column.key();
    if text.is_empty() {
        let keys = match column {
            Column::Size => vec!["size", "size_eos"],
            Column::Repeat => vec!["repeat", "repeat_expr", "repeat_until"],
            _ => vec![key],
        };
        return Ok(keys.into_iter().map(|key| (key, Written::Absent)).collect());
    }
    Ok(match column {
        Column::Size => match text {
            "*" => vec![
                ("size", Written::Absent),
                ("size_eos", value("true".to_owned())),
            ],
            size => vec![
                ("size_eos", Written::Absent),
                ("size", value(expression(size))),
            ],
        },
        Column::Repeat => {
            let (how, times, until) = match (text, text.strip_prefix("until ")) {
                ("*", _) => ("eos", None, None),
                (_, Some(last)) => ("until", None, Some(quoted(last.trim()))),
                (times, None) => ("expr", Some(expression(times)), None),
            };
            let or_absent = |text: Option<String>| text.map_or(Written::Absent, Written::Value);
            vec![
                ("repeat", value(quoted(how))),
                ("repeat_expr", or_absent(times)),
                ("repeat_until", or_absent(until)),
            ]
        }
        Column::Type if text.starts_with('(') => vec![(key, value(one_value(text)?))],
        Column::Key if text.starts_with('[') => vec![(key, value(one_value(text)?))],
        Column::Constant => vec![(key, value(constant(text)?))],
        Column::Valid => vec![(key, value(valid(text)?))],
        Column::Scale | Column::Offset => {
            let is_number = text.parse::<f64>().is_ok_and(f64::is_finite);
            vec![(
                key,
                value(is_number.then(|| text.to_owned()).ok_or(BadCell)?),
            )]
        }
        Column::Terminator => {
            let number = whole_number(text).ok_or(BadCell)?;
            u8::try_from(number).map_err(|_| BadCell)?;
            vec![(key, value(text.to_owned()))]
        }
        Column::Show => {
            let is_word = text.chars().all(|c| c.is_ascii_lowercase() || c == '_');
            vec![(key, value(is_word.then(|| text.to_owned()).ok_or(BadCell)?))]
        }
        _ => vec![(key, value(quoted(text)))],
    })
}

/// A text in quotation marks.
pub(super) fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            '\n' => quoted.push_str("\\n"),
            c if c.is_control() => quoted.extend(c.escape_unicode()),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

/// A number stands as it is, any other expression in quotation marks.
fn expression(text: &str) -> String {
    match whole_number(text) {
        Some(_) => text.to_owned(),
        None => quoted(text),
    }
}

/// A whole number in decimal digits, or in hexadecimal ones behind `0x`; digits may have `_`
/// between them.
fn whole_number(text: &str) -> Option<i64> {
    let is_sign = text.starts_with(['+', '_']) || text.starts_with("0x_");
    let text = text.replace('_', "");
    let number = match text.strip_prefix("0x") {
        Some(digits) if !digits.starts_with(['+', '-']) => i64::from_str_radix(digits, 16),
        _ => text.parse(),
    };
    number.ok().filter(|_| !is_sign)
}

/// A bound or a value of `valid`.
fn number_or_expression(text: &str) -> String {
    let text = text.trim();
    let begins = text.starts_with(|c: char| c.is_ascii_digit() || c == '-');
    let is_decimal = begins && text.ends_with(|c: char| c.is_ascii_digit());
    match is_decimal && text.parse::<f64>().is_ok() {
        true => text.to_owned(),
        false => expression(text),
    }
}

fn valid(text: &str) -> Result<String, BadCell> {
    // An expression may begin so, too.
    if text.starts_with('(')
        && let Ok(value) = one_value(text)
    {
        return Ok(value);
    }
    let Some((least, greatest)) = text.split_once("..") else {
        return Ok(number_or_expression(text));
    };
    let bounds = [("min", least.trim()), ("max", greatest.trim())];
    let bounds = bounds.into_iter().filter(|(_, bound)| !bound.is_empty());
    let bounds: Vec<String> = bounds
        .map(|(key, bound)| format!("{key}: {}", number_or_expression(bound)))
        .collect();
    match bounds.is_empty() {
        true => Err(BadCell),
        false => Ok(format!("({})", bounds.join(", "))),
    }
}

/// Bytes: a text in quotation marks or a list as they stand, or bytes in hexadecimal digits.
fn constant(text: &str) -> Result<String, BadCell> {
    if text.starts_with(['[', '"', 'r']) {
        return one_value(text);
    }
    let bytes = hex::parse(text).map_err(|_| BadCell)?;
    let bytes: Vec<String> = bytes.iter().map(|byte| format!("0x{byte:02X}")).collect();
    match bytes.is_empty() {
        true => Err(BadCell),
        false => Ok(format!("[{}]", bytes.join(", "))),
    }
}

/// A text that is one value in RON, so that it cannot change what is around it.
fn one_value(text: &str) -> Result<String, BadCell> {
    let is_one = RonNode::read(text).is_some_and(|node| node.text(text) == text);
    // A comment would take the rest of its line along.
    let is_plain = ron::from_str::<ron::Value>(text).is_ok() && !text.contains("//");
    match is_one && is_plain {
        true => Ok(text.to_owned()),
        false => Err(BadCell),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(column: Column, text: &str) -> Option<String> {
        let keys = written(column, text).ok()?;
        let values = keys.into_iter().filter_map(|(key, written)| match written {
            Written::Value(value) => Some(format!("{key}: {value}")),
            Written::Absent => None,
        });
        Some(values.collect::<Vec<_>>().join(", "))
    }

    #[test]
    fn a_cell_is_written_as_a_person_would() {
        for (column, text, expected) in [
            (Column::Name, "temp", "id: \"temp\""),
            (Column::Unit, "\"\\", "unit: \"\\\"\\\\\""),
            (Column::Size, "4", "size: 4"),
            (Column::Size, "len - 4", "size: \"len - 4\""),
            (Column::Size, "*", "size_eos: true"),
            (Column::Repeat, "n", "repeat: \"expr\", repeat_expr: \"n\""),
            (Column::Repeat, "*", "repeat: \"eos\""),
            (
                Column::Repeat,
                "until _ == 0",
                "repeat: \"until\", repeat_until: \"_ == 0\"",
            ),
            (Column::Constant, "AA 55", "contents: [0xAA, 0x55]"),
            (Column::Constant, "\"MQTT\"", "contents: \"MQTT\""),
            (Column::Valid, "-40..85.5", "valid: (min: -40, max: 85.5)"),
            (Column::Valid, "..n", "valid: (max: \"n\")"),
            (Column::Valid, "3", "valid: 3"),
            (
                Column::Valid,
                "1..0x7FFF_FFFF",
                "valid: (min: 1, max: 0x7FFF_FFFF)",
            ),
            (Column::Valid, "(in_enum: true)", "valid: (in_enum: true)"),
            (Column::Terminator, "0x2C", "terminator: 0x2C"),
            (Column::Scale, "0.1", "scale: 0.1"),
            (
                Column::Type,
                "(switch_on: \"a\", cases: {\"1\": \"b\"})",
                "type: (switch_on: \"a\", cases: {\"1\": \"b\"})",
            ),
            (Column::Doc, " ", ""),
        ] {
            assert_eq!(value(column, text).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn what_could_change_the_text_around_it_is_refused() {
        for (column, text) in [
            (Column::Type, "(a: 1), (b: 2)"),
            (Column::Type, "(a: 1"),
            (Column::Valid, ".."),
            (Column::Constant, "[1], x: 2"),
            (Column::Constant, "AA 5"),
            (Column::Terminator, "256"),
            (Column::Scale, "inf"),
            (Column::Show, "hex, unit: \"x\""),
        ] {
            assert_eq!(value(column, text), None, "{text}");
        }
    }
}
