//! A message as the index stores it.

use super::message::{Message, MessageId, MessageRole};
use crate::traffic::RecordKind;
use crate::traffic::framing::FrameEnd;

const FOUND: u8 = 1;
/// A reply, which stands in the line of its request, or what a relay passed on.
const HIDDEN: u8 = 2;
/// It is not in the row in which its end was known, or not in that alone: it has a [`MessageSpan`].
const SPANS: u8 = 4;
/// A failure that repeats the one before.
const REPEATS: u8 = 8;
const REQUEST: u8 = 16;
const UNASKED: u8 = 32;
/// Neither of its two marks alone has this meaning.
const FORWARDED: u8 = HIDDEN | UNASKED;
/// The kind is in the two bits from here on.
const KIND: u32 = 6;

/// How a message ended, without the length of the delimiter.
#[derive(Clone, Copy, Debug)]
enum EndCode {
    Whole,
    Delimited,
    Unfinished,
    TooLong,
    TooShort,
    Garbled,
}

/// A message or an event: sixteen bytes.
#[derive(Clone, Copy, Debug)]
pub(super) struct MessageEntry {
    /// The position in its slot of the row in which its end was known.
    pub position: u32,
    begin: u32,
    behind: u32,
    delimiter: u16,
    end: EndCode,
    marks: u8,
}

/// The place of a message that one row does not have whole.
#[derive(Clone, Copy, Debug)]
pub(super) struct MessageSpan {
    /// The index of its entry in the slot.
    pub at: u32,
    pub reads: u32,
    pub length: u32,
    pub first_row: u64,
    pub last_row: u64,
}

impl MessageEntry {
    /// The entry of a message at this position of a slot, and its span if it has one. `None` for a
    /// delimiter that no framing has.
    pub fn of(message: &Message, position: u32) -> Option<(Self, Option<MessageSpan>)> {
        let (end, delimiter) = match message.end {
            FrameEnd::Whole => (EndCode::Whole, 0),
            FrameEnd::Delimited(length) => (EndCode::Delimited, u16::try_from(length).ok()?),
            FrameEnd::Unfinished => (EndCode::Unfinished, 0),
            FrameEnd::TooLong => (EndCode::TooLong, 0),
            FrameEnd::TooShort => (EndCode::TooShort, 0),
            FrameEnd::Garbled => (EndCode::Garbled, 0),
        };
        let is_here = message.is_in_one_row() && message.last_row == message.id.row();
        let span = (!is_here).then_some(MessageSpan {
            at: 0,
            reads: message.reads,
            length: message.length,
            first_row: message.first_row,
            last_row: message.last_row,
        });
        let role = match message.role {
            MessageRole::Unpaired => 0,
            MessageRole::Request(_) => REQUEST,
            MessageRole::Reply => HIDDEN,
            MessageRole::Unasked => UNASKED,
            MessageRole::Forwarded => FORWARDED,
        };
        let found = if message.found { FOUND } else { 0 };
        let spans = if is_here { 0 } else { SPANS };
        let entry = Self {
            position,
            begin: message.begin,
            behind: message.behind,
            delimiter,
            end,
            marks: (code(message.kind) << KIND) | found | spans | role,
        };
        Some((entry, span))
    }

    /// The entry of an event.
    pub fn of_event(position: u32, kind: RecordKind, is_found: bool, is_repeat: bool) -> Self {
        let found = if is_found { FOUND } else { 0 };
        let repeats = if is_repeat { REPEATS } else { 0 };
        Self {
            position,
            begin: 0,
            behind: 0,
            delimiter: 0,
            end: EndCode::Whole,
            marks: (code(kind) << KIND) | found | repeats,
        }
    }

    pub fn kind(&self) -> RecordKind {
        match self.marks >> KIND {
            0 => RecordKind::Received,
            1 => RecordKind::Sent,
            2 => RecordKind::Notice,
            _ => RecordKind::Failure,
        }
    }

    /// Whether it is a message, not an event.
    pub fn is_message(&self) -> bool {
        matches!(self.kind(), RecordKind::Received | RecordKind::Sent)
    }

    pub fn is_found(&self) -> bool {
        self.marks & FOUND != 0
    }

    /// Whether it has no line of its own.
    pub fn is_hidden(&self) -> bool {
        self.marks & HIDDEN != 0
    }

    pub fn is_repeat(&self) -> bool {
        self.marks & REPEATS != 0
    }

    pub fn spans(&self) -> bool {
        self.marks & SPANS != 0
    }

    pub fn set_found(&mut self) {
        self.marks |= FOUND;
    }

    /// The message of this entry, which has this id and this span, and as a request this reply.
    pub fn message(
        &self,
        id: MessageId,
        span: Option<&MessageSpan>,
        reply: Option<MessageId>,
    ) -> Message {
        let delimiter = u32::from(self.delimiter);
        let here = MessageSpan {
            at: 0,
            reads: 1,
            length: self.behind.saturating_sub(self.begin + delimiter),
            first_row: id.row(),
            last_row: id.row(),
        };
        let span = span.unwrap_or(&here);
        let role = match self.marks & (HIDDEN | REQUEST | UNASKED) {
            REQUEST => MessageRole::Request(reply),
            HIDDEN => MessageRole::Reply,
            UNASKED => MessageRole::Unasked,
            FORWARDED => MessageRole::Forwarded,
            _ => MessageRole::Unpaired,
        };
        Message {
            id,
            kind: self.kind(),
            first_row: span.first_row,
            last_row: span.last_row,
            begin: self.begin,
            behind: self.behind,
            reads: span.reads,
            length: span.length,
            end: match self.end {
                EndCode::Whole => FrameEnd::Whole,
                EndCode::Delimited => FrameEnd::Delimited(delimiter),
                EndCode::Unfinished => FrameEnd::Unfinished,
                EndCode::TooLong => FrameEnd::TooLong,
                EndCode::TooShort => FrameEnd::TooShort,
                EndCode::Garbled => FrameEnd::Garbled,
            },
            found: self.is_found(),
            role,
        }
    }
}

fn code(kind: RecordKind) -> u8 {
    match kind {
        RecordKind::Received => 0,
        RecordKind::Sent => 1,
        RecordKind::Notice => 2,
        RecordKind::Failure => 3,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_is_small_and_gives_its_message_back() {
        assert_eq!(size_of::<MessageEntry>(), 16);
        let id = MessageId::new(7, 2).unwrap();
        let here = Message {
            id,
            kind: RecordKind::Sent,
            first_row: 7,
            last_row: 7,
            begin: 3,
            behind: 12,
            reads: 1,
            length: 7,
            end: FrameEnd::Delimited(2),
            found: true,
            role: MessageRole::Request(None),
        };
        let (entry, span) = MessageEntry::of(&here, 5).unwrap();
        assert!(span.is_none());
        assert_eq!(entry.message(id, None, None), here);
        let spanning = Message {
            first_row: 2,
            last_row: 6,
            reads: 3,
            length: 900,
            end: FrameEnd::Unfinished,
            found: false,
            role: MessageRole::Unasked,
            ..here
        };
        let (entry, span) = MessageEntry::of(&spanning, 5).unwrap();
        assert_eq!(entry.message(id, span.as_ref(), None), spanning);
        let forwarded = Message {
            role: MessageRole::Forwarded,
            ..here
        };
        let (entry, _) = MessageEntry::of(&forwarded, 5).unwrap();
        assert!(entry.is_hidden());
        assert_eq!(entry.message(id, None, None), forwarded);
    }

    #[test]
    fn an_event_has_its_kind() {
        let event = MessageEntry::of_event(3, RecordKind::Failure, false, true);
        assert_eq!(
            (event.kind(), event.is_repeat()),
            (RecordKind::Failure, true)
        );
        assert!(!event.is_message() && !event.is_found() && !event.is_hidden());
    }
}
