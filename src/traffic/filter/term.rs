//! One term of a filter: a condition on a record.

use super::address::Address;
use super::field::FieldTest;
use super::word::Word;
use crate::peer::Peer;
use crate::traffic::{Micros, Record, RecordKind};
use regex::bytes::Regex;
use std::net::SocketAddr;
use std::ops::RangeInclusive;

/// A condition, possibly negated.
#[derive(Clone, Debug)]
pub(super) struct Term {
    pub negated: bool,
    pub test: FilterTest,
}

/// A test of a record.
#[derive(Clone, Debug)]
pub(super) enum FilterTest {
    /// The payload, or the text of an event, contains the word.
    Word(Word),
    /// The payload contains the bytes.
    Bytes(Word),
    /// The payload, or the text of an event, matches.
    Regex(Regex),
    /// The far side of a payload in this direction, or in either, has this address. A port or a
    /// full name also matches the local side of payloads in the other direction, or in either.
    Address(Option<TermDirection>, Address),
    Direction(TermDirection),
    /// The length of a payload, in bytes.
    Length(RangeInclusive<usize>),
    Since(Micros),
    Until(Micros),
    /// A field of the message.
    Field(Box<FieldTest>),
}

/// The direction of a record. A notice is an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TermDirection {
    Received,
    Sent,
    Event,
}

impl TermDirection {
    pub(super) fn of(kind: RecordKind) -> Self {
        match kind {
            RecordKind::Received => Self::Received,
            RecordKind::Sent => Self::Sent,
            RecordKind::Notice | RecordKind::Failure => Self::Event,
        }
    }
}

/// The properties of a record that conditions test.
#[derive(Clone, Copy, Debug)]
pub(super) struct Facts<'a> {
    pub direction: TermDirection,
    /// The payload; for an event, its text in the log.
    pub bytes: &'a [u8],
    /// Set only for a record that was decoded, see [`Term::needs_record`].
    pub peer: Option<Peer>,
    /// The local address.
    pub local: Option<Peer>,
    pub time: Micros,
    /// Whether the bytes are one message, as it is read into fields, instead of a row.
    pub is_message: bool,
}

impl<'a> Facts<'a> {
    /// The properties of a record with a payload, where the local address is `local`.
    pub(super) fn of(record: &Record<'a>, local: Option<Peer>) -> Self {
        let local = local.map(|local| match (local, record.arrival.destination) {
            (Peer::Ip(local), Some(to)) => SocketAddr::new(to.ip, local.port()).into(),
            (local, _) => local,
        });
        Self {
            direction: TermDirection::of(record.kind()),
            bytes: record.bytes(),
            peer: record.peer(),
            local,
            time: record.time,
            is_message: false,
        }
    }
}

impl Term {
    /// Whether the term matches a record.
    pub(super) fn holds(&self, facts: &Facts<'_>) -> bool {
        let is_event = facts.direction == TermDirection::Event;
        let holds = match &self.test {
            FilterTest::Word(word) => word.is_in(facts.bytes),
            FilterTest::Bytes(bytes) => !is_event && bytes.is_in(facts.bytes),
            FilterTest::Regex(regex) => regex.is_match(facts.bytes),
            FilterTest::Address(direction, address) => {
                let of_peer = direction.is_none_or(|direction| direction == facts.direction)
                    && facts.peer.is_some_and(|peer| address.holds(peer));
                // A received payload went to a local port, and a sent one came from it. A local
                // IP address alone would match every row of this machine.
                let of_us = direction.is_none_or(|direction| direction != facts.direction)
                    && address.is_one_socket()
                    && facts.local.is_some_and(|local| address.holds(local));
                !is_event && (of_peer || of_us)
            }
            FilterTest::Direction(direction) => *direction == facts.direction,
            FilterTest::Length(lengths) => !is_event && lengths.contains(&facts.bytes.len()),
            FilterTest::Since(time) => facts.time >= *time,
            FilterTest::Until(time) => facts.time <= *time,
            FilterTest::Field(field) => {
                let kind = match facts.direction {
                    TermDirection::Sent => RecordKind::Sent,
                    TermDirection::Received | TermDirection::Event => RecordKind::Received,
                };
                let holds = || match facts.is_message {
                    true => field.holds_in(kind, facts.bytes),
                    false => field.holds(kind, facts.bytes),
                };
                !is_event && holds()
            }
        };
        holds != self.negated
    }

    /// Whether it needs more than the kind and the bytes.
    pub(super) fn needs_record(&self) -> bool {
        matches!(
            self.test,
            FilterTest::Address(..) | FilterTest::Since(_) | FilterTest::Until(_)
        )
    }

    /// Whether it needs the text of an event.
    pub(super) fn needs_words(&self) -> bool {
        matches!(self.test, FilterTest::Word(_) | FilterTest::Regex(_))
    }

    /// The word or bytes that every matching payload contains; `None` if there are none.
    pub(super) fn needle(&self) -> Option<&Word> {
        match &self.test {
            FilterTest::Word(word) | FilterTest::Bytes(word) => (!self.negated).then_some(word),
            _ => None,
        }
    }

    /// The sort key for evaluation: cheap conditions first, and the longer of two words first,
    /// because it is probably rarer.
    pub(super) fn order(&self) -> (u8, usize) {
        match &self.test {
            FilterTest::Direction(_)
            | FilterTest::Length(_)
            | FilterTest::Since(_)
            | FilterTest::Until(_) => (0, 0),
            FilterTest::Address(
                _,
                Address::Part { .. } | Address::Unix | Address::Whole(_) | Address::Name(_),
            ) => (2, 0),
            FilterTest::Address(..) => (1, 0),
            FilterTest::Word(word) | FilterTest::Bytes(word) => (3, usize::MAX - word.length()),
            FilterTest::Regex(_) => (4, 0),
            FilterTest::Field(_) => (5, 0),
        }
    }
}
