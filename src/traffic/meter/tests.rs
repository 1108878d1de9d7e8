//! Tests of whole exchanges, read from a session's records.

mod credible;
mod first_losses;
mod framed;

use super::*;
use crate::peer::Peer;
use crate::traffic::effect::{Effect, EffectKind};
use crate::traffic::{Arrival, Automatic, ChunkBuilder, Failure, LossPlace, Operation};

const SECOND: Micros = 1_000_000;

/// 2026-11-22 14:03:31 UTC.
const NOON: Micros = 1_795_356_211 * SECOND;

fn peer(port: u16) -> Peer {
    Peer::from(([192, 0, 2, 1], port))
}

fn packet(flow: u32, sequence: u32, sent: Micros) -> [u8; 100] {
    let mut payload = [0; 100];
    let header = Header {
        flow,
        sequence,
        sent,
    };
    assert!(header.write(&mut payload));
    payload
}

#[test]
fn an_echo_of_our_own_has_a_round_trip() {
    let mut meter = Meter::new(NumberField::Header);
    for number in 0..100 {
        let sent = NOON + Micros::from(number) * 10_000;
        let payload = packet(0xA1, number, sent);
        meter.sent(peer(9), &payload, sent + 5);
        if number != 30 {
            let way = 1_000 + Micros::from(number);
            meter.received(peer(9), &payload, sent + way);
        }
    }
    let totals = meter.totals();
    assert_eq!(totals.counts.sent.records, 100);
    assert_eq!((totals.counts.unique, totals.counts.lost), (99, 1));
    let times = totals.round_trip.unwrap();
    assert_eq!((times.count, times.min, times.max), (99, 1_000, 1_099));
    assert!(times.median.abs_diff(1_050) <= 10 && times.p99.abs_diff(1_098) <= 10);
    assert!((times.mean - 1_049.697).abs() < 0.001);
    let [flow] = meter.flows() else {
        panic!("one flow");
    };
    assert!(flow.is_ours() && flow.round_trips().is_some());
    assert!(
        flow.jitter()
            .is_some_and(|jitter| jitter > 0.9 && jitter < 1.1)
    );
}

#[test]
fn a_stream_of_the_far_side_has_none_even_if_we_echo_it() {
    let mut meter = Meter::new(NumberField::Header);
    for number in 0..10 {
        let payload = packet(0xB2, number, NOON);
        meter.received(peer(9), &payload, NOON + 700);
        meter.sent(peer(9), &payload, NOON + 800);
    }
    let totals = meter.totals();
    assert_eq!(totals.round_trip, None);
    assert_eq!((totals.counts.sent.records, totals.counts.unique), (10, 10));
    assert!(meter.flows().iter().all(|flow| !flow.is_ours()));
}

#[test]
fn a_broadcast_is_echoed_by_others_than_it_was_sent_to() {
    let mut meter = Meter::new(NumberField::Header);
    let payload = packet(7, 0, NOON);
    meter.sent(peer(9), &payload, NOON);
    meter.received(peer(1), &payload, NOON + 300);
    meter.received(peer(2), &payload, NOON + 400);
    assert_eq!(meter.totals().round_trip.map(|times| times.count), Some(2));
    assert_eq!(meter.flows().len(), 3);
}

#[test]
fn packets_of_another_that_began_before_us_are_no_echo() {
    let mut meter = Meter::new(NumberField::Header);
    meter.sent(peer(9), &packet(7, 0, NOON), NOON);
    meter.received(peer(9), &packet(7, 4, NOON - SECOND), NOON);
    assert_eq!(meter.totals().round_trip, None);
}

#[test]
fn the_end_is_claimed_missing_only_of_a_known_count() {
    let mut meter = Meter::new(NumberField::Header);
    for number in 0..10 {
        let payload = packet(1, number, NOON);
        meter.sent(peer(9), &payload, NOON);
        if number < 8 {
            meter.received(peer(9), &payload, NOON + 1);
        }
    }
    let counts = meter.totals().counts;
    assert_eq!((counts.lost, counts.loss()), (0, Some(0.0)));
    assert_eq!(counts.missing_of(counts.sent.records), 2);
}

#[test]
fn a_number_that_is_sent_again_awaits_one_reply() {
    let mut meter = Meter::new(NumberField::Header);
    // Both sides echo: each packet goes to and fro.
    let all: Vec<_> = (0..200).map(|number| packet(1, number, NOON)).collect();
    for (time, payload) in (NOON..).zip(&all) {
        meter.sent(peer(9), payload, time);
    }
    assert_eq!(meter.totals().unanswered, Some(200));
    for round in 1..5 {
        for (time, payload) in (NOON + round * 1_000..).zip(&all[..190]) {
            meter.received(peer(9), payload, time);
            meter.sent(peer(9), payload, time);
        }
        assert_eq!(meter.totals().unanswered, Some(10), "{round}");
    }
    meter.received(peer(9), &all[197], NOON + 9_000);
    assert_eq!(meter.totals().unanswered, Some(2));
}

#[test]
fn a_broadcast_awaits_the_replies_of_others() {
    let mut meter = Meter::new(NumberField::Header);
    for number in 0..10 {
        meter.sent(peer(9), &packet(7, number, NOON), NOON);
    }
    meter.received(peer(1), &packet(7, 3, NOON), NOON + 300);
    meter.received(peer(2), &packet(7, 6, NOON), NOON + 300);
    assert_eq!(meter.totals().unanswered, Some(3));
}

#[test]
fn echoes_to_the_far_side_await_no_reply() {
    let mut meter = Meter::new(NumberField::Header);
    for number in [0, 1, 1, 1, 2] {
        let payload = packet(2, number, NOON);
        meter.received(peer(9), &payload, NOON + 700);
        meter.sent(peer(9), &payload, NOON + 800);
    }
    assert_eq!(meter.totals().unanswered, Some(0));
}

#[test]
fn the_replies_to_a_users_field_are_counted_while_its_numbers_ascend() {
    let field = NumberField::Text {
        prefix: "seq=".to_owned(),
    };
    let mut meter = Meter::new(field);
    for number in 1..=10 {
        let payload = format!("seq={number}");
        meter.sent(peer(9), payload.as_bytes(), NOON);
        if number <= 7 && number != 5 {
            meter.received(peer(9), payload.as_bytes(), NOON + 1);
        }
    }
    assert_eq!(meter.totals().unanswered, Some(3));
    meter.sent(peer(9), b"seq=4", NOON + 2);
    assert_eq!(meter.totals().unanswered, None);
    meter.sent(peer(9), b"seq=11", NOON + 3);
    assert_eq!(meter.totals().unanswered, None);
}

#[test]
fn a_users_field_is_counted_without_a_send_time() {
    let mut meter = Meter::new(NumberField::Text {
        prefix: "seq=".to_owned(),
    });
    for (time, payload) in (NOON..).zip(["seq=1", "seq=4", "seq=2", "seq=4", "hello"]) {
        meter.received(peer(9), payload.as_bytes(), time);
    }
    let totals = meter.totals();
    let counts = totals.counts;
    assert_eq!((counts.unique, counts.lost, counts.bursts.count), (3, 1, 1));
    assert_eq!((counts.reordered, counts.duplicated), (1, 1));
    assert_eq!(totals.unnumbered.records, 1);
    assert_eq!((totals.jitter, totals.round_trip), (None, None));
}

#[test]
fn a_far_side_that_invents_flows_takes_no_more_than_the_room_there_is() {
    let mut meter = Meter::new(NumberField::Header);
    for flow in 0..FLOWS as u32 + 10 {
        meter.received(peer(9), &packet(flow, 0, NOON), NOON);
    }
    let totals = meter.totals();
    assert_eq!((totals.flows, totals.others.records), (FLOWS, 10));
}

#[test]
fn each_second_has_its_losses_late_packets_and_round_trip() {
    let mut meter = Meter::new(NumberField::Header);
    let numbers = [(0, 0), (0, 1), (1, 5), (2, 3), (2, 6)];
    for (second, number) in numbers {
        let time = NOON + second * SECOND;
        let payload = packet(1, number, time);
        meter.sent(peer(9), &payload, time);
        meter.received(peer(9), &payload, time + 50);
    }
    let now = Series::second(NOON) + 3;
    let reported: Vec<[u64; 4]> = meter
        .series()
        .before(now, 3)
        .map(|(_, pulse)| {
            let Pulse {
                received,
                lost,
                reordered,
                round_trip,
                ..
            } = pulse;
            [received.records, lost, reordered, round_trip.unwrap_or(0)]
        })
        .collect();
    // 2, 3 and 4 were missing between the first second and the beginning of the next; 3 arrived
    // later.
    assert_eq!(reported, [[2, 2, 0, 50], [1, 0, 0, 50], [2, 0, 1, 50]]);
}

#[test]
fn a_chunk_is_its_records() {
    let mut builder = ChunkBuilder::default();
    for number in 0..3 {
        let payload = packet(1, number, NOON);
        builder.sent(NOON, peer(9), &payload);
        builder.received(NOON + 20, peer(9), &payload, Arrival::default());
    }
    let mut meter = Meter::new(NumberField::Header);
    meter.take(&builder.finish());
    let totals = meter.totals();
    assert_eq!((totals.counts.sent.records, totals.counts.unique), (3, 3));
    assert_eq!(totals.round_trip.map(|times| times.median), Some(20));
}

#[test]
fn what_goes_missing_on_this_side_is_counted_apart() {
    let impaired = |outgoing, what| {
        let effect = Effect { number: 1, what };
        let peer = peer(9);
        Notice::Automatic(Box::new(Automatic::Impaired {
            peer,
            outgoing,
            effect,
        }))
    };
    let dropped = Notice::Failed(Failure {
        operation: Operation::Receive,
        address: String::new(),
        cause: Cause::Dropped {
            count: 7,
            place: LossPlace::Here,
            receive_buffer: 1,
            asked: 1,
            at_least: false,
        },
    });
    let notices = [
        impaired(true, EffectKind::Lost),
        impaired(false, EffectKind::QueueFull),
        impaired(true, EffectKind::Duplicated),
        dropped,
    ];
    let mut chunk = ChunkBuilder::default();
    for notice in notices {
        chunk.notice(NOON, notice);
    }
    let mut meter = Meter::new(NumberField::Header);
    meter.take(&chunk.finish());
    let totals = meter.totals();
    assert_eq!((totals.dropped, totals.on_purpose), (7, 2));
}

#[test]
fn an_echo_of_what_was_never_sent_is_no_echo() {
    let mut meter = Meter::new(NumberField::Header);
    for number in 0..100 {
        let sent = NOON + Micros::from(number) * 10_000;
        meter.sent(peer(9), &packet(0xA1, number, sent), sent);
        let number = match number % 10 {
            0 => number + 100_000,
            _ => number,
        };
        // One flow number is damaged, too.
        let flow = if number == 55 { 0xA1 ^ 0x100 } else { 0xA1 };
        let echo = packet(flow, number, sent);
        meter.received(peer(9), &echo, sent + 1_000);
    }
    let totals = meter.own_totals();
    assert_eq!(totals.flows, 1);
    assert_eq!(
        (totals.counts.unique, totals.counts.missing_of(100)),
        (89, 11)
    );
    assert_eq!((totals.counts.lost, totals.counts.bursts.longest), (11, 1));
    assert_eq!(totals.counts.reordered, 0);
    assert_eq!(totals.unnumbered.records, 11);
}

#[test]
fn numbers_of_ours_that_wrap_are_ours() {
    let mut meter = Meter::new(NumberField::Header);
    for step in 0..100_u32 {
        let number = (u32::MAX - 50).wrapping_add(step);
        let sent = NOON + Micros::from(step) * 10_000;
        meter.sent(peer(9), &packet(0xA1, number, sent), sent);
        meter.received(peer(9), &packet(0xA1, number, sent), sent + 1_000);
    }
    assert_eq!(meter.own_totals().counts.unique, 100);
}

#[test]
fn packets_of_ours_that_left_in_another_order_are_all_ours() {
    // The first packet sent does not have the lowest number, and the numbers wrap once.
    for first in [0, u32::MAX - 4] {
        let mut meter = Meter::new(NumberField::Header);
        let order = [2_u32, 0, 1, 7, 4, 3, 9, 5, 8, 6];
        let packets = order.map(|step| {
            let written = NOON + Micros::from(step) * 10_000;
            (packet(0xA1, first.wrapping_add(step), written), written)
        });
        for (payload, written) in &packets {
            meter.sent(peer(9), payload, written + 100_000);
        }
        for (payload, written) in &packets {
            meter.received(peer(9), payload, written + 200_000);
        }
        let totals = meter.own_totals();
        let counts = totals.counts;
        assert_eq!(totals.unnumbered.records, 0, "from {first}");
        assert_eq!(
            (counts.unique, counts.lost, counts.missing_of(10)),
            (10, 0, 0)
        );
        let times = totals.round_trip.map(|times| (times.count, times.min));
        assert_eq!(times, Some((10, 200_000)));
        // Numbers outside the range were never sent.
        for step in [10, u32::MAX] {
            let number = first.wrapping_add(step);
            meter.received(peer(9), &packet(0xA1, number, NOON), NOON + 300_000);
        }
        assert_eq!(meter.own_totals().unnumbered.records, 2);
    }
}

#[test]
fn what_went_into_a_simulated_network_counts_as_it_comes_out() {
    let payloads = [0, 1, 2].map(|number| packet(1, number, NOON));
    let mut builder = ChunkBuilder::default();
    for payload in &payloads {
        builder.sent(NOON, peer(9), payload);
    }
    assert_eq!(builder.impair_last(), None, "it was not received");
    for payload in &payloads {
        builder.received(NOON + 20, peer(9), payload, Arrival::default());
        assert_eq!(builder.impair_last(), Some(NOON + 20));
    }
    let mut meter = Meter::new(NumberField::Header);
    meter.take(&builder.finish());
    assert_eq!(meter.totals().counts.received.records, 0);
    // The last packet arrives first, the second is lost, and the first arrives twice.
    for (number, time) in [(2, 50), (0, 80), (0, 90)] {
        meter.received(peer(9), &payloads[number], NOON + time);
    }
    let totals = meter.totals();
    let counts = totals.counts;
    assert_eq!((counts.unique, counts.lost, counts.duplicated), (2, 1, 1));
    assert_eq!((counts.reordered, totals.unnumbered.records), (1, 0));
    assert_eq!(totals.round_trip.map(|times| times.max), Some(90));
}
