//! What the kernel took before a session ended is in its log, or counted as dropped.

use super::probe::Probe;
use super::relay::relay;
use netpeer::net::{Command, Event};
use netpeer::traffic::{Body, Cause, Notice};
use std::net::{SocketAddr, UdpSocket};
use std::time::Duration;

/// Sends until the face's channel is full, then this many more, and stops the session;
/// returns how many datagrams went, how many rows came and how many were dropped.
fn ends_full(probe: Probe, local: SocketAddr, more: usize) -> (usize, usize, u64, Option<usize>) {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    let mut sent = 0;
    let mut send = |number: usize| {
        socket.send_to(&number.to_be_bytes(), local).unwrap();
        sent += 1;
    };
    // An event is handed over every ten milliseconds; this is how the channel fills.
    for number in 0..100 {
        send(number);
        std::thread::sleep(Duration::from_millis(11));
    }
    (0..more).for_each(&mut send);
    probe.link.order(Command::Stop);
    let (mut rows, mut dropped, mut unsent) = (0, 0, None);
    while let Ok(event) = probe.link.events().recv_timeout(Duration::from_secs(10)) {
        let chunk = match event {
            Event::Rows(chunk) => chunk,
            Event::Closed => return (sent, rows, dropped, unsent),
            _ => continue,
        };
        for record in (0..chunk.len()).filter_map(|at| chunk.get(at)) {
            match record.body {
                Body::Received { .. } => rows += 1,
                Body::Notice(Notice::Failed(failure)) => match failure.cause {
                    Cause::Dropped { count, .. } => dropped += count,
                    _ => panic!("{failure:?}"),
                },
                Body::Notice(Notice::Unbound { unsent: rest, .. }) => unsent = Some(*rest),
                Body::Sent { .. } | Body::Notice(_) => {}
            }
        }
    }
    panic!("it does not end");
}

#[test]
fn what_waits_in_the_kernel_when_a_session_ends_is_in_its_log() {
    for address in ["127.0.0.1:0", "0.0.0.0:0"] {
        let (probe, local) = Probe::udp(address);
        let local = SocketAddr::from(([127, 0, 0, 1], local.port()));
        let (sent, rows, dropped, _) = ends_full(probe, local, 1_000);
        assert_eq!(rows as u64 + dropped, sent as u64, "{address}");
    }
}

#[test]
fn what_waits_when_a_relay_ends_is_a_row_and_counted_as_not_passed_on() {
    let (probe, local, target) = relay();
    let (sent, rows, dropped, unsent) = ends_full(probe, local, 1_000);
    assert_eq!(rows as u64 + dropped, sent as u64);
    target.set_nonblocking(true).unwrap();
    let mut passed = 0;
    while target.recv_from(&mut [0; 64]).is_ok() {
        passed += 1;
    }
    assert_eq!(unsent, Some(rows - passed));
    assert_ne!(passed, rows, "nothing waited");
}
