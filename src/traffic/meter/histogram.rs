//! Times by how often they were measured.

use crate::traffic::Micros;

/// Bits of a time that are kept: buckets are 1/64 wide at most, and a value in the middle
/// of one is at most 1/128 from all that are in it.
const KEPT: u32 = 6;

/// Buckets of each doubling.
const STEPS: usize = 1 << KEPT;

/// Times beyond this are counted, and not told apart.
const LONGEST: u64 = 100_000_000;

/// The doublings up to [`LONGEST`], which is less than 2^27.
const BUCKETS: usize = (27 - KEPT as usize + 1) * STEPS;

/// Microseconds up to 100 s in buckets that grow with them: a quantile is at most 1 % from
/// the truth, and the memory is always the same (11 KiB).
#[derive(Clone, Debug)]
pub struct Histogram {
    counts: Box<[u64]>,
    count: u64,
    sum: f64,
    min: u64,
    max: u64,
    over: u64,
    negative: u64,
}

/// Times from `from` on and below `to`, in microseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bucket {
    pub from: u64,
    pub to: u64,
    pub count: u64,
}

impl Default for Histogram {
    fn default() -> Self {
        Self::empty(vec![0; BUCKETS].into_boxed_slice())
    }
}

impl Histogram {
    /// Counts a time. A negative one means the clock was set back meanwhile; it is only
    /// counted as such.
    pub fn add(&mut self, time: Micros) {
        let Ok(time) = u64::try_from(time) else {
            self.negative += 1;
            return;
        };
        self.count += 1;
        self.sum += time as f64;
        self.min = self.min.min(time);
        self.max = self.max.max(time);
        if time > LONGEST {
            self.over += 1;
        } else if let Some(count) = self.counts.get_mut(place(time)) {
            *count += 1;
        }
    }

    pub fn clear(&mut self) {
        if self.count + self.negative == 0 {
            return;
        }
        let mut counts = std::mem::take(&mut self.counts);
        counts.fill(0);
        *self = Self::empty(counts);
    }

    /// One in whose buckets is nothing.
    fn empty(counts: Box<[u64]>) -> Self {
        Self {
            counts,
            count: 0,
            sum: 0.0,
            min: u64::MAX,
            max: 0,
            over: 0,
            negative: 0,
        }
    }

    /// Times counted, those beyond 100 s included.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// Times beyond 100 s.
    pub fn over(&self) -> u64 {
        self.over
    }

    /// Times below 0, which count nowhere else.
    pub fn negative(&self) -> u64 {
        self.negative
    }

    /// The least time, exact.
    pub fn min(&self) -> Option<u64> {
        (self.count > 0).then_some(self.min)
    }

    /// The greatest time, exact.
    pub fn max(&self) -> Option<u64> {
        (self.count > 0).then_some(self.max)
    }

    pub fn mean(&self) -> Option<f64> {
        (self.count > 0).then(|| self.sum / self.count as f64)
    }

    /// The least time that at least this part of all do not exceed (the nearest rank),
    /// within 1 %: 0.5 is the median. A rank beyond 100 s is the greatest time.
    pub fn quantile(&self, part: f64) -> Option<u64> {
        if self.count == 0 {
            return None;
        }
        let rank = (part.clamp(0.0, 1.0) * self.count as f64).ceil() as u64;
        let rank = rank.clamp(1, self.count);
        if rank == self.count {
            return Some(self.max);
        }
        let mut below = 0;
        for (place, count) in self.counts.iter().enumerate() {
            below += count;
            if below >= rank {
                let (from, to) = edges(place);
                let middle = u64::midpoint(from, to - 1);
                return Some(middle.clamp(self.min, self.max));
            }
        }
        Some(self.max)
    }

    /// The buckets that hold any, shortest times first.
    pub fn buckets(&self) -> impl Iterator<Item = Bucket> {
        self.counts
            .iter()
            .enumerate()
            .filter(|(_, count)| **count > 0)
            .map(|(place, count)| {
                let (from, to) = edges(place);
                let count = *count;
                Bucket { from, to, count }
            })
    }
}

/// The bucket of a time: below 64 each has its own, then 64 to each doubling.
fn place(time: u64) -> usize {
    let doubling = time.max(1).ilog2().saturating_sub(KEPT);
    // 100 s at most: it fits.
    doubling as usize * STEPS + (time >> doubling) as usize
}

/// The times of a bucket: from the first on and below the second.
fn edges(place: usize) -> (u64, u64) {
    let doubling = (place / STEPS).saturating_sub(1);
    let step = (place - doubling * STEPS) as u64;
    (step << doubling, (step + 1) << doubling)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn of(times: &[u64]) -> Histogram {
        let mut histogram = Histogram::default();
        for time in times {
            histogram.add(*time as Micros);
        }
        histogram
    }

    #[test]
    fn every_time_is_in_its_bucket_and_buckets_touch() {
        let mut next = 0;
        for place in 0..BUCKETS {
            let (from, to) = edges(place);
            assert_eq!(from, next);
            assert!((to - from) as f64 <= (from as f64 / 64.0).max(1.0));
            assert_eq!((super::place(from), super::place(to - 1)), (place, place));
            next = to;
        }
        assert!(next > LONGEST);
    }

    #[test]
    fn nothing_measured_is_no_time() {
        let histogram = Histogram::default();
        assert_eq!((histogram.min(), histogram.quantile(0.5)), (None, None));
        assert_eq!((histogram.max(), histogram.mean()), (None, None));
    }

    #[test]
    fn a_time_beyond_the_end_is_counted_and_a_negative_one_separately() {
        let mut histogram = of(&[5, LONGEST, LONGEST + 1, 3_000_000_000]);
        histogram.add(-1);
        assert_eq!((histogram.count(), histogram.over()), (4, 2));
        assert_eq!((histogram.negative(), histogram.min()), (1, Some(5)));
        assert_eq!(histogram.quantile(0.75), Some(3_000_000_000));
        assert_eq!(histogram.buckets().count(), 2);
        histogram.clear();
        assert_eq!((histogram.count(), histogram.buckets().count()), (0, 0));
    }

    proptest! {
        #[test]
        fn quantiles_are_within_one_percent_of_a_sorted_list(
            mut times in prop::collection::vec((0..27_u32, any::<u32>()).prop_map(|(bits, time)| u64::from(time) % (2 << bits) % LONGEST), 1..300),
            part in 0.0..=1.0_f64,
        ) {
            let histogram = of(&times);
            times.sort_unstable();
            for part in [part, 0.0, 0.5, 0.99, 1.0] {
                let rank = ((part * times.len() as f64).ceil() as usize).clamp(1, times.len());
                let truth = times[rank - 1] as f64;
                let told = histogram.quantile(part).unwrap() as f64;
                prop_assert!((told - truth).abs() <= truth / 100.0, "{told} for {truth}");
            }
            let mean = times.iter().sum::<u64>() as f64 / times.len() as f64;
            prop_assert!((histogram.mean().unwrap() - mean).abs() < 0.001);
            prop_assert_eq!(histogram.min(), times.first().copied());
            prop_assert_eq!(histogram.max(), times.last().copied());
            prop_assert_eq!(histogram.buckets().map(|bucket| bucket.count).sum::<u64>(), histogram.count());
        }
    }
}
