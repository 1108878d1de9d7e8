//! Counters of records, lines and bytes.

use super::{Automatic, Body, Cause, Notice, Record, RecordKind};
use std::ops::{Add, Sub};
use std::time::Duration;

/// A number of records and the sum of their payload bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Volume {
    pub records: u64,
    pub bytes: u64,
}

impl Volume {
    pub fn add(&mut self, bytes: usize) {
        self.records += 1;
        self.bytes += bytes as u64;
    }

    /// The messages that a full send queue refused, as a failure of this cause reports them.
    pub fn unqueued(cause: &Cause) -> Self {
        let (records, bytes) = match *cause {
            Cause::QueueFull { length, .. } => (1, length as u64),
            Cause::LeftOut { messages, bytes } => (messages, bytes),
            _ => (0, 0),
        };
        Self { records, bytes }
    }
}

impl Add for Volume {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            records: self.records + other.records,
            bytes: self.bytes + other.bytes,
        }
    }
}

/// The counters of the status bar, which the user can reset.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    pub received: Volume,
    pub sent: Volume,
    /// Datagrams the kernel dropped because the receive buffer was full.
    pub dropped: u64,
    /// `dropped` is a lower bound: the kernel counted merged datagrams (UDP GRO) as one.
    pub dropped_at_least: bool,
    /// Datagrams that are truncated, in either direction.
    pub truncated: u64,
    /// Replies of rules that were suppressed.
    pub held_back: u64,
    /// Messages that a full send queue refused.
    pub unqueued: Volume,
    /// Failures because no program listens at the destination (ICMP port unreachable).
    pub refused: u64,
    /// Records that the log trimmed to stay within its budget.
    pub trimmed: u64,
    /// Read stalls: how often, and how long in total, nothing was read because the front end
    /// had no room for more rows.
    pub waits: u64,
    pub waited: Duration,
}

impl Totals {
    /// The drops; `None` if their number is unknown, because the system does not report them.
    pub fn known_drops(&self, reported: bool) -> Option<u64> {
        (reported || self.dropped > 0).then_some(self.dropped)
    }

    /// Counts a record that belongs to no chunk.
    pub fn add(&mut self, record: &Record<'_>) {
        match record.body {
            Body::Received { bytes, .. } => {
                Volume::add(&mut self.received, bytes.len());
                self.truncated += u64::from(record.arrival.truncated);
            }
            Body::Sent { bytes, .. } => {
                Volume::add(&mut self.sent, bytes.len());
                self.truncated += u64::from(record.arrival.truncated);
            }
            Body::Notice(notice) => self.observe(notice),
        }
    }

    /// Adds the drops, refusals, suppressed replies and refused messages that a notice reports.
    pub fn observe(&mut self, notice: &Notice) {
        match notice {
            Notice::Failed(failure) => match failure.cause {
                Cause::Dropped {
                    count, at_least, ..
                } => {
                    self.dropped += count;
                    self.dropped_at_least |= at_least;
                }
                Cause::PortUnreachable { .. } | Cause::ClientGone { .. } => self.refused += 1,
                _ => self.unqueued = self.unqueued + Volume::unqueued(&failure.cause),
            },
            Notice::Automatic(automatic) => {
                if let Automatic::Refused { count, .. } = &**automatic {
                    self.held_back += count;
                }
            }
            _ => {}
        }
    }
}

/// A number of records of each kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RecordCount {
    pub received: u64,
    pub sent: u64,
    pub notices: u64,
    pub failures: u64,
    /// The failures that repeat the one before ([`Chunk::is_repeat`](super::Chunk::is_repeat)).
    pub repeats: u64,
}

impl RecordCount {
    pub fn add_one(&mut self, kind: RecordKind) {
        match kind {
            RecordKind::Received => self.received += 1,
            RecordKind::Sent => self.sent += 1,
            RecordKind::Notice => self.notices += 1,
            RecordKind::Failure => self.failures += 1,
        }
    }

    pub fn rows(self) -> u64 {
        self.received + self.sent + self.notices + self.failures
    }

    /// Notices and failures together; the filter calls both events.
    pub fn events(self) -> u64 {
        self.notices + self.failures
    }

    /// The number of records of the shown kinds.
    pub fn of(self, shown: ViewOptions) -> u64 {
        let kinds = [
            (shown.received, self.received),
            (shown.sent, self.sent),
            (shown.events, self.events()),
        ];
        kinds
            .iter()
            .filter(|(on, _)| *on)
            .map(|(_, count)| count)
            .sum()
    }

    /// The number of lines that these records take in a view of the shown kinds.
    pub fn lines(self, shown: ViewOptions) -> u64 {
        let mut lines = 0;
        let of_payload = shown.height(RecordKind::Received);
        if shown.received {
            lines += of_payload * self.received;
        }
        if shown.sent {
            lines += of_payload * self.sent;
        }
        if shown.events {
            let folded = if shown.folds { self.repeats } else { 0 };
            lines += self.notices + shown.failure_lines * (self.failures - folded);
        }
        lines
    }
}

impl Add for RecordCount {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            received: self.received + other.received,
            sent: self.sent + other.sent,
            notices: self.notices + other.notices,
            failures: self.failures + other.failures,
            repeats: self.repeats + other.repeats,
        }
    }
}

impl Sub for RecordCount {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self {
            received: self.received - other.received,
            sent: self.sent - other.sent,
            notices: self.notices - other.notices,
            failures: self.failures - other.failures,
            repeats: self.repeats - other.repeats,
        }
    }
}

/// Which kinds of record a view shows, and how tall they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct ViewOptions {
    pub received: bool,
    pub sent: bool,
    pub events: bool,
    /// The number of lines that a record with a payload takes.
    pub lines: u64,
    /// The number of lines that a failure takes.
    pub failure_lines: u64,
    /// Whether failures that repeat the one before are left to its line.
    pub folds: bool,
    /// The unit of a line, where the messages of the log are known.
    #[serde(skip)]
    pub unit: LogUnit,
}

/// The unit of a line of the log. Events always have lines of their own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum LogUnit {
    /// The actual reads and writes, and datagrams.
    #[default]
    Read,
    /// The messages of streams, as they are framed, and datagrams.
    Message,
    /// Requests, each with its reply.
    Request,
}

impl LogUnit {
    pub const ALL: [Self; 3] = [Self::Read, Self::Message, Self::Request];
}

impl Default for ViewOptions {
    fn default() -> Self {
        Self {
            received: true,
            sent: true,
            events: true,
            lines: 1,
            failure_lines: 1,
            folds: false,
            unit: LogUnit::Read,
        }
    }
}

impl ViewOptions {
    /// The number of lines that a record of this kind takes when it is shown.
    pub fn height(self, kind: RecordKind) -> u64 {
        match kind {
            RecordKind::Received | RecordKind::Sent => self.lines,
            RecordKind::Notice => 1,
            RecordKind::Failure => self.failure_lines,
        }
    }

    /// Whether records of this kind are shown.
    pub fn includes(self, kind: RecordKind) -> bool {
        match kind {
            RecordKind::Received => self.received,
            RecordKind::Sent => self.sent,
            RecordKind::Notice | RecordKind::Failure => self.events,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::peer::Peer;
    use crate::traffic::{Arrival, ChunkBuilder, Failure, LossPlace, Operation};

    #[test]
    fn records_one_by_one_come_to_what_their_chunk_comes_to() {
        let peer: Peer = "127.0.0.1:9".parse().unwrap();
        let cut = Arrival {
            truncated: true,
            ..Arrival::default()
        };
        let failed = |cause| {
            Notice::Failed(Failure {
                operation: Operation::Receive,
                address: String::new(),
                cause,
            })
        };
        let mut chunk = ChunkBuilder::default();
        chunk.received(1, peer, b"four", cut);
        chunk.sent(2, peer, b"seven b");
        chunk.notice(3, Notice::Joined { peer });
        let dropped = Cause::Dropped {
            count: 5,
            place: LossPlace::Here,
            receive_buffer: 1,
            asked: 1,
            at_least: true,
        };
        chunk.notice(4, failed(dropped));
        let refused = Cause::PortUnreachable {
            code: 111,
            newer: None,
        };
        chunk.notice(5, failed(refused));
        let (length, limit) = (100, 1);
        chunk.notice(6, failed(Cause::QueueFull { length, limit }));
        let (messages, bytes) = (2, 30);
        chunk.notice(7, failed(Cause::LeftOut { messages, bytes }));
        let chunk = chunk.finish();
        let mut totals = Totals::default();
        for record in (0..chunk.len()).filter_map(|at| chunk.get(at)) {
            totals.add(&record);
        }
        let expected = Totals {
            received: chunk.received(),
            sent: chunk.sent(),
            truncated: chunk.truncated(),
            dropped: 5,
            dropped_at_least: true,
            refused: 1,
            unqueued: Volume {
                records: 3,
                bytes: 130,
            },
            ..Totals::default()
        };
        assert_eq!(totals, expected);
        assert_eq!((totals.received.bytes, totals.sent.bytes), (4, 7));
    }
}
