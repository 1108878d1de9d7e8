//! The fields of a message as JSON.

use super::Schema;
use super::plain::PlainValue;
use super::tree::{Node, Tree, Value};
use crate::payload::{hex, json};
use std::io;

impl Schema {
    /// Appends the fields of a message as an object, in their order: numbers, texts, named values
    /// by their names, bytes in hexadecimal, types as objects and repeated fields as lists. A
    /// number with a scale is scaled; what could not be read is `null`. Helpers are left out.
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
            let Some(field) = field.filter(|field| !field.is_helper) else {
                continue;
            };
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
            PlainValue::Empty(empty) => {
                out.extend_from_slice(empty.text().as_bytes());
                Ok(())
            }
            PlainValue::Bytes(bytes) => {
                out.push(b'"');
                hex::push_lower(out, bytes);
                out.push(b'"');
                Ok(())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::schema::{READY_MADE, Schema, Tree};

    #[test]
    fn files_have_no_helpers() {
        let schema = Schema::read(
            r#"(
            seq: [(id: "kind", type: "u1", summary: false), (id: "part", type: "part(2)")],
            instances: {
                "first": (pos: 0, type: "u1", summary: false),
                "double": (value: "first * 2"),
            },
            types: {"part": (params: [(id: "n", type: "u1")], seq: [(id: "x", type: "u1")])},
        )"#,
        )
        .unwrap();
        let (mut tree, mut json) = (Tree::default(), Vec::new());
        schema.decode(&[3, 4], &mut tree);
        schema.push_json(&mut json, &tree, &[3, 4]).unwrap();
        let json = String::from_utf8(json).unwrap();
        assert!(!json.contains("first"), "{json}");
        for part in [r#""kind":3"#, r#""x":4"#, r#""double":6"#, r#""n":2"#] {
            assert!(json.contains(part), "{json}");
        }
        let columns = schema.file_paths(100);
        assert_eq!(columns, ["kind", "part.x", "double"]);
        assert!(
            schema.paths(100).contains(&"first".to_owned()),
            "filters do"
        );
    }

    #[test]
    fn the_columns_of_tls_are_its_fields() {
        let tls = READY_MADE.iter().find(|ready| ready.name == "tls").unwrap();
        let columns = tls.schema().unwrap().file_paths(100);
        assert!(
            columns.contains(&"fragment.messages.type".to_owned()),
            "{columns:?}"
        );
        for helper in ["first", "length", "is_message"] {
            let path = format!("fragment.{helper}");
            assert!(!columns.contains(&path), "{columns:?}");
        }
    }
}
