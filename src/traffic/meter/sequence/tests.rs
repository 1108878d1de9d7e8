//! Tests the tracker against a simple one that remembers everything.

use super::*;
use proptest::prelude::*;
use std::collections::BTreeSet;

fn taken(bits: u32, numbers: impl IntoIterator<Item = u64>) -> SequenceTracker {
    let mut sequence = SequenceTracker::new(bits);
    for number in numbers {
        sequence.take(number, 0);
    }
    sequence
}

/// Unique, lost, duplicated, reordered, stale.
fn counts(sequence: &SequenceTracker) -> [u64; 5] {
    [
        sequence.unique,
        sequence.lost(),
        sequence.duplicated,
        sequence.reordered,
        sequence.stale,
    ]
}

fn longest_and_count(bursts: Bursts) -> (u64, u64) {
    (bursts.longest, bursts.count)
}

/// RFC 4737 computed by a search through all arrivals: the number of reordered packets, and
/// their extents.
fn oracle(numbers: &[u64]) -> (u64, Vec<u64>) {
    let mut seen: Vec<u64> = Vec::new();
    let mut extents = Vec::new();
    for number in numbers {
        if seen.contains(number) {
            continue;
        }
        if let Some(earliest) = seen.iter().position(|other| other > number) {
            extents.push((seen.len() - earliest) as u64);
        }
        seen.push(*number);
    }
    (extents.len() as u64, extents)
}

/// The longest gap and the number of gaps between the lowest and the highest number.
fn missing(numbers: &[u64]) -> (u64, u64) {
    let came: BTreeSet<u64> = numbers.iter().copied().collect();
    let steps = came.iter().zip(came.iter().skip(1));
    let gaps: Vec<u64> = steps
        .map(|(one, next)| next - one - 1)
        .filter(|gap| *gap > 0)
        .collect();
    (gaps.iter().copied().max().unwrap_or(0), gaps.len() as u64)
}

#[test]
fn packets_in_order_are_neither_lost_nor_late() {
    assert_eq!(counts(&taken(32, 5..100)), [95, 0, 0, 0, 0]);
}

#[test]
fn a_gap_is_lost_until_its_packet_comes() {
    let mut sequence = taken(32, [0, 1, 4]);
    assert_eq!(counts(&sequence), [3, 2, 0, 0, 0]);
    assert_eq!(longest_and_count(sequence.bursts()), (2, 1));
    sequence.take(2, 0);
    assert_eq!(counts(&sequence), [4, 1, 0, 1, 0]);
    assert_eq!(sequence.extent.longest, 1);
    sequence.take(2, 0);
    assert_eq!(counts(&sequence), [4, 1, 1, 1, 0]);
    assert_eq!(longest_and_count(sequence.bursts()), (1, 1));
}

#[test]
fn the_end_is_not_claimed_lost() {
    // Packets 0 to 9 were sent, and 8 and 9 never arrived: the receiver cannot know.
    assert_eq!(taken(32, 0..8).lost(), 0);
    assert_eq!(taken(32, []).lost(), 0);
}

#[test]
fn what_comes_before_the_first_is_late_and_was_never_lost() {
    let mut sequence = taken(32, [5]);
    assert_eq!(sequence.take(3, 0), PacketClass::Late { seen: None });
    assert_eq!(counts(&sequence), [2, 1, 0, 1, 0]);
    assert_eq!(sequence.extent.longest, 1);
}

#[test]
fn a_late_packet_gives_the_time_its_gap_was_seen() {
    let mut sequence = SequenceTracker::new(32);
    for (number, second) in [(0, 10), (2, 11), (4, 12)] {
        sequence.take(number, second);
    }
    assert_eq!(sequence.take(1, 13), PacketClass::Late { seen: Some(11) });
    assert_eq!(sequence.take(3, 13), PacketClass::Late { seen: Some(12) });
}

#[test]
fn numbers_wrap_at_the_width_of_their_field() {
    for bits in [8, 16, 32, 64] {
        let all = if bits == 64 { 0 } else { 1_u64 << bits };
        let start = all.wrapping_sub(50);
        let mut numbers: Vec<u64> = (0..100).map(|step| start.wrapping_add(step)).collect();
        assert_eq!(counts(&taken(bits, numbers.clone())), [100, 0, 0, 0, 0]);
        // The numbers 49 and 50 are swapped, and one is lost.
        numbers.swap(49, 50);
        numbers.remove(60);
        let sequence = taken(bits, numbers);
        assert_eq!(counts(&sequence), [99, 1, 0, 1, 0], "{bits} bits");
        assert_eq!(sequence.runs, 1);
    }
}

#[test]
fn they_may_wrap_again_and_again() {
    let sequence = taken(8, (0..100_000).filter(|number| number % 1_000 != 7));
    assert_eq!(counts(&sequence), [99_900, 100, 0, 0, 0]);
    assert_eq!(longest_and_count(sequence.bursts()), (1, 100));
    let sequence = taken(16, (0..1_000_000).filter(|number| number % 1_000 >= 3));
    assert_eq!(counts(&sequence), [997_000, 2_997, 0, 0, 0]);
    assert_eq!(longest_and_count(sequence.bursts()), (3, 999));
}

#[test]
fn what_is_older_than_the_window_is_stale_and_not_guessed() {
    let mut sequence = taken(32, 0..WIDEST + 10);
    for number in [0, 3, 9] {
        assert_eq!(sequence.take(number, 0), PacketClass::Stale);
    }
    assert_eq!(sequence.take(10, 0), PacketClass::Double);
    assert_eq!(counts(&sequence), [WIDEST + 10, 0, 1, 0, 3]);
}

#[test]
fn one_number_out_of_all_reach_is_no_loss() {
    let mut sequence = taken(32, 0..100);
    assert_eq!(sequence.take(0x7FFF_0000, 0), PacketClass::Stale);
    for number in 100..200 {
        sequence.take(number, 0);
    }
    assert_eq!(counts(&sequence), [200, 0, 0, 0, 1]);
    assert_eq!(sequence.runs, 1);
}

#[test]
fn a_sender_that_begins_anew_begins_a_new_run() {
    let sequence = taken(32, (0..100_000).chain(0..1_000));
    assert_eq!(counts(&sequence), [101_000, 0, 0, 0, 0]);
    assert_eq!(sequence.runs, 2);
}

#[test]
fn losses_of_earlier_runs_stay_counted() {
    let first = (0..100_000).filter(|number| !(500..510).contains(number));
    let second = (0..1_000).filter(|number| *number != 700);
    let sequence = taken(32, first.chain(second));
    assert_eq!(counts(&sequence), [99_990 + 999, 11, 0, 0, 0]);
    assert_eq!(longest_and_count(sequence.bursts()), (10, 2));
}

#[test]
fn a_short_run_that_is_sent_again_from_its_first_is_a_new_run() {
    let sequence = taken(32, (7..107).chain(7..207));
    assert_eq!(counts(&sequence), [300, 0, 0, 0, 0]);
    assert_eq!(sequence.runs, 2);
    // Packets that all arrive twice are no restart, and neither are fewer duplicates.
    let sequence = taken(32, (0..100).flat_map(|number| [number, number]));
    assert_eq!(counts(&sequence), [100, 0, 100, 0, 0]);
    let sequence = taken(32, (0..100).chain(0..AGAIN - 1).chain(100..200));
    assert_eq!(counts(&sequence), [200, 0, AGAIN - 1, 0, 0]);
}

#[test]
fn a_gap_longer_than_the_window_is_all_lost() {
    let sequence = taken(32, [0, 1, 500_000, 500_001, 1_000_000]);
    assert_eq!(sequence.lost(), 999_996);
    assert_eq!(longest_and_count(sequence.bursts()), (499_998, 2));
}

/// The numbers 0..n in any order, some missing, some more than once.
fn arrivals() -> impl Strategy<Value = (u64, Vec<u64>)> {
    (1..60_u64)
        .prop_flat_map(|n| {
            let all = Just((0..n).collect::<Vec<_>>());
            let copies = prop::collection::vec(
                prop_oneof![4 => Just(1), 1 => Just(0), 1 => 2..4_usize],
                n as usize,
            );
            (Just(n), all, copies)
        })
        .prop_flat_map(|(n, all, copies)| {
            let numbers: Vec<u64> = all
                .into_iter()
                .zip(copies)
                .flat_map(|(number, copies)| std::iter::repeat_n(number, copies))
                .collect();
            (Just(n), Just(numbers).prop_shuffle())
        })
}

proptest! {
    #[test]
    fn every_packet_is_counted_once_and_as_what_it_is(
        (n, numbers) in arrivals(),
        start: u64,
        bits in prop::sample::select(vec![8_u32, 16, 32, 64]),
    ) {
        let sequence = taken(bits, numbers.iter().map(|number| start.wrapping_add(*number)));
        let came: BTreeSet<u64> = numbers.iter().copied().collect();
        let unique = came.len() as u64;
        let (reordered, extents) = oracle(&numbers);
        let between = came.last().zip(came.first()).map_or(0, |(last, first)| last - first + 1);
        let expected = [unique, between - unique, numbers.len() as u64 - unique, reordered, 0];
        prop_assert_eq!(counts(&sequence), expected);
        prop_assert_eq!(sequence.extent.longest, extents.iter().copied().max().unwrap_or(0));
        prop_assert_eq!(sequence.extent.count, reordered);
        prop_assert_eq!(longest_and_count(sequence.bursts()), missing(&numbers));

        // Between two packets that arrived, all missing packets are lost.
        let fenced = [0].into_iter().chain(numbers.iter().map(|number| number + 1)).chain([n + 1]);
        let sequence = taken(bits, fenced.map(|number| start.wrapping_add(number)));
        prop_assert_eq!(sequence.lost() + sequence.unique, n + 2);
    }

    #[test]
    fn the_window_slides_along_a_long_stream(
        delays in prop::collection::vec(prop::collection::vec(0..40_u64, 0..3), 500),
    ) {
        // Each packet is delayed by a number of places, some are duplicated and some lost.
        let mut sent: Vec<(u64, u64)> = (0..)
            .zip(&delays)
            .flat_map(|(number, delays)| delays.iter().map(move |delay| (number + delay, number)))
            .collect();
        sent.sort_unstable();
        let numbers: Vec<u64> = sent.into_iter().map(|(_, number)| number).collect();
        let sequence = taken(8, numbers.iter().copied());
        let (reordered, extents) = oracle(&numbers);
        prop_assert_eq!(sequence.reordered, reordered);
        prop_assert_eq!(sequence.extent.count, reordered);
        prop_assert_eq!(sequence.extent.longest, extents.iter().copied().max().unwrap_or(0));
        prop_assert_eq!(longest_and_count(sequence.bursts()), missing(&numbers));
        prop_assert_eq!((sequence.stale, sequence.runs), (0, 1));
    }

    #[test]
    fn losses_are_reported_the_same_after_they_left_the_window(
        lost in prop::collection::btree_set(1..2_000_u64, 0..300),
    ) {
        let numbers: Vec<u64> = (0..=2_000).filter(|number| !lost.contains(number)).collect();
        // With 8 bits, 128 or more consecutive losses look like a wrap.
        prop_assume!(missing(&numbers).0 < 127);
        for bits in [8, 16] {
            let sequence = taken(bits, numbers.iter().copied());
            prop_assert_eq!(sequence.lost(), lost.len() as u64);
            prop_assert_eq!(longest_and_count(sequence.bursts()), missing(&numbers));
        }
    }

    #[test]
    fn no_numbers_break_it(bits in 8..=64_u32, numbers in prop::collection::vec(prop_oneof![any::<u64>(), 0..100_u64, 0..200_000_u64, 0..5_000_000_u64], 0..400)) {
        let sequence = taken(bits, numbers.iter().copied());
        let [unique, _, duplicated, _, stale] = counts(&sequence);
        prop_assert_eq!(unique + duplicated + stale, numbers.len() as u64);
        let Bursts { count, longest, .. } = sequence.bursts();
        prop_assert!(longest <= sequence.lost() && count <= sequence.lost());
        prop_assert!(sequence.reordered <= unique && sequence.extent.count <= sequence.reordered);
    }
}
