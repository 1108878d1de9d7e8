//! Dissectors that are written for descriptions find the values that this program finds.

use super::described::{datagram, stream};
use super::{run, tshark};
use netpeer::schema::{CodeLanguage, DissectorPort, READY_MADE, ReadyMade, Schema, Tree, Value};
use netpeer::traffic::Chunk;
use regex::Regex;
use std::collections::BTreeMap;

/// The values at each path, in their order.
type Values = BTreeMap<String, Vec<String>>;

const PORT: DissectorPort = DissectorPort {
    udp: true,
    tcp: true,
    number: 5000,
};

/// What the dissector of this description prints for a capture, with these arguments.
pub(super) fn dissected(schema: &Schema, chunk: &Chunk, arguments: &[&str]) -> String {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("dissector.lua");
    let framing = netpeer::config::description::framing(schema);
    let framing = framing.and_then(|framing| framing.for_code());
    let code = schema.code(CodeLanguage::Lua, &[PORT], framing.as_ref());
    let code = code.unwrap();
    std::fs::write(&path, code).unwrap();
    let script = format!("lua_script:{}", path.display());
    let script = ["-X", script.as_str()];
    tshark(chunk, &[&script[..], arguments].concat())
}

/// The values of the fields whose names begin with `prefix`, without what tells types apart.
fn theirs(schema: &Schema, chunk: &Chunk, prefix: &str) -> Values {
    let printed = dissected(schema, chunk, &["-T", "pdml"]);
    let field = format!(r#"<field name="{prefix}\.([^"]+?)(?:\.\d+)?"[^>]*? show="([^"]*)""#);
    let mut values = Values::new();
    for found in Regex::new(&field).unwrap().captures_iter(&printed) {
        let (path, shown) = (found[1].to_owned(), &found[2]);
        // A type without a text has no value, and times are written in another way.
        if !shown.is_empty() && !shown.ends_with("UTC") {
            values.entry(path).or_default().push(shown.to_owned());
        }
    }
    values
}

/// Our values, as text.
fn ours(schema: &Schema, message: &[u8]) -> Values {
    let mut tree = Tree::default();
    let rest = schema.decode(message, &mut tree);
    assert_eq!((rest, tree.fault()), (0, None), "{}", schema.name());
    let mut values = Values::new();
    for (number, node) in tree.nodes().iter().enumerate().skip(1) {
        let text = match &node.value {
            Value::Bool(value) => Some(u8::from(*value).to_string()),
            Value::Bytes(range) => schema.plain_text(node, message).or_else(|| {
                let digits = message[range.clone()].iter();
                Some(digits.map(|byte| format!("{byte:02x}")).collect())
            }),
            _ => schema
                .plain_text(node, message)
                .or_else(|| schema.number(node).map(|number| number.to_string())),
        };
        let path: Vec<String> = schema
            .path(&tree, number)
            .split('.')
            .map(|part| part.split('[').next().unwrap().to_owned())
            .collect();
        if let Some(text) = text.filter(|text| !text.is_empty()) {
            values.entry(path.join(".")).or_default().push(text);
        }
    }
    values
}

/// Whether both programs mean the same value: whole numbers in decimal or hexadecimal, floats with
/// fewer digits, bytes with or without colons.
fn is_same(ours: &str, theirs: &str) -> bool {
    let whole = |text: &str| match text.strip_prefix("0x") {
        Some(digits) => i128::from_str_radix(digits, 16).ok(),
        None => text.parse::<i128>().ok(),
    };
    if let (Some(one), Some(other)) = (whole(ours), whole(theirs)) {
        return one == other;
    }
    if let (Ok(one), Ok(other)) = (ours.parse::<f64>(), theirs.parse::<f64>()) {
        return (one - other).abs() <= one.abs() * 1e-5;
    }
    let truth = match theirs {
        "True" | "true" => "1",
        "False" | "false" => "0",
        other => other,
    };
    ours == truth || ours.replace(':', "") == truth.replace(':', "")
}

/// Compares all values of a message but those at paths that are to be `skipped`.
fn same(schema: &Schema, chunk: &Chunk, message: &[u8], prefix: &str, skipped: &[&str]) {
    let theirs = theirs(schema, chunk, prefix);
    let is_wanted = |path: &str| !skipped.iter().any(|skipped| path.starts_with(*skipped));
    let mut count = 0;
    for (path, ours) in ours(schema, message) {
        if is_wanted(&path) {
            let theirs = theirs.get(&path).cloned().unwrap_or_default();
            let all = ours.len() == theirs.len();
            let all = all && ours.iter().zip(&theirs).all(|(a, b)| is_same(a, b));
            assert!(all, "{prefix} {path}: {ours:?} {theirs:?}");
            count += ours.len();
        }
    }
    assert!(count > 3, "{prefix}: {count}");
}

#[test]
fn ready_made_descriptions_in_datagrams() {
    let messages: [(&str, &str, &[u8], &[&str]); 10] = [
        (
            "dns",
            "dns_netpeer",
            b"\x12\x34\x81\x80\0\x01\0\x03\0\0\0\0\x07example\x03com\0\0\x01\0\x01\
              \x01a\0\0\x01\0\x01\0\0\x0E\x10\0\x04\xC0\0\x02\x09\
              \x01b\0\0\x0F\0\x01\0\0\x0E\x10\0\x07\0\x0A\x03mx1\0\
              \x01c\0\0\x10\0\x01\0\0\x0E\x10\0\x06\x05hello",
            &[],
        ),
        // Types that point back share their fields with those around them.
        (
            "dns",
            "dns_netpeer",
            b"\x12\x34\x81\x80\0\x01\0\x01\0\0\0\0\x03www\x07example\0\0\x01\0\x01\
              \xC0\x0C\0\x05\0\x01\0\0\0\x3C\0\x05\x02cn\xC0\x10",
            &["queries.name.", "answers.name.", "answers.data."],
        ),
        (
            "mqtt",
            "mqtt_netpeer",
            b"\x10\x25\0\x04MQTT\x04\xEE\0\x3C\0\x02id\0\x04will\0\x03end\0\x04user\0\x04pass",
            &[],
        ),
        (
            "modbus_tcp",
            "modbus_tcp",
            b"\0\x05\0\0\0\x07\x11\x03\x04\0\x6B\0\x03",
            &[],
        ),
        ("modbus_rtu", "modbus_rtu", b"\x11\x03\x00\x6B\x00\x03\x76\x87", &[]),
        (
            "tftp",
            "tftp_netpeer",
            b"\0\x01boot.img\0octet\0blksize\x001468\0tsize\x000\0",
            &[],
        ),
        (
            "stun",
            "stun_netpeer",
            b"\x01\x01\0\x14\x21\x12\xA4\x42transaction!\0\x20\0\x08\0\x01\x11\x3A\xE1\x12\xA6\x4B\
              \x80\x22\0\x03abc\0",
            &[],
        ),
        (
            "rtp",
            "rtp_netpeer",
            b"\xB1\x88\x12\x34\0\0\x10\0\xCA\xFE\0\x01\0\0\0\x09\xBE\xDE\0\x01\x10\x55\0\0payload\0\0\x03",
            &[],
        ),
        (
            "ntp",
            "ntp_netpeer",
            b"\x24\x02\x06\xE9\0\0\x01\0\0\0\x02\0\xC0\0\x02\x07\
              \xEA\0\0\0\x80\0\0\0\xEA\0\0\x01\x80\0\0\0\xEA\0\0\x02\x80\0\0\0\xEA\0\0\x03\x80\0\0\0",
            // The time itself is written in another way.
            &["times.reference.unix", "times.origin.unix", "times.receive.unix", "times.transmit.unix"],
        ),
        (
            "websocket",
            "websocket_netpeer",
            b"\x81\x85\x37\xFA\x21\x3D\x7F\x9F\x4D\x51\x58\x88\x05\x03\xE8bye",
            // A computed number has its name.
            &["frames.status"],
        ),
    ];
    for (name, prefix, message, skipped) in messages {
        let schema = ReadyMade::named(name).unwrap().schema().unwrap();
        same(
            &schema,
            &datagram(5000, message, true),
            message,
            prefix,
            skipped,
        );
    }
}

#[test]
fn a_prefix_on_a_stream_is_left_out() {
    let schema = ReadyMade::named("dns").unwrap().schema().unwrap();
    let message = b"\x12\x34\x01\0\0\x01\0\0\0\0\0\0\x07example\0\0\x01\0\x01";
    let with_length = [&[0, message.len() as u8][..], message].concat();
    let chunk = stream(5000, &with_length, true);
    same(&schema, &chunk, message, "dns_netpeer", &[]);
}

const ALL: &str = r#"(
    meta: (id: "kinds", endian: "le"),
    seq: [
        (id: "a", type: "b3"), (id: "b", type: "b13"), (id: "c", type: "b9le"), (id: "c2", type: "b7le"),
        (id: "d", type: "u3"), (id: "e", type: "s5be"), (id: "f", type: "u8"), (id: "g", type: "s8"),
        (id: "h", type: "u4cdab"), (id: "i", type: "s4badc"), (id: "j", type: "f4cdab", unit: "V"), (id: "k", type: "f8badc"),
        (id: "l", type: "varint"), (id: "m", type: "s2", scale: 0.1, offset: -40, unit: "°C"),
        (id: "n", type: "u4", show: ip), (id: "o", size: 4, show: ip), (id: "p", size: 6, show: mac),
        (id: "q", type: "str", size: 4, encoding: "GBK"), (id: "r", type: "strz", encoding: "latin1"),
        (id: "s", type: "str", size: 4, encoding: "UTF-16LE"), (id: "t", type: "strz", size: 5, pad_right: 32),
        (id: "u", type: "item", repeat: "until", repeat_until: "_.v >= 4 or _index == 2 or _io.eof"),
        (id: "v", type: "u1", checksum: "XOR-8"), (id: "w", type: "u2", checksum: "CRC-16/XMODEM", covers: "a..u"),
        (id: "x", type: "u4be", checksum: "CRC-32/ISO-HDLC", covers: "..w"),
        (id: "y", type: "part(2, p)"),
    ],
    types: {"part": (params: [(id: "most"), (id: "key")], seq: [(id: "data", size: "most")], instances: {
        "plain": (value: "data.xor(key).to_s"), "left": (value: "key.substring(most, 9).length"),
    }), "item": (to_string: "v.to_s + '-' + t", seq: [
        (id: "v", type: "u1"), (id: "t", type: "str", size: "v % 3"),
    ], instances: {"up": (value: "_parent.d + v * 2")})},
    instances: {
        "bits": (value: "(e >> 3) ^ d | 5 & h"), "rest": (value: "-e / 3 + (-e % 7)"), "inverse": (value: "~d << 2"),
        "real": (value: "m / 4.0"), "text": (value: "r.reverse + t.substring(1, 2)"), "number": (value: "'-1f'.to_i(16)"),
        "yes": (value: "d > 5 and not (f == 3)"), "joined": (value: "u.join('+')"), "choice": (value: "f > 5 ? 'wide' : 'narrow'"),
    },
)"#;

#[test]
fn every_kind_of_field_and_expression() {
    let schema = Schema::read(ALL).unwrap();
    let mut message = b"\xA1\xB2\xC3\xD4\x01\x02\x03\xFF\xFF\xFF\xFF\xFE".to_vec();
    message.extend(u64::MAX.to_le_bytes());
    message.extend((-3_i64).to_le_bytes());
    message.extend(b"\0\x01\0\x02\xFF\xFF\0\x01\0\0\x41\xBC\x40\x50\0\0\0\0\0\0\x85\x01\xFF\0");
    message.extend(
        b"\x04\x03\x02\xC0\xC0\0\x02\x09\x02\0\0\0\0\x01\xD6\xD0\xB9\xFA\xE9\xFF\0A\0B\0hi\0  ",
    );
    message.extend(b"\x01x\x05yz");
    let xor = message.iter().fold(0, |all, byte| all ^ byte);
    let crc = netpeer::payload::checksum::Sum::named("CRC-16/XMODEM").unwrap();
    let crc = crc.of(&message) as u16;
    message.push(xor);
    message.extend(crc.to_le_bytes());
    let all = netpeer::payload::checksum::Sum::named("CRC-32/ISO-HDLC").unwrap();
    message.extend(all.of(&message).to_be_bytes());
    message.extend(b"hi");
    same(
        &schema,
        &datagram(5000, &message, true),
        &message,
        "kinds",
        &[],
    );
}

#[test]
fn a_fault_is_an_expert_information_with_what_is_right() {
    let schema = Schema::read(
        r#"(meta: (id: "faulty", endian: "be"), seq: [
            (id: "len", type: "u2", counts: "type.."),
            (id: "type", type: "u1", valid: (max: 9)),
            (id: "crc", type: "u2le", checksum: "CRC-16/MODBUS"),
        ])"#,
    );
    let schema = schema.unwrap();
    for (message, said) in [
        (&b"\0\x03\x01\x11\x22"[..], "should be 0x"),
        (b"\0\x04\x01\xD1\xB0", "should be 3"),
        (b"\0\x03\x0A\x90\x17", "not a valid value"),
        (b"\0\x03\x01\xD1", "1 byte missing"),
        (b"\0\x03\x01\xD1\xB0\0\0", "2 bytes more than described"),
    ] {
        let chunk = datagram(5000, message, true);
        let options = ["-T", "fields", "-e", "_ws.expert.message"];
        let printed = dissected(&schema, &chunk, &options);
        assert!(printed.contains(said), "{said}: {printed}");
        let mut tree = Tree::default();
        schema.decode(message, &mut tree);
        assert!(tree.fault().is_some(), "{said}");
    }
}

#[test]
fn nothing_in_a_description_is_run_or_breaks_the_dissector() {
    let words = r#"]] --[[ \" os.exit(3) -- \n \u{202E} \\"#;
    let text = format!(
        r#"(meta: (id: "{words}"), seq: [
            (id: "end", type: "u1", enum: "e", unit: "{words}", doc: "{words}"),
            (id: "from", type: "u2be"),
        ], instances: {{"{words}": (value: "'\" .. os.exit(4) .. \"'")}}, enums: {{"e": {{1: "{words}"}}}})"#
    );
    let schema = Schema::read(&text).unwrap();
    let chunk = datagram(5000, b"\x01\x02\x03", true);
    let printed = dissected(&schema, &chunk, &["-V"]);
    assert!(printed.contains("from: 515"), "{printed}");
    assert!(!printed.contains("Lua Error"), "{printed}");
    // Without a script it is data.
    assert!(!tshark(&chunk, &["-V"]).contains("from: 515"));
    assert!(run(&["--version"]).contains("Lua"));
}

/// Ready-made text protocols, which cannot be written.
const TEXTS: [&str; 6] = ["http", "sip", "syslog", "nmea0183", "json", "key_value"];

#[test]
fn every_dissector_that_can_be_written_is_loaded() {
    for ready in READY_MADE {
        let schema = ready.schema().unwrap();
        if TEXTS.contains(&ready.name) {
            let refused = schema.code(CodeLanguage::Lua, &[PORT], None);
            assert!(refused.is_err(), "{}", ready.name);
            continue;
        }
        let printed = dissected(&schema, &datagram(5000, b"\0", true), &["-V"]);
        let named = Regex::new(&format!(r"(?m)^{0} \({0}(_netpeer)?\)$", ready.name));
        assert!(named.unwrap().is_match(&printed), "{printed}");
        assert!(!printed.contains("Lua Error"), "{printed}");
    }
}
