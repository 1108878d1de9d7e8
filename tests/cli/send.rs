//! `netpeer send`.
use super::program::{DEADLINE, Program, echo, run};
use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpListener};
use std::os::unix::net::{UnixDatagram, UnixListener};
use std::time::Duration;

#[test]
fn the_right_answer_is_status_0() {
    let to = echo().to_string();
    let cases: [&[&str]; 5] = [
        &["hi", "--expect", "re:hi"],
        &["hi", "--expect-part", "e:h"],
        &["hi", "--expect-regex", "^re:h.$"],
        &["00 01", "--hex", "--expect-hex", "72 65 3a ?? 01"],
        &["hi"],
    ];
    for case in cases {
        let ended = run(&[&["send", &to], case].concat());
        assert_eq!(
            (ended.status, ended.err.as_str()),
            (Some(0), ""),
            "{case:?}"
        );
        assert_eq!(
            ended.out.contains("# RECV"),
            case.len() > 1,
            "{}",
            ended.out
        );
    }
}

#[test]
fn a_server_that_resets_may_not_have_read_what_was_sent() {
    for (lang, words) in [("en", "may not have read"), ("zh", "可能没有读完")] {
        let far = TcpListener::bind("127.0.0.1:0").unwrap();
        let to = far.local_addr().unwrap().to_string();
        // The program may end before the reset arrives, but not in all of these attempts.
        let reported = (0..20).any(|_| {
            let far = far.try_clone().unwrap();
            let server = std::thread::spawn(move || {
                let (stream, _) = far.accept().unwrap();
                // The data has arrived and is unread: closing resets the connection (RFC 2525
                // §2.17).
                while stream.peek(&mut [0; 64]).unwrap() < 5 {}
                drop(stream);
            });
            let ended = run(&["send", "tcp", &to, "hello", "--lang", lang]);
            server.join().unwrap();
            assert_eq!(
                ended.status != Some(0),
                ended.err.contains(words),
                "{}",
                ended.err
            );
            ended.status == Some(1)
        });
        assert!(reported);
    }
}

#[test]
fn an_expected_text_may_come_in_gbk() {
    let to = echo().to_string();
    // The echo adds the prefix `re:`: 你好 in GBK.
    let said = r"\xC4\xE3\xBA\xC3";
    let sent = ["send", &to, "--escapes", said, "--within", "20s"];
    for (option, text) in [
        ("--expect", "re:你好"),
        ("--expect-part", "你好"),
        ("--expect-regex", "^re:你.$"),
    ] {
        let ended = run(&[&sent[..], &[option, text]].concat());
        assert_eq!(ended.status, Some(0), "{option}: {}", ended.err);
    }
    let chosen = ["send", &to, "你好", "--encoding", "gbk", "--within", "20s"];
    for (option, text) in [("--expect", "re:你好"), ("--expect-regex", "^re:你.$")] {
        let ended = run(&[&chosen[..], &[option, text]].concat());
        assert_eq!(ended.status, Some(0), "{option}: {}", ended.err);
    }
}

#[test]
fn a_unix_socket_is_sent_to_by_its_name() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    let (theirs, ours) = (path("theirs"), path("ours"));
    let socket = UnixDatagram::bind(&theirs).unwrap();
    socket.set_read_timeout(Some(DEADLINE)).unwrap();
    let server = std::thread::spawn(move || {
        let mut buffer = [0; 16];
        let (length, from) = socket.recv_from(&mut buffer).unwrap();
        let to = from.as_pathname().unwrap();
        socket.send_to(&buffer[..length], to).unwrap();
    });
    let sent = ["send", "unix-datagram", &theirs, "hi", "--from", &ours];
    let ended = run(&[&sent[..], &["--expect", "hi", "--within", "20s"]].concat());
    assert_eq!((ended.status, ended.err.as_str()), (Some(0), ""));
    assert!(ended.out.contains(&theirs), "{}", ended.out);
    server.join().unwrap();
    let server = UnixListener::bind(path("server")).unwrap();
    let reader = std::thread::spawn(move || {
        let (mut stream, _) = server.accept().unwrap();
        let mut all = Vec::new();
        stream.read_to_end(&mut all).unwrap();
        all
    });
    let ended = run(&["send", "unix", &path("server"), "48 49", "--hex"]);
    assert_eq!((ended.status, ended.err.as_str()), (Some(0), ""));
    assert_eq!(reader.join().unwrap(), b"HI");
    let nobody = path("nobody");
    let cases: [(&[&str], &str); 7] = [
        (&["unix", &nobody, "hi"], "nobody"),
        (&["unix-datagram", &nobody, "hi"], "nobody"),
        (&["pipe", "/tmp/a", "hi"], "unix-datagram"),
        (&["unix", "", "hi"], "Give a name"),
        (&["unix", &theirs, "hi", "--from", &ours], "--from"),
        (
            &["unix-datagram", &theirs, "hi", "--from", "127.0.0.1"],
            "127.0.0.1",
        ),
        (
            &["udp", "127.0.0.1:9", "hi", "--from", &ours],
            "unix-datagram",
        ),
    ];
    for (case, words) in cases {
        let ended = run(&[&["send"], case].concat());
        assert_eq!(ended.status, Some(2), "{case:?}: {}", ended.err);
        assert!(ended.err.contains(words), "{case:?}: {}", ended.err);
    }
}

#[test]
fn options_stand_anywhere() {
    let to = echo().to_string();
    let cases: [&[&str]; 4] = [
        &[
            "send",
            "udp",
            &to,
            "--hex",
            "48",
            "--expect-hex",
            "72 65 3A 48",
        ],
        &["send", &to, "--hex", "{0x48}", "--expect-hex", "72653a48"],
        &[
            "send", "--within", "20s", "udp", &to, "--expect", "re:H", "H",
        ],
        &["flood", "--count", "1", "udp", "--rate", "10", &to],
    ];
    for case in cases {
        let ended = run(case);
        assert_eq!(ended.status, Some(0), "{case:?}: {}", ended.err);
    }
    for case in [
        &["send", "udp"][..],
        &["send", "a", "b", "c", "d"],
        &["flood", "a", "b", "c"],
    ] {
        let ended = run(case);
        assert_eq!(ended.status, Some(2), "{case:?}");
        assert!(ended.err.contains("HOST:PORT"), "{}", ended.err);
    }
}

#[test]
fn names_of_languages_and_of_this_machine_are_understood() {
    for (tag, words) in [
        ("zh-CN", "收到"),
        ("zh_CN.UTF-8", "收到"),
        ("en-US", "Received"),
    ] {
        let bind = [
            "--lang",
            tag,
            "udp",
            "--bind",
            "localhost:0",
            "--for",
            "10ms",
        ];
        let mut netpeer = std::process::Command::new(env!("CARGO_BIN_EXE_netpeer"));
        let output = netpeer.args(bind).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(0), "{said}");
        assert!(said.contains(words), "{said}");
        let rows = String::from_utf8_lossy(&output.stdout);
        assert!(rows.contains("127.0.0.1:"), "{rows}");
    }
}

#[test]
fn another_answer_is_status_1_with_the_difference() {
    let to = echo().to_string();
    let ended = run(&[
        "send", "udp", &to, "hi", "--expect", "re:ho", "--within", "200ms",
    ]);
    assert_eq!(ended.status, Some(1));
    let expected = [
        "Expected “re:ho” within 200ms.".to_owned(),
        format!("From {to} came 5 bytes instead (- expected, + came):"),
        "- 0000  72 65 3A 68 6F                                   re:ho".into(),
        "+ 0000  72 65 3A 68 69                                   re:hi".into(),
        "                    ^^\n".into(),
    ];
    assert_eq!(ended.err, expected.join("\n"));
}

#[test]
fn no_answer_is_status_1() {
    let silent = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    let to = silent.local_addr().unwrap().to_string();
    let ended = run(&["send", &to, "hi", "--expect", "x", "--within", "100ms"]);
    assert_eq!(ended.status, Some(1));
    assert!(ended.err.contains("Nothing came."), "{}", ended.err);
    drop(silent);
    let ended = run(&["send", &to, "hi", "--expect", "x", "--within", "20s"]);
    assert_eq!(ended.status, Some(1));
    assert!(ended.err.contains("No program listens on"), "{}", ended.err);
}

#[test]
fn what_comes_within_the_time_is_printed_where_nothing_is_expected() {
    let to = echo().to_string();
    let ended = run(&["send", &to, "hi", "--within", "500ms"]);
    assert_eq!((ended.status, ended.err.as_str()), (Some(0), ""));
    assert!(ended.out.contains("re:hi"), "{}", ended.out);
    // After the end of the stream nothing more can be received.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let to = listener.local_addr().unwrap().to_string();
    let server = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        stream.read_exact(&mut [0; 2]).unwrap();
        stream.write_all(b"one").unwrap();
        stream.write_all(b"two").unwrap();
    });
    let ended = run(&["send", "tcp", &to, "hi", "--within", "1h"]);
    server.join().unwrap();
    assert_eq!((ended.status, ended.err.as_str()), (Some(0), ""));
    assert!(ended.out.contains("one") && ended.out.contains("two"));
    // Silence is not a failure; a refusal is.
    let silent = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    let to = silent.local_addr().unwrap().to_string();
    let ended = run(&["send", &to, "hi", "--within", "100ms"]);
    assert_eq!((ended.status, ended.err.as_str()), (Some(0), ""));
    drop(silent);
    let ended = run(&["send", &to, "hi", "--within", "20s"]);
    assert_eq!(ended.status, Some(1));
    assert!(ended.err.contains("No program listens on"), "{}", ended.err);
}

#[test]
fn a_stream_may_come_in_pieces() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let to = listener.local_addr().unwrap().to_string();
    std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut question = [0; 4];
        stream.read_exact(&mut question).unwrap();
        for piece in [b"PO", b"NG", b"\r\n"] {
            stream.write_all(piece).unwrap();
            stream.flush().unwrap();
        }
    });
    let ended = run(&[
        "send",
        "tcp",
        &to,
        "PING",
        "--escapes",
        "--expect",
        r"PONG\r\n",
    ]);
    assert_eq!((ended.status, ended.err.as_str()), (Some(0), ""));
}

#[test]
fn what_cannot_be_sent_is_status_2() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let closed = listener.local_addr().unwrap().to_string();
    drop(listener);
    let cases: [&[&str]; 7] = [
        &["tcp", &closed, "x"],
        &["sctp", &closed, "x"],
        &["localhost", "x"],
        &["127.0.0.1:9"],
        &["127.0.0.1:9", "0g", "--hex"],
        &["127.0.0.1:9", "x", "--expect-regex", "("],
        &["127.0.0.1:9", "x", "--expect", "a", "--expect-hex", "aa"],
    ];
    for case in cases {
        let ended = run(&[&["send"], case].concat());
        assert_eq!(ended.status, Some(2), "{case:?}: {}", ended.err);
        assert!(!ended.err.is_empty());
    }
    let long = "x".repeat(65_508);
    let ended = run(&["send", "127.0.0.1:9", &long]);
    assert_eq!(ended.status, Some(2));
    assert!(ended.err.contains("65,507"), "{}", ended.err);
}

#[test]
fn an_answer_that_cannot_be_printed_is_status_1() {
    let to = echo();
    for json in ["", "--json"] {
        let line = format!("netpeer send {to} hi --expect re:hi {json} >/dev/full");
        let mut program = Program::typed(&line, std::path::Path::new("."));
        program.ends_input();
        let ended = program.ended();
        assert_eq!(ended.status, Some(1), "{json}: {}", ended.err);
        assert!(!ended.err.is_empty());
    }
}

#[test]
fn a_peer_that_ends_first_is_named_and_not_the_kernel() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let to = listener.local_addr().unwrap().to_string();
    let server = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        stream.shutdown(Shutdown::Write).unwrap();
        let mut came = Vec::new();
        stream.read_to_end(&mut came).unwrap();
        came
    });
    let ended = run(&["send", "tcp", &to, "hello"]);
    match server.join().unwrap().as_slice() {
        b"hello" => assert_eq!(ended.status, Some(0), "{}", ended.err),
        b"" => {
            assert_eq!(ended.status, Some(2), "{}", ended.err);
            assert!(
                ended.err.contains("ended the connection first"),
                "{}",
                ended.err
            );
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_server_that_only_ends_its_sending_still_gets_the_message() {
    for _ in 0..20 {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let to = listener.local_addr().unwrap().to_string();
        let server = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            stream.shutdown(Shutdown::Write).unwrap();
            let mut came = Vec::new();
            stream.read_to_end(&mut came).unwrap();
            came
        });
        let ended = run(&["send", "tcp", &to, "hello"]);
        assert_eq!((ended.status, ended.err.as_str()), (Some(0), ""));
        assert_eq!(server.join().unwrap(), b"hello");
    }
}

#[test]
fn a_server_that_ends_before_its_answer_is_named() {
    for (resets, words) in [
        (false, "ended the connection (FIN)"),
        (true, "reset the connection (RST)"),
    ] {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let to = listener.local_addr().unwrap().to_string();
        let server = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            stream.read_exact(&mut [0; 2]).unwrap();
            let lingers = resets.then_some(Duration::ZERO);
            socket2::SockRef::from(&stream).set_linger(lingers).unwrap();
        });
        let ended = run(&["send", "tcp", &to, "hi", "--expect", "x", "--within", "20s"]);
        server.join().unwrap();
        assert_eq!(ended.status, Some(1), "{}", ended.err);
        let named = ended.err.contains(words) && ended.err.contains(&to);
        assert!(named && !ended.err.contains("20s"), "{}", ended.err);
        assert!(ended.err.contains("Nothing came."), "{}", ended.err);
    }
}

#[test]
fn a_relay_whose_target_refuses_is_reported_as_a_reset() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let closed = listener.local_addr().unwrap().to_string();
    drop(listener);
    let relay = Program::run(&["relay", "tcp", "--bind", "127.0.0.1:0", "--to", &closed]);
    let to = relay.local().to_string();
    let ended = run(&["send", "tcp", &to, "hi", "--expect", "x", "--within", "20s"]);
    assert_eq!(ended.status, Some(1), "{}", ended.err);
    assert!(
        ended.err.contains("reset the connection (RST)"),
        "{}",
        ended.err
    );
    assert!(!ended.err.contains("20s"), "{}", ended.err);
}
