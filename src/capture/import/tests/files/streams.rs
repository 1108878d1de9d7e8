//! Tests of TCP connections that another program captured.

use super::super::{Row, exported};
use super::{CaptureFormat, Own, PcapngFile, imported};
use crate::capture::CaptureContext;
use crate::capture::writer::tests::context;
use crate::traffic::{Notice, SkipReason};
use etherparse::PacketBuilder;
use std::net::SocketAddr;

/// The two ends: a client and a server.
const ENDS: [(u8, u16); 2] = [(1, 40_000), (2, 80)];

/// A segment of one of the ends; flags are letters: `S`, `F`, `R`, and `.` for an ACK.
#[derive(Clone, Copy)]
struct Tcp<'a> {
    of_server: bool,
    flags: &'a str,
    sequence: u32,
    acknowledged: u32,
    bytes: &'a [u8],
}

const NONE: Tcp<'static> = Tcp {
    of_server: false,
    flags: ".",
    sequence: 0,
    acknowledged: 0,
    bytes: b"",
};

fn client<'a>(flags: &'a str, sequence: u32, acknowledged: u32, text: &'a str) -> Tcp<'a> {
    Tcp {
        flags,
        sequence,
        acknowledged,
        bytes: text.as_bytes(),
        ..NONE
    }
}

fn server<'a>(flags: &'a str, sequence: u32, acknowledged: u32, text: &'a str) -> Tcp<'a> {
    Tcp {
        of_server: true,
        ..client(flags, sequence, acknowledged, text)
    }
}

impl Tcp<'_> {
    fn packet(self, v6: bool) -> Vec<u8> {
        let [client, server] = ENDS;
        let ((source, from), (destination, to)) = match self.of_server {
            true => (server, client),
            false => (client, server),
        };
        let ip = match v6 {
            true => PacketBuilder::ipv6([source; 16], [destination; 16], 64),
            false => PacketBuilder::ipv4([10, 0, 0, source], [10, 0, 0, destination], 64),
        };
        let mut tcp = ip.tcp(from, to, self.sequence, 64);
        for flag in self.flags.chars() {
            tcp = match flag {
                'S' => tcp.syn(),
                'F' => tcp.fin(),
                'R' => tcp.rst(),
                _ => tcp.ack(self.acknowledged),
            };
        }
        let mut packet = Vec::new();
        tcp.write(&mut packet, self.bytes).unwrap();
        packet
    }
}

/// A pcapng capture of raw IP packets, one a microsecond.
fn pcapng(segments: &[Tcp<'_>], v6: bool) -> Vec<u8> {
    let mut file = PcapngFile::new(v6);
    file.interface(101, &[]);
    for (time, segment) in (1..).zip(segments) {
        file.packet(0, time, &segment.packet(v6));
    }
    file.bytes
}

/// The same in the format of tcpdump, as Ethernet frames cut to `snap` bytes of the packet.
fn pcap(segments: &[Tcp<'_>], v6: bool, snap: usize) -> Vec<u8> {
    let mut numbers = vec![0xA1B2_C3D4_u32, 0x0004_0002, 0, 0, 65_535, 1];
    let mut bytes = Vec::new();
    let kind: [u8; 2] = if v6 { [0x86, 0xDD] } else { [8, 0] };
    for (time, segment) in (1..).zip(segments) {
        let packet = [&[2; 12][..], &kind, &segment.packet(v6)].concat();
        let there = packet.len().min(snap + 14);
        numbers.extend([0, time, there as u32, packet.len() as u32]);
        bytes.extend(numbers.drain(..).flat_map(u32::to_le_bytes));
        bytes.extend(&packet[..there]);
    }
    bytes
}

/// Rows as text: `>` received and `<` sent bytes, `+` opened, `)` the peer's and `(` our end,
/// `!` a reset, and `?` with the number of bytes that were not captured.
fn shown(rows: &[Row]) -> Vec<String> {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let rows = rows.iter().map(|(_, own, arrival)| match own {
        Own::Received(_, bytes) | Own::Sent(_, bytes) if arrival.truncated => {
            format!("{} of {:?}", text(bytes), arrival.whole)
        }
        Own::Received(_, bytes) => format!(">{}", text(bytes)),
        Own::Sent(_, bytes) => format!("<{}", text(bytes)),
        Own::Notice(Notice::Joined { .. } | Notice::Connected { .. }) => "+".into(),
        Own::Notice(Notice::PeerFinished { .. }) => ")".into(),
        Own::Notice(Notice::WriteClosed { .. } | Notice::Closed { .. }) => "(".into(),
        Own::Notice(Notice::PeerReset { .. } | Notice::Reset { .. }) => "!".into(),
        Own::Notice(Notice::NotCaptured { inward, bytes, .. }) => {
            format!("?{}{bytes}", if *inward { '>' } else { '<' })
        }
        Own::Notice(other) => format!("{other:?}"),
    });
    rows.collect()
}

/// Checks the rows, and the number of retransmissions, in both formats and IP versions.
fn check(segments: &[Tcp<'_>], expected: &[&str], again: u64) {
    for v6 in [false, true] {
        for file in [pcapng(segments, v6), pcap(segments, v6, 65_535)] {
            let (rows, result) = imported(&file);
            assert_eq!(shown(&rows), expected, "{v6}");
            let summary = result.unwrap();
            let skipped = (again > 0).then_some((SkipReason::Retransmitted, again));
            assert_eq!(summary.skipped, Vec::from_iter(skipped), "{v6}");
            assert_eq!(summary.records, rows.len() as u64, "{v6}");
        }
    }
}

/// A handshake; both first numbers are 99.
const OPENING: [Tcp<'static>; 3] = [
    Tcp {
        flags: "S",
        sequence: 99,
        ..NONE
    },
    Tcp {
        of_server: true,
        flags: "S.",
        sequence: 99,
        acknowledged: 100,
        ..NONE
    },
    Tcp {
        sequence: 100,
        acknowledged: 100,
        ..NONE
    },
];

fn opened<'a>(rest: &[Tcp<'a>]) -> Vec<Tcp<'a>> {
    [&OPENING[..], rest].concat()
}

#[test]
fn each_byte_is_in_one_row_and_the_rows_are_in_the_order_of_the_stream() {
    let segments = opened(&[
        OPENING[1],
        client(".", 100, 100, "one "),
        client(".", 100, 100, "one "),
        client(".", 108, 100, "three"),
        client("F.", 113, 100, ""),
        server(".", 100, 104, "answer"),
        client(".", 104, 100, "two "),
        client(".", 102, 100, "e two thr"),
        server(".", 106, 114, ""),
        server("F.", 106, 114, ""),
        server("F.", 106, 114, ""),
        client(".", 114, 107, ""),
    ]);
    let rows = ["+", ">one ", "<answer", ">two ", ">three", ")", "("];
    check(&segments, &rows, 4);
}

#[test]
fn the_time_of_a_row_is_when_all_before_it_was_there() {
    let segments = opened(&[client(".", 102, 100, "b"), client(".", 100, 100, "aa")]);
    let (rows, _) = imported(&pcapng(&segments, false));
    let times: Vec<i64> = rows.iter().map(|row| row.0).collect();
    assert_eq!(times, [2, 5, 5]);
}

#[test]
fn bytes_that_were_not_captured_are_a_row_with_their_number() {
    // The acknowledgement shows that the server has them.
    let segments = opened(&[
        client(".", 100, 100, "a"),
        client(".", 111, 100, "b"),
        server(".", 100, 112, "c"),
        server(".", 103, 112, "d"),
    ]);
    let rows = ["+", ">a", "?>10", ">b", "<c", "?<2", "<d"];
    check(&segments, &rows, 0);
    // All of an answer.
    let segments = opened(&[
        client(".", 100, 100, "ask"),
        server(".", 100, 103, ""),
        client(".", 103, 150, ""),
    ]);
    check(&segments, &["+", ">ask", "?<50"], 0);
    // Of an answer with its FIN.
    let segments = opened(&[client(".", 100, 100, "ask"), client("F.", 103, 151, "")]);
    check(&segments, &["+", ">ask", ")", "?<50"], 0);
}

#[test]
fn keep_alive_probes_are_no_rows() {
    let segments = opened(&[
        client(".", 100, 100, "a"),
        server(".", 100, 101, ""),
        client(".", 100, 100, "\0"),
        server(".", 100, 101, ""),
        client(".", 100, 100, ""),
        client(".", 101, 100, "b"),
    ]);
    check(&segments, &["+", ">a", ">b"], 0);
}

#[test]
fn numbers_wrap_around_and_a_capture_may_begin_in_the_middle() {
    let segments = [
        client(".", u32::MAX - 1, 7, "abc"),
        client(".", 4, 7, "fg"),
        client(".", 1, 7, "cde"),
        client(".", u32::MAX - 1, 7, "abc"),
        server(".", 7, 6, "x"),
    ];
    let rows = [">abc", ">cde", ">fg", "<x"];
    check(&segments, &rows, 1);
}

#[test]
fn the_same_ports_with_another_syn_are_another_connection() {
    let segments = [
        &opened(&[client(".", 100, 100, "a"), client(".", 103, 100, "b")])[..],
        &[
            client("S", 50, 0, ""),
            server("S.", 7, 51, ""),
            client(".", 51, 8, "c"),
            server("R.", 8, 52, ""),
            server("R.", 8, 52, ""),
        ],
    ]
    .concat();
    let rows = ["+", ">a", "?>2", ">b", "+", ">c", "!"];
    check(&segments, &rows, 0);
}

#[test]
fn every_segment_to_a_socket_that_is_gone_is_reset_and_the_connection_once() {
    let segments = [
        client(".", 100, 7, "a"),
        client(".", 101, 7, "b"),
        server("R", 7, 0, ""),
        server("R", 7, 0, ""),
        client("S", 300, 0, ""),
        server("R.", 0, 301, ""),
    ];
    check(&segments, &[">a", ">b", "!", "!"], 0);
}

#[test]
fn a_tail_that_was_not_captured_is_said_in_its_row() {
    let segments = opened(&[
        client(".", 100, 100, "0123456789"),
        client(".", 100, 100, "0123456789"),
        client(".", 105, 100, "56789abc"),
    ]);
    let (rows, result) = imported(&pcap(&segments, false, 40 + 7));
    assert_eq!(shown(&rows), ["+", "0123456 of Some(10)", "ab of Some(3)"]);
    assert_eq!(result.unwrap().skipped, [(SkipReason::Retransmitted, 1)]);
}

#[test]
fn a_file_that_ends_in_the_middle_gives_what_waited() {
    let segments = opened(&[client(".", 102, 100, "b"), client(".", 103, 100, "c")]);
    for file in [pcapng(&segments, false), pcap(&segments, false, 65_535)] {
        let (rows, result) = imported(&file[..file.len() - 1]);
        assert_eq!(shown(&rows), ["+", "?>2", ">b"]);
        assert!(result.is_err());
    }
}

#[test]
fn what_waits_does_not_fill_the_memory() {
    let long = "x".repeat(60_000);
    let mut segments = opened(&[]);
    for number in 0..300 {
        segments.push(client(".", 101 + 60_000 * number, 100, &long));
    }
    let (rows, _) = imported(&pcapng(&segments, false));
    assert_eq!(shown(&rows[..2]), ["+", "?>1"]);
    assert_eq!(rows.len(), 302);
    let times: Vec<i64> = rows.iter().map(|row| row.0).collect();
    assert_eq!(times[..4], [2, 4, 4, 5]);
    assert!(times.is_sorted());
}

/// A capture of this program marks the packets of a record and the bytes that were not captured.
#[test]
fn a_conversion_is_read_as_it_was_written() {
    let segments = opened(&[
        client(".", 100, 100, "a"),
        client(".", 111, 100, "b"),
        server(".", 100, 112, "c"),
        server("R.", 101, 112, ""),
    ]);
    let (rows, _) = imported(&pcap(&segments, false, 65_535));
    let local: SocketAddr = ([10, 0, 0, ENDS[1].0], ENDS[1].1).into();
    let context = || CaptureContext {
        local: Some(local.into()),
        is_stream: true,
        ..context()
    };
    let written = exported(CaptureFormat::Pcapng, context(), &rows);
    assert_eq!(imported(&written).0, rows);
    // Two of them in one file, and the second without its beginning.
    let both = [
        written.clone(),
        exported(CaptureFormat::Pcapng, context(), &rows[1..]),
    ]
    .concat();
    let expected = [&rows[..], &rows[1..]].concat();
    assert_eq!(imported(&both).0, expected);
}
