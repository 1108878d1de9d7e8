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
