//! Common uses of netcat.

use super::program::{DEADLINE, Program, run};
use std::io::{Read, Write};
use std::net::{TcpListener, UdpSocket};
use std::os::unix::net::UnixListener;
use std::process::Command;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread::JoinHandle;
use std::time::Duration;

/// Reads to the client's FIN, and answers with the number of bytes.
fn answer(mut stream: impl Read + Write) -> Vec<u8> {
    let mut came = Vec::new();
    stream.read_to_end(&mut came).unwrap();
    // One write, so that the answer is one read.
    let answer = format!("{} bytes came", came.len());
    stream.write_all(answer.as_bytes()).unwrap();
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
fn a_client_that_half_closed_waits_for_the_given_duration() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let to = listener.local_addr().unwrap().to_string();
    let (ended, goes_on) = channel();
    let server = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        stream.read_to_end(&mut Vec::new()).unwrap();
        // It sends no FIN before the client has ended.
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

/// Bytes of every value, including line endings.
fn noise(length: usize) -> Vec<u8> {
    let mut random = fastrand::Rng::with_seed(7);
    std::iter::repeat_with(|| random.u8(..))
        .take(length)
        .collect()
}

/// A server that reads one connection to its end.
fn reader() -> (String, JoinHandle<Vec<u8>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let server = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut came = Vec::new();
        stream.read_to_end(&mut came).unwrap();
        came
    });
    (address, server)
}

/// The datagrams that wait at a socket.
fn datagrams(socket: &UdpSocket, count: usize) -> Vec<Vec<u8>> {
    socket.set_read_timeout(Some(DEADLINE)).unwrap();
    let mut buffer = [0; 65_536];
    let next = || {
        let count = socket.recv(&mut buffer).unwrap();
        buffer[..count].to_vec()
    };
    std::iter::repeat_with(next).take(count).collect()
}

#[test]
fn binary_input_goes_as_it_comes() {
    let (to, server) = reader();
    let bytes = noise(3_000_000);
    let mut client = Program::run(&["tcp-client", &to, "--binary", "--once", "-q"]);
    client.is_given(&bytes);
    let ended = client.ended();
    assert_eq!(ended.status, Some(0), "{}", ended.err);
    assert!(server.join().unwrap() == bytes);

    let far = UdpSocket::bind("127.0.0.1:0").unwrap();
    let to = far.local_addr().unwrap().to_string();
    let bytes = noise(950);
    let words = ["udp", "--to", &to, "--binary", "--block", "100", "--once"];
    let mut client = Program::run(&words);
    client.is_given(&bytes);
    let ended = client.ended();
    assert_eq!(ended.status, Some(0), "{}", ended.err);
    let came = datagrams(&far, 10);
    assert!(came.iter().take(9).all(|datagram| datagram.len() == 100));
    assert_eq!(came.concat(), bytes);
}

#[test]
fn no_more_binary_input_is_read_than_the_connection_takes() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let to = listener.local_addr().unwrap().to_string();
    let mut client = Program::run(&["tcp-client", &to, "--binary", "--once", "-q"]);
    let (mut stream, _) = listener.accept().unwrap();
    stream.set_read_timeout(Some(DEADLINE)).unwrap();
    let length = 128 << 20;
    let taken = client.is_given(&vec![0; length]);
    let early = taken.recv_timeout(Duration::from_secs(2));
    assert_eq!(early, Err(RecvTimeoutError::Timeout), "it took all of it");
    let came = std::io::copy(&mut stream, &mut std::io::sink()).unwrap();
    assert_eq!(came, length as u64);
    let ended = client.ended();
    assert_eq!(ended.status, Some(0), "{}", ended.err);
}

#[test]
fn blocks_that_were_not_sent_are_no_lines() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let to = listener.local_addr().unwrap().to_string();
    let server = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        // Closing it with bytes unread resets it (RFC 2525 §2.17).
        stream.read_exact(&mut [0; 1]).unwrap();
    });
    let mut client = Program::run(&["tcp-client", &to, "--binary", "--once", "-q"]);
    client.is_given(&vec![0; 64 << 20]);
    let ended = client.ended();
    server.join().unwrap();
    assert_eq!(ended.status, Some(1), "{}", ended.err);
    assert!(
        ended.err.contains("of the input were not sent"),
        "{}",
        ended.err
    );
}

#[test]
fn a_file_is_sent_whole_whatever_is_typed() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("data.bin");
    let bytes = noise(3_000_000);
    std::fs::write(&file, &bytes).unwrap();
    let (to, server) = reader();
    let file = file.to_str().unwrap();
    // Its standard input does not end.
    let client = Program::run(&["tcp-client", &to, "--file", file, "--once", "-q"]);
    let ended = client.ended();
    assert_eq!(ended.status, Some(0), "{}", ended.err);
    assert!(server.join().unwrap() == bytes);

    let far = UdpSocket::bind("127.0.0.1:0").unwrap();
    let to = far.local_addr().unwrap().to_string();
    let short = dir.path().join("short.bin");
    std::fs::write(&short, &bytes[..9_500]).unwrap();
    let words = ["udp", "--to", &to, "--file", short.to_str().unwrap()];
    let pace = ["--block", "1000", "--file-rate", "1MB/s", "--once"];
    let ended = run(&[&words[..], &pace[..]].concat());
    assert_eq!(ended.status, Some(0), "{}", ended.err);
    let came = datagrams(&far, 10);
    assert!(came.iter().take(9).all(|datagram| datagram.len() == 1_000));
    assert!(came.concat() == bytes[..9_500]);
}

#[test]
fn a_file_that_is_not_sent_whole_is_a_failure_with_its_bytes() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("data.bin");
    let sparse = std::fs::File::create(&file).unwrap();
    sparse.set_len(64 << 20).unwrap();
    let file = file.to_str().unwrap();
    for (lang, words) in [
        ("en", "of the file's 67,108,864 bytes were sent"),
        ("zh", "文件共 67,108,864 字节"),
    ] {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let to = listener.local_addr().unwrap().to_string();
        let server = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            stream.read_exact(&mut [0; 1]).unwrap();
        });
        let client = ["tcp-client", &to, "--file", file, "--once", "-q"];
        let ended = run(&[&client[..], &["--lang", lang]].concat());
        server.join().unwrap();
        assert_eq!(ended.status, Some(1), "{}", ended.err);
        assert!(ended.err.contains(words), "{}", ended.err);
    }
    // Nothing is opened if the path is not a file.
    for missing in [dir.path().to_str().unwrap(), "/nowhere/data.bin"] {
        let ended = run(&["udp", "--file", missing, "--once"]);
        assert_eq!(ended.status, Some(2), "{}", ended.err);
        assert!(ended.err.contains(missing) && ended.out.is_empty());
    }
}

/// Prints the messages of the program on a terminal.
const TERMINAL: &str = "
import os, pty, subprocess, sys
screen, terminal = pty.openpty()
nothing = subprocess.DEVNULL
program = subprocess.Popen(sys.argv[1:], stdin=nothing, stdout=nothing, stderr=terminal)
os.close(terminal)
said = b''
try:
    while part := os.read(screen, 4096):
        said += part
except OSError:
    pass
sys.stdout.buffer.write(said)
sys.exit(program.wait())
";

#[test]
fn the_progress_of_a_file_is_printed_on_a_terminal() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("data.bin");
    std::fs::write(&file, noise(400_000)).unwrap();
    let (to, server) = reader();
    let output = Command::new("timeout")
        .args(["30", "python3", "-c", TERMINAL])
        .args([env!("CARGO_BIN_EXE_netpeer"), "--lang", "en"])
        .args([
            "tcp-client",
            &to,
            "--once",
            "--file",
            file.to_str().unwrap(),
        ])
        .args(["--file-rate", "100kB/s", "--block", "1000"])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{said}");
    assert_eq!(server.join().unwrap().len(), 400_000);
    let times = said.matches("of 400,000 bytes").count();
    assert!((1..=20).contains(&times), "{said}");
}
