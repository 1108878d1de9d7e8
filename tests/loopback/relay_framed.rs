//! A TCP relay that cuts its streams into messages, with real sockets.

use super::probe::Probe;
use super::relay::{rule, written};
use super::relay_tcp::{relay, reset, through};
use super::rules::follow;
use netpeer::automation::Limits;
use netpeer::automation::rules::{ActionKind, BytePattern, Condition, RelayDirection, Rule};
use netpeer::engine::SessionCommand;
use netpeer::traffic::framing::Framing;
use netpeer::traffic::{Automatic, FrameFault, Notice};
use std::io::{Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};

/// A relay with this framing and these rules, its address, and its target.
fn framed(framing: Framing, rules: &[Rule]) -> (Probe, SocketAddr, TcpListener) {
    let (probe, local, target) = relay();
    probe.link.command(SessionCommand::Frame(framing.into()));
    follow(&probe, rules, Limits::none());
    (probe, local, target)
}

fn reply(text: &str) -> ActionKind {
    ActionKind::Reply {
        what: written(text),
        to: None,
    }
}

/// The next bytes, as many as `expected` has.
fn expect(stream: &mut TcpStream, expected: &[u8]) {
    let mut bytes = vec![0; expected.len()];
    stream.read_exact(&mut bytes).unwrap();
    assert_eq!(bytes, expected);
}

/// Waits for the row about a fault in what this peer sent.
fn until_fault(probe: &mut Probe, from: SocketAddr, wanted: FrameFault) {
    probe.until_automatic(|automatic| match *automatic {
        Automatic::Unframed { peer, fault, .. } => (peer == from && fault == wanted).then_some(()),
        _ => None,
    });
}

#[test]
fn rules_see_the_messages_of_both_directions_and_no_byte_waits_for_their_ends() {
    let message = |toward, text| {
        let is = Condition::Is(BytePattern::text(text));
        Condition::All(vec![Condition::Toward(toward), is])
    };
    let rules = [
        rule(
            "there",
            message(RelayDirection::Target, "one two"),
            vec![reply("seen\n")],
        ),
        rule(
            "back",
            message(RelayDirection::Client, "pong"),
            vec![reply("got\n")],
        ),
    ];
    let (_probe, local, target) = framed(Framing::Lines, &rules);
    let (mut client, _, mut far) = through(local, &target);
    client.write_all(b"one ").unwrap();
    expect(&mut far, b"one ");
    client.write_all(b"two\nthr").unwrap();
    expect(&mut far, b"two\nthr");
    expect(&mut client, b"seen\n");
    far.write_all(b"po").unwrap();
    expect(&mut client, b"po");
    far.write_all(b"ng\n").unwrap();
    expect(&mut client, b"ng\n");
    expect(&mut far, b"got\n");
}

#[test]
fn the_messages_of_each_connection_are_cut_by_themselves() {
    let is_whole = Condition::Is(BytePattern::text("whole"));
    let rules = [rule("whole", is_whole, vec![reply("yes\n")])];
    let (_probe, local, target) = framed(Framing::Lines, &rules);
    let (mut first, _, mut first_far) = through(local, &target);
    let (mut second, _, mut second_far) = through(local, &target);
    first.write_all(b"who").unwrap();
    expect(&mut first_far, b"who");
    second.write_all(b"le\nwhole\n").unwrap();
    expect(&mut second_far, b"le\nwhole\n");
    expect(&mut second, b"yes\n");
    first.write_all(b"le\n").unwrap();
    expect(&mut first, b"yes\n");
}

#[test]
fn rules_that_change_what_passes_look_at_reads() {
    let contains = |text: &str| Condition::Contains(BytePattern::text(text));
    let rules = [
        rule(
            "mask",
            contains("secret"),
            vec![ActionKind::Edit(written("***"))],
        ),
        rule("tell", contains("secret"), vec![reply("told\n")]),
    ];
    let (_probe, local, target) = framed(Framing::Lines, &rules);
    let (mut client, _, mut far) = through(local, &target);
    // No line has ended yet.
    client.write_all(b"secret").unwrap();
    expect(&mut far, b"***");
    client.write_all(b"\n").unwrap();
    expect(&mut far, b"\n");
    expect(&mut client, b"told\n");
}

#[test]
fn a_half_close_and_a_reset_end_the_messages_of_a_direction() {
    let (mut probe, local, target) = framed(Framing::Lines, &[]);
    let there = target.local_addr().unwrap();
    let (mut client, peer, mut far) = through(local, &target);
    client.write_all(b"whole\nopen").unwrap();
    client.shutdown(Shutdown::Write).unwrap();
    let mut text = String::new();
    far.read_to_string(&mut text).unwrap();
    assert_eq!(text, "whole\nopen");
    until_fault(&mut probe, peer, FrameFault::Unfinished);
    // The other direction goes on.
    far.write_all(b"answer\ncut").unwrap();
    expect(&mut client, b"answer\ncut");
    reset(far);
    until_fault(&mut probe, there, FrameFault::Unfinished);
}

#[test]
fn bytes_that_cannot_be_framed_have_a_row_and_pass_as_they_are() {
    let (mut probe, local, target) = framed(Framing::Cobs, &[]);
    let (mut client, peer, mut far) = through(local, &target);
    let mut random = fastrand::Rng::with_seed(1);
    let bytes: Vec<u8> = (0..1 << 20).map(|_| random.u8(..)).collect();
    let sent = bytes.clone();
    let writer = std::thread::spawn(move || {
        client.write_all(&sent).unwrap();
        client.shutdown(Shutdown::Write).unwrap();
        client
    });
    let reader = std::thread::spawn(move || {
        let mut received = Vec::new();
        far.read_to_end(&mut received).unwrap();
        received
    });
    until_fault(&mut probe, peer, FrameFault::Garbled);
    probe.until_automatic(|automatic| match automatic {
        Automatic::ForClient {
            notice: Notice::WriteClosed { .. },
            ..
        } => Some(()),
        _ => None,
    });
    assert!(reader.join().unwrap() == bytes);
    drop(writer.join().unwrap());
}

#[test]
fn a_reply_to_a_stuffed_message_is_stuffed() {
    let is = Condition::Is(BytePattern::text("a\0b"));
    let (_probe, local, target) =
        framed(Framing::Cobs, &[rule("all", is, vec![reply("${data}!")])]);
    let (mut client, _, mut far) = through(local, &target);
    client.write_all(b"\x02a\x02b\0").unwrap();
    expect(&mut far, b"\x02a\x02b\0");
    expect(&mut client, b"\x02a\x03b!\0");
}

#[test]
fn silence_ends_a_message_that_a_relay_passes_on() {
    let is = Condition::Is(BytePattern::text("ping"));
    let rules = [rule("all", is, vec![reply("pong")])];
    let (_probe, local, target) = framed(Framing::IdleGap(20_000), &rules);
    let (mut client, _, mut far) = through(local, &target);
    client.write_all(b"ping").unwrap();
    expect(&mut far, b"ping");
    expect(&mut client, b"pong");
}
