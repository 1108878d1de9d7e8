//! Tests with captures as other programs write them.

use super::{Own, error, imported};
use crate::capture::CaptureFormat;
use crate::capture::import::{ImportPosition, ImportProblem};
use crate::traffic::{Arrival, SkipReason};
use etherparse::PacketBuilder;
use pcapng_file::PcapngFile;
use std::net::IpAddr;

mod compressed;
mod fragments;
mod pcapng_file;
mod streams;

fn udp(from: (u8, u16), to: (u8, u16), bytes: &[u8]) -> Vec<u8> {
    let mut packet = Vec::new();
    PacketBuilder::ipv4([10, 0, 0, from.0], [10, 0, 0, to.0], 64)
        .udp(from.1, to.1)
        .write(&mut packet, bytes)
        .unwrap();
    packet
}

fn datagram(time: i64, from: (u8, u16), to: u8, bytes: &[u8]) -> super::Row {
    let arrival = Arrival {
        destination: Some((IpAddr::from([10, 0, 0, to]), 0).into()),
        ..Arrival::default()
    };
    let peer = ([10, 0, 0, from.0], from.1).into();
    (time, Own::Received(peer, bytes.to_vec()), arrival)
}

#[test]
fn the_destination_of_the_first_packet_is_our_side() {
    let mut file = PcapngFile::new(false);
    file.interface(101, &[]);
    file.packet(0, 1, &udp((1, 5), (2, 7), b"ask"));
    file.packet(0, 2, &udp((2, 7), (1, 5), b"answer"));
    file.packet(0, 3, &udp((3, 5), (9, 7), b"elsewhere"));
    file.packet(0, 4, &udp((3, 5), (2, 8), b"other port"));
    let (rows, result) = imported(&file.bytes);
    let answer = Own::Sent(([10, 0, 0, 1], 5).into(), b"answer".to_vec());
    let expected = [
        datagram(1, (1, 5), 2, b"ask"),
        (2, answer, Arrival::default()),
        datagram(3, (3, 5), 9, b"elsewhere"),
        datagram(4, (3, 5), 2, b"other port"),
    ];
    assert_eq!(rows, expected);
    assert_eq!(result.unwrap().local, Some(([10, 0, 0, 2], 7).into()));
}

#[test]
fn on_loopback_ports_distinguish_the_sides() {
    let mut file = PcapngFile::new(false);
    file.interface(101, &[]);
    file.packet(0, 1, &udp((1, 5), (1, 7), b"ask"));
    file.packet(0, 2, &udp((1, 7), (1, 5), b"answer"));
    // Neither port is the one seen first.
    file.packet(0, 3, &udp((1, 6), (1, 8), b"ask"));
    file.packet(0, 4, &udp((1, 8), (1, 6), b"answer"));
    file.packet(0, 5, &udp((1, 6), (1, 8), b"ask"));
    let (rows, _) = imported(&file.bytes);
    let inward = rows.iter().map(|row| matches!(row.1, Own::Received(..)));
    assert_eq!(inward.collect::<Vec<_>>(), [true, false, true, false, true]);
}

#[test]
fn sections_interfaces_and_resolutions_may_differ() {
    let mut file = PcapngFile::new(true);
    let offset = 100_i64.to_be_bytes();
    file.interface(101, &[(9, &[9]), (14, &offset)]);
    file.interface(228, &[(9, &[0x80 | 1])]);
    let packet = udp((1, 5), (2, 7), b"x");
    file.packet(0, 5_000_001_999, &packet);
    file.packet(1, 3, &packet);
    file.big = false;
    file.section();
    file.interface(101, &[]);
    file.packet(0, 7, &packet);
    let times: Vec<_> = imported(&file.bytes).0.iter().map(|row| row.0).collect();
    assert_eq!(times, [105_000_001, 1_500_000, 7]);
    file.packet(1, 8, &packet);
    assert_eq!(error(&file.bytes).1, ImportProblem::Corrupt);
}

#[test]
fn every_link_gives_the_same_record() {
    let packet = udp((1, 5), (2, 7), b"x");
    let ethernet = [&[2; 12][..], &[8, 0]].concat();
    let vlan = [&[2; 12][..], &[0x81, 0, 0, 5, 8, 0]].concat();
    let sll = [&[0; 14][..], &[8, 0]].concat();
    let sll2 = [&[8, 0][..], &[0; 18]].concat();
    let heads: [(u16, &[u8]); 8] = [
        (101, &[]),
        (228, &[]),
        (1, &ethernet),
        (1, &vlan),
        (0, &[2, 0, 0, 0]),
        (108, &[0, 0, 0, 2]),
        (113, &sll),
        (276, &sll2),
    ];
    for (link, head) in heads {
        let mut file = PcapngFile::new(false);
        file.interface(link, &[]);
        // Ethernet pads short packets.
        file.packet(0, 1, &[head, &packet, &[0; 9]].concat());
        let (rows, _) = imported(&file.bytes);
        assert_eq!(rows, [datagram(1, (1, 5), 2, b"x")], "{link}");
    }
}

#[test]
fn linux_says_which_packets_it_sent() {
    let heads = [
        (113, 1, [&[0, 4][..], &[0; 12], &[8, 0]].concat()),
        (276, 10, [&[8, 0][..], &[0; 8], &[4], &[0; 9]].concat()),
    ];
    for (link, place, head) in heads {
        let mut received = head.clone();
        received[place] = 0;
        let mut file = PcapngFile::new(false);
        file.interface(link, &[]);
        let (ask, answer) = (udp((1, 5), (2, 7), b"ask"), udp((2, 7), (1, 5), b"answer"));
        file.packet(0, 1, &[head, ask].concat());
        file.packet(0, 2, &[received, answer].concat());
        let (rows, result) = imported(&file.bytes);
        let inward = rows.iter().map(|row| matches!(row.1, Own::Received(..)));
        assert_eq!(inward.collect::<Vec<_>>(), [false, true], "{link}");
        assert_eq!(result.unwrap().local, Some(([10, 0, 0, 1], 5).into()));
    }
}

#[test]
fn what_is_no_record_is_counted() {
    let mut fragment = udp((1, 5), (2, 7), b"xxxxxxxx");
    fragment[6] = 0x20;
    let mut icmp = Vec::new();
    PacketBuilder::ipv4([1; 4], [2; 4], 9)
        .icmpv4_echo_request(1, 2)
        .write(&mut icmp, b"ping")
        .unwrap();
    let mut file = PcapngFile::new(false);
    file.interface(101, &[]);
    file.interface(999, &[]);
    for (interface, packet) in [(0, &fragment), (0, &icmp), (0, &vec![]), (1, &icmp)] {
        file.packet(interface, 1, packet);
    }
    let (rows, result) = imported(&file.bytes);
    let skipped = vec![
        (SkipReason::Icmp, 1),
        (SkipReason::Cut, 1),
        (SkipReason::Link(999), 1),
        (SkipReason::Fragment, 1),
    ];
    assert_eq!((rows, result.unwrap().skipped), (vec![], skipped));
}

#[test]
fn each_conversation_has_its_own_direction() {
    let mut file = PcapngFile::new(false);
    file.interface(101, &[]);
    // The later flows share no address with the first.
    file.packet(0, 1, &udp((1, 5), (2, 7), b"ask"));
    for time in [2, 4] {
        file.packet(0, time, &udp((3, 5), (4, 7), b"ask"));
        file.packet(0, time + 1, &udp((4, 7), (3, 5), b"answer"));
    }
    // A reply whose request came before the capture: the server is known by now.
    file.packet(0, 6, &udp((4, 7), (8, 9), b"answer"));
    let (rows, _) = imported(&file.bytes);
    let inward = rows.iter().map(|row| matches!(row.1, Own::Received(..)));
    let expected = [true, true, false, true, false, false];
    assert_eq!(inward.collect::<Vec<_>>(), expected);
}

#[test]
fn a_truncated_packet_gives_its_original_length_in_either_direction() {
    let ask = udp((1, 5), (2, 7), &[b'a'; 1_000]);
    let answer = udp((2, 7), (1, 5), &[b'b'; 900]);
    let mut bytes: Vec<u8> = [0xA1B2_C3D4_u32, 0x0004_0002, 0, 0, 65_535, 101]
        .iter()
        .flat_map(|number| number.to_le_bytes())
        .collect();
    for packet in [&ask, &answer] {
        for number in [3, 7, 58, packet.len() as u32] {
            bytes.extend(number.to_le_bytes());
        }
        bytes.extend(&packet[..58]);
    }
    let (rows, _) = imported(&bytes);
    let reported = rows.iter().map(|row| match &row.1 {
        Own::Received(_, bytes) | Own::Sent(_, bytes) => (bytes.len(), row.2.whole),
        Own::Notice(_) => (0, None),
    });
    let expected = [(30, Some(1_000)), (30, Some(900))];
    assert_eq!(reported.collect::<Vec<_>>(), expected);
    assert!(rows.iter().all(|row| row.2.truncated));
}

/// A capture of one Ethernet frame, padded to the minimum of 60 bytes, of which `count` bytes
/// were captured.
fn frame(packet: &[u8], count: usize) -> Vec<u8> {
    let mut frame = [&[2; 12][..], &[8, 0], packet].concat();
    frame.resize(frame.len().max(60), 0);
    let mut bytes: Vec<u8> = [0xA1B2_C3D4_u32, 0x0004_0002, 0, 0, 65_535, 1]
        .iter()
        .flat_map(|number| number.to_le_bytes())
        .collect();
    for number in [3, 7, count as u32, frame.len() as u32] {
        bytes.extend(number.to_le_bytes());
    }
    bytes.extend(&frame[..count]);
    bytes
}

fn tcp(bytes: &[u8]) -> Vec<u8> {
    let mut packet = Vec::new();
    PacketBuilder::ipv4([10, 0, 0, 1], [10, 0, 0, 2], 64)
        .tcp(5, 7, 1, 64)
        .ack(1)
        .write(&mut packet, bytes)
        .unwrap();
    packet
}

#[test]
fn truncated_padding_is_no_payload_and_headers_alone_give_its_length() {
    let lengths_and_losses = |capture: &[u8]| {
        let (rows, result) = imported(capture);
        let rows = rows.iter().map(|row| match &row.1 {
            Own::Received(_, bytes) | Own::Sent(_, bytes) => (bytes.len(), row.2.whole),
            Own::Notice(_) => (0, None),
        });
        (rows.collect::<Vec<_>>(), result.unwrap().bare)
    };
    let hello = udp((1, 5), (2, 7), b"hello");
    assert_eq!(lengths_and_losses(&frame(&hello, 52)), (vec![(5, None)], 0));
    assert_eq!(
        lengths_and_losses(&frame(&hello, 44)),
        (vec![(2, Some(5))], 0)
    );
    // The part of a segment that `tcpdump -s 54` captures.
    let request = tcp(&[b'G'; 100]);
    assert_eq!(
        lengths_and_losses(&frame(&request, 54)),
        (vec![(0, Some(100))], 0)
    );
    assert_eq!(
        lengths_and_losses(&frame(&request, 60)),
        (vec![(6, Some(100))], 0)
    );
    assert_eq!(lengths_and_losses(&frame(&tcp(b""), 56)), (vec![], 1));
    // Within the options the fields before them are known.
    let mut timed = Vec::new();
    let builder = PacketBuilder::ipv4([10, 0, 0, 1], [10, 0, 0, 2], 64).tcp(5, 7, 1, 64);
    let times = etherparse::TcpOptionElement::Timestamp(1, 2);
    let builder = builder.ack(1).options(&[times]).unwrap();
    builder.write(&mut timed, &[b'G'; 100]).unwrap();
    for captured in [54, 60, 66] {
        assert_eq!(
            lengths_and_losses(&frame(&timed, captured)),
            (vec![(0, Some(100))], 0)
        );
    }
    assert_eq!(lengths_and_losses(&frame(&timed, 53)), (vec![], 0));
}

#[test]
fn damage_is_reported_with_its_byte() {
    let mut file = PcapngFile::new(false);
    file.interface(101, &[]);
    file.packet(0, 1, &udp((1, 5), (2, 7), b"x"));
    let end = file.bytes.len();
    let place = ImportPosition::Byte(end as u64);
    file.packet(0, 2, &udp((1, 5), (2, 7), b"y"));
    let damaged = |at: usize, value: u32| {
        let mut bytes = file.bytes.clone();
        bytes[at..at + 4].copy_from_slice(&value.to_le_bytes());
        let (rows, result) = imported(&bytes);
        assert_eq!(rows.len(), 1);
        let error = result.unwrap_err();
        assert_eq!(error.place, place);
        error.problem
    };
    assert_eq!(damaged(end + 4, 30), ImportProblem::Corrupt);
    assert_eq!(damaged(end + 4, 0), ImportProblem::Corrupt);
    assert_eq!(damaged(end + 4, 60 << 20), ImportProblem::Cut);
    let length = 0xFFFF_FFFC;
    assert_eq!(
        damaged(end + 4, length as u32),
        ImportProblem::TooLong { length }
    );
    assert_eq!(damaged(end + 20, 4_000), ImportProblem::Corrupt);
    assert_eq!(damaged(file.bytes.len() - 4, 8), ImportProblem::Corrupt);
    let cut = &file.bytes[..file.bytes.len() - 1];
    assert_eq!(error(cut), (place, ImportProblem::Cut));
}

#[test]
fn tcpdumps_own_files_are_read_too() {
    let packet = udp((1, 5), (2, 7), b"xy");
    // The last byte was not captured.
    let packet = &packet[..packet.len() - 1];
    let length = packet.len() as u32;
    for (magic, part) in [(0xA1B2_C3D4_u32, 7_u32), (0xA1B2_3C4D, 7_000)] {
        let head = [magic, 0x0004_0002, 0, 0, 65_535, 101];
        let record = [3, part, length, length + 1];
        let numbers = head.iter().chain(&record);
        let mut bytes: Vec<u8> = numbers.flat_map(|number| number.to_le_bytes()).collect();
        bytes.extend(packet);
        let (rows, result) = imported(&bytes);
        let mut expected = datagram(3_000_007, (1, 5), 2, b"x");
        expected.2.truncated = true;
        expected.2.whole = Some(2);
        assert_eq!(rows, [expected]);
        assert_eq!(result.unwrap().format, CaptureFormat::Pcap);
        assert_eq!(
            error(&bytes[..50]),
            (ImportPosition::Byte(24), ImportProblem::Cut)
        );
        assert_eq!(
            error(&bytes[..20]),
            (ImportPosition::Byte(0), ImportProblem::Cut)
        );
    }
}
