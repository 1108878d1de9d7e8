//! `netpeer fields`: lists of fields, and code that finds the same values as the program.

use super::program::run;
use super::show::{lines, text};
use crate::skips::have;
use netpeer::payload::hex;
use netpeer::schema::READY_MADE;
use serde_json::Value;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

/// Messages of ready-made protocols.
pub(super) const MESSAGES: [(&str, &str); 17] = [
    (
        "dns",
        "1234818000010001000000000377777707 6578616D706C650000010001C00C000500010000003C000502636EC010",
    ),
    (
        "mqtt",
        "102500044D51545404EE003C00026964000477696C6C0003656E64000475736572000470617373",
    ),
    ("modbus_tcp", "000500000007110304006B0003"),
    ("modbus_rtu", "1103006B00037687"),
    (
        "tftp",
        "0001626F6F742E696D67006F6374657400626C6B73697A65003134363800",
    ),
    (
        "stun",
        "010100142112A4427472616E73616374696F6E21002000080001113AE112A64B8022000361626300",
    ),
    (
        "rtp",
        "B188123400001000CAFE000100000009BEDE0001105500007061796C6F6164000003",
    ),
    (
        "ntp",
        "240206E90000010000000200C0000207EA00000080000000EA00000180000000EA00000280000000EA00000380000000",
    ),
    // Without the zeros behind the address.
    (
        "dhcp",
        "02010600ABCDEF010003800000000000C0000232C00002010000000002000000000763825363350102330400000E100104FFFFFF000304C00002010C04686F7374FF",
    ),
    (
        "mqtt5",
        "103D00044D51545405C6003C081100000E10210014000269640E1800000005010103000474657874000477696C6C0003656E64000475736572000470617373",
    ),
    (
        "coap",
        "62451234010242DEAD210C60213C911E520800E206D87A7AFF68656C6C6F",
    ),
    (
        "snmp",
        "303602010104067075626C6963A229020412345678020111020102301B3019060C2B060102011F01010106CE754609008000000000000000",
    ),
    ("artnet", "4172742D4E6574000020000E261000100001123400FF"),
    (
        "osc",
        "2362756E646C650000000000000000010000000C2F7800002C69000000000003000000082F7900002C000000",
    ),
    (
        "mavlink",
        "FD0901004E0101000000000000000203510303123401AABBCCDDEE00112233445566",
    ),
    (
        "tls",
        "160301002D010000290303525252525252525252525252525252525252525252525252525252525252525200000213010100",
    ),
    ("websocket", "818537FA213D7F9F4D5158880503E8627965"),
];

/// Ready-made text protocols, which cannot be written.
const TEXTS: [&str; 6] = ["http", "sip", "syslog", "nmea0183", "json", "key_value"];

/// Types that are given values, in the YAML of Kaitai Struct.
pub(super) const PARTED: &str = "meta:
  id: parted
  endian: be
seq:
  - id: key
    size: 2
  - id: len
    type: u1
  - id: all
    type: part(_index, len, key)
    size: len
    repeat: expr
    repeat-expr: 3
  - id: rest
    type: tail(all.last.plain)
types:
  part:
    params:
      - id: at
        type: u4
        enum: place
      - id: least
        type: u1
      - id: mask
        type: bytes
    to-string: plain.to_s
    seq:
      - id: data
        size: least - 1
      - id: end
        type: u1
        valid:
          min: least + at
    instances:
      plain:
        value: data.xor(mask)
      half:
        value: plain.substring(1, least)
  tail:
    params:
      - id: before
        type: bytes
    seq:
      - id: bytes
        size: before.length
    instances:
      sum:
        value: _parent.all.first.least + bytes[0]
enums:
  place:
    0: first
";

pub(super) const SENSOR: &str = r#"(
    meta: (id: "sensor", endian: "be"),
    seq: [
        (id: "len", type: "u2", counts: "type.."),
        (id: "type", type: "u1", enum: "kind"),
        (id: "class", type: "f4", unit: "°C"),
        (id: "from", type: "s2", scale: 0.1, offset: -40),
        (id: "name", type: "strz", encoding: "GBK"),
        (id: "crc", type: "u2le", show: hex, checksum: "CRC-16/MODBUS"),
    ],
    instances: {"double": (value: "class * 2"), "reverse": (value: "name.reverse + '\"\"\"'")},
    enums: {"kind": {1: "\"\"\" + exit(3) # \n", 0x81: "measurement"}},
)"#;

/// A message of [`PARTED`].
pub(super) const PARTS: &[u8] = b"\xAA\x55\x04\x01\x02\x03\x09abc\x10xyz\x20123";

/// A message of [`SENSOR`].
pub(super) fn sensor() -> Vec<u8> {
    let mut message = b"\0\x0F\x81\x41\xBC\0\0\0\xFF\xCE\xC2\xB6\xC8\0".to_vec();
    message[1] = message.len() as u8;
    let crc = netpeer::payload::checksum::Sum::named("CRC-16/MODBUS").unwrap();
    let crc = crc.of(&message) as u16;
    message.extend(crc.to_le_bytes());
    message
}

/// The bytes of a message of [`MESSAGES`].
pub(super) fn whole(name: &str, message: &str) -> Vec<u8> {
    let mut message = hex::parse(&message.replace(' ', "")).unwrap();
    if name == "dhcp" {
        let rest = message.split_off(34);
        message.extend([0; 10 + 64 + 128]);
        message.extend(rest);
    }
    message
}

/// A message, and many that differ from it in a few bytes.
fn altered(message: &[u8]) -> Vec<Vec<u8>> {
    let mut all = vec![message.to_vec()];
    let mut state = 1_u32;
    let mut random = |below: usize| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) as usize % below
    };
    for _ in 0..300 {
        let mut other = message.to_vec();
        for _ in 0..random(3) {
            let at = random(other.len());
            other[at] = random(256) as u8;
        }
        if random(4) == 0 {
            other.truncate(1 + random(other.len()));
        }
        all.push(other);
    }
    all
}

/// The fields and faults that the program finds.
fn ours(describe: &str, messages: &[Vec<u8>], dir: &Path) -> Vec<Value> {
    let row = |message: &Vec<u8>| {
        let (length, bytes) = (
            message.len(),
            hex::format(message).replace(' ', "").to_lowercase(),
        );
        format!(
            r#"{{"time":1562846400000000,"kind":"received","peer":"127.0.0.1:9","length":{length},"hex":"{bytes}"}}"#
        )
    };
    let rows: Vec<String> = messages.iter().map(row).collect();
    let log = lines(dir, "log.jsonl", &rows);
    let ended = run(&[
        "show",
        "--lang",
        "en",
        text(&log),
        "--json",
        "--describe",
        describe,
    ]);
    assert_eq!(ended.status, Some(0), "{}", ended.err);
    let rows = ended.out.lines();
    let rows = rows.map(|line| serde_json::from_str(line).unwrap());
    rows.map(|row: Value| serde_json::json!({"fields": row["fields"], "fault": row["fault"]}))
        .collect()
}

/// Those that Python finds.
fn theirs(describe: &str, messages: &[Vec<u8>], dir: &Path) -> Vec<Value> {
    let code = dir.join("messages.py");
    let words = [
        "fields",
        describe,
        "--as",
        "python",
        "--output",
        text(&code),
        "--force",
    ];
    let ended = run(&words);
    assert_eq!(ended.status, Some(0), "{}", ended.err);
    let mut python = Command::new("python3")
        .arg(&code)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = python.stdin.take().unwrap();
    let all: Vec<String> = messages.iter().map(|bytes| hex::format(bytes)).collect();
    let writer = std::thread::spawn(move || input.write_all((all.join("\n") + "\n").as_bytes()));
    let output = python.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    let printed = String::from_utf8(output.stdout).unwrap();
    let rows = printed
        .lines()
        .map(|line| serde_json::from_str(line).unwrap());
    rows.map(|row: Value| serde_json::json!({"fields": row["fields"], "fault": row["fault"]}))
        .collect()
}

fn same(describe: &str, message: &[u8]) {
    let dir = tempfile::tempdir().unwrap();
    let messages = altered(message);
    let ours = ours(describe, &messages, dir.path());
    let theirs = theirs(describe, &messages, dir.path());
    assert_eq!(ours.len(), messages.len());
    assert!(ours[0]["fault"].is_null(), "{describe}: {}", ours[0]);
    let faults = ours.iter().filter(|row| !row["fault"].is_null()).count();
    assert!(faults > 20, "{describe}: {faults}");
    for ((message, ours), theirs) in messages.iter().zip(&ours).zip(&theirs) {
        assert_eq!(ours, theirs, "{describe}: {}", hex::format(message));
    }
    assert_eq!(theirs.len(), messages.len(), "{describe}");
}

#[test]
fn python_finds_the_values_and_the_faults_of_the_program() {
    if !have(&["python3"]) {
        return;
    }
    for (name, message) in MESSAGES {
        same(name, &whole(name, message));
    }
    let dir = tempfile::tempdir().unwrap();
    let description = dir.path().join("sensor.ron");
    std::fs::write(&description, SENSOR).unwrap();
    same(text(&description), &sensor());
    let description = dir.path().join("parted.ksy");
    std::fs::write(&description, PARTED).unwrap();
    same(text(&description), PARTS);
}

#[test]
fn every_ready_made_description_is_compared_or_refused() {
    for ready in READY_MADE {
        let is_compared = MESSAGES.iter().any(|(name, _)| *name == ready.name);
        assert_ne!(is_compared, TEXTS.contains(&ready.name), "{}", ready.name);
    }
    for name in TEXTS {
        for language in ["lua", "python"] {
            let ended = run(&["fields", name, "--as", language, "--lang", "en"]);
            let said = format!("cannot be written in {language}: it does not read texts by ");
            assert_eq!((ended.status, ended.out.as_str()), (Some(2), ""), "{name}");
            assert!(ended.err.contains(&said), "{name}: {}", ended.err);
        }
    }
}

#[test]
fn descriptions_and_their_fields_are_listed() {
    let ended = run(&["fields", "--lang", "en"]);
    assert_eq!(ended.status, Some(0), "{}", ended.err);
    let names = ended
        .out
        .lines()
        .map(|line| line.split(' ').next().unwrap());
    assert!(names.eq(READY_MADE.map(|ready| ready.name)));
    let ended = run(&["fields", "dns", "--lang", "en"]);
    let row = ended
        .out
        .lines()
        .find(|line| line.starts_with("answers.ttl "));
    let row: Vec<&str> = row.unwrap().split_whitespace().collect();
    assert_eq!(row, ["answers.ttl", "u4be", "s"]);
    let dir = tempfile::tempdir().unwrap();
    let description = dir.path().join("parted.ksy");
    std::fs::write(&description, PARTED).unwrap();
    let ended = run(&["fields", text(&description), "--lang", "en"]);
    let row = ended.out.lines().find(|line| line.starts_with("all.end "));
    assert_eq!(
        row.map(|row| row.split_whitespace().next_back()),
        Some(Some("u1"))
    );
}

#[test]
fn an_existing_file_stays_and_what_cannot_be_written_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let code = dir.path().join("dns.lua");
    let words = [
        "fields",
        "dns",
        "--as",
        "lua",
        "--lang",
        "en",
        "--output",
        text(&code),
    ];
    std::fs::write(&code, "mine").unwrap();
    let ended = run(&words);
    assert_eq!(ended.status, Some(1));
    assert!(ended.err.contains("--force replaces it"), "{}", ended.err);
    assert_eq!(std::fs::read_to_string(&code).unwrap(), "mine");
    assert_eq!(run(&[&words[..], &["--force"]].concat()).status, Some(0));
    let written = std::fs::read_to_string(&code).unwrap();
    assert_eq!(run(&words[..6]).out, written);
    let wide = dir.path().join("wide.ron");
    let spec = r#"(seq: [(id: "a", size: 2, type: "str", encoding: "Big5")])"#;
    std::fs::write(&wide, spec).unwrap();
    for (lang, said) in [
        (
            "en",
            "netpeer: Field a cannot be written in lua: it does not know the encoding Big5",
        ),
        ("zh", "netpeer: 字段 a 无法写成 lua：它不认识编码 Big5"),
    ] {
        let ended = run(&["fields", text(&wide), "--as", "lua", "--lang", lang]);
        assert_eq!((ended.status, ended.err.trim()), (Some(2), said));
    }
    let ended = run(&[
        "fields", "dns", "--as", "python", "--port", "53", "--lang", "en",
    ]);
    assert_eq!(ended.status, Some(2));
    assert!(ended.err.contains("--as lua"), "{}", ended.err);
}
