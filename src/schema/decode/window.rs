//! Bytes, texts and types with a length of their own.

use super::cursor::Cursor;
use super::evaluate::Scope;
use super::{Decoder, Stop};
use crate::schema::field_type::FieldType;
use crate::schema::plan::{FieldPlan, Length};
use crate::schema::tree::{Fault, Value};
use std::ops::Range;

impl Decoder<'_> {
    /// Reads bytes or a text.
    pub fn bytes_of(
        &mut self,
        field: &FieldPlan,
        of: FieldType,
        scope: usize,
        cursor: &mut Cursor,
    ) -> Result<Value, (Value, Fault)> {
        let value = |range| match of {
            FieldType::Text(charset) | FieldType::Written { charset, .. } => {
                Value::Text(charset, range)
            }
            _ => Value::Bytes(range),
        };
        let fixed = field.contents.as_ref().map(Vec::len);
        let window = self.window(&field.length, fixed, scope, cursor);
        window
            .map(value)
            .map_err(|(range, fault)| (value(range), fault))
    }

    /// Takes the bytes that belong to a field, without its terminator and what fills it up.
    pub(super) fn window(
        &mut self,
        length: &Length,
        fixed: Option<usize>,
        scope: usize,
        cursor: &mut Cursor,
    ) -> Result<Range<usize>, (Range<usize>, Fault)> {
        let begin = cursor.at;
        let size = match (&length.size, fixed) {
            (Some(size), _) => match self.integer(size, &Scope::of(scope, cursor)) {
                Ok(size) => {
                    Some(usize::try_from(size).map_err(|_| (begin..begin, Fault::Size(size)))?)
                }
                Err(fault) => return Err((begin..begin, Fault::Expression(fault))),
            },
            (None, Some(fixed)) => Some(fixed),
            (None, None) if length.to_end => Some(cursor.left()),
            (None, None) => None,
        };
        let Some(size) = size else {
            return match length.terminator {
                Some(terminator) => cursor.until(terminator, self.bytes),
                None => Ok(begin..begin),
            };
        };
        let there = size.min(cursor.left());
        cursor.at += there;
        let mut window = begin..begin + there;
        if there < size {
            return Err((window, Fault::Short((size - there) as u64)));
        }
        let terminator = length.terminator;
        // A terminator stands before what fills up the rest.
        if let Some(pad) = length.pad {
            let bytes = self.bytes.get(window.clone()).unwrap_or_default();
            let filled = bytes.iter().rev().take_while(|byte| **byte == pad).count();
            window.end -= filled;
        }
        if let Some(terminator) = terminator {
            let bytes = self.bytes.get(window.clone()).unwrap_or_default();
            if let Some(at) = memchr::memchr(terminator.byte, bytes) {
                window.end = begin + at + usize::from(terminator.include);
            }
        }
        Ok(window)
    }

    /// Reads a type: in a stream of its own, if something says how long that is.
    pub(super) fn inner(
        &mut self,
        node: usize,
        number: usize,
        (field, scope): (&FieldPlan, usize),
        cursor: &mut Cursor,
    ) -> Result<(), Stop> {
        let Length {
            size,
            to_end,
            terminator,
            ..
        } = &field.length;
        if size.is_none() && !to_end && terminator.is_none() {
            self.set(node, Value::Struct(number, cursor.begin..cursor.end));
            return self.structure(node, number, cursor);
        }
        let window = self.window(&field.length, None, scope, cursor);
        let (window, fault) = match window {
            Ok(window) => (window, None),
            Err((window, fault)) => (window, Some(fault)),
        };
        self.set(node, Value::Struct(number, window.clone()));
        // What does not fit into its own stream ends there.
        let _ = self.structure(node, number, &mut Cursor::new(window));
        match fault {
            Some(fault) => self.fail(node, fault),
            None => Ok(()),
        }
    }
}
