//! What a scenario says of steps that failed.

use super::program::run;
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
        "” + CRC-16/MODBUS",
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
fn where_nothing_came_it_is_said_what_did() {
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
fn where_nothing_was_printed_it_is_said_what_was() {
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
