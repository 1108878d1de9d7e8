//! The fields of a message as JSON.

use super::Schema;
use super::plain::PlainValue;
use super::tree::{Node, Tree, Value};
use crate::payload::{hex, json};
use std::io;

impl Schema {
    /// Appends the fields of a message as an object, in their order: numbers, texts, named values
    /// by their names, bytes in hexadecimal, types as objects and repeated fields as lists. A
    /// number with a scale is scaled; what could not be read is `null`.
    ///
    /// # Errors
    /// None that writing to memory has.
    pub fn push_json(&self, out: &mut Vec<u8>, tree: &Tree, bytes: &[u8]) -> io::Result<()> {
        self.push_node(out, tree, bytes, 0)
    }

    fn push_node(
        &self,
        out: &mut Vec<u8>,
        tree: &Tree,
        bytes: &[u8],
        number: usize,
    ) -> io::Result<()> {
        let Some(node) = tree.node(number) else {
            return json::push(out, &());
        };
        let is_list = match (&node.value, &node.text) {
            (Value::Struct(..), Some(text)) => return json::push_text(out, text),
            (Value::Struct(..), None) => false,
            (Value::List, _) => true,
            _ => return self.push_plain(out, node, bytes),
        };
        out.push(if is_list { b'[' } else { b'{' });
        let mut is_first = true;
        for child in tree.children(number) {
            let field = tree.node(child).and_then(|node| self.field_of(node));
            let Some(field) = field else { continue };
            if !std::mem::take(&mut is_first) {
                out.push(b',');
            }
            if !is_list {
                json::push_text(out, &field.name)?;
                out.push(b':');
            }
            self.push_node(out, tree, bytes, child)?;
        }
        out.push(if is_list { b']' } else { b'}' });
        Ok(())
    }

    /// Appends the value of a node that has no parts.
    fn push_plain(&self, out: &mut Vec<u8>, node: &Node, bytes: &[u8]) -> io::Result<()> {
        match self.plain_value(node, bytes) {
            PlainValue::None => json::push(out, &()),
            PlainValue::Bool(value) => json::push(out, &value),
            PlainValue::Number(number) => number.push_json(out),
            PlainValue::Text(text) => json::push_text(out, &text),
            PlainValue::Bytes(bytes) => {
                out.push(b'"');
                hex::push_lower(out, bytes);
                out.push(b'"');
                Ok(())
            }
        }
    }
}
