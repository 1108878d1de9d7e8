//! A peer that half-closes still receives answers.

use super::probe::{Fact, Probe};
use super::rules::{echo, follow, reply, rule};
use super::tcp::connect;
use netpeer::automation::Limits;
use netpeer::automation::rules::{Condition, Rule, RuleAction};
use netpeer::engine::{ConnectionCommand, SessionCommand};
use netpeer::traffic::Notice;
use std::io::{Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpStream};

/// A rule that replies this many milliseconds later.
fn late(delay: u32) -> Rule {
    let late = RuleAction {
        delay,
        ..reply("late")
    };
    rule("r", Condition::Always, vec![late])
}

/// The address of a client that sends this text and its FIN at once, and the answer it receives.
fn answer_to(local: SocketAddr, text: &str) -> (SocketAddr, String) {
    let (mut stream, peer) = connect(local);
    stream.write_all(text.as_bytes()).unwrap();
    stream.shutdown(Shutdown::Write).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    (peer, answer)
}

#[test]
fn a_reply_goes_before_the_connection_is_closed_with_the_peer() {
    let (mut probe, local) = Probe::tcp_server(true);
    follow(&probe, &[echo()], Limits::none());
    for number in 0..20 {
        let text = format!("last words {number}");
        let (peer, answer) = answer_to(local, &text);
        assert_eq!(answer, text);
        probe.until_fact(&Fact::Notice(Notice::Closed {
            peer: peer.into(),
            unsent: 0,
        }));
    }
}

#[test]
fn a_late_reply_is_waited_for() {
    let (mut probe, local) = Probe::tcp_server(true);
    follow(&probe, &[late(80)], Limits::none());
    let (peer, answer) = answer_to(local, "x");
    assert_eq!(answer, "late");
    probe.until_fact(&Fact::Notice(Notice::Closed {
        peer: peer.into(),
        unsent: 0,
    }));
}

#[test]
fn a_reply_that_will_never_come_is_not_waited_for() {
    let (mut probe, local) = Probe::tcp_server(true);
    follow(&probe, &[late(3_600_000)], Limits::none());
    let mut stream = TcpStream::connect(local).unwrap();
    let peer = stream.local_addr().unwrap();
    stream.write_all(b"x").unwrap();
    stream.shutdown(Shutdown::Write).unwrap();
    probe.until_fact(&Fact::Notice(Notice::PeerFinished { peer: peer.into() }));
    probe.link.command(SessionCommand::Follow(None));
    probe.until_fact(&Fact::Notice(Notice::Closed {
        peer: peer.into(),
        unsent: 0,
    }));
}

#[test]
fn a_front_end_that_has_more_to_send_closes_with_the_peer_afterwards() {
    let (mut probe, local) = Probe::tcp_server(false);
    follow(&probe, &[late(80)], Limits::none());
    let (mut stream, peer) = connect(local);
    stream.write_all(b"x").unwrap();
    stream.shutdown(Shutdown::Write).unwrap();
    probe.until_fact(&Fact::Notice(Notice::PeerFinished { peer: peer.into() }));
    probe.send(peer, b"first ");
    probe.command(peer, ConnectionCommand::Part);
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    assert_eq!(text, "first late");
    probe.until_fact(&Fact::Notice(Notice::Closed {
        peer: peer.into(),
        unsent: 0,
    }));
}
