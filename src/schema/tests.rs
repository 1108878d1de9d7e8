//! Tests of descriptions.

mod bounds;
mod json_values;
mod lengths;

use super::*;
use std::sync::LazyLock;

/// The sensor of the book.
const SENSOR: &str = r#"(
    meta: (id: "sensor", endian: "be"),
    seq: [
        (id: "len", type: "u2", counts: "type.."),
        (id: "type", type: "u1", enum: "kind"),
        (id: "seq", type: "u1"),
        (id: "temp", type: "f4", unit: "°C"),
        (id: "hum", type: "f4", unit: "%"),
        (id: "crc", type: "u2le", show: hex, checksum: "CRC-16/MODBUS"),
    ],
    enums: {"kind": {1: "request", 0x81: "measurement"}},
)"#;

const MEASURED: [u8; 14] = [
    0x00, 0x0C, 0x81, 0x07, 0x41, 0xBC, 0x00, 0x00, 0x42, 0x41, 0x00, 0x00, 0xD7, 0x14,
];

/// The ready-made ones, made once: their expressions take time.
pub(super) static SCHEMAS: LazyLock<Vec<Schema>> = LazyLock::new(|| {
    let schemas = READY_MADE.iter().map(|ready| ready.schema().unwrap());
    schemas.collect()
});

pub(super) fn read(text: &str) -> Schema {
    Schema::read(text).unwrap_or_else(|mistake| panic!("{mistake:?}"))
}

/// The line, the first fault with its path, and the number of bytes left.
pub(super) fn decoded(schema: &Schema, bytes: &[u8]) -> (String, Option<(String, Fault)>, usize) {
    let mut tree = Tree::default();
    let left = schema.decode(bytes, &mut tree);
    let fault = tree.fault();
    let fault = fault.map(|(node, fault)| (schema.path(&tree, node), fault.clone()));
    (schema.summary(&tree, bytes, 10_000), fault, left)
}

#[test]
fn a_message_is_read_into_named_values() {
    let schema = read(SENSOR);
    let line = "type=measurement  seq=7  temp=23.5 °C  hum=48.25 %";
    assert_eq!(decoded(&schema, &MEASURED), (line.to_owned(), None, 0));
    let longer = [&MEASURED[..], b"!!"].concat();
    assert_eq!(decoded(&schema, &longer).2, 2, "what is behind it");
}

#[test]
fn fields_that_can_be_numbers_have_a_path_and_a_unit() {
    let schema = read(
        r#"(
            seq: [
                (id: "temp", type: "f4be", unit: "°C"),
                (id: "name", type: "strz", encoding: "UTF-8"),
                (id: "parts", type: "part", repeat: "eos"),
            ],
            instances: {"double": (value: "temp * 2")},
            types: {"part": (seq: [(id: "on", type: "b1"), (id: "rest", size: 1)])},
        )"#,
    );
    let named = |most| {
        let fields = schema.numeric_fields(most).into_iter();
        let named = fields.map(|field| (field.path, field.unit.unwrap_or_default()));
        named.collect::<Vec<_>>()
    };
    let found = named(10);
    let found: Vec<_> = found
        .iter()
        .map(|(path, unit)| (&**path, &**unit))
        .collect();
    assert_eq!(found, [("temp", "°C"), ("parts.on", ""), ("double", "")]);
    assert_eq!(named(1).len(), 1);
    let shown = [Number::Real(23.5), Number::Whole(7), Number::Real(1e-9)];
    assert_eq!(
        shown.map(|number| number.to_string()),
        ["23.5", "7", "1e-9"]
    );
}

#[test]
fn a_bit_is_a_truth_and_equals_its_number() {
    let schema = read(
        r#"(seq: [
            (id: "a", type: "b1", valid: 0),
            (id: "b", type: "b1", valid: 1),
            (id: "c", type: "b1", valid: "false"),
            (id: "d", type: "b5", if: "b == 1 and a != 1"),
        ])"#,
    );
    let line = "a=false  b=true  c=false  d=3".to_owned();
    assert_eq!(decoded(&schema, &[0b0100_0011]), (line, None, 0));
    let (_, fault, _) = decoded(&schema, &[0b1100_0011]);
    assert_eq!(fault, Some(("a".to_owned(), Fault::Invalid)));
}

#[test]
fn a_checksum_in_a_signed_number_is_compared_by_its_bits() {
    let schema =
        read("(seq: [(id: \"a\", type: \"u1\"), (id: \"b\", type: \"s1\", checksum: \"XOR-8\")])");
    for byte in [0x80, 0xFF, 0x7F] {
        assert_eq!(decoded(&schema, &[byte, byte]).1, None, "{byte}");
    }
    let fault = Some(("b".to_owned(), Fault::Checksum(0x80)));
    assert_eq!(decoded(&schema, &[0x80, 0x81]).1, fault);
}

#[test]
fn what_is_wrong_is_named_with_what_is_right() {
    let schema = read(SENSOR);
    let mut wrong = MEASURED;
    wrong[13] ^= 1;
    let (line, fault, _) = decoded(&schema, &wrong);
    assert_eq!(fault, Some(("crc".to_owned(), Fault::Checksum(0x14D7))));
    assert!(line.ends_with("hum=48.25 %"), "{line}");
    let mut wrong = MEASURED;
    wrong[1] = 9;
    let (_, fault, _) = decoded(&schema, &wrong);
    assert_eq!(fault, Some(("len".to_owned(), Fault::Count(12))));
    let (line, fault, left) = decoded(&schema, &MEASURED[..9]);
    assert_eq!(fault, Some(("hum".to_owned(), Fault::Short(3))));
    assert_eq!(
        (line.as_str(), left),
        ("type=measurement  seq=7  temp=23.5 °C", 0)
    );
}

#[test]
fn a_mistake_in_a_description_has_its_place() {
    let field =
        |text: &str| format!("(meta: (endian: \"be\"), seq: [(id: \"a\", type: \"u1\"), {text}])");
    use SchemaProblem as Problem;
    for (text, problem) in [
        (
            "(id: \"b\", type: \"u3x\")",
            Problem::UnknownType("u3x".into()),
        ),
        (
            "(id: \"b\", type: \"u1\", enum: \"x\")",
            Problem::UnknownEnum("x".into()),
        ),
        (
            "(id: \"b\", type: \"u1\", if: \"a == x::y\")",
            Problem::UnknownEnum("x".into()),
        ),
        ("(id: \"b\", type: \"str\")", Problem::NoEnd),
        (
            "(id: \"b\", type: \"str\", size: 1, encoding: \"x\")",
            Problem::UnknownEncoding("x".into()),
        ),
        ("(id: \"a\", type: \"u1\")", Problem::Duplicate("a".into())),
        ("(id: \"B\", type: \"u1\")", Problem::BadName("B".into())),
        (
            "(id: \"b\", type: \"u1\", repeat: \"expr\")",
            Problem::Repeat("expr".into()),
        ),
        (
            "(id: \"b\", size: \"c + 1\")",
            Problem::UnknownField("c".into()),
        ),
        (
            "(id: \"b\", type: \"u1\", checksum: \"x\")",
            Problem::UnknownChecksum("x".into()),
        ),
        (
            "(id: \"b\", type: \"u1\", checksum: \"XOR-8\", covers: \"a..b\")",
            Problem::BadRange("a..b".into()),
        ),
        (
            "(id: \"b\", type: \"u1\", counts: \"c\")",
            Problem::BadRange("c".into()),
        ),
    ] {
        let expected = SchemaMistake {
            place: "seq.1".to_owned(),
            problem,
        };
        assert_eq!(Schema::read(&field(text)).err(), Some(expected), "{text}");
    }
    let endless = "(types: {\"a\": (seq: [(id: \"x\", type: \"b\")]), \"b\": (seq: [(id: \"y\", type: \"a\")])})";
    let problem = Problem::Endless("a".into());
    assert_eq!(
        Schema::read(endless).err().map(|wrong| wrong.problem),
        Some(problem)
    );
    let no_field = Schema::read("(meta: (reply_by: \"b\"), seq: [(id: \"a\", type: \"u1\")])");
    let expected = SchemaMistake {
        place: "meta.reply_by".to_owned(),
        problem: Problem::UnknownField("b".into()),
    };
    assert_eq!(no_field.err(), Some(expected));
    let no_order = Schema::read("(seq: [(id: \"a\", type: \"u2\")])").err();
    assert_eq!(
        no_order.map(|wrong| wrong.problem),
        Some(Problem::NoByteOrder("u2".into()))
    );
}

#[test]
fn a_value_that_its_enumeration_lacks_is_named_with_the_one_most_like_it() {
    let problem = |value: &str| {
        let text = format!(
            r#"(seq: [(id: "a", type: "u1", if: "1 == kind::{value}")],
                enums: {{"kind": {{1: "request", 2: "measurement"}}}})"#
        );
        Schema::read(&text).unwrap_err().problem
    };
    let unknown = |name: &str, similar: Option<&str>| SchemaProblem::UnknownValue {
        name: name.to_owned(),
        of: "kind".to_owned(),
        similar: similar.map(str::to_owned),
    };
    let expected = unknown("mesurement", Some("measurement"));
    assert_eq!(problem("mesurement"), expected);
    assert_eq!(problem("x"), unknown("x", None));
}

#[test]
fn expressions_choose_types_sizes_and_repetitions() {
    let schema = read(
        r#"(
        meta: (endian: "le", encoding: "UTF-8"),
        seq: [
            (id: "count", type: "u1"),
            (id: "all", type: "part", repeat: "expr", repeat_expr: "count"),
            (id: "tail", type: "u2", repeat: "until", repeat_until: "_ == 0 or _index == 2"),
            (id: "rest", size_eos: true),
        ],
        types: {"part": (
            seq: [
                (id: "kind", type: "u1", enum: "kind"),
                (id: "value", type: (switch_on: "kind", cases: {"kind::text": "text", "kind::number": "u4"})),
            ],
            types: {"text": (seq: [(id: "length", type: "u1"), (id: "text", type: "str", size: "length")])},
            instances: {"double": (value: "value * 2", if: "kind == kind::number")},
        )},
        enums: {"kind": {1: "text", 2: "number"}},
    )"#,
    );
    let message = b"\x02\x01\x02hi\x02\x07\0\0\0\x05\0\0\0!";
    let (line, fault, left) = decoded(&schema, message);
    let expected = "count=2  all[0].kind=text  all[0].value.length=2  all[0].value.text=\"hi\"  \
        all[1].kind=number  all[1].value=7  all[1].double=14  tail[0]=5  tail[1]=0  rest=21";
    assert_eq!((line.as_str(), fault, left), (expected, None, 0));
    let (_, fault, _) = decoded(&schema, b"\x01\x09");
    assert_eq!(fault, Some(("all[0].value".to_owned(), Fault::NoType)));
}

#[test]
fn bits_numbers_and_texts_of_every_form_are_read() {
    let schema = read(
        r#"(
        meta: (endian: "be"),
        seq: [
            (id: "high", type: "b3"),
            (id: "low", type: "b5"),
            (id: "flag", type: "b1le"),
            (id: "wide", type: "b11le"),
            (id: "signed", type: "s3"),
            (id: "swapped", type: "f4cdab"),
            (id: "varint", type: "varint"),
            (id: "mac", size: 6, show: mac),
            (id: "scaled", type: "s2", scale: 0.1, offset: -40.0, unit: "°C"),
            (id: "name", type: "strz", size: 6, encoding: "GBK"),
            (id: "line", type: "str", terminator: 10),
        ],
    )"#,
    );
    let message = b"\xA5\x0B\x0C\xFF\xFF\xFE\0\0\x41\xBC\xAC\x02\x01\x02\x03\x04\x05\x06\x02\x9B\xC4\xE3\0\0\0\0end\n";
    let (line, fault, left) = decoded(&schema, message);
    let expected = "high=5  low=5  flag=true  wide=1541  signed=-2  swapped=23.5  varint=300  \
        mac=01:02:03:04:05:06  scaled=26.7 °C  name=\"你\"  line=\"end\"";
    assert_eq!((line.as_str(), fault, left), (expected, None, 0));
}

#[test]
fn the_ready_made_ones_are_right_and_their_names_unique() {
    let mut names = std::collections::BTreeSet::new();
    for ready in READY_MADE {
        let schema = ready
            .schema()
            .unwrap_or_else(|wrong| panic!("{}: {wrong:?}", ready.name));
        assert_eq!(schema.name(), ready.name);
        assert!(names.insert(ready.name));
    }
}

#[test]
fn names_of_dns_are_whole_where_they_point_back_too() {
    let schema = ReadyMade::named("dns").unwrap().schema().unwrap();
    let reply = [
        &b"\x12\x34\x81\x80\0\x01\0\x01\0\0\0\0"[..],
        b"\x03www\x07example\0\0\x01\0\x01",
        b"\xC0\x0C\0\x05\0\x01\0\0\0\x3C\0\x05\x02cn\xC0\x10",
    ]
    .concat();
    let (line, fault, left) = decoded(&schema, &reply);
    let expected = "id=0x1234  flags.response=true  flags.opcode=query  flags.rcode=noerror  \
        queries[0].name=\"www.example\"  queries[0].type=a  queries[0].class=in  \
        answers[0].name=\"www.example\"  answers[0].type=cname  answers[0].class=in  \
        answers[0].ttl=60 s  answers[0].data=\"cn.example\"";
    assert_eq!((line.as_str(), fault, left), (expected, None, 0));
}

#[test]
fn bytes_are_combined_with_a_key_and_cut() {
    let schema = read(
        r#"(seq: [(id: "key", size: 2), (id: "data", size_eos: true)], instances: {
            "plain": (value: "data.xor(key)"),
            "text": (value: "plain.substring(1, 9).to_s"),
        })"#,
    );
    let line = "key=01 02  data=69 6B 20  plain=68 69 21  text=\"i!\"".to_owned();
    assert_eq!(decoded(&schema, b"\x01\x02\x69\x6B\x20"), (line, None, 0));
}

#[test]
fn options_of_coap_have_the_name_of_their_number() {
    let schema = ReadyMade::named("coap").unwrap().schema().unwrap();
    let request = b"\x41\x01\x12\x34\xAB\xB3web\x04temp\x60\xD1\x22z\xFF22.5";
    let (line, fault, left) = decoded(&schema, request);
    let expected = "type=confirmable  code=get  message_id=4660  token=AB  \
        options[0].uri_path=\"web\"  options[1].uri_path=\"temp\"  options[2].accept=text_plain  \
        options[3].other.data=7A  options[3].other.number=64  payload=\"22.5\"";
    assert_eq!((line.as_str(), fault, left), (expected, None, 0));
    // A delta of 15 is no option, a marker without a payload no message.
    for wrong in [
        &b"\x40\x01\0\0\xF1a"[..],
        b"\x40\x01\0\0\xFF",
        b"\x49\x01\0\x00123456789",
    ] {
        assert!(decoded(&schema, wrong).1.is_some(), "{wrong:X?}");
    }
}

/// A frame with a signature.
const MAVLINK: &[u8] =
    b"\xFD\x02\x01\0\x0A\x01\xBE\x39\x30\0\x01\x02\x2D\x9A\x05\0\xB0\xDE\x4A\xD0\x19sigsig";

#[test]
fn frames_of_both_versions_of_mavlink_are_read() {
    let schema = ReadyMade::named("mavlink").unwrap().schema().unwrap();
    let heartbeat = b"\xFE\x09\x07\x01\x01\0\0\0\0\0\x02\x03\x51\x04\x03\xFA\xAD";
    let line = "magic=v1  seq=7  sysid=1  compid=1  msgid=heartbeat  \
        payload=00 00 00 00 02 03 51 04 03";
    assert_eq!(decoded(&schema, heartbeat), (line.to_owned(), None, 0));
    let line = "magic=v2  seq=10  sysid=1  compid=190  msgid=12345  payload=01 02  \
        signature.link_id=5  signature.time=2023-12-30T00:00:00.000Z";
    assert_eq!(decoded(&schema, MAVLINK), (line.to_owned(), None, 0));
}

#[test]
fn a_message_that_says_its_length_is_not_right_when_it_is_cut() {
    let messages: [(&str, &[u8]); 7] = [
        (
            "mqtt5",
            b"\x62\x13\0\x09\x92\x0F\x1F\0\x03why\x26\0\x01k\0\x03v w",
        ),
        (
            "snmp",
            b"\x30\x2A\x02\x01\x01\x04\x06public\xA2\x1D\x02\x01\x01\x02\x01\0\x02\x01\0\x30\x12\
                \x30\x10\x06\x08\x2B\x06\x01\x02\x01\x01\x03\0\x43\x04\x07\x5B\xCD\x15",
        ),
        (
            "artnet",
            b"Art-Net\0\0\x50\0\x0E\x2A\x01\x12\x03\0\x04\xFF\x80\0\x01",
        ),
        ("osc", b"/foo\0\0\0\0,is\0\0\0\x03\xE8four\0\0\0\0"),
        ("mavlink", MAVLINK),
        ("tls", b"\x15\x03\x03\0\x02\x02\x28"),
        ("websocket", b"\x81\x85\x37\xFA\x21\x3D\x7F\x9F\x4D\x51\x58"),
    ];
    for (name, message) in messages {
        let schema = ReadyMade::named(name).unwrap().schema().unwrap();
        assert_eq!(decoded(&schema, message).1, None, "{name}");
        for length in 1..message.len() {
            let (_, fault, _) = decoded(&schema, &message[..length]);
            assert!(fault.is_some(), "{name}: {length}");
        }
        let longer = [message, b"!"].concat();
        assert!(decoded(&schema, &longer).1.is_some(), "{name}");
    }
}
