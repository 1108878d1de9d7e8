//! Small writes with and without Nagle's algorithm, seen by a peer that delays its
//! acknowledgements.

use super::probe::Probe;
use super::tcp::{connect, joined};
use netpeer::engine::{SessionCommand, Setup};
use netpeer::traffic::Notice;
use std::io::Read as _;
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// A pause between two writes, so that each is one by itself.
const APART: Duration = Duration::from_millis(4);
/// How often a machine that is busy may disturb an attempt.
const ATTEMPTS: usize = 20;

fn server(nodelay: bool) -> (Probe, SocketAddr) {
    let mut probe = Probe::open(Setup {
        nodelay,
        ..Setup::tcp_server("127.0.0.1:0".parse().unwrap())
    });
    let local = probe.until_notice(|notice| match notice {
        Notice::Listening { local } => Some(*local),
        _ => None,
    });
    (probe, local.address().unwrap())
}

/// The reads in which four bytes arrive that are written one by one.
fn reads(probe: &Probe, peer: SocketAddr, stream: &mut TcpStream) -> usize {
    let mut reader = stream.try_clone().unwrap();
    let reads = std::thread::spawn(move || {
        let (mut reads, mut count, mut buffer) = (0, 0, [0; 16]);
        while count < 4 {
            delay_acknowledgements(&reader);
            let length = reader.read(&mut buffer).unwrap();
            assert!(length > 0, "the connection stays open");
            (reads, count) = (reads + 1, count + length);
        }
        reads
    });
    for byte in b"abcd" {
        probe.send(peer, &[*byte]);
        std::thread::sleep(APART);
    }
    reads.join().unwrap()
}

/// The kernel returns to quick acknowledgements by itself (TCP_QUICKACK, tcp(7)).
fn delay_acknowledgements(stream: &TcpStream) {
    socket2::SockRef::from(stream)
        .set_tcp_quickack(false)
        .unwrap();
}

/// Whether one of several attempts takes this many reads.
fn any(probe: &Probe, peer: SocketAddr, stream: &mut TcpStream, wanted: fn(usize) -> bool) -> bool {
    (0..ATTEMPTS).any(|_| wanted(reads(probe, peer, stream)))
}

#[test]
fn small_writes_go_at_once_until_nagle_is_on_and_again_when_it_is_off() {
    let (mut probe, local) = server(true);
    let (mut stream, peer) = connect(local);
    joined(&mut probe, peer);
    assert!(any(&probe, peer, &mut stream, |reads| reads == 4));
    probe.link.command(SessionCommand::NoDelay(false));
    assert!(
        any(&probe, peer, &mut stream, |reads| reads < 4),
        "they wait for the acknowledgement of the first and come together"
    );
    probe.link.command(SessionCommand::NoDelay(true));
    assert!(any(&probe, peer, &mut stream, |reads| reads == 4));
}

#[test]
fn a_session_opened_with_nagle_joins_small_writes_of_every_client() {
    let (mut probe, local) = server(false);
    for _ in 0..2 {
        let (mut stream, peer) = connect(local);
        joined(&mut probe, peer);
        assert!(any(&probe, peer, &mut stream, |reads| reads < 3));
    }
}
