//! Tests of handing over rows.

use super::channel::BEHIND;
use super::*;
use std::sync::atomic::AtomicU64;

/// Writes rows until the sink has no room, or hands over a chunk.
fn fill(sink: &mut EventSink) {
    let peer = Peer::from(([127, 0, 0, 1], 9));
    while sink.has_room() {
        sink.received(peer, &[0; 65_536]);
    }
    sink.flush();
}

#[test]
fn a_front_end_that_takes_one_event_at_a_time_makes_room_each_time() {
    let (facts, events) = crossbeam_channel::bounded(1);
    let mut sink = EventSink::new(facts, Box::new(|| {}), Clock::start());
    fill(&mut sink);
    fill(&mut sink);
    for _ in 0..3 {
        assert!(!sink.has_room());
        assert!(matches!(events.try_recv(), Ok(Event::Rows(_))));
        sink.flush();
        assert!(sink.has_room());
        fill(&mut sink);
    }
    // The time without room is reported once, when the channel has room for the report.
    for _ in 0..2 {
        assert!(matches!(events.try_recv(), Ok(Event::Rows(_))));
        sink.flush();
    }
    assert!(matches!(events.try_recv(), Ok(Event::Waited(_))));
    sink.flush();
    assert!(events.try_recv().is_err());
}

#[test]
fn a_front_end_that_waits_for_rows_gets_each_at_once_while_it_keeps_up() {
    static STANDS: AtomicU64 = AtomicU64::new(0);
    let (facts, events) = crossbeam_channel::unbounded();
    let mut sink = EventSink::new(facts, Box::new(|| {}), Clock::by_hand(&STANDS));
    sink.be_prompt();
    let peer = Peer::from(([127, 0, 0, 1], 9));
    for _ in 0..BEHIND {
        sink.received(peer, b"row");
        sink.flush();
        assert!(sink.is_empty());
    }
    // The front end is behind: rows gather again, and so may data.
    sink.received(peer, b"row");
    sink.flush();
    assert!(!sink.is_empty() && !sink.is_prompt());
    assert_eq!(events.try_iter().count(), BEHIND);
    assert!(sink.is_prompt());
    assert_eq!(sink.deadline(), Some(sink.clock.instant()));
    sink.flush();
    assert!(sink.is_empty());
}
