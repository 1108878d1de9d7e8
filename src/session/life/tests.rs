use super::*;
use crate::peer::Peer;
use crate::traffic::{Arrival, Cause, ChunkBuilder, Failure, Operation};
use std::sync::Arc;

const SECOND: Micros = 1_000_000;

fn address(port: u16) -> Peer {
    Peer::from(([127, 0, 0, 1], port))
}

fn log(rows: impl FnOnce(&mut ChunkBuilder)) -> Log {
    let mut log = Log::default();
    push(&mut log, rows);
    log
}

fn push(log: &mut Log, rows: impl FnOnce(&mut ChunkBuilder)) {
    let mut chunk = ChunkBuilder::default();
    rows(&mut chunk);
    log.push(Arc::new(chunk.finish()));
}

fn lives(log: &Log) -> Lives {
    let mut lives = Lives::default();
    assert!(!lives.follow(log, None));
    lives
}

fn only(lives: &Lives) -> &ConnectionLife {
    assert_eq!(lives.all().len(), 1, "{lives:?}");
    lives.all().next().unwrap()
}

/// Each step, and whether it is inferred.
fn steps(life: &ConnectionLife) -> Vec<(LifeStep, bool)> {
    let of = |event: &LifeEvent| (event.step.clone(), event.is_inferred());
    life.events().iter().map(of).collect()
}

fn seen(step: LifeStep) -> (LifeStep, bool) {
    (step, false)
}

fn inferred(step: LifeStep) -> (LifeStep, bool) {
    (step, true)
}

/// A client's connection to port 9.
fn connect(rows: &mut ChunkBuilder, id: ConnectionId) {
    let (peer, local) = (address(9), address(5000));
    rows.notice_of(1, id, Notice::Connecting { remote: peer });
    rows.notice_of(2, id, Notice::Connected { peer, local });
}

fn connected() -> Vec<(LifeStep, bool)> {
    vec![
        seen(LifeStep::Connecting),
        inferred(LifeStep::SynAnswered),
        seen(LifeStep::Established),
    ]
}

#[test]
fn the_syn_of_an_attempt_is_one_event_and_is_inferred_where_no_row_has_it() {
    let (id, peer, local) = (ConnectionId::next(), address(9), address(5000));
    let log = log(|rows| {
        rows.notice_of(2, id, Notice::Connected { peer, local });
    });
    let expected = [
        inferred(LifeStep::Handshake { by_us: true }),
        seen(LifeStep::Established),
    ];
    assert_eq!(steps(only(&lives(&log))), expected);
    assert_eq!(end(|_, _| {}), []);
}

fn end(rows: impl FnOnce(&mut ChunkBuilder, ConnectionId)) -> Vec<(LifeStep, bool)> {
    let id = ConnectionId::next();
    let log = log(|chunk| {
        connect(chunk, id);
        rows(chunk, id);
    });
    let lives = lives(&log);
    let steps = steps(only(&lives));
    assert_eq!(steps[..3], connected());
    steps[3..].to_vec()
}

#[test]
fn data_has_positions_and_neighbours_are_one_event() {
    let id = ConnectionId::next();
    let far = FarSide::from((address(9), id));
    let log = log(|rows| {
        connect(rows, id);
        rows.sent(3, far, b"hello");
        rows.sent(4, far, b"again");
        rows.received(5, far, b"abc", Arrival::default());
        rows.sent(6, far, b"x");
        rows.sent(6 + 2 * SECOND, far, b"y");
    });
    let lives = lives(&log);
    let life = only(&lives);
    let spans: Vec<_> = life.events()[3..]
        .iter()
        .map(|event| match event.step {
            LifeStep::Data(span) => (span.inward, span.from, span.to, span.rows, event.row()),
            ref other => panic!("{other:?}"),
        })
        .collect();
    let expected = [
        (false, 0, 10, 2, Some(2)),
        (true, 0, 3, 1, Some(4)),
        (false, 10, 11, 1, Some(5)),
        (false, 11, 12, 1, Some(6)),
    ];
    assert_eq!(spans, expected);
    assert_eq!((life.sent(), life.received()), (12, 3));
    assert!(life.is_whole() && life.over().is_none());
    assert_eq!(life.local(), Some(address(5000)));
    let ends = (
        address(5000).address().unwrap(),
        address(9).address().unwrap(),
    );
    assert_eq!(lives.pairs(3 * SECOND), [ends]);
}

#[test]
fn the_end_that_sends_the_first_fin_waits() {
    let peer = address(9);
    let first = end(|rows, id| {
        rows.notice_of(3, id, Notice::WriteClosed { peer });
        rows.notice_of(4, id, Notice::PeerFinished { peer });
        rows.notice_of(5, id, Notice::Closed { peer, unsent: 0 });
    });
    let expected = [
        seen(LifeStep::OurFin),
        seen(LifeStep::PeerFin),
        inferred(LifeStep::TimeWait { ours: true }),
        seen(LifeStep::Closed { unsent: 0 }),
    ];
    assert_eq!(first, expected);
    let second = end(|rows, id| {
        rows.notice_of(3, id, Notice::PeerFinished { peer });
        rows.notice_of(4, id, Notice::Closed { peer, unsent: 7 });
    });
    let expected = [
        seen(LifeStep::PeerFin),
        seen(LifeStep::Closed { unsent: 7 }),
        inferred(LifeStep::OurFin),
        inferred(LifeStep::TimeWait { ours: false }),
    ];
    assert_eq!(second, expected);
}

#[test]
fn a_half_closed_connection_goes_on_receiving() {
    let peer = address(9);
    let half = end(|rows, id| {
        rows.notice_of(3, id, Notice::WriteClosed { peer });
        rows.received(4, (peer, id), b"still", Arrival::default());
    });
    assert_eq!(half.len(), 2);
    assert_eq!(half[0], seen(LifeStep::OurFin));
    assert!(matches!(half[1].0, LifeStep::Data(span) if span.inward && span.to == 5));
}

#[test]
fn a_fin_of_both_ends_at_once_is_told_in_the_order_of_the_rows() {
    // Who of both was first is not in the rows: TIME_WAIT stays inferred, and the kernel says
    // CLOSING if it was sampled.
    let peer = address(9);
    let both = end(|rows, id| {
        rows.notice_of(3, id, Notice::WriteClosed { peer });
        rows.notice_of(3, id, Notice::PeerFinished { peer });
    });
    let expected = [
        seen(LifeStep::OurFin),
        seen(LifeStep::PeerFin),
        inferred(LifeStep::TimeWait { ours: true }),
    ];
    assert_eq!(both, expected);
}

#[test]
fn our_close_without_a_fin_of_the_peer_waits_for_it() {
    let peer = address(9);
    let closed = end(|rows, id| rows.notice_of(3, id, Notice::Closed { peer, unsent: 0 }));
    let expected = [
        seen(LifeStep::Closed { unsent: 0 }),
        inferred(LifeStep::OurFin),
        inferred(LifeStep::AwaitsPeerFin),
    ];
    assert_eq!(closed, expected);
}

#[test]
fn a_reset_ends_both_directions_and_leaves_no_time_wait() {
    let peer = address(9);
    let theirs = end(|rows, id| {
        rows.notice_of(3, id, Notice::PeerReset { peer, unsent: 4 });
    });
    assert_eq!(theirs, [seen(LifeStep::PeerReset { unsent: 4 })]);
    let ours = end(|rows, id| rows.notice_of(3, id, Notice::Reset { peer, unsent: 0 }));
    assert_eq!(ours, [seen(LifeStep::OurReset { unsent: 0 })]);
}

#[test]
fn an_error_of_the_kernel_ends_a_connection_without_fin() {
    let peer = address(9);
    // ETIMEDOUT.
    let failure = failure(Operation::Receive, 110);
    let lost = end(|rows, id| {
        rows.notice_of(3, id, Notice::Failed(failure.clone()));
        rows.notice_of(3, id, Notice::Closed { peer, unsent: 0 });
    });
    let expected = [
        seen(LifeStep::Failed(Box::new(failure.clone()))),
        seen(LifeStep::Closed { unsent: 0 }),
    ];
    assert_eq!(lost, expected);
}

fn failure(operation: Operation, code: i32) -> Failure {
    Failure {
        operation,
        address: "127.0.0.1:9".into(),
        cause: Cause::System { code },
    }
}

/// ECONNREFUSED, as the system has it.
fn refusal() -> Failure {
    let code = if cfg!(windows) {
        10_061
    } else if cfg!(target_os = "macos") {
        61
    } else {
        111
    };
    failure(Operation::Connect, code)
}

#[test]
fn a_refused_attempt_infers_the_rst_and_a_reconnect_is_another_life() {
    let (first, second) = (ConnectionId::next(), ConnectionId::next());
    let remote = address(9);
    let log = log(|rows| {
        rows.notice_of(1, first, Notice::Connecting { remote });
        rows.notice_of(2, first, Notice::Failed(refusal()));
        let again = Automatic::Reconnecting {
            peer: Some(remote),
            attempts: 1,
            millis: 1_000,
        };
        rows.notice(3, Notice::Automatic(Box::new(again)));
        connect(rows, second);
    });
    let lives = lives(&log);
    let all: Vec<_> = lives.all().collect();
    assert_eq!(all.len(), 2);
    let expected = [
        seen(LifeStep::Connecting),
        inferred(LifeStep::Refused),
        seen(LifeStep::Failed(Box::new(refusal()))),
    ];
    assert_eq!(steps(all[0]), expected);
    assert!(all[0].over().is_some());
    assert_eq!(steps(all[1]), connected());
    assert_eq!(all[1].far().connection, Some(second));
}

#[test]
fn an_attempt_that_timed_out_infers_no_rst_and_the_next_address_is_the_same_life() {
    let id = ConnectionId::next();
    let (ipv6, peer) = (
        Peer::from("[::1]:9".parse::<SocketAddr>().unwrap()),
        address(9),
    );
    let failure = Failure {
        operation: Operation::Connect,
        address: "[::1]:9".into(),
        cause: Cause::TimedOut { millis: 5_000 },
    };
    let log = log(|rows| {
        rows.notice_of(1, id, Notice::Connecting { remote: ipv6 });
        rows.notice_of(2, id, Notice::Failed(failure.clone()));
        connect(rows, id);
    });
    let lives = lives(&log);
    let life = only(&lives);
    let mut expected = vec![
        seen(LifeStep::Connecting),
        seen(LifeStep::Failed(Box::new(failure))),
    ];
    expected.extend(connected());
    assert_eq!(steps(life), expected);
    assert_eq!((life.far().peer, life.over()), (peer, None));
}

#[test]
fn an_accepted_client_was_greeted_by_its_syn() {
    let id = ConnectionId::next();
    let log = log(|rows| rows.joined(1, id, address(7), Some(address(80))));
    let lives = lives(&log);
    let expected = [
        inferred(LifeStep::Handshake { by_us: false }),
        seen(LifeStep::Established),
    ];
    assert_eq!(steps(only(&lives)), expected);
    assert_eq!(only(&lives).local(), Some(address(80)));
}

#[test]
fn the_connection_of_a_relay_to_its_target_has_a_life_of_its_own() {
    let (inward, outward) = (ConnectionId::next(), ConnectionId::next());
    let client = address(7);
    let log = log(|rows| {
        rows.joined(1, inward, client, Some(address(80)));
        let (peer, local) = (address(9), address(5000));
        let notice = Notice::Connected { peer, local };
        let notice = Automatic::ForClient { client, notice };
        rows.notice_of(2, outward, Notice::Automatic(Box::new(notice)));
        rows.sent(3, (peer, outward), b"passed on");
    });
    let lives = lives(&log);
    let far: Vec<_> = lives.all().map(ConnectionLife::far).collect();
    let expected = [(client, inward), (address(9), outward)].map(FarSide::from);
    assert_eq!(far, expected);
    assert_eq!(lives.all().last().unwrap().sent(), 9);
}

#[test]
fn rows_whose_connection_began_before_the_log_count_from_the_first_one() {
    let far = FarSide::from((address(9), ConnectionId::next()));
    let log = log(|rows| rows.received(1, far, b"abc", Arrival::default()));
    let lives = lives(&log);
    assert!(!only(&lives).is_whole());
    assert_eq!(only(&lives).received(), 3);
}

#[test]
fn the_newest_connections_and_both_ends_of_a_long_life_are_kept() {
    let ids: Vec<ConnectionId> = (0..=MOST).map(|_| ConnectionId::next()).collect();
    let log = log(|rows| {
        for id in &ids {
            rows.joined(1, *id, address(7), None);
        }
        let far = FarSide::from((address(7), ids[MOST]));
        for row in 0..300 {
            rows.received(row * 2 * SECOND, far, b"a", Arrival::default());
        }
        // One that was left out is not begun again.
        rows.received(9, (address(7), ids[0]), b"a", Arrival::default());
    });
    let lives = lives(&log);
    assert!(lives.is_crowded());
    assert_eq!(lives.all().len(), MOST);
    assert_eq!(lives.all().next().unwrap().far().connection, Some(ids[1]));
    let long = lives.all().last().unwrap();
    assert_eq!(long.omitted(), 102);
    assert_eq!(long.events()[1].step, LifeStep::Established);
    assert!(matches!(
        long.events().last().unwrap().step,
        LifeStep::Data(span) if (span.from, span.to) == (299, 300)
    ));
}

#[test]
fn rows_are_followed_as_they_come_and_anew_after_a_clear() {
    let id = ConnectionId::next();
    let mut log = log(|rows| connect(rows, id));
    let mut lives = Lives::default();
    assert!(!lives.follow(&log, None));
    push(&mut log, |rows| rows.sent(3, (address(9), id), b"abc"));
    assert!(!lives.follow(&log, None));
    assert_eq!(only(&lives).sent(), 3);
    // With a framing, the reads are cut from the beginning.
    push(&mut log, |rows| {
        rows.received(4, (address(9), id), b"one\ntwo\n", Arrival::default());
    });
    assert!(!lives.follow(&log, Some(&Framing::Lines)));
    assert_eq!(only(&lives).reads().counts().joined, 1);
    assert_eq!(only(&lives).sent(), 3);
    log.clear();
    assert!(!lives.follow(&log, Some(&Framing::Lines)));
    assert_eq!(lives.all().len(), 0);
}
