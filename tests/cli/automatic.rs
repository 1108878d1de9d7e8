//! Automatic replies and the simulated network in the terminal.
use super::program::{DEADLINE, Program, run};
use crate::sockets::{far_side, receive_text};
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};

/// The answer to this datagram.
fn answer(to: SocketAddr, question: &str) -> String {
    let (socket, _) = far_side();
    socket.send_to(question.as_bytes(), to).unwrap();
    receive_text(&socket)
}

fn udp(options: &[&str]) -> Program {
    Program::run(&[&["udp", "--bind", "127.0.0.1:0"], options].concat())
}

fn file(name: &str, text: &str) -> (tempfile::TempDir, String) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join(name);
    std::fs::write(&path, text).unwrap();
    let path = path.to_str().unwrap().to_owned();
    (dir, path)
}

#[test]
fn what_comes_goes_back() {
    let program = udp(&["--echo"]);
    assert_eq!(answer(program.local(), "hi"), "hi");
    program.send_signal("INT");
    let ended = program.ended();
    assert!(ended.err.contains("sent 1 (2 bytes)"), "{}", ended.err);
}

#[test]
fn a_reply_quotes_what_came() {
    let program = udp(&["--reply", r"来自服务器${data}\r\n"]);
    assert_eq!(answer(program.local(), "你好"), "来自服务器你好\r\n");
}

#[test]
fn a_framed_stream_is_answered_message_by_message() {
    let options = ["--framing", "length:1", "--reply", "[${data}]"];
    let program = Program::run(&[&["tcp-server", "--bind", "127.0.0.1:0"], &options[..]].concat());
    let mut stream = TcpStream::connect(program.local()).unwrap();
    stream.set_read_timeout(Some(DEADLINE)).unwrap();
    // Two in one write, and the beginning of a third.
    stream.write_all(b"\x01a\x02bc\x03d").unwrap();
    let mut answers = [0; 9];
    stream.read_exact(&mut answers).unwrap();
    assert_eq!(&answers, b"[\x01a][\x02bc]");
    for (lang, reason) in [("en", "fixed:0"), ("zh", "fixed:0")] {
        let words = [
            "--lang",
            lang,
            "tcp-server",
            "--bind",
            "127.0.0.1:0",
            "--framing",
            reason,
        ];
        let ended = run(&words);
        assert_eq!(ended.status, Some(2));
        let expected = if lang == "en" {
            "above 0"
        } else {
            "要大于 0"
        };
        assert!(ended.err.contains(expected), "{}", ended.err);
    }
}

#[test]
fn a_framed_datagram_is_answered_message_by_message() {
    let program = udp(&["--framing", "lines", "--reply", "[${data}]"]);
    let (socket, _) = far_side();
    socket.send_to(b"a\nb\r\n", program.local()).unwrap();
    assert_eq!(receive_text(&socket), "[a\n]");
    assert_eq!(receive_text(&socket), "[b\r\n]");
    for (lang, reason) in [("en", "streams only"), ("zh", "只用于字节流")] {
        let framings = ["--framing", "lines", "--framing-sent", "gap:20ms"];
        let ended = run(&[&["udp", "--lang", lang], &framings[..]].concat());
        assert_eq!(ended.status, Some(2));
        assert!(ended.err.contains("`--framing-sent`"), "{}", ended.err);
        assert!(ended.err.contains(reason), "{}", ended.err);
    }
}

#[test]
fn requests_that_are_lines_get_replies_with_another_framing() {
    let options = [
        "--framing",
        "lines",
        "--framing-sent",
        "slip",
        "--reply",
        "ok",
    ];
    let program = Program::run(&[&["tcp-server", "--bind", "127.0.0.1:0"], &options[..]].concat());
    let mut stream = TcpStream::connect(program.local()).unwrap();
    stream.set_read_timeout(Some(DEADLINE)).unwrap();
    stream.write_all(b"one\ntwo\n").unwrap();
    let mut answers = [0; 6];
    stream.read_exact(&mut answers).unwrap();
    assert_eq!(&answers, b"ok\xC0ok\xC0");
}

#[test]
fn a_preset_without_an_answer_says_why() {
    let program = udp(&["--ready", "ntp"]);
    let local = program.local();
    far_side().0.send_to(&[0x24; 48], local).unwrap();
    let line = program.line_with(" has no answer: ");
    assert!(line.contains("itself an answer"), "{line}");
}

#[test]
fn a_reply_that_other_machines_do_not_get_is_remarked() {
    let remarked = |preset: &str, options: &[&str]| {
        let session = ["udp", "--ready", preset, "--for", "100ms"];
        let ended = run(&[&session[..], options].concat());
        assert_eq!(ended.status, Some(0), "{}", ended.err);
        ended.err.contains("rule “tftp”") && ended.err.contains("--allow-larger")
    };
    assert!(remarked("tftp", &["--bind", "0.0.0.0:0"]));
    assert!(!remarked("tftp", &["--bind", "127.0.0.1:0"]));
    assert!(!remarked(
        "tftp",
        &["--bind", "0.0.0.0:0", "--allow-larger"]
    ));
    assert!(!remarked("ntp", &["--bind", "0.0.0.0:0"]));
}

#[test]
fn rules_of_a_file_come_before_the_others() {
    let text = r#"(
        rules: [(name: "ping", when: Is((text: "PING")), then: [
            (act: Reply(what: Written((text: "PONG")), to: None)),
        ])],
        limits: (per_peer: Some(1000)),
    )"#;
    let (_dir, path) = file("rules.ron", text);
    let program = udp(&["--rules", &path, "--ready", "upper-case"]);
    let local = program.local();
    assert_eq!(answer(local, "PING"), "PONG");
    assert_eq!(answer(local, "other"), "OTHER");
}

#[test]
fn a_mistake_in_a_file_has_its_place() {
    let cases = [
        ("[\n (name: \"a\", whenn),\n]", "rules.ron:2:"),
        (
            "[(name: \"ping\", when: Matches(\"(\"))]",
            "rules.ron:1:17: rule 1 “ping”: ",
        ),
        ("[(then: [(act: Nothing)])]", "rules.ron:1:"),
        ("[\n(whn: Always)]", "rules.ron:2:2: there is no field"),
    ];
    for (text, said) in cases {
        let (_dir, path) = file("rules.ron", text);
        let ended = run(&["udp", "--rules", &path]);
        assert_eq!(ended.status, Some(2), "{text}");
        assert!(ended.err.contains(said), "{}", ended.err);
    }
    let ended = run(&["udp", "--rules", "/no/such.ron"]);
    assert_eq!(ended.status, Some(2));
}

#[test]
fn limits_hold_and_can_be_lifted() {
    let answered = |options: &[&str]| {
        let program = udp(&[&["--echo"], options].concat());
        let (local, socket) = (program.local(), far_side().0);
        for _ in 0..50 {
            socket.send_to(b"x", local).unwrap();
        }
        // Replies are sent in order: once another peer has this one, no earlier reply is pending.
        assert_eq!(answer(local, "last"), "last");
        socket.set_nonblocking(true).unwrap();
        let mut buffer = [0; 8];
        std::iter::from_fn(|| socket.recv(&mut buffer).ok()).count()
    };
    let limited = answered(&["--replies-per-peer", "3"]);
    assert!((3..10).contains(&limited), "{limited}");
    assert_eq!(answered(&["--no-limits"]), 50);
}

#[test]
fn a_rule_that_answers_another_rule_is_paused_and_reported() {
    // Without limits the loop goes on until the breaker sees enough quick turns.
    let limits = ["--replies-per-second", "none", "--replies-per-peer", "none"];
    let first = udp(&[&["--echo"], &limits[..]].concat());
    let to = first.local().to_string();
    let mut second = udp(&["--echo", "--no-limits", "--to", &to]);
    second.local();
    second.types("ping");
    first.error_with("rule “echo” is paused");
    first.send_signal("INT");
    second.send_signal("INT");
    let said = first.ended().err + &second.ended().err;
    assert!(!said.contains("is paused"), "only once: {said}");
}

/// The numbers of those of a hundred datagrams that arrive.
fn came(options: &[&str]) -> Vec<u8> {
    let (socket, _) = far_side();
    let to = socket.local_addr().unwrap().to_string();
    let mut program = Program::run(&[&["udp", "--to", &to, "--once", "--hex"], options].concat());
    for number in 0..100 {
        program.types(&format!("{number:02x}"));
    }
    program.ends_input();
    assert_eq!(program.ended().status, Some(0));
    // Everything it sent has arrived.
    socket.set_nonblocking(true).unwrap();
    let mut buffer = [0; 8];
    std::iter::from_fn(|| socket.recv(&mut buffer).ok().map(|_| buffer[0])).collect()
}

#[test]
fn the_same_seed_loses_the_same() {
    let seven = came(&["--loss", "30%", "--seed", "7"]);
    assert!((40..95).contains(&seven.len()), "{seven:?}");
    assert_eq!(came(&["--loss", "30%", "--seed", "7"]), seven);
    assert_ne!(came(&["--loss", "30%", "--seed", "8"]), seven);
    let text = "(seed: 7, outgoing: (datagrams: (loss: Random(percent: 30, correlation: 0))))";
    let (_dir, path) = file("impair.ron", text);
    assert_eq!(came(&["--impair", &path]), seven);
}

#[test]
fn the_seed_is_printed() {
    let ended = run(&["udp", "--for", "50ms", "--delay", "5ms±1ms", "--seed", "42"]);
    assert!(ended.err.contains("--seed 42"), "{}", ended.err);
    let ended = run(&["udp", "--for", "50ms"]);
    assert!(!ended.err.contains("--seed"), "{}", ended.err);
}

#[test]
fn a_stream_is_cut_into_pieces() {
    let mut server = Program::run(&["tcp-server", "--bind", "127.0.0.1:0", "--split", "3"]);
    let peer = TcpStream::connect(server.local()).unwrap();
    peer.set_read_timeout(Some(DEADLINE)).unwrap();
    server.types("abcdefgh");
    let mut text = [0; 8];
    std::io::Read::read_exact(&mut &peer, &mut text).unwrap();
    assert_eq!(&text, b"abcdefgh");
    server.send_signal("INT");
    let ended = server.ended();
    assert!(ended.err.contains("sent 3 (8 bytes)"), "{}", ended.err);
}

#[test]
fn amounts_that_cannot_be_meant_name_what_is_allowed() {
    let cases = [
        (["udp", "--loss=NaN"], "0% to 100%"),
        (["udp", "--loss=101%"], "0% to 100%"),
        (["udp", "--duplicate=-1%"], "0% to 100%"),
        (["udp", "--delay=1e18ms"], "0ms to 1h"),
        (["udp", "--rate=0"], "1bit to 1000Gbit"),
        (["udp", "--rate=1e18"], "1bit to 1000Gbit"),
        (["udp", "--replies-per-peer=-1"], "or none"),
        (["udp", "--split=7"], "--split"),
        (["tcp-server", "--split=0"], "from 1 to 16777216"),
        (
            ["tcp-server", "--reset-after=1e18"],
            "a whole number from 0",
        ),
        (["udp", "--repeat=0ms"], "1ms or longer"),
        (["tcp-server", "--slow-read=0"], "1B/s to"),
        (["tcp-server", "--loss=1%"], "--loss"),
        (["udp", "--reply=${nothing}"], "reply"),
    ];
    let apart = run(&["udp", "--loss", "-1%"]);
    assert!(apart.err.contains("0% to 100%"), "{}", apart.err);
    for (arguments, said) in cases {
        let bind = ["--bind", "127.0.0.1:0"];
        let ended = run(&[&arguments[..], &bind].concat());
        assert_eq!(ended.status, Some(2), "{arguments:?}");
        assert!(ended.err.contains(said), "{arguments:?}: {}", ended.err);
    }
}

#[test]
fn options_without_effect_in_a_session_of_this_kind_are_reported() {
    let dir = tempfile::tempdir().unwrap();
    let path = |name: &str, text: &str| {
        let path = dir.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let rules = path("rules.ron", r#"[(name: "bye", then: [(act: Close)])]"#);
    let network = path("network.ron", "(incoming: (stream: (split: 7)))");
    let options = ["--rules", &rules, "--impair", &network, "--for", "50ms"];
    let udp = run(&[&["udp", "--bind", "127.0.0.1:0"], &options[..]].concat());
    assert!(
        udp.err
            .contains("rule “bye” has no effect here: UDP has no"),
        "{}",
        udp.err
    );
    assert!(
        udp.err.contains("stream impairments have no effect on UDP"),
        "{}",
        udp.err
    );
    let server = ["tcp-server", "--bind", "127.0.0.1:0"];
    let tcp = run(&[&server, &options[..]].concat());
    assert!(
        tcp.err.contains("only `slow_read` can be chosen"),
        "{}",
        tcp.err
    );
    assert!(!tcp.err.contains("bye"), "{}", tcp.err);
}

#[test]
fn the_direction_of_a_simulated_network_is_printed_and_can_be_chosen() {
    let relay = ["relay", "tcp", "--to", "127.0.0.1:9"];
    let cases: [(&[&str], &[&str], &str); 5] = [
        (&relay, &[], "from the clients to the target"),
        (
            &relay,
            &["--impair-incoming"],
            "from the target to the clients",
        ),
        (&relay, &["--impair-both"], "in both directions"),
        (&["tcp-server"], &[], "for what is sent"),
        (&["udp"], &["--impair-incoming"], "for what is received"),
    ];
    for (command, direction, words) in cases {
        let bind = ["--bind", "127.0.0.1:0", "--delay", "5ms", "--for", "50ms"];
        let ended = run(&[command, &bind[..], direction].concat());
        assert_eq!(ended.status, Some(0), "{direction:?}: {}", ended.err);
        let said = format!("simulated network {words};");
        assert!(ended.err.contains(&said), "{direction:?}: {}", ended.err);
        let help = run(&[command, &["--help"][..]].concat());
        assert!(help.out.contains("from the clients to the target"));
    }
    let both = ["--delay", "5ms", "--impair-incoming", "--impair-both"];
    let wrong = run(&[&["udp"], &both[..]].concat());
    assert_eq!(wrong.status, Some(2), "{}", wrong.err);
    // A session can only delay the reads of a stream it receives.
    let server = ["tcp-server", "--bind", "127.0.0.1:0", "--impair-incoming"];
    assert_eq!(run(&server).status, Some(2));
}

#[test]
fn a_relay_resets_what_comes_from_its_target() {
    let target = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let to = target.local_addr().unwrap().to_string();
    let words = ["relay", "tcp", "--bind", "127.0.0.1:0", "--to", &to];
    let network = ["--reset-after", "3", "--impair-incoming"];
    let relay = Program::run(&[&words[..], &network].concat());
    let client = TcpStream::connect(relay.local()).unwrap();
    client.set_read_timeout(Some(DEADLINE)).unwrap();
    let (far, _) = target.accept().unwrap();
    std::io::Write::write_all(&mut &client, b"longer than three").unwrap();
    far.set_read_timeout(Some(DEADLINE)).unwrap();
    let mut asked = [0; 17];
    std::io::Read::read_exact(&mut &far, &mut asked).unwrap();
    assert_eq!(&asked, b"longer than three");
    std::io::Write::write_all(&mut &far, b"answer").unwrap();
    relay.line_with("reset");
    relay.send_signal("INT");
    assert_eq!(relay.ended().status, Some(0));
}

#[test]
fn what_a_relay_loses_with_a_connection_is_no_line() {
    let target = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let to = target.local_addr().unwrap().to_string();
    let words = ["relay", "tcp", "--bind", "127.0.0.1:0", "--to", &to];
    let network = ["--reset-after", "1000", "--impair-incoming", "--for", "3s"];
    let mut relay = Program::run(&[&words[..], &network].concat());
    relay.ends_input();
    let client = TcpStream::connect(relay.local()).unwrap();
    let (far, _) = target.accept().unwrap();
    std::io::Write::write_all(&mut &client, b"question").unwrap();
    far.set_read_timeout(Some(DEADLINE)).unwrap();
    std::io::Read::read_exact(&mut &far, &mut [0; 8]).unwrap();
    std::io::Write::write_all(&mut &far, &[b'x'; 5_000]).unwrap();
    relay.line_with("reset");
    let ended = relay.ended();
    assert_eq!(ended.status, Some(0), "{}", ended.err);
    assert!(!ended.err.contains("not sent"), "{}", ended.err);
}
