//! Rules on the messages in datagrams, with real sockets.

use super::probe::Probe;
use super::rules::{follow, reply, rule};
use crate::sockets::{far_side, receive, receive_text};
use netpeer::automation::Limits;
use netpeer::automation::rules::Condition;
use netpeer::engine::SessionCommand;
use netpeer::traffic::framing::{Framing, SessionFraming};
use netpeer::traffic::{Automatic, FrameFault};
use std::net::SocketAddr;

/// A UDP session that frames datagrams like this, and answers each message in brackets.
fn framed(received: Framing, sent: Option<Framing>) -> (Probe, SocketAddr) {
    let (probe, local) = Probe::udp("127.0.0.1:0");
    let framing = SessionFraming::new(Some(received), sent, true);
    probe.link.command(SessionCommand::Frame(framing));
    let all = rule("all", Condition::Always, vec![reply("[${data}]")]);
    follow(&probe, &[all], Limits::none());
    (probe, local)
}

#[test]
fn two_requests_of_one_datagram_get_two_replies_and_the_next_datagram_begins_anew() {
    let (mut probe, local) = framed(Framing::Fixed(3), None);
    let (socket, address) = far_side();
    socket.send_to(b"onetwoth", local).unwrap();
    assert_eq!(receive_text(&socket), "[one]");
    assert_eq!(receive_text(&socket), "[two]");
    let from = probe.until_automatic(|automatic| match *automatic {
        Automatic::Unframed {
            peer,
            fault: FrameFault::Unfinished,
            count: 1,
        } => Some(peer),
        _ => None,
    });
    assert_eq!(from.address(), Some(address));
    socket.send_to(b"new", local).unwrap();
    assert_eq!(receive_text(&socket), "[new]");
}

#[test]
fn sentences_are_found_behind_what_is_none() {
    let (mut probe, local) = framed(Framing::Nmea, None);
    let (socket, _) = far_side();
    socket.send_to(b"\\s:a*1B\\!AIVDM,1*5C\r\n", local).unwrap();
    assert_eq!(receive_text(&socket), "[!AIVDM,1*5C\r\n]");
    let count = probe.until_automatic(|automatic| match *automatic {
        Automatic::Unframed { fault, count, .. } => (fault == FrameFault::Garbled).then_some(count),
        _ => None,
    });
    assert_eq!(count, 1);
}

#[test]
fn sent_datagrams_are_stuffed_by_the_framing_of_their_direction() {
    let (probe, local) = framed(Framing::Fixed(1), Some(Framing::Slip));
    let (socket, address) = far_side();
    socket.send_to(b"a", local).unwrap();
    assert_eq!(receive(&socket), b"[a]\xC0");
    probe.send(address, b"\xC0");
    assert_eq!(receive(&socket), b"\xDB\xDC\xC0");
}
