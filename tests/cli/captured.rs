//! TCP connections that another program captured, as `netpeer show` and `netpeer convert` read
//! them.

use super::program::run;
use super::show::text;
use etherparse::PacketBuilder;
use std::path::Path;

const SYN: u8 = 1;

/// Writes a capture of segments in the format of tcpdump. Each has its sender, the client or the
/// server, its flag, sequence and acknowledgement numbers, and payload, of which at most `snap`
/// bytes are captured.
fn capture(path: &Path, snap: usize, segments: &[(bool, u8, u32, u32, &str)]) {
    let head = [0xA1B2_C3D4_u32, 0x0004_0002, 0, 0, 65_535, 101];
    let mut bytes: Vec<u8> = head.into_iter().flat_map(u32::to_le_bytes).collect();
    for (second, (by_server, flag, sequence, acknowledged, payload)) in (1..).zip(segments) {
        let (client, server) = (([10, 0, 0, 1], 40_000), ([10, 0, 0, 2], 80));
        let (from, to) = match by_server {
            true => (server, client),
            false => (client, server),
        };
        let mut tcp = PacketBuilder::ipv4(from.0, to.0, 64).tcp(from.1, to.1, *sequence, 64);
        if *flag == SYN {
            tcp = tcp.syn();
        }
        if *acknowledged > 0 {
            tcp = tcp.ack(*acknowledged);
        }
        let mut packet = Vec::new();
        tcp.write(&mut packet, payload.as_bytes()).unwrap();
        let there = packet.len().min(40 + snap);
        let lengths = [second, 0, there as u32, packet.len() as u32];
        bytes.extend(lengths.into_iter().flat_map(u32::to_le_bytes));
        bytes.extend(&packet[..there]);
    }
    std::fs::write(path, bytes).unwrap();
}

#[test]
fn each_byte_of_a_connection_is_shown_once_and_what_is_missing_is_said() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("lossy.pcap");
    let segments = [
        (false, SYN, 9, 0, ""),
        (true, SYN, 99, 10, ""),
        (false, 0, 10, 100, "one "),
        (false, 0, 10, 100, "one "),
        (false, 0, 18, 100, "three"),
        (false, 0, 14, 100, "two "),
        (true, 0, 1_100, 23, "late"),
        (false, 0, 23, 1_104, "end"),
    ];
    capture(&file, 60, &segments);
    let shown = run(&["show", text(&file), "--totals"]);
    assert_eq!(shown.status, Some(0), "{}", shown.err);
    let payloads = ["one ", "two ", "three", "end"];
    let places: Vec<_> = payloads.iter().map(|part| shown.out.find(part)).collect();
    assert!(places.iter().all(Option::is_some), "{}", shown.out);
    assert!(places.is_sorted(), "{}", shown.out);
    assert_eq!(shown.out.matches("one ").count(), 1, "{}", shown.out);
    let missing = "1,000 sent bytes are missing here";
    assert_eq!(shown.out.matches(missing).count(), 1, "{}", shown.out);
    assert!(shown.out.find(missing) < shown.out.find("late"));
    assert!(shown.err.contains("Received 4 (16 bytes)"), "{}", shown.err);
    assert!(
        shown.err.contains("1 retransmitted by TCP"),
        "{}",
        shown.err
    );
    let bare = run(&["show", text(&file)]);
    assert_eq!((&bare.out, bare.err.as_str()), (&shown.out, ""));
    // The rows stay the same through the formats that are read.
    let (packets, lines) = (dir.path().join("a.pcapng"), dir.path().join("b.jsonl"));
    for (from, to) in [(&file, &packets), (&packets, &lines)] {
        let ended = run(&["convert", text(from), text(to)]);
        assert_eq!(ended.status, Some(0), "{}", ended.err);
        assert!(!ended.err.contains("not kept"), "{}", ended.err);
        assert_eq!(run(&["show", text(to)]).out, shown.out);
    }
}

#[test]
fn a_payload_that_was_not_captured_whole_says_so() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("short.pcap");
    let segments = [
        (false, 0, 10, 100, "0123456789"),
        (true, 0, 100, 20, "answer"),
    ];
    capture(&file, 7, &segments);
    let shown = run(&["show", text(&file)]);
    assert_eq!((shown.status, shown.err.as_str()), (Some(0), ""));
    let row = "# RECV ASCII FROM 10.0.0.1 :40000> (7 of 10 B)\n0123456\n";
    assert!(shown.out.contains(row), "{}", shown.out);
    let whole = "# SEND ASCII TO 10.0.0.1 :40000>\nanswer\n";
    assert!(shown.out.contains(whole), "{}", shown.out);
}
