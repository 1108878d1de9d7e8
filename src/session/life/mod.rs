//! The life of each connection: from the SYN to TIME_WAIT, as far as the rows of the log and the
//! kernel tell it. What follows from them by the rules of TCP is marked as inferred.

mod connection;
mod event;
mod kernel;
mod reads;

pub use connection::ConnectionLife;
pub use event::{Basis, DataSpan, LifeEvent, LifeStep};
pub use kernel::{KernelView, KernelWatch};
pub use reads::{MessageSpan, ReadCounts, ReadStrip, StreamRead};

use crate::connection_id::{ConnectionId, FarSide};
use crate::traffic::framing::Framing;
use crate::traffic::{Automatic, Body, Log, Micros, Notice, Record};
use std::collections::VecDeque;
use std::net::SocketAddr;

/// The most connections that are followed; the newest ones.
pub const MOST: usize = 32;
/// The rows before the end of the log that are read at first, and in one step.
const BACK: u64 = 200_000;
const STEP: u64 = 20_000;

/// The connections of a session, followed row by row.
#[derive(Debug, Default)]
pub struct Lives {
    /// In the order of their beginnings.
    lives: VecDeque<ConnectionLife>,
    /// The next row to read; `None` before the first.
    next: Option<u64>,
    /// How received bytes are cut into messages.
    framing: Option<Framing>,
    /// Whether connections were left out because there are too many.
    is_crowded: bool,
}

impl Lives {
    /// Takes the rows that the log has gained, a bounded number of them. Returns whether more wait.
    /// With another framing, or when rows are gone, it begins anew.
    pub fn follow(&mut self, log: &Log, framing: Option<&Framing>) -> bool {
        let rows = log.rows();
        if self.framing.as_ref() != framing || self.next.is_some_and(|next| next > rows.end) {
            *self = Self {
                framing: framing.cloned(),
                ..Self::default()
            };
        }
        let oldest = rows.start.max(rows.end.saturating_sub(BACK));
        let begin = match self.next {
            None => oldest,
            Some(next) => next.max(rows.start),
        };
        let end = rows.end.min(begin.saturating_add(STEP));
        for row in begin..end {
            if let Some(record) = log.get(row) {
                self.take(&record, row);
            }
        }
        self.next = Some(end);
        end < rows.end
    }

    /// The rows have other numbers now.
    pub fn forget(&mut self) {
        *self = Self::default();
    }

    /// The connections, in the order of their beginnings.
    pub fn all(&self) -> impl DoubleEndedIterator<Item = &ConnectionLife> + ExactSizeIterator {
        self.lives.iter()
    }

    /// Whether connections were left out because there are more than [`MOST`].
    pub fn is_crowded(&self) -> bool {
        self.is_crowded
    }

    /// The ends of those that the kernel may still know at this time, ours first.
    pub fn pairs(&self, now: Micros) -> Vec<(SocketAddr, SocketAddr)> {
        /// Longer than TIME_WAIT, in microseconds.
        const KEPT: Micros = 130_000_000;
        let is_known = |life: &&ConnectionLife| {
            let over = life.over();
            over.is_none_or(|over| now.saturating_sub(over) < KEPT)
        };
        let recent = self.lives.iter().filter(is_known);
        recent.filter_map(ConnectionLife::ends).collect()
    }

    fn take(&mut self, record: &Record<'_>, row: u64) {
        match record.body {
            Body::Received { bytes, .. } | Body::Sent { bytes, .. } => {
                let inward = matches!(record.body, Body::Received { .. });
                let far = record.far();
                let life = far.and_then(|far| self.known(far, record.time));
                if let Some(life) = life {
                    life.transfer(inward, row, record.time, bytes);
                }
            }
            Body::Notice(notice) => {
                // The connection that a relay opened for a client.
                let notice = match notice {
                    Notice::Automatic(automatic) => match &**automatic {
                        Automatic::ForClient { notice, .. } => notice,
                        _ => return,
                    },
                    notice => notice,
                };
                let far = |peer| FarSide {
                    peer,
                    connection: record.connection,
                };
                let life = match notice {
                    Notice::Connecting { remote: peer }
                    | Notice::Connected { peer, .. }
                    | Notice::Joined { peer } => self.begun(far(*peer), record.time),
                    // A failure names no peer.
                    Notice::Failed(_) => self.of_number(record.connection),
                    notice => notice.peer().and_then(|peer| self.find(far(peer))),
                };
                if let Some(life) = life {
                    life.observe(notice, row, record.time, record.local);
                }
            }
        }
    }

    fn place(&self, far: FarSide) -> Option<usize> {
        self.lives.iter().rposition(|life| life.is_of(far))
    }

    fn find(&mut self, far: FarSide) -> Option<&mut ConnectionLife> {
        let place = self.place(far)?;
        self.lives.get_mut(place)
    }

    fn of_number(&mut self, id: Option<ConnectionId>) -> Option<&mut ConnectionLife> {
        let id = Some(id?);
        let mut newest = self.lives.iter_mut().rev();
        newest.find(|life| life.far().connection == id)
    }

    /// The connection that begins, or the attempt that it began with.
    fn begun(&mut self, far: FarSide, time: Micros) -> Option<&mut ConnectionLife> {
        if self.place(far).is_none() {
            self.add(far, time, true);
        }
        self.find(far)
    }

    /// The connection that these bytes are of; `None` if there is no room for it.
    fn known(&mut self, far: FarSide, time: Micros) -> Option<&mut ConnectionLife> {
        if self.place(far).is_none() {
            let is_full = self.lives.len() >= MOST;
            if is_full && self.lives.iter().all(|life| life.over().is_none()) {
                self.is_crowded = true;
                return None;
            }
            self.add(far, time, false);
        }
        self.find(far)
    }

    fn add(&mut self, far: FarSide, time: Micros, is_whole: bool) {
        if self.lives.len() >= MOST {
            self.is_crowded = true;
            let over = self.lives.iter().position(|life| life.over().is_some());
            self.lives.remove(over.unwrap_or_default());
        }
        let framing = self.framing.as_ref();
        let life = ConnectionLife::new(far, time, is_whole, framing);
        self.lives.push_back(life);
    }
}

#[cfg(test)]
mod tests;
