//! Lines typed into a session.
use super::program::{DEADLINE, Program, echo, run};
use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpListener, UdpSocket};
use std::process::Command;
use std::sync::mpsc::channel;

#[test]
fn typed_lines_go_to_the_peer_and_its_answers_are_printed() {
    let to = echo().to_string();
    let mut program = Program::run(&["udp", "--bind", "127.0.0.1:0", "--to", &to, "--count", "2"]);
    program.types("hello");
    let (ip, port) = to.split_once(':').unwrap();
    program.line_with(&format!("# SEND ASCII TO {ip} :{port}>"));
    program.line_with("hello");
    program.line_with(&format!("# RECV ASCII FROM {ip} :{port}>"));
    program.line_with("re:hello");
    program.types("你好");
    program.line_with("re:你好");
    let ended = program.ended();
    assert_eq!(ended.status, Some(0));
    assert!(
        ended
            .err
            .contains("Received 2 (17 bytes), sent 2 (11 bytes)"),
        "{}",
        ended.err
    );
}

#[test]
fn without_a_target_lines_wait_for_the_first_sender() {
    let mut program = Program::run(&["udp", "--bind", "127.0.0.1:0", "--once"]);
    program.types("answer");
    program.ends_input();
    let local = program.local();
    let peer = UdpSocket::bind("127.0.0.1:0").unwrap();
    peer.set_read_timeout(Some(DEADLINE)).unwrap();
    peer.send_to(b"question", local).unwrap();
    let mut buffer = [0; 64];
    let (count, _) = peer.recv_from(&mut buffer).unwrap();
    assert_eq!(buffer[..count], *b"answer");
    assert_eq!(program.ended().status, Some(0));
}

#[test]
fn options_say_what_typed_lines_mean() {
    let peer = UdpSocket::bind("127.0.0.1:0").unwrap();
    peer.set_read_timeout(Some(DEADLINE)).unwrap();
    let to = peer.local_addr().unwrap().to_string();
    let cases: [(&[&str], &str, &[u8]); 4] = [
        (
            &["--hex", "--checksum", "CRC-16/MODBUS"],
            "01 03 00 00 00 02",
            b"\x01\x03\0\0\0\x02\xC4\x0B",
        ),
        (&["--escapes", "--ending", "crlf"], r"AT\x21", b"AT!\r\n"),
        (&["--encoding", "gbk"], "你", b"\xC4\xE3"),
        (&[], "", b""),
    ];
    for (options, line, bytes) in cases {
        let mut program = Program::run(&[&["udp", "--to", &to, "--once"], options].concat());
        program.types(line);
        program.ends_input();
        let mut buffer = [0; 64];
        let (count, _) = peer.recv_from(&mut buffer).unwrap();
        assert_eq!(buffer[..count], *bytes);
        assert_eq!(program.ended().status, Some(0));
    }
    let mut program = Program::run(&["udp", "--to", &to, "--once", "--hex"]);
    program.types("0g");
    program.ends_input();
    let ended = program.ended();
    assert!(
        ended
            .err
            .contains("Character 2: “g” is not a hexadecimal digit"),
        "{}",
        ended.err
    );
}

#[test]
fn a_long_input_goes_out_as_fast_as_it_is_read() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let local = listener.local_addr().unwrap().to_string();
    let reader = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        std::io::copy(&mut stream, &mut std::io::sink()).unwrap()
    });
    let mut client = Program::run(&["tcp-client", &local, "--once", "--ending", "lf"]);
    let line = "x".repeat(9_999);
    for _ in 0..1_500 {
        client.types(&line);
    }
    client.ends_input();
    let ended = client.ended();
    assert_eq!(
        (ended.status, reader.join().unwrap()),
        (Some(0), 15_000_000),
        "{}",
        ended.err
    );
}

#[test]
fn a_line_of_more_than_a_mebibyte_is_one_message() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let to = listener.local_addr().unwrap().to_string();
    let reader = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut all = Vec::new();
        stream.read_to_end(&mut all).unwrap();
        all
    });
    let words = ["tcp-client", &to, "--once", "--ending", "lf"];
    let options = ["--encoding", "gbk", "--checksum", "XOR-8"];
    let mut client = Program::run(&[&words[..], &options].concat());
    let line = "你".repeat(1_000_000);
    client.is_given(format!("{line}\nb\n").as_bytes());
    let ended = client.ended();
    let all = reader.join().unwrap();
    assert_eq!(ended.status, Some(0), "{}", ended.err);
    let whole = [&b"\xC4\xE3".repeat(1_000_000)[..], b"\0\n"].concat();
    assert_eq!(all.len(), whole.len() + 3);
    assert!(all.starts_with(&whole) && all.ends_with(b"bb\n"));
    assert_eq!(all.iter().filter(|byte| **byte == b'\n').count(), 2);
}

#[test]
fn a_line_that_is_too_long_is_refused_whole_and_named() {
    let far = UdpSocket::bind("127.0.0.1:0").unwrap();
    let to = far.local_addr().unwrap().to_string();
    for (length, lang, words) in [
        ((1 << 20) + 5, "en", "line 1 was not sent"),
        (
            9 << 20,
            "en",
            "line 1 was not sent: it is longer than 8 MiB",
        ),
        (9 << 20, "zh", "第 1 行没有发出：它超过 8 MiB"),
    ] {
        let mut program = Program::run(&["udp", "--to", &to, "--once", "--lang", lang]);
        let input = [&b"x".repeat(length)[..], b"\nlast\n"].concat();
        program.is_given(&input);
        let ended = program.ended();
        assert_eq!(ended.status, Some(1), "{}", ended.err);
        assert!(ended.err.contains(words), "{}", ended.err);
        let mut buffer = [0; 64];
        let count = far.recv(&mut buffer).unwrap();
        assert_eq!(buffer[..count], *b"last");
        far.set_nonblocking(true).unwrap();
        assert!(far.recv(&mut buffer).is_err());
        far.set_nonblocking(false).unwrap();
    }
}

#[test]
fn each_line_of_a_pipe_is_repeated_before_the_next_takes_its_place() {
    let far = UdpSocket::bind("127.0.0.1:0").unwrap();
    far.set_read_timeout(Some(DEADLINE)).unwrap();
    let to = far.local_addr().unwrap().to_string();
    let came = || {
        let mut buffer = [0; 8];
        let count = far.recv(&mut buffer).unwrap();
        String::from_utf8_lossy(&buffer[..count]).into_owned()
    };
    let repeat = ["udp", "--to", &to, "--repeat", "5ms"];
    let mut program = Program::run(&[&repeat[..], &["--times", "3", "--once"]].concat());
    program.is_given(b"a\nb\nc\nd\n");
    let ended = program.ended();
    assert_eq!(ended.status, Some(0), "{}", ended.err);
    let all: String = (0..12).map(|_| came()).collect();
    assert_eq!(all, "aaabbbcccddd");
    // Without an end, each message is sent at least once.
    let mut program = Program::run(&repeat);
    program.is_given(b"a\nb\nc\n");
    let mut all = String::new();
    while !all.ends_with("cc") {
        all.push_str(&came());
    }
    assert!(all.starts_with('a') && all.contains('b'), "{all}");
}

#[test]
fn lines_go_out_though_the_peer_sends_without_end() {
    const LINES: usize = 200;
    const BEFORE: usize = 4 << 20;
    const MAX: usize = 96 << 20;
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let to = listener.local_addr().unwrap().to_string();
    let words = ["tcp-client", &to, "--ending", "lf"];
    let (mut client, mut output) = Program::with_output(&words);
    std::thread::spawn(move || std::io::copy(&mut output, &mut std::io::sink()));
    let (mut stream, _) = listener.accept().unwrap();
    stream.set_read_timeout(Some(DEADLINE)).unwrap();
    let mut flooding = stream.try_clone().unwrap();
    let (began, begins) = channel();
    let flood = std::thread::spawn(move || {
        let block = [b'a'; 1 << 16];
        let mut sent = 0;
        while sent < MAX && flooding.write_all(&block).is_ok() {
            sent += block.len();
            if sent == BEFORE {
                began.send(()).unwrap();
            }
        }
        sent
    });
    begins.recv_timeout(DEADLINE).unwrap();
    client.is_given(&b"line\n".repeat(LINES));
    let mut came = 0;
    while came < LINES * "line\n".len() {
        let count = stream.read(&mut [0; 4_096]).unwrap();
        assert!(count > 0, "{came}");
        came += count;
    }
    // Ends the load.
    stream.shutdown(Shutdown::Both).unwrap();
    let sent = flood.join().unwrap();
    assert!(sent < MAX, "they were sent when the peer had sent all");
}

#[test]
fn once_ends_with_an_empty_input_whoever_is_there() {
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    let server = server.local_addr().unwrap().to_string();
    let kinds: [&[&str]; 3] = [
        &["udp", "--bind", "127.0.0.1:0"],
        &["tcp-server", "--bind", "127.0.0.1:0"],
        &["tcp-client", &server],
    ];
    for kind in kinds {
        let ended = run(&[kind, &["--once"]].concat());
        assert_eq!(ended.status, Some(0), "{kind:?}: {}", ended.err);
    }
}

#[test]
fn lines_left_when_the_reader_of_the_output_goes_are_reported() {
    let far = TcpListener::bind("127.0.0.1:0").unwrap();
    let to = far.local_addr().unwrap().to_string();
    let reader = std::thread::spawn(move || {
        let (mut stream, _) = far.accept().unwrap();
        std::io::copy(&mut stream, &mut std::io::sink()).unwrap()
    });
    let words = ["tcp-client", &to, "--once", "--ending", "lf"];
    let (mut client, output) = Program::with_output(&words);
    drop(output);
    let lines = 100_000;
    client.is_given(&b"y\n".repeat(lines));
    let ended = client.ended();
    let read = reader.join().unwrap();
    // The totals report the received bytes as sent.
    let reported = format!("({} bytes), dropped", netpeer::words::grouped(read));
    assert!(ended.err.contains(&reported), "{read}: {}", ended.err);
    let whole = read == 2 * lines as u64;
    let unsent = ended.err.contains("lines were not sent");
    let failed = (Some(1), true);
    assert!(
        whole || (ended.status, unsent) == failed,
        "{read}: {}",
        ended.err
    );
}

#[test]
fn a_server_that_resets_may_not_have_read_what_was_sent() {
    for (lang, words) in [("en", "may not have read"), ("zh", "可能没有读完")] {
        let far = TcpListener::bind("127.0.0.1:0").unwrap();
        let to = far.local_addr().unwrap().to_string();
        let arguments = ["tcp-client", &to, "--once", "--lang", lang];
        let mut client = Program::run(&arguments);
        let (stream, _) = far.accept().unwrap();
        for _ in 0..20 {
            client.types("hello there");
        }
        // The data has arrived and is unread: closing resets the connection (RFC 2525 §2.17).
        let deadline = std::time::Instant::now() + DEADLINE;
        while stream.peek(&mut [0; 512]).unwrap() < 220 {
            assert!(std::time::Instant::now() < deadline);
            std::thread::yield_now();
        }
        drop(stream);
        client.line_with("RST");
        client.ends_input();
        let ended = client.ended();
        assert_eq!(ended.status, Some(1), "{}", ended.err);
        assert!(ended.err.contains(words), "{}", ended.err);
    }
}

/// Types a line of this length, another line and Ctrl+D into the program on a terminal, once it
/// is bound.
const TERMINAL: &str = "
import os, pty, subprocess, sys
keyboard, terminal = pty.openpty()
program = subprocess.Popen(sys.argv[2:], stdin=terminal, stdout=subprocess.PIPE)
program.stdout.readline()
text = b'x' * int(sys.argv[1]) + b'\\nafter\\n\\x04'
while text:
    text = text[os.write(keyboard, text):]
program.stdout.read()
sys.exit(program.wait())
";

#[test]
fn a_line_that_the_terminal_truncates_is_not_sent() {
    let far = UdpSocket::bind("127.0.0.1:0").unwrap();
    far.set_read_timeout(Some(DEADLINE)).unwrap();
    let to = far.local_addr().unwrap().to_string();
    let program = env!("CARGO_BIN_EXE_netpeer");
    for (length, is_cut) in [(4_000, false), (4_095, true), (9_000, true)] {
        let output = Command::new("timeout")
            .args([
                "30",
                "python3",
                "-c",
                TERMINAL,
                &length.to_string(),
                program,
            ])
            .args(["--lang", "en", "udp", "--bind", "127.0.0.1:0"])
            .args(["--to", &to, "--once"])
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(i32::from(is_cut)), "{said}");
        let reported = said.contains("line 1 was not sent: the terminal");
        assert_eq!(reported, is_cut, "{said}");
        let mut buffer = [0; 9_000];
        if !is_cut {
            assert_eq!(far.recv(&mut buffer).unwrap(), length);
            assert_eq!(far.recv(&mut buffer).unwrap(), 5);
        }
    }
}

#[test]
fn once_with_an_input_that_has_not_ended_is_a_failure_when_the_peer_ends() {
    for (lang, words) in [("en", "before the input did"), ("zh", "输入还没有结束")] {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let to = listener.local_addr().unwrap().to_string();
        let server = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            stream.read_exact(&mut [0; 3]).unwrap();
        });
        let mut client = Program::run(&["tcp-client", &to, "--once", "--lang", lang]);
        client.types("one");
        let ended = client.ended();
        server.join().unwrap();
        assert_eq!(ended.status, Some(1), "{}", ended.err);
        assert!(ended.err.contains(words), "{}", ended.err);
    }
}

#[test]
fn a_peer_that_leaves_early_did_not_get_all_that_was_to_be_repeated() {
    let cases: [&[&str]; 3] = [&[], &["--once"], &["--for", "20s"]];
    for options in cases {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let to = listener.local_addr().unwrap().to_string();
        let server = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            stream.read_exact(&mut [0; 6]).unwrap();
            stream.shutdown(Shutdown::Write).unwrap();
            let mut rest = Vec::new();
            stream.read_to_end(&mut rest).unwrap();
            3 + rest.len() / 2
        });
        let words = ["tcp-client", &to, "--message", "hi", "--repeat", "20ms"];
        let ended = run(&[&words[..], &["--times", "500"], options].concat());
        let reported = format!("{} of 500 were sent", server.join().unwrap());
        assert_eq!(ended.status, Some(1), "{options:?}: {}", ended.err);
        assert!(ended.err.contains(&reported), "{reported}: {}", ended.err);
    }
}

#[test]
fn a_server_whose_only_client_leaves_did_not_repeat_all() {
    let words = ["tcp-server", "--bind", "127.0.0.1:0", "--once"];
    let repeat = ["--message", "hi", "--repeat", "20ms", "--times", "500"];
    let mut server = Program::run(&[&words[..], &repeat].concat());
    server.ends_input();
    let mut client = std::net::TcpStream::connect(server.local()).unwrap();
    client.read_exact(&mut [0; 4]).unwrap();
    drop(client);
    let ended = server.ended();
    assert_eq!(ended.status, Some(1), "{}", ended.err);
    assert!(ended.err.contains(" of 500 were sent"), "{}", ended.err);
}

#[test]
fn the_time_asked_for_is_reason_enough_to_repeat_less_often() {
    let far = UdpSocket::bind("127.0.0.1:0").unwrap();
    let to = far.local_addr().unwrap().to_string();
    let repeat = ["--message", "hi", "--repeat", "10ms", "--times", "5000"];
    let ended = run(&[&["udp", "--to", &to, "--for", "100ms"], &repeat[..]].concat());
    assert_eq!(ended.status, Some(0), "{}", ended.err);
}
