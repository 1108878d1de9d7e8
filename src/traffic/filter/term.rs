//! One condition of a filter.

use super::address::Address;
use super::word::Word;
use crate::peer::Peer;
use crate::traffic::{Kind, Micros, Record};
use regex::bytes::Regex;
use std::net::SocketAddr;
use std::ops::RangeInclusive;

/// A condition, or that it does not hold.
#[derive(Clone, Debug)]
pub(super) struct Term {
    pub negated: bool,
    pub test: Test,
}

#[derive(Clone, Debug)]
pub(super) enum Test {
    /// In the payload, or in what the log says of an event.
    Word(Word),
    /// In the payload.
    Bytes(Word),
    /// In the payload, or in what the log says of an event.
    Regex(Regex),
    /// Of the far side of a payload that went this way, or either; a port and a whole name
    /// also of our own side of one that went the other way.
    Address(Option<Direction>, Address),
    Direction(Direction),
    /// Of a payload, in bytes.
    Length(RangeInclusive<usize>),
    Since(Micros),
    Until(Micros),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Direction {
    Received,
    Sent,
    Event,
}

impl Direction {
    pub(super) fn of(kind: Kind) -> Self {
        match kind {
            Kind::Received => Self::Received,
            Kind::Sent => Self::Sent,
            Kind::Notice | Kind::Failure => Self::Event,
        }
    }
}

/// What conditions ask of a record.
#[derive(Clone, Copy, Debug)]
pub(super) struct Facts<'a> {
    pub way: Direction,
    /// The payload; for an event, what the log says of it.
    pub bytes: &'a [u8],
    /// Those of a record that was read, see [`Term::needs_record`].
    pub peer: Option<Peer>,
    /// Our own address.
    pub local: Option<Peer>,
    pub time: Micros,
}

impl<'a> Facts<'a> {
    /// Of a record with a payload, where our own address is `local`.
    pub(super) fn of(record: &Record<'a>, local: Option<Peer>) -> Self {
        let local = local.map(|local| match (local, record.arrival.destination) {
            (Peer::Ip(local), Some((ip, _))) => SocketAddr::new(ip, local.port()).into(),
            (local, _) => local,
        });
        Self {
            way: Direction::of(record.kind()),
            bytes: record.bytes(),
            peer: record.peer(),
            local,
            time: record.time,
        }
    }
}

impl Term {
    pub(super) fn holds(&self, facts: &Facts<'_>) -> bool {
        let is_event = facts.way == Direction::Event;
        let holds = match &self.test {
            Test::Word(word) => word.is_in(facts.bytes),
            Test::Bytes(bytes) => !is_event && bytes.is_in(facts.bytes),
            Test::Regex(regex) => regex.is_match(facts.bytes),
            Test::Address(way, address) => {
                let of_peer = way.is_none_or(|way| way == facts.way)
                    && facts.peer.is_some_and(|peer| address.holds(peer));
                // What was received went to a port of ours, and what was sent came from it. An
                // address alone would hold for every row of this machine.
                let of_us = way.is_some_and(|way| way != facts.way)
                    && address.is_one_socket()
                    && facts.local.is_some_and(|local| address.holds(local));
                !is_event && (of_peer || of_us)
            }
            Test::Direction(way) => *way == facts.way,
            Test::Length(lengths) => !is_event && lengths.contains(&facts.bytes.len()),
            Test::Since(time) => facts.time >= *time,
            Test::Until(time) => facts.time <= *time,
        };
        holds != self.negated
    }

    /// Whether it asks for more than the kind and the bytes.
    pub(super) fn needs_record(&self) -> bool {
        matches!(
            self.test,
            Test::Address(..) | Test::Since(_) | Test::Until(_)
        )
    }

    /// Whether it asks for what the log says of an event.
    pub(super) fn needs_words(&self) -> bool {
        matches!(self.test, Test::Word(_) | Test::Regex(_))
    }

    /// What must stand in each payload it lets through.
    pub(super) fn needle(&self) -> Option<&Word> {
        match &self.test {
            Test::Word(word) | Test::Bytes(word) => (!self.negated).then_some(word),
            _ => None,
        }
    }

    /// What is asked first: the cheap, and the longer of two words, which is the rarer,
    /// most likely.
    pub(super) fn order(&self) -> (u8, usize) {
        match &self.test {
            Test::Direction(_) | Test::Length(_) | Test::Since(_) | Test::Until(_) => (0, 0),
            Test::Address(
                _,
                Address::Part { .. } | Address::Unix | Address::Whole(_) | Address::Name(_),
            ) => (2, 0),
            Test::Address(..) => (1, 0),
            Test::Word(word) | Test::Bytes(word) => (3, usize::MAX - word.length()),
            Test::Regex(_) => (4, 0),
        }
    }
}
