//! Loops of replies, and traffic that only resembles them, with real sockets.

use super::probe::{DEADLINE, Fact, Probe};
use super::rules::{ask, automatic, echo, follow, reply, rule, then};
use super::tcp::connect;
use crate::sockets::far_side;
use netpeer::automation::Limits;
use netpeer::automation::rules::{ActionKind, Condition, ReplyContent, Rule, preset};
use netpeer::traffic::{Automatic, Notice};
use std::io::{Read as _, Write as _};
use std::net::SocketAddr;
use std::time::Instant;

/// No limits except the breaker.
fn lifted() -> Limits {
    Limits {
        breaker: true,
        ..Limits::none()
    }
}

/// Waits until a rule of one of them is paused; returns the number of replies sent until then.
pub fn until_paused(probes: &mut [Probe]) -> usize {
    let began = Instant::now();
    let is_paused = |fact: &Fact| matches!(fact, Fact::Notice(Notice::Automatic(notice)) if matches!(**notice, Automatic::Paused { .. }));
    loop {
        for probe in probes.iter_mut() {
            while let Ok(event) = probe.link.events().try_recv() {
                probe.take(event);
            }
        }
        if probes.iter().any(|probe| probe.facts.iter().any(is_paused)) {
            return probes.iter().map(|probe| probe.replies.len()).sum();
        }
        assert!(began.elapsed() < DEADLINE, "it goes on");
        std::thread::yield_now();
    }
}

fn onward(what: ReplyContent, to: SocketAddr) -> Rule {
    let act = ActionKind::Reply {
        what,
        to: Some(to.to_string()),
    };
    rule("onward", Condition::Always, vec![then(act)])
}

#[test]
fn a_loop_of_three_stops() {
    // Each forwards the received datagram, or sends a text of its own.
    for fixed in [false, true] {
        let (one, two, three) = (
            Probe::udp("127.0.0.1:0"),
            Probe::udp("127.0.0.1:0"),
            Probe::udp("127.0.0.1:0"),
        );
        let next = [two.1, three.1, one.1];
        let first = one.1;
        let mut probes = [one.0, two.0, three.0];
        for ((probe, to), name) in probes.iter().zip(next).zip(["a", "b", "c"]) {
            let what = match fixed {
                true => ReplyContent::Written(preset::composition(name)),
                false => ReplyContent::Echo,
            };
            follow(probe, &[onward(what, to)], lifted());
        }
        let (socket, _) = far_side();
        socket.send_to(b"hello", first).unwrap();
        let replies = until_paused(&mut probes);
        assert!(replies < 5_000, "{replies}");
    }
}

#[test]
fn a_synchronous_client_is_no_loop() {
    let ok = || rule("ok", Condition::Always, vec![reply("OK")]);
    let (probe, local) = Probe::udp("127.0.0.1:0");
    follow(&probe, &[ok()], lifted());
    let (socket, _) = far_side();
    for _ in 0..1_000 {
        assert_eq!(ask(&socket, local, "STATUS"), "OK");
    }
    for made in [echo(), ok()] {
        let (probe, local) = Probe::tcp_server(true);
        follow(&probe, &[made], lifted());
        let (mut stream, _) = connect(local);
        let mut answer = [0; 2];
        for _ in 0..1_000 {
            stream.write_all(b"OK").unwrap();
            stream.read_exact(&mut answer).unwrap();
            assert_eq!(&answer, b"OK");
        }
    }
}

#[test]
fn a_client_that_answers_its_server_is_a_loop() {
    // Both echo, or each sends a text of its own; the client began.
    for fixed in [false, true] {
        let (server, local) = Probe::tcp_server(true);
        let mut client = Probe::tcp_client(local);
        client.until_notice(|notice| matches!(notice, Notice::Connected { .. }).then_some(()));
        let (ours, theirs) = match fixed {
            true => {
                let says = |text: &str| rule("says", Condition::Always, vec![reply(text)]);
                (says("ping"), says("pong"))
            }
            false => (echo(), echo()),
        };
        follow(&client, &[ours], lifted());
        follow(&server, &[theirs], lifted());
        client.send(local, b"hello");
        automatic(&mut client, |notice| {
            matches!(notice, Automatic::Paused { .. })
        });
        let replies = client.replies.len();
        assert!(replies < 1_000, "{replies}");
    }
}
