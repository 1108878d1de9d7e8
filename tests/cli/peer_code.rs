//! `netpeer code`: programs in other languages that talk to a session of the program.

use super::program::{DEADLINE, Program, run};
use super::show::text;
use crate::ports::quiet;
use crate::skips::have;
use netpeer::codegen::PeerLanguage;
use netpeer::payload::hex;
use serde_json::Value;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

/// A session, as the words of its command and of its messages.
struct Case {
    /// `PORT` and `PEER` stand for ports.
    session: &'static str,
    options: &'static [&'static str],
    /// What the session types, and what the program shows of it.
    typed: &'static str,
    shown: &'static [u8],
    /// What the session receives.
    received: &'static [u8],
}

/// Each composes in the session what the program has to read.
const CASES: [Case; 3] = [
    Case {
        session: "udp --bind 127.0.0.1:PORT --to 127.0.0.1:PEER",
        options: &["--encoding", "GBK", "--checksum", "modbus"],
        typed: "温度 25",
        shown: b"\xCE\xC2\xB6\xC8 25",
        received: b"\xC4\xE3\xBA\xC3, netpeerQ\xF6",
    },
    Case {
        session: "tcp-server --bind 127.0.0.1:PORT",
        options: &["--framing", "cobs", "--checksum", "xor-8"],
        typed: "a?b",
        shown: b"a?b",
        received: b"\x10hello, netpeer\x13\0",
    },
    Case {
        session: "tcp-client 127.0.0.1:PEER",
        options: &["--framing", "lines", "--ending", "crlf"],
        typed: "line",
        shown: b"line",
        received: b"hello, netpeer\r\n",
    },
];

/// The compiler of each language and its words, with warnings as errors; `None` where nothing is
/// compiled.
fn compiler(language: PeerLanguage) -> (&'static [&'static str], Option<&'static str>) {
    match language {
        PeerLanguage::Python => (&["python3"], None),
        PeerLanguage::C => (
            &["gcc"],
            Some("gcc -std=c11 -Wall -Wextra -Wpedantic -Wshadow -Werror -o peer peer.c"),
        ),
        PeerLanguage::Winsock => (
            &["x86_64-w64-mingw32-gcc"],
            Some(
                "x86_64-w64-mingw32-gcc -std=c11 -Wall -Wextra -Werror -o peer.exe peer.c -lws2_32",
            ),
        ),
        PeerLanguage::CSharp => (&["dotnet"], None),
        PeerLanguage::Java => (
            &["javac", "java"],
            Some("javac -Xlint:all -Werror -encoding UTF-8 Peer.java"),
        ),
        PeerLanguage::Go => (&["go"], Some("go build -o peer peer.go")),
        PeerLanguage::Rust => (
            &["rustc"],
            Some("rustc --edition 2021 -D warnings -o peer peer.rs"),
        ),
        PeerLanguage::Node => (&["node"], Some("node --check peer.js")),
        PeerLanguage::Arduino => (&["arduino-cli"], None),
        PeerLanguage::Nc => (&["nc"], None),
        PeerLanguage::Socat => (&["socat"], None),
    }
}

/// The command that runs the program; `None` if it cannot run here.
fn runner(language: PeerLanguage) -> Option<&'static str> {
    match language {
        PeerLanguage::Python => Some("exec python3 -W error peer.py"),
        PeerLanguage::C | PeerLanguage::Go | PeerLanguage::Rust => Some("exec ./peer"),
        PeerLanguage::Java => Some("exec java Peer"),
        PeerLanguage::Node => Some("exec node peer.js"),
        // Shells pass bytes on, and have a test of their own.
        PeerLanguage::Winsock
        | PeerLanguage::CSharp
        | PeerLanguage::Arduino
        | PeerLanguage::Nc
        | PeerLanguage::Socat => None,
    }
}

/// A program in another language, which ends with the test.
struct Peer {
    child: Child,
    lines: Receiver<String>,
}

impl Peer {
    fn start(command: &str, dir: &Path) -> Self {
        let mut child = Command::new("sh")
            .args(["-c", command])
            .current_dir(dir)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        let (line, lines) = channel();
        std::thread::spawn(move || {
            let mut all = output.lines().map_while(Result::ok);
            all.try_for_each(|text| line.send(text))
        });
        Self { child, lines }
    }

    fn line_with(&self, part: &str) -> String {
        let lines = std::iter::repeat_with(|| self.lines.recv_timeout(DEADLINE));
        let mut lines = lines.map(|line| line.unwrap_or_else(|_| panic!("waited for {part}")));
        lines.find(|line| line.contains(part)).unwrap()
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// Writes and compiles the program for a session.
fn make(language: PeerLanguage, session: &[&str], options: &[&str], dir: &Path) {
    let path = dir.join(language.file_name());
    let words = [
        &["code", language.word(), "--output", text(&path)][..],
        session,
        options,
    ]
    .concat();
    let ended = run(&words);
    assert_eq!(ended.status, Some(0), "{}", ended.err);
    if let (_, Some(command)) = compiler(language) {
        let output = Command::new("sh")
            .args(["-c", command])
            .current_dir(dir)
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(
            output.status.success() && said.is_empty(),
            "{command}: {said}"
        );
    }
}

/// The bytes of the next rows that the session received.
fn received(session: &Program, length: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    let end = Instant::now() + DEADLINE;
    while bytes.len() < length && Instant::now() < end {
        let row: Value = serde_json::from_str(&session.line_with("\"received\"")).unwrap();
        bytes.extend(hex::parse(row["hex"].as_str().unwrap()).unwrap());
    }
    bytes
}

fn talks(language: PeerLanguage, case: &Case) {
    let (port, peer) = (quiet(), quiet());
    let words = case.session.replace("PORT", &port.to_string());
    let words = words.replace("PEER", &peer.to_string());
    let words: Vec<&str> = words.split(' ').collect();
    let dir = tempfile::tempdir().unwrap();
    make(language, &words, case.options, dir.path());
    let Some(command) = runner(language) else {
        return;
    };
    let session = [&words[..], case.options, &["--json"]].concat();
    let is_client = words[0] == "tcp-client";
    let waiting = is_client.then(|| {
        let program = Peer::start(command, dir.path());
        program.line_with(&peer.to_string());
        program
    });
    let mut session = Program::run(&session);
    let program = waiting.unwrap_or_else(|| {
        session.line_with(&port.to_string());
        Peer::start(command, dir.path())
    });
    let came = received(&session, case.received.len());
    assert_eq!(came, case.received, "{language:?} {}", case.session);
    session.types(case.typed);
    let shown = program.line_with(&format!("received {} bytes:", case.shown.len()));
    let bytes = shown
        .split_once(": ")
        .and_then(|(_, rest)| rest.split_once(" |"));
    let bytes = hex::parse(bytes.unwrap().0).unwrap();
    assert_eq!(bytes, case.shown, "{language:?} {}", case.session);
}

#[test]
fn programs_talk_to_the_session_byte_by_byte() {
    for language in PeerLanguage::ALL {
        if runner(language).is_none() && compiler(language).1.is_none() {
            continue;
        }
        if have(compiler(language).0) {
            for case in &CASES {
                talks(language, case);
            }
        }
    }
}

#[test]
fn shells_pass_bytes_on_as_they_are() {
    for language in [PeerLanguage::Nc, PeerLanguage::Socat] {
        if !have(compiler(language).0) {
            continue;
        }
        let port = quiet();
        let bind = format!("127.0.0.1:{port}");
        let dir = tempfile::tempdir().unwrap();
        let session = ["tcp-server", "--bind", &bind];
        make(language, &session, &["--framing", "lines"], dir.path());
        let mut server = Program::run(&[&session[..], &["--ending", "lf", "--json"]].concat());
        server.line_with(&port.to_string());
        let program = Peer::start("exec sh peer.sh", dir.path());
        assert_eq!(received(&server, 15), b"hello, netpeer\n");
        server.types("from the session");
        program.line_with("from the session");
        // Its command ends with the connection.
        server.send_signal("INT");
        server.ended();
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn an_existing_file_stays_and_a_reason_is_said() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("peer.py");
    std::fs::write(&path, "mine").unwrap();
    let session = ["udp", "--bind", "127.0.0.1:9000"];
    let words = [
        &["code", "python", "--output", text(&path)][..],
        &session[..],
    ]
    .concat();
    let ended = run(&words);
    assert_eq!(ended.status, Some(1));
    assert!(ended.err.contains("--force"), "{}", ended.err);
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "mine");
    let forced = [
        &["code", "python", "--output", text(&path), "--force"][..],
        &session[..],
    ]
    .concat();
    assert_eq!(run(&forced).status, Some(0));
    let printed = run(&[&["code", "python"][..], &session[..]].concat());
    assert_eq!(std::fs::read_to_string(&path).unwrap(), printed.out);
    let refused = run(&["code", "python", "udp"]);
    assert_eq!((refused.status, refused.out.as_str()), (Some(2), ""));
    assert!(refused.err.contains("known"), "{}", refused.err);
}
