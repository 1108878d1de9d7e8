//! A histogram of times with logarithmic buckets.

use crate::traffic::Micros;

/// The bits of precision: a bucket is at most 1/64 of its times wide, and its middle is within
/// 1/128 of each of them.
const KEPT: u32 = 6;

/// The number of buckets for each power of two.
const STEPS: usize = 1 << KEPT;

/// The longest time that has a bucket, in microseconds. Longer times are only counted.
const LONGEST: u64 = 100_000_000;

/// The buckets up to [`LONGEST`], which is less than 2^27.
const BUCKETS: usize = (27 - KEPT as usize + 1) * STEPS;

/// Times in microseconds, up to 100 s, in buckets of growing width. A quantile is within 1 % of
/// the exact value, and the memory is constant (11 KiB).
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

/// The number of times that are at least `from` and less than `to`, in microseconds.
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
    /// Counts a time. A negative time means that the clock was set back; it is counted separately.
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

    /// A histogram with these buckets, which are all 0.
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

    /// The number of times, with those above 100 s.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// The number of times above 100 s.
    pub fn over(&self) -> u64 {
        self.over
    }

    /// The number of negative times, which are counted nowhere else.
    pub fn negative(&self) -> u64 {
        self.negative
    }

    /// The shortest time in microseconds, exact.
    pub fn min(&self) -> Option<u64> {
        (self.count > 0).then_some(self.min)
    }

    /// The longest time in microseconds, exact.
    pub fn max(&self) -> Option<u64> {
        (self.count > 0).then_some(self.max)
    }

    /// The mean of all times, in microseconds.
    pub fn mean(&self) -> Option<f64> {
        (self.count > 0).then(|| self.sum / self.count as f64)
    }

    /// The quantile by nearest rank, in microseconds, within 1 %; `part` is from 0 to 1, and
    /// 0.5 gives the median. A rank above 100 s gives the longest time.
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

    /// The buckets that are not empty, shortest times first.
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

/// The bucket of a time: one for each time below 64 µs, then 64 for each power of two.
fn place(time: u64) -> usize {
    let doubling = time.max(1).ilog2().saturating_sub(KEPT);
    // The time is at most 100 s, so the result fits.
    doubling as usize * STEPS + (time >> doubling) as usize
}

/// The times of a bucket: at least the first and less than the second.
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
                let reported = histogram.quantile(part).unwrap() as f64;
                prop_assert!((reported - truth).abs() <= truth / 100.0, "{reported} for {truth}");
            }
            let mean = times.iter().sum::<u64>() as f64 / times.len() as f64;
            prop_assert!((histogram.mean().unwrap() - mean).abs() < 0.001);
            prop_assert_eq!(histogram.min(), times.first().copied());
            prop_assert_eq!(histogram.max(), times.last().copied());
            prop_assert_eq!(histogram.buckets().map(|bucket| bucket.count).sum::<u64>(), histogram.count());
        }
    }
}
