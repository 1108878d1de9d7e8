//! Classifies received sequence numbers: lost, reordered, duplicated.
//!
//! A packet is *reordered* if one with a higher number arrived before it (Type-P-Reordered, RFC
//! 4737 §3.3). Its *extent* is the number of packets that arrived since the earliest of those
//! (§4.2.1). A number is *lost* while it is missing and a higher one has arrived: losses after
//! the last packet cannot be seen, and a late packet is no longer lost. Losses before the first
//! packet are seen where it is known which number was sent first.

use super::gaps::{Gap, Gaps};
use super::window::{WIDEST, Window};
use super::{Bursts, Extent};

/// The largest step ahead that a single packet may make: one damaged number would otherwise
/// count as millions of losses.
const LEAP: u64 = 1 << 20;

/// The number of consecutively numbered packets, anywhere out of reach, that show a restarted
/// sender.
const ELSEWHERE: u64 = 4;

/// The number of consecutively numbered duplicates, beginning with the lowest number, that show
/// a restarted sender. Fewer count as duplicates. So do the packets of a sender that was joined
/// midway and restarts soon.
const AGAIN: u64 = 16;

/// The place below that of a run's first packet: earlier numbers may still arrive, and need places
/// before it.
const BELOW_FIRST: u64 = WIDEST;

/// The class of a received packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PacketClass {
    /// The highest number so far; `missing` numbers before it are missing now.
    Ahead { missing: u64 },
    /// A packet that was missing. `seen` is the second in which its gap was noticed, if that is
    /// remembered.
    Late { seen: Option<u64> },
    /// A duplicate.
    Double,
    /// A packet too far behind or ahead to be classified.
    Stale,
}

/// Classifies and counts the numbers of one flow.
#[derive(Clone, Debug)]
pub(super) struct SequenceTracker {
    /// Numbers are taken modulo `mask + 1`.
    mask: u64,
    /// The highest number of this run. Places count like numbers, but do not wrap.
    number: u64,
    highest: u64,
    lowest: u64,
    window: Window,
    gaps: Gaps,
    /// The number of distinct packets of this run.
    arrivals: u64,
    trail: Trail,
    /// The count of numbers from the lowest to the highest, over all earlier runs.
    earlier: u64,
    bursts: Bursts,
    pub(super) runs: u64,
    pub(super) unique: u64,
    pub(super) duplicated: u64,
    pub(super) reordered: u64,
    pub(super) stale: u64,
    pub(super) extent: Extent,
}

/// Consecutively numbered packets that were duplicated or stale.
#[derive(Clone, Copy, Debug, Default)]
struct Trail {
    first: u64,
    count: u64,
    /// How many of them were stale; these came first.
    stale: u64,
}

impl SequenceTracker {
    /// A tracker for numbers of this width in bits.
    pub(super) fn new(bits: u32) -> Self {
        Self {
            mask: u64::MAX >> u64::BITS.saturating_sub(bits).min(63),
            number: 0,
            highest: BELOW_FIRST,
            lowest: BELOW_FIRST + 1,
            window: Window::new(bits),
            gaps: Gaps::default(),
            arrivals: 0,
            trail: Trail::default(),
            earlier: 0,
            bursts: Bursts::default(),
            runs: 0,
            unique: 0,
            duplicated: 0,
            reordered: 0,
            stale: 0,
            extent: Extent::default(),
        }
    }

    /// Says that this number was sent: those from here to the first that arrives are lost until
    /// they arrive. A number too far below those that arrived is not counted.
    pub(super) fn expect(&mut self, number: u64) {
        let number = number & self.mask;
        if self.runs == 0 {
            self.restart(number.wrapping_sub(1) & self.mask);
            return;
        }
        let back = self.number.wrapping_sub(number) & self.mask;
        if back < self.window.length() {
            self.lowest = self.lowest.min(self.highest - back);
        }
    }

    /// Classifies a packet. Packets are taken in the order of arrival.
    pub(super) fn take(&mut self, number: u64, second: u64) -> PacketClass {
        let number = number & self.mask;
        if self.runs == 0 {
            self.begin(number, second);
            return PacketClass::Ahead { missing: 0 };
        }
        let forward = number.wrapping_sub(self.number) & self.mask;
        let back = self.number.wrapping_sub(number) & self.mask;
        // Any number of packets may be lost before the first one.
        let leap = if self.arrivals == 0 { u64::MAX } else { LEAP };
        let ahead = leap.min(self.mask / 2 + 1);
        let outcome = if (1..=ahead).contains(&forward) {
            self.advance(number, forward, second)
        } else if back >= self.window.length() {
            self.stale += 1;
            PacketClass::Stale
        } else if self.window.has(self.highest - back) {
            self.duplicated += 1;
            PacketClass::Double
        } else {
            self.fill(self.highest - back)
        };
        match outcome {
            PacketClass::Ahead { .. } | PacketClass::Late { .. } => self.trail = Trail::default(),
            PacketClass::Double | PacketClass::Stale => self.follow(number, outcome, second),
        }
        outcome
    }

    /// Whether a number is above another one, where numbers wrap.
    pub(super) fn is_above(&self, number: u64, than: u64) -> bool {
        let forward = number.wrapping_sub(than) & self.mask;
        (1..=self.mask / 2).contains(&forward)
    }

    /// The numbers that are missing although a higher one arrived.
    pub(super) fn lost(&self) -> u64 {
        (self.earlier + self.span()).saturating_sub(self.unique)
    }

    /// The loss bursts so far, with those inside the window.
    pub(super) fn bursts(&self) -> Bursts {
        let mut bursts = self.bursts;
        report_bursts(&self.window, self.remembered(), self.highest, &mut bursts);
        bursts
    }

    /// Begins a run with this number, which arrived.
    fn begin(&mut self, number: u64, second: u64) {
        self.restart(number.wrapping_sub(1) & self.mask);
        self.advance(number, 1, second);
    }

    /// Begins a run of which nothing arrived yet, above this number.
    fn restart(&mut self, below: u64) {
        self.window.clear(0, WIDEST);
        self.gaps.clear();
        self.number = below;
        self.highest = BELOW_FIRST;
        self.lowest = BELOW_FIRST + 1;
        self.arrivals = 0;
        self.trail = Trail::default();
        self.runs += 1;
    }

    fn advance(&mut self, number: u64, forward: u64, second: u64) -> PacketClass {
        let length = self.window.length();
        let highest = self.highest + forward;
        // Places that leave the window can no longer change.
        let from = self.remembered();
        let leaves = (highest + 1 - length).max(from);
        if leaves > from {
            report_bursts(
                &self.window,
                from,
                (leaves - 1).min(self.highest),
                &mut self.bursts,
            );
            self.bursts
                .lost(leaves.saturating_sub(self.highest).saturating_sub(1));
        }
        self.window.clear(self.highest + 1, forward);
        let arrival = self.arrivals;
        self.number = number;
        self.highest = highest;
        self.arrive(highest);
        let missing = forward - 1;
        // Numbers below the first one fill a gap that ends with it.
        if missing > 0 || arrival == 0 {
            self.gaps.push(Gap {
                place: highest,
                arrival,
                second,
            });
        }
        PacketClass::Ahead { missing }
    }

    fn fill(&mut self, place: u64) -> PacketClass {
        let gap = self.gaps.around(place);
        if let Some(gap) = gap {
            self.extent.add(self.arrivals - gap.arrival);
        }
        self.reordered += 1;
        // A packet below the lowest number was in no gap.
        let seen = gap.filter(|_| place > self.lowest).map(|gap| gap.second);
        self.lowest = self.lowest.min(place);
        self.arrive(place);
        PacketClass::Late { seen }
    }

    fn arrive(&mut self, place: u64) {
        self.window.set(place);
        self.arrivals += 1;
        self.unique += 1;
    }

    /// Checks whether the sender restarted, after a packet that was not new.
    fn follow(&mut self, number: u64, outcome: PacketClass, second: u64) {
        let trail = &mut self.trail;
        if trail.count == 0 || number != trail.first.wrapping_add(trail.count) & self.mask {
            *trail = Trail {
                first: number,
                ..Trail::default()
            };
        }
        trail.count += 1;
        trail.stale += u64::from(outcome == PacketClass::Stale);
        let Trail {
            first,
            count,
            stale,
        } = *trail;
        let anew = if stale > 0 {
            count >= ELSEWHERE
        } else {
            count >= AGAIN && self.is_lowest(first)
        };
        if !anew {
            return;
        }
        self.stale -= stale;
        self.duplicated -= count - stale;
        self.bursts = self.bursts();
        self.earlier += self.span();
        self.begin(first, second);
        for next in 1..count {
            let number = first.wrapping_add(next) & self.mask;
            self.advance(number, 1, second);
        }
    }

    /// Whether this is the lowest number of the run, and cannot be a later one after a wrap.
    fn is_lowest(&self, number: u64) -> bool {
        let back = self.number.wrapping_sub(number) & self.mask;
        self.span() <= self.window.length() && back + 1 == self.span()
    }

    /// The count of numbers from the lowest to the highest of this run.
    fn span(&self) -> u64 {
        self.highest + 1 - self.lowest
    }

    /// The first position of this run that is in the window.
    fn remembered(&self) -> u64 {
        self.lowest.max(self.highest + 1 - self.window.length())
    }
}

/// Adds the losses between two places, both included, to `bursts`.
fn report_bursts(window: &Window, from: u64, to: u64, bursts: &mut Bursts) {
    window.stretches(from, to + 1 - from, |came, count| {
        if came {
            bursts.came();
        } else {
            bursts.lost(count);
        }
    });
}

#[cfg(test)]
mod tests;
