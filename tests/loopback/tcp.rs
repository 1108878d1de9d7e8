//! TCP sessions with real sockets.
use super::probe::{DEADLINE, Fact, Probe, client};
use super::rules::{echo, follow};
use netpeer::automation::Limits;
use netpeer::engine::{Command, ConnectionCommand, Endpoint, Host, SEND_QUEUE, Setup};
use netpeer::traffic::{Cause, Notice, Operation};
use socket2::{Domain, SockRef, Socket, Type};
use std::io::{Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::time::Duration;

pub fn connect(to: SocketAddr) -> (TcpStream, SocketAddr) {
    let stream = TcpStream::connect(to).unwrap();
    stream.set_read_timeout(Some(DEADLINE)).unwrap();
    let local = stream.local_addr().unwrap();
    (stream, local)
}

pub fn joined(probe: &mut Probe, peer: SocketAddr) {
    probe.until_fact(&Fact::Notice(Notice::Joined { peer: peer.into() }));
}

/// A port of this machine on which no program listens.
pub fn closed_port() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], crate::ports::quiet()))
}

/// A listener whose backlog is full: further connects get no answer.
pub fn black_hole() -> (Socket, SocketAddr, Vec<TcpStream>) {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    socket
        .bind(&SocketAddr::from(([127, 0, 0, 1], 0)).into())
        .unwrap();
    // On macOS, 0 is the longest backlog.
    socket.listen(1).unwrap();
    let address = socket.local_addr().unwrap().as_socket().unwrap();
    let mut fillers = Vec::new();
    while let Ok(filler) = TcpStream::connect_timeout(&address, Duration::from_millis(300)) {
        fillers.push(filler);
        assert!(fillers.len() < 64);
    }
    (socket, address, fillers)
}

#[test]
fn a_server_talks_to_one_and_to_all() {
    let (mut probe, local) = Probe::tcp_server(true);
    let (mut first, first_peer) = connect(local);
    let (mut second, second_peer) = connect(local);
    joined(&mut probe, first_peer);
    joined(&mut probe, second_peer);

    first.write_all("你好".as_bytes()).unwrap();
    probe.until_fact(&Fact::Received(first_peer, "你好".as_bytes().to_vec()));

    probe.send(second_peer, b"you");
    probe.send_all(b"all");
    let mut buffer = [0; 6];
    second.read_exact(&mut buffer).unwrap();
    assert_eq!(&buffer, b"youall");
    first.read_exact(&mut buffer[..3]).unwrap();
    assert_eq!(&buffer[..3], b"all");
    probe.until_fact(&Fact::Sent(first_peer, b"all".to_vec()));
}

#[test]
fn an_urgent_byte_stays_in_the_stream() {
    let (mut server, local) = Probe::tcp_server(true);
    let (mut stream, peer) = connect(local);
    stream.write_all(b"ab").unwrap();
    server.until_fact(&Fact::Received(peer, b"ab".to_vec()));
    SockRef::from(&stream).send_out_of_band(b"!").unwrap();
    stream.write_all(b"cd").unwrap();
    server.until(|facts| (total(facts) == 5).then_some(()));
    assert_eq!(server.received(), b"ab!cd");

    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut client = Probe::tcp_client(listener.local_addr().unwrap());
    let (mut far, _) = listener.accept().unwrap();
    SockRef::from(&far).send_out_of_band(b"!").unwrap();
    far.write_all(b"cd").unwrap();
    client.until(|facts| (total(facts) == 3).then_some(()));
    assert_eq!(client.received(), b"!cd");
}

#[test]
fn a_server_disconnects_one_and_the_others_stay() {
    let (mut probe, local) = Probe::tcp_server(true);
    let (mut first, first_peer) = connect(local);
    let (mut second, second_peer) = connect(local);
    joined(&mut probe, first_peer);
    joined(&mut probe, second_peer);
    probe.command(first_peer, ConnectionCommand::Disconnect);
    assert_eq!(first.read(&mut [0; 8]).unwrap(), 0);
    probe.until_fact(&Fact::Notice(Notice::Closed {
        peer: first_peer.into(),
        unsent: 0,
    }));
    second.write_all(b"here").unwrap();
    probe.until_fact(&Fact::Received(second_peer, b"here".to_vec()));
}

#[test]
fn each_read_is_a_row_of_its_own() {
    let (mut probe, local) = Probe::tcp_server(true);
    let (mut stream, peer) = connect(local);
    stream.set_nodelay(true).unwrap();
    for part in ["one", "two", "three"] {
        stream.write_all(part.as_bytes()).unwrap();
        probe.until_fact(&Fact::Received(peer, part.as_bytes().to_vec()));
    }
}

#[test]
fn fin_rst_and_our_own_close_are_three_rows() {
    let (mut probe, local) = Probe::tcp_server(true);
    let (fin, fin_peer) = connect(local);
    let (rst, rst_peer) = connect(local);
    let (mut own, own_peer) = connect(local);
    for peer in [fin_peer, rst_peer, own_peer] {
        joined(&mut probe, peer);
    }
    drop(fin);
    probe.until_fact(&Fact::Notice(Notice::PeerFinished {
        peer: fin_peer.into(),
    }));
    SockRef::from(&rst)
        .set_linger(Some(Duration::ZERO))
        .unwrap();
    drop(rst);
    probe.until_fact(&Fact::Notice(Notice::PeerReset {
        peer: rst_peer.into(),
        unsent: 0,
    }));
    probe.command(own_peer, ConnectionCommand::Disconnect);
    probe.until_fact(&Fact::Notice(Notice::Closed {
        peer: own_peer.into(),
        unsent: 0,
    }));
    assert_eq!(own.read(&mut [0; 8]).unwrap(), 0);
    assert!(!probe.facts.contains(&Fact::Notice(Notice::PeerFinished {
        peer: rst_peer.into()
    })));
}

#[test]
fn half_closed_by_the_peer_we_can_still_send() {
    let (mut probe, local) = Probe::tcp_server(false);
    let (mut stream, peer) = connect(local);
    stream.write_all(b"question").unwrap();
    stream.shutdown(Shutdown::Write).unwrap();
    probe.until_fact(&Fact::Notice(Notice::PeerFinished { peer: peer.into() }));
    probe.send(peer, b"answer");
    let mut answer = [0; 6];
    stream.read_exact(&mut answer).unwrap();
    assert_eq!(&answer, b"answer");
}

#[test]
fn half_closed_by_us_we_can_still_receive() {
    let (mut probe, local) = Probe::tcp_server(true);
    let (mut stream, peer) = connect(local);
    joined(&mut probe, peer);
    probe.send(peer, b"last");
    probe.command(peer, ConnectionCommand::FinishWriting);
    let mut all = Vec::new();
    stream.read_to_end(&mut all).unwrap();
    assert_eq!(all, b"last");
    probe.until_fact(&Fact::Notice(Notice::WriteClosed { peer: peer.into() }));
    stream.write_all(b"still here").unwrap();
    probe.until_fact(&Fact::Received(peer, b"still here".to_vec()));
    probe.send(peer, b"too late");
    assert_eq!(probe.until_failure().cause, Cause::NotConnected);
}

#[test]
fn a_peer_that_never_reads_fills_its_queue_and_no_more() {
    let (mut probe, local) = Probe::tcp_server(true);
    let (_stream, peer) = connect(local);
    joined(&mut probe, peer);
    let block = vec![7; 1 << 20];
    for _ in 0..32 {
        probe.send(peer, &block);
    }
    assert!(matches!(
        probe.until_failure().cause,
        Cause::QueueFull {
            limit: SEND_QUEUE,
            ..
        }
    ));
    let unsent = probe.until(|facts| {
        facts.iter().rev().find_map(|fact| match fact {
            Fact::Unsent(waiting) if !waiting.is_empty() => Some(waiting.clone()),
            _ => None,
        })
    });
    assert!(unsent[0].0 == peer && unsent[0].1 <= SEND_QUEUE);
    // The session is alive: another client is served.
    let (mut other, other_peer) = connect(local);
    other.write_all(b"and me").unwrap();
    probe.until_fact(&Fact::Received(other_peer, b"and me".to_vec()));
    probe.command(peer, ConnectionCommand::Disconnect);
    probe.until_notice(|notice| matches!(notice, Notice::Closed { peer: closed, unsent } if *closed == peer && *unsent > 0).then_some(()));
}

#[test]
fn an_echo_to_a_peer_that_never_reads_is_accounted_for_to_the_byte() {
    let (mut probe, local) = Probe::tcp_server(true);
    follow(&probe, &[echo()], Limits::none());
    let (mut stream, peer) = connect(local);
    joined(&mut probe, peer);
    let all = 48 << 20;
    let writer = std::thread::spawn(move || {
        stream.write_all(&vec![7; all]).unwrap();
        stream
    });
    probe.until(|facts| (total(facts) == all).then_some(()));
    // Unread bytes wait, so that the close resets the connection.
    drop(writer.join().unwrap());
    let unsent = probe.until_notice(|notice| match notice {
        Notice::PeerReset { unsent, .. } | Notice::Closed { unsent, .. } => Some(*unsent),
        _ => None,
    });
    let accounted = probe.facts.iter().map(|fact| match fact {
        Fact::Sent(_, bytes) => bytes.len(),
        Fact::Notice(Notice::Failed(failure)) => match failure.cause {
            Cause::QueueFull { length, .. } => length,
            Cause::LeftOut { bytes, .. } => bytes as usize,
            _ => 0,
        },
        _ => 0,
    });
    assert_eq!(accounted.sum::<usize>() + unsent, all);
}

#[test]
fn a_large_transfer_arrives_whole_both_ways() {
    let (mut server, local) = Probe::tcp_server(true);
    let mut client = Probe::tcp_client(local);
    let peer = server.until_notice(|notice| {
        if let Notice::Joined { peer } = notice {
            Some(*peer)
        } else {
            None
        }
    });
    let payload: Vec<u8> = (0..6 << 20).map(|n: u32| (n % 251) as u8).collect();
    client.until_notice(|notice| matches!(notice, Notice::Connected { .. }).then_some(()));
    client.send_all(&payload);
    server.until(|facts| (total(facts) == payload.len()).then_some(()));
    assert!(server.received() == payload);
    server.send(peer.address().unwrap(), &payload);
    client.until(|facts| (total(facts) == payload.len()).then_some(()));
    assert!(client.received() == payload);
}

fn total(facts: &[Fact]) -> usize {
    facts
        .iter()
        .map(|fact| {
            if let Fact::Received(_, bytes) = fact {
                bytes.len()
            } else {
                0
            }
        })
        .sum()
}

#[test]
fn a_client_binds_to_its_local_address() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let local = closed_port();
    let remote = listener.local_addr().unwrap();
    let timeout = Duration::from_secs(5);
    let mut probe = Probe::open(Setup {
        local: Some(local.into()),
        timeout,
        ..Setup::tcp_client(remote.into())
    });
    probe.until_fact(&Fact::Notice(Notice::Connected {
        peer: remote.into(),
        local: local.into(),
    }));
    assert_eq!(listener.accept().unwrap().1, local);
}

#[test]
fn refused_timed_out_and_unresolved_are_different() {
    let mut refused = Probe::tcp_client(closed_port());
    let failure = refused.until_failure();
    assert_eq!(failure.operation, Operation::Connect);
    let Cause::System { code } = failure.cause else {
        panic!("{:?}", failure.cause)
    };
    assert_eq!(
        std::io::Error::from_raw_os_error(code).kind(),
        std::io::ErrorKind::ConnectionRefused
    );
    refused.until_fact(&Fact::Closed);

    let (_hole, address, _fillers) = black_hole();
    let timeout = Duration::from_millis(200);
    let mut silent = Probe::open(Setup {
        timeout,
        ..Setup::tcp_client(address.into())
    });
    assert_eq!(
        silent.until_failure().cause,
        Cause::TimedOut { millis: 200 }
    );
    silent.until_fact(&Fact::Closed);

    let remote = Endpoint {
        host: Host::Name("no-such-host.invalid".into()),
        port: 80,
    };
    let mut unknown = Probe::open(Setup {
        timeout,
        ..Setup::tcp_client(remote)
    });
    let failure = unknown.until_failure();
    assert_eq!(failure.operation, Operation::Resolve);
    assert!(matches!(failure.cause, Cause::NoSuchHost { .. }));
    unknown.until_fact(&Fact::Closed);
}

#[test]
fn every_address_of_a_name_is_tried() {
    // `localhost` is ::1 and 127.0.0.1 on most systems; this listens on the latter only.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let remote = Endpoint {
        host: Host::Name("localhost".into()),
        port: listener.local_addr().unwrap().port(),
    };
    let mut probe = Probe::open(Setup {
        timeout: Duration::from_secs(5),
        ..Setup::tcp_client(remote)
    });
    probe.until_notice(|notice| matches!(notice, Notice::Connected { .. }).then_some(()));
}

#[test]
fn a_connect_that_hangs_is_cancelled_at_once() {
    let (_hole, address, _fillers) = black_hole();
    let mut probe = Probe::open(Setup {
        timeout: Duration::from_secs(3_600),
        ..Setup::tcp_client(address.into())
    });
    probe.until_fact(&Fact::Notice(Notice::Connecting {
        remote: address.into(),
    }));
    probe.link.command(Command::Stop);
    probe.until_fact(&Fact::Closed);
    assert!(probe.facts.contains(&Fact::Notice(Notice::Cancelled {
        remote: address.into()
    })));
}

#[test]
fn a_server_can_be_opened_again_at_once() {
    let (mut probe, local) = Probe::tcp_server(true);
    for _ in 0..20 {
        let (mut stream, peer) = connect(local);
        joined(&mut probe, peer);
        probe.link.command(Command::Stop);
        probe.until_fact(&Fact::Closed);
        assert_eq!(stream.read(&mut [0; 1]).unwrap(), 0);
        probe = Probe::open(Setup::tcp_server(local));
        probe.until_fact(&Fact::Notice(Notice::Listening {
            local: local.into(),
        }));
    }
}

#[test]
fn a_client_ends_when_its_server_does() {
    let (mut server, local) = Probe::tcp_server(true);
    let mut probe = Probe::open(client(local));
    server.until_notice(|notice| matches!(notice, Notice::Joined { .. }).then_some(()));
    server.link.command(Command::Stop);
    probe.until_fact(&Fact::Notice(Notice::PeerFinished { peer: local.into() }));
    probe.until_fact(&Fact::Closed);
}
