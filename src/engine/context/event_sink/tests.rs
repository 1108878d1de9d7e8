//! Facts about handing rows over.

use super::*;

/// Writes rows until there is no room for more, or a chunk is handed over.
fn fill(sink: &mut EventSink) {
    let peer = Peer::from(([127, 0, 0, 1], 9));
    while sink.has_room() {
        sink.received(peer, &[0; 65_536]);
    }
    sink.flush();
}

#[test]
fn a_face_that_takes_one_event_at_a_time_makes_room_each_time() {
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
    // How long it had none is told once, when there is room for that too.
    for _ in 0..2 {
        assert!(matches!(events.try_recv(), Ok(Event::Rows(_))));
        sink.flush();
    }
    assert!(matches!(events.try_recv(), Ok(Event::Waited(_))));
    sink.flush();
    assert!(events.try_recv().is_err());
}
