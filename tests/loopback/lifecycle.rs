//! Sessions that are stopped: at once, and with their last rows.

use super::probe::{Fact, Probe};
use netpeer::engine::Command;
use std::net::UdpSocket;

/// Windows does not tell a sender that the port is closed.
#[cfg(unix)]
#[test]
fn stop_takes_effect_at_once_even_under_load() {
    let (mut probe, local) = Probe::udp("127.0.0.1:0");
    let flood = std::thread::spawn(move || {
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        socket.connect(local).unwrap();
        // Until the closed session refuses it.
        while socket.send(&[0; 64]).is_ok() {}
    });
    probe.until(|facts| (facts.len() > 1_000).then_some(()));
    probe.link.command(Command::Stop);
    probe.until_fact(&Fact::Closed);
    flood.join().unwrap();
}

#[test]
fn stop_takes_effect_even_if_nobody_reads_the_events() {
    let (probe, local) = Probe::udp("127.0.0.1:0");
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    for _ in 0..5_000 {
        socket.send_to(&[0; 1024], local).unwrap();
    }
    probe.ends();
}

#[test]
fn a_front_end_that_pauses_still_gets_the_end() {
    // More events than the channel holds, unread while the session ends.
    let (mut probe, local) = Probe::tcp_server(true);
    probe.stall(|| drop(std::net::TcpStream::connect(local).unwrap()));
    probe.link.command(Command::Stop);
    probe.until_fact(&Fact::Closed);
    let end = netpeer::traffic::Notice::Unbound {
        local: local.into(),
        unsent: 0,
    };
    assert!(
        probe.facts.contains(&Fact::Notice(end)),
        "the last rows are there too"
    );
}
