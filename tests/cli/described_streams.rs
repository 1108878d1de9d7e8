//! The framing that a description says, in recorded streams and in `send`.

use super::program::run;
use super::show::text;
use std::io::Read as _;
use std::net::TcpListener;
use std::path::{Path, PathBuf};

/// A query of DNS as hexadecimal, without its length.
const QUERY: &str = "12340100000100000000000001610000010001";

/// Two queries over TCP that the reads cut elsewhere, with their lengths.
fn log(dir: &Path) -> PathBuf {
    let row = |hex: &str| {
        let length = hex.len() / 2;
        format!(
            r#"{{"time":1562846400000000,"kind":"received","peer":"127.0.0.1:9","connection":1,"length":{length},"hex":"{hex}"}}"#
        )
    };
    let listening = r#"{"time":1562846399000000,"kind":"event","notice":{"Listening":{"local":"127.0.0.1:8"}},"said":""}"#;
    let query = format!("0013{QUERY}");
    let file = dir.join("log.jsonl");
    let rows = [
        listening.to_owned(),
        row(&format!("{query}{}", &query[..6])),
        row(&query[6..]),
    ];
    std::fs::write(&file, rows.join("\n")).unwrap();
    file
}

#[test]
fn show_takes_the_framing_of_the_description_unless_none_is_chosen() {
    let dir = tempfile::tempdir().unwrap();
    let log = log(dir.path());
    let shown = |more: &[&str]| {
        let words = ["show", text(&log), "--json", "--describe", "dns"];
        let ended = run(&[&words[..], more].concat());
        assert_eq!((ended.status, ended.err.as_str()), (Some(0), ""));
        ended.out
    };
    let out = shown(&[]);
    assert_eq!(out.matches(r#""messages":["#).count(), 2, "{out}");
    assert_eq!(out.matches(r#""id":4660"#).count(), 2, "{out}");
    assert!(!out.contains("fault"), "{out}");
    assert_eq!(shown(&["--framing", "length:2"]), out);
    let rows = shown(&["id:4660"]);
    assert_eq!(rows.lines().count(), 1, "{rows}");
    let plain = shown(&["--framing", "none"]);
    assert!(!plain.contains("messages"), "{plain}");
    assert!(plain.contains("fault"), "{plain}");
}

#[test]
fn convert_writes_the_messages_that_the_description_frames() {
    let dir = tempfile::tempdir().unwrap();
    let log = log(dir.path());
    let converted = |name: &str, more: &[&str]| {
        let file = dir.path().join(name);
        let words = ["convert", text(&log), text(&file), "--describe", "dns"];
        let ended = run(&[&words[..], more].concat());
        assert_eq!(ended.status, Some(0), "{}", ended.err);
        std::fs::read_to_string(&file).unwrap()
    };
    let table = converted("a.csv", &["dir:rx"]);
    assert_eq!(table.lines().count(), 3, "{table}");
    assert_eq!(table.matches(",4660,").count(), 2, "{table}");
    let reads = converted("b.csv", &["dir:rx", "--framing", "none"]);
    assert_eq!(reads.matches(",4660,").count(), 0, "{reads}");
    let scenario = converted("c.ron", &[]);
    assert!(scenario.contains("framing: LengthPrefix("), "{scenario}");
}

#[test]
fn send_puts_the_length_before_a_message_that_the_description_frames() {
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    let to = server.local_addr().unwrap().to_string();
    let fields = "id=0x1234 flags.recursion_desired=true queries[0].name=a queries[0].type=a queries[0].class=in";
    let words = ["send", "tcp", &to, "--describe", "dns", "--fields", fields];
    let bytes: Vec<u8> = QUERY
        .as_bytes()
        .chunks(2)
        .map(|digits| u8::from_str_radix(std::str::from_utf8(digits).unwrap(), 16).unwrap())
        .collect();
    for (more, length) in [
        (&[][..], &[0_u8, 0x13][..]),
        (&["--framing", "none"][..], &[][..]),
    ] {
        let ended = run(&[&words[..], more].concat());
        assert_eq!((ended.status, ended.err.as_str()), (Some(0), ""));
        let (mut stream, _) = server.accept().unwrap();
        let mut all = Vec::new();
        stream.read_to_end(&mut all).unwrap();
        assert_eq!(all, [length, &bytes].concat(), "{more:?}");
    }
}
