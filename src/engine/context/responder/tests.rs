use super::*;
use crate::automation::rules::{ActionKind, Condition, ReplyContent, Rule, RuleAction, preset};
use crate::automation::{Limits, ReplyRate};
use crate::engine::context::pending::BYTES;
use crate::engine::context::test_context::TestContext;
use crate::payload::charset::Charset;

/// A rule that replies with this text an hour later, to `to` or to the sender.
fn later(text: &str, to: Option<&str>) -> Rule {
    let what = ReplyContent::Written(preset::composition(text));
    let to = to.map(str::to_owned);
    Rule {
        name: "later".into(),
        on: true,
        when: Condition::Always,
        then: vec![RuleAction {
            kind: ActionKind::Reply { what, to },
            delay: 3_600_000,
            jitter: 0,
        }],
    }
}

fn follow(test: &mut TestContext, rule: Rule) {
    let book = Rulebook::new(
        &[rule],
        Limits::none(),
        Charset::Utf8,
        &Interfaces::default(),
    );
    let book = Arc::new(book.unwrap());
    test.parts.responder.follow(Some(book), test.parts.now);
}

/// Receives a datagram `times` times. Returns how many replies were refused.
fn refused(test: &mut TestContext, bytes: &[u8], times: usize) -> u64 {
    let cx = test.cx();
    let known = InboundContext {
        now: Instant::now(),
        forgeable: false,
        connection: None,
        peer_connected: false,
        client: None,
        interfaces: cx.interfaces,
    };
    let inbound = Inbound::new(([127, 0, 0, 1], 9).into(), bytes);
    for _ in 0..times {
        cx.responder
            .on_inbound(&inbound, known, cx.composer, cx.sink);
    }
    cx.responder.counters().unwrap().refused
}

#[test]
fn a_rule_that_does_not_reply_is_counted_as_applied() {
    let mut test = TestContext::new();
    let edit = ActionKind::Edit(ReplyContent::Written(preset::composition("edited")));
    let mut rule = later("", None);
    for action in &mut rule.then {
        action.kind = edit.clone();
    }
    follow(&mut test, rule);
    refused(&mut test, b"x", 3);
    let counters = test.parts.responder.counters().unwrap();
    assert_eq!((counters.applied, counters.answered), (3, 0));
}

#[test]
fn the_bytes_of_replies_that_wait_are_bounded() {
    let mut test = TestContext::new();
    follow(&mut test, later("${data}", None));
    let fit = BYTES / 65_000;
    assert_eq!(refused(&mut test, &[b'x'; 65_000], fit), 0);
    assert_eq!(refused(&mut test, &[b'x'; 65_000], 3), 3);
    // A short reply may still fit.
    assert_eq!(refused(&mut test, b"x", 1), 3);
}

#[test]
fn what_is_always_the_same_may_wait_many_times() {
    let mut test = TestContext::new();
    follow(&mut test, later(&"x".repeat(65_000), None));
    assert_eq!(refused(&mut test, b"x", 2_000), 0);
}

#[test]
fn a_reply_longer_than_a_datagram_is_not_composed() {
    let mut test = TestContext::new();
    for to in [None, Some("[::1]:9"), Some("localhost:9")] {
        follow(&mut test, later(&"${data}".repeat(2_000), to));
        assert_eq!(refused(&mut test, &[b'x'; 60_000], 60), 0);
        assert!(
            test.parts
                .responder
                .active
                .as_ref()
                .unwrap()
                .pending
                .is_empty()
        );
    }
}

/// Receives the same bytes from an echoing peer until there is no reply. Returns the number of
/// replies.
fn echoes(test: &mut TestContext, peer_connected: bool) -> usize {
    let cx = test.cx();
    let known = InboundContext {
        now: Instant::now(),
        forgeable: false,
        connection: peer_connected.then(ConnectionId::next),
        peer_connected,
        client: None,
        interfaces: cx.interfaces,
    };
    let inbound = Inbound::new(([127, 0, 0, 1], 9).into(), b"hello");
    let answered = |_: &usize| {
        cx.responder
            .on_inbound(&inbound, known, cx.composer, cx.sink);
        cx.responder.next(Instant::now()).is_some()
    };
    (0..500).take_while(answered).count()
}

#[test]
fn a_paused_rule_resumes_after_a_while() {
    let mut test = TestContext::new();
    let endless = Limits {
        per_second: ReplyRate::Unlimited,
        per_peer: ReplyRate::Unlimited,
        ..Limits::default()
    };
    let book = Rulebook::new(
        &[Rule::default()],
        endless,
        Charset::Utf8,
        &Interfaces::default(),
    );
    let book = Some(Arc::new(book.unwrap()));
    test.parts.responder.follow(book, test.parts.now);
    assert_eq!(echoes(&mut test, false), 198);
    assert!(test.parts.responder.counters().unwrap().paused.is_some());
    assert_eq!(echoes(&mut test, false), 0);
    let over = Instant::now() + crate::automation::PAUSE;
    assert!(test.parts.responder.deadline().unwrap() <= over);
    let cx = test.cx();
    cx.responder.report(over, cx.sink);
    assert_eq!(test.parts.responder.counters().unwrap().paused, None);
    assert!(echoes(&mut test, false) > 0);
}

#[test]
fn a_client_of_a_server_is_answered_for_ever() {
    let mut test = TestContext::new();
    let book = Rulebook::new(
        &[Rule::default()],
        Limits {
            per_second: ReplyRate::Unlimited,
            per_peer: ReplyRate::Unlimited,
            ..Limits::default()
        },
        Charset::Utf8,
        &Interfaces::default(),
    );
    let book = Some(Arc::new(book.unwrap()));
    test.parts.responder.follow(book, test.parts.now);
    assert_eq!(echoes(&mut test, true), 500);
}

/// The reply to a message on a new connection.
fn reply(test: &mut TestContext, request: &[u8]) -> Arc<[u8]> {
    let cx = test.cx();
    let known = InboundContext {
        now: Instant::now(),
        forgeable: false,
        connection: Some(ConnectionId::next()),
        peer_connected: true,
        client: None,
        interfaces: cx.interfaces,
    };
    let inbound = Inbound::new(([127, 0, 0, 1], 9).into(), request);
    cx.responder
        .on_inbound(&inbound, known, cx.composer, cx.sink);
    match cx.responder.next(Instant::now()) {
        Some(ScheduledAction::Send(_, bytes, _)) => bytes,
        _ => panic!("no reply to {request:02X?}"),
    }
}

#[test]
fn a_device_keeps_what_was_written_until_no_rule_describes_it() {
    let write = [0, 1, 0, 0, 0, 6, 1, 6, 0, 7, 0, 9];
    let read = [0, 1, 0, 0, 0, 6, 1, 3, 0, 7, 0, 1];
    let device = preset::Preset::Modbus.rule("modbus".into(), "");
    let mut test = TestContext::new();
    follow(&mut test, device.clone());
    assert_eq!(reply(&mut test, &write)[..], write);
    assert_eq!(reply(&mut test, &read)[9..], [0, 9]);
    let renamed = Rule {
        name: "renamed".into(),
        ..device.clone()
    };
    follow(&mut test, renamed);
    assert_eq!(reply(&mut test, &read)[9..], [0, 9]);
    follow(&mut test, later("", None));
    follow(&mut test, device.clone());
    assert_eq!(reply(&mut test, &read)[9..], [0, 7]);
    reply(&mut test, &write);
    test.parts.responder.follow(None, test.parts.now);
    follow(&mut test, device);
    assert_eq!(reply(&mut test, &read)[9..], [0, 7]);
}
