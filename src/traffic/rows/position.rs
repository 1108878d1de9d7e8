//! One record of a view, or one message.

use crate::traffic::Record;
use crate::traffic::messages::Message;

/// A record or a message, and the position of its first line in a view.
#[derive(Clone, Copy, Debug)]
pub struct RowPosition<'a> {
    /// Its id in the view: the number of its row, or of its message.
    pub id: u64,
    /// Its row; that of the last byte of a message.
    pub row: u64,
    pub line: u64,
    /// The record. Of a message that spans rows it has the bytes of the last row alone.
    pub record: Record<'a>,
    /// `None` for a record that is shown as it is.
    pub message: Option<Message>,
}

impl<'a> RowPosition<'a> {
    /// A record as it is.
    pub(super) fn of_row(row: u64, line: u64, record: Record<'a>) -> Self {
        Self {
            id: row,
            row,
            line,
            record,
            message: None,
        }
    }

    /// A message, whose last byte is in this record.
    pub(in crate::traffic) fn of_message(message: &Message, line: u64, record: Record<'a>) -> Self {
        let is_here = message.is_in_one_row();
        let begin = if is_here { message.begin as usize } else { 0 };
        let end = match is_here {
            true => begin + message.length as usize,
            false => message.behind as usize,
        };
        let bytes = record.bytes().get(begin..end).unwrap_or_default();
        Self {
            id: message.id.number(),
            row: message.last_row,
            line,
            record: record.with_bytes(bytes),
            message: Some(*message),
        }
    }

    /// The number of its bytes; of a message, as they came.
    pub fn length(&self) -> u64 {
        match &self.message {
            Some(message) => u64::from(message.length),
            None => self.record.bytes().len() as u64,
        }
    }

    /// The same with these bytes.
    #[must_use]
    pub fn with_bytes<'b>(self, bytes: &'b [u8]) -> RowPosition<'b>
    where
        'a: 'b,
    {
        RowPosition {
            record: self.record.with_bytes(bytes),
            ..self
        }
    }
}
