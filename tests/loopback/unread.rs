//! Data that the kernel accepted before a session ended is in its log, or counted as dropped.

use super::probe::Probe;
use super::relay::{open, relay};
use super::tcp::connect;
use netpeer::engine::{Command, Event, Setup};
use netpeer::kind::SessionKind;
use netpeer::traffic::{Automatic, Body, Cause, Notice};
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::time::Duration;

/// Sends until the front end's channel is full, then `more` datagrams, and stops the session.
/// Returns the numbers of sent datagrams, of received rows, of dropped datagrams, and of those
/// that the last row reports as unsent.
fn ends_full(probe: Probe, local: SocketAddr, more: usize) -> (usize, usize, u64, Option<usize>) {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    let mut sent = 0;
    let mut send = || {
        socket.send_to(&[0; 8], local).unwrap();
        sent += 1;
    };
    probe.stall(&mut send);
    (0..more).for_each(|_| send());
    probe.link.command(Command::Stop);
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

/// Writes until the front end's channel is full, then a piece that stays in the kernel, and stops
/// the session. Returns the numbers of bytes sent, in rows, and not relayed to the target.
fn stream_ends_full(probe: &Probe, client: &mut TcpStream) -> (usize, usize, usize) {
    let mut sent = 0;
    let mut write = |piece: &[u8]| {
        client.write_all(piece).unwrap();
        sent += piece.len();
    };
    probe.stall(|| write(b"full"));
    write(&[7; 32 << 10]);
    probe.link.command(Command::Stop);
    let from = client.local_addr().unwrap();
    let (mut rows, mut stopped) = (0, 0);
    while let Ok(event) = probe.link.events().recv_timeout(Duration::from_secs(10)) {
        let chunk = match event {
            Event::Rows(chunk) => chunk,
            Event::Closed => return (sent, rows, stopped),
            _ => continue,
        };
        for record in (0..chunk.len()).filter_map(|at| chunk.get(at)) {
            match record.body {
                Body::Received { peer, bytes } if peer == from => rows += bytes.len(),
                Body::Notice(Notice::Automatic(automatic)) => {
                    if let Automatic::ForClient { notice, .. } = &**automatic
                        && let Notice::Closed { unsent, .. } = notice
                    {
                        stopped += unsent;
                    }
                }
                _ => {}
            }
        }
    }
    panic!("it does not end");
}

/// The peer of a connection that we closed sees a FIN, and no reset.
fn sees_the_end(client: &mut TcpStream) {
    let deadline = Some(Duration::from_secs(10));
    client.set_read_timeout(deadline).unwrap();
    assert_eq!(client.read(&mut [0; 16]).unwrap(), 0);
}

#[test]
fn what_waits_in_a_connection_when_its_session_ends_is_in_its_log() {
    let (mut probe, local) = Probe::tcp_server(false);
    let (mut client, peer) = connect(local);
    probe.until_notice(|notice| match notice {
        Notice::Joined { peer: joined } if *joined == peer => Some(()),
        _ => None,
    });
    let (sent, rows, _) = stream_ends_full(&probe, &mut client);
    assert_eq!(rows, sent);
    sees_the_end(&mut client);
}

#[test]
fn what_waits_in_a_connection_when_its_relay_ends_is_a_row_and_counted_as_not_passed_on() {
    let target = TcpListener::bind("127.0.0.1:0").unwrap();
    let to = target.local_addr().unwrap();
    let local = "127.0.0.1:0".parse().unwrap();
    let (probe, local) = open(Setup::relay(SessionKind::RelayTcp, local, to.into()));
    let (mut client, _) = connect(local);
    let (mut far, _) = target.accept().unwrap();
    let (sent, rows, stopped) = stream_ends_full(&probe, &mut client);
    assert_eq!(rows, sent);
    let mut passed = Vec::new();
    far.read_to_end(&mut passed).unwrap();
    assert_eq!(stopped, rows - passed.len());
    assert_ne!(stopped, 0, "nothing waited");
    sees_the_end(&mut client);
}
