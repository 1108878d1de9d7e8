//! Gaps in the numbers received, which late packets fill.

use std::collections::VecDeque;

/// The most gaps that are remembered.
const GAPS: usize = 1_024;

/// A gap: missing numbers before a received packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Gap {
    /// The place of the packet that revealed the gap.
    pub(super) place: u64,
    /// The number of packets that arrived before it.
    pub(super) arrival: u64,
    /// The second in which it arrived.
    pub(super) second: u64,
}

/// The latest gaps of a run, ascending.
#[derive(Clone, Debug, Default)]
pub(super) struct Gaps {
    known: VecDeque<Gap>,
    /// The place of the latest gap that was forgotten.
    forgotten: u64,
}

impl Gaps {
    pub(super) fn push(&mut self, gap: Gap) {
        if self.known.len() >= GAPS
            && let Some(oldest) = self.known.pop_front()
        {
            self.forgotten = oldest.place;
        }
        self.known.push_back(gap);
    }

    /// The gap that a late packet fills, if it is remembered. The packet that revealed the gap
    /// is the earliest arrival with a higher number.
    pub(super) fn around(&self, place: u64) -> Option<Gap> {
        if place < self.forgotten {
            return None;
        }
        let older = self.known.partition_point(|gap| gap.place < place);
        self.known.get(older).copied()
    }

    pub(super) fn clear(&mut self) {
        self.known.clear();
        self.forgotten = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_late_packet_belongs_before_the_first_that_came_with_a_higher_number() {
        let gap = |place| Gap {
            place,
            arrival: place,
            second: 0,
        };
        let mut gaps = Gaps::default();
        for place in [10, 20, 30] {
            gaps.push(gap(place));
        }
        let found = [5, 15, 25, 35].map(|place| gaps.around(place));
        assert_eq!(found, [Some(gap(10)), Some(gap(20)), Some(gap(30)), None]);
    }

    #[test]
    fn what_is_forgotten_is_not_guessed() {
        let mut gaps = Gaps::default();
        for place in 0..=GAPS as u64 {
            gaps.push(Gap {
                place: place * 10 + 10,
                arrival: 0,
                second: 0,
            });
        }
        assert_eq!(gaps.around(5), None);
        assert_eq!(gaps.around(15).map(|gap| gap.place), Some(20));
    }
}
