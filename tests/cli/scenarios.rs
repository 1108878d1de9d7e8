//! `netpeer run`: scenarios.
use super::program::{Ended, Program, run};

/// Runs a scenario from a file of this name.
pub fn played(text: &str, options: &[&str]) -> Ended {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("test.ron");
    std::fs::write(&file, text).unwrap();
    run(&[&["run", file.to_str().unwrap()], options].concat())
}

#[test]
fn the_programs_of_the_tutorial_pass() {
    for name in [
        "udp_client",
        "udp_server",
        "udp_chat",
        "tcp_both",
        "tcp_client",
        "tcp_server",
    ] {
        let ended = run(&["run", &format!("tests/scenarios/{name}.ron")]);
        assert_eq!(ended.status, Some(0), "{name}: {}{}", ended.out, ended.err);
        assert!(ended.out.contains("passed: "), "{}", ended.out);
    }
}

#[test]
fn the_scenario_of_the_book_passes() {
    for page in [
        include_str!("../../docs/en/scenarios.md"),
        include_str!("../../docs/zh/scenarios.md"),
    ] {
        let (_, from) = page.split_once("hello.ron").unwrap();
        let (text, _) = from.split_once("```").unwrap();
        let ended = played(&format!("( // {text}"), &[]);
        assert_eq!(ended.status, Some(0), "{}{}", ended.out, ended.err);
        assert!(ended.out.contains("6 of 6"), "{}", ended.out);
    }
}

#[test]
fn rules_and_a_simulated_network_are_steps_too() {
    for name in ["rules", "impaired", "relay", "sensor"] {
        let ended = run(&["run", &format!("tests/scenarios/{name}.ron")]);
        assert_eq!(ended.status, Some(0), "{name}: {}{}", ended.out, ended.err);
    }
    let wrong =
        r#"(sessions: {"a": Udp(rules: [(name: "x", when: Every(0))])}, steps: [Wait("1ms")])"#;
    let ended = played(wrong, &[]);
    assert_eq!(ended.status, Some(2));
    assert!(ended.err.contains(":1:42: rule 1 “x”"), "{}", ended.err);
}

/// The server resets each connection before the client has looked at it.
#[test]
fn a_client_whose_connection_ends_at_once_was_open() {
    let server = socket2::Socket::new(
        socket2::Domain::IPV4,
        socket2::Type::STREAM,
        Some(socket2::Protocol::TCP),
    )
    .unwrap();
    server
        .bind(&std::net::SocketAddr::from(([127, 0, 0, 1], 0)).into())
        .unwrap();
    server.listen(8).unwrap();
    let address = server.local_addr().unwrap().as_socket().unwrap();
    let resets = std::thread::spawn(move || {
        for _ in 0..4 {
            let (connection, _) = server.accept().unwrap();
            connection
                .set_linger(Some(std::time::Duration::ZERO))
                .unwrap();
        }
    });
    for _ in 0..4 {
        let text =
            format!(r#"(sessions: {{"here": TcpClient(to: "{address}")}}, steps: [Wait("1ms")])"#);
        let ended = played(&text, &[]);
        // The reset may be there before the connection is noticed.
        let reason = ended.err.split_once("could not be opened: ");
        let has_reason = reason.is_some_and(|(_, reason)| reason.contains("ECONNRESET"));
        let is_open = ended.status == Some(0);
        assert!(is_open || has_reason, "{}{}", ended.out, ended.err);
    }
    resets.join().unwrap();
}

#[test]
fn datagrams_in_transit_are_waited_for_before_they_are_counted() {
    let text = r#"(
        sessions: {"far": Udp(), "middle": Relay(to: "far"), "near": Udp()},
        steps: [
            Send(session: "near", to: "middle", text: "question"),
            Assert(session: "far", received: 1),
            Assert(session: "middle", received: 1, sent: 1),
        ],
    )"#;
    let ended = played(text, &[]);
    assert_eq!(ended.status, Some(0), "{}{}", ended.out, ended.err);
}

#[test]
fn a_step_that_fails_says_what_came_instead_and_the_next_is_played() {
    let text = r#"(sessions: {"a": Udp(), "b": Udp()}, steps: [
        Send(session: "a", to: "b", text: "Hello"),
        Expect(session: "b", exact: "HEllo", within: "200ms"),
        Expect(session: "b", count: 2, within: "50ms"),
        Assert(session: "b", received: 2, lost: 0),
        Send(session: "b", text: "back"),
        Expect(session: "a", hex: "62 ?? 63 6b", from: "b"),
    ])"#;
    let ended = played(text, &[]);
    assert_eq!(ended.status, Some(1));
    for part in [
        "✓  1 Send a “Hello”",
        "✗  2 Expect b “HEllo”",
        "     - 0000  48 45 6C 6C 6F",
        "     + 0000  48 65 6C 6C 6F",
        "                ^^\n",
        "Expected 2 messages, but 0 came.",
        "received: expected 2, counted 1",
        "✓  6 Expect a 62 ?? 63 6B",
        "failed: 3 of 6 steps",
    ] {
        assert!(ended.out.contains(part), "{part}:\n{}", ended.out);
    }
    let json = played(text, &["--json"]);
    let lines: Vec<serde_json::Value> = json
        .out
        .lines()
        .map(|line| serde_json::from_str(line).expect(line))
        .collect();
    assert_eq!(lines.len(), 7);
    assert_eq!(
        lines[0],
        serde_json::json!({"step": 1, "what": "Send a “Hello”", "passed": true})
    );
    assert_eq!(lines[1]["instead"][0]["hex"], "48656c6c6f");
    assert_eq!(
        lines[6],
        serde_json::json!({"passed": false, "steps": 6, "failed": 3})
    );
}

#[test]
fn in_json_what_deceives_is_escaped_once() {
    let odd = "x\u{202E}\u{9B}";
    let text = format!(
        r#"(sessions: {{"a": Udp(), "b": Udp()}}, steps: [
            Send(session: "a", to: "b", text: "{odd}"),
            Expect(session: "b", exact: "{odd}!", within: "10ms"),
        ])"#
    );
    let json = played(&text, &["--json"]).out;
    let deceives = |c: char| c != '\n' && netpeer::payload::printable::deceives(c);
    assert!(!json.chars().any(deceives), "{json}");
    let lines: Vec<serde_json::Value> = json
        .lines()
        .map(|line| serde_json::from_str(line).expect(line))
        .collect();
    assert_eq!(lines[0]["what"], format!("Send a “{odd}”"));
    assert_eq!(lines[1]["what"], format!("Expect b “{odd}!”"));
    let said = lines[1]["said"].as_str().unwrap();
    assert!(said.contains(&format!("“{odd}!”")), "{said}");
}

#[test]
fn mistakes_in_a_file_have_line_and_column() {
    let ended = played(
        "(\n  sessions: {\"a\": Udp(bnd: \"\")},\n  steps: [],\n)",
        &[],
    );
    assert_eq!((ended.status, ended.out.as_str()), (Some(2), ""));
    assert!(
        ended.err.contains("test.ron:2:") && ended.err.contains("bnd"),
        "{}",
        ended.err
    );
    let ended = played("(sessions: {},\nsteps: [Wait(\"soon\")])", &["--json"]);
    assert_eq!(ended.status, Some(2));
    let line: serde_json::Value = serde_json::from_str(&ended.out).unwrap();
    assert_eq!(line["passed"], false);
    assert!(
        line["error"].as_str().unwrap().contains("test.ron:2:"),
        "{line}"
    );
}

#[test]
fn a_session_that_is_not_there_is_named() {
    let ended = played(r#"(sessions: {}, steps: [Close("nobody")])"#, &[]);
    assert_eq!(ended.status, Some(2));
    assert!(
        ended.err.contains("no session or program named “nobody”"),
        "{}",
        ended.err
    );
}

#[test]
fn what_cannot_be_opened_is_explained() {
    let cases = [
        (
            r#"(sessions: {"a": Udp(bind: "192.0.2.77")}, steps: [Wait("1ms")])"#,
            "not an address of this machine",
        ),
        (
            r#"(sessions: {"a": Udp(bind: "{b}"), "b": Udp(bind: "{a}")}, steps: [Wait("1ms")])"#,
            "wait for each other",
        ),
        (
            r#"(sessions: {}, programs: [(name: "p", run: ["/no/such"])], steps: [Wait("1ms")])"#,
            "/no/such",
        ),
        (
            r#"(sessions: {}, programs: [(name: "p", run: ["true"], address: "on (.*)")], steps: [Wait("1ms")])"#,
            "it ended without a line like",
        ),
        (
            r#"(sessions: {}, programs: [(name: "p", run: ["sleep", "9"], address: "on (.*)", within: "10ms")], steps: [Wait("1ms")])"#,
            "did not print its address",
        ),
        (
            r#"(sessions: {}, programs: [(name: "p", run: ["echo", "on port x"], address: "on (.*)")], steps: [Wait("1ms")])"#,
            "the line “on port x” is like /on (.*)/ and holds no address",
        ),
        (
            r#"(sessions: {}, programs: [(name: "p", run: [])], steps: [Wait("1ms")])"#,
            "`run` is empty",
        ),
    ];
    for (text, said) in cases {
        let ended = played(text, &[]);
        assert_eq!(ended.status, Some(2), "{text}");
        assert!(ended.err.contains(said), "{}", ended.err);
    }
    assert_eq!(run(&["run", "/no/such.ron"]).status, Some(2));
}

#[test]
fn the_time_for_everything_is_kept_and_programs_end_with_it() {
    let text = r#"(
        within: "300ms",
        sessions: {},
        programs: [(name: "p", run: ["cat"])],
        steps: [Type(program: "p", line: "hi"), Prints(program: "p", exact: "hi"), Wait("1h"), Wait("1ms")],
    )"#;
    let ended = played(text, &[]);
    assert_eq!(ended.status, Some(1));
    assert!(ended.out.contains("✓  2 Prints p “hi”"), "{}", ended.out);
    assert!(
        ended
            .out
            .contains("The time for the whole scenario is over"),
        "{}",
        ended.out
    );
    assert!(!ended.out.contains("Wait 1ms"), "{}", ended.out);
    assert!(ended.out.contains("were not played"), "{}", ended.out);
    let last = r#"(within: "100ms", sessions: {}, steps: [Wait("1h")])"#;
    let ended = played(last, &[]);
    assert!(ended.out.contains("scenario is over."), "{}", ended.out);
    assert!(!ended.out.contains("were not played"), "{}", ended.out);
}

#[test]
fn what_a_program_started_ends_with_it() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    // A shell whose child keeps a connection open as long as it lives.
    let code = format!(
        "import socket, time; s = socket.create_connection((None, {port})); print({port}, flush=True); time.sleep(600)"
    );
    let text = format!(
        r#"(sessions: {{}}, programs: [(name: "p", run: ["sh", "-c", "python3 -c '{code}'; true"])],
            steps: [Prints(program: "p", exact: "{port}", within: "10s")])"#
    );
    let ended = played(&text, &[]);
    assert_eq!(ended.status, Some(0), "{}{}", ended.out, ended.err);
    let (mut stream, _) = listener.accept().unwrap();
    stream
        .set_read_timeout(Some(super::program::DEADLINE))
        .unwrap();
    assert_eq!(std::io::Read::read(&mut stream, &mut [0]).unwrap(), 0);
}

#[test]
fn a_program_that_has_ended_is_reported_as_ended() {
    let text = r#"(sessions: {}, programs: [(name: "p", run: ["sh", "-c", "echo one; exit 3"])],
        steps: [
            Prints(program: "p", exact: "two", within: "10s"),
            Wait("200ms"),
            Type(program: "p", line: "hello"),
        ])"#;
    let ended = played(text, &[]);
    assert_eq!(ended.status, Some(1), "{}", ended.out);
    assert!(!ended.out.contains("within"), "{}", ended.out);
    assert!(ended.out.contains("printed instead: one"), "{}", ended.out);
    let (_, typed) = ended.out.split_once("Type p").unwrap();
    assert!(typed.contains("ended with exit status 3"), "{}", ended.out);
    assert!(ended.out.contains("failed: 2 of 3"), "{}", ended.out);
}

#[test]
fn a_session_that_has_ended_takes_no_orders() {
    let text = r#"(sessions: {"a": Udp(), "b": Udp()}, steps: [
        Close("a"),
        Rules(session: "a", rules: []),
        Impair(session: "a"),
        Send(session: "a", to: "b", text: "x"),
        Flood(session: "a", to: "b", count: 1),
        Expect(session: "a", count: 1),
        Close("a"),
    ])"#;
    let ended = played(text, &[]);
    assert!(ended.out.contains("failed: 5 of 7"), "{}", ended.out);
    let said = ended.out.matches("“a” has ended.").count();
    assert_eq!(said, 5, "{}", ended.out);
}

#[test]
fn what_cannot_be_sent_says_only_why() {
    let long = "x".repeat(70_000);
    let text = format!(
        r#"(sessions: {{"a": Udp()}}, steps: [Send(session: "a", to: "a", text: "{long}")])"#
    );
    let ended = played(&text, &[]);
    assert_eq!(ended.status, Some(1));
    assert!(!ended.out.contains("in time"), "{}", ended.out);
    assert!(ended.out.contains("65,507"), "{}", ended.out);
}

#[test]
fn a_rule_that_may_not_reply_says_why() {
    let text = r#"(sessions: {"a": Udp(rules: [(name: "echo")]), "b": Udp()}, steps: [
        Send(session: "b", to: "a", text: "x"),
        Expect(session: "b", exact: "x", within: "300ms"),
    ])"#;
    let ended = played(text, &[]);
    assert_eq!(ended.status, Some(1));
    let said = ended.out.matches("own: true").count();
    assert_eq!(said, 1, "{}", ended.out);
    assert!(ended.err.contains("“a”: 127.0.0.1:"), "{}", ended.err);
}

#[test]
fn a_program_that_failed_is_reported_without_a_step() {
    let text = r#"(sessions: {}, programs: [(name: "p", run: ["sh", "-c", "exit 3"])], steps: [
        Wait("300ms"),
        Wait("1ms"),
    ])"#;
    let ended = played(text, &[]);
    let said = ended
        .out
        .matches("“p” has ended with exit status 3")
        .count();
    assert_eq!((ended.status, said), (Some(0), 1), "{}", ended.out);
}

#[test]
fn a_scenario_without_time_says_that_it_is_over() {
    // No program answers there, so the session cannot open before the time-out.
    let (_listener, to, _fillers) = crate::loopback::tcp::black_hole();
    let text = format!(
        r#"(within: "0s", sessions: {{"a": TcpClient(to: "{to}")}}, steps: [Wait("1ms")])"#
    );
    let ended = played(&text, &[]);
    assert_eq!(ended.status, Some(2));
    assert!(ended.err.contains("the time was over"), "{}", ended.err);
}

#[test]
fn a_result_that_cannot_be_written_is_status_1() {
    let dir = tempfile::tempdir().unwrap();
    let text =
        r#"(sessions: {"a": Udp()}, steps: [Send(session: "a", to: "127.0.0.1:9", text: "x")])"#;
    std::fs::write(dir.path().join("x.ron"), text).unwrap();
    for json in ["", "--json"] {
        let line = format!("netpeer run x.ron {json} >/dev/full");
        let mut program = Program::typed(&line, dir.path());
        program.ends_input();
        let ended = program.ended();
        assert_eq!(ended.status, Some(1), "{json}: {}", ended.err);
        assert!(!ended.err.is_empty());
    }
}
