//! The terms of a filter that hold for a message as it is.

use super::field::ValueTest;
use crate::schema::{Display, Node, Number, Schema, Tree, Value};

/// The most terms of a message.
const MOST: usize = 64;

/// A term for each field of a message, as [`FieldTest::read`](super::FieldTest::read) takes it:
/// `temp:23.5`. A field that differs from one message to the next, a count, a checksum or a time,
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
        let value = value_of(schema, node, message).filter(|_| !differs);
        let value = value.filter(|value| is_exact(value, schema, node, message));
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
        (Some(Number::Whole(number)), _) => Some(number.to_string()),
        (Some(Number::Real(number)), _) => Some(number.to_string()),
        (None, Value::Bool(value)) => Some(value.to_string()),
        (None, _) => schema.plain_text(node, message),
    }
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
            "temp:30.5",
            "at:ok",
            "parts.name:left",
            "parts.name:right",
            "raw:ok",
            "sum:ok",
        ];
        assert_eq!(terms.unwrap(), expected);
        // A value without a name is a number.
        let terms = field_terms(&schema, &message(7, -15, "a\0b\0")).unwrap();
        assert_eq!(terms[1..3], ["kind:7", "temp:-1.5"]);
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
    fn a_wrong_message_has_no_terms() {
        let schema = Schema::read(SENSOR).unwrap();
        let mut bytes = message(2, 305, "left\0right\0");
        assert_eq!(field_terms(&schema, &bytes[..3]), None);
        bytes[3] ^= 1;
        assert_eq!(field_terms(&schema, &bytes), None);
    }
}
