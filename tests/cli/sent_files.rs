//! What is reported of files and repetitions that are delayed, refused or reset.

use super::contract::number_before;
use super::program::{Program, local_in, run};
use std::io::Read as _;
use std::net::{TcpStream, UdpSocket};

/// A file of this length.
fn file(length: usize) -> (tempfile::TempDir, String) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("data.bin");
    std::fs::write(&path, vec![7; length]).unwrap();
    let path = path.to_str().unwrap().to_owned();
    (dir, path)
}

#[test]
fn a_file_and_repeated_messages_wait_for_the_simulated_delay() {
    let (_dir, path) = file(50_000);
    let far = UdpSocket::bind("127.0.0.1:0").unwrap();
    let to = far.local_addr().unwrap().to_string();
    let network = ["--once", "-q", "--delay", "300ms"];
    let repeated = ["--message", "hi", "--repeat", "50ms", "--times", "3"];
    for (words, sent) in [
        (&["--file", &path][..], "sent 36 (50,000 bytes)"),
        (&repeated[..], "sent 3 (6 bytes)"),
    ] {
        let ended = run(&[&["udp", "--to", &to][..], words, &network].concat());
        assert_eq!(ended.status, Some(0), "{}", ended.err);
        assert!(ended.err.contains(sent), "{}", ended.err);
        assert!(!ended.err.contains("not sent"), "{}", ended.err);
    }
}

#[test]
fn a_file_that_is_delayed_beyond_the_end_or_refused_is_a_failure() {
    let (_dir, path) = file(50_000);
    let far = UdpSocket::bind("127.0.0.1:0").unwrap();
    let to = far.local_addr().unwrap().to_string();
    let delayed = ["udp", "--to", &to, "--delay", "60s", "--for", "300ms"];
    let refused = ["unix-datagram", "--to", "@nosuch-netpeer", "--once"];
    for words in [&delayed[..], &refused] {
        let ended = run(&[words, &["--file", &path]].concat());
        assert_eq!(ended.status, Some(1), "{}", ended.err);
        let said = "netpeer: 0 of the file's 50,000 bytes were sent";
        assert!(ended.err.contains(said), "{}", ended.err);
        assert!(!ended.out.contains("was sent"), "{}", ended.out);
    }
}

#[test]
fn a_server_whose_client_resets_counts_what_it_sent_of_a_file() {
    let (_dir, path) = file(24 << 20);
    let words = ["tcp-server", "--bind", "127.0.0.1:0", "--once", "-q"];
    let server = Program::run(&[&words[..], &["--file", &path]].concat());
    let local = local_in(&server.error_with("]# 127.0.0.1:"));
    let mut client = TcpStream::connect(local).unwrap();
    client.read_exact(&mut [0; 1]).unwrap();
    // It has not read everything, so its kernel sends RST.
    drop(client);
    let ended = server.ended();
    assert_eq!(ended.status, Some(1), "{}", ended.err);
    let all = "of the file's 25,165,824 bytes were sent to every client";
    assert!(ended.err.contains(all), "{}", ended.err);
    let sent = number_before(&ended.err, "bytes), dropped");
    assert_eq!(number_before(&ended.err, "of the file's"), sent);
    for wrong in ["takes no more", "line was not sent"] {
        assert!(!ended.err.contains(wrong), "{}", ended.err);
    }
}
