//! What was exported comes back as it was, and damage is told.

use super::*;
use crate::traffic::export::{About, Format, Writer};
use crate::traffic::{Arrival, Body, Chunk, ChunkBuilder, Notice};
use proptest::prelude::*;
use std::net::SocketAddr;
use std::sync::Arc;

const TIME: i64 = 1_795_442_611_552_318;

fn address(text: &str) -> SocketAddr {
    text.parse().unwrap()
}

fn about(local: &str, tcp: bool) -> About {
    About {
        local: Some(address(local)),
        tcp,
        zone: jiff::tz::TimeZone::UTC,
        describe: Arc::new(|notice| format!("{notice:?}")),
    }
}

fn exported(format: Format, about: About, chunk: &Chunk) -> Vec<u8> {
    let mut writer = Writer::new(format, about, Vec::new()).unwrap();
    for at in 0..chunk.len() {
        writer.write(at as u64, &chunk.get(at).unwrap()).unwrap();
    }
    writer.finish().unwrap()
}

/// Records as they are told apart: time, what, whom, and which bytes.
type Told = (i64, String, Option<SocketAddr>, Vec<u8>);

fn told(record: &Record<'_>) -> Told {
    let kind = format!("{:?}", record.kind());
    (record.time, kind, record.peer(), record.bytes().to_vec())
}

fn payloads(chunk: &Chunk) -> Vec<Told> {
    let records = (0..chunk.len()).filter_map(|at| chunk.get(at));
    let payloads = records.filter(|record| !matches!(record.body, Body::Notice(_)));
    payloads.map(|record| told(&record)).collect()
}

fn imported(bytes: &[u8]) -> (Vec<Told>, Result<Summary, ImportError>) {
    let mut records = Vec::new();
    let result = read(bytes, &mut |record| {
        records.push(told(&record));
        ControlFlow::Continue(())
    });
    (records, result)
}

fn imported_payloads(bytes: &[u8]) -> Vec<Told> {
    let (mut records, result) = imported(bytes);
    result.unwrap();
    records.retain(|(_, kind, ..)| kind == "Received" || kind == "Sent");
    records
}

#[derive(Clone, Debug)]
struct Payload {
    later: u16,
    sent: bool,
    peer: u8,
    bytes: Vec<u8>,
}

fn some_payloads() -> impl Strategy<Value = Vec<Payload>> {
    let bytes = prop_oneof![
        prop::collection::vec(any::<u8>(), 0..40),
        "[ -~你好]{1,30}".prop_map(String::into_bytes),
    ];
    let payload = (any::<u16>(), any::<bool>(), 0_u8..3, bytes);
    let payload = payload.prop_map(|(later, sent, peer, bytes)| Payload {
        later,
        sent,
        peer,
        bytes,
    });
    prop::collection::vec(payload, 1..20)
}

fn chunk_of(payloads: &[Payload], ip: &str, tcp: bool) -> Chunk {
    let mut chunk = ChunkBuilder::default();
    let peer = |number: u8| address(&format!("{ip}:{}", 1000 + u16::from(number)));
    let mut time = TIME;
    if tcp {
        chunk.notice(time, Notice::Joined { peer: peer(0) });
    }
    for payload in payloads {
        time += i64::from(payload.later);
        let bytes = &payload.bytes;
        // TCP has no empty reads.
        if tcp && bytes.is_empty() {
            continue;
        }
        match payload.sent {
            true => chunk.sent(time, peer(payload.peer), bytes),
            false => chunk.received(time, peer(payload.peer), bytes, Arrival::default()),
        }
    }
    if tcp {
        chunk.notice(time, Notice::PeerFinished { peer: peer(0) });
        chunk.notice(
            time,
            Notice::Closed {
                peer: peer(0),
                unsent: 0,
            },
        );
    }
    chunk.finish()
}

proptest! {
    #[test]
    fn pcapng_comes_back_byte_for_byte_and_at_the_same_time(payloads_in in some_payloads()) {
        let cases = [
            ("10.0.0.7", "10.0.0.1:8080", false),
            ("[fe80::7]", "[fe80::1]:8080", false),
            ("127.0.0.1", "0.0.0.0:8080", false),
            ("10.0.0.7", "10.0.0.1:8080", true),
            ("[::1]", "[::]:8080", true),
        ];
        for (peer, local, tcp) in cases {
            let chunk = chunk_of(&payloads_in, peer, tcp);
            let bytes = exported(Format::Pcapng, about(local, tcp), &chunk);
            prop_assert_eq!(imported_payloads(&bytes), payloads(&chunk), "{} {}", peer, tcp);
        }
    }

    #[test]
    fn json_lines_come_back_record_for_record(payloads_in in some_payloads()) {
        for tcp in [false, true] {
            let chunk = chunk_of(&payloads_in, "10.0.0.7", tcp);
            let bytes = exported(Format::JsonLines, about("10.0.0.1:8080", tcp), &chunk);
            let mut at = 0;
            read(&bytes[..], &mut |record| {
                assert_eq!(Some(record), chunk.get(at));
                at += 1;
                ControlFlow::Continue(())
            })
            .unwrap();
            prop_assert_eq!(at, chunk.len());
        }
    }

    #[test]
    fn damage_is_an_error_or_nothing_but_never_a_panic(payloads_in in some_payloads(), at: usize, flip: u8, cut: usize) {
        for format in [Format::Pcapng, Format::JsonLines] {
            let chunk = chunk_of(&payloads_in, "10.0.0.7", true);
            let mut bytes = exported(format, about("10.0.0.1:80", true), &chunk);
            let cut = cut % (bytes.len() + 1);
            let _ = imported(&bytes[..cut]);
            let at = at % bytes.len();
            bytes[at] ^= flip;
            let _ = imported(&bytes);
        }
    }

    #[test]
    fn noise_is_an_error(bytes: Vec<u8>) {
        let _ = imported(&bytes);
        let mut section = vec![0x0A, 0x0D, 0x0D, 0x0A];
        section.extend(bytes);
        let _ = imported(&section);
    }
}

#[test]
fn a_read_longer_than_a_packet_comes_back_as_one() {
    let mut chunk = ChunkBuilder::default();
    let long: Vec<u8> = (0..200_000_u32).map(|number| (number / 7) as u8).collect();
    let peer = address("127.0.0.1:9");
    chunk.received(TIME, peer, &long, Arrival::default());
    chunk.sent(TIME + 1, peer, &long[..70_000]);
    let chunk = chunk.finish();
    let bytes = exported(Format::Pcapng, about("127.0.0.1:80", true), &chunk);
    assert!(imported_payloads(&bytes) == payloads(&chunk));
}

#[test]
fn the_longest_datagrams_fit() {
    for (peer, local, length) in [
        ("127.0.0.1:9", "127.0.0.1:80", 65_507),
        ("[::1]:9", "[::1]:80", 65_527),
    ] {
        let mut chunk = ChunkBuilder::default();
        let bytes = vec![7; length];
        chunk.received(TIME, address(peer), &bytes, Arrival::default());
        let chunk = chunk.finish();
        let bytes = exported(Format::Pcapng, about(local, false), &chunk);
        assert!(imported_payloads(&bytes) == payloads(&chunk), "{peer}");
    }
}

#[test]
fn what_is_cut_says_where_and_gives_what_came_before() {
    let payload = Payload {
        later: 0,
        sent: false,
        peer: 0,
        bytes: b"hello".to_vec(),
    };
    let chunk = chunk_of(&[payload.clone(), payload], "10.0.0.7", false);
    let bytes = exported(Format::Pcapng, about("10.0.0.1:80", false), &chunk);
    let (records, result) = imported(&bytes[..bytes.len() - 3]);
    let error = result.unwrap_err();
    assert_eq!(records.len(), 1);
    assert!(matches!(error.problem, Problem::File(FileProblem::Cut)));
    assert!(matches!(error.place, Place::Byte(byte) if byte > 60));

    let bytes = exported(Format::JsonLines, about("10.0.0.1:80", false), &chunk);
    let (records, result) = imported(&bytes[..bytes.len() - 3]);
    let error = result.unwrap_err();
    assert_eq!((records.len(), error.place), (1, Place::Line(2)));
    assert!(matches!(error.problem, Problem::File(FileProblem::Cut)));
}

#[test]
fn what_is_no_capture_says_what_it_is() {
    let problem = |bytes: &[u8]| imported(bytes).1.unwrap_err().problem;
    assert!(matches!(problem(b""), Problem::File(FileProblem::Empty)));
    assert!(matches!(
        problem(b"PNG\0"),
        Problem::File(FileProblem::Unknown)
    ));
    assert!(matches!(
        problem(&[0xD4, 0xC3, 0xB2, 0xA1, 2, 0]),
        Problem::File(FileProblem::OldPcap)
    ));
    assert!(matches!(
        problem(b"{\"time\":7}\n"),
        Problem::File(FileProblem::Corrupt(_))
    ));
    assert!(matches!(
        problem(b"\n\n[]\n"),
        Problem::File(FileProblem::Corrupt(_))
    ));
}

#[test]
fn an_absurd_length_is_refused_before_any_memory_is_taken() {
    let chunk = chunk_of(&[], "10.0.0.7", false);
    let mut bytes = exported(Format::Pcapng, about("10.0.0.1:80", false), &chunk);
    let place = bytes.len() as u64;
    bytes.extend([6, 0, 0, 0, 0xFC, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0]);
    let error = imported(&bytes).1.unwrap_err();
    assert_eq!(error.place, Place::Byte(place));
    assert!(matches!(
        error.problem,
        Problem::File(FileProblem::TooLong(0xFFFF_FFFC))
    ));
}

#[test]
fn a_file_of_the_other_endianness_in_nanoseconds_is_read() {
    use pcap_file::DataLink;
    use pcap_file::pcapng::blocks::enhanced_packet::EnhancedPacketBlock;
    use pcap_file::pcapng::blocks::interface_description::{
        InterfaceDescriptionBlock, InterfaceDescriptionOption,
    };
    use pcap_file::pcapng::{PcapNgBlock as _, PcapNgWriter};
    let mut packets = Vec::new();
    let builder = |from: [u8; 4], to: [u8; 4], ports: (u16, u16), payload: &[u8]| {
        let mut packet = Vec::new();
        etherparse::PacketBuilder::ethernet2([1; 6], [2; 6])
            .ipv4(from, to, 20)
            .udp(ports.0, ports.1)
            .write(&mut packet, payload)
            .unwrap();
        packet
    };
    packets.push(builder([10, 0, 0, 7], [10, 0, 0, 1], (1000, 80), b"ask"));
    packets.push(builder([10, 0, 0, 1], [10, 0, 0, 7], (80, 1000), b"answer"));
    packets.push(vec![0; 60]);
    let mut writer = PcapNgWriter::with_endianness(Vec::new(), pcap_file::Endianness::Big).unwrap();
    let interface = InterfaceDescriptionBlock {
        linktype: DataLink::ETHERNET,
        snaplen: 0,
        options: vec![InterfaceDescriptionOption::IfTsResol(9)],
    };
    writer.write_block(&interface.into_block()).unwrap();
    for packet in &packets {
        let block = EnhancedPacketBlock {
            interface_id: 0,
            timestamp: std::time::Duration::from_nanos(TIME as u64 * 1_000),
            original_len: packet.len() as u32,
            data: packet.into(),
            options: vec![],
        };
        writer.write_block(&block.into_block()).unwrap();
    }
    let (records, result) = imported(&writer.into_inner());
    let peer = Some(address("10.0.0.7:1000"));
    let expected = [
        (TIME, "Received".to_owned(), peer, b"ask".to_vec()),
        (TIME, "Sent".to_owned(), peer, b"answer".to_vec()),
    ];
    assert_eq!(records, expected);
    let summary = Summary {
        records: 2,
        skipped: 1,
    };
    assert_eq!(result.unwrap(), summary);
}
