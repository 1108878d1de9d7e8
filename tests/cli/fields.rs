//! `--describe`: messages are read into fields.

use super::program::{DEADLINE, run};
use super::show::{lines, text};
use std::io::Read as _;
use std::net::{TcpListener, UdpSocket};
use std::path::{Path, PathBuf};

const SENSOR: &str = include_str!("../descriptions/thermometer.ron");

/// A description, and a file with a right message, a wrong one and one that is cut.
pub fn files(dir: &Path) -> (PathBuf, PathBuf) {
    let description = dir.join("sensor.ron");
    std::fs::write(&description, SENSOR).unwrap();
    let row = |hex: &str| {
        let length = hex.len() / 2;
        format!(
            r#"{{"time":1562846400000000,"kind":"received","peer":"127.0.0.1:9","length":{length},"hex":"{hex}"}}"#
        )
    };
    let rows = ["00078141bc0000f371", "00078141bc0000f370", "00078141bc"].map(row);
    (description, lines(dir, "log.jsonl", &rows))
}

#[test]
fn show_prints_the_fields_and_what_is_wrong_with_them() {
    let dir = tempfile::tempdir().unwrap();
    let (description, log) = files(dir.path());
    let shown = |lang: &str, more: &[&str]| {
        let words = [
            "show",
            "--lang",
            lang,
            text(&log),
            "--describe",
            text(&description),
        ];
        let ended = run(&[&words, more].concat());
        assert_eq!(ended.status, Some(0), "{}", ended.err);
        ended.out
    };
    for (lang, sum, cut) in [
        ("en", "should be 0x71F3", "2 bytes missing"),
        ("zh", "应为 0x71F3", "缺 2 字节"),
    ] {
        let out = shown(lang, &[]);
        let fields: Vec<&str> = out.lines().filter(|line| line.starts_with("= ")).collect();
        let expected = [
            "= type=measurement  temp=23.5 °C".to_owned(),
            format!("= ✗ crc: {sum}  type=measurement  temp=23.5 °C"),
            format!("= ✗ temp: {cut}  type=measurement"),
        ];
        assert_eq!(fields, expected);
    }
    let json = shown("en", &["--json", "crc:bad"]);
    let fields = r#""fields":{"len":7,"type":"measurement","temp":23.5,"crc":28915},"fault":{"field":"crc","said":"should be 0x71F3"}}"#;
    assert_eq!(json.lines().count(), 1, "{json}");
    assert!(json.trim_end().ends_with(fields), "{json}");
    assert_eq!(shown("en", &["temp:>20"]).matches("= ").count(), 2);
    assert_eq!(shown("en", &["temp:>24"]), "");
}

#[test]
fn a_table_has_a_column_for_each_field() {
    let dir = tempfile::tempdir().unwrap();
    let (description, log) = files(dir.path());
    let table = dir.path().join("log.csv");
    let words = ["convert", "--lang", "zh", text(&log), text(&table)];
    let ended = run(&[&words[..], &["--describe", text(&description)]].concat());
    assert_eq!(ended.status, Some(0), "{}", ended.err);
    let table = std::fs::read_to_string(&table).unwrap();
    assert!(!ended.err.contains("字段"), "{}", ended.err);
    let packets = dir.path().join("log.pcapng");
    let words = ["convert", "--lang", "zh", text(&log), text(&packets)];
    let ended = run(&[&words[..], &["--describe", text(&description)]].concat());
    assert!(ended.err.contains("3 条的字段"), "{}", ended.err);
    let ends: Vec<&str> = table
        .lines()
        .map(|line| line.splitn(9, ',').nth(8).unwrap())
        .collect();
    let expected = [
        "sensor.len,sensor.type,sensor.temp,sensor.crc,fault",
        "7,measurement,23.5,29171,",
        "7,measurement,23.5,28915,crc: 应为 0x71F3",
        "7,measurement,,,temp: 缺 2 字节",
    ];
    assert_eq!(ends, expected);
}

#[test]
fn the_messages_of_a_recorded_stream_are_read_however_its_reads_cut_them() {
    let dir = tempfile::tempdir().unwrap();
    let (description, log) = files(dir.path());
    let row = |hex: &str| {
        let length = hex.len() / 2;
        format!(
            r#"{{"time":1562846400000000,"kind":"received","peer":"127.0.0.1:9","connection":1,"length":{length},"hex":"{hex}"}}"#
        )
    };
    let listening = r#"{"time":1562846399000000,"kind":"event","notice":{"Listening":{"local":"127.0.0.1:8"}},"said":""}"#;
    let message = "00078141bc0000f371";
    let rows = [
        listening.to_owned(),
        row(&format!("{message}{message}{}", &message[..6])),
        row(&message[6..]),
    ];
    std::fs::write(&log, rows.join("\n")).unwrap();
    let words = [
        "show",
        text(&log),
        "--json",
        "--describe",
        text(&description),
    ];
    let ended = run(&[&words[..], &["--framing", "length:2"]].concat());
    assert_eq!(ended.status, Some(0), "{}", ended.err);
    let one = r#"{"fields":{"len":7,"type":"measurement","temp":23.5,"crc":29171}}"#;
    let ends: Vec<&str> = ended
        .out
        .lines()
        .filter_map(|line| line.split_once("\"messages\":"))
        .map(|(_, end)| end)
        .collect();
    assert_eq!(
        ends,
        [format!("[{one},{one}]}}"), format!("[{one}]}}")],
        "{}",
        ended.out
    );
}

#[test]
fn a_description_that_cannot_be_used_is_said_with_its_place() {
    let dir = tempfile::tempdir().unwrap();
    let (description, log) = files(dir.path());
    std::fs::write(&description, SENSOR.replace("\"f4\"", "\"f5\"")).unwrap();
    let (missing, name) = (dir.path().join("missing.ron"), PathBuf::from("modbuss"));
    for (file, lang, said) in [
        (&description, "en", "sensor.ron:6:9: There is no type “f5”"),
        (&description, "zh", "sensor.ron:6:9: 没有类型“f5”"),
        (&missing, "en", "missing.ron: "),
        (
            &name,
            "en",
            "modbuss: there is no such file. Ready-made are modbus_tcp, ",
        ),
        (&name, "zh", "现成的描述有 modbus_tcp、"),
    ] {
        for words in [
            &["show", text(&log)][..],
            &["udp", "--bind", "127.0.0.1:0", "--for", "1s"],
            &["send", "udp", "127.0.0.1:9", "x"],
        ] {
            let ended = run(&[words, &["--lang", lang, "--describe", text(file)]].concat());
            assert_eq!(ended.status, Some(2), "{words:?}");
            assert!(ended.err.contains(said), "{}", ended.err);
        }
    }
}

#[test]
fn the_description_in_the_book_reads_the_message_there() {
    for page in [
        include_str!("../../docs/en/fields.md"),
        include_str!("../../docs/zh/fields.md"),
    ] {
        let dir = tempfile::tempdir().unwrap();
        let block = |kind: &str| {
            let after = page.split_once(&format!("```{kind}\n")).unwrap().1;
            after.split_once("```").unwrap().0.to_owned()
        };
        let (description, log) = files(dir.path());
        std::fs::write(&description, block("ron")).unwrap();
        let printed = block("text");
        let hex: String = printed.lines().next().unwrap().split(' ').collect();
        let row = format!(
            r#"{{"time":1,"kind":"received","peer":"127.0.0.1:9","length":{},"hex":"{hex}"}}"#,
            hex.len() / 2
        );
        std::fs::write(&log, row).unwrap();
        let ended = run(&["show", text(&log), "--describe", text(&description)]);
        assert_eq!(ended.status, Some(0), "{}", ended.err);
        assert!(ended.out.contains(printed.trim()), "{}", ended.out);
    }
}

/// A scenario in which a server answers with a measurement, and this step of its client.
fn scenario(describe: &str, framing: &str, step: &str) -> String {
    format!(
        r#"(
            sessions: {{
                "sensor": TcpServer({framing} rules: [(
                    name: "measure",
                    then: [(act: Reply(what: Written(format: Hex, text: "00 07 81 41 BC 00 00 F3 71")))],
                )], limits: (own: true)),
                "client": TcpClient(to: "sensor", {framing} {describe}),
            }},
            steps: [Send(session: "client", hex: "00 01 01"), {step}],
        )"#
    )
}

#[test]
fn a_scenario_expects_fields_with_tolerance_framed_or_not() {
    let dir = tempfile::tempdir().unwrap();
    let (description, _) = files(dir.path());
    let describe = format!("describe: {:?}", text(&description));
    let file = dir.path().join("scenario.ron");
    let framed =
        "framing: LengthPrefix(width: 2, big_endian: true, offset: 0, includes_header: false),";
    let play = |text_of: &str, lang: &str| {
        std::fs::write(&file, text_of).unwrap();
        run(&["run", "--lang", lang, text(&file)])
    };
    for framing in ["", framed] {
        let expect = |tests: &str| {
            format!("Expect(session: \"client\", fields: [{tests}], within: \"300ms\")")
        };
        let right = expect(r#""type:measurement", "temp:23..24", "crc:ok""#);
        let ended = play(&scenario(&describe, framing, &right), "en");
        assert_eq!(ended.status, Some(0), "{}{}", ended.out, ended.err);
        for lang in ["en", "zh"] {
            let ended = play(
                &scenario(&describe, framing, &expect(r#""temp:>30""#)),
                lang,
            );
            assert_eq!(ended.status, Some(1), "{}", ended.err);
            assert!(
                ended.out.contains("type=measurement  temp=23.5 °C"),
                "{}",
                ended.out
            );
        }
    }
    for (describe, step, en, zh) in [
        (
            "",
            r#""temp:>30""#,
            "`fields` needs a description",
            "`fields` 需要描述",
        ),
        (
            describe.as_str(),
            r#""tamp:>30""#,
            "names no field",
            "不是描述里的字段",
        ),
        (
            describe.as_str(),
            r#""temp:>hot""#,
            "no number to compare",
            "不能与字段比较",
        ),
        (
            "describe: \"none.ron\"",
            r#""temp:>30""#,
            "none.ron: ",
            "none.ron: ",
        ),
    ] {
        let step = format!("Expect(session: \"client\", fields: [{step}])");
        for (lang, said) in [("en", en), ("zh", zh)] {
            let ended = play(&scenario(describe, "", &step), lang);
            assert_eq!(ended.status, Some(2), "{}", ended.out);
            assert!(ended.err.contains(said), "{}", ended.err);
        }
    }
}

#[test]
fn send_makes_a_message_of_values_of_fields() {
    let dir = tempfile::tempdir().unwrap();
    let (description, _) = files(dir.path());
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    socket.set_read_timeout(Some(DEADLINE)).unwrap();
    let to = socket.local_addr().unwrap().to_string();
    let by = ["--describe", text(&description), "--fields"];
    for (fields, expected) in [
        (
            "type=measurement temp='23.5 °C'",
            &b"\0\x07\x81\x41\xBC\0\0\xF3\x71"[..],
        ),
        // It is the first message.
        (
            "sensor.type=request temp='= 22.5 + count' crc=0x71F3",
            b"\0\x07\x01\x41\xBC\0\0\xF3\x71",
        ),
    ] {
        let ended = run(&[&["send", "udp", &to][..], &by, &[fields]].concat());
        assert_eq!((ended.status, ended.err.as_str()), (Some(0), ""));
        let mut bytes = [0; 64];
        let length = socket.recv(&mut bytes).unwrap();
        assert_eq!(&bytes[..length], expected, "{fields}");
    }
    // In a stream, with the length before it, or stuffed.
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    let to = server.local_addr().unwrap().to_string();
    let query = "id=0x12C0 queries[0].name=a.b queries[0].type=a queries[0].class=in";
    let rest = "id=0x12C0 rest='00 00 00 01 00 00 00 00 00 00 01 61 01 62 00 00 01 00 01'";
    let message = b"\x12\xC0\0\0\0\x01\0\0\0\0\0\0\x01a\x01b\0\0\x01\0\x01";
    let counted = [&b"\0\x15"[..], message].concat();
    let stuffed = [&b"\x12\xDB\xDC"[..], &message[2..], b"\xC0"].concat();
    let any = r#"(meta: (id: "any", endian: "be"), seq: [(id: "id", type: "u2"), (id: "rest", size_eos: true)])"#;
    std::fs::write(&description, any).unwrap();
    for (describe, framing, fields, expected) in [
        ("dns", "length:2", query, counted),
        (text(&description), "slip", rest, stuffed),
    ] {
        let by = [
            "--framing",
            framing,
            "--describe",
            describe,
            "--fields",
            fields,
        ];
        let ended = run(&[&["send", "tcp", &to][..], &by].concat());
        assert_eq!((ended.status, ended.err.as_str()), (Some(0), ""));
        let (mut stream, _) = server.accept().unwrap();
        let mut all = Vec::new();
        stream.read_to_end(&mut all).unwrap();
        assert_eq!(all, expected, "{framing}");
    }
}

#[test]
fn send_refuses_values_that_mean_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let (description, _) = files(dir.path());
    let describe = ["--describe", text(&description)];
    let to = ["send", "udp", "127.0.0.1:9"];
    for (more, en, zh) in [
        (
            &["--fields", "tmep=1"][..],
            "netpeer: tmep: the description has no such field; a similar one is temp",
            "netpeer: tmep：描述里没有这个字段，有相近的 temp",
        ),
        (
            &["--fields", "temp=warm"],
            "temp: “warm” is no number",
            "temp：“warm”不是数字",
        ),
        (
            &["--fields", "temp='= req.temp'"],
            "temp: depends on something that is not there",
            "temp：依赖的内容不在消息里",
        ),
        (
            &["--fields", "type=request 7"],
            "“7”: write name=value",
            "“7”：请写成 name=value",
        ),
        (
            &["--fields", "temp='1"],
            "“temp”: end its value",
            "“temp”：它的值要用",
        ),
        (
            &["--fields", "temp=1 temp=2"],
            "“temp” is given twice",
            "“temp”写了两次",
        ),
        (
            &["text", "--fields", "temp=1"],
            "give DATA or --fields",
            "DATA 和 --fields",
        ),
        (
            &["--fields", "temp=1", "--variables"],
            "--variables",
            "--variables",
        ),
    ] {
        for (lang, words) in [("en", en), ("zh", zh)] {
            let line = [&to[..], more, &describe, &["--lang", lang]].concat();
            let ended = run(&line);
            assert_eq!(ended.status, Some(2), "{more:?}: {}", ended.err);
            assert!(ended.err.contains(words), "{lang}: {}", ended.err);
        }
    }
    let ended = run(&[&to[..], &["--fields", "temp=1"]].concat());
    assert_eq!(ended.status, Some(2));
    assert!(ended.err.contains("--describe"), "{}", ended.err);
}
