//! Datagrams of a load as packets of their own, or as segments of larger ones (UDP_SEGMENT).
#![cfg(target_os = "linux")]

use super::front_end::FrontEnd;
use super::probe::DEADLINE;
use netpeer::automation::Load;
use netpeer::engine::{FloodRequest, SenderCommand, Target};
use nix::sys::socket::{setsockopt, sockopt};
use std::net::UdpSocket;

/// As many as a receive buffer of the usual size holds.
const COUNT: u64 = 200;
const SIZE: usize = 64;

/// Sends a load at this rate and returns the number of packets that arrive.
fn packets(rate: Option<f64>) -> u64 {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    // The segments of a packet are read together.
    setsockopt(&socket, sockopt::UdpGroSegment, &true).unwrap();
    socket.set_read_timeout(Some(DEADLINE)).unwrap();
    let (front_end, _) = FrontEnd::udp();
    front_end.link.command(SenderCommand::Flood(FloodRequest {
        to: Target::Endpoint(socket.local_addr().unwrap().into()),
        load: Load {
            rate,
            count: Some(COUNT),
        },
        size: SIZE,
        flow: Some(0xA1),
    }));
    let (mut packets, mut bytes, mut buffer) = (0, 0, vec![0; 1 << 16]);
    while bytes < COUNT as usize * SIZE {
        bytes += socket.recv(&mut buffer).unwrap();
        packets += 1;
    }
    packets
}

#[test]
fn a_load_of_up_to_50_000_a_second_is_sent_packet_by_packet() {
    for rate in [1_000.0, 50_000.0] {
        assert_eq!(packets(Some(rate)), COUNT, "{rate}");
    }
}

#[test]
fn a_load_without_a_rate_shares_packets() {
    assert!(packets(None) < COUNT / 4);
}
