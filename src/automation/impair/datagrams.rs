//! Datagrams through the simulated network.

use super::decision::{Decision, Decisions};
use super::delay_line::{DelayLine, DelayedDatagram};
use super::plan::DatagramPlan;
use super::rate::Link;
use super::reorder::ReorderHolds;
use super::{after, micros};
use crate::traffic::effect::{Effect, EffectKind};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Takes datagrams and hands them out when they are due: possibly fewer, damaged, or in another
/// order.
///
/// They are due in the order of their times, and in the order of pushing if the times are
/// equal. Jitter alone may reorder them, as in netem: a datagram with a long delay is overtaken
/// by later ones with short delays.
///
/// The waiting datagrams are bounded by [`MAX_DATAGRAMS`](super::MAX_DATAGRAMS) and
/// [`MAX_BYTES`](super::MAX_BYTES). A datagram beyond that is dropped, and the drop is
/// reported.
///
/// `T` is the caller's data for each datagram, such as its destination.
#[derive(Clone, Debug)]
pub struct DatagramImpairer<T> {
    plan: DatagramPlan,
    decisions: Decisions,
    link: Link,
    holds: ReorderHolds,
    line: DelayLine<T>,
    pushed: u64,
}

impl<T: Clone> DatagramImpairer<T> {
    /// A plan that [`check`](DatagramPlan::check) refuses does no harm, but its effect is
    /// unspecified.
    pub fn new(plan: DatagramPlan, seed: u64, now: Instant) -> Self {
        Self {
            decisions: Decisions::new(&plan, seed),
            link: Link::new(&plan.rate, now),
            holds: ReorderHolds::new(&plan.reorder),
            line: DelayLine::new(),
            pushed: 0,
            plan,
        }
    }

    /// Pushes the next datagram, numbered from 1. Appends the effects on it to `effects`.
    pub fn push(&mut self, now: Instant, bytes: Arc<[u8]>, tag: T, effects: &mut Vec<Effect>) {
        self.pushed += 1;
        let number = self.pushed;
        let decision = self.decisions.next(number);
        if decision.lost {
            effects.push(Effect {
                number,
                what: EffectKind::Lost,
            });
            return;
        }
        let mut datagram = DelayedDatagram { bytes, tag, number };
        self.damage(&decision, &mut datagram, effects);
        let copy = decision.duplicated.then(|| datagram.clone());
        if let Some(due) = self.admit(now, decision.delay, &datagram, effects) {
            if decision.reordered && !self.holds.longest().is_zero() {
                effects.push(Effect {
                    number,
                    what: EffectKind::Reordered {
                        gap: self.holds.gap(),
                        micros: micros(self.holds.longest()),
                    },
                });
                let place = self.line.insert(self.holds.latest(due), datagram);
                self.holds.hold(&self.line, place, due);
            } else {
                self.line.insert(due, datagram);
                self.holds.pass(&mut self.line, due);
            }
        }
        if let Some(copy) = copy {
            effects.push(Effect {
                number,
                what: EffectKind::Duplicated,
            });
            if let Some(due) = self.admit(now, decision.copy_delay, &copy, effects) {
                self.line.insert(due, copy);
            }
        }
    }

    /// The next datagram that is due.
    pub fn due(&mut self, now: Instant) -> Option<DelayedDatagram<T>> {
        self.line.due(now)
    }

    /// When to ask again; `None` if nothing waits. It is in the future once `due` has returned
    /// `None`.
    pub fn deadline(&self) -> Option<Instant> {
        self.line.deadline()
    }

    /// Datagrams that wait, copies included.
    pub fn waiting(&self) -> usize {
        self.line.len()
    }

    /// Datagrams pushed so far.
    pub fn pushed(&self) -> u64 {
        self.pushed
    }

    /// Removes all waiting datagrams, in the order in which they would be due, for an end that
    /// does not wait for them. The iterator's length is the number discarded if it is dropped.
    pub fn drain(&mut self) -> impl ExactSizeIterator<Item = DelayedDatagram<T>> + use<T> {
        self.line.empty()
    }

    /// When the datagram is due; `None` if it finds no room.
    fn admit(
        &mut self,
        now: Instant,
        delay: Duration,
        datagram: &DelayedDatagram<T>,
        effects: &mut Vec<Effect>,
    ) -> Option<Instant> {
        let length = datagram.bytes.len();
        let mut report = |what| {
            effects.push(Effect {
                number: datagram.number,
                what,
            });
        };
        if !self.line.has_room(length) {
            report(EffectKind::LineFull);
            return None;
        }
        let Some(gone) = self.link.offer(now, length) else {
            report(EffectKind::QueueFull);
            return None;
        };
        let due = after(gone, delay);
        let micros = micros(due.saturating_duration_since(now));
        if micros > 0 {
            report(EffectKind::Delayed { micros });
        }
        Some(due)
    }

    fn damage(
        &self,
        decision: &Decision,
        datagram: &mut DelayedDatagram<T>,
        effects: &mut Vec<Effect>,
    ) {
        let number = datagram.number;
        let bytes = &mut datagram.bytes;
        // Truncate first, so that every flipped bit is sent.
        let cut = decision.truncated.then(|| self.plan.truncate.cut(bytes));
        let flipped = decision.flips.map(|flips| flips.flip(bytes));
        let damages = [cut, flipped].into_iter().flatten().flatten();
        effects.extend(damages.map(|what| Effect { number, what }));
    }
}

#[cfg(test)]
mod tests;
