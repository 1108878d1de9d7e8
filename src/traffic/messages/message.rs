//! One message of a log: its identity, and the place of its bytes.

use crate::traffic::RecordKind;
use crate::traffic::framing::FrameEnd;
use std::num::NonZeroU64;

/// The bits of an id that number the messages of one row.
const ORDINAL: u32 = 24;
/// The ordinal of a message that goes on; those of others are lower.
const GOES_ON: u64 = (1 << ORDINAL) - 1;

/// The identity of a message: the row in which its end was known, and its place among the messages
/// of that row. Ids are in the order of the lines, and stay the same while the log grows or is
/// trimmed. Only the id of a message that goes on changes with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MessageId(NonZeroU64);

impl MessageId {
    /// `None` for a row from 2^40 on, and beyond 2^24 - 1 messages in a row.
    pub fn new(row: u64, ordinal: u64) -> Option<Self> {
        let fits = row >> (u64::BITS - ORDINAL) == 0 && ordinal < GOES_ON;
        fits.then(|| Self::from_number((row << ORDINAL) | ordinal))
    }

    /// The first id of a row, whether or not a message has it.
    pub fn first_of(row: u64) -> Self {
        Self::from_number(row << ORDINAL)
    }

    /// The last id of a row, which a message has that goes on.
    pub fn last_of(row: u64) -> Self {
        Self::from_number((row << ORDINAL) | GOES_ON)
    }

    /// The id with this [`Self::number`].
    pub fn from_number(number: u64) -> Self {
        Self(NonZeroU64::MIN.saturating_add(number))
    }

    /// As a number, in the same order.
    pub fn number(self) -> u64 {
        self.0.get() - 1
    }

    /// The row in which the end of the message was known. It is later than that of its last byte
    /// where silence, or the end of the stream, ended it.
    pub fn row(self) -> u64 {
        self.number() >> ORDINAL
    }

    /// Its place among the messages of that row.
    pub fn ordinal(self) -> u64 {
        self.number() & GOES_ON
    }

    /// Whether it is the id of a message that goes on.
    pub fn goes_on(self) -> bool {
        self.ordinal() == GOES_ON
    }
}

/// The role of a message in its conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MessageRole {
    /// Messages are not paired.
    Unpaired,
    /// A request, and the reply to it, if there was one.
    Request(Option<MessageId>),
    /// A reply, which stands in the line of its request.
    Reply,
    /// It came from the side that replies, without a request.
    Unasked,
    /// What a relay passed on. It has no line: the message that the relay received has one.
    Forwarded,
}

/// A message, or a part of one that an end of a stream cut off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Message {
    pub id: MessageId,
    /// Whether it was received or sent.
    pub kind: RecordKind,
    /// The rows with its first and its last byte.
    pub first_row: u64,
    pub last_row: u64,
    /// The offset of its first byte in the first row.
    pub begin: u32,
    /// The offset behind its last byte, or its delimiter, in the last row.
    pub behind: u32,
    /// The number of rows that have bytes of it.
    pub reads: u32,
    /// Its length in bytes, stuffed, without its delimiter.
    pub length: u32,
    pub end: FrameEnd,
    /// Whether the filter matches; of a request, also whether it matches the reply.
    pub found: bool,
    pub role: MessageRole,
}

impl Message {
    /// Whether it is a part of one row, with all that belongs to it.
    pub fn is_in_one_row(&self) -> bool {
        self.first_row == self.last_row
    }

    /// Whether more of it may come: nothing has ended it yet.
    pub fn goes_on(&self) -> bool {
        self.id.goes_on()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_in_the_order_of_rows_and_of_messages_in_them() {
        let id = |row, ordinal| MessageId::new(row, ordinal).unwrap();
        assert!(id(6, 9) < id(7, 0) && id(7, 0) < id(7, 1));
        assert_eq!((id(7, 5).row(), id(7, 5).ordinal()), (7, 5));
        assert_eq!(MessageId::first_of(7), id(7, 0));
        assert!(id(7, 5) < MessageId::last_of(7) && MessageId::last_of(7) < id(8, 0));
        assert!(MessageId::last_of(7).goes_on() && !id(7, 5).goes_on());
        assert_eq!(MessageId::from_number(id(7, 5).number()), id(7, 5));
        assert_eq!(size_of::<Option<MessageId>>(), 8);
    }

    #[test]
    fn an_id_that_does_not_fit_is_none() {
        assert_eq!(MessageId::new(1 << 40, 0), None);
        assert_eq!(MessageId::new(7, GOES_ON), None);
        assert!(MessageId::new((1 << 40) - 1, GOES_ON - 1).is_some());
    }
}
