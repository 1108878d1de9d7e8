//! Devices that answer texts by their fields.

use super::program::run;
use super::show::text;
use std::path::Path;

/// A device and a client over TCP, whose messages are lines of a text that is described so.
fn play(dir: &Path, description: &str, (when, reply): (&str, &str), steps: &str) -> String {
    let described = dir.join("described.ron");
    std::fs::write(&described, description).unwrap();
    let scenario = format!(
        r#"(
            sessions: {{
                "device": TcpServer(framing: Lines, describe: {described:?}, rules: [(
                    name: "answer", when: {when}, then: [(act: Reply(what: Fields({reply})))],
                )], limits: (own: true)),
                "client": TcpClient(to: "device", framing: Lines, describe: {described:?}),
            }},
            steps: [{steps}],
        )"#
    );
    let file = dir.join("scenario.ron");
    std::fs::write(&file, scenario).unwrap();
    text(&file).to_owned()
}

#[test]
fn a_device_answers_a_line_of_json_by_fields() {
    let dir = tempfile::tempdir().unwrap();
    let description = r#"(
        meta: (id: "station"),
        json: true,
        seq: [(id: "cmd"), (id: "id"), (id: "temp", key: "/data/temp"), (id: "count", key: "/data/count")],
    )"#;
    let rule = (
        r#"Fields(["cmd:get"])"#,
        r#"{"cmd": "reading", "id": "= req.id", "temp": "= 20 + 3.5", "count": "= count", "others.ok": "true"}"#,
    );
    // Two requests in one write, and one that no rule is about.
    let steps = r#"
        Send(session: "client", text: "{\"cmd\": \"get\", \"id\": \"7\"}\n{\"cmd\":\"get\",\"id\":8}\r\n"),
        Expect(session: "client", contains: "{\"cmd\":\"reading\",\"id\":\"7\",\"data\":{\"temp\":23.5,\"count\":1},\"ok\":true}"),
        Expect(session: "client", fields: ["cmd:reading", "id:8", "temp:23.5", "count:2"]),
        Send(session: "client", fields: {"cmd": "set", "temp": "4"}),
        Send(session: "client", fields: {"cmd": "get", "id": "= count"}),
        Expect(session: "client", fields: ["cmd:reading", "count:3"]),
        Assert(session: "device", answered: 3),"#;
    let ended = run(&["run", &play(dir.path(), description, rule, steps)]);
    assert_eq!(ended.status, Some(0), "{}{}", ended.out, ended.err);
}

#[test]
fn a_device_answers_a_line_of_pairs_by_fields() {
    let dir = tempfile::tempdir().unwrap();
    let description = r#"(
        meta: (id: "meter"),
        pairs: (between: ";", within: "=", quotes: true),
        seq: [(id: "cmd"), (id: "temp", type: "real", unit: "°C"), (id: "note"), (id: "n", type: "dec")],
    )"#;
    let rule = (
        r#"Fields(["cmd:get"])"#,
        r#"{"cmd": "reading", "temp": "23.5 °C", "note": "a; b", "n": "= req.n + 1"}"#,
    );
    let steps = r#"
        Send(session: "client", text: "n = 41; cmd=get\n"),
        Expect(session: "client", contains: "cmd=reading;temp=23.5;note=\"a; b\";n=42"),
        Send(session: "client", fields: {"cmd": "get", "n": "7"}),
        Expect(session: "client", fields: ["temp:23..24", "n:8"]),
        Assert(session: "device", answered: 2),"#;
    let ended = run(&["run", &play(dir.path(), description, rule, steps)]);
    assert_eq!(ended.status, Some(0), "{}{}", ended.out, ended.err);
}
