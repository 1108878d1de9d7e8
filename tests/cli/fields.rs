//! `--describe`: messages are read into fields.

use super::program::run;
use super::show::{lines, text};
use std::path::{Path, PathBuf};

const SENSOR: &str = r#"(
    meta: (id: "sensor", endian: "be"),
    seq: [
        (id: "len", type: "u2", counts: "type.."),
        (id: "type", type: "u1", enum: "kind"),
        (id: "temp", type: "f4", unit: "°C"),
        (id: "crc", type: "u2le", show: hex, checksum: "CRC-16/MODBUS"),
    ],
    enums: {"kind": {1: "request", 0x81: "measurement"}},
)"#;

/// A description, and a file with a right message, a wrong one and one that is cut.
fn files(dir: &Path) -> (PathBuf, PathBuf) {
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
fn a_description_that_cannot_be_used_is_said_with_its_place() {
    let dir = tempfile::tempdir().unwrap();
    let (description, log) = files(dir.path());
    std::fs::write(&description, SENSOR.replace("\"f4\"", "\"f5\"")).unwrap();
    let missing = dir.path().join("missing.ron");
    for (file, lang, said) in [
        (&description, "en", "sensor.ron:6:9: There is no type “f5”"),
        (&description, "zh", "sensor.ron:6:9: 没有类型“f5”"),
        (&missing, "en", "missing.ron: "),
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
