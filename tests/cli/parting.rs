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
