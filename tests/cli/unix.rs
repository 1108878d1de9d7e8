//! Unix sockets in the terminal, with Python as the peer.

use super::program::{Program, run};
use super::scenarios::played;

#[test]
fn a_python_client_of_a_unix_server_is_echoed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("s");
    let name = path.to_str().unwrap();
    let program = Program::run(&["unix-server", "--bind", name, "--echo"]);
    program.line_with("Listening");
    let script = "import socket, sys; s = socket.socket(socket.AF_UNIX); s.settimeout(10)
s.connect(sys.argv[1]); s.sendall(b'from python'); print(s.recv(99))";
    let python = std::process::Command::new("python3")
        .args(["-c", script, name])
        .output()
        .unwrap();
    assert_eq!(String::from_utf8_lossy(&python.stdout), "b'from python'\n");
    program.line_with("offline");
    program.send_signal("INT");
    let ended = program.ended();
    assert_eq!(ended.status, Some(0));
    assert!(
        ended.out.contains("Closed, the name is no longer used"),
        "{}",
        ended.out
    );
    assert!(!path.exists());
}

#[test]
fn a_client_in_a_scenario_reaches_a_server_by_its_session() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("s");
    let text = format!(
        r#"(sessions: {{"s": UnixServer(bind: "{}"), "c": UnixClient(to: "s")}}, steps: [
            Send(session: "c", text: "x"),
            Expect(session: "s", exact: "x"),
        ])"#,
        path.display()
    );
    let ended = played(&text, &[]);
    assert_eq!(ended.status, Some(0), "{}{}", ended.out, ended.err);
}

#[test]
fn a_wrong_name_is_explained_in_both_languages() {
    for (lang, said) in [
        ("en", "There is no socket unix:@nosuch-netpeer"),
        ("zh", "没有名为 unix:@nosuch-netpeer 的套接字"),
    ] {
        let ended = |arguments: &[&str]| {
            let program = env!("CARGO_BIN_EXE_netpeer");
            let mut command = std::process::Command::new(program);
            let output = command.args(["--lang", lang]).args(arguments).output();
            let output = output.unwrap();
            assert_eq!(output.status.code(), Some(2));
            String::from_utf8(output.stderr).unwrap()
        };
        let err = ended(&["unix-client", "@nosuch-netpeer"]);
        assert!(err.contains(said), "{err}");
        let err = ended(&["unix-server", "--bind", &"x".repeat(200)]);
        assert!(err.contains("107"), "{err}");
    }
}

#[test]
fn a_scenario_that_cannot_begin_leaves_no_socket_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("s");
    let file = folder.path().join("scenario.ron");
    let text = format!(
        "(sessions: {{\"a\": UnixServer(bind: {path:?}), \"b\": UnixServer(bind: \"/no/such/folder/s\")}}, steps: [Wait(\"1ms\")])"
    );
    std::fs::write(&file, text).unwrap();
    let program = std::process::Command::new(env!("CARGO_BIN_EXE_netpeer"));
    let output = { program }.arg("run").arg(&file).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(!path.exists());
}

#[test]
fn repeated_datagrams_that_were_not_sent_are_a_failure() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("unread");
    let _socket = std::os::unix::net::UnixDatagram::bind(&path).unwrap();
    let to = path.to_str().unwrap();
    for target in [to, "@nosuch-netpeer"] {
        let program = Program::run(&[
            "unix-datagram",
            "--to",
            target,
            "--message",
            "x",
            "--repeat",
            "1ms",
            "--times",
            "2000",
            "--for",
            "3s",
            "-q",
        ]);
        let ended = program.ended();
        assert_eq!(ended.status, Some(1), "{target}: {}", ended.err);
        assert!(ended.err.contains("were not sent"), "{}", ended.err);
    }
}

#[test]
fn what_waits_for_a_first_datagram_says_so() {
    let dir = tempfile::tempdir().unwrap();
    let name = dir.path().join("socket");
    for [kind, local] in [
        ["udp", "127.0.0.1:0"],
        ["unix-datagram", name.to_str().unwrap()],
    ] {
        let mut program = Program::run(&[kind, "--bind", local, "--once"]);
        program.types("answer");
        program.ends_input();
        program.error_with("waits for the first datagram");
        program.send_signal("INT");
        let ended = program.ended();
        assert_eq!(ended.status, Some(1), "{}", ended.err);
        assert!(ended.err.contains("1 line was not sent"), "{}", ended.err);
    }
}

#[test]
fn the_name_of_a_peer_hides_nothing_in_any_output() {
    let dir = tempfile::tempdir().unwrap();
    let path = |name: &str| dir.path().join(name).to_str().unwrap().to_owned();
    let line = |name: &str| {
        format!(
            r#"{{"time":1,"kind":"received","peer":"unix:{name}","length":1,"hex":"61","packet":{{"local":"unix:@here","transport":"unix-datagram"}}}}"#
        )
    };
    let names = [r"a\u202eb", r"\u2066", r"a\u200bb", r"a\u2028b"].map(line);
    std::fs::write(path("names.jsonl"), names.join("\n")).unwrap();
    for (from, to) in [
        ("names.jsonl", "names.pcapng"),
        ("names.jsonl", "names.csv"),
    ] {
        let ended = run(&["convert", &path(from), &path(to)]);
        assert_eq!(ended.status, Some(0), "{}", ended.err);
    }
    let csv = std::fs::read_to_string(path("names.csv")).unwrap();
    let shown = ["names.jsonl", "names.pcapng"].map(|name| run(&["show", &path(name)]).out);
    for text in shown.iter().chain([&csv]) {
        for name in [r"unix:a\E2\80\AEb", r"unix:\E2\81\A6", r"unix:a\E2\80\8Bb"] {
            assert!(text.contains(name), "{name}: {text:?}");
        }
        let hidden = ['\u{202E}', '\u{2066}', '\u{200B}', '\u{2028}'];
        assert!(!text.contains(hidden), "{text:?}");
    }
}
