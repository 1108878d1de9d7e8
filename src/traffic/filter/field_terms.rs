//! The terms of a filter that hold for a message as it is.

use super::field::ValueTest;
use crate::schema::{Display, Node, Schema, Tree, Value};

/// The most terms of a message.
const MOST: usize = 64;
/// Bounds of numbers from here on, and with more decimal places than this, have an exponent.
const LARGE: f64 = 1e15;
const PLACES: f64 = 16.0;

/// A term for each field of a message, as [`FieldTest::read`](super::FieldTest::read) takes it:
/// `kind:reply`. A number with a fraction may be a little different, `temp:23.45..23.55`, as
/// [`Schema::tolerance`] says: another program computes other last digits. A field that differs from one message to the next, a count, a checksum or a time,
/// only has to be right, `crc:ok`, and so do bytes, which have no text. `None` if something is
/// wrong with the message, if it has no field, or too many of them.
pub fn field_terms(schema: &Schema, message: &[u8]) -> Option<Vec<String>> {
    let mut tree = Tree::default();
    schema.decode(message, &mut tree);
    if tree.fault().is_some() {
        return None;
    }
    let mut terms = Vec::new();
    for (number, node) in tree.nodes().iter().enumerate() {
        let Some(field) = schema.field_of(node) else {
            continue;
        };
        let has_parts = matches!(node.value, Value::Struct(..)) && node.text.is_none();
        // What is computed follows from the other fields.
        let is_computed = field.value.is_some();
        if has_parts || is_computed || matches!(node.value, Value::List | Value::Missing) {
            continue;
        }
        let path = path(schema, &tree, number);
        if schema.path_names(&path.join(".")).as_ref() != Some(&path) {
            // The first field has the name of the protocol, which may be left out.
            continue;
        }
        let differs = field.relation.is_some()
            || matches!(field.show, Some(Display::Time | Display::TimeMillis));
        let value = match differs {
            true => None,
            false => around(schema, node, message).or_else(|| {
                let value = value_of(schema, node, message);
                value.filter(|value| is_exact(value, schema, node, message))
            }),
        };
        let term = format!("{}:{}", path.join("."), value.as_deref().unwrap_or("ok"));
        if terms.len() == MOST {
            return None;
        }
        if !terms.contains(&term) {
            terms.push(term);
        }
    }
    (!terms.is_empty()).then_some(terms)
}

/// The value as a term has it: a name, a number or a text.
fn value_of(schema: &Schema, node: &Node, message: &[u8]) -> Option<String> {
    if let Some(name) = schema.name_of_value(node) {
        return Some(name.to_owned());
    }
    match (schema.number(node), &node.value) {
        (Some(number), _) => Some(number.to_string()),
        (None, Value::Bool(value)) => Some(value.to_string()),
        (None, _) => schema.plain_text(node, message),
    }
}

/// The bounds of a number with a fraction, as a term has them: `23.45..23.55`. `None` for a value
/// that is compared as it is.
fn around(schema: &Schema, node: &Node, message: &[u8]) -> Option<String> {
    if schema.name_of_value(node).is_some() {
        return None;
    }
    let (number, tolerance) = (schema.number(node)?.real(), schema.tolerance(node)?);
    let has_bounds = number.is_finite() && tolerance.is_normal();
    let bound = |bound: f64| written(bound, tolerance);
    let term = has_bounds.then(|| {
        format!(
            "{}..{}",
            bound(number - tolerance),
            bound(number + tolerance)
        )
    })?;
    let test = ValueTest::read(&term)?;
    let is_range = matches!(test, ValueTest::Between(..));
    (is_range && test.holds(schema, node, message)).then_some(term)
}

/// A bound with as many digits as three of its tolerance, which is above zero, have.
fn written(bound: f64, tolerance: f64) -> String {
    let places = 2.0 - tolerance.log10().floor();
    if bound.abs() < LARGE && (0.0..=PLACES).contains(&places) {
        let text = format!("{bound:.*}", places as usize);
        let digits = match text.contains('.') {
            true => text.trim_end_matches('0').trim_end_matches('.'),
            false => &text,
        };
        return digits.to_owned();
    }
    // Seventeen digits are all that a double has.
    let above = bound.abs().log10().floor() + places;
    let digits = if (0.0..16.0).contains(&above) {
        above
    } else {
        16.0
    };
    format!("{bound:.*e}", digits as usize)
}

/// Whether a term with this value holds for no other value. A text that was received may read as
/// another test: `~` or `1..9`.
fn is_exact(value: &str, schema: &Schema, node: &Node, message: &[u8]) -> bool {
    let test = ValueTest::read(value);
    let test = test.filter(|test| matches!(test, ValueTest::Is(_, text) if text == value));
    test.is_some_and(|test| test.holds(schema, node, message))
}

/// The names of a field and of those around it, without places in lists.
fn path(schema: &Schema, tree: &Tree, number: usize) -> Vec<String> {
    let mut path = Vec::new();
    let mut at = Some(number);
    while let Some(here) = at {
        let field = tree.node(here).and_then(|node| schema.field_of(node));
        let Some(field) = field else {
            break;
        };
        path.push(field.name.clone());
        let around = tree.parent(here);
        let list = around.and_then(|around| tree.node(around));
        let in_list = list.is_some_and(|list| list.value == Value::List);
        // The list has the same name.
        at = match in_list {
            true => around.and_then(|list| tree.parent(list)),
            false => around,
        };
    }
    path.reverse();
    path
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::traffic::framing::SessionFraming;
    use crate::traffic::{FieldTest, MessageSchema, RecordKind};
    use proptest::prelude::*;
    use std::sync::Arc;

    const SENSOR: &str = r#"(
        meta: (id: "sensor", endian: "be", encoding: "UTF-8"),
        seq: [
            (id: "len", type: "u1", counts: "kind.."),
            (id: "kind", type: "u1", enum: "kind"),
            (id: "temp", type: "s2", scale: 0.1),
            (id: "at", type: "u4", show: time),
            (id: "parts", type: "part", repeat: "expr", repeat_expr: "2"),
            (id: "raw", size: 1),
            (id: "sum", type: "u1", checksum: "XOR-8"),
        ],
        types: {"part": (seq: [(id: "name", type: "strz")])},
        enums: {"kind": {1: "request", 2: "reply"}},
    )"#;

    fn message(kind: u8, temp: i16, names: &str) -> Vec<u8> {
        let mut bytes = vec![kind];
        bytes.extend(temp.to_be_bytes());
        bytes.extend([0, 0, 0, 9]);
        bytes.extend(names.as_bytes());
        bytes.push(0xAA);
        bytes.insert(0, bytes.len() as u8 + 1);
        bytes.push(bytes.iter().fold(0, |all, byte| all ^ byte));
        bytes
    }

    #[test]
    fn each_field_has_its_value_and_what_differs_is_right() {
        let schema = Schema::read(SENSOR).unwrap();
        let terms = field_terms(&schema, &message(2, 305, "left\0right\0"));
        let expected = [
            "len:ok",
            "kind:reply",
            "temp:30.45..30.55",
            "at:ok",
            "parts.name:left",
            "parts.name:right",
            "raw:ok",
            "sum:ok",
        ];
        assert_eq!(terms.unwrap(), expected);
        // A value without a name is a number.
        let terms = field_terms(&schema, &message(7, -15, "a\0b\0")).unwrap();
        assert_eq!(terms[1..3], ["kind:7", "temp:-1.55..-1.45"]);
    }

    #[test]
    fn a_received_text_is_no_other_test() {
        let schema = Schema::read(SENSOR).unwrap();
        let described = Arc::new(MessageSchema {
            schema: schema.clone(),
            framing: SessionFraming::default(),
        });
        for text in ["~", ">1", "1..9", "ok", "bad", "", "10-20", "<=5"] {
            let bytes = message(2, 1, &format!("{text}\0x\0"));
            let terms = field_terms(&schema, &bytes).unwrap();
            assert!(terms.contains(&"parts.name:ok".to_owned()), "{text}");
            for term in &terms {
                let test = FieldTest::read(term, &described).unwrap().unwrap();
                assert!(test.holds(RecordKind::Received, &bytes), "{term}");
            }
        }
    }

    #[test]
    fn a_number_with_a_fraction_may_have_other_last_digits() {
        let schema = r#"(meta: (endian: "be"), seq: [
            (id: "single", type: "f4"),
            (id: "double", type: "f8"),
            (id: "scaled", type: "f4", scale: 0.01),
            (id: "moved", type: "u1", offset: -40),
            (id: "whole", type: "u1"),
        ])"#;
        let schema = Schema::read(schema).unwrap();
        let message = |single: f32, double: f64, scaled: f32| {
            let mut bytes = single.to_be_bytes().to_vec();
            bytes.extend(double.to_be_bytes());
            bytes.extend(scaled.to_be_bytes());
            bytes.extend([65, 7]);
            bytes
        };
        let terms = field_terms(&schema, &message(23.5, -2e-20, 2_345.0)).unwrap();
        let expected = [
            "single:23.4999765..23.5000235",
            "double:-2.00000000000200e-20..-1.99999999999800e-20",
            "scaled:23.445..23.455",
            "moved:24.5..25.5",
            "whole:7",
        ];
        assert_eq!(terms, expected);
        let described = Arc::new(MessageSchema {
            schema: schema.clone(),
            framing: SessionFraming::default(),
        });
        let holds = |term: &str, bytes: &[u8]| {
            let test = FieldTest::read(term, &described).unwrap().unwrap();
            test.holds(RecordKind::Received, bytes)
        };
        let near = message(23.500_01, -2e-20 * (1.0 + 1e-13), 2_345.2);
        let far = message(23.501, -2e-20 * (1.0 + 1e-11), 2_346.0);
        for term in &terms[..3] {
            assert!(holds(term, &near) && !holds(term, &far), "{term}");
        }
        // Zero and what is no number have no last digits.
        let terms = field_terms(&schema, &message(0.0, f64::NAN, 1e30)).unwrap();
        assert_eq!(terms[..2], ["single:0", "double:ok"]);
    }

    proptest! {
        #[test]
        fn every_number_is_within_its_own_bounds(single: f32, double: f64) {
            let schema = r#"(meta: (endian: "be"), seq: [
                (id: "single", type: "f4"),
                (id: "double", type: "f8"),
            ])"#;
            let schema = Schema::read(schema).unwrap();
            let bytes = [&single.to_be_bytes()[..], &double.to_be_bytes()].concat();
            let described = Arc::new(MessageSchema { schema, framing: SessionFraming::default() });
            for term in field_terms(&described.schema, &bytes).unwrap() {
                let test = FieldTest::read(&term, &described).unwrap().unwrap();
                prop_assert!(test.holds(RecordKind::Received, &bytes), "{}", term);
                prop_assert!(term.len() < 60, "{}", term);
            }
        }
    }

    #[test]
    fn a_wrong_message_has_no_terms() {
        let schema = Schema::read(SENSOR).unwrap();
        let mut bytes = message(2, 305, "left\0right\0");
        assert_eq!(field_terms(&schema, &bytes[..3]), None);
        bytes[3] ^= 1;
        assert_eq!(field_terms(&schema, &bytes), None);
    }
}
