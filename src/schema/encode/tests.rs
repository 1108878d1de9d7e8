//! Tests of making messages.

use super::*;
use crate::schema::Tree;
use crate::schema::tests::SCHEMAS;
use proptest::prelude::*;

const SENSOR: &str = include_str!("../../../tests/descriptions/sensor.ron");

fn read(text: &str) -> Schema {
    Schema::read(text).unwrap_or_else(|mistake| panic!("{mistake:?}"))
}

fn ready(name: &str) -> &'static Schema {
    SCHEMAS.iter().find(|schema| schema.name() == name).unwrap()
}

/// The message of values written by a person.
fn written(schema: &Schema, values: &[(&str, &str)]) -> Result<Vec<u8>, (String, EncodeProblem)> {
    let mut all = FieldValues::default();
    for (path, value) in values {
        let value = FieldValue::Written((*value).to_owned());
        all.set(path, value).unwrap();
    }
    schema
        .encode(&all)
        .map_err(|mistake| (mistake.path, mistake.problem))
}

#[test]
fn lengths_and_checksums_follow_from_what_is_given() {
    let schema = read(SENSOR);
    let values = [
        ("type", "measurement"),
        ("seq", "7"),
        ("temp", "23.5 °C"),
        ("hum", "48.25"),
    ];
    let message = [
        0x00, 0x0C, 0x81, 0x07, 0x41, 0xBC, 0, 0, 0x42, 0x41, 0, 0, 0xD7, 0x14,
    ];
    assert_eq!(written(&schema, &values), Ok(message.to_vec()));
    // Nothing given: the first kind that is valid.
    let request = written(&schema, &[]).unwrap();
    assert_eq!(request[..4], [0, 4, 1, 0]);
    // A wrong one that is asked for.
    let wrong = written(&schema, &[("crc", "0x1234"), ("seq", "0xFF")]);
    assert_eq!(wrong, Ok(vec![0, 4, 1, 0xFF, 0x34, 0x12]));
}

#[test]
fn a_value_that_its_field_cannot_have_is_refused_with_its_path() {
    let schema = read(SENSOR);
    let text = |text: &str| text.to_owned();
    let range = EncodeProblem::Range {
        bits: 8,
        signed: false,
    };
    for (values, path, problem) in [
        (&[("seq", "256")][..], "seq", range.clone()),
        (&[("seq", "-1")], "seq", range),
        (
            &[("seq", "1.5")],
            "seq",
            EncodeProblem::NotWhole(text("1.5")),
        ),
        (
            &[("seq", "one")],
            "seq",
            EncodeProblem::NotNumber(text("one")),
        ),
        (
            &[("type", "reply")],
            "type",
            EncodeProblem::NotNumber(text("reply")),
        ),
        (&[("temp", "20")], "temp", EncodeProblem::Absent),
        (
            &[("type", "measurement"), ("temp", "1e39")],
            "temp",
            EncodeProblem::TooLarge,
        ),
        (
            &[("type", "measurement"), ("temp", "1e400")],
            "temp",
            EncodeProblem::TooLarge,
        ),
        (&[("other", "20")], "other", EncodeProblem::UnknownField),
        (&[("seq.low", "20")], "seq", EncodeProblem::Kind),
        (
            &[("type", "measurement"), ("temp", "warm")],
            "temp",
            EncodeProblem::NotNumber(text("warm")),
        ),
    ] {
        let found = written(&schema, values);
        assert_eq!(found, Err((path.to_owned(), problem)), "{values:?}");
    }
}

#[test]
fn numbers_texts_and_bits_of_every_form_are_written() {
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
            (id: "magic", contents: "OK"),
            (id: "count", type: "u1"),
            (id: "all", type: "u4badc", repeat: "expr", repeat_expr: "count * 2"),
            (id: "length", type: "varint"),
            (id: "data", size: "length - 1"),
        ],
    )"#,
    );
    let values = [
        ("high", "5"),
        ("low", "0b101"),
        ("flag", "true"),
        ("wide", "1541"),
        ("signed", "-2"),
        ("swapped", "23.5"),
        ("varint", "300"),
        ("mac", "01:02:03:04:05:06"),
        ("scaled", "26.7"),
        ("name", "你"),
        ("line", "end"),
        ("all", "1, 0x203"),
        ("data", "\"hi\""),
    ];
    let message = b"\xA5\x0B\x0C\xFF\xFF\xFE\0\0\x41\xBC\xAC\x02\x01\x02\x03\x04\x05\x06\x02\x9B\xC4\xE3\0\0\0\0end\nOK\x01\0\0\x01\0\0\0\x03\x02\x03hi";
    assert_eq!(written(&schema, &values), Ok(message.to_vec()));
    let wrong = written(&schema, &[("all", "1, 2, 3")]);
    let problem = EncodeProblem::NoLength(3);
    assert_eq!(wrong, Err(("all".to_owned(), problem)), "an odd number");
    let wrong = written(&schema, &[("line", "a\nb")]);
    assert_eq!(
        wrong,
        Err(("line".to_owned(), EncodeProblem::Terminator(b'\n')))
    );
}

#[test]
fn requests_of_real_protocols_are_made_of_a_few_values() {
    let modbus = [
        ("transaction", "7"),
        ("unit", "1"),
        ("function", "read_holding_registers"),
    ];
    let request = [&modbus[..], &[("body.start", "2"), ("body.quantity", "3")]].concat();
    let made = written(ready("modbus_tcp"), &request);
    assert_eq!(made, Ok(b"\0\x07\0\0\0\x06\x01\x03\0\x02\0\x03".to_vec()));
    let reply = [&modbus[..], &[("body.values", "258, 772")]].concat();
    let made = written(ready("modbus_tcp"), &reply);
    assert_eq!(
        made,
        Ok(b"\0\x07\0\0\0\x07\x01\x03\x04\x01\x02\x03\x04".to_vec())
    );
    let publish = [
        ("type", "publish"),
        ("body.topic", "a/b"),
        ("body.payload", "hello"),
    ];
    let made = written(ready("mqtt"), &publish);
    assert_eq!(made, Ok(b"\x30\x0A\0\x03a/bhello".to_vec()));
    let reply = [
        ("type", "acknowledgement"),
        ("code", "content_2_05"),
        ("message_id", "7"),
        ("token", "AB CD"),
        ("payload", "no"),
    ];
    let made = written(ready("coap"), &reply);
    assert_eq!(made, Ok(b"\x62\x45\0\x07\xAB\xCD\xFFno".to_vec()));
    let query = [
        ("id", "0x1234"),
        ("flags.recursion_desired", "true"),
        ("queries[0].name", "www.example"),
        ("queries[0].type", "a"),
        ("queries[0].class", "in"),
    ];
    let made = written(ready("dns"), &query);
    let bytes = b"\x12\x34\x01\0\0\x01\0\0\0\0\0\0\x03www\x07example\0\0\x01\0\x01";
    assert_eq!(made, Ok(bytes.to_vec()));
}

/// Messages of the ready-made descriptions.
pub(in crate::schema) fn messages() -> Vec<(&'static str, Vec<u8>)> {
    let all: &[(&str, &[u8])] = &[
        ("modbus_tcp", b"\0\x07\0\0\0\x06\x01\x03\0\x02\0\x03"),
        ("modbus_tcp", b"\0\x07\0\0\0\x07\x01\x03\x04\x01\x02\x03\x04"),
        ("modbus_tcp", b"\0\x07\0\0\0\x03\x01\x83\x02"),
        ("modbus_rtu", b"\x01\x03\0\0\0\x0A\xC5\xCD"),
        ("dns", b"\x12\x34\x01\0\0\x01\0\0\0\0\0\0\x03www\x07example\0\0\x01\0\x01"),
        ("dns", b"\x12\x34\x81\x80\0\x01\0\x01\0\0\0\0\x03www\x07example\0\0\x01\0\x01\xC0\x0C\0\x05\0\x01\0\0\0\x3C\0\x05\x02cn\xC0\x10"),
        ("mqtt", b"\x10\x0D\0\x04MQTT\x04\x02\0\x3C\0\x01a"),
        ("mqtt", b"\x30\x0A\0\x03a/bhello"),
        ("ntp", b"\x23\x02\x06\xEC\0\0\0\x10\0\0\0\x20\x7F\0\0\x01\xDA\0\0\0\x80\0\0\0\xDA\0\0\x01\0\0\0\0\xDA\0\0\x02\0\0\0\0\xDA\0\0\x03\0\0\0\0"),
        ("tftp", b"\0\x01file.txt\0octet\0"),
        ("tftp", b"\0\x03\0\x01data"),
        ("stun", b"\0\x01\0\0\x21\x12\xA4\x420123456789ab"),
        ("rtp", b"\x80\x60\0\x01\0\0\0\xA0\x12\x34\x56\x78media"),
    ];
    all.iter()
        .map(|(name, bytes)| (*name, bytes.to_vec()))
        .collect()
}

#[test]
fn a_message_is_made_again_of_its_values() {
    for (name, message) in messages() {
        let schema = ready(name);
        let mut tree = Tree::default();
        schema.decode(&message, &mut tree);
        assert_eq!(tree.fault(), None, "{name}");
        assert_eq!(
            schema.encode(&schema.values(&tree, &message)),
            Ok(message),
            "{name}"
        );
    }
}

#[test]
fn a_changed_value_changes_what_follows_from_it_and_nothing_else() {
    let schema = ready("mqtt");
    // A length with a byte too many, as MQTT forbids and readers take.
    let message = b"\x30\x8A\0\0\x03a/bhello";
    let mut tree = Tree::default();
    schema.decode(message, &mut tree);
    let mut values = schema.values(&tree, message);
    values
        .set("body.topic", FieldValue::Written("abcd".to_owned()))
        .unwrap();
    assert_eq!(
        schema.encode(&values),
        Ok(b"\x30\x0B\0\x04abcdhello".to_vec())
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]
    /// Messages with other bytes in places: what is read of them is what they are made of again.
    #[test]
    fn what_is_read_is_written_again(
        which in any::<prop::sample::Index>(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..4),
    ) {
        let messages = messages();
        let (name, mut message) = messages[which.index(messages.len())].clone();
        for (at, byte) in changes {
            let at = at.index(message.len());
            message[at] = byte;
        }
        let schema = ready(name);
        let mut tree = Tree::default();
        schema.decode(&message, &mut tree);
        if tree.fault().is_none() {
            let made = schema.encode(&schema.values(&tree, &message));
            prop_assert_eq!(made, Ok(message), "{}", name);
        }
    }

    /// A message that is made of values has these values, and is made again of them.
    #[test]
    fn what_is_written_is_read_again(kind in 0..2, seq: u8, temp: f32, hum: f32) {
        prop_assume!(!temp.is_nan() && !hum.is_nan());
        let schema = read(SENSOR);
        let mut given = vec![("seq", seq.to_string())];
        if kind == 1 {
            given.push(("type", "measurement".to_owned()));
            given.push(("temp", temp.to_string()));
            given.push(("hum", hum.to_string()));
        }
        let given: Vec<_> = given.iter().map(|(path, value)| (*path, value.as_str())).collect();
        let message = written(&schema, &given).unwrap();
        let mut tree = Tree::default();
        schema.decode(&message, &mut tree);
        prop_assert_eq!(tree.fault(), None);
        for (path, value) in given {
            let mut found = String::new();
            schema.at_path(&tree, &[path.to_owned()], &mut |node| {
                found = match schema.name_of_value(node) {
                    Some(name) => name.to_owned(),
                    None => schema.number(node).unwrap().to_string(),
                };
                true
            });
            let same = found == value || found.parse::<f64>() == value.parse::<f64>();
            prop_assert!(same, "{}: {} {}", path, found, value);
        }
        prop_assert_eq!(schema.encode(&schema.values(&tree, &message)), Ok(message));
    }

    /// Any values end in a message or a mistake, in bounded time.
    #[test]
    fn any_values_end(texts in prop::collection::vec(("[a-z]{1,8}(\\[[0-9]\\])?(\\.[a-z]{1,6})?", ".{0,12}"), 0..5)) {
        for schema in &*SCHEMAS {
            let paths = schema.paths(40);
            let mut values = FieldValues::default();
            for (at, (path, value)) in texts.iter().enumerate() {
                let known = paths.get(at * 7 % paths.len().max(1));
                let path = known.map_or(path.as_str(), String::as_str);
                // A path that leads through another value is none.
                let _ = values.set(path, FieldValue::Written(value.clone()));
            }
            if let Ok(bytes) = schema.encode(&values) {
                let mut tree = Tree::default();
                schema.decode(&bytes, &mut tree);
                prop_assert!(!tree.is_empty());
            }
        }
    }
}
