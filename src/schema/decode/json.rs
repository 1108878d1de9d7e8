//! JSON texts: fields by the pointer to their value.

use super::cursor::Cursor;
use super::others::{Lists, Other};
use super::{DEPTH, Decoder, NODES, NodePlace, Stop, json_text};
use crate::payload::charset::Charset;
use crate::schema::empty::EmptyValue;
use crate::schema::field_type::FieldType;
use crate::schema::json_path::JsonPath;
use crate::schema::notation::Notation;
use crate::schema::plan::{FieldKind, FieldPlan, Repeat};
use crate::schema::text_form::JsonForm;
use crate::schema::tree::{Fault, Node, Value};
use std::ops::Range;

/// The way through a JSON text.
struct Walk<'f> {
    /// The node of the type.
    node: usize,
    form: &'f JsonForm,
    lists: Lists,
    /// The way to the value.
    path: JsonPath,
    /// The last name in the text. Empty in a list.
    key: Range<usize>,
}

impl Decoder<'_> {
    /// Reads a JSON text.
    pub(super) fn json(
        &mut self,
        node: usize,
        form: &JsonForm,
        cursor: &mut Cursor,
    ) -> Result<(), Stop> {
        let bytes = self.bytes;
        let text = bytes.get(cursor.at..cursor.end).unwrap_or_default();
        let length = match json_text::length(text) {
            Ok(length) => length,
            Err(place) => return self.fail(node, Fault::Json((cursor.at + place) as u64)),
        };
        let mut walk = Walk {
            node,
            form,
            lists: Lists::default(),
            path: JsonPath::default(),
            key: cursor.at..cursor.at,
        };
        let begin = json_text::skip_space(bytes, cursor.at);
        self.json_value(&mut walk, begin, true)?;
        cursor.at += length;
        Ok(())
    }

    /// Reads the value at `at`, and returns where it ends. What no field is declared for `is_free`
    /// to be listed, unless a value around it has a field.
    fn json_value(
        &mut self,
        walk: &mut Walk<'_>,
        at: usize,
        mut is_free: bool,
    ) -> Result<usize, Stop> {
        if self.tree.len() >= NODES || self.depth >= DEPTH {
            return self.fail(walk.node, Fault::TooMuch);
        }
        let (plan, bytes) = (self.plan, self.bytes);
        let index = walk.form.fields.get(walk.path.pointer.as_str()).copied();
        if let Some((index, field)) = index.and_then(|index| Some((index, plan.field(index)?))) {
            let is_once = matches!(field.repeat, Repeat::Once);
            // A second one of the same name is none that the description knows.
            if !is_once || self.tree.child_of(walk.node, index).is_none() {
                self.json_field(walk, (index, field), at);
                is_free = false;
            }
        }
        let first = bytes.get(at);
        // What has nothing in it is a value itself; of the whole text it says nothing.
        let has_parts = walk.path.pointer.is_empty() || !json_text::is_empty(bytes, at);
        if !matches!(first, Some(b'{' | b'[')) || !has_parts {
            let end = json_text::end_of(bytes, at);
            if is_free {
                self.json_other(walk, at..end);
            }
            return Ok(end);
        }
        self.depth += 1;
        let end = match first {
            Some(b'{') => self.json_members(walk, at, is_free),
            _ => self.json_elements(walk, at, is_free),
        };
        self.depth -= 1;
        end
    }

    fn json_members(
        &mut self,
        walk: &mut Walk<'_>,
        at: usize,
        is_free: bool,
    ) -> Result<usize, Stop> {
        let bytes = self.bytes;
        let mut at = json_text::skip_space(bytes, at + 1);
        while bytes.get(at) == Some(&b'"') {
            let key = at..json_text::end_of(bytes, at);
            let name = json_text::string(bytes.get(key.clone()).unwrap_or_default());
            let colon = json_text::skip_space(bytes, key.end);
            let value = json_text::skip_space(bytes, colon + 1);
            let back = walk.path.enter(&name);
            walk.key = key;
            let end = self.json_value(walk, value, is_free)?;
            walk.path.leave(back);
            at = json_text::skip_space(bytes, end);
            if bytes.get(at) == Some(&b',') {
                at = json_text::skip_space(bytes, at + 1);
            }
        }
        // Behind the bracket.
        Ok(at + 1)
    }

    fn json_elements(
        &mut self,
        walk: &mut Walk<'_>,
        at: usize,
        is_free: bool,
    ) -> Result<usize, Stop> {
        let bytes = self.bytes;
        let mut at = json_text::skip_space(bytes, at + 1);
        let mut number = 0_usize;
        while bytes.get(at).is_some_and(|byte| *byte != b']') {
            let back = walk.path.enter(&number.to_string());
            walk.key = at..at;
            let end = self.json_value(walk, at, is_free)?;
            walk.path.leave(back);
            number += 1;
            at = json_text::skip_space(bytes, end);
            if bytes.get(at) == Some(&b',') {
                at = json_text::skip_space(bytes, at + 1);
            }
        }
        Ok(at + 1)
    }

    /// Reads the value of a field; of a repeated one, the values of a list.
    fn json_field(&mut self, walk: &mut Walk<'_>, (index, field): (usize, &FieldPlan), at: usize) {
        let bytes = self.bytes;
        let around = walk.node;
        if matches!(field.repeat, Repeat::Once) {
            if matches!(
                self.exists(around, (index, field), &Cursor::new(at..at)),
                Ok(true)
            ) {
                let place = NodePlace {
                    scope: around,
                    parent: around,
                    index: None,
                };
                let range = at..json_text::end_of(bytes, at);
                self.json_element(place, (index, field), range);
            }
            return;
        }
        for range in json_text::elements(bytes, at) {
            if self.tree.len() >= NODES {
                self.mark(around, Fault::TooMuch);
                return;
            }
            let place = self.next_in_list(&mut walk.lists, around, (index, field), &range);
            if let Some(place) = place {
                self.json_element(place, (index, field), range);
            }
        }
    }

    /// Adds a value for which no field is declared.
    fn json_other(&mut self, walk: &mut Walk<'_>, range: Range<usize>) {
        let begin = match walk.key.is_empty() {
            true => range.start,
            false => walk.key.start,
        };
        let other = Other {
            name: &walk.path.name(),
            key: walk.key.clone(),
            whole: begin..range.end,
        };
        let added = self.other(&mut walk.lists, walk.node, walk.form.others, other);
        if let Some((place, field)) = added {
            self.json_element(place, field, range);
        }
    }

    /// Reads the value with these bytes.
    fn json_element(
        &mut self,
        place: NodePlace,
        (index, field): (usize, &FieldPlan),
        range: Range<usize>,
    ) {
        let bytes = self.bytes;
        let text = bytes.get(range.clone()).unwrap_or_default();
        let inner = match text {
            [b'"', .., b'"'] => range.start + 1..range.end - 1,
            _ => range,
        };
        let is_text = match &field.kind {
            FieldKind::Type(FieldType::Text(_)) => true,
            FieldKind::Type(FieldType::Written {
                notation: Notation::Scalar,
                ..
            }) => false,
            _ if text == b"null" => false,
            // What is wrong with one value says nothing of the others.
            _ => {
                let _ = self.element(place, (index, field), &mut Cursor::new(inner));
                return;
            }
        };
        let value = value(text, &inner, is_text);
        let is_there = value != Value::Missing;
        let mut node = Node::new(Some(index), value, inner.clone());
        node.index = place.index;
        let node = self.tree.add(Some(place.parent), node);
        if is_there {
            self.check(node, field, place.scope, &Cursor::new(inner));
        }
    }
}

/// A value, of which `inner` are the bytes without quotation marks. There is none for `null`.
pub(in crate::schema) fn value(text: &[u8], inner: &Range<usize>, is_text: bool) -> Value {
    let as_written = Value::Text(Charset::Utf8, inner.clone());
    match text {
        b"null" => Value::Missing,
        [b'"', ..] => match json_text::unescaped(text) {
            Some(text) => Value::MadeText(text.into()),
            None => as_written,
        },
        _ if is_text => as_written,
        b"true" => Value::Bool(true),
        b"false" => Value::Bool(false),
        _ => match EmptyValue::of(text) {
            Some(empty) => Value::Empty(empty),
            None => Notation::Scalar.read(text).unwrap_or(as_written),
        },
    }
}
