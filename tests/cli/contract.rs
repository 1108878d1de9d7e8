//! Exit statuses and totals are a contract: status 0 means that everything requested was done,
//! and the totals equal the bytes that the far side received.

use super::program::{DEADLINE, Ended, Program, run};
use std::io::Read as _;
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::process::{Command, Stdio};
use std::thread::JoinHandle;

/// The behaviour of the far side.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Does {
    /// Reads to the end.
    Reads,
    /// Reads this many bytes, then closes with others unread (RST, RFC 2525 §2.17).
    Resets(usize),
    /// Sends its FIN at once, and reads to the end.
    Finishes,
    /// Closes at once.
    Closes,
}

/// A server for one client; returns the number of bytes it read.
fn server(does: Does) -> (String, JoinHandle<usize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let thread = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        stream.set_read_timeout(Some(DEADLINE)).unwrap();
        serve(&mut stream, does)
    });
    (address, thread)
}

fn serve(stream: &mut TcpStream, does: Does) -> usize {
    if does == Does::Finishes {
        stream.shutdown(Shutdown::Write).unwrap();
    }
    let (mut read, mut buffer) = (0, [0; 4096]);
    let most = match does {
        Does::Resets(most) => most,
        Does::Closes => 0,
        Does::Reads | Does::Finishes => usize::MAX,
    };
    while read < most {
        match stream.read(&mut buffer) {
            Ok(0) | Err(_) => break,
            Ok(count) => read += count,
        }
    }
    read
}

/// Runs the program with this input.
fn fed(arguments: &[&str], input: &[u8]) -> Ended {
    let mut program = Program::run(arguments);
    program.is_given(input);
    program.ended()
}

/// The number before `word` in a message.
pub fn number_before(said: &str, word: &str) -> u64 {
    let (before, _) = said
        .split_once(word)
        .unwrap_or_else(|| panic!("{word}: {said}"));
    let number = before.trim_end().rsplit([' ', '≥', '(']).next().unwrap();
    number
        .replace(',', "")
        .parse()
        .unwrap_or_else(|_| panic!("{number}: {said}"))
}

#[test]
fn lines_that_a_server_does_not_take_are_counted() {
    let lines = 200_000;
    let input = "y\n".repeat(lines);
    for (does, whole) in [
        (Does::Reads, true),
        (Does::Resets(4_096), false),
        (Does::Closes, false),
    ] {
        let (address, server) = server(does);
        let arguments = [
            "tcp-client",
            &address,
            "--once",
            "--lang",
            "en",
            "--ending",
            "lf",
        ];
        let ended = fed(&arguments, input.as_bytes());
        let read = server.join().unwrap();
        let sent = number_before(&ended.err, "bytes), dropped");
        if whole {
            assert_eq!(
                (ended.status, read),
                (Some(0), input.len()),
                "{}",
                ended.err
            );
            assert_eq!(sent, input.len() as u64);
            assert!(!ended.err.contains("not sent"), "{}", ended.err);
        } else {
            assert_eq!(ended.status, Some(1), "{does:?}: {}", ended.err);
            let unsent = number_before(&ended.err, "lines were not sent");
            // A line has two bytes; one may be split in the middle.
            assert_eq!(
                sent.div_euclid(2) + unsent,
                lines as u64,
                "{does:?}: {}",
                ended.err
            );
        }
    }
}

#[test]
fn a_server_ends_when_its_only_client_leaves_with_lines_unsent() {
    let words = [
        "tcp-server",
        "--bind",
        "127.0.0.1:0",
        "--once",
        "--ending",
        "lf",
    ];
    let mut program = Program::run(&words);
    let mut client = TcpStream::connect(program.local()).unwrap();
    program.is_given(&b"y\n".repeat(200_000));
    client.read_exact(&mut [0; 1]).unwrap();
    drop(client);
    let ended = program.ended();
    assert_eq!(ended.status, Some(1), "{}", ended.err);
    assert!(ended.err.contains("lines were not sent"), "{}", ended.err);
}

#[test]
fn a_server_that_only_ends_its_direction_gets_everything() {
    let (address, server) = server(Does::Finishes);
    let ended = fed(&["tcp-client", &address, "--once"], &b"x\n".repeat(50_000));
    let read = server.join().unwrap();
    let whole = (Some(0), 50_000);
    let part_is_reported = ended.status == Some(1) && ended.err.contains("50,000") || read < 50_000;
    assert!(
        (ended.status, read) == whole || part_is_reported,
        "{read}: {}",
        ended.err
    );
}

#[test]
fn what_was_given_before_the_peer_ends_is_sent() {
    let lines = b"x\n".repeat(50_000);
    let cases: [(&[&str], &[u8], usize); 3] = [
        (&["--message", "hello"], b"", 5),
        (&["--message", "hello", "--once"], b"one\ntwo\n", 11),
        (&["--once"], &lines, 50_000),
    ];
    for (options, input, length) in cases {
        for _ in 0..5 {
            let (address, server) = server(Does::Finishes);
            let ended = fed(&[&["tcp-client", &address], options].concat(), input);
            let read = server.join().unwrap();
            let whole = (Some(0), length);
            assert_eq!((ended.status, read), whole, "{options:?}: {}", ended.err);
        }
    }
}

#[test]
fn fewer_than_were_to_come_are_a_failure() {
    for (lang, words) in [("en", "0 of 3 came"), ("zh", "只收到 0 条，应为 3 条")] {
        let (address, server) = server(Does::Closes);
        let ended = fed(
            &["tcp-client", &address, "--count", "3", "--lang", lang],
            b"",
        );
        server.join().unwrap();
        assert_eq!(ended.status, Some(1), "{}", ended.err);
        assert!(ended.err.contains(words), "{}", ended.err);
    }
    let arguments = [
        "udp",
        "--bind",
        "127.0.0.1:0",
        "--count",
        "1",
        "--for",
        "200ms",
    ];
    assert_eq!(fed(&arguments, b"").status, Some(1));
}

#[test]
fn datagrams_that_cannot_go_are_a_failure_and_named() {
    let far = UdpSocket::bind("127.0.0.1:0").unwrap();
    let to = far.local_addr().unwrap().to_string();
    let long = format!("first\n{}\nlast\n", "x".repeat(65_508));
    let cases: [(&[&str], &str, &str, usize); 5] = [
        (&["--to", &to], "first\nlast\n", "", 2),
        (&["--to", &to], &long, "line 2 was not sent", 2),
        (
            &["--to", &to, "--hex"],
            "48\nzz\n49\n",
            "line 2 was not sent",
            2,
        ),
        (&["--to", &to, "--encoding", "gbk"], "好\n", "", 1),
        (
            &["--to", &to, "--encoding", "latin1"],
            "a\n好\n",
            "line 2 was not sent",
            1,
        ),
    ];
    for (options, input, words, count) in cases {
        let arguments = [&["udp", "--once", "--lang", "en"], options].concat();
        let ended = fed(&arguments, input.as_bytes());
        let status = if words.is_empty() { 0 } else { 1 };
        assert_eq!(ended.status, Some(status), "{options:?}: {}", ended.err);
        assert!(ended.err.contains(words), "{options:?}: {}", ended.err);
        far.set_nonblocking(true).unwrap();
        let came = std::iter::from_fn(|| far.recv(&mut [0; 8]).ok()).count();
        assert_eq!(came, count, "{options:?}: {}", ended.err);
        assert!(
            ended.err.contains(&format!("sent {count} (")),
            "{}",
            ended.err
        );
    }
    for to in ["no.such.host.invalid:9", "[::1]:9"] {
        let arguments = [
            "udp",
            "--bind",
            "127.0.0.1:0",
            "--to",
            to,
            "--once",
            "--lang",
            "en",
        ];
        let ended = fed(&arguments, b"hello\n");
        assert_eq!(ended.status, Some(1), "{to}: {}", ended.err);
        assert!(ended.err.contains("not sent"), "{to}: {}", ended.err);
    }
}

#[test]
fn an_input_that_fails_is_a_failure() {
    // Reading a folder gives EISDIR.
    let to = UdpSocket::bind("127.0.0.1:0").unwrap();
    let to = to.local_addr().unwrap().to_string();
    for (lang, words) in [
        ("en", "the input cannot be read"),
        ("zh", "输入无法继续读取"),
    ] {
        let output = Command::new(env!("CARGO_BIN_EXE_netpeer"))
            .args(["udp", "--to", &to, "--once", "--lang", lang])
            .stdin(std::fs::File::open("/").unwrap())
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert!(said.contains(words), "{said}");
    }
}

#[test]
fn an_output_that_is_full_is_a_failure() {
    let far = UdpSocket::bind("127.0.0.1:0").unwrap();
    let to = far.local_addr().unwrap().to_string();
    let commands: [&[&str]; 4] = [
        &["udp", "--bind", "127.0.0.1:0", "--for", "100ms"],
        &["meter", "--to", &to, "--count", "1", "--wait", "10ms"],
        &["flood", &to, "--count", "1"],
        &["tcp-server", "--bind", "127.0.0.1:0", "--for", "100ms"],
    ];
    for arguments in commands {
        let full = std::fs::OpenOptions::new()
            .write(true)
            .open("/dev/full")
            .unwrap();
        let output = Command::new(env!("CARGO_BIN_EXE_netpeer"))
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(full)
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}: {said}");
        let names_it = ["standard output", "标准输出"].map(|name| said.contains(name));
        assert!(names_it.contains(&true), "{arguments:?}: {said}");
    }
}

#[test]
fn a_measurement_of_less_than_was_asked_for_is_a_failure() {
    // Nothing is sent: the address family differs.
    let arguments = [
        "meter",
        "--bind",
        "127.0.0.1:0",
        "--to",
        "[::1]:9",
        "--count",
        "1000",
        "--wait",
        "10ms",
        "--expect-loss",
        "<1%",
        "--lang",
        "en",
        "--for",
        "500ms",
    ];
    let arguments: Vec<&str> = arguments.into_iter().collect();
    let ended = fed(&arguments, b"");
    assert_eq!(ended.status, Some(1), "{}", ended.err);
    assert!(ended.err.contains("0 of 1,000"), "{}", ended.err);
}

#[test]
fn an_output_that_does_not_block_is_waited_for() {
    // A socket pair whose other end is read late: its buffer fills, and writes fail with EAGAIN.
    let (ours, theirs) = std::os::unix::net::UnixStream::pair().unwrap();
    theirs.set_nonblocking(true).unwrap();
    let far = UdpSocket::bind("127.0.0.1:0").unwrap();
    let port = crate::ports::quiet();
    let local = SocketAddr::from(([127, 0, 0, 1], port));
    let bind = local.to_string();
    let mut child = Command::new(env!("CARGO_BIN_EXE_netpeer"))
        .args(["udp", "--bind", &bind, "--count", "300"])
        .stdin(Stdio::null())
        .stdout(std::os::fd::OwnedFd::from(theirs))
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut ours = ours;
    let mut first = [0; 1];
    ours.read_exact(&mut first).unwrap();
    for _ in 0..400 {
        far.send_to(&[b'x'; 3_000], local).unwrap();
    }
    let mut text = String::new();
    ours.read_to_string(&mut text).unwrap();
    let status = child.wait().unwrap();
    let mut said = String::new();
    child
        .stderr
        .take()
        .unwrap()
        .read_to_string(&mut said)
        .unwrap();
    assert!(status.success(), "{said}");
    assert_eq!(text.matches("RECV").count(), 300);
    // The totals count all messages, and a message says how many were not printed.
    assert!(said.contains("Received 400 "), "{said}");
    assert!(said.contains("100 more came before the end"), "{said}");
}

#[test]
fn an_address_is_not_taken_for_the_name_of_a_unix_socket() {
    for (lang, words) in [("en", "IP address"), ("zh", "IP 地址")] {
        let ended = run(&["unix-server", "--bind", "127.0.0.1:8080", "--lang", lang]);
        assert_eq!(ended.status, Some(2), "{}", ended.err);
        assert!(ended.err.contains(words), "{}", ended.err);
        assert!(ended.err.contains("/tmp/demo.sock"), "{}", ended.err);
    }
}

#[test]
fn a_unix_socket_is_named_by_a_url() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("file://{}/a%20b", folder.path().display());
    let ended = run(&["unix-server", "--bind", &url, "--for", "10ms"]);
    assert_eq!(ended.status, Some(0), "{}", ended.err);
    assert!(ended.out.contains("/a b"), "{}", ended.out);
}
