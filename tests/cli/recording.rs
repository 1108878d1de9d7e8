//! Sessions whose rows are written to a file too.

use super::program::{Program, echo, run};
use std::net::UdpSocket;

#[test]
fn what_happens_is_recorded_and_time_ends_it() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("session.pcapng");
    let record = ["--record", file.to_str().unwrap()];
    let to = echo().to_string();
    let ended = run(&[
        &["udp", "--to", &to, "--message", "x", "--for", "300ms"],
        &record[..],
    ]
    .concat());
    assert_eq!(ended.status, Some(0), "{}", ended.err);
    let recorded = std::fs::read(&file).unwrap();
    assert_eq!(recorded[..4], [0x0A, 0x0D, 0x0D, 0x0A]);
    let nowhere = run(&["udp", "--for", "100ms", "--record", "/nowhere/x.pcapng"]);
    assert_eq!(nowhere.status, Some(1));
    assert!(nowhere.err.contains("no such folder"), "{}", nowhere.err);
}

#[test]
fn a_recording_beyond_the_limit_of_a_files_size_ends_with_a_whole_row() {
    let dir = tempfile::tempdir().unwrap();
    let to = UdpSocket::bind("127.0.0.1:0").unwrap();
    let to = to.local_addr().unwrap();
    // Of 512 or of 1,024 bytes each, as the shell has it.
    let line = format!("netpeer udp --to {to} --once --record x.jsonl");
    let line = format!("ulimit -f 8; {line}");
    let mut program = Program::typed(&line, dir.path());
    program.is_given(&b"hello\n".repeat(1_000));
    let ended = program.ended();
    assert_eq!(ended.status, Some(1), "{}", ended.err);
    assert!(ended.err.contains("Recording has stopped"), "{}", ended.err);
    assert!(
        ended.err.contains("sent 1,000 (5,000 bytes)"),
        "{}",
        ended.err
    );
    let recorded = std::fs::read(dir.path().join("x.jsonl")).unwrap();
    assert!(recorded.ends_with(b"}\n") && recorded.len() <= 8_192);
}
