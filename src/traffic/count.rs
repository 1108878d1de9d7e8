//! Counting rows, lines and bytes.

use super::Kind;
use std::ops::{Add, Sub};
use std::time::Duration;

/// Records and their payload bytes.
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

/// What the status bar counts, until a person resets it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    pub received: Volume,
    pub sent: Volume,
    /// Datagrams the kernel dropped because the receive buffer was full.
    pub dropped: u64,
    /// There may be more: the kernel counted merged datagrams as one.
    pub dropped_at_least: bool,
    /// Datagrams of which only the beginning was received.
    pub truncated: u64,
    /// Replies of rules that limits held back.
    pub held_back: u64,
    /// Datagrams whose destination said that nobody listens there.
    pub refused: u64,
    /// Records the log let go to stay within its budget.
    pub evicted: u64,
    /// How often, and for how long in all, nothing was read because the face had no
    /// room for rows.
    pub waits: u64,
    pub waited: Duration,
}

/// Records by kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    pub received: u64,
    pub sent: u64,
    pub notices: u64,
    pub failures: u64,
}

impl Count {
    pub fn add_one(&mut self, kind: Kind) {
        match kind {
            Kind::Received => self.received += 1,
            Kind::Sent => self.sent += 1,
            Kind::Notice => self.notices += 1,
            Kind::Failure => self.failures += 1,
        }
    }

    pub fn rows(self) -> u64 {
        self.received + self.sent + self.notices + self.failures
    }

    /// Notices and failures together.
    pub fn events(self) -> u64 {
        self.notices + self.failures
    }

    /// Records of the kinds that are shown.
    pub fn of(self, shown: Shown) -> u64 {
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

    /// Lines these records take when only `shown` kinds are shown; a failure takes two.
    pub fn lines(self, shown: Shown) -> u64 {
        let mut lines = 0;
        let of_payload = shown.height(Kind::Received);
        if shown.received {
            lines += of_payload * self.received;
        }
        if shown.sent {
            lines += of_payload * self.sent;
        }
        if shown.events {
            lines += self.notices + 2 * self.failures;
        }
        lines
    }
}

impl Add for Count {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            received: self.received + other.received,
            sent: self.sent + other.sent,
            notices: self.notices + other.notices,
            failures: self.failures + other.failures,
        }
    }
}

impl Sub for Count {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self {
            received: self.received - other.received,
            sent: self.sent - other.sent,
            notices: self.notices - other.notices,
            failures: self.failures - other.failures,
        }
    }
}

/// The kinds of record a view shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct Shown {
    pub received: bool,
    pub sent: bool,
    pub events: bool,
    /// Whether a record with a payload takes two lines.
    pub tall: bool,
}

impl Default for Shown {
    fn default() -> Self {
        Self {
            received: true,
            sent: true,
            events: true,
            tall: false,
        }
    }
}

impl Shown {
    /// Lines a record of this kind takes.
    pub fn height(self, kind: Kind) -> u64 {
        match kind {
            Kind::Failure => 2,
            Kind::Received | Kind::Sent if self.tall => 2,
            Kind::Received | Kind::Sent | Kind::Notice => 1,
        }
    }

    pub fn includes(self, kind: Kind) -> bool {
        match kind {
            Kind::Received => self.received,
            Kind::Sent => self.sent,
            Kind::Notice | Kind::Failure => self.events,
        }
    }
}
