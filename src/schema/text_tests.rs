//! Tests of types that are a text.

use super::tests::{SCHEMAS, decoded, read};
use super::*;
use crate::payload::regular::{RegexMistake, RegexProblem};
use proptest::prelude::*;

/// The bytes of the values at a path.
fn bytes_at<'a>(schema: &Schema, message: &'a [u8], path: &str) -> Vec<&'a str> {
    let mut tree = Tree::default();
    schema.decode(message, &mut tree);
    let path: Vec<String> = path.split('.').map(str::to_owned).collect();
    assert!(schema.has_path(&path), "{path:?}");
    let mut found = Vec::new();
    schema.at_path(&tree, &path, &mut |node| {
        let bytes = &message[node.range.clone()];
        found.push(std::str::from_utf8(bytes).unwrap());
        false
    });
    found
}

fn fault(path: &str, fault: Fault) -> Option<(String, Fault)> {
    Some((path.to_owned(), fault))
}

#[test]
fn groups_of_a_pattern_are_fields_with_their_bytes() {
    let schema = read(
        r#"(
        pattern: "^(?P<code>\\d{3})(?P<more>-)? (?P<text>[^\r\n]*)\r?\n",
        seq: [(id: "code", type: "dec", enum: "code", valid: (min: 200)), (id: "text")],
        enums: {"code": {250: "ok"}},
    )"#,
    );
    let line = "code=ok  text=\"done\"".to_owned();
    assert_eq!(decoded(&schema, b"250 done\r\n"), (line, None, 0));
    assert_eq!(bytes_at(&schema, b"250 done\r\n", "code"), ["250"]);
    assert_eq!(bytes_at(&schema, b"250 done\r\n", "text"), ["done"]);
    // A group that is not declared is a text, and the text ends where the match does.
    let line = "code=251  more=\"-\"  text=\"x\"".to_owned();
    let rest = fault("", Fault::Rest(4));
    assert_eq!(decoded(&schema, b"251- x\nnext"), (line, rest, 4));
    assert_eq!(
        decoded(&schema, b"100 x\n").1,
        fault("code", Fault::Invalid)
    );
    let none = (String::new(), fault("", Fault::NoMatch), 9);
    assert_eq!(decoded(&schema, b"a250 done"), none);
    // Bytes that are not UTF-8 are text, too.
    let line = "code=ok  text=\"\\xFF\"".to_owned();
    assert_eq!(decoded(&schema, b"250 \xFF\n"), (line, None, 0));
}

#[test]
fn the_first_pattern_that_matches_counts() {
    let schema = read(
        r#"(
        pattern: ["^A(?P<x>\\d+)$", "B(?P<x>[a-f]+)(?P<y>!)?$"],
        seq: [(id: "x", type: "hex")],
    )"#,
    );
    for (message, line) in [
        (&b"A12"[..], "x=0x12"),
        (b"Bff", "x=0xFF"),
        (b"Bff!", "x=0xFF  y=\"!\""),
    ] {
        assert_eq!(decoded(&schema, message), (line.to_owned(), None, 0));
    }
    // A match begins where the text does.
    let wrong = fault("", Fault::NoMatch);
    assert_eq!(decoded(&schema, b"xBff").1, wrong);
}

#[test]
fn a_group_may_be_a_type_or_a_list() {
    let schema = read(
        r#"(
        pattern: "^(?P<name>\\w+)(?P<place>@\\S+)?: (?P<all>[^\\n]*)$",
        seq: [
            (id: "place", type: "place"),
            (id: "all", type: "dec", terminator: 0x2C, eos_error: false, repeat: "eos"),
        ],
        types: {"place": (pattern: "^@(?P<x>\\d+),(?P<y>\\d+)", seq: [(id: "x", type: "dec")])},
    )"#,
    );
    let line = "name=\"a\"  place.x=7  place.y=\"8\"  all[0]=1  all[1]=2  all[2]=\"x\"  all[3]=4";
    let found = decoded(&schema, b"a@7,8: 1,2,x,4");
    let wrong = fault("all[2]", Fault::NotNumber);
    assert_eq!(found, (line.to_owned(), wrong, 0), "the others are read");
    let wrong = fault("place", Fault::NoMatch);
    assert_eq!(decoded(&schema, b"a@7: 1").1, wrong);
}

#[test]
fn numbers_in_text_stand_among_bytes_too() {
    let schema = read(
        r#"(seq: [
            (id: "n", type: "real", size: 5, unit: "V", scale: 0.1),
            (id: "sum", type: "hex", size: 2, checksum: "XOR-8"),
        ])"#,
    );
    assert_eq!(
        decoded(&schema, b" 3.253A"),
        ("n=0.3 V".to_owned(), None, 0)
    );
    let wrong = fault("sum", Fault::Checksum(0x3A));
    assert_eq!(decoded(&schema, b" 3.253B").1, wrong);
    let wrong = fault("n", Fault::NotNumber);
    assert_eq!(decoded(&schema, b"x3.2501").1, wrong);
    assert_eq!(decoded(&schema, b" 3.253").1, fault("sum", Fault::Short(1)));
}

#[test]
fn pairs_are_fields_by_their_key_and_others_are_listed() {
    let schema = read(
        r#"(
        pairs: (between: "&", within: "="),
        seq: [
            (id: "temp", type: "real", unit: "°C"),
            (id: "device", key: ["Device-Id", "d"]),
            (id: "tag", repeat: "eos"),
        ],
    )"#,
    );
    let message = b"temp=23.5&d=a1&tag=x& n = 7 &tag=y&flag&&temp=9";
    let line = "temp=23.5 °C  device=\"a1\"  tag[0]=\"x\"  tag[1]=\"y\"  n=7  flag=\"\"  temp=9";
    assert_eq!(decoded(&schema, message), (line.to_owned(), None, 0));
    assert_eq!(bytes_at(&schema, message, "temp"), ["23.5"]);
    assert_eq!(bytes_at(&schema, message, "tag"), ["x", "y"]);
    assert_eq!(bytes_at(&schema, message, "others.N"), ["7"]);
    assert_eq!(
        bytes_at(&schema, message, "others.name"),
        ["n", "flag", "temp"]
    );
    assert!(bytes_at(&schema, message, "others.none").is_empty());
    let mut tree = Tree::default();
    schema.decode(b"temp=1&n=x", &mut tree);
    let mut json = Vec::new();
    schema.push_json(&mut json, &tree, b"temp=1&n=x").unwrap();
    let expected = r#"{"temp":1.0,"others":[{"name":"n","value":"x"}]}"#;
    assert_eq!(String::from_utf8(json).unwrap(), expected);
}

#[test]
fn keys_in_any_case_and_values_in_quotation_marks() {
    let schema = read(
        r#"(
        pairs: (between: ", ", within: "=:", any_case: true, quotes: true),
        seq: [(id: "realm", key: "Realm"), (id: "nc", type: "hex")],
    )"#,
    );
    let message = br#"REALM="a, b = \"c\"", nc:0000001F, q="open"#;
    let line = r#"realm="a, b = \"c\""  nc=0x1F  q=""open""#;
    assert_eq!(decoded(&schema, message), (line.to_owned(), None, 0));
}

#[test]
fn values_of_json_are_fields_by_their_pointer() {
    let schema = read(
        r#"(
        json: true,
        seq: [
            (id: "temp", key: "/data/temp", type: "real", unit: "°C"),
            (id: "name", key: "deviceName"),
            (id: "all", key: "/data/list", type: "dec", repeat: "eos"),
            (id: "point", key: "/data/points/0", type: "point"),
            (id: "on"),
            (id: "slash", key: "/a~1b"),
        ],
        types: {"point": (json: true, seq: [(id: "x"), (id: "y")])},
    )"#,
    );
    let message = r#" {"deviceName": "p\u00e9", "data": {"temp": 23.5, "list": [1, "2", 3],
        "points": [{"x": 1, "y": -2}, {"x": 5}], "more": null, "none": {}},
        "on": true, "a/b": "7", "a.b": "7"}
        "#;
    let line = "name=\"pé\"  temp=23.5 °C  all[0]=1  all[1]=2  all[2]=3  point.x=1  point.y=-2  \
        data.points.1.x=5  data.none={}  a.b=\"7\"  on=true  slash=\"7\"";
    let found = decoded(&schema, message.as_bytes());
    assert_eq!(found, (line.to_owned(), None, 0));
    for (path, bytes) in [
        ("temp", &["23.5"][..]),
        ("all", &["1", "2", "3"]),
        ("name", &[r"p\u00e9"]),
        ("point.y", &["-2"]),
        ("others.data.points.1.x", &["5"]),
        ("others.data.more", &["null"]),
        ("others.A.B", &["7"]),
    ] {
        assert_eq!(bytes_at(&schema, message.as_bytes(), path), bytes, "{path}");
    }
    let whole = read(r#"(json: true, seq: [(id: "all", key: "", type: "dec", repeat: "eos")])"#);
    let line = "all[0]=1  all[1]=\"x\"".to_owned();
    let wrong = fault("all[1]", Fault::NotNumber);
    assert_eq!(decoded(&whole, br#"[1, "x"]"#), (line, wrong, 0));
}

#[test]
fn a_text_that_is_no_json_is_wrong_at_its_place() {
    let schema = ReadyMade::named("json").unwrap().schema().unwrap();
    for (text, place) in [
        (r#"{"a": 1,}"#, 9),
        ("{\n  \"a\": x}", 10),
        (r#"{"a": 1"#, 8),
        ("", 1),
        ("hello", 1),
    ] {
        let wrong = fault("", Fault::Json(place));
        assert_eq!(decoded(&schema, text.as_bytes()).1, wrong, "{text}");
    }
    let rest = fault("", Fault::Rest(2));
    let line = "a=1".to_owned();
    assert_eq!(decoded(&schema, br#"{"a":1} 2}"#), (line, rest, 2));
}

#[test]
fn a_mistake_in_a_text_type_has_its_place() {
    use SchemaProblem as Problem;
    let regex = |at, problem| Problem::Regex(RegexMistake { at, problem });
    let same_key = r#"pairs: (between: "&", within: "="), seq: [(id: "a"), (id: "b", key: "a")]"#;
    for (text, place, problem) in [
        (
            r#"pattern: "a(""#,
            "pattern",
            regex(1, RegexProblem::GroupUnclosed),
        ),
        (
            r#"pattern: "(?P<a>x)(?P<a>y)""#,
            "pattern",
            regex(12, RegexProblem::GroupName),
        ),
        (
            r#"types: {"t": (pattern: "a{5000}{5000}")}"#,
            "types.t.pattern",
            Problem::RegexTooLarge,
        ),
        (
            r#"pattern: "(?P<a>x)", seq: [(id: "a"), (id: "b")]"#,
            "seq.1",
            Problem::UnknownGroup("b".into()),
        ),
        (
            r#"pattern: "(?P<A>x)""#,
            "pattern",
            Problem::BadName("A".into()),
        ),
        (
            r#"pattern: "x", json: true"#,
            "pattern",
            Problem::SeveralForms,
        ),
        (
            r#"pairs: (between: "=", within: "=")"#,
            "pairs",
            Problem::Separator,
        ),
        (
            r#"pairs: (between: "", within: "=")"#,
            "pairs",
            Problem::Separator,
        ),
        (
            r#"json: true, seq: [(id: "a", key: "/a~2")]"#,
            "seq.0",
            Problem::BadPointer("/a~2".into()),
        ),
        (
            r#"json: true, types: {"others": ()}"#,
            "types.others",
            Problem::Duplicate("others".into()),
        ),
        (same_key, "seq.1", Problem::Duplicate("a".into())),
        (
            r#"seq: [(id: "a", type: "u1", key: "x")]"#,
            "seq.0",
            Problem::UselessKey("key"),
        ),
        (r#"seq: [(id: "a", type: "dec")]"#, "seq.0", Problem::NoEnd),
        (
            r#"seq: [(id: "a", type: "real", size: 2, checksum: "XOR-8")]"#,
            "seq.0",
            Problem::UselessKey("checksum"),
        ),
    ] {
        let expected = SchemaMistake {
            place: place.to_owned(),
            problem,
        };
        assert_eq!(
            Schema::read(&format!("({text})")).err(),
            Some(expected),
            "{text}"
        );
    }
    let many = format!("(pattern: [{}])", "\"x\",".repeat(101));
    let problem = Schema::read(&many).err().map(|wrong| wrong.problem);
    assert_eq!(problem, Some(Problem::TooMany(100)));
}

#[test]
fn texts_that_would_grow_without_bound_end() {
    let ready = |name| ReadyMade::named(name).unwrap().schema().unwrap();
    let (json, pairs) = (ready("json"), ready("key_value"));
    let deep = ["[".repeat(100), "]".repeat(100)].concat();
    let wrong = fault("", Fault::TooMuch);
    assert_eq!(decoded(&json, deep.as_bytes()).1, wrong);
    let mut tree = Tree::default();
    for (schema, message) in [
        (&pairs, "a=1&".repeat(30_000)),
        (&json, format!("[{}0]", "0,".repeat(30_000))),
    ] {
        schema.decode(message.as_bytes(), &mut tree);
        let fault = tree.fault().map(|(_, fault)| fault.clone());
        assert_eq!((fault, tree.len() < 20_010), (Some(Fault::TooMuch), true));
    }
    // A name as long as a message is not kept for each value in it.
    let message = format!(r#"{{"{}":[{}0]}}"#, "n".repeat(100_000), "0,".repeat(1_000));
    json.decode(message.as_bytes(), &mut tree);
    let names = tree.nodes().iter().map(|node| match &node.value {
        Value::MadeText(text) => text.len(),
        _ => 0,
    });
    assert!(names.max().is_some_and(|most| (100..=256).contains(&most)));
}

#[test]
fn sentences_of_nmea_are_read_and_their_checksum_is_checked() {
    let schema = ReadyMade::named("nmea0183").unwrap().schema().unwrap();
    let gga = b"$GPGGA,123519,4807.038,N,01131.000,E,1,08,0.9,545.4,M,46.9,M,,*47\r\n";
    let line = "talker=\"GP\"  sentence=\"GGA\"  fields.time=\"123519\"  fields.quality=gps  \
        fields.satellites=8  fields.hdop=0.9  fields.altitude=545.4 m  \
        fields.latitude=48.117300 °  fields.longitude=11.516667 °";
    assert_eq!(decoded(&schema, gga), (line.to_owned(), None, 0));
    let rmc = b"$GPRMC,123519,A,4807.038,S,01131.000,W,022.4,084.4,230394,003.1,W*65";
    let line = "talker=\"GP\"  sentence=\"RMC\"  fields.time=\"123519\"  fields.status=\"A\"  \
        fields.speed=22.4 kn  fields.course=84.4 °  fields.date=\"230394\"  \
        fields.latitude=-48.117300 °  fields.longitude=-11.516667 °";
    assert_eq!(decoded(&schema, rmc), (line.to_owned(), None, 0));
    let later = b"$GNRMC,123519.00,A,4807.038,N,01131.000,E,0.4,,230394,003.1,E,A,V,x,,7*1A\r\n";
    assert_eq!(decoded(&schema, later).1, None);
    let of = |path| bytes_at(&schema, later, path);
    assert_eq!(of("fields.variation"), ["003.1"]);
    assert_eq!(of("fields.navigational_status"), ["V"]);
    assert_eq!(of("fields.rest.value"), ["x", "", "7"]);
    let other = b"$PGRME,15.0,M,45.0,M,25.0,M*1C\r\n";
    assert_eq!(decoded(&schema, other).1, None);
    let all = ["15.0", "M", "45.0", "M", "25.0", "M"];
    assert_eq!(bytes_at(&schema, other, "fields.all.value"), all);
    let wrong = fault("checksum", Fault::Checksum(0x47));
    let changed = String::from_utf8(gga.to_vec())
        .unwrap()
        .replace("*47", "*48");
    assert_eq!(decoded(&schema, changed.as_bytes()).1, wrong);
    // Before the receiver has a fix, it has no place.
    let blind = b"$GPGGA,,,,,,0,00,,,M,,M,,*66";
    assert_eq!(decoded(&schema, blind).1, None);
    let wrong = fault("", Fault::NoMatch);
    assert_eq!(decoded(&schema, b"GPGGA,1*00").1, wrong);
}

#[test]
fn any_json_and_any_pairs_are_rows() {
    let line = |name, message: &[u8]| {
        let (line, fault, left) =
            decoded(&ReadyMade::named(name).unwrap().schema().unwrap(), message);
        assert_eq!((fault, left), (None, 0));
        line
    };
    assert_eq!(
        line("json", br#"{"temp":23.5,"data":{"on":true,"id":"7"}}"#),
        "temp=23.5  data.on=true  data.id=\"7\""
    );
    assert_eq!(line("json", b"23.5"), "value=23.5");
    assert_eq!(
        line("key_value", b"temp: 23.5; name=\"a;b\"\nid=007"),
        "temp=23.5  name=\"a;b\"  id=\"007\""
    );
    let syslog = line("syslog", b"<13>Oct  1 02:03:04 host no tag here\n");
    let expected =
        "host=\"host\"  message=\"no tag here\"  facility=user  severity=notice".to_owned();
    assert_eq!(syslog, expected);
}

proptest! {
    #[test]
    fn any_text_is_read_within_it(text in prop_oneof!["[ -~\r\n]{0,120}", "[\\[\\]{}\",:\\\\0-9a \n]{0,60}"]) {
        let mut tree = Tree::default();
        for schema in SCHEMAS.iter() {
            let left = schema.decode(text.as_bytes(), &mut tree);
            prop_assert!(left <= text.len());
            for node in tree.nodes() {
                prop_assert!(node.range.start <= node.range.end && node.range.end <= text.len());
            }
            schema.summary(&tree, text.as_bytes(), 500);
        }
    }
}
