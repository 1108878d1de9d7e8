//! The limits of replies by rules, with real sockets.

use super::loops::until_paused;
use super::probe::{DEADLINE, Fact, Probe};
use super::rules::{automatic, echo, follow, reply, rule, then};
use crate::sockets::far_side;
use netpeer::automation::rules::{ActionKind, Condition, ReplyContent};
use netpeer::automation::{Limits, Refusal, ReplyRate};
use netpeer::engine::{Interfaces, Rulebook};
use netpeer::payload::charset::Charset;
use netpeer::traffic::{Automatic, Notice};
use std::time::{Duration, Instant};

/// The default limits outside the local network.
fn ten() -> Limits {
    Limits {
        per_second: ReplyRate::AtMost(100),
        per_peer: ReplyRate::AtMost(10),
        ..Limits::default()
    }
}

#[test]
fn who_polls_from_this_machine_loses_nothing() {
    let (mut probe, local) = Probe::udp("127.0.0.1:0");
    let counted = rule("r", Condition::Always, vec![reply("${seq}")]);
    follow(&probe, &[counted], Limits::default());
    let (socket, _) = far_side();
    for number in 1..=500 {
        assert_eq!(super::rules::ask(&socket, local, "x"), number.to_string());
    }
    let last = Fact::Received(socket.local_addr().unwrap(), b"x".to_vec());
    probe.until_fact(&last);
    let refused = |fact: &Fact| matches!(fact, Fact::Notice(Notice::Automatic(_)));
    assert!(!probe.facts.iter().any(refused));
}

#[test]
fn at_most_ten_a_second_go_to_one_peer_and_the_rest_is_counted() {
    let (mut probe, local) = Probe::udp("127.0.0.1:0");
    let counted = rule("r", Condition::Always, vec![reply("${seq}")]);
    follow(&probe, &[counted], ten());
    let (socket, address) = far_side();
    for length in 1..=50 {
        // Equal datagrams after each reply could look like a loop on a slow machine.
        socket.send_to(&vec![b'x'; length], local).unwrap();
    }
    let notice = automatic(
        &mut probe,
        |automatic| matches!(automatic, Automatic::Refused { count, .. } if *count > 1),
    );
    let Automatic::Refused {
        rule,
        peer,
        refusal,
        count,
    } = notice
    else {
        panic!("{notice:?}");
    };
    assert_eq!((rule.as_str(), peer), ("r", Some(address.into())));
    assert_eq!(refusal, Refusal::PeerRate(10));
    // The first refusal has its own row. On a slow machine one more reply may be allowed.
    let replies = probe.replies.len() as u64;
    assert!((10..13).contains(&replies), "{replies}");
    assert_eq!(count + 1 + replies, 50);
}

#[test]
fn two_that_echo_at_each_other_stop_after_a_few_turns() {
    let (one, _) = Probe::udp("127.0.0.1:0");
    let (two, second) = Probe::udp("127.0.0.1:0");
    let mut probes = [one, two];
    let fast = Limits {
        per_second: ReplyRate::Unlimited,
        per_peer: ReplyRate::AtMost(100_000),
        own: true,
        ..Limits::default()
    };
    for (limits, turns) in [(Limits { own: true, ..ten() }, 30), (fast, 1_000)] {
        for probe in &probes {
            follow(probe, &[echo()], limits);
        }
        let before: usize = probes.iter().map(|probe| probe.replies.len()).sum();
        probes[0].send(second, b"hello");
        let replies = until_paused(&mut probes) - before;
        assert!(replies < turns, "{limits:?}: {replies}");
        for probe in &mut probes {
            probe.facts.clear();
        }
    }
}

#[test]
fn our_own_sockets_are_not_answered() {
    let (mut one, first) = Probe::udp("127.0.0.1:0");
    let (two, second) = Probe::udp("127.0.0.1:0");
    follow(&one, &[echo()], Limits::default());
    two.send(first, b"hello");
    let notice = automatic(&mut one, |_| true);
    let expected = Automatic::Refused {
        rule: "echo".into(),
        peer: Some(second.into()),
        refusal: Refusal::Own,
        count: 1,
    };
    assert_eq!(notice, expected);
    assert_eq!(one.replies, []);
}

#[test]
fn broadcast_multicast_and_port_zero_get_nothing() {
    for (to, refusal) in [
        ("255.255.255.255:9", Refusal::Broadcast),
        ("224.0.0.9:9", Refusal::Multicast),
    ] {
        let (mut probe, local) = Probe::udp("127.0.0.1:0");
        let away = then(ActionKind::Reply {
            what: ReplyContent::Echo,
            to: Some(to.into()),
        });
        follow(
            &probe,
            &[rule("r", Condition::Always, vec![away])],
            Limits::default(),
        );
        let (socket, _) = far_side();
        socket.send_to(b"x", local).unwrap();
        let notice = automatic(&mut probe, |_| true);
        assert!(
            matches!(notice, Automatic::Refused { refusal: found, .. } if found == refusal),
            "{notice:?}"
        );
    }
    let nowhere = then(ActionKind::Reply {
        what: ReplyContent::Echo,
        to: Some("127.0.0.1:0".into()),
    });
    let rules = [rule("r", Condition::Always, vec![nowhere])];
    assert!(
        Rulebook::new(
            &rules,
            Limits::default(),
            Charset::Utf8,
            &Interfaces::read()
        )
        .is_err()
    );
}

#[test]
fn a_loop_through_another_address_is_one_too() {
    let (mut probe, local) = Probe::udp("127.0.0.1:0");
    let (echo, elsewhere) = far_side();
    let names = [
        elsewhere.to_string(),
        format!("localhost:{}", elsewhere.port()),
    ];
    for to in names {
        let away = then(ActionKind::Reply {
            what: ReplyContent::Echo,
            to: Some(to.clone()),
        });
        let limits = Limits {
            per_second: ReplyRate::Unlimited,
            per_peer: ReplyRate::Unlimited,
            ..Limits::default()
        };
        follow(
            &probe,
            &[rule("away", Condition::Always, vec![away])],
            limits,
        );
        let (socket, _) = far_side();
        socket.send_to(b"hello", local).unwrap();
        let began = Instant::now();
        probe.facts.clear();
        loop {
            while let Ok(event) = probe.link.events().try_recv() {
                probe.take(event);
            }
            let is_paused = |fact: &Fact| matches!(fact, Fact::Notice(Notice::Automatic(notice)) if matches!(**notice, Automatic::Paused { .. }));
            if probe.facts.iter().any(is_paused) {
                break;
            }
            assert!(began.elapsed() < DEADLINE, "{to}");
            let mut buffer = [0; 64];
            echo.set_read_timeout(Some(Duration::from_millis(20)))
                .unwrap();
            if let Ok((count, from)) = echo.recv_from(&mut buffer) {
                echo.send_to(&buffer[..count], from).unwrap();
            }
        }
    }
}

#[test]
fn a_name_is_checked_by_the_address_it_has() {
    let (mut probe, local) = Probe::udp("127.0.0.1:0");
    let away = then(ActionKind::Reply {
        what: ReplyContent::Echo,
        to: Some(format!("localhost:{}", local.port())),
    });
    follow(
        &probe,
        &[rule("r", Condition::Always, vec![away])],
        Limits::default(),
    );
    let (socket, _) = far_side();
    // The second time the name is already resolved.
    for _ in 0..2 {
        socket.send_to(b"x", local).unwrap();
        let notice = automatic(&mut probe, |_| true);
        assert!(
            matches!(
                notice,
                Automatic::Refused {
                    refusal: Refusal::Own,
                    ..
                }
            ),
            "{notice:?}"
        );
    }
    assert_eq!(probe.replies, []);
}

#[test]
fn rules_that_change_do_not_get_the_allowance_anew() {
    let (mut probe, local) = Probe::udp("127.0.0.1:0");
    let (socket, _) = far_side();
    for round in 0..20 {
        let name = format!("typed so far: {round}");
        let counted = rule(&name, Condition::Always, vec![reply("${seq}")]);
        follow(&probe, &[counted], ten());
        for length in 1..=20 {
            socket.send_to(&vec![b'x'; length], local).unwrap();
        }
        let wanted = (round + 1) * 20;
        probe.until(|facts| {
            let received = |fact: &&Fact| matches!(fact, Fact::Received(..));
            (facts.iter().filter(received).count() == wanted).then_some(())
        });
    }
    let replies = probe.replies.len();
    // On a slow machine some more replies may be allowed.
    assert!((10..40).contains(&replies), "{replies}");
    probe.until(|facts| {
        let answering = facts.iter().rev().find_map(|fact| match fact {
            Fact::Activity(activity) => activity.answering.as_ref(),
            _ => None,
        });
        answering
            .filter(|answering| answering.answered == replies as u64)
            .map(|_| ())
    });
}

#[test]
fn who_polls_and_who_is_somebody_else_goes_on_being_answered() {
    let (mut probe, local) = Probe::udp("127.0.0.1:0");
    let limits = Limits {
        per_peer: ReplyRate::AtMost(100),
        ..Limits::default()
    };
    follow(&probe, &[echo()], limits);
    let (loops, peer) = far_side();
    loops.send_to(b"hello", local).unwrap();
    loops
        .set_read_timeout(Some(Duration::from_millis(10)))
        .unwrap();
    let paused = |fact: &Fact| {
        let wanted = Automatic::Paused {
            rule: "echo".into(),
            peer: peer.into(),
        };
        matches!(fact, Fact::Notice(Notice::Automatic(notice)) if **notice == wanted)
    };
    let began = Instant::now();
    while !probe.facts.iter().any(paused) {
        assert!(began.elapsed() < DEADLINE);
        let mut buffer = [0; 64];
        if let Ok((count, from)) = loops.recv_from(&mut buffer) {
            loops.send_to(&buffer[..count], from).unwrap();
        }
        while let Ok(event) = probe.link.events().try_recv() {
            probe.take(event);
        }
    }
    let (other, _) = far_side();
    assert_eq!(super::rules::ask(&other, local, "and I?"), "and I?");
}

/// macOS sends at most 9,216 bytes by default (`net.inet.udp.maxdgram`).
#[cfg(not(target_os = "macos"))]
#[test]
fn no_more_is_composed_than_a_datagram_holds() {
    use netpeer::traffic::{Cause, Failure};

    let (mut probe, local) = Probe::udp("127.0.0.1:0");
    let many = rule(
        "many",
        Condition::Always,
        vec![reply(&"${data}".repeat(2_000)), reply("${data}")],
    );
    follow(&probe, &[many], Limits::none());
    let (socket, address) = far_side();
    // Keeping more than one of these would take gigabytes.
    for _ in 0..3 {
        socket.send_to(&[b'x'; 60_000], local).unwrap();
        let cause = probe.until_notice(|notice| match notice {
            Notice::Failed(Failure { cause, .. }) => Some(cause.clone()),
            _ => None,
        });
        assert_eq!(cause, Cause::NotComposed { limit: 65_507 });
        probe.until_fact(&Fact::Sent(address, vec![b'x'; 60_000]));
        probe.facts.clear();
    }
}
