//! Replies by rules, with real sockets.

use super::probe::{DEADLINE, Fact, Probe, client};
use super::tcp::connect;
use crate::sockets::{far_side, receive_text};
use netpeer::automation::Limits;
use netpeer::automation::rules::{
    ActionKind, BytePattern, Condition, ReplyContent, Rule, RuleAction, preset,
};
use netpeer::engine::{Interfaces, Rulebook, SessionCommand};
use netpeer::payload::answer::Silence;
use netpeer::payload::charset::Charset;
use netpeer::traffic::{Automatic, Notice};
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, UdpSocket};
use std::sync::Arc;
use std::time::{Duration, Instant};

pub fn reply(text: &str) -> RuleAction {
    let what = ReplyContent::Written(preset::composition(text));
    RuleAction {
        kind: ActionKind::Reply { what, to: None },
        ..RuleAction::default()
    }
}

pub fn then(kind: ActionKind) -> RuleAction {
    RuleAction {
        kind,
        ..RuleAction::default()
    }
}

pub fn rule(name: &str, when: Condition, then: Vec<RuleAction>) -> Rule {
    Rule {
        name: name.into(),
        on: true,
        when,
        then,
    }
}

pub fn echo() -> Rule {
    rule("echo", Condition::Always, vec![RuleAction::default()])
}

pub fn follow(probe: &Probe, rules: &[Rule], limits: Limits) {
    let book = Rulebook::new(rules, limits, Charset::Utf8, &Interfaces::read()).unwrap();
    probe
        .link
        .command(SessionCommand::Follow(Some(Arc::new(book))));
}

pub fn ask(socket: &UdpSocket, to: SocketAddr, text: &str) -> String {
    socket.send_to(text.as_bytes(), to).unwrap();
    receive_text(socket)
}

pub fn automatic(probe: &mut Probe, wanted: impl Fn(&Automatic) -> bool) -> Automatic {
    probe.until_notice(|notice| match notice {
        Notice::Automatic(automatic) if wanted(automatic) => Some((**automatic).clone()),
        _ => None,
    })
}

#[test]
fn the_tutorials_server_is_one_rule() {
    let (mut probe, local) = Probe::udp("127.0.0.1:0");
    let made = preset::Preset::Prefix.rule("前缀".into(), "来自服务器");
    follow(&probe, &[made], Limits::default());
    let (socket, address) = far_side();
    assert_eq!(ask(&socket, local, "你好"), "来自服务器你好");
    probe.until_fact(&Fact::Sent(address, "来自服务器你好".into()));
    assert_eq!(
        probe.replies,
        [("前缀".to_owned(), "来自服务器你好".into())]
    );
}

#[test]
fn the_first_rule_that_applies_answers_and_the_last_has_the_rest() {
    let (probe, local) = Probe::udp("127.0.0.1:0");
    let rules = [
        rule(
            "name",
            Condition::Matches("^name=(\\w+)".into()),
            vec![reply("hi ${1}")],
        ),
        rule(
            "drop",
            Condition::Is(BytePattern::text("quiet")),
            vec![then(ActionKind::Drop)],
        ),
        rule(
            "else",
            Condition::Always,
            vec![reply("n=${seq}"), reply("?${data}")],
        ),
    ];
    follow(&probe, &rules, Limits::default());
    let (socket, _) = far_side();
    assert_eq!(ask(&socket, local, "name=Han Meimei"), "hi Han");
    socket.send_to(b"quiet", local).unwrap();
    assert_eq!(ask(&socket, local, "x"), "n=1");
    assert_eq!(receive_text(&socket), "?x", "nothing was said to `quiet`");
}

#[test]
fn a_reply_may_be_late_and_go_elsewhere() {
    let (probe, local) = Probe::udp("127.0.0.1:0");
    let (socket, _) = far_side();
    let (other, elsewhere) = far_side();
    let late = RuleAction {
        delay: 60,
        jitter: 10,
        ..reply("late")
    };
    let away = then(ActionKind::Reply {
        what: ReplyContent::Echo,
        to: Some(elsewhere.to_string()),
    });
    follow(
        &probe,
        &[rule("r", Condition::Always, vec![away, late])],
        Limits::default(),
    );
    let began = Instant::now();
    assert_eq!(ask(&socket, local, "x"), "late");
    assert!(began.elapsed() >= Duration::from_millis(50));
    assert_eq!(receive_text(&other), "x");
}

#[test]
fn rules_that_are_taken_away_answer_nothing_more() {
    let (mut probe, local) = Probe::udp("127.0.0.1:0");
    follow(&probe, &[echo()], Limits::default());
    let (socket, address) = far_side();
    assert_eq!(ask(&socket, local, "1"), "1");
    probe.link.command(SessionCommand::Follow(None));
    socket.send_to(b"2", local).unwrap();
    probe.until_fact(&Fact::Received(address, b"2".to_vec()));
    follow(&probe, &[echo()], Limits::default());
    assert_eq!(ask(&socket, local, "3"), "3");
}

#[test]
fn a_page_is_served_and_the_connection_closed_after_it() {
    let (mut probe, local) = Probe::tcp_server(true);
    let made = preset::Preset::Http.rule("http".into(), "");
    follow(&probe, &[made], Limits::default());
    let (mut stream, peer) = connect(local);
    stream
        .write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        .unwrap();
    let mut page = String::new();
    stream.read_to_string(&mut page).unwrap();
    assert!(
        page.starts_with("HTTP/1.1 200 OK\r\n") && page.ends_with("\r\n\r\nhello\n"),
        "{page}"
    );
    probe.until_fact(&Fact::Notice(Notice::Closed {
        peer: peer.into(),
        unsent: 0,
    }));
}

#[test]
fn a_rule_may_reset_a_connection() {
    let (mut probe, local) = Probe::tcp_server(true);
    let reset = rule(
        "r",
        Condition::Contains(BytePattern::text("rst")),
        vec![then(ActionKind::Reset)],
    );
    follow(&probe, &[reset], Limits::default());
    let (mut stream, peer) = connect(local);
    stream.write_all(b"rst").unwrap();
    let error = stream.read(&mut [0; 8]).unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset);
    probe.until_fact(&Fact::Notice(Notice::Reset {
        peer: peer.into(),
        unsent: 0,
    }));
}

#[test]
fn a_tcp_client_answers_its_server() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let probe = Probe::open(client(listener.local_addr().unwrap()));
    let upper = preset::Preset::UpperCase.rule("upper".into(), "");
    follow(&probe, &[upper], Limits::default());
    let (mut stream, _) = listener.accept().unwrap();
    stream.set_read_timeout(Some(DEADLINE)).unwrap();
    stream.write_all(b"abc").unwrap();
    let mut buffer = [0; 3];
    stream.read_exact(&mut buffer).unwrap();
    assert_eq!(&buffer, b"ABC");
}

fn unanswered(probe: &mut Probe, wanted: u64) -> Automatic {
    automatic(
        probe,
        |notice| matches!(notice, Automatic::Unanswered { count, .. } if *count == wanted),
    )
}

#[test]
fn all_requests_of_one_read_are_answered_and_a_row_reports_a_truncated_one() {
    let (mut probe, local) = Probe::tcp_server(true);
    let made = preset::Preset::Modbus.rule("modbus".into(), "");
    follow(&probe, &[made], Limits::default());
    let (mut stream, _) = connect(local);
    let requests = [
        &[0_u8, 1, 0, 0, 0, 6, 1, 3, 0, 7, 0, 1][..],
        &[0, 2, 0, 0, 0, 2, 1, 0x11],
        &[0, 3, 0, 0, 0, 6, 1],
    ];
    stream.write_all(&requests.concat()).unwrap();
    let expected = [
        &[0_u8, 1, 0, 0, 0, 5, 1, 3, 2, 0, 7][..],
        &[0, 2, 0, 0, 0, 3, 1, 0x91, 1],
    ];
    let expected = expected.concat();
    let mut answers = vec![0; expected.len()];
    stream.read_exact(&mut answers).unwrap();
    assert_eq!(answers, expected);
    let notice = Automatic::Unanswered {
        rule: "modbus".into(),
        peer: Some(stream.local_addr().unwrap().into()),
        silence: Silence::Partial,
        count: 1,
    };
    assert_eq!(unanswered(&mut probe, 1), notice);
}

#[test]
fn names_are_served_over_a_stream() {
    let (mut probe, local) = Probe::tcp_server(true);
    let made = preset::Preset::Dns.rule("dns".into(), "");
    follow(&probe, &[made], Limits::default());
    let (mut stream, _) = connect(local);
    let query =
        b"\x00\x13\xBE\xEF\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x01a\x00\x00\x01\x00\x01";
    stream
        .write_all(&[&query[..], &query[..]].concat())
        .unwrap();
    let mut answers = [[0_u8; 2 + 19 + 16]; 2];
    for answer in &mut answers {
        stream.read_exact(answer).unwrap();
        assert_eq!(answer[..4], [0, 35, 0xBE, 0xEF]);
        assert_eq!(answer[33..], [127, 0, 0, 1]);
    }
    // A client that writes the length first: it is a read of its own.
    stream.write_all(&query[..2]).unwrap();
    let peer = stream.local_addr().unwrap();
    probe.until_fact(&Fact::Received(peer, query[..2].to_vec()));
    stream.write_all(&query[2..]).unwrap();
    let [mut answer, _] = answers;
    stream.read_exact(&mut answer).unwrap();
    assert_eq!(answer[..4], [0, 35, 0xBE, 0xEF]);
}

#[test]
fn a_preset_that_has_no_answer_says_why_once_and_then_by_number() {
    let (mut probe, local) = Probe::udp("127.0.0.1:0");
    let made = preset::Preset::Tftp.rule("tftp".into(), "");
    follow(&probe, &[made], Limits::default());
    let (socket, address) = far_side();
    assert_eq!(
        ask(&socket, local, "\0\x02f\0octet\0"),
        "\0\x05\0\x02Access violation.\0"
    );
    for _ in 0..3 {
        socket.send_to(b"\0\x04\0\x04", local).unwrap();
    }
    for count in [1, 2] {
        let notice = Automatic::Unanswered {
            rule: "tftp".into(),
            peer: Some(address.into()),
            silence: Silence::Transferred,
            count,
        };
        assert_eq!(unanswered(&mut probe, count), notice);
    }
}

#[test]
fn replies_are_counted_as_they_are_reported() {
    let (mut probe, local) = Probe::udp("127.0.0.1:0");
    follow(&probe, &[echo()], Limits::default());
    let is_followed =
        |fact: &Fact| matches!(fact, Fact::Activity(activity) if activity.answering.is_some());
    probe.until(|facts| facts.iter().any(is_followed).then_some(()));
    let (socket, _) = far_side();
    for count in 1..=3 {
        assert_eq!(ask(&socket, local, "ping"), "ping");
        // No other event wakes the session.
        probe.until(|facts| {
            let answered = facts.iter().rev().find_map(|fact| match fact {
                Fact::Activity(activity) => activity.answering.as_ref(),
                _ => None,
            });
            answered
                .filter(|answering| answering.answered == count)
                .map(|_| ())
        });
    }
}
