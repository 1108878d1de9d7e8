//! UDP sessions with real sockets.
use super::probe::{Fact, Probe};
use crate::sockets::{bound_to, far_side, receive};
use netpeer::engine::{Command, Endpoint, Host, MAX_DATAGRAM_V4, MAX_DATAGRAM_V6, Target};
use netpeer::traffic::{Cause, Notice, Operation, Reach, RecordKind};
use std::net::SocketAddr;

#[test]
fn port_zero_is_chosen_by_the_system_and_reported() {
    let (_, local) = Probe::udp("127.0.0.1:0");
    assert_ne!(local.port(), 0);
}

/// macOS sends at most 9,216 bytes by default (`net.inet.udp.maxdgram`).
#[cfg(not(target_os = "macos"))]
#[test]
fn datagrams_of_every_size_go_both_ways_uncut() {
    for (address, longest) in [
        ("127.0.0.1:0", MAX_DATAGRAM_V4),
        ("[::1]:0", MAX_DATAGRAM_V6),
    ] {
        let (mut probe, local) = Probe::udp(address);
        let (socket, peer) = bound_to(address);
        for size in [0, 1, 1024, 1025, 1472, 1473, 9000, longest] {
            let payload = vec![b'A'; size];
            socket.send_to(&payload, local).unwrap();
            probe.until_fact(&Fact::Received(peer, payload.clone()));
            probe.send(peer, &payload);
            assert_eq!(receive(&socket), payload);
            probe.until_fact(&Fact::Sent(peer, payload));
        }
    }
}

#[test]
fn one_byte_too_many_is_refused_with_both_numbers() {
    for (address, longest) in [
        ("127.0.0.1:0", MAX_DATAGRAM_V4),
        ("[::1]:0", MAX_DATAGRAM_V6),
    ] {
        let (mut probe, _) = Probe::udp(address);
        let (_socket, peer) = bound_to(address);
        probe.send(peer, &vec![0; longest + 1]);
        assert_eq!(
            probe.until_failure().cause,
            Cause::TooLong {
                length: longest + 1,
                limit: longest
            }
        );
        assert!(
            !probe
                .facts
                .iter()
                .any(|fact| matches!(fact, Fact::Sent(..)))
        );
    }
}

#[test]
fn a_dual_stack_socket_serves_both_families() {
    let (mut probe, local) = Probe::udp("[::]:0");
    let (socket, peer) = far_side();
    socket
        .send_to(b"four", ("127.0.0.1", local.port()))
        .unwrap();
    probe.until_fact(&Fact::Received(peer, b"four".to_vec()));
    probe.send(peer, b"back");
    assert_eq!(receive(&socket), b"back");
    probe.until_fact(&Fact::Sent(peer, b"back".to_vec()));
}

#[test]
fn a_host_name_is_looked_up_and_sent_to() {
    let (mut probe, _) = Probe::udp("127.0.0.1:0");
    let (socket, peer) = far_side();
    let to = Endpoint {
        host: Host::Name("localhost".into()),
        port: peer.port(),
    };
    for text in ["one", "two"] {
        probe
            .link
            .command(Command::send(Target::Endpoint(to.clone()), text.as_bytes()));
    }
    assert_eq!(
        (receive(&socket), receive(&socket)),
        (b"one".to_vec(), b"two".to_vec())
    );
    probe.until_fact(&Fact::Sent(peer, b"two".to_vec()));
}

#[test]
fn a_host_that_does_not_resolve_is_a_row_and_the_session_lives() {
    let (mut probe, local) = Probe::udp("127.0.0.1:0");
    let to = Endpoint {
        host: Host::Name("no-such-host.invalid".into()),
        port: 9,
    };
    probe
        .link
        .command(Command::send(Target::Endpoint(to), b"x".as_slice()));
    let failure = probe.until_failure();
    assert_eq!(failure.operation, Operation::Resolve);
    assert_eq!(failure.address, "no-such-host.invalid");
    assert!(matches!(failure.cause, Cause::NoSuchHost { .. }));
    let (socket, peer) = far_side();
    socket.send_to(b"alive", local).unwrap();
    probe.until_fact(&Fact::Received(peer, b"alive".to_vec()));
}

/// Only Linux has a broadcast address of the loopback interface.
#[cfg(target_os = "linux")]
#[test]
fn broadcast_is_sent_without_being_asked_twice() {
    let (mut probe, _) = Probe::udp("127.0.0.1:0");
    let (socket, peer) = bound_to("0.0.0.0:0");
    let broadcast = SocketAddr::from(([127, 255, 255, 255], peer.port()));
    probe.send(broadcast, b"to all");
    assert_eq!(receive(&socket), b"to all");
    probe.until_fact(&Fact::Sent(broadcast, b"to all".to_vec()));
}

#[cfg(unix)]
#[test]
fn a_multicast_group_is_joined_and_left() {
    use netpeer::engine::{GroupCommand, Interfaces};

    let interfaces = Interfaces::read();
    let lo = interfaces
        .index_of("lo")
        .or_else(|_| interfaces.index_of("lo0"))
        .expect("loopback");
    let (mut probe, local) = Probe::udp("0.0.0.0:0");
    let group = "239.255.77.7".parse().unwrap();
    probe.link.command(GroupCommand::Join {
        group,
        interface: lo,
    });
    probe.until_notice(|notice| matches!(notice, Notice::GroupJoined { .. }).then_some(()));

    probe.send(SocketAddr::new(group, local.port()), b"to the group");
    probe.until(|facts| {
        facts
            .iter()
            .find(|fact| matches!(fact, Fact::Received(_, bytes) if bytes == b"to the group"))
            .map(|_| ())
    });

    probe.link.command(GroupCommand::Leave {
        group,
        interface: lo,
    });
    probe.until_notice(|notice| matches!(notice, Notice::GroupLeft { .. }).then_some(()));
}

#[test]
fn a_family_the_socket_does_not_speak_is_a_row() {
    let (mut probe, _) = Probe::udp("127.0.0.1:0");
    probe.send("[::1]:9".parse().unwrap(), b"x");
    let failure = probe.until_failure();
    assert_eq!(
        (failure.operation, failure.address.as_str()),
        (Operation::Send, "[::1]:9")
    );
    assert!(matches!(failure.cause, Cause::System { .. }));
}

#[test]
fn a_taken_port_names_its_owner_and_the_next_free_one() {
    let (_first, local) = Probe::udp("127.0.0.1:0");
    let mut second = Probe::open(netpeer::engine::Setup::udp(local));
    let failure = second.until_failure();
    assert_eq!(
        (failure.operation, failure.address),
        (Operation::Bind, local.to_string())
    );
    let Cause::PortInUse { holder, free, .. } = failure.cause else {
        panic!("{:?}", failure.cause)
    };
    if cfg!(target_os = "linux") {
        assert_eq!(holder.map(|holder| holder.pid), Some(std::process::id()));
    }
    assert!(free.is_some());
    second.until_fact(&Fact::Closed);
}

#[test]
fn an_address_of_another_machine_lists_our_own() {
    let mut probe = Probe::open(netpeer::engine::Setup::udp(
        "203.0.113.1:0".parse().unwrap(),
    ));
    let Cause::NotLocal { own, .. } = probe.until_failure().cause else {
        panic!()
    };
    assert!(own.iter().any(std::net::IpAddr::is_loopback));
}

#[test]
fn a_burst_is_in_the_log_whole_and_in_order() {
    let (mut probe, local) = Probe::udp("127.0.0.1:0");
    let (socket, peer) = far_side();
    for number in 0..200_u32 {
        socket.send_to(&number.to_be_bytes(), local).unwrap();
    }
    probe.until(|facts| {
        (facts
            .iter()
            .filter(|fact| matches!(fact, Fact::Received(..)))
            .count()
            == 200)
            .then_some(())
    });
    let got: Vec<Fact> = probe
        .facts
        .iter()
        .filter(|fact| matches!(fact, Fact::Received(..)))
        .cloned()
        .collect();
    let sent: Vec<Fact> = (0..200_u32)
        .map(|number| Fact::Received(peer, number.to_be_bytes().to_vec()))
        .collect();
    assert_eq!(got, sent);
}

#[test]
fn each_datagram_to_an_unknown_host_has_its_row() {
    let (mut probe, _) = Probe::udp("127.0.0.1:0");
    let to = Endpoint {
        host: Host::Name("no-such-host.invalid".into()),
        port: 9,
    };
    for _ in 0..3 {
        probe
            .link
            .command(Command::send(Target::Endpoint(to.clone()), b"x".as_slice()));
    }
    probe.until(|facts| {
        let failed = |fact: &&Fact| matches!(fact, Fact::Notice(Notice::Failed(_)));
        (facts.iter().filter(failed).count() == 3).then_some(())
    });
}

#[test]
fn what_was_ordered_just_before_a_stop_still_goes() {
    let (mut probe, _) = Probe::udp("127.0.0.1:0");
    let (socket, peer) = far_side();
    probe.send(peer, b"last");
    probe.link.command(Command::Stop);
    probe.until_fact(&Fact::Closed);
    assert_eq!(receive(&socket), b"last");
    assert!(probe.facts.contains(&Fact::Sent(peer, b"last".to_vec())));
}

/// A batch that was not full means that nothing is left; a full one does not.
#[test]
fn bursts_of_every_length_are_read_to_the_last() {
    let (mut probe, local) = Probe::udp("127.0.0.1:0");
    let (socket, _) = far_side();
    let mut sent = 0;
    for length in (1..=8).chain([63, 64, 65, 127, 128, 129]).chain(1..=8) {
        for _ in 0..length {
            socket.send_to(b"x", local).unwrap();
        }
        sent += length;
        probe.until(|facts| {
            let received = facts
                .iter()
                .filter(|fact| matches!(fact, Fact::Received(..)));
            (received.count() == sent).then_some(())
        });
    }
}

/// The times of the kernel and of the worker are on one clock.
#[test]
fn what_is_sent_has_a_time_before_that_of_its_answer() {
    let (mut probe, _) = Probe::udp("127.0.0.1:0");
    let (far, address) = far_side();
    let echo = std::thread::spawn(move || {
        for _ in 0..500 {
            let mut buffer = [0; 16];
            let (length, from) = far.recv_from(&mut buffer).unwrap();
            far.send_to(&buffer[..length], from).unwrap();
        }
    });
    for number in 0..500_u16 {
        probe.send(address, &number.to_be_bytes());
        probe.until_fact(&Fact::Received(address, number.to_be_bytes().to_vec()));
    }
    echo.join().unwrap();
    let (sent, received) = (
        probe.times(RecordKind::Sent),
        probe.times(RecordKind::Received),
    );
    assert_eq!((sent.len(), received.len()), (500, 500));
    let early = sent
        .iter()
        .zip(&received)
        .filter(|(sent, back)| back < sent);
    assert_eq!(early.count(), 0);
}

#[test]
fn a_target_of_the_other_ip_version_is_reported_as_that() {
    let (mut probe, _) = Probe::udp("[::1]:0");
    let to: SocketAddr = "127.0.0.1:9".parse().unwrap();
    let to = Target::Endpoint(Endpoint::from(to));
    probe.link.command(Command::send(to, &b"x"[..]));
    let failure = probe.until_failure();
    let reach = match failure.cause {
        Cause::NoRoute { reach, .. } => Some(reach),
        _ => None,
    };
    assert_eq!(reach, Some(Reach::OtherVersion), "{failure:?}");
}
