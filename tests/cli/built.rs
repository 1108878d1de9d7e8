use super::code::{MESSAGES, PARTED, PARTS, SENSOR, sensor, whole};
use super::program::run;
use super::show::text;
use crate::skips::have;
use netpeer::payload::hex;
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

/// A measurement has its length before it, and a checksum behind it.
const FRAMED: &str = r#"(
    meta: (id: "sensor", endian: "be", framing: "length:2"),
    seq: [
        (id: "len", type: "u2", counts: "type.."),
        (id: "type", type: "u1", enum: "kind", valid: (in_enum: true)),
        (id: "seq", type: "u1"),
        (id: "temp", type: "s2", scale: 0.1, unit: "°C", if: "type == kind::measurement"),
        (id: "count", type: "u1"),
        (id: "values", type: "u2", repeat: "expr", repeat_expr: "count"),
        (id: "size", type: "u1"),
        (id: "name", type: "str", size: "size - 1", encoding: "UTF-8"),
        (id: "crc", type: "u2le", checksum: "CRC-16/MODBUS"),
    ],
    enums: {"kind": {1: "request", 0x81: "measurement"}},
)"#;

/// Runs a script of Python with the module that is written of a description, and returns what it
/// prints.
fn python(describe: &str, script: &str, arguments: &[String], dir: &Path) -> String {
    let code = dir.join("messages.py");
    let words = ["fields", describe, "--as", "python", "--force", "--output"];
    let ended = run(&[&words[..], &[text(&code)]].concat());
    assert_eq!(ended.status, Some(0), "{}", ended.err);
    let output = Command::new("python3")
        .args(["-B", "-c", script])
        .args(arguments)
        .current_dir(dir)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{describe}: {said}");
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

/// Prints what is built of what is parsed of a message.
const AGAIN: &str = "
import sys, messages
data = bytes.fromhex(sys.argv[1])
fields = messages.parse(data, texts=False)
built = messages.build(fields)
assert messages.parse(built, texts=False) == fields
print(built.hex())
";

#[test]
fn what_is_parsed_is_built_again() {
    if !have(&["python3"]) {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    for (file, description) in [("sensor.ron", SENSOR), ("parted.ksy", PARTED)] {
        std::fs::write(dir.path().join(file), description).unwrap();
    }
    let of_file = |file: &str| text(&dir.path().join(file)).to_owned();
    let mut all: Vec<(String, Vec<u8>)> = MESSAGES
        .iter()
        .map(|(name, message)| ((*name).to_owned(), whole(name, message)))
        .collect();
    all.push((of_file("sensor.ron"), sensor()));
    all.push((of_file("parted.ksy"), PARTS.to_vec()));
    for (describe, message) in all {
        let digits = plain(&message);
        let built = python(&describe, AGAIN, std::slice::from_ref(&digits), dir.path());
        assert_eq!(built, digits, "{describe}");
    }
}

/// Prints what is built of what is parsed of a message, with the texts of types, and of its copy.
const BY_TEXTS: &str = "
import copy, json, sys, messages
data = bytes.fromhex(sys.argv[1])
fields = messages.parse(data)
json.dumps(fields)
print(messages.build(fields).hex(), messages.build(copy.deepcopy(fields)).hex())
";

#[test]
fn texts_that_are_not_in_their_encoding_and_large_numbers_are_built_again() {
    if !have(&["python3"]) {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let numbers = dir.path().join("numbers.ron");
    let spec = r#"(seq: [(id: "big", type: "u8be"), (id: "name", type: "str", size: 2, encoding: "Shift_JIS")])"#;
    std::fs::write(&numbers, spec).unwrap();
    for (describe, message) in [
        ("coap", "60457d34ff32322e3320ff"),
        ("mqtt", "300a000361ff6268656c6c6f"),
        // Labels with a byte that is no text, and with a point in it.
        ("dns", "0007010000010000000000000377ff770161000001 0001"),
        ("dns", "00070100000100000000000003772e770161000001 0001"),
        (text(&numbers), "001fffffffffffff 6162"),
        (text(&numbers), "ffffffffffffffff 6162"),
        // Two forms of one character.
        (text(&numbers), "0000000000000001 ed40"),
    ] {
        let digits = message.replace(' ', "");
        let built = python(
            describe,
            BY_TEXTS,
            std::slice::from_ref(&digits),
            dir.path(),
        );
        assert_eq!(built, format!("{digits} {digits}"), "{describe}");
    }
}

fn plain(bytes: &[u8]) -> String {
    hex::format(bytes).replace(' ', "").to_lowercase()
}

/// The module of [`FRAMED`].
fn framed(script: &str) -> String {
    let dir = tempfile::tempdir().unwrap();
    let description = dir.path().join("framed.ron");
    std::fs::write(&description, FRAMED).unwrap();
    let script = format!("import messages as m\n{script}");
    python(text(&description), &script, &[], dir.path())
}

#[test]
fn lengths_counts_and_checksums_follow_and_stay_right_when_a_message_is_changed() {
    if !have(&["python3"]) {
        return;
    }
    let printed = framed(
        r#"
fields = {"type": "measurement", "seq": 7, "temp": 23.5, "values": [1, 2], "name": "gate"}
data = m.build(fields)
print(data.hex())
read = m.parse(data)
assert fields.items() <= read.items(), read
read["values"].append(3)
read["name"] = ""
print(m.build(read).hex())
print(m.build({"seq": 1, "crc": 0, "len": 9}, exact=True).hex())
"#,
    );
    let sum = |message: &[u8]| {
        let crc = netpeer::payload::checksum::Sum::named("CRC-16/MODBUS").unwrap();
        let crc = crc.of(message) as u16;
        plain(&[message, &crc.to_le_bytes()].concat())
    };
    let right = [
        sum(b"\0\x10\x81\x07\0\xEB\x02\0\x01\0\x02\x05gate"),
        sum(b"\0\x0E\x81\x07\0\xEB\x03\0\x01\0\x02\0\x03\x01"),
        "0009010100010000".to_owned(),
    ];
    assert_eq!(printed.lines().collect::<Vec<_>>(), right);
}

#[test]
fn a_value_that_its_field_cannot_have_is_refused_by_name() {
    if !have(&["python3"]) {
        return;
    }
    let printed = framed(
        r#"
for fields in [
    {"seq": 256}, {"seq": -1}, {"seq": 1.5}, {"seq": "one"}, {"seq": []}, {"type": 2}, {"temp": 1},
    {"type": "measurement", "temp": 4000}, {"values": [1, 70000]}, {"values": 1}, {"name": "x" * 255},
    {"other": 1},
]:
    try:
        print("built", fields, m.build(fields).hex())
    except ValueError as error:
        print(str(error).split(":")[0])
"#,
    );
    let places = [
        "seq",
        "seq",
        "seq",
        "seq",
        "seq",
        "type",
        "sensor",
        "temp",
        "values[1]",
        "values",
        "size",
        "sensor",
    ];
    assert_eq!(printed.lines().collect::<Vec<_>>(), places);
}

#[test]
fn messages_of_a_stream_are_whole_however_it_is_cut() {
    if !have(&["python3"]) {
        return;
    }
    let printed = framed(
        r#"
import socket
all_ = [m.build({"seq": number, "name": "x" * number}) for number in range(4)]
stream = b"".join(map(m.to_stream, all_))
for first in range(len(stream)):
    for size in (1, 2, 5, len(stream)):
        rest = [stream[at : at + size] for at in range(first, len(stream), size)]
        assert list(m.read_messages([stream[:first], *rest])) == all_, (first, size)
assert list(m.read_messages(stream)) == all_
near, far = socket.socketpair()
near.sendall(stream)
near.close()
assert list(m.read_messages(far)) == all_
try:
    list(m.read_messages([stream[:-1]]))
except EOFError as error:
    print("cut")
try:
    m.FRAMING = None
    m.read_messages([stream])
except NotImplementedError as error:
    print(error)
"#,
    );
    let said = [
        "cut",
        "sensor: where its messages end in a stream is not described",
    ];
    assert_eq!(printed.lines().collect::<Vec<_>>(), said);
}

#[test]
fn every_framing_of_a_stream_leads_there_and_back() {
    if !have(&["python3"]) {
        return;
    }
    let script = "
import messages as m
kind = m.FRAMING[0]
all_ = [bytes([at % 7, 0, 0xC0, 0xDB, 0xDC] * 60)[: at * 60] + b'x' for at in range(5)]
if kind == 'fixed':
    all_ = [part[:1] + b'abc' for part in all_]
elif kind == 'varint':
    all_ = [b'\\x10' + bytes([len(part) & 127 | 128, len(part) >> 7]) + part for part in all_]
elif kind == 'length':
    all_ = [len(part).to_bytes(4, 'little') + part for part in all_]
stream = b''.join(map(m.to_stream, all_))
for size in (1, 3, 64, len(stream)):
    parts = [stream[at : at + size] for at in range(0, len(stream), size)]
    assert list(m.read_messages(parts)) == all_, (kind, size)
print(kind)
";
    let dir = tempfile::tempdir().unwrap();
    let description = dir.path().join("any.ron");
    for (framing, kind) in [
        ("lines", "end"),
        (r"delimiter:\\r\\n", "end"),
        ("fixed:4", "fixed"),
        ("length:4,little", "length"),
        ("varint,offset=1", "varint"),
        ("cobs", "cobs"),
        ("slip", "slip"),
    ] {
        let spec =
            format!(r#"(meta: (framing: "{framing}"), seq: [(id: "data", size_eos: true)])"#);
        std::fs::write(&description, spec).unwrap();
        assert_eq!(
            python(text(&description), script, &[], dir.path()),
            kind,
            "{framing}"
        );
    }
}

#[test]
fn what_cannot_be_built_is_named() {
    if !have(&["python3"]) {
        return;
    }
    let script = r#"
import messages as m
for fields in {"stamp": "7:30"}, {"stamp": {"hour": 7}}:
    try:
        m.build(fields)
    except NotImplementedError as error:
        print(str(error).split(":")[0])
source = open("messages.py").read()
print("\n".join(line for line in source.splitlines() if line.startswith('# build()')))
"#;
    let dir = tempfile::tempdir().unwrap();
    let description = dir.path().join("far.ron");
    let spec = r#"(
        seq: [(id: "stamp", type: "stamp")],
        instances: {"far": (pos: "20", type: "u1")},
        types: {"stamp": (to_string: "hour.to_s + ':30'", seq: [(id: "hour", type: "u1")])},
    )"#;
    std::fs::write(&description, spec).unwrap();
    let printed = python(text(&description), script, &[], dir.path());
    let said = [
        "stamp",
        "far",
        "# build() does not write far: it is read at a place of its own.",
        "# build() takes stamp as a dictionary: its text does not say all fields.",
    ];
    assert_eq!(printed.lines().collect::<Vec<_>>(), said);
}

#[test]
fn the_program_of_the_book_asks_a_device_and_prints_what_it_measures() {
    if !have(&["python3"]) {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let description = dir.path().join("sensor.ron");
    let sensor = include_str!("../descriptions/sensor.ron");
    let framed = sensor.replace("endian: \"be\"", "endian: \"be\", framing: \"length:2\"");
    std::fs::write(&description, framed).unwrap();
    let module = dir.path().join("sensor_messages.py");
    let words = ["fields", text(&description), "--as", "python", "--output"];
    let ended = run(&[&words[..], &[text(&module)]].concat());
    assert_eq!(ended.status, Some(0), "{}", ended.err);
    let device = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = device.local_addr().unwrap().port().to_string();
    let program = include_str!("../peers/sensor_client.py").replace("5000", &port);
    std::fs::write(dir.path().join("client.py"), program).unwrap();
    let client = Command::new("python3")
        .args(["-B", "client.py"])
        .current_dir(dir.path())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let (mut connection, _) = device.accept().unwrap();
    connection
        .set_read_timeout(Some(Duration::from_secs(10)))
        .unwrap();
    let mut request = [0; 6];
    connection.read_exact(&mut request).unwrap();
    assert_eq!(request[..4], [0, 4, 1, 7]);
    let measured = b"\x00\x0C\x81\x07\x41\xBC\x00\x00\x42\x41\x00\x00\xD7\x14";
    // The second one comes in two pieces.
    connection
        .write_all(&[measured, &measured[..5]].concat())
        .unwrap();
    connection.write_all(&measured[5..]).unwrap();
    drop(connection);
    let printed = client.wait_with_output().unwrap();
    let printed = String::from_utf8(printed.stdout).unwrap();
    assert_eq!(printed.matches("'temp': 23.5").count(), 2, "{printed}");
}
