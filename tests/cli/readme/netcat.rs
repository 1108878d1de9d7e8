//! Commands for which people otherwise take netcat.

use super::Shown;
use std::io::{Read as _, Write as _};
use std::net::TcpListener;

pub(super) fn half_closes(shown: Shown) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let shown = shown.with("127.0.0.1:9000", listener.local_addr().unwrap());
    std::fs::write(shown.folder.path().join("request.txt"), "one\ntwo\n").unwrap();
    let server = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut request = String::new();
        stream.read_to_string(&mut request).unwrap();
        stream.write_all(b"the answer").unwrap();
        request
    });
    let ended = shown.run().ended();
    assert_eq!(server.join().unwrap(), "one\ntwo\n");
    assert_eq!(ended.status, Some(0), "{}", ended.err);
    assert!(ended.out.contains("the answer"), "{}", ended.out);
}

pub(super) fn prints_the_answer(shown: Shown) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let shown = shown.with("example.com:80", listener.local_addr().unwrap());
    let server = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut request = [0; 18];
        stream.read_exact(&mut request).unwrap();
        stream.write_all(b"HTTP/1.0 200 OK\r\n\r\nhello").unwrap();
        request
    });
    let ended = shown.run().ended();
    assert_eq!(&server.join().unwrap(), b"GET / HTTP/1.0\r\n\r\n");
    assert_eq!(ended.status, Some(0), "{}", ended.err);
    assert!(ended.out.contains("hello"), "{}", ended.out);
}
