//! Clients that reconnect.

use super::program::{DEADLINE, Program, run};
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::os::unix::net::UnixListener;

fn accepted(listener: &TcpListener) -> TcpStream {
    let (stream, _) = listener.accept().unwrap();
    stream.set_read_timeout(Some(DEADLINE)).unwrap();
    stream
}

#[test]
fn what_is_typed_between_two_connections_goes_over_the_second() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let to = listener.local_addr().unwrap().to_string();
    let mut client = Program::run(&["tcp-client", &to, "--reconnect", "1s"]);
    client.types("one");
    let mut buffer = [0; 3];
    let mut first = accepted(&listener);
    first.read_exact(&mut buffer).unwrap();
    assert_eq!(&buffer, b"one");
    drop(first);
    client.line_with("Connecting again in 1 s");
    client.types("two");
    let mut second = accepted(&listener);
    second.read_exact(&mut buffer).unwrap();
    assert_eq!(&buffer, b"two");
    second.write_all(b"answer").unwrap();
    client.line_with("answer");
    client.send_signal("INT");
    let ended = client.ended();
    assert_eq!(ended.status, Some(0), "{}", ended.err);
    assert!(!ended.err.contains("not sent"), "{}", ended.err);
}

#[test]
fn a_server_that_comes_late_gets_all_of_the_input_and_once_ends() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("socket");
    let name = path.to_str().unwrap();
    let words = ["unix-client", name, "--reconnect", "10ms", "--once"];
    let mut client = Program::run(&words);
    client.is_given(b"one\ntwo\n");
    client.line_with("attempts in a row failed alike");
    let listener = UnixListener::bind(&path).unwrap();
    let (mut stream, _) = listener.accept().unwrap();
    let mut came = String::new();
    stream.read_to_string(&mut came).unwrap();
    assert_eq!(came, "onetwo");
    let ended = client.ended();
    assert_eq!(ended.status, Some(0), "{}", ended.err);
    assert!(ended.out.contains("Connected after"), "{}", ended.out);
}

#[test]
fn what_is_repeated_goes_on_over_the_next_connection() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let to = listener.local_addr().unwrap().to_string();
    let words = ["tcp-client", &to, "--reconnect", "10ms"];
    let repeat = ["--message", "tick", "--repeat", "5ms"];
    let client = Program::run(&[&words[..], &repeat[..]].concat());
    for _ in 0..2 {
        let mut stream = accepted(&listener);
        stream.read_exact(&mut [0; 12]).unwrap();
    }
    client.send_signal("INT");
    assert_eq!(client.ended().status, Some(0));
}

#[test]
fn a_server_that_never_comes_is_status_2_when_the_time_is_over() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let to = listener.local_addr().unwrap().to_string();
    drop(listener);
    let ended = run(&["tcp-client", &to, "--reconnect", "10ms", "--for", "300ms"]);
    assert_eq!(ended.status, Some(2), "{}", ended.err);
    assert!(
        ended.err.contains("refused the connection"),
        "{}",
        ended.err
    );
    assert!(ended.out.contains("in a row failed alike"), "{}", ended.out);
}

#[test]
fn what_was_read_and_not_sent_is_counted_where_the_user_ends_it() {
    let nobody = crate::ports::quiet();
    let to = format!("127.0.0.1:{nobody}");
    for (once, status) in [(&["--once"][..], 1), (&[], 0)] {
        let words = ["tcp-client", &to, "--reconnect", "50ms", "-q"];
        let mut client = Program::run(&[&words[..], once].concat());
        client.types("hi");
        client.error_with("4 attempts in a row");
        client.send_signal("INT");
        let ended = client.ended();
        assert_eq!(ended.status, Some(status), "{}", ended.err);
        assert!(ended.err.contains("1 line was not sent"), "{}", ended.err);
    }
}
