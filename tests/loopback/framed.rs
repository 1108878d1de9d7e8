//! Rules on the messages of a stream, with real sockets.

use super::probe::{DEADLINE, Fact, Probe, client};
use super::rules::{echo, follow, reply, rule};
use super::tcp::connect;
use netpeer::automation::Limits;
use netpeer::automation::rules::{BytePattern, Condition, Rule};
use netpeer::engine::SessionCommand;
use netpeer::payload::checksum::Checksum;
use netpeer::traffic::framing::{Framing, LONGEST_MESSAGE, SessionFraming};
use netpeer::traffic::{Automatic, FrameFault, Notice};
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::Command;

/// A server with this framing and rules without limits, and a client of it.
fn framed(framing: Framing, rules: &[Rule]) -> (Probe, TcpStream) {
    let (probe, local) = Probe::tcp_server(true);
    probe.link.command(SessionCommand::Frame(framing.into()));
    follow(&probe, rules, Limits::none());
    let (stream, _) = connect(local);
    stream.set_nodelay(true).unwrap();
    (probe, stream)
}

/// Everything that the server still sends, after our FIN.
fn rest(mut stream: TcpStream) -> String {
    stream.shutdown(std::net::Shutdown::Write).unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    text
}

/// The next bytes, as many as `expected` has.
fn expect(stream: &mut TcpStream, expected: &[u8]) {
    let mut bytes = vec![0; expected.len()];
    stream.read_exact(&mut bytes).unwrap();
    assert_eq!(bytes, expected);
}

#[test]
fn two_lines_of_one_write_are_answered_each_and_one_of_two_writes_once() {
    let rules = [
        rule(
            "quit",
            Condition::Is(BytePattern::text("QUIT")),
            vec![reply("bye\n")],
        ),
        rule("all", Condition::Always, vec![reply("${seq}=${data}")]),
    ];
    let (mut probe, mut stream) = framed(Framing::Lines, &rules);
    stream.write_all(b"a\nb\r\n").unwrap();
    expect(&mut stream, b"1=a\n2=b\r\n");
    stream.write_all(b"c").unwrap();
    probe.until_fact(&Fact::Received(stream.local_addr().unwrap(), b"c".to_vec()));
    stream.write_all(b"d\nQUIT\r\nopen").unwrap();
    assert_eq!(rest(stream), "3=cd\nbye\n", "`open` is no message");
}

#[test]
fn length_prefixed_frames_are_answered_however_the_writes_cut_them() {
    let framing = Framing::LengthPrefix {
        width: 2,
        big_endian: true,
        offset: 0,
        includes_header: false,
        adjust: 0,
    };
    let (_probe, mut stream) = framed(framing, &[echo()]);
    let wire = [&[0_u8, 3][..], b"one", &[0, 0], &[0, 2], b"hi"].concat();
    for bytes in wire.chunks(1) {
        stream.write_all(bytes).unwrap();
    }
    stream.write_all(&wire).unwrap();
    expect(&mut stream, &wire);
    expect(&mut stream, &wire);
}

#[test]
fn silence_ends_a_message_while_the_connection_stays_open() {
    let gap = Framing::IdleGap(20_000);
    let (mut probe, mut stream) = framed(
        gap,
        &[rule("n", Condition::Always, vec![reply("[${data}]")])],
    );
    stream.write_all(b"\x01\x03").unwrap();
    expect(&mut stream, b"[\x01\x03]");
    stream.write_all(b"last").unwrap();
    let last = Fact::Received(stream.local_addr().unwrap(), b"last".to_vec());
    probe.until_fact(&last);
    assert_eq!(rest(stream), "[last]", "its end ends a message too");
}

#[test]
fn a_rule_may_require_a_right_checksum() {
    let modbus = Checksum::named("modbus").unwrap();
    let rules = [rule("valid", Condition::Valid(modbus), vec![reply("ok")])];
    let (_probe, mut stream) = framed(Framing::Fixed(6), &rules);
    let right = [0, 4, 1, 7, 1, 0xB7];
    let wrong = [0, 4, 1, 7, 1, 0xB8];
    stream.write_all(&[right, wrong, right].concat()).unwrap();
    assert_eq!(rest(stream), "okok");
}

#[test]
fn a_client_answers_the_lines_of_its_server() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let probe = Probe::open(client(listener.local_addr().unwrap()));
    probe
        .link
        .command(SessionCommand::Frame(Framing::Lines.into()));
    follow(&probe, &[echo()], Limits::none());
    let (mut stream, _) = listener.accept().unwrap();
    stream.set_read_timeout(Some(DEADLINE)).unwrap();
    stream.write_all(b"one\ntwo\n").unwrap();
    expect(&mut stream, b"one\ntwo\n");
}

/// Waits for the row about this fault, and returns its count.
fn until_fault(probe: &mut Probe, wanted: FrameFault) -> u64 {
    probe.until_automatic(|automatic| match *automatic {
        Automatic::Unframed { fault, count, .. } => (fault == wanted).then_some(count),
        _ => None,
    })
}

#[test]
fn a_message_beyond_the_limit_is_not_answered_and_the_next_is() {
    let (mut probe, mut stream) = framed(
        Framing::Lines,
        &[rule("n", Condition::Always, vec![reply("${seq}\n")])],
    );
    let mut wire = vec![b'x'; LONGEST_MESSAGE as usize + 9];
    wire.extend_from_slice(b"\nshort\n");
    stream.write_all(&wire).unwrap();
    expect(&mut stream, b"1\n");
    assert_eq!(until_fault(&mut probe, FrameFault::TooLong), 1);
}

#[test]
fn what_is_no_message_has_a_row() {
    let framing = Framing::LengthPrefix {
        width: 1,
        big_endian: true,
        offset: 0,
        includes_header: true,
        adjust: 0,
    };
    let (mut probe, mut stream) = framed(framing, &[echo()]);
    stream.write_all(b"\0\x02a\0\0\0\x05rest").unwrap();
    expect(&mut stream, b"\x02a\x05rest");
    assert_eq!(until_fault(&mut probe, FrameFault::TooShort), 1);
    stream.write_all(b"\x09cut").unwrap();
    stream.shutdown(std::net::Shutdown::Write).unwrap();
    assert_eq!(until_fault(&mut probe, FrameFault::Unfinished), 1);
    // The first row was written at once, and one for all the others.
    let more = probe.until(|facts| {
        let mut counts = facts.iter().filter_map(|fact| match fact {
            Fact::Notice(Notice::Automatic(automatic)) => match **automatic {
                Automatic::Unframed {
                    fault: FrameFault::TooShort,
                    count,
                    ..
                } => Some(count),
                _ => None,
            },
            _ => None,
        });
        counts.nth(1)
    });
    assert_eq!(more, 3);
}

#[test]
fn a_framing_that_is_taken_away_leaves_reads() {
    let (probe, mut stream) = framed(Framing::Fixed(4), &[echo()]);
    stream.write_all(b"abcdef").unwrap();
    expect(&mut stream, b"abcd");
    probe
        .link
        .command(SessionCommand::Frame(SessionFraming::default()));
    // Commands are carried out in order.
    probe.send_all(b"!");
    expect(&mut stream, b"!");
    stream.write_all(b"g").unwrap();
    expect(&mut stream, b"g");
}

/// A mail server made of rules alone.
#[cfg(target_os = "linux")]
fn mail_server() -> Vec<Rule> {
    let is = |text| Condition::Is(BytePattern::text(text));
    let begins = |text| Condition::StartsWith(BytePattern::text(text));
    let says = |name, when, text| rule(name, when, vec![reply(text)]);
    vec![
        says("banner", Condition::Connects, "220 mail\r\n"),
        says("hello", begins("EHLO"), "250 ok\r\n"),
        says("from", begins("MAIL"), "250 ok\r\n"),
        says("to", begins("RCPT"), "250 ok\r\n"),
        says("data", is("DATA"), "354 go on\r\n"),
        says("end", is("."), "250 taken\r\n"),
        says("quit", is("QUIT"), "221 bye\r\n"),
    ]
}

#[test]
#[cfg(target_os = "linux")]
fn curl_sends_two_mails_to_a_server_made_of_rules() {
    if !crate::skips::have(&["curl"]) {
        return;
    }
    let (probe, local) = Probe::tcp_server(true);
    probe
        .link
        .command(SessionCommand::Frame(Framing::Lines.into()));
    follow(&probe, &mail_server(), Limits::none());
    let dir = tempfile::tempdir().unwrap();
    let mail = dir.path().join("mail.txt");
    std::fs::write(&mail, "Subject: hello\r\n\r\none line\r\nanother\r\n").unwrap();
    for _ in 0..2 {
        let mut curl = Command::new("curl");
        curl.args(["--silent", "--show-error", "--max-time", "10"]);
        curl.arg(format!("smtp://{local}"));
        curl.args(["--mail-from", "a@x", "--mail-rcpt", "b@x", "--upload-file"]);
        let sent = curl.arg(&mail).output().expect("curl");
        let said = String::from_utf8_lossy(&sent.stderr);
        assert!(sent.status.success(), "{said}");
    }
}

#[test]
fn whoever_connects_is_greeted_once_and_a_message_is_no_greeting() {
    let rules = [
        rule("greeting", Condition::Connects, vec![reply("hello\n")]),
        rule("all", Condition::Always, vec![reply("[${data}]")]),
    ];
    let (_probe, mut stream) = framed(Framing::Lines, &rules);
    expect(&mut stream, b"hello\n");
    stream.write_all(b"a\nb\n").unwrap();
    assert_eq!(rest(stream), "[a\n][b\n]");
    // A rule for everything that comes first does not take the beginning.
    let [greeting, all] = rules;
    let (_probe, stream) = framed(Framing::Lines, &[all, greeting]);
    assert_eq!(rest(stream), "hello\n");
}

#[test]
fn curl_posts_bodies_that_rules_answer_on_one_connection() {
    let is_post = Condition::StartsWith(BytePattern::text("POST"));
    let answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    let (probe, local) = Probe::tcp_server(true);
    probe
        .link
        .command(SessionCommand::Frame(Framing::Http.into()));
    follow(
        &probe,
        &[rule("post", is_post, vec![reply(answer)])],
        Limits::none(),
    );
    let dir = tempfile::tempdir().unwrap();
    let body = dir.path().join("body");
    std::fs::write(&body, vec![b'x'; 300_000]).unwrap();
    let url = format!("http://{local}/");
    for chunked in [false, true] {
        let mut curl = Command::new("curl");
        curl.args([
            "--silent",
            "--show-error",
            "--max-time",
            "10",
            "--write-out",
            "%{num_connects}",
        ]);
        curl.arg("--data-binary")
            .arg(format!("@{}", body.display()));
        if chunked {
            curl.args(["--header", "Transfer-Encoding: chunked"]);
        }
        // A body of this size asks first whether it may come.
        curl.args(["--header", "Expect:"]);
        let sent = curl.args([&url, &url]).output().expect("curl");
        let said = String::from_utf8_lossy(&sent.stderr);
        assert!(sent.status.success(), "{said}");
        assert_eq!(
            sent.stdout, b"ok1ok0",
            "one connection, one reply a request"
        );
    }
}

#[test]
#[cfg(target_os = "linux")]
fn mosquitto_pub_publishes_to_a_server_made_of_rules() {
    if !crate::skips::have(&["mosquitto_pub"]) {
        return;
    }
    let starts = |text| Condition::StartsWith(BytePattern::text(text));
    let publish = r"(?s-u)^\x32..?\x00\x03a/b(..)".to_owned();
    let rules = [
        rule("connect", starts("\x10"), vec![reply("\x20\x02\0\0")]),
        rule(
            "publish",
            Condition::Matches(publish),
            vec![reply("\x40\x02${1}")],
        ),
    ];
    let (mut probe, local) = Probe::tcp_server(true);
    let framing = Framing::Varint { offset: 1 };
    probe.link.command(SessionCommand::Frame(framing.into()));
    follow(&probe, &rules, Limits::none());
    let message = "x".repeat(200);
    let mut client = Command::new("timeout");
    client.args(["20", "mosquitto_pub", "-V", "mqttv311", "-q", "1"]);
    client.args(["-h", "127.0.0.1", "-p", &local.port().to_string()]);
    client.args(["-t", "a/b", "-m", &message]);
    let sent = client.output().expect("mosquitto_pub");
    let said = String::from_utf8_lossy(&sent.stderr);
    assert!(sent.status.success() && said.is_empty(), "{said}");
    // It says goodbye after the receipt.
    probe.until(|facts| {
        let farewell = |fact: &&Fact| match fact {
            Fact::Received(_, bytes) => bytes.ends_with(b"\xE0\0"),
            _ => false,
        };
        facts.iter().find(farewell).map(drop)
    });
}

#[test]
fn stuffed_messages_are_answered_stuffed() {
    let rules = [rule(
        "all",
        Condition::Is(BytePattern::text("a\0b")),
        vec![reply("${data}!")],
    )];
    let (probe, mut stream) = framed(Framing::Cobs, &rules);
    stream.write_all(b"\x02a\x02").unwrap();
    stream.write_all(b"b\x00").unwrap();
    expect(&mut stream, b"\x02a\x03b!\x00");
    probe.send_all(b"\0");
    expect(&mut stream, b"\x01\x01\x00");
}

#[test]
fn each_direction_has_a_framing_of_its_own() {
    let (probe, mut stream) = framed(Framing::Lines, &[echo()]);
    stream.write_all(b"x\n").unwrap();
    expect(&mut stream, b"x\n");
    let framing = SessionFraming::new(Some(Framing::Lines), Some(Framing::Cobs), false);
    probe.link.command(SessionCommand::Frame(framing));
    // Commands are carried out in order.
    probe.send_all(b"!");
    expect(&mut stream, b"\x02!\0");
    stream.write_all(b"a\nb\n").unwrap();
    expect(&mut stream, b"\x03a\n\0\x03b\n\0");
}

#[test]
fn more_messages_than_may_be_delayed_are_answered_from_one_send() {
    let (_probe, mut stream) = framed(
        Framing::Lines,
        &[rule("x", Condition::Always, vec![reply("x")])],
    );
    let wire = b"a\n".repeat(30_000);
    let mut writer = stream.try_clone().unwrap();
    let sent = std::thread::spawn(move || writer.write_all(&wire).unwrap());
    expect(&mut stream, &b"x".repeat(30_000));
    sent.join().unwrap();
}

#[test]
fn a_reset_within_a_message_has_a_row() {
    let (mut probe, mut stream) = framed(Framing::Lines, &[echo()]);
    stream.write_all(b"abc\nrest").unwrap();
    expect(&mut stream, b"abc\n");
    socket2::SockRef::from(&stream)
        .set_linger(Some(std::time::Duration::ZERO))
        .unwrap();
    drop(stream);
    assert_eq!(until_fault(&mut probe, FrameFault::Unfinished), 1);
}
