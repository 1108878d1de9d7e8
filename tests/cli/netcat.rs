//! What people use netcat for.

use super::program::{DEADLINE, Program};
use std::io::{Read, Write};
use std::net::TcpListener;
use std::os::unix::net::UnixListener;
use std::sync::mpsc::channel;

/// Reads to the end of what the client sends, and answers with how much that was.
fn answer(mut stream: impl Read + Write) -> Vec<u8> {
    let mut came = Vec::new();
    stream.read_to_end(&mut came).unwrap();
    write!(stream, "{} bytes came", came.len()).unwrap();
    came
}

#[test]
fn a_client_half_closes_with_its_input_and_gets_the_answer() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let to = listener.local_addr().unwrap().to_string();
    let server = std::thread::spawn(move || answer(listener.accept().unwrap().0));
    let words = ["tcp-client", &to, "--ending", "lf", "--half-close"];
    let lines = b"line\n".repeat(50_000);
    let mut client = Program::run(&words);
    client.is_given(&lines);
    let ended = client.ended();
    assert_eq!(ended.status, Some(0), "{}", ended.err);
    assert!(server.join().unwrap() == lines);
    assert!(ended.out.contains("250000 bytes came"));

    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("socket");
    let listener = UnixListener::bind(&path).unwrap();
    let server = std::thread::spawn(move || answer(listener.accept().unwrap().0));
    let words = ["unix-client", path.to_str().unwrap(), "--half-close"];
    let mut client = Program::run(&words);
    client.is_given(b"hello\n");
    let ended = client.ended();
    assert_eq!(ended.status, Some(0), "{}", ended.err);
    assert_eq!(server.join().unwrap(), b"hello");
    assert!(ended.out.contains("5 bytes came"), "{}", ended.out);
}

#[test]
fn a_client_that_half_closed_waits_as_long_as_it_was_told() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let to = listener.local_addr().unwrap().to_string();
    let (ended, goes_on) = channel();
    let server = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        stream.read_to_end(&mut Vec::new()).unwrap();
        // It does not end its own direction before the client is gone.
        goes_on.recv_timeout(DEADLINE).unwrap();
    });
    let words = ["tcp-client", &to, "--half-close", "--for", "500ms"];
    let mut client = Program::run(&words);
    client.ends_input();
    client.line_with("half-close");
    let result = client.ended();
    ended.send(()).unwrap();
    server.join().unwrap();
    assert_eq!(result.status, Some(0), "{}", result.err);
}
