//! Broadcasts on a link, and replies to them.
use super::namespaces::{self, arrived, listens, received, sends};
use crate::loopback::probe::Probe;
use crate::loopback::rules::follow;
use netpeer::automation::rules::{ActionKind, Condition, ReplyContent, Rule, RuleAction, preset};
use netpeer::automation::{Limits, Refusal};
use netpeer::traffic::{Automatic, Destination, Notice};
use std::net::SocketAddr;

#[test]
fn a_broadcast_arrives_with_the_address_it_was_sent_to_in_a_subprocess() {
    namespaces::run("netns::broadcast::arrives");
}

#[test]
#[ignore = "run by the test above, in a network namespace"]
fn arrives() {
    let listener = listens(&namespaces::far(), &["--bind", "0.0.0.0:9000"]);
    namespaces::there("ip route add default dev far");
    for local in ["10.77.0.1:9001", "0.0.0.0:9002", "[::]:9003"] {
        let (mut probe, local) = Probe::udp(local);
        let unspecific = local.ip().is_unspecified();
        for to in ["10.77.0.255", "255.255.255.255"] {
            // Only a specific local address determines the interface of this one.
            if !unspecific || to == "10.77.0.255" {
                probe.send(format!("{to}:9000").parse().unwrap(), b"to all");
                let row = received(&listener);
                assert_eq!(row["to"], to, "{row}");
                let peer = format!("10.77.0.1:{}", local.port());
                assert_eq!(
                    (&row["peer"], &row["text"]),
                    (&peer.into(), &"to all".into())
                );
            }
            if unspecific {
                sends(&format!("{to}:{}", local.port()), to);
                let (peer, arrival) = arrived(&mut probe, to);
                assert_eq!(peer.ip(), SocketAddr::from(([10, 77, 0, 2], 0)).ip());
                let expected = Destination {
                    ip: to.parse().unwrap(),
                    interface: namespaces::interface("near"),
                };
                assert_eq!(arrival.destination, Some(expected), "{local}");
            }
        }
    }
}

#[test]
fn no_rule_answers_a_broadcast_address_but_whoever_sent_there_in_a_subprocess() {
    namespaces::run("netns::broadcast::answers");
}

#[test]
#[ignore = "run by the test above, in a network namespace"]
fn answers() {
    answer_none_but_the_sender("255.255.255.255:9000", "10.77.0.255", || {});
    // The interface has no configured broadcast address: it follows from its subnet.
    answer_none_but_the_sender("10.77.0.255:9000", "10.77.0.255", || {});
    answer_none_but_the_sender("[::ffff:10.77.0.255]:9000", "10.77.0.255", || {});
    // An address that was added after the session was opened.
    answer_none_but_the_sender("10.79.0.255:9000", "10.77.0.255", || {
        namespaces::here("ip addr add 10.79.0.1/24 dev near");
        namespaces::there("ip addr add 10.79.0.2/24 dev far");
    });
    // A broadcast address that does not follow from the subnet.
    namespaces::here("ip addr add 10.80.0.1/24 broadcast 10.80.0.99 dev near");
    namespaces::there("ip addr add 10.80.0.2/24 broadcast 10.80.0.99 dev far");
    answer_none_but_the_sender("10.80.0.99:9000", "10.77.0.255", || {});
}

/// A rule replies to `target` and to the sender of a datagram to `asked`. `before` runs before the
/// rule is set.
fn answer_none_but_the_sender(target: &str, asked: &str, before: impl Fn()) {
    let (mut probe, local) = Probe::udp("[::]:9001");
    before();
    let away = RuleAction {
        kind: ActionKind::Reply {
            what: ReplyContent::Echo,
            to: Some(target.to_owned()),
        },
        ..RuleAction::default()
    };
    let back = RuleAction {
        kind: ActionKind::Reply {
            what: ReplyContent::Written(preset::composition("re:${data}")),
            to: None,
        },
        ..RuleAction::default()
    };
    let rule = Rule {
        name: "r".into(),
        on: true,
        when: Condition::Always,
        then: vec![away, back],
    };
    follow(&probe, &[rule], Limits::default());
    let to = format!("{asked}:{}", local.port());
    let mut program = listens(&namespaces::far(), &["--bind", "0.0.0.0:9000", "--to", &to]);
    program.types("hello");
    let row = received(&program);
    assert_eq!(
        (&row["text"], &row["to"], &row["peer"]),
        (
            &"re:hello".into(),
            &"10.77.0.2".into(),
            &"10.77.0.1:9001".into()
        ),
        "{target}: {row}"
    );
    let refused = probe.until_notice(|notice| match notice {
        Notice::Automatic(automatic) => Some((**automatic).clone()),
        _ => None,
    });
    let Automatic::Refused { peer, refusal, .. } = refused else {
        panic!("{refused:?}");
    };
    let target: SocketAddr = target.parse().unwrap();
    assert_eq!(refusal, Refusal::Broadcast);
    assert_eq!(
        peer.map(|peer| peer.address().unwrap().ip().to_canonical()),
        Some(target.ip().to_canonical())
    );
    probe.link.join();
}
