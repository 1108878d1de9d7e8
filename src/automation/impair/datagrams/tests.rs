//! Facts about datagrams through a simulated network.

use super::*;
use crate::automation::impair::began;
use crate::automation::impair::damage::{Corrupt, Truncate};
use crate::automation::impair::delay::Delay;
use crate::automation::impair::delay_line::{MAX_BYTES, MAX_DATAGRAMS};
use crate::automation::impair::distribution::Distribution;
use crate::automation::impair::loss::Loss;
use crate::automation::impair::rate::Rate;
use crate::automation::impair::reorder::Reorder;

const MILLI: Duration = Duration::from_millis(1);

/// The result for datagrams pushed at a fixed interval: number and moment of each one handed
/// out, and the effects. Asks exactly at the deadlines.
fn played(
    plan: &DatagramPlan,
    start: Instant,
    count: u32,
    pause: Duration,
) -> (Vec<(u64, Duration)>, Vec<Effect>) {
    let mut datagrams = DatagramImpairer::new(plan.clone(), 3, start);
    let (mut out, mut effects) = (Vec::new(), Vec::new());
    let mut hand_out = |datagrams: &mut DatagramImpairer<()>, until: Instant| {
        while let Some(at) = datagrams.deadline().filter(|at| *at <= until) {
            let due = datagrams.due(at).expect("due at its deadline");
            out.push((due.number, at - start));
        }
    };
    for number in 0..count {
        let now = start + pause * number;
        hand_out(&mut datagrams, now);
        datagrams.push(now, Arc::from([0; 100]), (), &mut effects);
    }
    hand_out(&mut datagrams, start + Duration::from_secs(36_000));
    (out, effects)
}

fn numbers(out: &[(u64, Duration)]) -> Vec<u64> {
    out.iter().map(|(number, _)| *number).collect()
}

fn bad() -> DatagramPlan {
    DatagramPlan {
        loss: Loss::Burst {
            p: 10.0,
            r: 30.0,
            good_loss: 1.0,
            bad_loss: 80.0,
        },
        duplicate: 10.0,
        reorder: Reorder {
            percent: 10.0,
            gap: 3,
            delay: 50.0,
        },
        delay: Delay {
            millis: 20.0,
            jitter: 10.0,
            distribution: Distribution::Pareto,
            correlation: 25.0,
        },
        corrupt: Corrupt {
            percent: 10.0,
            bits: 4,
        },
        truncate: Truncate {
            percent: 10.0,
            to: 40,
        },
        rate: Rate {
            bits_per_second: 700_000,
            queue: 1_000,
        },
    }
}

#[test]
fn an_empty_plan_hands_out_all_at_once_and_reports_nothing() {
    let now = began();
    let mut datagrams = DatagramImpairer::new(DatagramPlan::default(), 1, now);
    let mut effects = Vec::new();
    let bytes: Arc<[u8]> = Arc::from([1, 2, 3]);
    for tag in ["a", "b"] {
        datagrams.push(now, Arc::clone(&bytes), tag, &mut effects);
    }
    assert_eq!((datagrams.waiting(), datagrams.line.bytes()), (2, 6));
    let first = datagrams.due(now).unwrap();
    assert!(Arc::ptr_eq(&first.bytes, &bytes) && (first.tag, first.number) == ("a", 1));
    let (tag, number) = ("b", 2);
    let second = DelayedDatagram { bytes, tag, number };
    assert_eq!(datagrams.due(now), Some(second));
    assert_eq!((datagrams.due(now), datagrams.deadline()), (None, None));
    assert!(effects.is_empty());
}

#[test]
fn the_same_seed_and_input_give_the_same_result_at_any_time() {
    let start = began();
    let first = played(&bad(), start, 2_000, MILLI);
    let later = start + Duration::from_secs(12_345);
    assert_eq!(first, played(&bad(), later, 2_000, MILLI));
    let effects = |is: fn(&EffectKind) -> bool| first.1.iter().any(|effect| is(&effect.what));
    assert!(effects(|what| matches!(what, EffectKind::Lost)));
    assert!(effects(|what| matches!(what, EffectKind::Duplicated)));
    assert!(effects(|what| matches!(what, EffectKind::Reordered { .. })));
    assert!(effects(|what| matches!(what, EffectKind::Delayed { .. })));
    assert!(effects(|what| matches!(what, EffectKind::Corrupted { .. })));
    assert!(effects(|what| matches!(
        what,
        EffectKind::Truncated { from: 100, to: 40 }
    )));
    assert!(effects(|what| matches!(what, EffectKind::QueueFull)));
}

#[test]
fn what_is_handed_out_is_what_the_effects_say() {
    let (out, effects) = played(&bad(), began(), 2_000, MILLI);
    let count = |is: fn(&EffectKind) -> bool| effects.iter().filter(|e| is(&e.what)).count();
    let gone = count(|what| {
        matches!(
            what,
            EffectKind::Lost | EffectKind::QueueFull | EffectKind::LineFull
        )
    });
    let copies = count(|what| matches!(what, EffectKind::Duplicated));
    assert_eq!(out.len(), 2_000 - gone + copies);
}

#[test]
fn a_delay_holds_and_is_reported() {
    let plan = DatagramPlan {
        delay: Delay {
            millis: 7.5,
            ..Delay::default()
        },
        ..DatagramPlan::default()
    };
    let (out, effects) = played(&plan, began(), 2, MILLI);
    let late = Duration::from_micros(7_500);
    assert_eq!(out, [(1, late), (2, late + MILLI)]);
    let what = EffectKind::Delayed { micros: 7_500 };
    assert_eq!(effects[1], Effect { number: 2, what });
}

#[test]
fn jitter_alone_reorders() {
    let plan = DatagramPlan {
        delay: Delay {
            millis: 20.0,
            jitter: 10.0,
            ..Delay::default()
        },
        ..DatagramPlan::default()
    };
    let (out, _) = played(&plan, began(), 100, MILLI);
    assert!(out.is_sorted_by_key(|(_, at)| *at));
    let mut order = numbers(&out);
    assert!(!order.is_sorted());
    order.sort_unstable();
    assert_eq!(order, (1..=100).collect::<Vec<_>>());
}

#[test]
fn a_reordered_datagram_goes_right_after_those_that_overtake_it() {
    let now = began();
    let plan = DatagramPlan {
        reorder: Reorder {
            percent: 20.0,
            gap: 3,
            delay: 1_000.0,
        },
        ..DatagramPlan::default()
    };
    let (out, effects) = played(&plan, now, 200, MILLI);
    let order = numbers(&out);
    let held: Vec<u64> = effects.iter().map(|effect| effect.number).collect();
    assert!(held.len() > 20 && order.len() == 200);
    for number in held.iter().filter(|number| **number < 150) {
        let place = order.iter().position(|other| other == number).unwrap();
        let ahead = |other: &&u64| *other > number && !held.contains(other);
        assert_eq!(order[..place].iter().filter(ahead).count(), 3);
    }
}

#[test]
fn a_datagram_that_nothing_follows_stays_back_for_so_long_only() {
    let plan = DatagramPlan {
        reorder: Reorder {
            percent: 100.0,
            gap: 1,
            delay: 30.0,
        },
        ..DatagramPlan::default()
    };
    let (out, effects) = played(&plan, began(), 1_000, MILLI);
    assert_eq!(numbers(&out), (1..=1_000).collect::<Vec<_>>());
    assert_eq!(out[0].1, 30 * MILLI);
    let (gap, micros) = (1, 30_000);
    assert_eq!(effects[0].what, EffectKind::Reordered { gap, micros });
}

#[test]
fn a_copy_has_the_same_bytes_and_number() {
    let now = began();
    let plan = DatagramPlan {
        duplicate: 100.0,
        ..bad()
    };
    let plan = DatagramPlan {
        loss: Loss::None,
        corrupt: Corrupt {
            percent: 100.0,
            bits: 3,
        },
        rate: Rate::default(),
        ..plan
    };
    let mut datagrams = DatagramImpairer::new(plan, 2, now);
    datagrams.push(now, Arc::from([0; 50]), 'x', &mut Vec::new());
    let both: Vec<_> = datagrams.drain().collect();
    assert!(both.len() == 2 && both[0] == both[1]);
}

#[test]
fn a_full_queue_drops_the_last_and_says_so() {
    let plan = DatagramPlan {
        rate: Rate {
            bits_per_second: 80_000,
            queue: 300,
        },
        ..DatagramPlan::default()
    };
    let (out, effects) = played(&plan, began(), 5, Duration::ZERO);
    let times = [(1, 10 * MILLI), (2, 20 * MILLI), (3, 30 * MILLI)];
    assert_eq!(out, times);
    let full: Vec<_> = effects
        .iter()
        .filter(|e| e.what == EffectKind::QueueFull)
        .collect();
    assert_eq!([full[0].number, full[1].number], [4, 5]);
}

#[test]
fn the_delay_line_is_bounded_and_the_rest_is_reported() {
    let now = began();
    let plan = DatagramPlan {
        delay: Delay {
            millis: 1_000.0,
            ..Delay::default()
        },
        ..DatagramPlan::default()
    };
    for (length, most) in [(0, MAX_DATAGRAMS), (1 << 20, MAX_BYTES >> 20)] {
        let mut datagrams = DatagramImpairer::new(plan.clone(), 1, now);
        let mut effects = Vec::new();
        let bytes: Arc<[u8]> = Arc::from(vec![0; length]);
        for _ in 0..most + 3 {
            datagrams.push(now, Arc::clone(&bytes), (), &mut effects);
        }
        assert_eq!(datagrams.waiting(), most);
        let full = effects
            .iter()
            .filter(|e| e.what == EffectKind::LineFull)
            .count();
        assert_eq!(full, 3);
        assert_eq!(datagrams.drain().len(), most);
        assert_eq!((datagrams.waiting(), datagrams.line.bytes()), (0, 0));
        assert_eq!(
            (datagrams.deadline(), datagrams.pushed()),
            (None, most as u64 + 3)
        );
    }
}

#[test]
fn a_clock_that_jumps_or_stands_still_does_no_harm() {
    let start = began();
    let mut datagrams = DatagramImpairer::new(bad(), 9, start);
    let hour = Duration::from_secs(3_600);
    // Also backwards, which no clock should do.
    for (round, now) in [start, start, start + hour, start + hour, start + MILLI]
        .into_iter()
        .enumerate()
    {
        for _ in 0..100 {
            datagrams.push(now, Arc::from([0; 100]), round, &mut Vec::new());
            while datagrams.due(now).is_some() {}
            assert!(datagrams.deadline().is_none_or(|at| at > now));
        }
    }
    while datagrams.due(start + 2 * hour).is_some() {}
    assert_eq!((datagrams.waiting(), datagrams.line.bytes()), (0, 0));
}

#[test]
fn nonsense_does_no_harm() {
    let now = began();
    let plan = DatagramPlan {
        loss: Loss::EveryNth(0),
        duplicate: f64::NAN,
        reorder: Reorder {
            percent: 1e9,
            gap: u32::MAX,
            delay: f64::INFINITY,
        },
        delay: Delay {
            millis: f64::INFINITY,
            jitter: f64::NEG_INFINITY,
            ..Delay::default()
        },
        corrupt: Corrupt {
            percent: 1e9,
            bits: u32::MAX,
        },
        truncate: Truncate {
            percent: 1e9,
            to: usize::MAX,
        },
        rate: Rate {
            bits_per_second: 1,
            queue: usize::MAX,
        },
    };
    let mut datagrams = DatagramImpairer::new(plan, 1, now);
    for _ in 0..100 {
        datagrams.push(now, Arc::from([0; 100]), (), &mut Vec::new());
    }
    assert_eq!(datagrams.drain().len(), 100);
}
