//! The value of a field for programs: a number, a text or bytes, without signs for people.

use super::Schema;
use super::empty::EmptyValue;
use super::number::Number;
use super::tree::{Node, Value};
use crate::payload::charset::{Charset, DecodedPart};
use std::borrow::Cow;
use std::ops::Range;

/// A value without unit.
#[derive(Debug, PartialEq)]
pub enum PlainValue<'a> {
    /// It could not be read, or has only parts.
    None,
    Bool(bool),
    Number(Number),
    /// A text, an address, or the name of a value.
    Text(Cow<'a, str>),
    Bytes(&'a [u8]),
    /// Of JSON: a list or an object without anything in it.
    Empty(EmptyValue),
}

impl Schema {
    /// The value of a node of the message `bytes`.
    pub fn plain_value<'a>(&'a self, node: &'a Node, bytes: &'a [u8]) -> PlainValue<'a> {
        let of = |range: &Range<usize>| bytes.get(range.clone()).unwrap_or_default();
        if let Some(text) = &node.text {
            return PlainValue::Text(text.as_ref().into());
        }
        if let Some(name) = self.name_of_value(node) {
            return PlainValue::Text(name.into());
        }
        if let Some(address) = self.integer_address(node) {
            return PlainValue::Text(address.into());
        }
        if let Some(number) = self.number(node) {
            return PlainValue::Number(number);
        }
        match &node.value {
            Value::Bool(value) => PlainValue::Bool(*value),
            Value::Text(charset, range) => match text(*charset, of(range)) {
                Some(text) => PlainValue::Text(text),
                None => PlainValue::Bytes(of(range)),
            },
            Value::MadeText(text) => PlainValue::Text(text.as_ref().into()),
            Value::Bytes(range) => match self.address_text(node, of(range)) {
                Some(text) => PlainValue::Text(text.into()),
                None => PlainValue::Bytes(of(range)),
            },
            Value::MadeBytes(bytes) => PlainValue::Bytes(bytes),
            Value::Empty(empty) => PlainValue::Empty(*empty),
            _ => PlainValue::None,
        }
    }
}

/// The text as it is; `None` if the bytes are none in its encoding.
fn text(charset: Charset, bytes: &[u8]) -> Option<Cow<'_, str>> {
    let mut parts = charset.decode(bytes);
    match (parts.pop(), parts.is_empty()) {
        (None, _) => Some(Cow::default()),
        (Some(DecodedPart::Text(text)), true) => Some(text),
        _ => None,
    }
}
