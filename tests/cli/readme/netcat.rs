//! Commands that replace netcat.

use super::{Shown, ends, far_side, free, passes};
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::os::unix::net::UnixListener;

pub(super) fn half_closes(shown: Shown) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let shown = shown.with("127.0.0.1:9000", listener.local_addr().unwrap());
    // Lines would be sent with other ends.
    let bytes = "one\r\ntwo\n\r\nthree";
    std::fs::write(shown.folder.path().join("request.txt"), bytes).unwrap();
    let server = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut request = String::new();
        stream.read_to_string(&mut request).unwrap();
        stream.write_all(b"the answer").unwrap();
        request
    });
    let ended = shown.run().ended();
    assert_eq!(server.join().unwrap(), bytes);
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

pub(super) fn sends_a_file(shown: Shown) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let shown = shown.with("127.0.0.1:9000", listener.local_addr().unwrap());
    let bytes = vec![b'\n'; 300_000];
    std::fs::write(shown.folder.path().join("data.bin"), &bytes).unwrap();
    let server = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut came = Vec::new();
        stream.read_to_end(&mut came).unwrap();
        came
    });
    let ended = shown.run().ended();
    assert!(server.join().unwrap() == bytes);
    assert_eq!(ended.status, Some(0), "{}", ended.err);
}

pub(super) fn sends_blocks(shown: Shown) {
    let far = far_side();
    let shown = shown.with("127.0.0.1:9000", far.local_addr().unwrap());
    std::fs::write(shown.folder.path().join("data.bin"), [0; 2_500]).unwrap();
    let ended = shown.run().ended();
    assert_eq!(ended.status, Some(0), "{}", ended.err);
    let lengths = [(); 3].map(|()| far.recv(&mut [0; 2_048]).unwrap());
    assert_eq!(lengths, [1_000, 1_000, 500]);
}

pub(super) fn connects_again(shown: Shown) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let shown = shown.with("127.0.0.1:9000", listener.local_addr().unwrap());
    let program = shown.run();
    for words in ["the first", "the second"] {
        let (mut stream, _) = listener.accept().unwrap();
        stream.write_all(words.as_bytes()).unwrap();
        program.line_with(words);
    }
    ends(program);
}

pub(super) fn records_live(shown: Shown) {
    let at = free();
    let shown = shown.with("127.0.0.1:9000", at);
    let shown = shown.with("| wireshark -k -i -", "> live.pcapng");
    let program = shown.run();
    program.error_with(&at.to_string());
    far_side().send_to(b"hello there", at).unwrap();
    ends(program);
    let recorded = std::fs::read(shown.folder.path().join("live.pcapng")).unwrap();
    let hello = |part: &[u8]| part == b"hello there";
    assert!(recorded.windows(11).any(hello));
}

pub(super) fn gets_its_answer_by_name(shown: Shown) {
    let path = shown.folder.path().join("demo.sock");
    let listener = UnixListener::bind(&path).unwrap();
    std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut asked = [0; 2];
        stream.read_exact(&mut asked).unwrap();
        stream.write_all(&asked).unwrap();
    });
    passes(shown.with("/tmp/demo.sock", path.display()));
}
