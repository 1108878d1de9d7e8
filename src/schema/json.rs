//! The fields of a message as JSON.

use super::Schema;
use super::tree::{Node, Tree, Value as FieldValue};
use crate::payload::{hex, printable};
use serde_json::{Map, Value};

impl Schema {
    /// The fields of a message as an object: numbers, texts, named values by their names, bytes in
    /// hexadecimal, types as objects and repeated fields as lists. A number with a scale is scaled.
    pub fn json(&self, tree: &Tree, bytes: &[u8]) -> Value {
        self.json_of(tree, bytes, 0)
    }

    fn json_of(&self, tree: &Tree, bytes: &[u8], number: usize) -> Value {
        let Some(node) = tree.node(number) else {
            return Value::Null;
        };
        match &node.value {
            FieldValue::List => {
                let elements = tree.children(number);
                Value::Array(elements.map(|at| self.json_of(tree, bytes, at)).collect())
            }
            FieldValue::Struct(..) => {
                if let Some(text) = &node.text {
                    return Value::String(text.to_string());
                }
                let mut fields = Map::new();
                for child in tree.children(number) {
                    if let Some(field) = tree.node(child).and_then(|node| self.field_of(node)) {
                        fields.insert(field.name.clone(), self.json_of(tree, bytes, child));
                    }
                }
                Value::Object(fields)
            }
            _ => self.plain_json(node, bytes),
        }
    }

    /// The value of a node that has no parts.
    fn plain_json(&self, node: &Node, bytes: &[u8]) -> Value {
        let text = |bytes: &[u8], charset| Value::String(printable::line_in(charset, bytes));
        let compact = |bytes: &[u8]| {
            let mut text = Vec::new();
            hex::push_lower(&mut text, bytes);
            Value::String(String::from_utf8_lossy(&text).into_owned())
        };
        let of = |range: &std::ops::Range<usize>| bytes.get(range.clone()).unwrap_or_default();
        if let Some(value) = self.number(node) {
            return match self.name_of_value(node) {
                Some(name) => Value::String(name.to_owned()),
                None => value.json(),
            };
        }
        match &node.value {
            FieldValue::Bool(value) => Value::Bool(*value),
            FieldValue::Text(charset, range) => text(of(range), *charset),
            FieldValue::MadeText(text) => Value::String(text.to_string()),
            FieldValue::Bytes(range) => match self.address_text(node, of(range)) {
                Some(text) => Value::String(text),
                None => compact(of(range)),
            },
            FieldValue::MadeBytes(bytes) => compact(bytes),
            _ => Value::Null,
        }
    }
}
