//! Tests of forms of texts.

use super::*;
use crate::schema::tests::SCHEMAS;

const REPORT: &str = r#"(
    meta: (id: "report"),
    json: true,
    seq: [
        (id: "device", key: "deviceId"),
        (id: "temp", key: "/data/temp", unit: "°C"),
        (id: "samples", key: "/data/samples", type: "real", repeat: "eos"),
        (id: "place", type: "place"),
    ],
    types: {"place": (json: true, seq: [(id: "x"), (id: "y")])},
)"#;

fn fields(given: &[(&str, &str)]) -> BTreeMap<String, String> {
    let given = given.iter();
    given
        .map(|(path, text)| ((*path).to_owned(), (*text).to_owned()))
        .collect()
}

fn paths(form: &FieldForm) -> Vec<&str> {
    form.lines.iter().map(|line| line.path.as_str()).collect()
}

fn made(schema: &Schema, given: &BTreeMap<String, String>) -> String {
    let (bytes, mistake) = schema.made(given);
    assert_eq!(mistake, None, "{given:?}");
    String::from_utf8(bytes).unwrap()
}

#[test]
fn a_form_of_a_text_has_the_fields_that_it_may_have() {
    let schema = Schema::read(REPORT).unwrap();
    let form = schema.form(&fields(&[]));
    let expected = ["device", "temp", "samples", "place", "place.x", "place.y"];
    assert_eq!(paths(&form)[..6], expected);
    assert!(form.mistakes.is_empty(), "{:?}", form.mistakes);
    assert!(form.fault.is_none());
    let given = fields(&[("temp", "23.5"), ("place.y", "-2"), ("samples[1]", "2")]);
    let form = schema.form(&given);
    assert!(form.mistakes.is_empty(), "{:?}", form.mistakes);
    let expected = [
        "device",
        "temp",
        "samples",
        "samples[0]",
        "samples[1]",
        "place",
    ];
    assert_eq!(paths(&form)[..6], expected);
    assert_eq!(
        made(&schema, &form.given),
        r#"{"data":{"temp":23.5,"samples":[0,2]},"place":{"y":-2}}"#
    );
}

#[test]
fn names_of_a_message_are_added_to_its_form() {
    let json = SCHEMAS.iter().find(|schema| schema.name() == "json");
    let json = json.unwrap();
    let form = json.form(&fields(&[]));
    let changes = FormValue::List {
        count: 0,
        changes: true,
    };
    assert_eq!(form.lines.first().map(|line| &line.value), Some(&changes));
    let given = fields(&[
        ("values[0].name", "data.temp"),
        ("values[0].value", "23.5"),
        ("values[1]", ""),
    ]);
    let form = json.form(&given);
    assert!(form.mistakes.is_empty(), "{:?}", form.mistakes);
    assert_eq!(made(json, &given), r#"{"data":{"temp":23.5},"key2":null}"#);
}

#[test]
fn a_wrong_part_of_a_text_stays_at_its_field() {
    let meter = Schema::read(
        r#"(
        pattern: "^#(?P<id>\\d+) (?P<temp>-?[\\d.]+)C(?: (?P<note>\\w*))?$",
        seq: [(id: "id", type: "dec"), (id: "temp", type: "real")],
    )"#,
    );
    let meter = meter.unwrap();
    let given = fields(&[("id", "7"), ("note", "so so"), ("temp", "23.5")]);
    let form = meter.form(&given);
    let at: Vec<&str> = form.mistakes.keys().map(String::as_str).collect();
    assert_eq!(at, ["note"]);
    assert_eq!(paths(&form), ["id", "temp", "note"]);
    assert_eq!(made(&meter, &form.given), "#7 23.5C");
}

#[test]
fn a_text_is_made_again_of_its_written_values() {
    for (name, message) in [
        (
            "json",
            r#"{"a":null,"b":{"c":[1,"2","x"]},"d":true,"e":"true","f":""}"#,
        ),
        ("key_value", "temp=23.5&name=\"a;b\"&id=007"),
        ("nmea0183", "$PGRME,15.0,M,45.0,M,25.0,M*1C\r\n"),
        (
            "nmea0183",
            "$GPGGA,123519,4807.038,N,01131.124,E,1,8,0.9,545.4,,46.9,,,*70\r\n",
        ),
        (
            "http",
            "GET /a HTTP/1.1\r\nHost: b\r\nAccept: */*\r\n\r\nhello",
        ),
        (
            "syslog",
            "<34>1 2003-10-11T22:14:15Z host su - ID47 - failed",
        ),
    ] {
        let schema = SCHEMAS.iter().find(|schema| schema.name() == name).unwrap();
        let values = schema.written_values(message.as_bytes());
        let values = values.unwrap_or_else(|| panic!("{name}: {message}"));
        let again = made(schema, &values);
        assert_eq!(again, message, "{values:?}");
    }
}
