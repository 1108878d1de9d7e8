//! The ends of connections, and data that must not be lost or mixed up then.

use super::probe::{DEADLINE, Fact, Probe};
use super::tcp::{closed_port, connect, joined};
use netpeer::engine::Setup;
use netpeer::traffic::Notice;
use socket2::{Domain, SockRef, Socket, Type};
use std::io::{Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::time::Duration;

fn reset(stream: TcpStream) {
    SockRef::from(&stream)
        .set_linger(Some(Duration::ZERO))
        .unwrap();
}

/// A connection from a fixed port, as some devices make.
pub fn connect_from(local: SocketAddr, to: SocketAddr) -> TcpStream {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    socket.set_reuse_address(true).unwrap();
    socket.bind(&local.into()).unwrap();
    socket.connect(&to.into()).unwrap();
    socket.into()
}

#[test]
fn a_client_that_resets_and_comes_back_from_its_port_is_still_known() {
    let (mut probe, local) = Probe::tcp_server(true);
    let peer = closed_port();
    for round in 0..20_u8 {
        let stream = connect_from(peer, local);
        reset(stream);
        let mut stream = connect_from(peer, local);
        stream.set_read_timeout(Some(DEADLINE)).unwrap();
        stream.write_all(&[round]).unwrap();
        probe.until_fact(&Fact::Received(peer, vec![round]));
        probe.send(peer, b"known");
        let mut text = [0; 5];
        stream.read_exact(&mut text).unwrap();
        reset(stream);
        let resets = usize::from(round) * 2 + 2;
        probe.until(|facts| {
            let is_reset = |fact: &&Fact| matches!(fact, Fact::Notice(Notice::PeerReset { .. }));
            (facts.iter().filter(is_reset).count() == resets).then_some(())
        });
    }
}

#[test]
fn bytes_sent_before_a_reset_are_read_though_we_cannot_write() {
    let (mut probe, local) = Probe::tcp_server(true);
    let (mut stream, peer) = connect(local);
    joined(&mut probe, peer);
    for _ in 0..7 {
        probe.send(peer, &vec![1; 1 << 20]);
    }
    probe.until(|facts| {
        facts
            .iter()
            .find(|fact| matches!(fact, Fact::Unsent(waiting) if !waiting.is_empty()))
            .map(|_| ())
    });
    stream.write_all(b"413 too large").unwrap();
    // Closing with unread data resets the connection (RFC 2525 §2.17).
    drop(stream);
    let unsent = probe.until_notice(|notice| match notice {
        Notice::PeerReset { unsent, .. } => Some(*unsent),
        _ => None,
    });
    assert!(unsent > 0, "what was not sent is reported");
    assert_eq!(probe.received(), b"413 too large");
}

#[test]
fn a_half_open_connection_that_is_reset_ends() {
    let (mut probe, local) = Probe::tcp_server(false);
    let (stream, peer) = connect(local);
    stream.shutdown(Shutdown::Write).unwrap();
    probe.until_fact(&Fact::Notice(Notice::PeerFinished { peer: peer.into() }));
    reset(stream);
    probe.until_fact(&Fact::Notice(Notice::PeerReset {
        peer: peer.into(),
        unsent: 0,
    }));
}

/// macOS has no 127.0.0.2.
#[cfg(not(target_os = "macos"))]
#[test]
fn two_connections_of_one_address_are_both_served() {
    let local = "0.0.0.0:0".parse().unwrap();
    let mut probe = Probe::open(Setup::tcp_server(local));
    let port = probe.until_notice(|notice| {
        if let Notice::Listening { local } = notice {
            Some(local.address().unwrap().port())
        } else {
            None
        }
    });
    let peer = closed_port();
    let mut first = connect_from(peer, SocketAddr::from(([127, 0, 0, 1], port)));
    let second = connect_from(peer, SocketAddr::from(([127, 0, 0, 2], port)));
    first.set_read_timeout(Some(DEADLINE)).unwrap();
    first.write_all(b"one").unwrap();
    probe.until_fact(&Fact::Received(peer, b"one".to_vec()));
    drop(second);
    probe.until_fact(&Fact::Notice(Notice::Closed {
        peer: peer.into(),
        unsent: 0,
    }));
    probe.send(peer, b"still");
    let mut text = [0; 5];
    first.read_exact(&mut text).unwrap();
    assert_eq!(&text, b"still");
}

#[test]
fn an_unspecified_local_host_suits_either_family() {
    for (listens, local) in [("127.0.0.1:0", "[::]:0"), ("[::1]:0", "0.0.0.0:0")] {
        let listener = TcpListener::bind(listens).unwrap();
        let remote = listener.local_addr().unwrap();
        let local = Some(local.parse().unwrap());
        let timeout = Duration::from_secs(5);
        let mut probe = Probe::open(Setup {
            local,
            timeout,
            ..Setup::tcp_client(remote.into())
        });
        probe.until_notice(|notice| matches!(notice, Notice::Connected { .. }).then_some(()));
    }
}
