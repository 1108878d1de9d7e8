//! A client that closes with its server, and the messages its scenario still sends.

use super::scenarios::played;
use std::io::{Read as _, Write as _};

#[test]
fn a_client_sends_what_its_steps_say_before_it_closes_with_its_server() {
    let server = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let to = server.local_addr().unwrap();
    let server = std::thread::spawn(move || {
        let (mut stream, _) = server.accept().unwrap();
        stream.write_all(b"hello").unwrap();
        stream.shutdown(std::net::Shutdown::Write).unwrap();
        let mut read = String::new();
        stream.read_to_string(&mut read).unwrap();
        read
    });
    let text = format!(
        r#"(sessions: {{"a": TcpClient(to: "{to}")}}, steps: [
            Expect(session: "a", exact: "hello", within: "30s"),
            // The server's FIN has arrived, so nothing more can be received.
            Expect(session: "a", exact: "more", within: "1h"),
            Wait("100ms"),
            Send(session: "a", text: "late"),
            // Nothing more is sent, so the client closes.
            Expect(session: "a", exact: "more", within: "1h"),
        ])"#
    );
    let ended = played(&text, &[]);
    assert_eq!(server.join().unwrap(), "late", "{}{}", ended.out, ended.err);
    assert!(ended.out.contains("failed: 2 of 5 steps"), "{}", ended.out);
}

#[test]
fn a_client_that_reconnects_sends_its_next_steps_over_the_next_connection() {
    let server = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let to = server.local_addr().unwrap();
    let server = std::thread::spawn(move || {
        let mut read = Vec::new();
        for (greeting, asked) in [("hello", "one"), ("again", "two")] {
            let (mut stream, _) = server.accept().unwrap();
            stream.write_all(greeting.as_bytes()).unwrap();
            let mut bytes = vec![0; asked.len()];
            stream.read_exact(&mut bytes).unwrap();
            if asked == "one" {
                // It still reads.
                stream.shutdown(std::net::Shutdown::Write).unwrap();
            }
            stream.read_to_end(&mut bytes).unwrap();
            read.push(String::from_utf8(bytes).unwrap());
        }
        read
    });
    let text = format!(
        r#"(sessions: {{"a": TcpClient(to: "{to}", reconnect: "10ms")}}, steps: [
            Expect(session: "a", exact: "hello", within: "30s"),
            Send(session: "a", text: "one"),
            // The server's FIN does not end this wait.
            Expect(session: "a", exact: "again", within: "30s"),
            Send(session: "a", text: "two"),
        ])"#
    );
    let ended = played(&text, &[]);
    assert_eq!(ended.status, Some(0), "{}{}", ended.out, ended.err);
    assert_eq!(server.join().unwrap(), ["one", "two"]);
}
