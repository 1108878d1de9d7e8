use super::*;
use crate::automation::Limits;
use crate::automation::rules::{Act, Rule, Then, What, When, ready};
use crate::engine::context::test_context::TestContext;
use crate::payload::charset::Charset;

/// A rule that sends this an hour later, to another address if one is given.
fn later(text: &str, to: Option<&str>) -> Rule {
    let what = What::Written(ready::composition(text));
    let to = to.map(str::to_owned);
    Rule {
        name: "later".into(),
        on: true,
        when: When::Always,
        then: vec![Then {
            act: Act::Reply { what, to },
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
    test.responder.follow(Some(book), test.now);
}

/// Hears a datagram so many times; says how many of the replies were refused.
fn refused(test: &mut TestContext, bytes: &[u8], times: usize) -> u64 {
    let cx = test.cx();
    let known = InboundContext {
        forgeable: false,
        stream: false,
        client: None,
        interfaces: cx.interfaces,
    };
    let heard = Inbound::new(([127, 0, 0, 1], 9).into(), bytes);
    for _ in 0..times {
        cx.responder.hear(&heard, known, cx.composer, cx.sink);
    }
    cx.responder.told().unwrap().refused
}

#[test]
fn the_bytes_of_replies_that_wait_are_bounded() {
    let mut test = TestContext::new();
    follow(&mut test, later("${data}", None));
    let fit = WAITING_BYTES / 65_000;
    assert_eq!(refused(&mut test, &[b'x'; 65_000], fit), 0);
    assert_eq!(refused(&mut test, &[b'x'; 65_000], 3), 3);
    // What is short may still fit.
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
        assert!(test.responder.active.as_ref().unwrap().schedule.is_empty());
    }
}
