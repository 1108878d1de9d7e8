//! Facts about a stream through a simulated network.

use super::*;
use crate::automation::impair::began;
use crate::automation::impair::delay::Delay;
use crate::automation::impair::distribution::Distribution;
use crate::automation::impair::rate::Rate;
use crate::automation::impair::stall::Stall;
use proptest::prelude::*;
use std::time::Duration;

const MILLI: Duration = Duration::from_millis(1);

fn bytes(text: &str) -> Arc<[u8]> {
    Arc::from(text.as_bytes())
}

/// The pieces handed out, with their milliseconds, for texts pushed at the given milliseconds.
/// Asks exactly at the deadlines.
fn played(plan: &StreamPlan, pushes: &[(u32, &str)]) -> Vec<(u128, String)> {
    let start = began();
    let mut shaper = StreamShaper::new(plan, 1, start);
    let mut out = Vec::new();
    let mut hand_out = |shaper: &mut StreamShaper, until: Instant| {
        while let Some(at) = shaper.deadline().filter(|at| *at < until) {
            while let Some(piece) = shaper.due(at) {
                let text = match piece {
                    ShaperOutput::Bytes(bytes) => String::from_utf8(bytes.to_vec()).unwrap(),
                    ShaperOutput::Reset => "RESET".to_owned(),
                };
                out.push(((at - start).as_millis(), text));
            }
        }
    };
    for (at, text) in pushes {
        hand_out(&mut shaper, start + *at * MILLI);
        shaper.push(start + *at * MILLI, bytes(text));
    }
    hand_out(&mut shaper, start + Duration::from_secs(36_000));
    assert_eq!(shaper.unsent(), 0);
    out
}

fn texts(expected: &[(u128, &str)]) -> Vec<(u128, String)> {
    let owned = |(at, text): &(u128, &str)| (*at, (*text).to_owned());
    expected.iter().map(owned).collect()
}

#[test]
fn a_plan_of_nothing_hands_out_the_very_bytes_at_once() {
    let now = began();
    let mut shaper = StreamShaper::new(&StreamPlan::default(), 1, now);
    assert_eq!(shaper.deadline(), None);
    let pushed = bytes("abc");
    shaper.push(now, Arc::clone(&pushed));
    shaper.push(now, Arc::from([]));
    assert_eq!((shaper.unsent(), shaper.has_room()), (3, true));
    let Some(ShaperOutput::Bytes(out)) = shaper.due(now) else {
        panic!("nothing due");
    };
    assert!(Arc::ptr_eq(&out, &pushed));
    assert_eq!((shaper.due(now), shaper.unsent()), (None, 0));
}

#[test]
fn writes_are_cut() {
    let plan = StreamPlan {
        split: 4,
        ..StreamPlan::default()
    };
    let out = played(&plan, &[(0, "abcdefghij"), (5, "kl")]);
    let expected = [(0, "abcd"), (0, "efgh"), (0, "ij"), (5, "kl")];
    assert_eq!(out, texts(&expected));
}

#[test]
fn writes_are_gathered_for_so_long_from_the_first() {
    let plan = StreamPlan {
        join: 10.0,
        ..StreamPlan::default()
    };
    let out = played(&plan, &[(0, "a"), (3, "b"), (9, "c"), (15, "d"), (40, "e")]);
    assert_eq!(out, texts(&[(10, "abc"), (25, "d"), (50, "e")]));
}

#[test]
fn what_fills_a_piece_is_not_gathered_any_longer() {
    let plan = StreamPlan {
        join: 10.0,
        split: 4,
        ..StreamPlan::default()
    };
    let out = played(&plan, &[(0, "abc"), (5, "defghi"), (8, "j"), (30, "klmn")]);
    let expected = [(5, "abcd"), (5, "efgh"), (15, "ij"), (30, "klmn")];
    assert_eq!(out, texts(&expected));
}

#[test]
fn the_end_lets_go_what_is_gathered() {
    let now = began();
    let plan = StreamPlan {
        join: 1_000.0,
        ..StreamPlan::default()
    };
    let mut shaper = StreamShaper::new(&plan, 1, now);
    shaper.push(now, bytes("ab"));
    assert_eq!(shaper.due(now), None);
    shaper.finish(now);
    assert_eq!(shaper.due(now), Some(ShaperOutput::Bytes(bytes("ab"))));
}

#[test]
fn a_pause_follows_each_given_number_of_bytes() {
    let plan = StreamPlan {
        stall: Stall {
            every: 3,
            millis: 20.0,
            ..Stall::default()
        },
        ..StreamPlan::default()
    };
    let out = played(&plan, &[(0, "abcde"), (1, "fg")]);
    assert_eq!(out, texts(&[(0, "abc"), (20, "de"), (20, "f"), (40, "g")]));
}

#[test]
fn the_rate_holds_and_makes_no_room_when_the_queue_is_full() {
    let plan = StreamPlan {
        split: 2,
        rate: Rate {
            bits_per_second: 8_000,
            queue: 5,
        },
        ..StreamPlan::default()
    };
    let out = played(&plan, &[(0, "abcde"), (20, "f")]);
    assert_eq!(out, texts(&[(2, "ab"), (4, "cd"), (5, "e"), (21, "f")]));
    let now = began();
    let mut shaper = StreamShaper::new(&plan, 1, now);
    shaper.push(now, bytes("abcd"));
    assert!(shaper.has_room());
    shaper.push(now, bytes("e"));
    assert!(!shaper.has_room());
    assert!(shaper.due(now + 2 * MILLI).is_some() && shaper.has_room());
}

#[test]
fn a_hundred_thousand_little_pushes_leave_no_room() {
    let now = began();
    let plan = StreamPlan {
        stall: Stall {
            percent: 100.0,
            millis: 10.0,
            ..Stall::default()
        },
        ..StreamPlan::default()
    };
    let mut shaper = StreamShaper::new(&plan, 1, now);
    let byte = bytes("a");
    let pushes = std::iter::repeat_with(|| shaper.push(now, Arc::clone(&byte)));
    assert_eq!(pushes.take(MAX_DATAGRAMS).count(), 100_000);
    assert!(shaper.has_room());
    shaper.push(now, byte);
    assert!(!shaper.has_room());
}

#[test]
fn throughput_is_as_asked_for_within_a_percent() {
    let now = began();
    let plan = StreamPlan {
        split: 1_000,
        rate: Rate {
            bits_per_second: 8_000_000,
            queue: 0,
        },
        ..StreamPlan::default()
    };
    let mut shaper = StreamShaper::new(&plan, 1, now);
    shaper.push(now, Arc::from(vec![0; 5_000_000]));
    let second = now + Duration::from_secs(1);
    let out = std::iter::from_fn(|| shaper.due(second)).count();
    assert!(out.abs_diff(1_000) <= 10, "{out}");
}

#[test]
fn a_reset_comes_after_exactly_the_given_number_of_bytes_and_nothing_after_it() {
    let reset = |reset_after| StreamPlan {
        reset_after: Some(reset_after),
        ..StreamPlan::default()
    };
    let pushes = [(0, "abc"), (5, "defg"), (9, "h")];
    let out = played(&reset(5), &pushes);
    assert_eq!(out, texts(&[(0, "abc"), (5, "de"), (5, "RESET")]));
    let out = played(&reset(3), &pushes[..1]);
    assert_eq!(out, texts(&[(0, "abc"), (0, "RESET")]));
    assert_eq!(played(&reset(0), &pushes), texts(&[(0, "RESET")]));
    let mut shaper = StreamShaper::new(&reset(0), 1, began());
    assert!(!shaper.is_over());
    shaper.due(began());
    assert!(shaper.is_over() && shaper.deadline().is_none());
}

#[test]
fn a_clock_that_jumps_or_stands_still_does_no_harm() {
    let start = began();
    let plan = StreamPlan {
        split: 10,
        join: 5.0,
        delay: Delay {
            millis: 20.0,
            jitter: 20.0,
            ..Delay::default()
        },
        ..StreamPlan::default()
    };
    let mut shaper = StreamShaper::new(&plan, 1, start);
    let hour = Duration::from_secs(3_600);
    for now in [start, start, start + hour, start + hour, start + MILLI] {
        for _ in 0..20 {
            shaper.push(now, bytes("some bytes of a stream"));
            while shaper.due(now).is_some() {}
            assert!(shaper.deadline().is_none_or(|at| at > now));
        }
    }
}

prop_compose! {
    fn any_plan()(
        split in 0..20_usize,
        join in prop_oneof![Just(0.0), 0.0..30.0],
        (millis, jitter, correlation) in (0.0..20.0, 0.0..20.0, 0.0..100.0),
        distribution in prop::sample::select(vec![
            Distribution::Uniform,
            Distribution::Normal,
            Distribution::Pareto,
        ]),
        (every, percent, pause) in (0..30_u64, 0.0..50.0, 0.0..10.0),
        (bits_per_second, queue) in (0..100_000_u64, 0..100_usize),
    ) -> StreamPlan {
        StreamPlan {
            split,
            join,
            delay: Delay { millis, jitter, distribution, correlation },
            stall: Stall { every, percent, millis: pause },
            rate: Rate { bits_per_second, queue },
            ..StreamPlan::default()
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn all_bytes_come_out_in_order_whatever_the_plan_and_the_asking(
        plan in any_plan(),
        seed: u64,
        pushes in prop::collection::vec(
            (0..20_u32, prop::collection::vec(any::<u8>(), 0..40), any::<bool>()),
            0..20,
        ),
    ) {
        let start = began();
        let (mut now, mut pushed) = (start, Vec::new());
        // One is asked often, the other only at the end: both return the same.
        let mut often = StreamShaper::new(&plan, seed, now);
        let mut once = often.clone();
        let mut out = Vec::new();
        let mut take = |shaper: &mut StreamShaper, now| {
            while let Some(piece) = shaper.due(now) {
                out.push(piece);
            }
            assert!(shaper.deadline().is_none_or(|at| at > now));
        };
        for (pause, bytes, asks) in pushes {
            now += pause * MILLI;
            pushed.extend_from_slice(&bytes);
            often.push(now, bytes.clone().into());
            once.push(now, bytes.into());
            if asks {
                take(&mut often, now);
            }
        }
        while let Some(at) = often.deadline() {
            take(&mut often, at.max(now));
        }
        let end = now + Duration::from_secs(36_000);
        let at_once: Vec<ShaperOutput> = std::iter::from_fn(|| once.due(end)).collect();
        prop_assert_eq!(&out, &at_once);
        let joined: Vec<u8> = out
            .iter()
            .flat_map(|piece| match piece {
                ShaperOutput::Bytes(bytes) => bytes.to_vec(),
                ShaperOutput::Reset => panic!("no reset was asked for"),
            })
            .collect();
        prop_assert_eq!(joined, pushed);
        prop_assert_eq!((often.unsent(), once.unsent()), (0, 0));
        let most = if plan.split == 0 { usize::MAX } else { plan.split };
        let fits = |piece: &ShaperOutput| matches!(piece, ShaperOutput::Bytes(bytes) if bytes.len() <= most);
        prop_assert!(out.iter().all(fits));
    }
}

#[test]
fn effects_on_segments_are_reported() {
    let plan = StreamPlan {
        split: 4,
        join: 20.0,
        stall: Stall {
            every: 4,
            percent: 0.0,
            millis: 7.0,
        },
        ..StreamPlan::default()
    };
    let start = began();
    let mut shaper = StreamShaper::new(&plan, 1, start);
    shaper.push(start, bytes("ab"));
    shaper.push(start, bytes("cdefgh"));
    shaper.due(start);
    let effect = |number, what| Effect { number, what };
    let expected = [
        effect(1, EffectKind::Joined { writes: 2 }),
        effect(1, EffectKind::Split { bytes: 8, most: 4 }),
        effect(2, EffectKind::Stalled { micros: 7_000 }),
    ];
    assert_eq!(shaper.take_effects(), expected);
    assert_eq!(shaper.take_effects(), []);
}

#[test]
fn a_piece_is_delayed_by_its_rate_and_by_those_before_it() {
    let plan = StreamPlan {
        rate: Rate {
            bits_per_second: 8_000,
            queue: 0,
        },
        ..StreamPlan::default()
    };
    let start = began();
    let mut shaper = StreamShaper::new(&plan, 1, start);
    shaper.push(start, bytes("0123456789"));
    shaper.push(start, bytes("01234"));
    while let Some(at) = shaper.deadline() {
        shaper.due(at);
    }
    let effects = shaper.take_effects().into_iter().map(|effect| effect.what);
    let expected = [10_000, 15_000].map(|micros| EffectKind::Delayed { micros });
    assert_eq!(effects.collect::<Vec<_>>(), expected);
}

#[test]
fn the_rest_is_everything_in_order() {
    let plan = StreamPlan {
        split: 3,
        join: 20.0,
        reset_after: Some(4),
        ..StreamPlan::default()
    };
    let start = began();
    let mut shaper = StreamShaper::new(&plan, 1, start);
    for text in ["abc", "def", "gh"] {
        shaper.push(start, bytes(text));
    }
    shaper.due(start);
    let rest: Vec<u8> = shaper.rest().flat_map(|part| part.to_vec()).collect();
    assert_eq!(rest, b"defgh");
}

#[test]
fn nothing_at_all_keeps_nothing_back() {
    let plan = StreamPlan {
        join: 0.4,
        ..StreamPlan::default()
    };
    let start = began();
    let mut shaper = StreamShaper::new(&plan, 1, start);
    shaper.push(start, bytes("a"));
    shaper.push(start + MILLI, bytes(""));
    assert!(shaper.deadline().is_some());
}
