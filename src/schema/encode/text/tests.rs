//! Tests of texts that are made.

use crate::payload::EncodeProblem;
use crate::schema::tests::SCHEMAS;
use crate::schema::{FieldValue, FieldValues, Schema, Tree};
use proptest::prelude::*;

pub(super) fn read(text: &str) -> Schema {
    Schema::read(text).unwrap_or_else(|mistake| panic!("{mistake:?}"))
}

pub(super) fn ready(name: &str) -> &'static Schema {
    SCHEMAS.iter().find(|schema| schema.name() == name).unwrap()
}

pub(super) type Made = Result<String, (String, EncodeProblem)>;

/// The message of values with others in their places.
fn changed(schema: &Schema, mut values: FieldValues, changes: &[(&str, &str)]) -> Made {
    for (path, value) in changes {
        let value = FieldValue::Written((*value).to_owned());
        values.set(path, value).unwrap();
    }
    let made = schema.encode(&values);
    let made = made.map_err(|mistake| (mistake.path, mistake.problem))?;
    Ok(String::from_utf8(made).unwrap())
}

/// The message of values that a person writes.
pub(super) fn written(schema: &Schema, values: &[(&str, &str)]) -> Made {
    changed(schema, FieldValues::default(), values)
}

/// The values of a message that is as described.
fn values(schema: &Schema, message: &str) -> FieldValues {
    let mut tree = Tree::default();
    schema.decode(message.as_bytes(), &mut tree);
    assert_eq!(tree.fault(), None, "{message}");
    schema.values(&tree, message.as_bytes())
}

pub(super) fn made(text: &str) -> Made {
    Ok(text.to_owned())
}

#[test]
fn a_pattern_is_written_with_the_values_of_its_groups() {
    let meter = read(
        r#"(
        pattern: "^#(?P<id>\\d{3})\\s+(?P<temp>-?\\d+(?:\\.\\d+)?)C(?: (?P<note>[a-z ]+))?\\r?\\n$",
        seq: [(id: "id", type: "dec"), (id: "temp", type: "real", unit: "°C")],
    )"#,
    );
    let given = [("id", "7"), ("temp", "23.5 °C")];
    assert_eq!(written(&meter, &given), made("#007 23.5C\r\n"));
    let noted = [&given[..], &[("note", "so so")]].concat();
    assert_eq!(written(&meter, &noted), made("#007 23.5C so so\r\n"));
    assert_eq!(written(&meter, &[]), made("#000 0C\r\n"));
    let wrong = [&given[..], &[("note", "So")]].concat();
    let problem = EncodeProblem::NotTaken("So".to_owned());
    assert_eq!(written(&meter, &wrong), Err(("note".to_owned(), problem)));
    let problem = EncodeProblem::NotNumber("warm".to_owned());
    let warm = written(&meter, &[("temp", "warm")]);
    assert_eq!(warm, Err(("temp".to_owned(), problem)));
    // What the description leaves open stays as it was.
    let known = values(&meter, "#042   -1C\n");
    let again = changed(&meter, known.clone(), &[("temp", "5")]);
    assert_eq!(again, made("#042   5C\n"));
    let again = changed(&meter, known, &[("note", "new")]);
    assert_eq!(again, made("#042 -1C new\r\n"));
}

#[test]
fn a_pattern_that_leaves_text_open_is_refused_with_that_part() {
    let schema = read(r#"(pattern: "^(?P<a>\\w+)[^,]+,(?P<b>\\w+)$")"#);
    let problem = EncodeProblem::Pattern("[^,]+".to_owned());
    let refused = written(&schema, &[("a", "x")]);
    assert_eq!(refused, Err((String::new(), problem)));
    // Of a message it is known.
    let known = values(&schema, "x: ,y");
    assert_eq!(changed(&schema, known, &[("b", "z")]), made("x: ,z"));
}

#[test]
fn the_pattern_with_the_given_groups_is_written() {
    let schema = read(
        r#"(
        pattern: ["^GET (?P<path>\\S+)$", "^OK (?P<code>\\d+)(?:,(?P<more>\\w+)|;(?P<rest>\\w+))$"],
        seq: [(id: "code", type: "dec")],
    )"#,
    );
    assert_eq!(written(&schema, &[("path", "/a")]), made("GET /a"));
    let rest = [("code", "200"), ("rest", "x")];
    assert_eq!(written(&schema, &rest), made("OK 200;x"));
    let both = written(&schema, &[("path", "/a"), ("code", "200")]);
    assert_eq!(both, Err(("code".to_owned(), EncodeProblem::Absent)));
}

#[test]
fn sentences_and_heads_of_real_protocols_are_made_of_a_few_values() {
    let gga = [
        ("talker", "GP"),
        ("sentence", "GGA"),
        ("fields.time", "123519"),
        ("fields.latitude_degrees", "8"),
        ("fields.latitude_minutes", "7.038"),
        ("fields.north_south", "N"),
        ("fields.quality", "gps"),
    ];
    let made_gga = written(ready("nmea0183"), &gga).unwrap();
    assert!(made_gga.starts_with("$GPGGA,123519,0807.038,N,,,1,,,,,,,,*"));
    let sum = made_gga[1..made_gga.len() - 5]
        .bytes()
        .fold(0, |sum, byte| sum ^ byte);
    assert!(made_gga.ends_with(&format!("*{sum:02X}\r\n")), "{made_gga}");
    let get = [
        ("target", "/a"),
        ("headers.host", "b"),
        ("headers.others.Accept", "*/*"),
    ];
    let head = "GET /a HTTP/1.1\r\nHost: b\r\nAccept: */*\r\n\r\n";
    assert_eq!(written(ready("http"), &get), made(head));
    let reply = [("status", "404"), ("reason", "Not Found"), ("body", "no")];
    let head = "HTTP/1.1 404 Not Found\r\n\r\nno";
    assert_eq!(written(ready("http"), &reply), made(head));
    let register = [
        ("method", "REGISTER"),
        ("uri", "sip:a"),
        ("headers.via", "SIP/2.0/UDP b, SIP/2.0/UDP c"),
        ("headers.cseq.number", "1"),
        ("headers.cseq.method", "REGISTER"),
    ];
    let head = "REGISTER sip:a SIP/2.0\r\nVia: SIP/2.0/UDP b\r\nVia: SIP/2.0/UDP c\r\n\
        CSeq: 1 REGISTER\r\n\r\n";
    assert_eq!(written(ready("sip"), &register), made(head));
    let line = [("pri", "34"), ("app", "su"), ("message", "failed")];
    assert_eq!(
        written(ready("syslog"), &line),
        made("<34>1 - - su - - - failed")
    );
}

#[test]
fn pairs_are_written_in_the_order_of_the_description_with_its_signs() {
    let schema = read(
        r#"(
        pairs: (between: "&;", within: "="),
        seq: [
            (id: "kind", valid: "'reading'"),
            (id: "temp", key: ["T", "temp"], type: "real", unit: "°C"),
            (id: "tag", repeat: "eos"),
        ],
    )"#,
    );
    let given = [("tag", "x, y"), ("temp", "23.5"), ("others.id", "7")];
    let line = "kind=reading&T=23.5&tag=x&tag=y&id=7";
    assert_eq!(written(&schema, &given), made(line));
    let separator = |path: &str, byte| Err((path.to_owned(), EncodeProblem::Separator(byte)));
    assert_eq!(
        written(&schema, &[("kind", "a&b")]),
        separator("kind", b'&')
    );
    assert_eq!(written(&schema, &[("kind", " a")]), separator("kind", b' '));
    let known = "temp = 20 ;id=9& flag&tag=x";
    let again = |changes: &[(&str, &str)]| changed(&schema, values(&schema, known), changes);
    assert_eq!(again(&[]), made(known));
    assert_eq!(
        again(&[("temp", "21"), ("tag", "p, q"), ("others.flag", "on")]),
        made("temp = 21 ;id=9& flag=on&tag=p&tag=q")
    );
    let mut without = values(&schema, known);
    without.unset("temp");
    assert_eq!(changed(&schema, without, &[]), made("id=9& flag&tag=x"));
}

#[test]
fn a_value_with_a_separator_is_quoted_where_quotation_marks_have_a_meaning() {
    let schema = ready("key_value");
    for (value, line) in [
        ("a;b", "n=\"a;b\""),
        (" a ", "n=\" a \""),
        ("\"a\"", "n=\"a\""),
        ("a\"b", "n=a\"b"),
        ("", "n="),
        ("a=b", "n=a=b"),
    ] {
        let found = written(schema, &[("values.n", value)]);
        assert_eq!(found, made(line), "{value:?}");
    }
    let refused = written(schema, &[("values.n", "a\";b")]);
    let problem = EncodeProblem::Separator(b'"');
    assert_eq!(refused, Err(("values[0].value".to_owned(), problem)));
    let known = values(schema, "n=\"a;b\"; m: 1");
    let again = changed(schema, known, &[("values.n", "c"), ("values.m", "2;3")]);
    assert_eq!(again, made("n=\"c\"; m: \"2;3\""));
}

#[test]
fn json_has_the_types_of_its_values_and_objects_for_its_pointers() {
    let schema = read(
        r#"(
        json: true,
        seq: [
            (id: "device", key: "deviceId", type: "str"),
            (id: "temp", key: "/data/temp", unit: "°C"),
            (id: "all", key: "/data/list", type: "dec", repeat: "eos"),
            (id: "code", type: "hex"),
            (id: "place", type: "place"),
            (id: "line", type: "line"),
        ],
        types: {
            "place": (json: true, seq: [(id: "x"), (id: "y")]),
            "line": (pairs: (between: "&", within: "="), seq: [(id: "a")]),
        },
    )"#,
    );
    let given = [
        ("device", "7"),
        ("temp", "23.50 °C"),
        ("all", "1, +2"),
        ("code", "0x1f"),
        ("place.y", "true"),
        ("line.a", "b"),
        ("others.on", "null"),
        ("others.data.name", "\"7\""),
        ("others.list[1]", "a\"b"),
    ];
    let text = r#"{"deviceId":"7","data":{"temp":23.50,"list":[1,2],"name":"7"},"code":"1F","place":{"y":true},"line":"a=b","list":[null,"a\"b"],"on":null}"#;
    assert!(written(&schema, &given[..8]).is_ok());
    let all = [&given[..8], &[("others.list[0]", "null"), given[8]]].concat();
    assert_eq!(written(&schema, &all), made(text));
    let problem = EncodeProblem::NotNumber("warm".to_owned());
    let refused = written(&schema, &[("all", "1, warm")]);
    assert_eq!(refused, Err(("all[1]".to_owned(), problem)));
    assert_eq!(written(&schema, &[]), made("{}"));
}

#[test]
fn json_keeps_what_is_not_changed() {
    let schema = read(
        r#"(
        json: true,
        seq: [
            (id: "temp", key: "/data/temp"),
            (id: "all", key: "/data/list", repeat: "eos"),
            (id: "name"),
            (id: "new", key: "/data/new"),
        ],
    )"#,
    );
    let known = "{\n  \"name\": \"p\\u00e9\",\n  \"x\": { },\n  \"data\": {\"temp\": 2.50, \"list\": [1, \"2\"]}\n}\n";
    let again = |changes: &[(&str, &str)]| changed(&schema, values(&schema, known), changes);
    assert_eq!(again(&[]), made(known));
    assert_eq!(again(&[("temp", "3")]), made(&known.replace("2.50", "3")));
    assert_eq!(
        again(&[
            ("name", "q"),
            ("new", "1"),
            ("all[1]", "x"),
            ("others.y", "off")
        ]),
        made(
            "{\n  \"name\": \"q\",\n  \"x\": { },\n  \"data\": {\"temp\": 2.50, \"list\": [1, \"x\"], \"new\": 1},\n  \"y\": \"off\"\n}\n"
        )
    );
    let mut without = values(&schema, known);
    without.unset("name");
    without.unset("all");
    assert_eq!(
        changed(&schema, without, &[]),
        made("{\n  \"x\": { },\n  \"data\": {\"temp\": 2.50}\n}\n")
    );
}

#[test]
fn names_that_a_field_has_are_refused() {
    let schema = read(r#"(json: true, seq: [(id: "temp")])"#);
    let twice = written(&schema, &[("others.temp", "1")]);
    assert_eq!(twice, Err((String::new(), EncodeProblem::Different)));
    let inside = written(
        &schema,
        &[("others.a", "1"), ("others.b", "2"), ("temp", "3")],
    );
    assert_eq!(inside, made(r#"{"temp":3,"a":1,"b":2}"#));
    let pairs = read(r#"(pairs: (between: "&", within: "="), seq: [(id: "a")])"#);
    let refused = written(&pairs, &[("others.a", "1"), ("a", "2")]);
    assert_eq!(refused, made("a=2&a=1"), "the second one is no field");
    let signs = written(&pairs, &[("others[0].name", "a=b")]);
    assert_eq!(signs, Err((String::new(), EncodeProblem::Separator(b'='))));
}

/// Messages of the ready-made descriptions of texts.
const MESSAGES: [(&str, &str); 14] = [
    (
        "nmea0183",
        "$GPGGA,123519,4807.038,N,01131.000,E,1,08,0.9,545.4,M,46.9,M,,*47",
    ),
    (
        "nmea0183",
        "$GPRMC,123519,A,4807.038,S,01131.000,W,022.4,084.4,230394,003.1,W*65\r\n",
    ),
    (
        "nmea0183",
        "$GPGGA,123519,4807.038,N,01131.000,E,1,08,0.9,545.4,M,46.9,M,,AB12,z,*3D",
    ),
    (
        "nmea0183",
        "$GNRMC,123519.00,A,4807.038,N,01131.000,E,0.4,,230394,003.1,E,A,V,x,,7*1A\r\n",
    ),
    ("nmea0183", "$GNRMC,,V,,,,,,,,,,N*4D\r\n"),
    ("nmea0183", "$PGRME,15.0,M,45.0,M,25.0,M*1c"),
    (
        "syslog",
        "<34>1 2003-10-11T22:14:15.003Z host su - ID47 [a@1 b=\"c\"] failed\n",
    ),
    ("syslog", "<13>Oct  1 02:03:04 host tag[7]: hello"),
    (
        "sip",
        "INVITE sip:b@c SIP/2.0\r\nv: SIP/2.0/UDP d\r\nVia: e\r\nCSeq:  3   INVITE\r\n\r\nbody",
    ),
    ("http", "GET /a HTTP/1.1\r\nhost:b\r\nX: y: z\r\n\r\nhello"),
    ("http", "HTTP/1.0 200\nContent-Length : 2\n"),
    ("key_value", "temp= 23.5; name=\"a;b\"\n id :007&&flag,"),
    (
        "json",
        "{\"a\": 1, \"b\" :[true, null,{\"c\":\"\\u0041\"} ],\n\"a\":-2.50e3 } ",
    ),
    ("json", " [1,2, \"x\"]"),
];

#[test]
fn a_text_is_made_again_of_its_values() {
    for (name, message) in MESSAGES {
        let schema = ready(name);
        let made_again = changed(schema, values(schema, message), &[]);
        assert_eq!(made_again, made(message), "{name}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]
    /// Texts with other characters in places: what is read of them is what they are made of.
    #[test]
    fn what_is_read_of_a_text_is_written_again(
        which in any::<prop::sample::Index>(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), "[ -~\r\n]"), 0..4),
    ) {
        let (name, message) = MESSAGES[which.index(MESSAGES.len())];
        let mut message = message.as_bytes().to_vec();
        for (at, text) in changes {
            let at = at.index(message.len());
            message[at] = text.as_bytes()[0];
        }
        let schema = ready(name);
        let mut tree = Tree::default();
        schema.decode(&message, &mut tree);
        if tree.fault().is_none() {
            let made = schema.encode(&schema.values(&tree, &message));
            prop_assert_eq!(made, Ok(message), "{}", name);
        }
    }

    /// A text that is made of values that a person writes has these values, and is made again.
    #[test]
    fn what_is_written_of_a_text_is_read_again(
        temp in -1e6..1e6_f64,
        id: u32,
        note in "[ -~]{0,12}",
        kind in 0..3_usize,
    ) {
        let schema = match kind {
            0 => read(r#"(json: true, seq: [(id: "temp", key: "/a/temp"), (id: "id"), (id: "note", type: "str")])"#),
            1 => read(r#"(pairs: (between: "&", within: "=", quotes: true), seq: [(id: "temp", type: "real"), (id: "id", type: "dec"), (id: "note")])"#),
            _ => read(r#"(pattern: "^(?P<temp>\\S+) #(?P<id>\\d+)(?: (?P<note>.*))?$", seq: [(id: "temp", type: "real"), (id: "id", type: "dec")])"#),
        };
        let (temp, id) = (temp.to_string(), id.to_string());
        let given = [("temp", temp.as_str()), ("id", id.as_str()), ("note", note.as_str())];
        let Ok(message) = written(&schema, &given) else {
            // Pairs have no way to write some of them.
            prop_assert!(kind == 1 && note.contains(['"', '\\']), "{:?}", written(&schema, &given));
            return Ok(());
        };
        let mut tree = Tree::default();
        schema.decode(message.as_bytes(), &mut tree);
        prop_assert_eq!(tree.fault(), None);
        for (path, value) in [("temp", &temp), ("id", &id)] {
            let path = schema.field_path(path).unwrap();
            let shown = schema.shown_value(&tree, message.as_bytes(), &path).unwrap();
            prop_assert_eq!(shown.plain.parse::<f64>().ok(), value.parse::<f64>().ok());
        }
        let again = schema.encode(&schema.values(&tree, message.as_bytes()));
        prop_assert_eq!(again, Ok(message.into_bytes()));
    }
}
