//! The life of one connection, as the rows of the log tell it.

use super::event::{Basis, DataSpan, LifeEvent, LifeStep};
use super::reads::ReadStrip;
use crate::connection_id::FarSide;
use crate::peer::Peer;
use crate::traffic::framing::Framing;
use crate::traffic::{Cause, Failure, Micros, Notice, Operation};
use std::io::{self, ErrorKind};
use std::net::SocketAddr;

/// The most events that are kept, and those of them that stay: the beginning.
const MOST: usize = 200;
const FIRST: usize = 16;
/// Data of one direction within this time is one event.
const TOGETHER: Micros = 1_000_000;

/// One connection, or an attempt at one.
#[derive(Debug)]
pub struct ConnectionLife {
    far: FarSide,
    local: Option<Peer>,
    began: Micros,
    /// Whether its first row is known: otherwise positions count from the first one that is.
    is_whole: bool,
    /// When its socket was gone.
    over: Option<Micros>,
    sent: u64,
    received: u64,
    reads: ReadStrip,
    events: Vec<LifeEvent>,
    /// Events that were left out between the beginning and the newest ones.
    omitted: u64,
    /// Whether each direction has ended by FIN.
    ours: Direction,
    theirs: Direction,
    /// Whether the kernel reported an error of the established connection.
    has_failed: bool,
}

/// Whether a direction goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Direction {
    Open,
    Ended,
}

impl ConnectionLife {
    /// The life of a connection with this far side, from its first known row on.
    pub(super) fn new(
        far: FarSide,
        began: Micros,
        is_whole: bool,
        framing: Option<&Framing>,
    ) -> Self {
        Self {
            far,
            local: None,
            began,
            is_whole,
            over: None,
            sent: 0,
            received: 0,
            reads: ReadStrip::new(framing),
            events: Vec::new(),
            omitted: 0,
            ours: Direction::Open,
            theirs: Direction::Open,
            has_failed: false,
        }
    }

    pub fn far(&self) -> FarSide {
        self.far
    }

    /// Our own address, if it is known.
    pub fn local(&self) -> Option<Peer> {
        self.local
    }

    /// Both ends, ours first, if they are known IP addresses.
    pub fn ends(&self) -> Option<(SocketAddr, SocketAddr)> {
        self.local?.address().zip(self.far.peer.address())
    }

    /// The time of its first known row.
    pub fn began(&self) -> Micros {
        self.began
    }

    /// When its socket was gone; `None` while it is there.
    pub fn over(&self) -> Option<Micros> {
        self.over
    }

    /// Whether its beginning is known. Otherwise positions count from its first known row.
    pub fn is_whole(&self) -> bool {
        self.is_whole
    }

    /// Bytes sent so far: the position of the next one.
    pub fn sent(&self) -> u64 {
        self.sent
    }

    /// Bytes received so far.
    pub fn received(&self) -> u64 {
        self.received
    }

    pub fn reads(&self) -> &ReadStrip {
        &self.reads
    }

    /// The events in their order. Those between the beginning and the newest ones may be left out:
    /// see [`Self::omitted`].
    pub fn events(&self) -> &[LifeEvent] {
        &self.events
    }

    /// How many events were left out behind the first [`Self::kept_first`].
    pub fn omitted(&self) -> u64 {
        self.omitted
    }

    /// The number of events before those left out.
    pub fn kept_first(&self) -> usize {
        FIRST
    }

    /// Whether a row with this far side is about it.
    pub(super) fn is_of(&self, far: FarSide) -> bool {
        match (self.far.connection, far.connection) {
            (Some(own), Some(other)) => own == other,
            (None, None) => self.far.peer == far.peer && self.over.is_none(),
            _ => false,
        }
    }

    /// Takes bytes that came or went in this row.
    pub(super) fn transfer(&mut self, inward: bool, row: u64, time: Micros, bytes: &[u8]) {
        if bytes.is_empty() {
            return;
        }
        if inward {
            self.reads.push(row, time, bytes);
        }
        let position = match inward {
            true => &mut self.received,
            false => &mut self.sent,
        };
        let from = *position;
        *position += bytes.len() as u64;
        let to = *position;
        if let Some(LifeEvent {
            step: LifeStep::Data(span),
            ..
        }) = self.events.last_mut()
            && span.inward == inward
            && time.saturating_sub(span.until) <= TOGETHER
        {
            (span.to, span.until) = (to, time);
            span.rows += 1;
            return;
        }
        let span = DataSpan {
            inward,
            from,
            to,
            rows: 1,
            until: time,
        };
        self.add(time, LifeStep::Data(span), Basis::Row(row));
    }

    /// Takes a notice about it. `local` is our own address, where the row has it.
    pub(super) fn observe(&mut self, notice: &Notice, row: u64, time: Micros, local: Option<Peer>) {
        let seen = Basis::Row(row);
        match notice {
            Notice::Connecting { remote } => {
                // The next address of the same host.
                (self.far.peer, self.over) = (*remote, None);
                self.add(time, LifeStep::Connecting, seen);
            }
            Notice::Connected { local, .. } => {
                self.local = Some(*local);
                self.establish(true, row, time);
            }
            Notice::Joined { .. } => {
                self.local = local;
                self.establish(false, row, time);
            }
            Notice::Cancelled { .. } => {
                self.add(time, LifeStep::Cancelled, seen);
                self.over = Some(time);
            }
            Notice::Failed(failure) if failure.operation == Operation::Connect => {
                if is_refusal(failure) {
                    self.add(time, LifeStep::Refused, Basis::Inferred);
                }
                self.add(time, LifeStep::Failed(Box::new(failure.clone())), seen);
                self.over = Some(time);
            }
            Notice::Failed(failure) if is_end(failure) => {
                self.add(time, LifeStep::Failed(Box::new(failure.clone())), seen);
                self.has_failed = true;
            }
            Notice::PeerFinished { .. } => {
                self.add(time, LifeStep::PeerFin, seen);
                self.reads.finish();
                self.theirs = Direction::Ended;
                if self.ours == Direction::Ended {
                    self.add(time, LifeStep::TimeWait { ours: true }, Basis::Inferred);
                }
            }
            Notice::WriteClosed { .. } => {
                self.add(time, LifeStep::OurFin, seen);
                self.finish(time);
            }
            Notice::PeerReset { unsent, .. } => {
                let unsent = *unsent as u64;
                self.add(time, LifeStep::PeerReset { unsent }, seen);
                self.over = Some(time);
            }
            Notice::Reset { unsent, .. } => {
                let unsent = *unsent as u64;
                self.add(time, LifeStep::OurReset { unsent }, seen);
                self.over = Some(time);
            }
            Notice::Closed { unsent, .. } => self.close(*unsent as u64, row, time),
            Notice::NotCaptured { inward, bytes, .. } => {
                let (inward, bytes) = (*inward, *bytes);
                match inward {
                    true => {
                        self.received += bytes;
                        self.reads.skip(bytes);
                    }
                    false => self.sent += bytes,
                }
                self.add(time, LifeStep::NotCaptured { inward, bytes }, seen);
            }
            _ => {}
        }
    }

    fn establish(&mut self, by_us: bool, row: u64, time: Micros) {
        let newest = self.events.last().map(|event| &event.step);
        let step = match newest {
            Some(LifeStep::Connecting) if by_us => LifeStep::SynAnswered,
            _ => LifeStep::Handshake { by_us },
        };
        self.add(time, step, Basis::Inferred);
        self.add(time, LifeStep::Established, Basis::Row(row));
    }

    /// Our direction has ended.
    fn finish(&mut self, time: Micros) {
        self.ours = Direction::Ended;
        if self.theirs == Direction::Ended {
            // Ours is the last FIN.
            self.add(time, LifeStep::TimeWait { ours: false }, Basis::Inferred);
        }
    }

    /// We closed the socket: the kernel sends our FIN, unless it went before.
    fn close(&mut self, unsent: u64, row: u64, time: Micros) {
        self.add(time, LifeStep::Closed { unsent }, Basis::Row(row));
        self.over = Some(time);
        // The kernel ended one that failed, without FIN.
        if self.has_failed {
            return;
        }
        if self.ours == Direction::Open {
            self.add(time, LifeStep::OurFin, Basis::Inferred);
            self.finish(time);
        }
        if self.theirs == Direction::Open {
            self.add(time, LifeStep::AwaitsPeerFin, Basis::Inferred);
        }
    }

    fn add(&mut self, time: Micros, step: LifeStep, basis: Basis) {
        if self.events.len() >= MOST {
            self.events.remove(FIRST);
            self.omitted += 1;
        }
        self.events.push(LifeEvent { time, step, basis });
    }
}

/// Whether the kernel ended an established connection by this error.
fn is_end(failure: &Failure) -> bool {
    let is_of_stream = matches!(failure.operation, Operation::Receive | Operation::Send);
    is_of_stream && matches!(failure.cause, Cause::System { .. })
}

/// Whether the peer answered the SYN with RST (ECONNREFUSED, connect(2)).
fn is_refusal(failure: &Failure) -> bool {
    let code = failure.cause.code();
    let kind = code.map(|code| io::Error::from_raw_os_error(code).kind());
    kind == Some(ErrorKind::ConnectionRefused)
}
