//! Replies by rules, opposite real sockets.

use super::probe::{Fact, Probe, client};
use netpeer::automation::rules::{Act, Pattern, Rule, Then, What, When, ready};
use netpeer::automation::{Limits, Refusal};
use netpeer::net::{Command, Interfaces, Rulebook};
use netpeer::payload::charset::Charset;
use netpeer::traffic::{Automatic, Notice};
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream, UdpSocket};
use std::sync::Arc;
use std::time::{Duration, Instant};

fn far_side() -> (UdpSocket, SocketAddr) {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    socket
        .set_read_timeout(Some(Duration::from_secs(10)))
        .unwrap();
    let address = socket.local_addr().unwrap();
    (socket, address)
}

fn reply(text: &str) -> Then {
    let what = What::Written(ready::composition(text));
    Then {
        act: Act::Reply { what, to: None },
        ..Then::default()
    }
}

fn then(act: Act) -> Then {
    Then {
        act,
        ..Then::default()
    }
}

fn rule(name: &str, when: When, then: Vec<Then>) -> Rule {
    Rule {
        name: name.into(),
        on: true,
        when,
        then,
    }
}

fn echo() -> Rule {
    rule("echo", When::Always, vec![Then::default()])
}

fn follow(probe: &Probe, rules: &[Rule], limits: Limits) {
    let book = Rulebook::new(rules, limits, Charset::Utf8, &Interfaces::read()).unwrap();
    probe.link.order(Command::Follow(Some(Arc::new(book))));
}

fn ask(socket: &UdpSocket, to: SocketAddr, text: &str) -> String {
    socket.send_to(text.as_bytes(), to).unwrap();
    heard(socket)
}

fn heard(socket: &UdpSocket) -> String {
    let mut buffer = [0; 2048];
    let (count, _) = socket.recv_from(&mut buffer).unwrap();
    String::from_utf8(buffer[..count].to_vec()).unwrap()
}

fn automatic(probe: &mut Probe, wanted: impl Fn(&Automatic) -> bool) -> Automatic {
    probe.until_notice(|notice| match notice {
        Notice::Automatic(automatic) if wanted(automatic) => Some((**automatic).clone()),
        _ => None,
    })
}

#[test]
fn the_tutorials_server_is_one_rule() {
    let (mut probe, local) = Probe::udp("127.0.0.1:0");
    let made = ready::Ready::Prefix.rule("前缀".into(), "来自服务器");
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
            When::Matches("^name=(\\w+)".into()),
            vec![reply("hi ${1}")],
        ),
        rule(
            "drop",
            When::Is(Pattern::text("quiet")),
            vec![then(Act::Drop)],
        ),
        rule(
            "else",
            When::Always,
            vec![reply("n=${seq}"), reply("?${data}")],
        ),
    ];
    follow(&probe, &rules, Limits::default());
    let (socket, _) = far_side();
    assert_eq!(ask(&socket, local, "name=Han Meimei"), "hi Han");
    socket.send_to(b"quiet", local).unwrap();
    assert_eq!(ask(&socket, local, "x"), "n=1");
    assert_eq!(heard(&socket), "?x", "nothing was said to `quiet`");
}

#[test]
fn a_reply_may_be_late_and_go_elsewhere() {
    let (probe, local) = Probe::udp("127.0.0.1:0");
    let (socket, _) = far_side();
    let (other, elsewhere) = far_side();
    let late = Then {
        delay: 60,
        jitter: 10,
        ..reply("late")
    };
    let away = then(Act::Reply {
        what: What::Echo,
        to: Some(elsewhere.to_string()),
    });
    follow(
        &probe,
        &[rule("r", When::Always, vec![away, late])],
        Limits::default(),
    );
    let began = Instant::now();
    assert_eq!(ask(&socket, local, "x"), "late");
    assert!(began.elapsed() >= Duration::from_millis(50));
    assert_eq!(heard(&other), "x");
}

#[test]
fn rules_that_are_taken_away_answer_nothing_more() {
    let (mut probe, local) = Probe::udp("127.0.0.1:0");
    follow(&probe, &[echo()], Limits::default());
    let (socket, address) = far_side();
    assert_eq!(ask(&socket, local, "1"), "1");
    probe.link.order(Command::Follow(None));
    socket.send_to(b"2", local).unwrap();
    probe.until_fact(&Fact::Received(address, b"2".to_vec()));
    follow(&probe, &[echo()], Limits::default());
    assert_eq!(ask(&socket, local, "3"), "3");
}

#[test]
fn at_most_ten_a_second_go_to_one_peer_and_the_rest_is_counted() {
    let (mut probe, local) = Probe::udp("127.0.0.1:0");
    let counted = rule("r", When::Always, vec![reply("${seq}")]);
    follow(&probe, &[counted], Limits::default());
    let (socket, address) = far_side();
    for length in 1..=50 {
        // On a slow machine the same again after each reply would be a loop.
        socket.send_to(&vec![b'x'; length], local).unwrap();
    }
    let told = automatic(
        &mut probe,
        |automatic| matches!(automatic, Automatic::Refused { count, .. } if *count > 1),
    );
    let Automatic::Refused {
        rule,
        peer,
        refusal,
        count,
    } = told
    else {
        panic!("{told:?}");
    };
    assert_eq!((rule.as_str(), peer), ("r", Some(address)));
    assert_eq!(refusal, Refusal::PeerRate(10));
    // The first was told by itself. A slow machine may give one more its allowance.
    let replies = probe.replies.len() as u64;
    assert!((10..13).contains(&replies), "{replies}");
    assert_eq!(count + 1 + replies, 50);
}

#[test]
fn two_that_echo_at_each_other_stop_within_a_second() {
    let (mut one, _) = Probe::udp("127.0.0.1:0");
    let (mut two, second) = Probe::udp("127.0.0.1:0");
    let fast = Limits {
        per_second: None,
        per_peer: Some(100_000),
        own: true,
        ..Limits::default()
    };
    for (limits, turns) in [
        (
            Limits {
                own: true,
                ..Limits::default()
            },
            30,
        ),
        (fast, 1_000),
    ] {
        follow(&one, &[echo()], limits);
        follow(&two, &[echo()], limits);
        let before = one.replies.len() + two.replies.len();
        let began = Instant::now();
        one.send(second, b"hello");
        // Whichever turns first ends it for both.
        let paused = |probe: &mut Probe| {
            while let Ok(event) = probe.link.events().try_recv() {
                probe.take(event);
            }
            probe.facts.iter().any(|fact| {
                matches!(fact, Fact::Notice(Notice::Automatic(told)) if matches!(**told, Automatic::Paused { .. }))
            })
        };
        while !paused(&mut one) && !paused(&mut two) {
            assert!(began.elapsed() < Duration::from_secs(1), "{limits:?}");
            std::thread::yield_now();
        }
        let replies = one.replies.len() + two.replies.len() - before;
        assert!(replies < turns, "{replies}");
        one.facts.clear();
        two.facts.clear();
    }
}

#[test]
fn our_own_sockets_are_not_answered() {
    let (mut one, first) = Probe::udp("127.0.0.1:0");
    let (two, second) = Probe::udp("127.0.0.1:0");
    follow(&one, &[echo()], Limits::default());
    two.send(first, b"hello");
    let told = automatic(&mut one, |_| true);
    let expected = Automatic::Refused {
        rule: "echo".into(),
        peer: Some(second),
        refusal: Refusal::Own,
        count: 1,
    };
    assert_eq!(told, expected);
    assert_eq!(one.replies, []);
}

#[test]
fn broadcast_multicast_and_port_zero_get_nothing() {
    for (to, refusal) in [
        ("255.255.255.255:9", Refusal::Broadcast),
        ("224.0.0.9:9", Refusal::Multicast),
    ] {
        let (mut probe, local) = Probe::udp("127.0.0.1:0");
        let away = then(Act::Reply {
            what: What::Echo,
            to: Some(to.into()),
        });
        follow(
            &probe,
            &[rule("r", When::Always, vec![away])],
            Limits::default(),
        );
        let (socket, _) = far_side();
        socket.send_to(b"x", local).unwrap();
        let told = automatic(&mut probe, |_| true);
        assert!(
            matches!(told, Automatic::Refused { refusal: found, .. } if found == refusal),
            "{told:?}"
        );
    }
    let nowhere = then(Act::Reply {
        what: What::Echo,
        to: Some("127.0.0.1:0".into()),
    });
    let rules = [rule("r", When::Always, vec![nowhere])];
    assert!(
        Rulebook::new(
            &rules,
            Limits::default(),
            Charset::Utf8,
            &Interfaces::read()
        )
        .is_err()
    );
}

#[test]
fn a_page_is_served_and_the_connection_closed_behind_it() {
    let (mut probe, local) = Probe::tcp_server(true);
    let made = ready::Ready::Http.rule("http".into(), "");
    follow(&probe, &[made], Limits::default());
    let mut stream = TcpStream::connect(local).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_secs(10)))
        .unwrap();
    stream
        .write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        .unwrap();
    let mut page = String::new();
    stream.read_to_string(&mut page).unwrap();
    assert!(
        page.starts_with("HTTP/1.1 200 OK\r\n") && page.ends_with("\r\n\r\nhello\n"),
        "{page}"
    );
    let peer = stream.local_addr().unwrap();
    probe.until_fact(&Fact::Notice(Notice::Closed { peer, unsent: 0 }));
}

#[test]
fn a_rule_may_reset_a_connection() {
    let (mut probe, local) = Probe::tcp_server(true);
    let reset = rule(
        "r",
        When::Contains(Pattern::text("rst")),
        vec![then(Act::Reset)],
    );
    follow(&probe, &[reset], Limits::default());
    let mut stream = TcpStream::connect(local).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_secs(10)))
        .unwrap();
    stream.write_all(b"rst").unwrap();
    let error = stream.read(&mut [0; 8]).unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset);
    let peer = stream.local_addr().unwrap();
    probe.until_fact(&Fact::Notice(Notice::Reset { peer, unsent: 0 }));
}

#[test]
fn a_tcp_client_answers_its_server() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let probe = Probe::open(client(listener.local_addr().unwrap()));
    let upper = ready::Ready::UpperCase.rule("upper".into(), "");
    follow(&probe, &[upper], Limits::default());
    let (mut stream, _) = listener.accept().unwrap();
    stream
        .set_read_timeout(Some(Duration::from_secs(10)))
        .unwrap();
    stream.write_all(b"abc").unwrap();
    let mut buffer = [0; 3];
    stream.read_exact(&mut buffer).unwrap();
    assert_eq!(&buffer, b"ABC");
}

#[test]
fn a_loop_through_another_address_is_one_too() {
    let (mut probe, local) = Probe::udp("127.0.0.1:0");
    let (echo, elsewhere) = far_side();
    let names = [
        elsewhere.to_string(),
        format!("localhost:{}", elsewhere.port()),
    ];
    for to in names {
        let away = then(Act::Reply {
            what: What::Echo,
            to: Some(to.clone()),
        });
        let limits = Limits {
            per_second: None,
            per_peer: None,
            ..Limits::default()
        };
        follow(&probe, &[rule("away", When::Always, vec![away])], limits);
        let (socket, _) = far_side();
        socket.send_to(b"hello", local).unwrap();
        let began = Instant::now();
        probe.facts.clear();
        loop {
            while let Ok(event) = probe.link.events().try_recv() {
                probe.take(event);
            }
            let is_paused = |fact: &Fact| matches!(fact, Fact::Notice(Notice::Automatic(told)) if matches!(**told, Automatic::Paused { .. }));
            if probe.facts.iter().any(is_paused) {
                break;
            }
            assert!(began.elapsed() < Duration::from_secs(5), "{to}");
            let mut buffer = [0; 64];
            echo.set_read_timeout(Some(Duration::from_millis(20)))
                .unwrap();
            if let Ok((count, from)) = echo.recv_from(&mut buffer) {
                echo.send_to(&buffer[..count], from).unwrap();
            }
        }
    }
}

#[test]
fn a_name_is_checked_by_the_address_it_has() {
    let (mut probe, local) = Probe::udp("127.0.0.1:0");
    let away = then(Act::Reply {
        what: What::Echo,
        to: Some(format!("localhost:{}", local.port())),
    });
    follow(
        &probe,
        &[rule("r", When::Always, vec![away])],
        Limits::default(),
    );
    let (socket, _) = far_side();
    // The second time the name is known already.
    for _ in 0..2 {
        socket.send_to(b"x", local).unwrap();
        let told = automatic(&mut probe, |_| true);
        assert!(
            matches!(
                told,
                Automatic::Refused {
                    refusal: Refusal::Own,
                    ..
                }
            ),
            "{told:?}"
        );
    }
    assert_eq!(probe.replies, []);
}
