//! Situations of the far end and of what is said, made for real with programs that make a mistake.
use super::super::namespaces;
use super::asked::{answers_to, answers_with_probes, verdict};
use super::talk::{Peer, Talk};
use crate::skips::have;
use netpeer::engine::evidence::{Question, Transport};
use netpeer::session::Session;
use std::net::SocketAddr;
use std::time::Duration;

/// Longer than every check waits for an answer.
const SILENCE: Duration = Duration::from_millis(2_500);
const LONG: &[u8] = b"a message of twenty-seven b";

/// A mode of `faulty.py`, the messages sent to it, and the verdict.
type Case<'a> = (&'a str, &'a [&'a [u8]], &'a str);

const DATAGRAMS: &[Case<'static>] = &[
    ("echo", &[LONG], "none"),
    (
        "cut",
        &[LONG, b"another one, just as long"],
        "peer-reads-too-little",
    ),
    ("other-socket", &[LONG], "answers-from-elsewhere"),
    ("unread", &[LONG], "peer-does-not-read"),
    ("gbk", &["你好，世界".as_bytes()], "wrong-encoding"),
    ("modbus", &[&[1, 3, 0, 0, 0, 2, 0xC4, 0x0B]], "none"),
    (
        "modbus",
        &[&[1, 3, 0, 0, 0, 2, 0x0B, 0xC4]],
        "wrong-checksum",
    ),
    ("modbus", &[b"01 03 00 00 00 02 C4 0B"], "digits-as-text"),
    ("json", &[br#"{"led": true}"#], "none"),
    ("json", &[br#"{"led": True}"#], "invalid-json"),
    (
        "unmarked",
        &[b"hello", b"\xEF\xBB\xBFhello"],
        "byte-order-mark",
    ),
    // Silence alone may have other causes.
    ("unmarked", &[b"\xEF\xBB\xBFhello"], "none"),
    ("silent", &[b"\xEF\xBB\xBFhello"], "none"),
];

const CONNECTIONS: &[Case<'static>] = &[
    ("echo-stream", &[LONG], "none"),
    ("sleeps", &[LONG], "peer-does-not-read"),
    ("never-accepts", &[LONG], "peer-does-not-read"),
    ("slow", &[LONG; 64], "none"),
    ("json-lines", &[b"{\"led\": \"on\"}\n"], "none"),
    ("json-lines", &[b"{'led': 'on'}\n"], "invalid-json"),
    (
        "modbus-tcp",
        &[&[1, 3, 0, 0, 0, 2, 0xC4, 0x0B]],
        "modbus-framing",
    ),
    (
        "modbus-tcp",
        &[&[0, 1, 0, 0, 0, 6, 1, 3, 0, 0, 0, 2]],
        "none",
    ),
    ("closes", &[], "closes-at-once"),
    ("resets", &[LONG], "peer-resets"),
    ("one-read", &[LONG], "peer-does-not-read"),
    ("lines", &[b"hello\n"], "none"),
    ("lines", &[b"hello\n", b"hello"], "no-line-end"),
    // A peer that never answers looks the same.
    ("lines", &[b"hello"], "none"),
    ("sink", &[b"a log line", b"another one"], "none"),
    ("sink", &["温度".as_bytes()], "none"),
    ("greets", &[b"thanks\n"], "none"),
    ("crlf", &[b"login me\r\n"], "none"),
    ("crlf", &[b"login me\n"], "other-line-end"),
    ("stray", &[b"quit\r\n"], "other-line-end"),
    ("tls", &[b"hello\n"], "plain-to-tls"),
    ("http", &[b"hello\n"], "other-protocol"),
    ("web", &[b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"], "none"),
    (
        "web",
        &[b"GET / HTTP/1.1\r\nHost: a\r\n"],
        "unfinished-request",
    ),
    ("ssh", &[b"hello\n"], "other-protocol"),
    ("length", &[b"\0\0\0\x05hello"], "none"),
    ("length-first", &[b"\x05\0\0\0hello"], "byte-order"),
    ("length", &[b"\x05\0\0\0hello"], "none"),
    ("sink", &[b"\x05\0\0\0hello"], "none"),
    ("sink", &[b"\xEF\xBB\xBFhello"], "none"),
    (
        "http",
        &[&[0x16, 3, 1, 0, 5, 1, 0, 0, 1, 3]],
        "tls-to-plain",
    ),
];

/// Makes all of these situations at the same time, and asks about each.
fn all(first: u16, cases: &[Case<'_>], opens: fn(SocketAddr) -> Talk) {
    let ports = first..;
    let mut made = Vec::new();
    for (port, (mode, messages, expected)) in ports.zip(cases) {
        let peer = Peer::starts(mode, port);
        let mut talk = opens(([127, 0, 0, 1], port).into());
        // A greeting comes before the first message.
        talk.goes_on(Duration::from_millis(100));
        for message in *messages {
            talk.says(message);
            talk.goes_on(Duration::from_millis(50));
        }
        made.push((peer, talk, mode, expected));
    }
    std::thread::sleep(SILENCE);
    let mut wrong = Vec::new();
    for (_, talk, mode, expected) in &mut made {
        talk.goes_on(Duration::from_millis(10));
        let verdicts = talk.verdicts();
        if verdicts.iter().any(|verdict| verdict != *expected) {
            wrong.push(format!("{mode}: {verdicts:?} instead of {expected}"));
        }
    }
    for (_, talk, ..) in made {
        talk.ends();
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn with_python(test: &str) {
    if have(&["setpriv", "python3"]) {
        namespaces::run(test);
    }
}

#[test]
fn faults_of_datagrams_are_found_in_a_subprocess() {
    with_python("netns::doctor::peer::datagrams");
}

#[test]
#[ignore = "run by the test above, in a network namespace"]
fn datagrams() {
    all(9_500, DATAGRAMS, Talk::udp);
}

#[test]
fn faults_of_connections_are_found_in_a_subprocess() {
    with_python("netns::doctor::peer::connections");
}

#[test]
#[ignore = "run by the test above, in a network namespace"]
fn connections() {
    all(9_600, CONNECTIONS, Talk::tcp);
    all(
        9_650,
        &[
            ("half", &[LONG], "peer-half-closes"),
            ("closes", &[], "closes-at-once"),
        ],
        Talk::half_open,
    );
}

#[test]
fn a_peer_that_does_not_flush_is_suspected_in_a_subprocess() {
    with_python("netns::doctor::peer::unflushed");
}

#[test]
#[ignore = "run by the test above, in a network namespace"]
fn unflushed() {
    let _peer = Peer::starts("unflushed", 9_730);
    let mut talk = Talk::tcp(([127, 0, 0, 1], 9_730).into());
    talk.goes_on(SILENCE);
    for answer in talk.answers() {
        assert_eq!(answer.verdict(), "none", "{answer:?}");
        let first = answer.unknown.first().map(String::as_str);
        assert_eq!(first, Some("held-back"), "{answer:?}");
    }
    talk.ends();
}

#[test]
fn another_client_of_a_device_that_serves_one_is_suspected_in_a_subprocess() {
    with_python("netns::doctor::peer::other_client");
}

#[test]
#[ignore = "run by the test above, in a network namespace"]
fn other_client() {
    std::thread::scope(|scope| {
        // It serves one connection after the other.
        scope.spawn(|| {
            namespaces::there(
                "exec timeout 60 python3 -c '
import socket
with socket.create_server((\"10.77.0.2\", 9740)) as server:
    while True:
        connection, _ = server.accept()
        with connection:
            while data := connection.recv(99):
                connection.sendall(data)
                if data == b\"end\":
                    raise SystemExit'",
            );
        });
        namespaces::there("until ss -tln | grep -q :9740; do sleep 0.05; done");
        let device: SocketAddr = "10.77.0.2:9740".parse().unwrap();
        let first = std::net::TcpStream::connect(device).unwrap();
        let mut talk = Talk::tcp(device);
        talk.says(b"V?\r\n");
        talk.goes_on(SILENCE);
        for answer in talk.answers() {
            assert_eq!(answer.verdict(), "none", "{answer:?}");
            let unknown = answer.unknown.first().map(String::as_str);
            assert_eq!(unknown, Some("peer-does-not-read"), "{answer:?}");
            let text = &answer.text;
            assert!(text.contains("OtherClient"), "{answer:?}");
        }
        drop(first);
        talk.until(|session| session.totals.received.records > 0);
        talk.says(b"end");
        talk.until(Session::is_closed);
        talk.ends();
    });
}

#[test]
fn a_server_of_tls_that_hangs_up_is_found_by_a_probe_in_a_subprocess() {
    with_python("netns::doctor::peer::hung_up");
}

#[test]
#[ignore = "run by the test above, in a network namespace"]
fn hung_up() {
    let _peer = Peer::starts("tls-hangs-up", 9_720);
    let mut talk = Talk::tcp(([127, 0, 0, 1], 9_720).into());
    talk.says(b"hello\n");
    talk.until(Session::is_closed);
    assert_eq!(talk.verdicts(), ["peer-resets"; 2]);
    assert_eq!(talk.probed(), ["plain-to-tls"; 2]);
    talk.ends();
}

#[test]
fn a_connection_that_nothing_answers_is_found_in_a_subprocess() {
    if have(&["setpriv", "nft"]) {
        namespaces::run("netns::doctor::peer::unanswered");
    }
}

#[test]
#[ignore = "run by the test above, in a network namespace"]
fn unanswered() {
    namespaces::there(
        "nft add table inet f
         nft add chain inet f i '{ type filter hook input priority 0; }'
         nft add rule inet f i tcp dport 9440 drop",
    );
    let question = Question::Target {
        transport: Transport::Tcp,
        to: "10.77.0.2:9440".parse().unwrap(),
        name: None,
    };
    for answer in answers_to(&question, None) {
        assert_eq!(answer.verdict(), "none", "{answer:?}");
        let missing = answer.unknown.iter();
        assert!(missing.clone().any(|id| id == "connect-unanswered"));
    }
    // Also where the machine answers nothing else.
    for rule in [
        "tcp dport 9441 drop",
        "meta l4proto { icmp, ipv6-icmp } drop",
    ] {
        let found = answers_with_probes(&question, None);
        for answer in found {
            assert_eq!(answer.findings, ["connect-unanswered"], "{answer:?}");
        }
        namespaces::there(&format!("nft add rule inet f i {rule}"));
    }
}

#[test]
fn a_program_that_is_stopped_or_elsewhere_is_found_in_a_subprocess() {
    with_python("netns::doctor::peer::listeners");
}

#[test]
#[ignore = "run by the test above, in a network namespace"]
fn listeners() {
    let at = |port: u16| SocketAddr::from(([127, 0, 0, 1], port));
    let target = |to: SocketAddr| {
        let transport = Transport::Udp;
        let name = None;
        verdict(
            &Question::Target {
                transport,
                to,
                name,
            },
            None,
        )
    };
    assert_eq!(target(at(9_700)), "nobody-listens");
    let peer = Peer::starts("echo", 9_700);
    assert_eq!(target(at(9_700)), "none");
    let other: SocketAddr = "127.0.0.2:9700".parse().unwrap();
    assert_eq!(target(other), "listens-elsewhere");
    assert_eq!(target(at(9_701)), "listens-elsewhere");
    peer.signal("STOP");
    assert_eq!(target(at(9_700)), "peer-stopped");
    peer.signal("CONT");
    assert_eq!(target(at(9_700)), "none");
}

#[test]
fn answers_to_the_port_of_before_are_found_in_a_subprocess() {
    with_python("netns::doctor::peer::old_port");
}

#[test]
#[ignore = "run by the test above, in a network namespace"]
fn old_port() {
    let _peer = Peer::starts("first-client", 9_710);
    let mut talk = Talk::udp(([127, 0, 0, 1], 9_710).into());
    talk.says(b"first");
    talk.until(|session| session.totals.received.records == 1);
    let mut talk = talk.opens_again();
    talk.says(b"second");
    talk.goes_on(SILENCE);
    assert_eq!(talk.verdicts(), ["answers-to-old-port"; 2]);
    talk.ends();
}
