//! Recordings that the worker writes to files.

use super::probe::{Fact, Probe};
use netpeer::capture::CaptureFormat;
use netpeer::capture::import;
use netpeer::capture::recorder::RecordingRequest;
use netpeer::engine::{Command, SessionCommand};
use netpeer::traffic::{Body, Cause, Failure, FileProblem, Notice, Operation};
use std::net::UdpSocket;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

#[cfg(target_os = "linux")]
mod full_disk;

fn order(path: &Path, format: CaptureFormat, full: Option<u64>) -> SessionCommand {
    SessionCommand::Record(Box::new(RecordingRequest {
        path: path.into(),
        open: None,
        format,
        full,
        describe: Arc::new(|notice: &Notice| format!("{notice:?}")),
        reader: netpeer::traffic::stream_text::StreamTextReader::default(),
        fields: None,
        framing: netpeer::traffic::framing::SessionFraming::default(),
    }))
}

/// Received payloads of a file.
fn payloads(path: &Path) -> Vec<Vec<u8>> {
    let mut found = Vec::new();
    let file = std::fs::File::open(path).unwrap();
    let read = import::read(file, &mut |record| {
        if let Body::Received { bytes, .. } = record.body {
            found.push(bytes.to_vec());
        }
        ControlFlow::Continue(())
    });
    // The file may not have rows yet.
    assert!(read.is_ok() || found.is_empty(), "{read:?}");
    found
}

#[test]
fn a_recording_has_every_datagram_and_follows_what_was_there() {
    for format in [CaptureFormat::Pcapng, CaptureFormat::JsonLines] {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("log");
        for round in 0..2_u32 {
            let (mut probe, local) = Probe::udp("127.0.0.1:0");
            probe.link.command(order(&path, format, None));
            probe.until_fact(&Fact::Recording(true));
            let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
            for number in 0..500_u32 {
                let payload = (round * 500 + number).to_be_bytes();
                socket.send_to(&payload, local).unwrap();
            }
            probe.until(|facts| {
                let received = |fact: &&Fact| matches!(fact, Fact::Received(..));
                (facts.iter().filter(received).count() == 500).then_some(())
            });
            probe.link.command(Command::Stop);
            probe.until_fact(&Fact::Closed);
        }
        let expected: Vec<Vec<u8>> = (0..1_000_u32).map(|n| n.to_be_bytes().to_vec()).collect();
        assert_eq!(payloads(&path), expected, "{format:?}");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = std::fs::metadata(&path).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
    }
}

/// Waits until the file has this payload and no other.
fn until_recorded(path: &Path, payload: &[u8]) {
    let deadline = Instant::now() + Duration::from_secs(10);
    while payloads(path) != [payload.to_vec()] {
        assert!(Instant::now() < deadline);
        std::thread::yield_now();
    }
}

#[test]
fn what_is_recorded_is_in_the_file_within_a_second_while_it_goes_on() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("log.jsonl");
    let (mut probe, local) = Probe::udp("127.0.0.1:0");
    probe
        .link
        .command(order(&path, CaptureFormat::JsonLines, None));
    probe.until_fact(&Fact::Recording(true));
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    socket.send_to(b"now", local).unwrap();
    until_recorded(&path, b"now");
}

#[test]
fn a_full_file_is_followed_by_the_next() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("log.pcapng");
    std::fs::write(dir.path().join("log-2.pcapng"), "somebody's").unwrap();
    let (mut probe, local) = Probe::udp("127.0.0.1:0");
    probe
        .link
        .command(order(&path, CaptureFormat::Pcapng, Some(20_000)));
    probe.until_fact(&Fact::Recording(true));
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    for number in 0..1_000_u32 {
        socket.send_to(&number.to_be_bytes(), local).unwrap();
    }
    probe.until(|facts| {
        let received = |fact: &&Fact| matches!(fact, Fact::Received(..));
        (facts.iter().filter(received).count() == 1_000).then_some(())
    });
    probe.link.command(SessionCommand::EndRecording);
    probe.until_fact(&Fact::Recording(false));
    probe.link.command(Command::Stop);
    probe.until_fact(&Fact::Closed);
    let names = ["log.pcapng", "log-3.pcapng", "log-4.pcapng", "log-5.pcapng"];
    let all: Vec<Vec<u8>> = names
        .iter()
        .flat_map(|name| payloads(&dir.path().join(name)))
        .collect();
    assert!(all.len() > 600, "{}", all.len());
    assert_eq!(
        all[..600],
        (0..600_u32)
            .map(|n| n.to_be_bytes().to_vec())
            .collect::<Vec<_>>()
    );
    let untouched = std::fs::read_to_string(dir.path().join("log-2.pcapng")).unwrap();
    assert_eq!(untouched, "somebody's");
}

#[cfg(target_os = "linux")]
#[test]
fn what_is_no_file_is_not_recorded_to() {
    let (mut probe, _) = Probe::udp("127.0.0.1:0");
    probe
        .link
        .command(order(Path::new("/dev/full"), CaptureFormat::Classic, None));
    let failure = failure(&mut probe);
    assert_eq!(
        (failure.operation, failure.cause),
        (Operation::BeginRecording, Cause::NoFile)
    );
}

#[test]
fn nothing_is_appended_to_a_file_that_is_no_capture() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("notes.pcapng");
    std::fs::write(&path, "hello").unwrap();
    let (mut probe, _) = Probe::udp("127.0.0.1:0");
    probe
        .link
        .command(order(&path, CaptureFormat::Pcapng, None));
    let failure = failure(&mut probe);
    assert!(
        matches!(failure.cause, Cause::BadFile { .. }),
        "{failure:?}"
    );
    assert_eq!(std::fs::read(&path).unwrap(), b"hello");
}

#[test]
fn nothing_is_appended_to_an_incomplete_line() {
    let dir = tempfile::tempdir().unwrap();
    let cases = [
        (CaptureFormat::JsonLines, "{\"time\":0}\n{\"cut\": "),
        (CaptureFormat::Csv, "\u{FEFF}number,"),
    ];
    for (format, text) in cases {
        let path = dir.path().join(format.extension());
        std::fs::write(&path, text).unwrap();
        let (mut probe, _) = Probe::udp("127.0.0.1:0");
        probe.link.command(order(&path, format, None));
        let failure = failure(&mut probe);
        assert!(
            matches!(failure.cause, Cause::BadFile { .. }),
            "{format:?}: {failure:?}"
        );
        assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
    }
}

#[test]
fn a_line_without_its_end_does_not_swallow_the_next() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("log.jsonl");
    std::fs::write(&path, "{\"whole\": 1}").unwrap();
    let (mut probe, local) = Probe::udp("127.0.0.1:0");
    probe
        .link
        .command(order(&path, CaptureFormat::JsonLines, None));
    probe.until_fact(&Fact::Recording(true));
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    socket.send_to(b"x", local).unwrap();
    let from = socket.local_addr().unwrap();
    probe.until_fact(&Fact::Received(from, b"x".to_vec()));
    probe.link.command(Command::Stop);
    probe.until_fact(&Fact::Closed);
    let text = std::fs::read_to_string(&path).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[0], "{\"whole\": 1}");
    assert!(
        lines[1].starts_with('{') && lines[1].ends_with('}'),
        "{text}"
    );
}

fn failure(probe: &mut Probe) -> Failure {
    probe.until(|facts| {
        facts.iter().find_map(|fact| match fact {
            Fact::RecordingFailed(failure) => Some(failure.clone()),
            _ => None,
        })
    })
}

#[test]
fn a_recording_begins_with_the_sessions_first_row() {
    let dir = tempfile::tempdir().unwrap();
    // When the order followed the start of the session, one file in five lacked the row.
    for number in 0..40 {
        let path = dir.path().join(format!("{number}.jsonl"));
        let SessionCommand::Record(order) = order(&path, CaptureFormat::JsonLines, None) else {
            panic!("an order to record");
        };
        let setup = netpeer::engine::Setup::udp("127.0.0.1:0".parse().unwrap());
        let link = netpeer::engine::open_recorded(setup, Some(*order), || {}).unwrap();
        link.command(Command::Stop);
        let deadline = Instant::now() + Duration::from_secs(10);
        while !matches!(
            link.events().recv_deadline(deadline),
            Ok(netpeer::engine::Event::Closed)
        ) {
            assert!(Instant::now() < deadline);
        }
        let text = std::fs::read_to_string(&path).unwrap();
        let kinds: Vec<bool> = ["\"Bound\"", "\"Unbound\""]
            .map(|kind| text.contains(kind))
            .into();
        assert_eq!(kinds, [true, true], "{number}: {text}");
    }
}

#[test]
fn a_recording_follows_only_files_of_its_format_and_tables_have_one_head() {
    let dir = tempfile::tempdir().unwrap();
    for format in CaptureFormat::written().filter(|format| format.is_recorded()) {
        let path = dir
            .path()
            .join("foreign")
            .with_extension(format.extension());
        let foreign = "somebody else's\n".repeat(9);
        std::fs::write(&path, &foreign).unwrap();
        let setup = || netpeer::engine::Setup::udp("127.0.0.1:0".parse().unwrap());
        let run = |path: &Path| {
            let SessionCommand::Record(order) = order(path, format, None) else {
                panic!("an order to record");
            };
            let link = netpeer::engine::open_recorded(setup(), Some(*order), || {}).unwrap();
            link.command(Command::Stop);
            let events = link.events().iter();
            events
                .take_while(|event| !matches!(event, netpeer::engine::Event::Closed))
                .any(|event| matches!(event, netpeer::engine::Event::RecordingFailed(_)))
        };
        assert!(run(&path), "{format:?}");
        assert_eq!(std::fs::read_to_string(&path).unwrap(), foreign);
        // A file that it wrote itself is continued.
        let own = dir.path().join("own").with_extension(format.extension());
        assert!(!run(&own) && !run(&own), "{format:?}");
        if format == CaptureFormat::Csv {
            let text = std::fs::read_to_string(&own).unwrap();
            assert_eq!(text.matches("number,time").count(), 1, "{text}");
        }
    }
}

#[test]
fn a_file_that_is_removed_or_truncated_ends_the_recording_and_is_reported() {
    // Windows does not tell that an open file was removed.
    let ways = [true, false].into_iter();
    for removed in ways.filter(|removed| cfg!(unix) || !removed) {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("log.jsonl");
        let (mut probe, local) = Probe::udp("127.0.0.1:0");
        probe
            .link
            .command(order(&path, CaptureFormat::JsonLines, None));
        probe.until_fact(&Fact::Recording(true));
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        socket.send_to(b"before", local).unwrap();
        until_recorded(&path, b"before");
        match removed {
            true => std::fs::remove_file(&path).unwrap(),
            false => std::fs::write(&path, "").unwrap(),
        }
        socket.send_to(b"after", local).unwrap();
        let failure = failure(&mut probe);
        assert_eq!(failure.operation, Operation::Record);
        assert!(
            matches!(
                failure.cause,
                Cause::BadFile {
                    problem: FileProblem::Cut,
                    ..
                }
            ),
            "{failure:?}"
        );
        if !removed {
            // The appended rows are complete, and no zeros precede them.
            let after = std::fs::read(&path).unwrap();
            assert!(!after.contains(&0), "{after:?}");
        }
    }
}

#[cfg(unix)]
#[test]
fn a_recording_to_a_pipe_says_while_nobody_reads_it() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("pipe");
    let made = std::process::Command::new("mkfifo").arg(&path).status();
    assert!(made.unwrap().success());
    let (mut probe, _) = Probe::udp("127.0.0.1:0");
    probe
        .link
        .command(order(&path, CaptureFormat::Pcapng, None));
    probe.until_fact(&Fact::RecordingWaits(true));
    let reader = std::fs::File::open(&path).unwrap();
    probe.until_fact(&Fact::RecordingWaits(false));
    drop(reader);
}
