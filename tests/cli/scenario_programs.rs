//! Programs that take part in a scenario: their output, and the addresses they listen on.

use super::program::{DEADLINE, Program};
use super::scenarios::played;

#[test]
fn what_a_program_says_on_its_standard_error_is_printed_too() {
    let script = "echo listening on 127.0.0.1:4321 >&2; printf 'your name: ' >&2; \
                  read name; echo hi $name; read more; echo bye $name >&2; exec sleep 60";
    let text = format!(
        r#"(sessions: {{}}, programs: [(name: "p", run: ["sh", "-c", "{script}"], address: "on (.*)", within: "20s")], steps: [
            Prints(program: "p", contains: "your name", within: "20s"),
            Type(program: "p", line: "Bob {{p.port}}"),
            Prints(program: "p", exact: "hi Bob 4321", within: "20s"),
            Type(program: "p", line: "go on"),
            Prints(program: "p", exact: "bye Bob 4321", within: "20s"),
        ])"#
    );
    let ended = played(&text, &[]);
    assert!(ended.out.contains("✓  1 "), "{}{}", ended.out, ended.err);
    assert!(ended.out.contains("5 of 5"), "{}{}", ended.out, ended.err);
    assert!(ended.err.contains("bye Bob 4321"), "{}", ended.err);
}

#[test]
fn a_port_alone_is_one_of_this_machine() {
    let code = "import socket; s = socket.create_server(('127.0.0.1', 0)); \
                print('port', s.getsockname()[1], flush=True); c, _ = s.accept(); \
                c.sendall(b'hi'); input()";
    let port = crate::ports::quiet();
    let text = format!(
        r#"(
            sessions: {{
                "near": Udp(bind: "{port}"),
                "far": Udp(bind: "0"),
                "client": TcpClient(to: "{{p.port}}"),
            }},
            programs: [(name: "p", run: ["python3", "-c", "{code}"], address: r"port (\d+)", within: "20s")],
            steps: [
                Expect(session: "client", exact: "hi", from: "{{p.port}}", within: "20s"),
                Send(session: "far", to: "{port}", text: "one"),
                Expect(session: "near", exact: "one", from: "{{far.port}}", within: "20s"),
            ],
        )"#
    );
    let ended = played(&text, &[]);
    assert!(ended.out.contains("3 of 3"), "{}{}", ended.out, ended.err);
    let text = r#"(sessions: {"a": Udp(bind: "65536")}, steps: [Wait("1ms")])"#;
    for options in [&[][..], &["--dry-run"]] {
        let ended = played(text, options);
        assert_eq!(ended.status, Some(2), "{}", ended.err);
        assert!(ended.err.contains("65536"), "{}", ended.err);
    }
}

/// A program that listens only after a while, sends a word to each client, and ends with its
/// input.
fn slow(bind: &str) -> String {
    format!(
        "import socket, time; time.sleep(0.3); s = socket.socket(socket.{}); s.bind({}); \
         s.listen(); c, _ = s.accept(); c.sendall(b'hi'); input()",
        if bind.starts_with('(') {
            "AF_INET"
        } else {
            "AF_UNIX"
        },
        bind
    )
}

#[test]
fn a_client_connects_when_its_program_listens() {
    let port = crate::ports::quiet();
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("socket");
    let path = path.to_str().unwrap();
    let cases = [
        (
            format!(r#"TcpClient(to: "{port}", timeout: "20s")"#),
            slow(&format!("('127.0.0.1', {port})")),
        ),
        (
            format!(r#"UnixClient(to: "{path}", timeout: "20s")"#),
            slow(&format!("'{path}'")),
        ),
    ];
    for (client, code) in cases {
        // The address names no program, so any of them may come to listen there.
        let text = format!(
            r#"(
                sessions: {{"client": {client}, "other": Udp()}},
                programs: [(name: "p", run: ["python3", "-c", "{code}", "{{other.port}}"])],
                steps: [Expect(session: "client", exact: "hi", within: "20s")],
            )"#
        );
        let ended = played(&text, &[]);
        assert!(ended.out.contains("1 of 1"), "{}{}", ended.out, ended.err);
    }
}

#[test]
fn a_client_that_is_refused_for_good_says_how_often() {
    let port = crate::ports::quiet();
    let refused = |run: &str, timeout: &str| {
        let text = format!(
            r#"(sessions: {{"a": TcpClient(to: "{port}", timeout: "{timeout}")}},
                programs: [(name: "p", run: [{run}])], steps: [Wait("1ms")])"#
        );
        let ended = played(&text, &[]);
        assert_eq!(ended.status, Some(2), "{}", ended.err);
        ended.err
    };
    let said = refused(r#""sleep", "60""#, "400ms");
    let times = said.split_once("It was refused ").unwrap().1;
    let times: u32 = times.split_once(' ').unwrap().0.parse().unwrap();
    assert!((2..=20).contains(&times), "{said}");
    // The program has failed, so it will not listen.
    let said = refused(r#""sh", "-c", "exit 3""#, "1h");
    assert!(said.contains("“p” has ended with exit status 3"), "{said}");
    let alone = format!(r#"(sessions: {{"a": TcpClient(to: "{port}")}}, steps: [Wait("1ms")])"#);
    let ended = played(&alone, &[]);
    assert_eq!(ended.status, Some(2), "{}", ended.err);
    assert!(!ended.err.contains("It was refused"), "{}", ended.err);
}

#[test]
fn a_program_is_asked_to_end_first() {
    let script = "trap 'echo bye >&2; exit' TERM; echo ready; while :; do sleep 0.01; done";
    let text = format!(
        r#"(sessions: {{}}, programs: [(name: "p", run: ["sh", "-c", "{script}"])],
            steps: [Prints(program: "p", exact: "ready", within: "20s")])"#
    );
    let ended = played(&text, &[]);
    assert_eq!(ended.status, Some(0), "{}{}", ended.out, ended.err);
    assert!(ended.err.contains("bye"), "{}", ended.err);
}

#[test]
fn programs_end_with_a_scenario_that_gets_two_signals() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let code = format!(
        "import signal, socket, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); \
         s = socket.create_connection((None, {port})); print(1, flush=True); time.sleep(600)"
    );
    let text = format!(
        r#"(sessions: {{}}, programs: [(name: "p", run: ["sh", "-c", "python3 -c '{code}'; true"])],
            steps: [Prints(program: "p", exact: "1", within: "20s"), Wait("1h")])"#
    );
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("test.ron");
    std::fs::write(&path, text).unwrap();
    let run = Program::run(&["run", path.to_str().unwrap()]);
    let (mut stream, _) = listener.accept().unwrap();
    run.line_with("✓  1 ");
    run.send_signal("INT");
    run.send_signal("INT");
    run.ended();
    stream.set_read_timeout(Some(DEADLINE)).unwrap();
    assert_eq!(std::io::Read::read(&mut stream, &mut [0]).unwrap(), 0);
}

#[test]
fn nothing_is_typed_into_a_closed_input() {
    let text = r#"(sessions: {}, programs: [(name: "p", run: ["sh", "-c", "exec <&-; echo closed; exec sleep 60"])], steps: [
            Prints(program: "p", exact: "closed", within: "20s"),
            Type(program: "p", line: "hi"),
            Type(program: "p", line: "hi"),
        ])"#;
    let ended = played(text, &[]);
    let said = "“p” has closed its input.";
    assert_eq!(ended.out.matches(said).count(), 2, "{}", ended.out);
    assert!(ended.out.contains("failed: 2 of 3"), "{}", ended.out);
}

#[test]
fn a_program_that_failed_is_named_once_in_a_step() {
    let text = r#"(sessions: {}, programs: [(name: "p", run: ["sh", "-c", "exit 3"])], steps: [
            Prints(program: "p", contains: "x", within: "20s"),
        ])"#;
    let ended = played(text, &[]);
    let said = "“p” has ended with exit status 3.";
    assert_eq!(ended.out.matches(said).count(), 1, "{}", ended.out);
}

#[test]
fn a_prompt_without_a_line_end_is_printed_too() {
    let text = r#"(sessions: {}, programs: [(name: "p", run: ["sh", "-c", "printf 'your name: '; read name; echo hi $name; printf '>'; exec sleep 60"])], steps: [
        Prints(program: "p", contains: "your name", within: "20s"),
        Type(program: "p", line: "Bob"),
        Prints(program: "p", exact: "hi Bob", within: "20s"),
        Prints(program: "p", contains: "nothing", within: "300ms"),
        Prints(program: "p", exact: ">", within: "300ms"),
    ])"#;
    let ended = played(text, &[]);
    assert_eq!(ended.status, Some(1), "{}", ended.out);
    assert!(ended.out.contains("failed: 1 of 5 steps"), "{}", ended.out);
    let said = "printed so far, without a line end: >";
    assert!(ended.out.contains(said), "{}", ended.out);
    assert!(!ended.out.contains("Nothing came."), "{}", ended.out);
}

#[test]
fn what_a_program_prints_in_gbk_is_text() {
    let text = r#"(sessions: {}, programs: [(name: "p", run: ["printf", "\\304\\343\\272\\303\\n"])],
        steps: [Prints(program: "p", contains: "你好", within: "20s")])"#;
    let ended = played(text, &[]);
    assert_eq!(ended.status, Some(0), "{}", ended.out);
}

#[test]
fn a_program_that_prints_without_end_is_not_kept() {
    let text = r#"(sessions: {}, programs: [
            (name: "yes", run: ["yes"]),
            (name: "zero", run: ["cat", "/dev/zero"]),
        ], steps: [
            Wait("500ms"),
            Prints(program: "yes", exact: "no", within: "100ms"),
        ])"#;
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("test.ron");
    std::fs::write(&file, text).unwrap();
    // With this limit in KiB, a program that keeps everything runs out of memory.
    let script = "ulimit -v 600000; exec \"$0\" --lang en run \"$1\"";
    let mut limited = std::process::Command::new("sh");
    limited.args(["-c", script, env!("CARGO_BIN_EXE_netpeer")]);
    let ended = limited.arg(&file).output().unwrap();
    let out = String::from_utf8_lossy(&ended.stdout);
    assert_eq!(ended.status.code(), Some(1), "{out}");
    assert!(out.contains("other lines were printed before"), "{out}");
    assert!(out.contains("had to go"), "{out}");
    assert!(out.lines().count() < 20, "{out}");
}
