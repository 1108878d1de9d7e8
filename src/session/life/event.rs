//! The events in the life of a connection, each with the reason why it is known.

use crate::traffic::{Failure, Micros};

/// Something that happened to a connection.
#[derive(Clone, Debug, PartialEq)]
pub struct LifeEvent {
    pub time: Micros,
    pub step: LifeStep,
    pub basis: Basis,
}

/// Why an event is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Basis {
    /// This row of the log says it.
    Row(u64),
    /// The kernel told it between two samples; the time is that of the later one.
    Kernel,
    /// It follows from other events by the rules of TCP (RFC 9293). Nothing reported it.
    Inferred,
}

/// What happened.
#[derive(Clone, Debug, PartialEq)]
pub enum LifeStep {
    /// We called connect(2), which sends a SYN.
    Connecting,
    /// SYN, SYN+ACK and ACK went. `by_us`: the SYN was ours.
    Handshake {
        by_us: bool,
    },
    /// SYN+ACK and ACK went: our SYN is the event before.
    SynAnswered,
    Established,
    /// The attempt failed.
    Failed(Box<Failure>),
    /// The SYN was answered by RST.
    Refused,
    Cancelled,
    /// Bytes of one direction, as positions in its stream from 0.
    Data(DataSpan),
    /// The capture lacks this number of bytes of a direction.
    NotCaptured {
        inward: bool,
        bytes: u64,
    },
    /// The peer takes no whole segment: its window has only this many bytes left.
    WindowClosed {
        window: u64,
    },
    WindowOpened {
        window: u64,
    },
    /// Segments were sent again: so many since the sample before, and in all.
    Retransmitted {
        count: u32,
        total: u32,
    },
    /// The kernel's state changed to the one of this number (RFC 9293 §3.3.2, tcp_states.h).
    State(u8),
    /// A FIN of ours went, or is queued behind the last bytes.
    OurFin,
    PeerFin,
    OurReset {
        unsent: u64,
    },
    PeerReset {
        unsent: u64,
    },
    /// We closed the socket with this number of bytes unsent.
    Closed {
        unsent: u64,
    },
    /// The end that sent its FIN first keeps the addresses for a while (TIME_WAIT).
    TimeWait {
        ours: bool,
    },
    /// Our FIN went, and the peer has not ended its direction yet (FIN_WAIT). TIME_WAIT follows.
    AwaitsPeerFin,
}

/// Consecutive bytes of one direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DataSpan {
    pub inward: bool,
    /// The positions of the first byte, and of the one behind the last.
    pub from: u64,
    pub to: u64,
    /// The reads or writes that they came or went in.
    pub rows: u64,
    /// The time of the last of them.
    pub until: Micros,
}

impl LifeEvent {
    pub fn is_inferred(&self) -> bool {
        self.basis == Basis::Inferred
    }

    /// The row of the log that says it.
    pub fn row(&self) -> Option<u64> {
        match self.basis {
            Basis::Row(row) => Some(row),
            Basis::Kernel | Basis::Inferred => None,
        }
    }
}
