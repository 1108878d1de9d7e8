//! Exports as Wireshark's dissectors read them.

#[path = "tshark/code.rs"]
mod code;
#[path = "tshark/code_stream.rs"]
mod code_stream;
#[path = "tshark/described.rs"]
mod described;
#[path = "tshark/described_control.rs"]
mod described_control;
#[path = "tshark/described_iot.rs"]
mod described_iot;
#[path = "tshark/text.rs"]
mod text;

use netpeer::capture::{CaptureContext, CaptureFormat, CaptureWriter};
use netpeer::peer::Peer;
use netpeer::traffic::{Arrival, Chunk, ChunkBuilder, Destination, Notice};
use std::net::SocketAddr;
use std::process::Command;
use std::sync::Arc;

const TIME: i64 = 1_795_442_611_552_318;

fn address(text: &str) -> SocketAddr {
    text.parse().unwrap()
}

/// Runs tshark.
pub fn run(arguments: &[&str]) -> String {
    let output = Command::new("tshark").arg("-n").args(arguments).output();
    let output = output.expect("tshark, which scripts/test installs");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    String::from_utf8(output.stdout).unwrap()
}

/// The output of tshark for a chunk's export, with these additional arguments.
fn tshark(chunk: &Chunk, arguments: &[&str]) -> String {
    let context = CaptureContext {
        reader: netpeer::traffic::stream_text::StreamTextReader::default(),
        fields: None,
        session: netpeer::capture::KnownSession::default(),
        before: 0,
        local: None,
        is_stream: false,
        upstreams: netpeer::traffic::Upstreams::default(),
        zone: jiff::tz::TimeZone::UTC,
        describe: Arc::new(|_| String::new()),
    };
    let mut writer = CaptureWriter::new(CaptureFormat::Pcapng, context, Vec::new()).unwrap();
    for at in 0..chunk.len() {
        writer.write(at as u64, &chunk.get(at).unwrap()).unwrap();
    }
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("export.pcapng");
    std::fs::write(&path, writer.finish().unwrap()).unwrap();
    let file = ["-r", path.to_str().unwrap()];
    let options = [
        "ip.check_checksum:TRUE",
        "udp.check_checksum:TRUE",
        "tcp.check_checksum:TRUE",
        "gui.column.format:\"x\",\"%i\"",
    ];
    let options = options.map(|option| ["-o", option]).concat();
    run(&[&file, &options[..], arguments].concat())
}

fn fields(chunk: &Chunk, names: &[&str]) -> Vec<String> {
    let mut arguments = vec!["-T", "fields", "-E", "separator=|"];
    for name in names {
        arguments.extend(["-e", name]);
    }
    tshark(chunk, &arguments)
        .lines()
        .map(str::to_owned)
        .collect()
}

fn to(ip: &str) -> Arrival {
    Arrival {
        destination: Some(Destination {
            ip: ip.parse().unwrap(),
            interface: 1,
        }),
        ..Arrival::default()
    }
}

/// The complaints of an expert: malformed packets, wrong checksums, gaps.
fn complaints(chunk: &Chunk) -> String {
    tshark(
        chunk,
        &[
            "-Y",
            "_ws.malformed || _ws.expert.severity >= 6291456 || tcp.analysis.flags",
        ],
    )
}

#[test]
fn datagrams_have_their_ends_times_and_payloads() {
    let mut chunk = ChunkBuilder::default();
    for (local, peer, by) in [
        ("0.0.0.0:8080", "192.168.1.5:777", "192.168.1.2"),
        ("[::]:8080", "[2001:db8::5]:777", "2001:db8::2"),
    ] {
        let (local, peer) = (address(local), address(peer));
        let bound = Notice::Bound {
            local: local.into(),
            receive_buffer: 1,
            asked: 1,
        };
        chunk.notice(TIME, bound);
        chunk.received(TIME, peer, b"ask", to(by));
        chunk.sent(TIME + 1_000_001, peer, b"answer");
    }
    let chunk = chunk.finish();
    let v4 = [
        "frame.time_epoch",
        "ip.src",
        "udp.srcport",
        "ip.dst",
        "udp.dstport",
        "data.data",
        "udp.checksum.status",
        "frame.packet_flags_direction",
    ];
    let lines = fields(&chunk, &v4);
    assert_eq!(
        lines[0],
        "1795442611.552318000|192.168.1.5|777|192.168.1.2|8080|61736b|1|0x00000001"
    );
    assert_eq!(
        lines[1],
        "1795442612.552319000|192.168.1.2|8080|192.168.1.5|777|616e73776572|1|0x00000002"
    );
    let v6 = [
        "ipv6.src",
        "udp.srcport",
        "ipv6.dst",
        "udp.dstport",
        "data.data",
        "udp.checksum.status",
    ];
    let lines = fields(&chunk, &v6);
    assert_eq!(lines[2], "2001:db8::5|777|2001:db8::2|8080|61736b|1");
    assert_eq!(lines[3], "2001:db8::2|8080|2001:db8::5|777|616e73776572|1");
    assert_eq!(complaints(&chunk), "");
}

#[test]
fn a_tcp_stream_is_followed_without_a_gap() {
    let (local, peer) = (address("127.0.0.1:9000"), address("127.0.0.1:50123"));
    let mut chunk = ChunkBuilder::default();
    chunk.notice(
        TIME,
        Notice::Listening {
            local: local.into(),
        },
    );
    chunk.notice(TIME + 1, Notice::Joined { peer: peer.into() });
    chunk.received(TIME + 2, peer, b"GET /\r\n", Arrival::default());
    chunk.sent(TIME + 3, peer, b"200 OK\r\n");
    chunk.received(TIME + 4, peer, &vec![b'x'; 150_000], Arrival::default());
    chunk.notice(TIME + 5, Notice::PeerFinished { peer: peer.into() });
    chunk.notice(
        TIME + 6,
        Notice::Closed {
            peer: peer.into(),
            unsent: 0,
        },
    );
    let chunk = chunk.finish();
    assert_eq!(complaints(&chunk), "");
    let followed = tshark(&chunk, &["-q", "-z", "follow,tcp,ascii,0"]);
    assert!(
        followed.contains("Node 0: 127.0.0.1:50123\nNode 1: 127.0.0.1:9000"),
        "{followed}"
    );
    assert!(followed.contains("GET /") && followed.contains("200 OK"));
    let longs = followed.lines().map(|line| line.matches('x').count());
    assert_eq!(longs.sum::<usize>(), 150_000);
    let flags = fields(&chunk, &["tcp.flags.str"]);
    let with = |sign| flags.iter().filter(|flags| flags.contains(sign)).count();
    assert_eq!((with('S'), with('F')), (2, 2), "{flags:?}");
}

#[test]
fn unix_sockets_are_named_in_the_comments() {
    let (local, peer): (Peer, Peer) = (
        "unix:/tmp/our own.sock".parse().unwrap(),
        "unix:#1".parse().unwrap(),
    );
    let mut chunk = ChunkBuilder::default();
    chunk.notice(TIME, Notice::Listening { local });
    chunk.notice(TIME + 1, Notice::Joined { peer });
    chunk.received(TIME + 2, peer, b"ask", Arrival::default());
    chunk.notice(TIME + 3, Notice::PeerFinished { peer });
    let chunk = chunk.finish();
    assert_eq!(complaints(&chunk), "");
    let comments = fields(&chunk, &["frame.comment"]);
    assert!(comments.len() > 4, "{comments:?}");
    for comment in comments {
        let named = r"netpeer peer unix:#1 local unix:/tmp/our\20own.sock";
        assert!(comment.replace(r"\\", r"\").contains(named), "{comment}");
    }
}
