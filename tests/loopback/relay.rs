//! A UDP relay with real sockets.

#[cfg(target_os = "linux")]
use super::alone;
use super::probe::{Fact, Probe};
use super::rules;
use crate::sockets::{far_side, receive_from};
use netpeer::automation::Limits;
use netpeer::automation::rules::{
    ActionKind, BytePattern, Condition, RelayDirection, ReplyContent, Rule, preset,
};
use netpeer::engine::{Command, Endpoint, Host, Interfaces, Setup, Target};
use netpeer::kind;
use netpeer::traffic::{Automatic, Cause, Notice, Operation, RecordKind};
use std::collections::HashSet;
use std::net::{SocketAddr, UdpSocket};
use std::time::Duration;

pub fn open(setup: Setup) -> (Probe, SocketAddr) {
    let mut probe = Probe::open(setup);
    let local = probe.until_notice(|notice| match notice {
        Notice::Bound { local, .. } | Notice::Listening { local } => Some(*local),
        _ => None,
    });
    (probe, local.address().unwrap())
}

/// A relay, its local address, and its target.
pub fn relay() -> (Probe, SocketAddr, UdpSocket) {
    let (target, address) = far_side();
    let (probe, local) = open(to(address));
    (probe, local, target)
}

fn to(target: SocketAddr) -> Setup {
    let local = "127.0.0.1:0".parse().unwrap();
    Setup::relay(kind::SessionKind::RelayUdp, local, target.into())
}

pub fn rule(name: &str, when: Condition, acts: Vec<ActionKind>) -> Rule {
    rules::rule(name, when, acts.into_iter().map(rules::then).collect())
}

pub fn written(text: &str) -> ReplyContent {
    ReplyContent::Written(preset::composition(text))
}

pub fn follow(probe: &Probe, given: &[Rule]) {
    rules::follow(probe, given, Limits::default());
}

#[test]
fn each_client_gets_its_own_answers() {
    let (mut probe, local, target) = relay();
    let clients: Vec<(UdpSocket, SocketAddr)> = (0..100).map(|_| far_side()).collect();
    for (number, (client, _)) in clients.iter().enumerate() {
        client
            .send_to(format!("ask {number}").as_bytes(), local)
            .unwrap();
    }
    let mut ports = HashSet::new();
    for _ in &clients {
        let (text, from) = receive_from(&target);
        ports.insert(from);
        let answer = text.replace("ask", "answer");
        target.send_to(answer.as_bytes(), from).unwrap();
    }
    assert_eq!(ports.len(), 100, "the target can distinguish them");
    for (number, (client, _)) in clients.iter().enumerate() {
        assert_eq!(receive_from(client), (format!("answer {number}"), local));
    }
    let target = target.local_addr().unwrap();
    probe.until(|facts| {
        let sent = |fact: &&Fact| matches!(fact, Fact::Sent(..));
        (facts.iter().filter(sent).count() == 200).then_some(())
    });
    for (_, client) in &clients {
        for way in [
            (RecordKind::Received, *client, target),
            (RecordKind::Sent, target, *client),
            (RecordKind::Received, target, *client),
            (RecordKind::Sent, *client, target),
        ] {
            assert!(probe.relayed.contains(&way), "{way:?}");
        }
    }
}

/// macOS sends at most 9,216 bytes by default (`net.inet.udp.maxdgram`).
#[cfg(not(target_os = "macos"))]
#[test]
fn what_one_client_sends_keeps_its_order_and_its_length() {
    let (_probe, local, target) = relay();
    let (client, _) = far_side();
    client.send_to(&vec![7; 65_507], local).unwrap();
    client.send_to(b"", local).unwrap();
    for number in 0..60_u8 {
        client.send_to(&[number], local).unwrap();
    }
    let mut buffer = vec![0; 70_000];
    let (count, from) = target.recv_from(&mut buffer).unwrap();
    assert_eq!(count, 65_507);
    assert_eq!(target.recv_from(&mut buffer).unwrap(), (0, from));
    for number in 0..60_u8 {
        assert_eq!(target.recv_from(&mut buffer).unwrap(), (1, from));
        assert_eq!(buffer[0], number);
    }
    target.send_to(&vec![8; 65_507], from).unwrap();
    assert_eq!(client.recv_from(&mut buffer).unwrap(), (65_507, local));
}

#[test]
fn a_silent_client_is_forgotten_and_may_come_back() {
    let (target, address) = far_side();
    let mut setup = to(address);
    setup.idle = Duration::from_millis(150);
    let (mut probe, local) = open(setup);
    let (client, known) = far_side();
    client.send_to(b"1", local).unwrap();
    let (_, first) = receive_from(&target);
    probe.until_automatic(|automatic| {
        let forgotten = Automatic::Forgotten {
            client: known.into(),
            millis: 150,
        };
        (*automatic == forgotten).then_some(())
    });
    client.send_to(b"2", local).unwrap();
    let (text, second) = receive_from(&target);
    assert_eq!(text, "2");
    target.send_to(b"late", first).ok();
    target.send_to(b"new", second).unwrap();
    assert_eq!(receive_from(&client).0, "new");
}

#[test]
fn a_name_is_looked_up_once_and_one_that_does_not_exist_is_reported() {
    let (target, address) = far_side();
    let named = |name: &str| Endpoint {
        host: Host::Name(name.into()),
        port: address.port(),
    };
    let any = "127.0.0.1:0".parse().unwrap();
    let (_probe, local) = open(Setup::relay(
        kind::SessionKind::RelayUdp,
        any,
        named("localhost"),
    ));
    let (client, _) = far_side();
    client.send_to(b"by name", local).unwrap();
    assert_eq!(receive_from(&target).0, "by name");
    for transport in [kind::SessionKind::RelayUdp, kind::SessionKind::RelayTcp] {
        let mut probe = Probe::open(Setup::relay(transport, any, named("no.such.invalid")));
        let failure = probe.until_failure();
        assert_eq!(failure.operation, Operation::Resolve);
        probe.until_fact(&Fact::Closed);
    }
}

#[test]
fn a_relay_to_itself_is_refused() {
    let free = |kind: kind::SessionKind| match kind.is_stream() {
        false => far_side().1.port(),
        true => super::tcp::closed_port().port(),
    };
    for transport in [kind::SessionKind::RelayUdp, kind::SessionKind::RelayTcp] {
        for (local, target) in [
            ("127.0.0.1", "127.0.0.1"),
            ("127.0.0.1", "localhost"),
            ("0.0.0.0", "127.0.0.1"),
            ("127.0.0.1", "0.0.0.0"),
        ] {
            let port = free(transport);
            let target = Endpoint::parse(&format!("{target}:{port}"), &Interfaces::read());
            let local = format!("{local}:{port}").parse().unwrap();
            let mut probe = Probe::open(Setup::relay(transport, local, target.unwrap()));
            assert_eq!(probe.until_failure().cause, Cause::RelayLoop);
            probe.until_fact(&Fact::Closed);
        }
    }
}

#[test]
fn rules_edit_drop_and_answer() {
    let (mut probe, local, target) = relay();
    let (client, address) = far_side();
    let is = |text: &str| Condition::Is(BytePattern::text(text));
    follow(
        &probe,
        &[
            rule(
                "edit",
                is("a"),
                vec![ActionKind::Edit(written("<${data}>"))],
            ),
            rule("drop", is("b"), vec![ActionKind::Drop]),
            rule(
                "instead",
                is("c"),
                vec![
                    ActionKind::Drop,
                    ActionKind::Reply {
                        what: written("no"),
                        to: None,
                    },
                ],
            ),
            rule(
                "both",
                Condition::All(vec![Condition::Toward(RelayDirection::Client), is("d")]),
                vec![ActionKind::Reply {
                    what: written("thanks"),
                    to: None,
                }],
            ),
        ],
    );
    for text in ["a", "b", "c", "plain"] {
        client.send_to(text.as_bytes(), local).unwrap();
    }
    let (text, from) = receive_from(&target);
    assert_eq!(text, "<a>");
    assert_eq!(receive_from(&target).0, "plain");
    assert_eq!(receive_from(&client).0, "no");
    target.send_to(b"d", from).unwrap();
    assert_eq!(receive_from(&client).0, "d", "it is passed on all the same");
    assert_eq!(receive_from(&target), ("thanks".into(), from));
    probe.until_automatic(|automatic| {
        let dropped = Automatic::NotPassed {
            rule: "drop".into(),
            peer: address.into(),
            bytes: 1,
        };
        (*automatic == dropped).then_some(())
    });
    let target = target.local_addr().unwrap();
    probe.until_fact(&Fact::Sent(target, b"thanks".to_vec()));
    let by = |rule: &str, text: &str| (rule.to_owned(), text.as_bytes().to_vec());
    assert_eq!(
        probe.replies,
        [by("edit", "<a>"), by("instead", "no"), by("both", "thanks")]
    );
}

#[test]
fn a_target_where_nothing_listens_is_reported() {
    let gone = far_side().1;
    let (mut probe, local) = open(to(gone));
    let (client, _) = far_side();
    client.send_to(b"1", local).unwrap();
    let failure = probe.until_failure();
    assert_eq!(failure.address, gone.to_string());
    assert!(
        matches!(failure.cause, Cause::PortUnreachable { .. }),
        "{failure:?}"
    );
    // The next datagram is still relayed.
    client.send_to(b"2", local).unwrap();
    probe.until_fact(&Fact::Sent(gone, b"2".to_vec()));
}

#[test]
fn what_a_person_types_goes_to_a_client() {
    let (mut probe, local, target) = relay();
    let (client, address) = far_side();
    client.send_to(b"1", local).unwrap();
    receive_from(&target);
    probe
        .link
        .command(Command::send(Target::Peer(address.into()), *b"typed"));
    assert_eq!(receive_from(&client), ("typed".into(), local));
    probe.until_fact(&Fact::Sent(address, b"typed".to_vec()));
}

#[cfg(target_os = "linux")]
#[test]
fn new_clients_take_the_place_of_those_silent_longest_in_a_subprocess() {
    alone::with_descriptors("loopback::relay::clients_beyond_the_descriptors", 64);
}

#[cfg(target_os = "linux")]
#[test]
#[ignore = "run by new_clients_take_the_place_of_those_silent_longest_in_a_subprocess"]
fn clients_beyond_the_descriptors() {
    let (mut probe, local, _target) = relay();
    // Each has its own port, so each is a client of its own.
    let (mut clients, mut sent) = (HashSet::new(), 0);
    while clients.len() < 100 {
        sent += 1;
        let (client, address) = far_side();
        client.send_to(b"x", local).unwrap();
        probe.until_fact(&Fact::Received(address, b"x".to_vec()));
        clients.insert(address);
    }
    probe.until(|facts| {
        let served = facts.iter().filter(|fact| matches!(fact, Fact::Sent(..)));
        (served.count() == sent).then_some(())
    });
    probe.link.command(Command::Stop);
    probe.until_fact(&Fact::Closed);
    let (mut opened, mut replaced) = (0, 0);
    for fact in &probe.facts {
        if let Fact::Notice(Notice::Automatic(automatic)) = fact {
            match **automatic {
                Automatic::Upstream { .. } => opened += 1,
                Automatic::Replaced { count, .. } => replaced += count,
                _ => {}
            }
        }
    }
    // Clients may use half of the 64 descriptors.
    assert_eq!(opened - replaced, 32);
    let failed = |fact: &Fact| matches!(fact, Fact::Notice(Notice::Failed(_)));
    assert!(!probe.facts.iter().any(failed));
}

#[cfg(target_os = "linux")]
#[test]
fn two_relays_to_each_other_end_with_a_reason() {
    let (free, _) = far_side();
    let second = free.local_addr().unwrap();
    drop(free);
    let (mut probe, first) = open(to(second));
    let there = Setup::relay(kind::SessionKind::RelayUdp, second, first.into());
    let (_other, _) = open(there);
    let (client, _) = far_side();
    client.send_to(b"round and round", first).unwrap();
    probe.until_notice(|notice| match notice {
        Notice::Failed(failure) => (failure.cause == Cause::RelaysFacing).then_some(()),
        _ => None,
    });
    let flows = |fact: &&Fact| match fact {
        Fact::Notice(Notice::Automatic(automatic)) => {
            matches!(**automatic, Automatic::Upstream { .. })
        }
        _ => false,
    };
    assert!(probe.facts.iter().filter(flows).count() <= 16);
}

#[test]
fn datagrams_in_the_simulated_network_when_a_relay_ends_are_counted() {
    use netpeer::automation::impair::{DatagramPlan, Delay, DirectionPlan, Impairment};
    let late = DirectionPlan {
        datagrams: DatagramPlan {
            delay: Delay {
                millis: 3_600_000.0,
                ..Delay::default()
            },
            ..DatagramPlan::default()
        },
        ..DirectionPlan::default()
    };
    let outgoing = Impairment {
        outgoing: late.clone(),
        ..Impairment::default()
    };
    let incoming = Impairment {
        incoming: late,
        ..Impairment::default()
    };
    for (conditions, answered) in [(outgoing, false), (incoming, true)] {
        let (mut probe, local, target) = relay();
        super::impair::impair(&probe, conditions);
        let (client, peer) = far_side();
        client.send_to(b"ask", local).unwrap();
        let waits_for = if answered {
            let (_, from) = receive_from(&target);
            target.send_to(b"answer", from).unwrap();
            target.local_addr().unwrap()
        } else {
            peer
        };
        probe.until(|facts| {
            let waits = |fact: &Fact| matches!(fact, Fact::Received(from, _) if *from == waits_for);
            facts.iter().any(waits).then_some(())
        });
        probe.link.command(Command::Stop);
        let unsent = probe.until_notice(|notice| match notice {
            Notice::Unbound { unsent, .. } => Some(*unsent),
            _ => None,
        });
        assert_eq!(unsent, 1, "answered: {answered}");
    }
}
