//! The report of steps that failed.

use super::program::{Program, run};
use super::scenarios::played;

#[test]
fn a_checksum_is_appended_and_checked() {
    let ended = run(&["run", "tests/scenarios/checksum.ron"]);
    assert_eq!(ended.status, Some(0), "{}{}", ended.out, ended.err);
    let text = r#"(sessions: {"a": Udp(), "b": Udp(), "server": TcpServer(), "client": TcpClient(to: "server")}, steps: [
        Send(session: "a", to: "b", hex: "01 03 00 00 00 02 C4 0C"),
        Expect(session: "b", hex: "01 03 00 00 00 02", checksum: "modbus", within: "100ms"),
        Send(session: "client", text: "one", checksum: "xmodem:high"),
        Send(session: "client", text: "two"),
        Expect(session: "server", exact: "one", checksum: "xmodem:high"),
        Expect(session: "server", exact: "two", checksum: "xmodem:high", within: "100ms"),
    ])"#;
    let ended = played(text, &[]);
    for part in [
        "01 03 00 00 00 02 + CRC-16/MODBUS",
        "+ 0000  01 03 00 00 00 02 C4 0C",
        "CRC-16/MODBUS has to be C4 0B, not C4 0C.",
        "✓  5 Expect server “one” + CRC-16/XMODEM",
        "CRC-16/XMODEM has to be 08 4F, not –.",
        "failed: 2 of 6",
    ] {
        assert!(ended.out.contains(part), "{part}:\n{}", ended.out);
    }
}

#[test]
fn a_wrong_expectation_names_the_messages_that_did_come() {
    let text = r#"(sessions: {"a": Udp(), "b": Udp(), "c": Udp()}, steps: [
        Send(session: "a", to: "b", text: "one"),
        Send(session: "a", to: "c", text: "two"),
        Expect(session: "b", exact: "one"),
        Send(session: "c", to: "b", text: "three"),
        Expect(session: "b", exact: "one", from: "a", within: "100ms"),
        Expect(session: "b", count: 1, from: "a", within: "100ms"),
    ])"#;
    let ended = played(text, &[]);
    let (_, said) = ended.out.split_once("✗  5 ").unwrap();
    let (said, counted) = said.split_once("✗  6 ").unwrap();
    for said in [said, counted] {
        for part in [
            "Step 3 took “one” from 127.0.0.1:",
            "“b” received “three” from 127.0.0.1:",
            "“c” received “two” from 127.0.0.1:",
        ] {
            assert!(said.contains(part), "{part}:\n{}", ended.out);
        }
    }
    assert!(said.contains("Nothing came."), "{}", ended.out);
}

#[test]
fn a_wrong_expectation_names_the_lines_that_were_printed() {
    let text = r#"(sessions: {}, programs: [
            (name: "p", run: ["sh", "-c", "echo listening on 127.0.0.1:7; echo ready; exec sleep 60"], address: "on (.*)"),
            (name: "q", run: ["sh", "-c", "echo hello; exec sleep 60"]),
        ], steps: [
            Prints(program: "p", exact: "ready", within: "20s"),
            Prints(program: "q", contains: "he", within: "20s"),
            Prints(program: "q", contains: "he", within: "100ms"),
            Prints(program: "p", contains: "listening", within: "100ms"),
        ])"#;
    let ended = played(text, &[]);
    for part in [
        "Step 2 took the line “hello”.",
        "The search for its address took the line “listening on 127.0.0.1:7”.",
        "Step 1 took the line “ready”.",
        "failed: 2 of 4",
    ] {
        assert!(ended.out.contains(part), "{part}:\n{}", ended.out);
    }
}

#[test]
fn a_dry_run_says_what_would_be_done_and_does_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("made");
    let text = format!(
        r#"(
            within: "5s",
            sessions: {{ "a": Udp(), "b": TcpClient(to: "a") }},
            programs: [(name: "p", run: ["touch", "{}", "it's"])],
            steps: [Wait("1s")],
        )"#,
        file.display()
    );
    let ended = played(&text, &["--dry-run"]);
    assert_eq!(ended.status, Some(0), "{}{}", ended.out, ended.err);
    for part in [
        "session “a”: udp\n",
        "session “b”: tcp-client to {a}\n",
        "program “p”: touch ",
        r"'it'\''s'",
        "   1 Wait 1s\n",
        "1 step, at most 5s; nothing was opened or started",
    ] {
        assert!(ended.out.contains(part), "{part}:\n{}", ended.out);
    }
    let json = played(&text, &["--dry-run", "--json"]);
    let line: serde_json::Value = serde_json::from_str(&json.out).expect(&json.out);
    assert_eq!(line["programs"][0]["run"][2], "it's");
    assert_eq!(line["sessions"][1]["kind"], "TcpClient");
    assert_eq!(line["steps"][0], "Wait 1s");
    assert!(!file.exists());
    let wrong = played("(sessions: {}, steps: [\nWait(1)])", &["--dry-run"]);
    assert_eq!(wrong.status, Some(2));
    assert!(wrong.err.contains(".ron:2:"), "{}", wrong.err);
}

/// Prints a file of results as Python reads it, a line each: the counts, and for each case its
/// name, its content, and whether its time is a number.
const READS: &str = "
import sys, xml.etree.ElementTree as tree
suite = tree.parse(sys.argv[1]).getroot()[0]
print(*(suite.get(name) for name in ('name', 'tests', 'failures', 'errors', 'skipped')))
for case in suite:
    float(case.get('time'))
    print(case.get('classname'), case.get('name'), *((inner.tag, inner.text) for inner in case))
";

#[test]
fn results_are_junit_xml_too() {
    let dir = tempfile::tempdir().unwrap();
    let results = dir.path().join("a&b.xml");
    let results = results.to_str().unwrap();
    let read = || {
        let mut python = std::process::Command::new("python3");
        python.args(["-c", READS, results]).env("PYTHONUTF8", "1");
        let output = python.output().unwrap();
        let err = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{err}");
        String::from_utf8(output.stdout).unwrap()
    };
    let text = r#"(within: "1s", sessions: {"a": Udp(), "b": Udp()}, steps: [
        Send(session: "a", to: "b", text: "<a & \"b\">]]>\u{1b}\u{202e}"),
        Expect(session: "b", exact: "</testcase>", within: "100ms"),
        Wait("1h"),
        Close("a"),
    ])"#;
    let ended = played(text, &["--junit", results]);
    assert_eq!(ended.status, Some(1), "{}", ended.err);
    let lines = read();
    let lines: Vec<&str> = lines.lines().collect();
    assert_eq!(lines[0], "test.ron 4 2 0 1");
    assert_eq!(lines[1], "test 1 Send a “<a & \"b\">]]>␛\\u{202E}”");
    let expected =
        "test 2 Expect b “</testcase>” ('failure', 'Expected “</testcase>” within 100ms.";
    assert!(lines[2].starts_with(expected), "{}", lines[2]);
    assert!(lines[3].contains("scenario is over"), "{}", lines[3]);
    assert_eq!(lines[4..], ["test 4 Close a ('skipped', None)"]);
    // A scenario that cannot run is a result, too.
    let ended = played(
        "(sessions: {}, steps: [Close(\"<b>\")])",
        &["--junit", results],
    );
    assert_eq!(ended.status, Some(2), "{}", ended.err);
    assert!(read().starts_with("test.ron 1 0 1 0\ntest scenario ('error', 'netpeer: "));
    let ended = played(text, &["--junit", "/no/such/out.xml"]);
    assert_eq!((ended.status, ended.out.as_str()), (Some(2), ""));
    assert!(
        ended.err.contains("/no/such/out.xml cannot be written"),
        "{}",
        ended.err
    );
}

#[test]
fn steps_that_were_not_played_are_counted() {
    let text = r#"(within: "300ms", sessions: {}, steps: [Wait("1h"), Wait("1ms")])"#;
    let ended = played(text, &[]);
    let summary = "failed: 1 of 2 steps; 1 not played";
    assert!(ended.out.contains(summary), "{}", ended.out);
    let ended = played(text, &["--json"]);
    let last = ended.out.lines().last().unwrap();
    let last: serde_json::Value = serde_json::from_str(last).unwrap();
    assert_eq!(
        last,
        serde_json::json!({"passed": false, "steps": 2, "failed": 1, "not_played": 1})
    );

    let dir = tempfile::tempdir().unwrap();
    let (file, results) = (dir.path().join("test.ron"), dir.path().join("out.xml"));
    let text = r#"(sessions: {}, steps: [Wait("1ms"), Wait("1h"), Wait("1ms")])"#;
    std::fs::write(&file, text).unwrap();
    let (file, results) = (file.to_str().unwrap(), results.to_str().unwrap());
    let run = Program::run(&["run", file, "--junit", results]);
    run.line_with("✓  1 ");
    run.send_signal("INT");
    let ended = run.ended();
    assert_eq!(ended.status, Some(2), "{}", ended.err);
    let summary = "failed: 1 of 3 steps; 1 not played";
    assert!(ended.out.contains(summary), "{}", ended.out);
    let results = std::fs::read_to_string(results).unwrap();
    let counts = r#"tests="4" failures="1" errors="1" skipped="1""#;
    assert!(results.contains(counts), "{results}");
}

#[cfg(unix)]
#[test]
fn results_that_cannot_be_written_leave_the_report_whole() {
    let dir = tempfile::tempdir().unwrap();
    let path = |name: &str| dir.path().join(name).to_str().unwrap().to_owned();
    std::fs::write(path("test.ron"), r#"(sessions: {}, steps: [Wait("1ms")])"#).unwrap();
    let netpeer = env!("CARGO_BIN_EXE_netpeer");
    // No file may grow, as on a full disk; pipes are none.
    let full = |options: &[&str]| {
        let script = "trap '' XFSZ; ulimit -f 0; exec \"$0\" --lang en run \"$@\"";
        let mut shell = std::process::Command::new("bash");
        shell
            .args(["-c", script, netpeer, &path("test.ron")])
            .args(options);
        let output = shell.output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (
            output.status.code(),
            text(output.stdout),
            text(output.stderr),
        )
    };
    std::fs::write(path("old.xml"), "old").unwrap();
    for target in ["new.xml", "old.xml"] {
        let (status, out, err) = full(&["--json", "--junit", &path(target)]);
        assert_eq!(status, Some(1), "{err}");
        assert!(err.contains("cannot be written"), "{err}");
        let last: serde_json::Value = serde_json::from_str(out.lines().last().unwrap()).unwrap();
        assert_eq!(
            (&last["passed"], &last["steps"]),
            (&true.into(), &1.into()),
            "{out}"
        );
        let (status, out, err) = full(&["--junit", &path(target)]);
        assert_eq!(status, Some(1), "{err}");
        assert!(out.contains("passed: 1 of 1 steps"), "{out}");
    }
    assert!(!std::path::Path::new(&path("new.xml")).exists());
    assert_eq!(std::fs::read_to_string(path("old.xml")).unwrap(), "old");
    let missing = run(&[
        "run",
        &path("test.ron"),
        "--json",
        "--junit",
        &path("no/o.xml"),
    ]);
    assert_eq!(missing.status, Some(2), "{}", missing.err);
    let last: serde_json::Value = serde_json::from_str(missing.out.trim()).unwrap();
    assert_eq!(last["passed"], false, "{}", missing.out);
    assert!(
        last["error"].as_str().unwrap().contains("folder"),
        "{}",
        missing.out
    );
}

#[test]
fn a_count_is_of_datagrams_or_of_the_bytes_of_a_stream() {
    let text = r#"(sessions: {"a": Udp(), "b": Udp(), "server": TcpServer(), "client": TcpClient(to: "server")}, steps: [
        Send(session: "a", to: "b", text: "four"),
        Expect(session: "b", count: 1234, within: "100ms"),
        Send(session: "client", text: "four"),
        Expect(session: "server", count: 4),
        Send(session: "client", text: "four"),
        Expect(session: "server", count: 1234, within: "100ms"),
        Assert(session: "b", received: 4321),
    ])"#;
    for (lang, parts) in [
        (
            "en",
            [
                "Expected 1,234 messages, but 1 came.",
                "Expected 1,234 bytes, but 4 came.",
                "expected 4,321, counted 1",
            ],
        ),
        (
            "zh",
            [
                "应收到 1,234 条，实际收到 1 条。",
                "应收到 1,234 字节，实际收到 4 字节。",
                "4,321",
            ],
        ),
    ] {
        let ended = played(text, &["--lang", lang]);
        for part in parts.into_iter().chain(["✓  4 "]) {
            assert!(ended.out.contains(part), "{part}:\n{}", ended.out);
        }
    }
}
