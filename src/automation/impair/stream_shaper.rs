//! The stream shaper: a TCP stream through the simulated network.

use super::delay::Delays;
use super::delay_line::{MAX_BYTES, MAX_DATAGRAMS};
use super::plan::StreamPlan;
use super::rate::Link;
use super::stall::Stalls;
use super::write_coalescer::{CoalescedWrite, WriteCoalescer};
use super::{after, micros, millis};
use crate::traffic::effect::{Effect, EffectKind};
use fastrand::Rng;
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Instant;

/// The next step for the connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ShaperOutput {
    /// Write these bytes, of which there is at least one.
    Bytes(Arc<[u8]>),
    /// Reset the connection (an abort, RFC 9293). Nothing follows.
    Reset,
}

/// The bytes of a stream, handed out in pieces when they are due: all of them in order, until a
/// reset.
///
/// It never drops bytes for lack of room: callers ask [`has_room`](Self::has_room) before
/// pushing. The time of a piece depends on when its bytes were pushed, not on when they are
/// asked for.
#[derive(Clone, Debug)]
pub struct StreamShaper {
    /// The most bytes in a piece.
    split: usize,
    /// Bytes left until the reset.
    left: Option<u64>,
    /// There is room while fewer bytes wait.
    most: usize,
    stalls: Stalls,
    delays: Delays,
    link: Link,
    gather: WriteCoalescer,
    blocks: VecDeque<Block>,
    /// The next piece and when it is due; always there while blocks wait.
    next: Option<(Instant, ShaperOutput)>,
    /// Bytes cut into pieces so far, and the number of pieces.
    passed: u64,
    count: u64,
    effects: Vec<Effect>,
    /// When the last piece is due: no piece is due before an earlier one.
    last: Instant,
    unsent: usize,
    over: bool,
}

/// Bytes that need not wait for others.
#[derive(Clone, Debug)]
struct Block {
    bytes: Arc<[u8]>,
    /// Bytes already cut into pieces.
    taken: usize,
    /// When they were ready to go.
    ready: Instant,
    /// The number of pushes they came from.
    writes: u32,
}

impl StreamShaper {
    /// A plan that [`check`](StreamPlan::check) refuses does no harm, but its effect is
    /// unspecified.
    pub fn new(plan: &StreamPlan, seed: u64, now: Instant) -> Self {
        // The order of the forks is part of the meaning of a seed: new ones go last.
        let mut random = Rng::with_seed(seed);
        let mut shaper = Self {
            split: match plan.split {
                0 => usize::MAX,
                split => split,
            },
            left: plan.reset_after,
            most: plan.rate.room().min(MAX_BYTES),
            stalls: Stalls::new(&plan.stall, random.fork()),
            delays: Delays::new(&plan.delay, random.fork()),
            link: Link::new(&plan.rate, now),
            gather: WriteCoalescer::new(millis(plan.join), plan.split),
            blocks: VecDeque::new(),
            next: None,
            passed: 0,
            count: 0,
            effects: Vec::new(),
            last: now,
            unsent: 0,
            over: false,
        };
        shaper.cut_next();
        shaper
    }

    /// Adds bytes. Behind a reset they are discarded.
    pub fn push(&mut self, now: Instant, bytes: Arc<[u8]>) {
        self.settle(now);
        if !self.over && !bytes.is_empty() {
            self.unsent += bytes.len();
            if let Some(gathered) = self.gather.push(now, bytes) {
                self.add(gathered, now);
            }
        }
        self.cut_next();
    }

    /// The next piece, if it is due.
    pub fn due(&mut self, now: Instant) -> Option<ShaperOutput> {
        self.settle(now);
        self.cut_next();
        let (_, piece) = self.next.take_if(|(due, _)| *due <= now)?;
        match &piece {
            ShaperOutput::Bytes(bytes) => {
                self.unsent -= bytes.len();
                self.cut_next();
            }
            ShaperOutput::Reset => {
                self.over = true;
                self.unsent = 0;
                self.gather.take();
                self.blocks = VecDeque::new();
            }
        }
        Some(piece)
    }

    /// When to ask again; `None` if nothing waits. It is in the future once `due` has returned
    /// `None`.
    pub fn deadline(&self) -> Option<Instant> {
        // A piece goes before everything gathered after it, but may be due later.
        let next = self.next.as_ref().map(|(due, _)| *due);
        next.or(self.gather.deadline())
    }

    /// Ends the gathering, because the writing side is about to close.
    pub fn finish(&mut self, now: Instant) {
        self.settle(now);
        if let Some(gathered) = self.gather.take() {
            self.add(gathered, now);
        }
        self.cut_next();
    }

    /// The effects on pieces since the last call, in order.
    pub fn take_effects(&mut self) -> Vec<Effect> {
        std::mem::take(&mut self.effects)
    }

    /// All waiting bytes, in order and without a reset, for an end that does not wait for them.
    pub fn rest(mut self) -> impl Iterator<Item = Arc<[u8]>> {
        let next = self.next.take().and_then(|(_, piece)| match piece {
            ShaperOutput::Bytes(bytes) => Some(bytes),
            ShaperOutput::Reset => None,
        });
        let gathered = self.gather.take().map(|gathered| gathered.bytes);
        let blocks = self.blocks.into_iter();
        let blocks = blocks.map(|mut block| block.take(usize::MAX));
        next.into_iter().chain(blocks).chain(gathered)
    }

    /// Bytes cut into pieces so far, the piece that is due next included.
    pub fn passed(&self) -> u64 {
        self.passed
    }

    /// Bytes that wait.
    pub fn unsent(&self) -> usize {
        self.unsent
    }

    /// Whether more should be pushed: fewer bytes wait than the queue of the rate holds, fewer
    /// than [`MAX_BYTES`], and fewer than [`MAX_DATAGRAMS`] blocks.
    pub fn has_room(&self) -> bool {
        self.unsent < self.most && self.blocks.len() < MAX_DATAGRAMS
    }

    /// Whether the reset was handed out.
    pub fn is_over(&self) -> bool {
        self.over
    }

    /// Releases the gathered bytes whose time is over, as of the moment it ended.
    fn settle(&mut self, now: Instant) {
        if let Some(ready) = self.gather.deadline()
            && let Some(gathered) = self.gather.due(now)
        {
            self.add(gathered, ready);
        }
    }

    fn add(&mut self, CoalescedWrite { bytes, writes }: CoalescedWrite, ready: Instant) {
        self.blocks.push_back(Block {
            bytes,
            taken: 0,
            ready,
            writes,
        });
    }

    /// Cuts the next piece off the first block. Only one piece exists at a time: pieces of
    /// single bytes would take far more memory than the bytes do.
    fn cut_next(&mut self) {
        if self.next.is_some() || self.over {
            return;
        }
        if self.left == Some(0) {
            self.next = Some((self.last, ShaperOutput::Reset));
            return;
        }
        let Some(block) = self.blocks.front_mut() else {
            return;
        };
        let most = self.left.unwrap_or(u64::MAX);
        let most = most.min(self.stalls.room(self.passed));
        let most = usize::try_from(most).unwrap_or(usize::MAX);
        self.count += 1;
        let number = self.count;
        let mut report = |what| self.effects.push(Effect { number, what });
        let (ready, whole) = (block.ready, block.bytes.len());
        if block.taken == 0 {
            if block.writes > 1 {
                let writes = block.writes;
                report(EffectKind::Joined { writes });
            }
            if self.split < whole {
                let (bytes, most) = (whole as u64, self.split as u64);
                report(EffectKind::Split { bytes, most });
            }
        }
        let bytes = block.take(most.min(self.split));
        if block.taken >= block.bytes.len() {
            self.blocks.pop_front();
        }
        let stall = self.stalls.before(self.passed);
        let gone = self.link.send(ready, stall, bytes.len());
        self.last = after(gone, self.delays.next()).max(self.last);
        let late = self.last.saturating_duration_since(ready);
        if !stall.is_zero() {
            let micros = micros(stall);
            report(EffectKind::Stalled { micros });
        }
        if late > stall {
            let micros = micros(late);
            report(EffectKind::Delayed { micros });
        }
        self.passed += bytes.len() as u64;
        self.left = self
            .left
            .map(|left| left.saturating_sub(bytes.len() as u64));
        self.next = Some((self.last, ShaperOutput::Bytes(bytes)));
    }
}

impl Block {
    /// The next bytes, at most `most`. A block taken as a whole is not copied.
    fn take(&mut self, most: usize) -> Arc<[u8]> {
        let rest = self.bytes.get(self.taken..).unwrap_or_default();
        let piece = rest.get(..most).unwrap_or(rest);
        let whole = piece.len() == self.bytes.len();
        self.taken += piece.len();
        if whole {
            Arc::clone(&self.bytes)
        } else {
            piece.into()
        }
    }
}

#[cfg(test)]
mod tests;
