//! Numbers that may be wrong are not shown: times that cannot be believed, rates of other packets.

use super::*;

/// The numbers come back a hundred a second, each in `change`d form.
fn exchange(change: impl Fn(u32, Micros) -> [u8; 100]) -> Meter {
    let mut meter = Meter::new(NumberField::Header);
    for number in 0..20 {
        let sent = NOON + Micros::from(number) * 10_000;
        meter.sent(peer(9), &packet(0xA1, number, sent), sent);
        meter.received(peer(9), &change(number, sent), sent + 500);
    }
    meter
}

#[test]
fn a_send_time_that_is_not_believed_gives_neither_round_trip_nor_jitter() {
    // The far side zeroes the time, or writes one of its own.
    for wrong in [0, NOON - SECOND, NOON + SECOND] {
        let meter = exchange(|number, _| packet(0xA1, number, wrong));
        let totals = meter.own_totals();
        assert_eq!(totals.counts.unique, 20);
        assert_eq!((totals.round_trip, totals.jitter), (None, None), "{wrong}");
    }
    let right = exchange(|number, sent| packet(0xA1, number, sent));
    assert_eq!(right.own_totals().jitter, Some(0.0));
    // One damaged time among right ones does not disturb them.
    let one = exchange(|number, sent| packet(0xA1, number, if number == 7 { 0 } else { sent }));
    let totals = one.own_totals();
    assert_eq!(totals.round_trip.map(|times| times.count), Some(19));
    assert_eq!(totals.jitter, Some(0.0));
}

#[test]
fn a_far_side_that_fills_in_no_time_has_no_jitter() {
    let jitter = |time: fn(Micros) -> Micros| {
        let mut meter = Meter::new(NumberField::Header);
        for number in 0..20 {
            let arrived = NOON + Micros::from(number) * 10_000;
            meter.received(peer(9), &packet(0xB2, number, time(arrived)), arrived);
        }
        meter.totals().jitter
    };
    assert_eq!(jitter(|_| 0), None);
    // Its clock may be far ahead.
    assert_eq!(jitter(|arrived| arrived + SECOND), Some(0.0));
}

#[test]
fn packets_of_another_run_have_no_share_in_the_own_rate() {
    let meter = exchange(|number, sent| packet(0xB2, number, sent));
    let (own, all) = (meter.own_totals(), meter.totals());
    assert_eq!(own.counts.received.records, 0);
    assert_eq!(own.received.packets_per_second(), None);
    assert_eq!(own.received.volume(), own.counts.received);
    assert_eq!(own.sent.packets_per_second(), Some(100.0));
    assert_eq!(own.unnumbered.records, 20);
    assert_eq!(all.received.volume(), all.counts.received);
    assert_eq!(all.received.packets_per_second(), Some(100.0));
}
