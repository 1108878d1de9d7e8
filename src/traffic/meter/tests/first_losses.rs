//! Tests of what is lost before the first packet that comes back.

use super::*;

#[test]
fn what_was_sent_before_the_first_echo_is_lost() {
    // The far side began to listen late: the first 170 numbers are missing, and 200.
    for first in [0, u32::MAX - 100] {
        let mut meter = Meter::new(NumberField::Header);
        for step in 0..300_u32 {
            let number = first.wrapping_add(step);
            let sent = NOON + Micros::from(step) * 10_000;
            meter.sent(peer(9), &packet(0xA1, number, sent), sent);
            if step >= 170 && step != 200 {
                meter.received(peer(9), &packet(0xA1, number, sent), sent + 1_000);
            }
        }
        let totals = meter.totals();
        assert_eq!((totals.counts.unique, totals.counts.lost), (129, 171));
        assert_eq!(totals.unanswered, Some(0));
        assert_eq!(totals.counts.bursts.count, 2);
        assert_eq!(totals.counts.bursts.longest, 170);
        // They were lost between the first one sent and the first that came.
        let now = Series::second(NOON) + 3;
        let seconds = meter.series().before(now, 3);
        let lost: Vec<u64> = seconds.map(|(_, pulse)| pulse.lost).collect();
        assert_eq!(lost, [99, 71, 1]);
    }
}

#[test]
fn what_was_sent_before_the_first_echo_may_come_late_or_leave_late() {
    let mut meter = Meter::new(NumberField::Header);
    let sent = |number: u32| (packet(0xA1, number, NOON), NOON);
    for number in [3, 4, 2] {
        meter.sent(peer(9), &sent(number).0, NOON);
    }
    meter.received(peer(9), &sent(4).0, NOON + 1_000);
    assert_eq!(meter.totals().counts.lost, 2);
    meter.received(peer(9), &sent(2).0, NOON + 2_000);
    assert_eq!(meter.totals().counts.lost, 1);
    // A simulated network let these out last.
    for number in [0, 1] {
        meter.sent(peer(9), &sent(number).0, NOON + 3_000);
    }
    assert_eq!(meter.totals().counts.lost, 3);
    meter.received(peer(9), &sent(1).0, NOON + 4_000);
    let counts = meter.totals().counts;
    assert_eq!((counts.unique, counts.lost, counts.reordered), (3, 2, 2));
    assert_eq!((counts.extent.longest, counts.bursts.count), (2, 2));
}
