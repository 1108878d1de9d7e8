//! A TCP relay with real sockets.

use super::probe::{DEADLINE, Fact, Probe};
use super::relay::{follow, open, rule, written};
use super::tcp::{black_hole, closed_port, connect, joined};
use netpeer::automation::rules::{ActionKind, BytePattern, Condition, RelayDirection};
use netpeer::engine::{ConnectionCommand, Setup};
use netpeer::kind;
use netpeer::traffic::{Automatic, Cause, Notice, Operation, RecordKind};
use socket2::SockRef;
use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::time::{Duration, Instant};

fn to(target: SocketAddr) -> (Probe, SocketAddr) {
    let local = "127.0.0.1:0".parse().unwrap();
    open(Setup::relay(
        kind::SessionKind::RelayTcp,
        local,
        target.into(),
    ))
}

/// A relay, its local address, and its target.
pub fn relay() -> (Probe, SocketAddr, TcpListener) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let (probe, local) = to(listener.local_addr().unwrap());
    (probe, local, listener)
}

/// Both ends of a connection through the relay.
pub fn through(local: SocketAddr, target: &TcpListener) -> (TcpStream, SocketAddr, TcpStream) {
    let (client, peer) = connect(local);
    let (far, _) = target.accept().unwrap();
    for stream in [&client, &far] {
        stream.set_read_timeout(Some(DEADLINE)).unwrap();
        stream.set_write_timeout(Some(DEADLINE)).unwrap();
    }
    (client, peer, far)
}

pub fn reset(stream: TcpStream) {
    SockRef::from(&stream)
        .set_linger(Some(Duration::ZERO))
        .unwrap();
}

fn is_reset(stream: &mut TcpStream) -> bool {
    let mut buffer = [0; 4096];
    loop {
        match stream.read(&mut buffer) {
            Ok(0) => return false,
            Ok(_) => {}
            Err(error) => return error.kind() == ErrorKind::ConnectionReset,
        }
    }
}

/// Waits for a notice about the target's side of a client.
fn until_far(probe: &mut Probe, client: SocketAddr, wanted: &Notice) {
    probe.until_automatic(|automatic| match automatic {
        Automatic::ForClient {
            client: known,
            notice,
        } if *known == client && notice == wanted => Some(()),
        _ => None,
    });
}

fn pattern(seed: u64) -> Vec<u8> {
    let mut random = fastrand::Rng::with_seed(seed);
    (0..8 << 20).map(|_| random.u8(..)).collect()
}

#[test]
fn an_urgent_byte_is_passed_on_both_ways() {
    let (_probe, local, target) = relay();
    let (mut client, _, mut far) = through(local, &target);
    let both_ways = |from: &mut TcpStream, to: &mut TcpStream| {
        from.write_all(b"ab").unwrap();
        SockRef::from(&*from).send_out_of_band(b"!").unwrap();
        from.write_all(b"cd").unwrap();
        let mut got = [0; 5];
        to.read_exact(&mut got).unwrap();
        assert_eq!(&got, b"ab!cd");
    };
    both_ways(&mut client, &mut far);
    both_ways(&mut far, &mut client);
}

#[test]
fn eight_mebibytes_pass_both_ways_at_once() {
    let (mut probe, local, target) = relay();
    let (client, peer, far) = through(local, &target);
    let (forth, back) = (pattern(1), pattern(2));
    let both = [
        (client.try_clone().unwrap(), forth.clone()),
        (far.try_clone().unwrap(), back.clone()),
    ];
    let writers = both.map(|(mut stream, bytes)| {
        std::thread::spawn(move || {
            stream.write_all(&bytes).unwrap();
            stream.shutdown(Shutdown::Write).unwrap();
        })
    });
    let readers = [client, far].map(|mut stream| {
        std::thread::spawn(move || {
            let mut bytes = Vec::new();
            stream.read_to_end(&mut bytes).unwrap();
            bytes
        })
    });
    probe.until_fact(&Fact::Notice(Notice::Closed {
        peer: peer.into(),
        unsent: 0,
    }));
    for writer in writers {
        writer.join().unwrap();
    }
    let [heard_back, heard_forth] = readers.map(|reader| reader.join().unwrap());
    assert!(heard_forth == forth && heard_back == back);
    let target = target.local_addr().unwrap();
    let total = |wanted: &dyn Fn(&Fact) -> usize| probe.facts.iter().map(wanted).sum::<usize>();
    let sent = total(&|fact| match fact {
        Fact::Sent(to, bytes) if *to == target => bytes.len(),
        _ => 0,
    });
    let received = total(&|fact| match fact {
        Fact::Received(from, bytes) if *from == peer => bytes.len(),
        _ => 0,
    });
    assert_eq!((sent, received), (8 << 20, 8 << 20));
    for way in [
        (RecordKind::Received, peer, target),
        (RecordKind::Sent, target, peer),
        (RecordKind::Received, target, peer),
        (RecordKind::Sent, peer, target),
    ] {
        assert!(probe.relayed.contains(&way), "{way:?}");
    }
}

#[test]
fn the_end_of_a_direction_is_passed_on_as_that() {
    let (mut probe, local, target) = relay();
    let (mut client, peer, mut far) = through(local, &target);
    client.write_all(b"request").unwrap();
    client.shutdown(Shutdown::Write).unwrap();
    let mut text = String::new();
    far.read_to_string(&mut text).unwrap();
    assert_eq!(text, "request");
    far.write_all(b"answer").unwrap();
    drop(far);
    text.clear();
    client.read_to_string(&mut text).unwrap();
    assert_eq!(text, "answer");
    let there = target.local_addr().unwrap();
    for wanted in [
        Notice::WriteClosed { peer: there.into() },
        Notice::PeerFinished { peer: there.into() },
        Notice::Closed {
            peer: there.into(),
            unsent: 0,
        },
    ] {
        until_far(&mut probe, peer, &wanted);
    }
    for wanted in [
        Notice::Joined { peer: peer.into() },
        Notice::PeerFinished { peer: peer.into() },
        Notice::WriteClosed { peer: peer.into() },
        Notice::Closed {
            peer: peer.into(),
            unsent: 0,
        },
    ] {
        probe.until_fact(&Fact::Notice(wanted));
    }
}

#[test]
fn a_reset_is_passed_on_as_that_either_way() {
    let (mut probe, local, target) = relay();
    let there = target.local_addr().unwrap();
    let (client, peer, mut far) = through(local, &target);
    joined(&mut probe, peer);
    reset(client);
    assert!(is_reset(&mut far));
    probe.until_fact(&Fact::Notice(Notice::PeerReset {
        peer: peer.into(),
        unsent: 0,
    }));
    let (mut client, peer, mut far) = through(local, &target);
    far.write_all(b"413 too large").unwrap();
    let mut text = [0; 13];
    client.read_exact(&mut text).unwrap();
    reset(far);
    assert!(is_reset(&mut client));
    let gone = Notice::PeerReset {
        peer: there.into(),
        unsent: 0,
    };
    until_far(&mut probe, peer, &gone);
    probe.until_fact(&Fact::Notice(Notice::Reset {
        peer: peer.into(),
        unsent: 0,
    }));
}

#[test]
fn who_does_not_read_holds_the_other_back_and_its_reset_still_passes() {
    let (mut probe, local, target) = relay();
    let (mut client, peer, far) = through(local, &target);
    client
        .set_write_timeout(Some(Duration::from_millis(300)))
        .unwrap();
    let block = vec![1; 1 << 20];
    let mut written = 0;
    loop {
        match client.write(&block) {
            Ok(count) => written += count,
            Err(error) => {
                assert!(matches!(
                    error.kind(),
                    ErrorKind::WouldBlock | ErrorKind::TimedOut
                ));
                break;
            }
        }
        // The kernel's own buffers take a few mebibytes on both sides.
        assert!(written < 256 << 20, "nothing holds the client back");
        while let Ok(event) = probe.link.events().try_recv() {
            probe.take(event);
        }
    }
    let there = target.local_addr().unwrap();
    let waiting = probe.until(|facts| {
        facts.iter().rev().find_map(|fact| match fact {
            Fact::Unsent(waiting) => waiting.iter().find(|(peer, _)| *peer == there).copied(),
            _ => None,
        })
    });
    assert!(waiting.1 <= 512 << 10, "{waiting:?}");
    // The relay reads nothing more from the client, but still detects its reset.
    reset(client);
    probe.until_notice(|notice| match notice {
        Notice::PeerReset { peer: from, .. } if *from == peer => Some(()),
        _ => None,
    });
    drop(far);
}

#[test]
fn a_target_that_refuses_resets_the_client_and_is_named() {
    let gone = closed_port();
    let (mut probe, local) = to(gone);
    let (mut client, peer) = connect(local);
    assert!(is_reset(&mut client));
    let failure = probe.until_failure();
    assert_eq!(
        (failure.operation, failure.address),
        (Operation::Connect, gone.to_string())
    );
    probe.until_fact(&Fact::Notice(Notice::Reset {
        peer: peer.into(),
        unsent: 0,
    }));
}

#[test]
fn a_target_that_never_accepts_resets_the_client_after_the_time_given() {
    let (_hole, silent, _fillers) = black_hole();
    let local = "127.0.0.1:0".parse().unwrap();
    let mut setup = Setup::relay(kind::SessionKind::RelayTcp, local, silent.into());
    setup.timeout = Duration::from_millis(200);
    let (mut probe, local) = open(setup);
    let (mut client, peer) = connect(local);
    assert!(is_reset(&mut client));
    let failure = probe.until_failure();
    assert_eq!(failure.address, silent.to_string());
    assert_eq!(failure.cause, Cause::TimedOut { millis: 200 });
    // A client that gives up earlier is handled too.
    let (client, gone) = connect(local);
    assert_ne!(gone, peer);
    reset(client);
    probe.until_fact(&Fact::Notice(Notice::PeerReset {
        peer: gone.into(),
        unsent: 0,
    }));
    until_far(
        &mut probe,
        gone,
        &Notice::Cancelled {
            remote: silent.into(),
        },
    );
}

#[test]
fn a_thousand_connections_at_once() {
    let (mut probe, local, target) = relay();
    let began = Instant::now();
    let mut pairs = Vec::new();
    for _ in 0..1_000 {
        pairs.push(through(local, &target));
    }
    for (number, (client, _, _)) in pairs.iter_mut().enumerate() {
        client.write_all(&(number as u32).to_be_bytes()).unwrap();
    }
    // A client's number arrives on one of the connections to the target, and its answer takes
    // the same way back.
    for (_, _, far) in &mut pairs {
        let mut number = [0; 4];
        far.read_exact(&mut number).unwrap();
        far.write_all(&number).unwrap();
    }
    for (number, (client, _, _)) in pairs.iter_mut().enumerate() {
        let mut answer = [0; 4];
        client.read_exact(&mut answer).unwrap();
        assert_eq!(u32::from_be_bytes(answer), number as u32);
    }
    let peers: Vec<SocketAddr> = pairs.iter().map(|(_, peer, _)| *peer).collect();
    drop(pairs);
    probe.until(|facts| {
        let gone = |fact: &&Fact| match fact {
            Fact::Notice(Notice::Closed { peer, .. } | Notice::PeerReset { peer, .. }) => {
                peers.contains(&peer.address().unwrap())
            }
            _ => false,
        };
        (facts.iter().filter(gone).count() == 1_000).then_some(())
    });
    assert!(began.elapsed() < DEADLINE);
}

#[test]
fn rules_edit_drop_answer_and_reset() {
    let (mut probe, local, target) = relay();
    let contains = |text: &str| Condition::Contains(BytePattern::text(text));
    let answers = Condition::All(vec![
        Condition::Toward(RelayDirection::Client),
        contains("secret"),
    ]);
    let reply = ActionKind::Reply {
        what: written("no\n"),
        to: None,
    };
    follow(
        &probe,
        &[
            rule("mask", answers, vec![ActionKind::Edit(written("***"))]),
            rule("answer", contains("ask"), vec![ActionKind::Drop, reply]),
            rule("cut", contains("cut"), vec![ActionKind::Reset]),
        ],
    );
    let (mut client, peer, mut far) = through(local, &target);
    client.write_all(b"ask").unwrap();
    let mut text = [0; 3];
    client.read_exact(&mut text).unwrap();
    assert_eq!(&text, b"no\n");
    client.write_all(b"log").unwrap();
    far.read_exact(&mut text).unwrap();
    assert_eq!(&text, b"log", "the target never heard of `ask`");
    far.write_all(b"secret").unwrap();
    client.read_exact(&mut text).unwrap();
    assert_eq!(&text, b"***");
    client.write_all(b"cut").unwrap();
    assert!(is_reset(&mut client) && is_reset(&mut far));
    probe.until_fact(&Fact::Notice(Notice::Reset {
        peer: peer.into(),
        unsent: 0,
    }));
    assert!(probe.replies.contains(&("mask".into(), b"***".to_vec())));
}

#[test]
fn a_client_is_closed_by_hand_and_the_target_with_it() {
    let (mut probe, local, target) = relay();
    let (mut client, peer, mut far) = through(local, &target);
    client.write_all(b"x").unwrap();
    probe.until_fact(&Fact::Received(peer, b"x".to_vec()));
    probe.command(peer, ConnectionCommand::Disconnect);
    assert_eq!(client.read(&mut [0; 8]).unwrap(), 0);
    far.read_exact(&mut [0; 1]).unwrap();
    assert_eq!(far.read(&mut [0; 8]).unwrap(), 0);
    let there = target.local_addr().unwrap();
    let closed = Notice::Closed {
        peer: there.into(),
        unsent: 0,
    };
    until_far(&mut probe, peer, &closed);
}
