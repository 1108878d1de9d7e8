//! Tests of forms.

use super::*;
use crate::schema::tests::SCHEMAS;

const SENSOR: &str = r#"(
    meta: (id: "sensor", endian: "be"),
    seq: [
        (id: "magic", contents: "S"),
        (id: "len", type: "u1", counts: "type.."),
        (id: "type", type: "u1", enum: "kind", valid: (in_enum: true)),
        (id: "alarm", type: "b1"),
        (id: "seq", type: "b7", valid: (max: 99)),
        (id: "temp", type: "s2", scale: 0.1, unit: "°C", if: "type == kind::measurement"),
        (id: "count", type: "u1", if: "type == kind::measurement"),
        (id: "all", type: "pair", repeat: "expr", repeat_expr: "count", if: "type == kind::measurement"),
        (id: "crc", type: "u2le", show: hex, checksum: "CRC-16/MODBUS"),
    ],
    types: {"pair": (seq: [(id: "x", type: "u1"), (id: "y", type: "u1", show: hex)])},
    enums: {"kind": {1: "request", 0x81: "measurement"}},
)"#;

fn sensor() -> Schema {
    Schema::read(SENSOR).unwrap()
}

fn fields(given: &[(&str, &str)]) -> BTreeMap<String, String> {
    let fields = given.iter();
    fields
        .map(|(path, text)| ((*path).to_owned(), (*text).to_owned()))
        .collect()
}

fn made(schema: &Schema, given: &BTreeMap<String, String>) -> Vec<u8> {
    let (bytes, mistake) = schema.made(given);
    assert_eq!(mistake, None, "{given:?}");
    bytes
}

/// Each line as `path=value`: of a list its length, with `+` if that changes, and in brackets what
/// nobody gives.
fn shown(form: &FieldForm) -> Vec<String> {
    let shown = |line: &FormLine| {
        let path = &line.path;
        match &line.value {
            FormValue::Text { given, value, .. } => {
                format!("{path}={}", given.as_ref().unwrap_or(value))
            }
            FormValue::Choice { name, number, .. } => {
                format!("{path}={}", name.as_ref().unwrap_or(number))
            }
            FormValue::Bit(bit) => format!("{path}={bit}"),
            FormValue::Fixed(text) | FormValue::Computed(text) => format!("({path}={text})"),
            FormValue::Type => path.clone(),
            FormValue::List { count, changes } => {
                format!("{path}*{count}{}", if *changes { "+" } else { "" })
            }
        }
    };
    form.lines.iter().map(shown).collect()
}

#[test]
fn a_form_has_the_fields_that_the_message_has() {
    let form = sensor().form(&fields(&[]));
    let crc = form.lines.last().unwrap().clone();
    let lines = shown(&form);
    assert_eq!(
        lines[..5],
        [
            "(magic=53)",
            "(len=4)",
            "type=request",
            "alarm=false",
            "seq=0"
        ]
    );
    assert_eq!((lines.len(), crc.path.as_str()), (6, "crc"));
    assert!(crc.follows);
    assert!(matches!(crc.value, FormValue::Computed(text) if text.starts_with("0x")));
    let measured = [
        ("type", "measurement"),
        ("temp", "23.5"),
        ("all[1].y", "0x1F"),
    ];
    let form = sensor().form(&fields(&measured));
    let lines = shown(&form);
    assert_eq!(
        lines[2..lines.len() - 1],
        [
            "type=measurement",
            "alarm=false",
            "seq=0",
            "temp=23.5",
            "(count=2)",
            "all*2+",
            "all[0]",
            "all[0].x=0",
            "all[0].y=0x0",
            "all[1]",
            "all[1].x=0",
            "all[1].y=0x1F",
        ]
    );
    let temp = form.lines.iter().find(|line| line.path == "temp").unwrap();
    assert_eq!(temp.unit.as_deref(), Some("°C"));
    assert_eq!((form.mistakes.len(), form.aside.len()), (0, 0));
}

#[test]
fn a_computed_value_is_changed_on_purpose_and_computed_again() {
    let mut given = fields(&[("crc", "0x1234"), ("len", "9")]);
    let form = sensor().form(&given);
    let of = |form: &FieldForm, path: &str| {
        let line = form.lines.iter().find(|line| line.path == path);
        line.map(|line| (line.value.clone(), line.follows)).unwrap()
    };
    let text = |text: &str, value: &str| FormValue::Text {
        given: Some(text.to_owned()),
        value: value.to_owned(),
        names: Vec::new(),
    };
    assert_eq!(of(&form, "crc"), (text("0x1234", "0x1234"), true));
    assert_eq!(of(&form, "len"), (text("9", "9"), true));
    assert_eq!(made(&sensor(), &given)[1], 9);
    // What is always the same is not computed.
    assert_eq!(
        of(&form, "magic"),
        (FormValue::Fixed("53".to_owned()), false)
    );
    given.clear();
    let form = sensor().form(&given);
    let computed = FormValue::Computed("4".to_owned());
    assert_eq!(of(&form, "len"), (computed, true));
}

#[test]
fn values_of_fields_that_go_away_are_kept_aside() {
    let mut given = fields(&[("temp", "20"), ("all[0].x", "1"), ("other", "5")]);
    let form = sensor().form(&given);
    assert_eq!(form.mistakes.len(), 0, "{:?}", form.mistakes);
    let mut aside = form.aside.clone();
    aside.sort();
    assert_eq!(aside, ["all[0].x", "other", "temp"]);
    given.insert("type".to_owned(), "measurement".to_owned());
    let form = sensor().form(&given);
    assert_eq!(form.aside, ["other"]);
    assert!(shown(&form).contains(&"temp=20".to_owned()));
    assert_eq!(form.given.len(), 3);
}

#[test]
fn a_wrong_value_stays_at_its_field_with_its_mistake() {
    let given = [
        ("seq", "200"),
        ("alarm", "= count +"),
        ("type", "measurement"),
    ];
    let form = sensor().form(&fields(&given));
    let at: Vec<&str> = form.mistakes.keys().map(String::as_str).collect();
    assert_eq!(at, ["alarm", "seq"]);
    let lines = shown(&form);
    assert!(lines.contains(&"seq=200".to_owned()), "{lines:?}");
    assert!(lines.contains(&"alarm== count +".to_owned()), "{lines:?}");
    assert!(lines.contains(&"temp=0.0".to_owned()), "{lines:?}");
    // A value that fits and is not valid is sent, and said.
    let form = sensor().form(&fields(&[("seq", "100")]));
    let seq = form.lines.iter().find(|line| line.path == "seq").unwrap();
    assert_eq!(
        (form.mistakes.len(), seq.fault.clone()),
        (0, Some(Fault::Invalid))
    );
    // An empty text is no value.
    let form = sensor().form(&fields(&[("seq", "")]));
    assert_eq!((form.mistakes.len(), form.given.len()), (0, 0));
}

#[test]
fn an_element_is_taken_out_and_those_behind_it_move_up() {
    let place = |index| ElementPlace {
        list: "all".to_owned(),
        index,
        count: 3,
    };
    let all = [
        ("all[0].x", "1"),
        ("all[1].x", "2"),
        ("all[2].y", "3"),
        ("seq", "7"),
    ];
    let mut given = fields(&all);
    place(1).remove(&mut given);
    assert_eq!(
        given,
        fields(&[("all[0].x", "1"), ("all[1].y", "3"), ("seq", "7")])
    );
    let mut given = fields(&all);
    place(2).remove(&mut given);
    assert_eq!(
        given,
        fields(&[("all[0].x", "1"), ("all[1].x", "2"), ("seq", "7")])
    );
    // Usual elements stay as many as they were.
    let mut given = fields(&[("type", "measurement"), ("all[2]", "")]);
    assert!(shown(&sensor().form(&given)).contains(&"all*3+".to_owned()));
    place(0).remove(&mut given);
    assert_eq!(given, fields(&[("type", "measurement"), ("all[1]", "")]));
    let last = ElementPlace {
        count: 1,
        ..place(0)
    };
    let mut given = fields(&[("all[0]", "")]);
    last.remove(&mut given);
    assert!(given.is_empty());
}

#[test]
fn a_message_is_made_again_of_its_written_values() {
    let sensor = sensor();
    let given = [
        ("type", "measurement"),
        ("alarm", "true"),
        ("temp", "-0.7"),
        ("all[1].y", "7"),
    ];
    let message = made(&sensor, &fields(&given));
    let values = sensor.written_values(&message).unwrap();
    assert_eq!(made(&sensor, &values), message);
    assert!(!values.contains_key("len") && !values.contains_key("crc"));
    // A wrong checksum is a value of its own.
    let mut wrong = message.clone();
    *wrong.last_mut().unwrap() ^= 1;
    let values = sensor.written_values(&wrong).unwrap();
    assert!(values.contains_key("crc"));
    assert_eq!(made(&sensor, &values), wrong);
    // What is cut, or has bytes behind it, is not one message.
    assert_eq!(sensor.written_values(&message[..message.len() - 1]), None);
    assert_eq!(sensor.written_values(&[&message[..], b"x"].concat()), None);
    for (name, message) in [
        (
            "modbus_tcp",
            &b"\0\x07\0\0\0\x07\x01\x03\x04\x01\x02\x03\x04"[..],
        ),
        (
            "dns",
            b"\x12\x34\x01\0\0\x01\0\0\0\0\0\0\x03www\x07example\0\0\x01\0\x01",
        ),
        ("mqtt", b"\x30\x0A\0\x03a/bhello"),
        ("tftp", b"\0\x01file.txt\0octet\0"),
    ] {
        let schema = SCHEMAS.iter().find(|schema| schema.name() == name).unwrap();
        let values = schema.written_values(message).unwrap();
        assert_eq!(made(schema, &values), message, "{values:?}");
        let form = schema.form(&values);
        assert_eq!((form.mistakes.len(), form.aside.len()), (0, 0), "{name}");
    }
}

#[test]
fn a_choice_that_is_not_made_yet_has_bytes_and_can_be_made() {
    let tftp = SCHEMAS.iter().find(|schema| schema.name() == "tftp");
    let tftp = tftp.unwrap();
    let form = tftp.form(&fields(&[("opcode", "9")]));
    assert_eq!(shown(&form), ["opcode=9", "body="]);
    assert!(form.mistakes.is_empty(), "{:?}", form.mistakes);
    let form = tftp.form(&fields(&[("opcode", "ack"), ("body.block", "7")]));
    assert_eq!(shown(&form), ["opcode=ack", "body", "body.block=7"]);
    // Of another message, the block has no place in the body.
    let form = tftp.form(&fields(&[("opcode", "error"), ("body.block", "7")]));
    assert_eq!(
        (form.mistakes.len(), form.aside),
        (0, vec!["body.block".to_owned()])
    );
}
