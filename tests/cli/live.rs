//! Recordings that another program reads while they are written.

use super::program::{Program, local_in, run};
use std::fs::File;
use std::io::Read;
use std::net::{SocketAddr, UdpSocket};
use std::path::PathBuf;
use tempfile::TempDir;

/// The first bytes of a pcapng file.
const HEAD: [u8; 4] = [0x0A, 0x0D, 0x0D, 0x0A];

/// A FIFO and its folder.
fn pipe() -> (TempDir, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("pipe");
    let made = std::process::Command::new("mkfifo").arg(&path).status();
    assert!(made.unwrap().success());
    (dir, path)
}

fn send(bytes: &[u8], to: SocketAddr) {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    socket.send_to(bytes, to).unwrap();
}

/// Reads until these bytes arrive; returns the first bytes read.
fn until(bytes: &[u8], source: &mut impl Read) -> Vec<u8> {
    let mut came = Vec::new();
    let mut buffer = [0; 4_096];
    while !came.windows(bytes.len()).any(|part| part == bytes) {
        let count = source.read(&mut buffer).unwrap();
        assert!(count > 0, "it ended after {} bytes", came.len());
        came.extend_from_slice(&buffer[..count]);
    }
    came.truncate(HEAD.len());
    came
}

#[test]
fn a_pipe_is_recorded_to_as_long_as_it_is_read_and_the_session_goes_on() {
    let (_dir, path) = pipe();
    let record = ["--record", path.to_str().unwrap()];
    let program = Program::run(&[&["udp", "--bind", "127.0.0.1:0"][..], &record].concat());
    program.error_with("from when a program reads it");
    let local = program.local();
    // No process reads the FIFO, and the session is not delayed.
    send(b"unread", local);
    program.line_with("unread");
    let mut reader = File::open(&path).unwrap();
    send(b"live", local);
    assert_eq!(until(b"live", &mut reader), HEAD);
    drop(reader);
    send(b"alone", local);
    program.error_with("Recording has stopped");
    send(b"goes on", local);
    program.line_with("goes on");
    program.send_signal("INT");
    let ended = program.ended();
    assert_eq!(ended.status, Some(1), "{}", ended.err);
}

#[test]
fn a_pipe_that_nobody_read_is_no_recording() {
    for (lang, words) in [("en", "no program read it"), ("zh", "没有程序读取过")] {
        let (_dir, path) = pipe();
        let record = ["--record", path.to_str().unwrap(), "--lang", lang];
        let ended = run(&[&["udp", "--for", "200ms"][..], &record].concat());
        assert_eq!(ended.status, Some(1), "{}", ended.err);
        assert!(ended.err.contains(words), "{}", ended.err);
    }
}

#[test]
fn a_program_that_has_the_pipe_open_and_does_not_read_holds_no_end_up() {
    let (_dir, path) = pipe();
    let record = ["--record", path.to_str().unwrap()];
    let program = Program::run(&[&["udp", "--bind", "127.0.0.1:0"][..], &record].concat());
    let local = program.local();
    let reader = File::open(&path).unwrap();
    // More than a pipe holds (pipe(7)).
    for _ in 0..3 {
        send(&[b'x'; 60_000], local);
    }
    send(b"the last", local);
    program.line_with("the last");
    program.send_signal("INT");
    let ended = program.ended();
    assert_eq!(ended.status, Some(1), "{}", ended.err);
    assert!(ended.err.contains("Recording has stopped"), "{}", ended.err);
    drop(reader);
}

#[test]
fn the_standard_output_is_recorded_to_until_its_reader_goes() {
    let words = ["udp", "--bind", "127.0.0.1:0", "--record", "-"];
    let (program, mut output) = Program::with_output(&words);
    let local = local_in(&program.error_with("]# 127.0.0.1:"));
    send(b"live", local);
    assert_eq!(until(b"live", &mut output), HEAD);
    drop(output);
    let ended = program.ended();
    assert_eq!(ended.status, Some(0), "{}", ended.err);
    assert!(ended.err.contains("Received 1 (4 bytes)"), "{}", ended.err);
}

#[test]
fn other_formats_are_recorded_to_the_standard_output() {
    let words = ["udp", "--bind", "127.0.0.1:0", "--count", "1"];
    let record = ["--record", "-", "--record-format", "jsonl"];
    let program = Program::run(&[&words[..], &record].concat());
    let local = local_in(&program.error_with("]# 127.0.0.1:"));
    send(b"hello", local);
    let ended = program.ended();
    assert_eq!(ended.status, Some(0), "{}", ended.err);
    let is_json = |line: &str| serde_json::from_str::<serde_json::Value>(line).is_ok();
    assert!(ended.out.lines().all(is_json), "{}", ended.out);
    assert!(ended.out.contains("hello"), "{}", ended.out);
}

#[test]
fn what_cannot_be_recorded_like_this_is_status_2() {
    let wrong: [&[&str]; 4] = [
        &["--record", "-", "--json"],
        &["--record", "x.pcapng", "--record-format", "doc"],
        &["--record-format", "pcapng"],
        &["--record", "name"],
    ];
    for options in wrong {
        let ended = run(&[&["udp", "--for", "1h"], options].concat());
        assert_eq!(ended.status, Some(2), "{options:?}: {}", ended.err);
        assert_eq!(ended.out, "");
    }
}
