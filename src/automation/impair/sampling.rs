//! Random sampling: events with a probability, and samples without repetition.

use fastrand::Rng;

/// An event with a probability given in percent.
#[derive(Clone, Debug)]
pub(super) struct Chance {
    /// The probability, 0 to 1.
    share: f64,
    random: Rng,
}

impl Chance {
    pub(super) fn new(percent: f64, random: Rng) -> Self {
        Self {
            share: percent / 100.0,
            random,
        }
    }

    /// Whether the event happens this time. It takes one draw, even if the answer is certain.
    pub(super) fn happens(&mut self) -> bool {
        self.random.f64() < self.share
    }
}

/// `count` different numbers below `end`, in order: Floyd's sampling (Bentley and Floyd, "A
/// sample of brilliance", 1987), one draw for each.
pub(super) fn sample(count: u32, end: u32, random: &mut Rng) -> Vec<u32> {
    let mut taken = Vec::new();
    for last in end.saturating_sub(count)..end {
        let drawn = random.u32(0..=last);
        match taken.binary_search(&drawn) {
            Err(place) => taken.insert(place, drawn),
            // All numbers taken so far are smaller than `last`.
            Ok(_) => taken.push(last),
        }
    }
    taken
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn never_and_always_are_certain() {
        let mut count = |percent| {
            let mut chance = Chance::new(percent, Rng::with_seed(1));
            (0..1_000).filter(|_| chance.happens()).count()
        };
        assert_eq!([0.0, 100.0, f64::NAN].map(&mut count), [0, 1_000, 0]);
    }

    #[test]
    fn a_sample_is_of_different_numbers_in_order() {
        let mut random = Rng::with_seed(2);
        for (count, end) in [(0, 8), (1, 8), (5, 8), (8, 8), (20, 8), (3, 0)] {
            let taken = sample(count, end, &mut random);
            assert_eq!(taken.len() as u32, count.min(end));
            assert!(taken.is_sorted_by(|a, b| a < b), "{taken:?}");
            assert!(taken.iter().all(|number| *number < end), "{taken:?}");
        }
    }

    #[test]
    fn every_number_is_as_likely_in_a_sample() {
        let mut random = Rng::with_seed(3);
        let mut times = [0_u32; 8];
        for _ in 0..8_000 {
            for number in sample(3, 8, &mut random) {
                times[number as usize] += 1;
            }
        }
        // 3000 expected, σ = √(8000 · 3/8 · 5/8) = 43.
        assert!(times.iter().all(|n| n.abs_diff(3_000) < 130), "{times:?}");
    }
}
