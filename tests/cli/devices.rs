//! Devices made of a description and one rule: they answer messages by their fields.

use super::program::run;
use super::show::text;
use std::path::Path;

const SENSOR: &str = r#"(
    meta: (id: "sensor", endian: "be"),
    seq: [
        (id: "len", type: "u2", counts: "type.."),
        (id: "type", type: "u1", enum: "kind"),
        (id: "seq", type: "u1"),
        (id: "temp", type: "f4", unit: "°C", if: "type == kind::measurement"),
        (id: "count", type: "u2", if: "type == kind::measurement"),
        (id: "crc", type: "u2le", show: hex, checksum: "CRC-16/MODBUS"),
    ],
    enums: {"kind": {1: "request", 0x81: "measurement"}},
)"#;

/// What the device answers.
const REPLY: &str = r#"{"type": "measurement", "seq": "= req.seq", "temp": "= 20 + sine(60, 5)", "count": "= count"}"#;

/// A scenario with a device and a client of it; `ends` are their kinds and what both have besides.
fn play(dir: &Path, ends: (&str, &str, &str), when: &str, reply: &str, steps: &str) -> String {
    let description = dir.join("sensor.ron");
    std::fs::write(&description, SENSOR).unwrap();
    let (device, client, both) = ends;
    // A datagram has its destination, a client its server.
    let (to, steps) = match client {
        "Udp" => (
            "",
            steps.replace(
                "Send(session: \"client\",",
                "Send(session: \"client\", to: \"device\",",
            ),
        ),
        _ => ("to: \"device\",", steps.to_owned()),
    };
    let scenario = format!(
        r#"(
            sessions: {{
                "device": {device}({both} describe: {description:?}, rules: [(
                    name: "measure", when: {when}, then: [(act: Reply(what: Fields({reply})))],
                )], limits: (own: true)),
                "client": {client}({to} {both} describe: {description:?}),
            }},
            steps: [{steps}],
        )"#
    );
    let file = dir.join("scenario.ron");
    std::fs::write(&file, scenario).unwrap();
    text(&file).to_owned()
}

const FRAMED: &str =
    "framing: LengthPrefix(width: 2, big_endian: true, offset: 0, includes_header: false),";
const IS_REQUEST: &str = r#"Fields(["type:request", "crc:ok"])"#;

#[test]
fn each_request_gets_a_reply_with_its_number_and_a_wrong_checksum_gets_none() {
    let dir = tempfile::tempdir().unwrap();
    // Over TCP two requests in one write, one in two writes, and a wrong one between right ones.
    let stream = r#"
        Send(session: "client", hex: "00 04 01 07 01 b7  00 04 01 08 41 b3  00 04 01"),
        Expect(session: "client", fields: ["seq:7", "temp:15..25", "count:1", "crc:ok"]),
        Expect(session: "client", fields: ["type:measurement", "seq:8", "count:2", "crc:ok"]),
        Send(session: "client", hex: "09 80 73"),
        Expect(session: "client", fields: ["seq:9", "count:3"]),
        Send(session: "client", hex: "00 04 01 0a 00 00"),
        Send(session: "client", hex: "00 04 01 07 01 b7"),
        Expect(session: "client", fields: ["seq:7", "count:4"]),
        Assert(session: "device", answered: 4),"#;
    let datagrams = r#"
        Send(session: "client", hex: "00 04 01 07 01 b7"),
        Expect(session: "client", fields: ["type:measurement", "seq:7", "temp:15..25", "crc:ok"]),
        Send(session: "client", hex: "00 04 01 0a 00 00"),
        Send(session: "client", hex: "00 04 01 08 41 b3"),
        Expect(session: "client", fields: ["seq:8", "count:2"]),
        Assert(session: "device", answered: 2),"#;
    for (ends, steps) in [
        (("TcpServer", "TcpClient", FRAMED), stream),
        (("Udp", "Udp", ""), datagrams),
    ] {
        let file = play(dir.path(), ends, IS_REQUEST, REPLY, steps);
        let ended = run(&["run", &file]);
        assert_eq!(ended.status, Some(0), "{}{}", ended.out, ended.err);
    }
}

#[test]
fn a_scenario_sends_messages_made_of_fields() {
    let dir = tempfile::tempdir().unwrap();
    let steps = r#"
        Send(session: "client", fields: {"type": "request", "seq": "0x07"}),
        Expect(session: "client", fields: ["type:measurement", "seq:7", "count:1", "crc:ok"]),
        Send(session: "client", fields: {"sensor.type": "request", "seq": "= count + 6"}),
        Expect(session: "client", fields: ["seq:8", "count:2"]),
        Send(session: "client", fields: {"type": "request", "crc": "0"}),
        Assert(session: "device", received: 3, answered: 2),"#;
    for ends in [("TcpServer", "TcpClient", FRAMED), ("Udp", "Udp", "")] {
        let file = play(dir.path(), ends, IS_REQUEST, REPLY, steps);
        let ended = run(&["run", &file]);
        assert_eq!(ended.status, Some(0), "{}{}", ended.out, ended.err);
        let dry = run(&["run", "--dry-run", &file]);
        assert!(dry.out.contains("“seq=0x07 type=request”"), "{}", dry.out);
    }
}

#[test]
fn values_that_cannot_be_sent_have_their_place_in_the_file() {
    let dir = tempfile::tempdir().unwrap();
    for (fields, place, en, zh) in [
        (
            "\n{\"type\": \"request\",\n\"sqe\": \"7\"}",
            "10:1: ",
            "sqe: the description has no such field; a similar one is seq",
            "sqe：描述里没有这个字段，有相近的 seq",
        ),
        (
            "\n{\"type\": \"request\", \"temp\": \"1\"}",
            "9:",
            "temp: the message does not have this field",
            "temp：消息里没有这个字段",
        ),
        (
            "\n{\"type\": \"reply\"}",
            "9:",
            "type: “reply” is no number and no name of a value",
            "type：“reply”不是数字，也不是某个值的名称",
        ),
    ] {
        let step = format!("Send(session: \"client\", fields: {fields}),");
        let file = play(dir.path(), ("Udp", "Udp", ""), IS_REQUEST, REPLY, &step);
        for (lang, words) in [("en", en), ("zh", zh)] {
            let ended = run(&["run", "--lang", lang, &file]);
            assert_eq!(ended.status, Some(2), "{}", ended.out);
            assert!(ended.err.contains(words), "{lang}: {}", ended.err);
            assert!(ended.err.contains(place), "{place} {}", ended.err);
        }
    }
}

#[test]
fn a_rule_about_fields_that_means_nothing_is_refused_with_its_place() {
    let dir = tempfile::tempdir().unwrap();
    let ends = ("Udp", "Udp", "");
    for (when, reply, en, zh) in [
        (
            IS_REQUEST,
            r#"{"temp": "= 20 + cosine(60, 5)"}"#,
            "temp: there is no function “cosine”",
            "temp：没有“cosine”这个函数",
        ),
        (
            IS_REQUEST,
            r#"{"seq": "256"}"#,
            "seq: the number must be from 0 to 255",
            "seq：数字应在 0 到 255 之间",
        ),
        (
            IS_REQUEST,
            r#"{"pressure": "1"}"#,
            "pressure: the description has no such field",
            "pressure：描述里没有这个字段",
        ),
        (r#"Fields(["type:zork"])"#, "{}", "zork", "zork"),
        (r#"Fields(["temp:20..10"])"#, "{}", "20..10", "20..10"),
        (
            r#"Fields(["kind:request"])"#,
            "{}",
            "“kind:request” names no field of the description",
            "“kind:request”不是描述里的字段",
        ),
    ] {
        let file = play(dir.path(), ends, when, reply, "");
        for (lang, words) in [("en", en), ("zh", zh)] {
            let ended = run(&["run", "--lang", lang, &file]);
            assert_ne!(ended.status, Some(0));
            assert!(ended.err.contains(words), "{lang}: {}", ended.err);
        }
    }
}

#[test]
fn a_reply_that_cannot_be_made_is_said_in_the_log() {
    let dir = tempfile::tempdir().unwrap();
    // A request has no temperature.
    let reply = r#"{"type": "measurement", "temp": "= req.temp + 1"}"#;
    let steps = r#"
        Send(session: "client", hex: "00 04 01 07 01 b7"),
        Expect(session: "client", fields: ["seq:7"], within: "300ms"),"#;
    let file = play(dir.path(), ("Udp", "Udp", ""), IS_REQUEST, reply, steps);
    for (lang, words) in [
        ("en", "temp: depends on something that is not there"),
        ("zh", "temp：依赖的内容不在消息里"),
    ] {
        let ended = run(&["run", "--lang", lang, &file]);
        assert_eq!(ended.status, Some(1), "{}{}", ended.out, ended.err);
        let said = format!("{}{}", ended.out, ended.err);
        assert!(said.contains(words), "{lang}: {said}");
    }
}
