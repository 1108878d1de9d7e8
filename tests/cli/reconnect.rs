//! Clients that reconnect.

use super::program::{DEADLINE, Program, run};
use std::io::{Read, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::os::unix::net::{UnixListener, UnixStream};

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

/// The next three bytes of a stream.
fn word(stream: &mut impl Read) -> String {
    let mut bytes = [0; 3];
    stream.read_exact(&mut bytes).unwrap();
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Everything up to the end of a stream.
fn rest(mut stream: impl Read) -> Vec<u8> {
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).unwrap();
    bytes
}

#[test]
fn what_is_typed_after_the_servers_fin_goes_over_the_next_connection() {
    for once in [&["--once"][..], &[]] {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let to = listener.local_addr().unwrap().to_string();
        let words = ["tcp-client", &to, "--reconnect", "10ms"];
        let mut client = Program::run(&[&words[..], once].concat());
        client.types("one");
        let mut first = accepted(&listener);
        assert_eq!(word(&mut first), "one");
        // It still reads.
        first.shutdown(Shutdown::Write).unwrap();
        client.line_with("Peer ended its sending (FIN)");
        client.types("two");
        let mut second = accepted(&listener);
        assert_eq!(word(&mut second), "two", "{once:?}");
        assert_eq!(rest(first), b"", "{once:?}");
        match once {
            [] => client.send_signal("INT"),
            _ => client.ends_input(),
        }
        let ended = client.ended();
        assert_eq!(ended.status, Some(0), "{}", ended.err);
        assert!(!ended.err.contains("not sent"), "{}", ended.err);
    }
}

#[test]
fn what_is_typed_after_the_end_of_a_unix_server_goes_over_the_next_connection() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("socket");
    let listener = UnixListener::bind(&path).unwrap();
    let accepted = || -> UnixStream {
        let (stream, _) = listener.accept().unwrap();
        stream.set_read_timeout(Some(DEADLINE)).unwrap();
        stream
    };
    let name = path.to_str().unwrap();
    let mut client = Program::run(&["unix-client", name, "--reconnect", "10ms", "--once"]);
    client.types("one");
    let mut first = accepted();
    assert_eq!(word(&mut first), "one");
    first.shutdown(Shutdown::Write).unwrap();
    client.line_with("Peer ended its sending");
    client.types("two");
    let mut second = accepted();
    assert_eq!(word(&mut second), "two");
    assert_eq!(rest(first), b"");
    client.ends_input();
    let ended = client.ended();
    assert_eq!(ended.status, Some(0), "{}", ended.err);
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
