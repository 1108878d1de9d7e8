//! A rule closes a connection while its peer still sends.

use super::probe::{Fact, Probe};
use super::rules::follow;
use super::tcp::connect;
use netpeer::automation::Limits;
use netpeer::automation::rules::preset::Preset;
use netpeer::engine::Command;
use netpeer::traffic::{Automatic, Notice};
use std::io::{Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpStream};

const BODY: usize = 20 << 20;

fn serving() -> (Probe, SocketAddr) {
    let (probe, local) = Probe::tcp_server(true);
    follow(
        &probe,
        &[Preset::Http.rule("http".into(), "")],
        Limits::none(),
    );
    (probe, local)
}

/// The bytes read and discarded after the close, and whether the peer had ended then.
fn drained(probe: &Probe, of: SocketAddr) -> Option<(u64, bool)> {
    probe.facts.iter().find_map(|fact| match fact {
        Fact::Notice(Notice::Automatic(automatic)) => match **automatic {
            Automatic::Drained {
                peer,
                bytes,
                finished,
            } if peer == of => Some((bytes, finished)),
            _ => None,
        },
        _ => None,
    })
}

fn page(stream: &mut TcpStream) -> String {
    let mut page = String::new();
    stream.read_to_string(&mut page).unwrap();
    page
}

#[test]
fn a_large_post_is_answered_and_not_reset() {
    let (mut probe, local) = serving();
    let head = format!("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: {BODY}\r\n\r\n");
    let request = [head.as_bytes(), &vec![b'x'; BODY]].concat();
    for _ in 0..3 {
        let (mut stream, peer) = connect(local);
        // The client reads nothing before everything is sent.
        stream.write_all(&request).unwrap();
        let page = page(&mut stream);
        assert!(page.ends_with("\r\n\r\nhello\n"), "{page}");
        drop(stream);
        probe.until_fact(&Fact::Notice(Notice::Closed {
            peer: peer.into(),
            unsent: 0,
        }));
        let came = |fact: &Fact| match fact {
            Fact::Received(from, bytes) if *from == peer => bytes.len() as u64,
            _ => 0,
        };
        let shown: u64 = probe.facts.iter().map(came).sum();
        let (bytes, finished) = drained(&probe, peer).unwrap();
        assert!(finished);
        assert_eq!(shown + bytes, request.len() as u64);
    }
}

#[test]
fn a_peer_that_stays_silent_is_not_waited_for_for_long() {
    let (mut probe, local) = serving();
    let (mut stream, peer) = connect(local);
    stream.write_all(b"GET / HTTP/1.1\r\n\r\n").unwrap();
    // Our direction has ended, so the response is complete although theirs is open.
    assert!(page(&mut stream).ends_with("hello\n"));
    probe.until_fact(&Fact::Notice(Notice::WriteClosed { peer: peer.into() }));
    probe.until_fact(&Fact::Notice(Notice::Closed {
        peer: peer.into(),
        unsent: 0,
    }));
    assert_eq!(drained(&probe, peer), None, "nothing came");
}

#[test]
fn discarded_bytes_are_reported_however_it_ends() {
    for (order, finished) in [(None, true), (Some(Command::Stop), false)] {
        let (mut probe, local) = serving();
        let (mut stream, peer) = connect(local);
        stream.write_all(b"GET / HTTP/1.1\r\n\r\n").unwrap();
        assert!(page(&mut stream).ends_with("hello\n"));
        stream.write_all(b"more").unwrap();
        match order {
            None => stream.shutdown(Shutdown::Write).unwrap(),
            Some(order) => probe.link.command(order),
        }
        probe.until_fact(&Fact::Notice(Notice::Closed {
            peer: peer.into(),
            unsent: 0,
        }));
        assert_eq!(drained(&probe, peer), Some((4, finished)));
        assert!(
            !probe
                .facts
                .contains(&Fact::Received(peer, b"more".to_vec()))
        );
    }
}
