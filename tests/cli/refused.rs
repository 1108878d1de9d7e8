//! Lines that were refused before a session was ended.

use super::program::Program;
use std::net::UdpSocket;

/// A UDP target that exists.
fn target() -> (UdpSocket, String) {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    let to = socket.local_addr().unwrap().to_string();
    (socket, to)
}

#[test]
fn a_refused_line_is_a_failure_whoever_ends_the_session() {
    let (_socket, to) = target();
    let long = "x".repeat(300_000);
    for signal in ["TERM", "INT"] {
        for (kind, to, line, failure) in [
            ("udp", &*to, &*long, "300,000 bytes"),
            (
                "unix-datagram",
                "@nosuch-netpeer",
                "x",
                "There is no socket",
            ),
        ] {
            let mut program = Program::run(&[kind, "--to", to]);
            program.types(line);
            program.error_with(failure);
            program.send_signal(signal);
            let ended = program.ended();
            assert_eq!(ended.status, Some(1), "{kind} {signal}: {}", ended.err);
            assert!(ended.err.contains("line 1 was not sent"), "{}", ended.err);
        }
    }
}

#[test]
fn a_refused_repetition_is_a_failure_whoever_ends_the_session() {
    let (_socket, to) = target();
    let mut program = Program::run(&["udp", "--to", &to, "--repeat", "20ms"]);
    program.types(&"x".repeat(300_000));
    program.error_with("300,000");
    program.send_signal("TERM");
    let ended = program.ended();
    assert_eq!(ended.status, Some(1), "{}", ended.err);
    let said = "repeated messages that were not sent";
    assert!(ended.err.contains(said), "{}", ended.err);
}

#[test]
fn lines_that_still_wait_when_a_session_is_ended_are_no_failure() {
    let mut program = Program::run(&["udp", "--bind", "127.0.0.1:0"]);
    program.types("one");
    program.error_with("waits for the first datagram");
    program.send_signal("TERM");
    let ended = program.ended();
    assert_eq!(ended.status, Some(0), "{}", ended.err);
    assert!(ended.err.contains("1 line was not sent"), "{}", ended.err);
}

#[test]
fn the_numbers_of_lines_cannot_be_taken_for_their_count() {
    let (_socket, to) = target();
    for (lang, one, two) in [
        (
            "en",
            "netpeer: line 2 was not sent\n",
            "netpeer: lines 2, 3 were not sent\n",
        ),
        (
            "zh",
            "netpeer: 第 2 行没有发出\n",
            "netpeer: 第 2、3 行没有发出\n",
        ),
    ] {
        for (long, words) in [(1, one), (2, two)] {
            let mut program = Program::run(&["udp", "--to", &to, "--once", "--lang", lang]);
            let lines = format!("{}\n", "x".repeat(70_000)).repeat(long);
            program.is_given(format!("first\n{lines}").as_bytes());
            let ended = program.ended();
            assert_eq!(ended.status, Some(1), "{}", ended.err);
            assert!(ended.err.contains(words), "{}", ended.err);
        }
    }
}
