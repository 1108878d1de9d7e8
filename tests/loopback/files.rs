//! Files sent by the worker.

use super::probe::{Fact, Probe};
use super::tcp::connect;
use crate::sockets::far_side;
use netpeer::engine::{
    Command, FileRequest, ReplayRequest, ReplaySelection, SenderCommand, Target,
};
use netpeer::traffic::{Cause, Failure, FilePlace, Notice};
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::time::Instant;

pub fn send(probe: &Probe, to: Target, path: &Path, block: usize, rate: Option<u64>) {
    probe.link.command(SenderCommand::SendFile(FileRequest {
        to,
        path: path.into(),
        block,
        rate,
        replay: None,
    }));
}

fn replay(probe: &Probe, to: Target, path: &Path, replay: ReplayRequest) {
    probe.link.command(SenderCommand::SendFile(FileRequest {
        to,
        path: path.into(),
        block: 1,
        rate: None,
        replay: Some(replay),
    }));
}

pub fn file(dir: &tempfile::TempDir, length: usize) -> (std::path::PathBuf, Vec<u8>) {
    let path = dir.path().join("file.bin");
    let content: Vec<u8> = (0..length).map(|at| (at * 7 + at / 251) as u8).collect();
    std::fs::write(&path, &content).unwrap();
    (path, content)
}

pub fn sent(probe: &mut Probe) -> (u64, u64) {
    probe.until_notice(|notice| match notice {
        Notice::FileSent { bytes, blocks, .. } => Some((*bytes, *blocks)),
        _ => None,
    })
}

pub fn connected() -> (Probe, TcpStream) {
    let (mut probe, local) = Probe::tcp_server(true);
    let (client, _) = connect(local);
    probe.until_notice(|notice| matches!(notice, Notice::Joined { .. }).then_some(()));
    (probe, client)
}

#[test]
fn a_file_goes_in_datagrams_of_the_size_asked_for() {
    let dir = tempfile::tempdir().unwrap();
    let (path, content) = file(&dir, 10_001);
    let (mut probe, _) = Probe::udp("127.0.0.1:0");
    let (socket, to) = far_side();
    send(&probe, Target::Peer(to.into()), &path, 1_000, None);
    let (mut got, mut buffer) = (Vec::new(), [0; 2_000]);
    for number in 0..11 {
        let count = socket.recv(&mut buffer).unwrap();
        assert_eq!(count, if number < 10 { 1_000 } else { 1 });
        got.extend_from_slice(&buffer[..count]);
    }
    assert!(got == content);
    assert_eq!(sent(&mut probe), (10_001, 11));
}

#[test]
fn a_file_that_ends_with_its_session_counts_what_the_kernel_took() {
    let dir = tempfile::tempdir().unwrap();
    let (path, _) = file(&dir, 24 << 20);
    let (mut probe, client) = connected();
    send(&probe, Target::All, &path, 64 << 10, None);
    // The peer reads nothing, so a part of the file waits.
    probe.until(|facts| {
        let waits = |fact: &Fact| matches!(fact, Fact::Unsent(peers) if !peers.is_empty());
        facts.iter().any(waits).then_some(())
    });
    probe.link.command(Command::Stop);
    probe.until_fact(&Fact::Closed);
    let taken = probe.facts.iter().map(|fact| match fact {
        Fact::Sent(_, bytes) => bytes.len() as u64,
        _ => 0,
    });
    let taken: u64 = taken.sum();
    let reported = probe.until_notice(|notice| match notice {
        Notice::FileCancelled { bytes, .. } => Some(*bytes),
        _ => None,
    });
    assert_eq!(reported, taken);
    drop(client);
}

#[test]
fn a_slow_reader_gets_all_of_a_large_file_and_memory_stays_small() {
    let dir = tempfile::tempdir().unwrap();
    let (path, content) = file(&dir, 24 << 20);
    let (mut probe, mut client) = connected();
    send(&probe, Target::All, &path, 64 << 10, None);
    // The rows are read too; otherwise the worker waits for its front end.
    let reader = std::thread::spawn(move || {
        let mut got = Vec::new();
        let mut buffer = vec![0; 256 << 10];
        while got.len() < 24 << 20 {
            let count = client.read(&mut buffer).unwrap();
            got.extend_from_slice(&buffer[..count]);
        }
        got
    });
    assert_eq!(sent(&mut probe).0, 24 << 20);
    assert!(reader.join().unwrap() == content);
    let most = probe.facts.iter().map(|fact| match fact {
        Fact::Unsent(waiting) => waiting.iter().map(|(_, bytes)| *bytes).max().unwrap_or(0),
        _ => 0,
    });
    assert!(most.max().unwrap_or(0) <= 2 << 20);
}

#[test]
fn a_peer_that_leaves_with_the_last_byte_has_the_file() {
    let dir = tempfile::tempdir().unwrap();
    for size in [1, 70_000, 1 << 20] {
        for _ in 0..8 {
            let (path, _) = file(&dir, size);
            let (mut probe, mut client) = connected();
            send(&probe, Target::All, &path, 64 << 10, None);
            let reader = std::thread::spawn(move || {
                let mut got = vec![0; size];
                client.read_exact(&mut got).unwrap();
            });
            assert_eq!(sent(&mut probe).0, size as u64);
            reader.join().unwrap();
        }
    }
}

#[test]
fn a_rate_is_kept() {
    let dir = tempfile::tempdir().unwrap();
    let (path, _) = file(&dir, 100_000);
    let (mut probe, _client) = connected();
    let began = Instant::now();
    send(&probe, Target::All, &path, 10_000, Some(200_000));
    sent(&mut probe);
    // The first block is sent at once; the other nine wait.
    let took = began.elapsed().as_secs_f64();
    assert!((0.44..3.0).contains(&took), "{took} s");
}

#[test]
fn a_rate_below_a_block_holds_from_the_beginning() {
    let dir = tempfile::tempdir().unwrap();
    let (path, _) = file(&dir, 3_000);
    let (mut probe, _client) = connected();
    send(&probe, Target::All, &path, 64 << 10, Some(10_000));
    assert_eq!(sent(&mut probe), (3_000, 3));
    // Each byte has its own time.
    let (path, _) = file(&dir, 3);
    let (mut probe, _client) = connected();
    send(&probe, Target::All, &path, 64 << 10, Some(10));
    assert_eq!(sent(&mut probe), (3, 3));
    // A datagram is not split.
    let (mut probe, _) = Probe::udp("127.0.0.1:0");
    let (_socket, to) = far_side();
    send(&probe, Target::Peer(to.into()), &path, 1_400, Some(10));
    assert_eq!(sent(&mut probe), (3, 1));
}

#[test]
fn five_sparse_gigabytes_begin_at_once_and_can_be_given_up() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("sparse");
    std::fs::File::create(&path)
        .unwrap()
        .set_len(5 << 30)
        .unwrap();
    let (mut probe, mut client) = connected();
    send(&probe, Target::All, &path, 64 << 10, None);
    client.read_exact(&mut vec![0; 1 << 20]).unwrap();
    probe.link.command(SenderCommand::EndFile);
    let (bytes, length) = probe.until_notice(|notice| match notice {
        Notice::FileCancelled { bytes, length, .. } => Some((*bytes, *length)),
        _ => None,
    });
    assert!(
        length == 5 << 30 && (1 << 20..1 << 29).contains(&bytes),
        "{bytes}"
    );
}

#[test]
fn what_cannot_be_sent_is_one_clear_row() {
    let dir = tempfile::tempdir().unwrap();
    #[cfg(unix)]
    let fifo = {
        let path = dir.path().join("pipe");
        let made = std::process::Command::new("mkfifo").arg(&path).status();
        assert!(made.unwrap().success());
        path
    };
    let cases = [
        (dir.path().join("missing"), Cause::System { code: 2 }),
        (dir.path().to_owned(), Cause::NoFile),
        #[cfg(unix)]
        (fifo, Cause::NoFile),
    ];
    for (path, cause) in cases {
        let (mut probe, _client) = connected();
        send(&probe, Target::All, &path, 100, None);
        let Failure {
            address,
            cause: said,
            ..
        } = probe.until_failure();
        assert_eq!((address, said), (path.display().to_string(), cause));
    }
}

#[test]
fn an_empty_file_says_that_it_is_empty() {
    let dir = tempfile::tempdir().unwrap();
    let (path, _) = file(&dir, 0);
    let (mut probe, _client) = connected();
    send(&probe, Target::All, &path, 100, None);
    assert_eq!(sent(&mut probe), (0, 0));
}

#[test]
fn a_file_that_shrinks_or_a_peer_that_leaves_is_reported() {
    let dir = tempfile::tempdir().unwrap();
    let (path, _) = file(&dir, 4 << 20);
    let (mut probe, _client) = connected();
    send(&probe, Target::All, &path, 1_000, Some(1 << 20));
    probe.until(|facts| {
        facts
            .iter()
            .any(|fact| matches!(fact, Fact::Sent(..)))
            .then_some(())
    });
    std::fs::OpenOptions::new()
        .write(true)
        .open(&path)
        .unwrap()
        .set_len(20_000)
        .unwrap();
    assert!(matches!(
        probe.until_failure().cause,
        Cause::Shrunk {
            length: 4_194_304,
            ..
        }
    ));

    let (mut probe, client) = connected();
    std::fs::File::create(&path)
        .unwrap()
        .write_all(&vec![1; 4 << 20])
        .unwrap();
    send(
        &probe,
        probe.target(client.local_addr().unwrap()),
        &path,
        1_000,
        Some(1 << 20),
    );
    probe.until(|facts| {
        facts
            .iter()
            .any(|fact| matches!(fact, Fact::Sent(..)))
            .then_some(())
    });
    drop(client);
    assert_eq!(probe.until_failure().cause, Cause::NotConnected);
}

#[test]
fn a_recorded_file_is_replayed_at_its_times() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("log.jsonl");
    let line = |millis: u32, kind: &str, hex: &str| {
        format!(
            r#"{{"time":"2026-11-23T14:03:31.{millis:03}Z","kind":"{kind}","peer":"10.0.0.7:1","hex":"{hex}"}}"#
        )
    };
    let lines = [
        line(0, "received", "61"),
        line(5, "sent", "78"),
        line(200, "received", "62"),
        line(400, "received", "63"),
    ];
    std::fs::write(&path, lines.join("\n") + "\n").unwrap();
    for (speed, least, which, expected) in [
        (Some(1.0), 0.399, ReplaySelection::Received, "abc"),
        (Some(4.0), 0.099, ReplaySelection::All, "axbc"),
        (None, 0.0, ReplaySelection::Sent, "x"),
    ] {
        let (mut probe, mut client) = connected();
        let began = Instant::now();
        replay(&probe, Target::All, &path, ReplayRequest { speed, which });
        let mut got = vec![0; expected.len()];
        client.read_exact(&mut got).unwrap();
        assert_eq!(got, expected.as_bytes());
        assert!(began.elapsed().as_secs_f64() >= least, "{speed:?}");
        assert_eq!(sent(&mut probe).1, expected.len() as u64);
    }
}

#[test]
fn a_file_that_is_no_recording_says_where_it_goes_wrong() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("log.jsonl");
    std::fs::write(&path, "{}\n").unwrap();
    let (mut probe, _client) = connected();
    replay(
        &probe,
        Target::All,
        &path,
        ReplayRequest {
            speed: None,
            which: ReplaySelection::All,
        },
    );
    let cause = probe.until_failure().cause;
    assert!(
        matches!(
            cause,
            Cause::BadFile {
                place: FilePlace::Line(1),
                ..
            }
        ),
        "{cause:?}"
    );
}

#[test]
fn a_replay_ends_also_where_a_payload_is_too_long_for_a_datagram() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("log.jsonl");
    let line = |length: usize| {
        let hex = "61".repeat(length);
        format!(
            r#"{{"time":"2026-11-23T14:03:31.000Z","kind":"received","peer":"10.0.0.7:1","hex":"{hex}"}}"#
        )
    };
    let mut lines = vec![line(100); 3_000];
    lines.insert(1_000, line(70_000));
    lines.push(line(70_000));
    std::fs::write(&path, lines.join("\n") + "\n").unwrap();
    let far = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    let (mut probe, _) = Probe::udp("127.0.0.1:0");
    replay(
        &probe,
        netpeer::engine::Endpoint::from(far.local_addr().unwrap()).into(),
        &path,
        ReplayRequest {
            speed: None,
            which: ReplaySelection::All,
        },
    );
    let reported = sent(&mut probe);
    let refused = probe.facts.iter().filter(|fact| {
        matches!(fact, Fact::Notice(Notice::Failed(failure)) if matches!(failure.cause, Cause::TooLong { .. }))
    });
    assert_eq!(refused.count(), 2);
    assert_eq!(reported, (300_000, 3_000), "what was refused was not sent");
}
