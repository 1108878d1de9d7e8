//! `netpeer show`: printed capture files.

use super::program::{Program, echo, run};
use crate::tshark;
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// Records a message and its answer; returns the file, and the address of the answer's sender.
pub fn recording(dir: &Path, name: &str) -> (PathBuf, String) {
    let (file, to) = (dir.join(name), echo().to_string());
    let ended = run(&[
        "udp",
        "--bind",
        "127.0.0.1:0",
        "--to",
        &to,
        "--message",
        "hello there",
        "--count",
        "1",
        "--record",
        text(&file),
    ]);
    assert_eq!(ended.status, Some(0), "{}", ended.err);
    (file, to)
}

pub fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// A line of JSON for a datagram of this text, received at this second.
pub fn line(second: i64, payload: &str) -> String {
    let micros = 1_562_846_400_000_000 + second * 1_000_000;
    let hex: String = payload.bytes().map(|byte| format!("{byte:02x}")).collect();
    let length = payload.len();
    format!(
        r#"{{"time":{micros},"kind":"received","peer":"127.0.0.1:9","length":{length},"hex":"{hex}"}}"#
    )
}

/// Writes lines of JSON to a file.
pub fn lines(dir: &Path, name: &str, lines: &[String]) -> PathBuf {
    let file = dir.join(name);
    std::fs::write(&file, lines.join("\n") + "\n").unwrap();
    file
}

#[test]
fn rows_are_those_that_were_recorded_and_filtered_as_in_the_window() {
    let dir = tempfile::tempdir().unwrap();
    for name in ["session.pcapng", "session.jsonl"] {
        let (file, to) = recording(dir.path(), name);
        let show = |terms: &[&str]| {
            let ended = run(&[&["show", text(&file)], terms].concat());
            assert_eq!(ended.status, Some(0), "{terms:?}: {}", ended.err);
            assert_eq!(ended.err, "", "{terms:?}");
            ended.out
        };
        let all = show(&[]);
        let address = to.replace(':', " :");
        let sent = format!("# SEND ASCII TO {address}>\nhello there\n");
        let received = format!("# RECV ASCII FROM {address}>\nre:hello there\n");
        assert!(all.contains(&sent) && all.contains(&received), "{all}");
        assert_eq!(all.contains("Bound"), name.ends_with("jsonl"), "{all}");
        // In one argument, in several, and in the option.
        let expected: [&[&str]; 4] = [
            &["from:127.0.0.1 len:>5"],
            &["from:127.0.0.1", "len:>5"],
            &["--filter", "from:127.0.0.1 len:>5"],
            &["--filter", "-dir:event -dir:tx", "len:>5"],
        ];
        for terms in expected {
            let one = show(terms);
            let (_, rest) = one.split_once(']').unwrap();
            assert_eq!(rest.trim_end(), received.trim_end(), "{terms:?}");
        }
        let negated = show(&["--", "-dir:event", "-dir:rx"]);
        assert!(negated.contains(&sent) && !negated.contains("RECV"));
    }
}

#[test]
fn a_recording_in_json_lines_is_printed_as_it_is() {
    let dir = tempfile::tempdir().unwrap();
    let (file, _) = recording(dir.path(), "session.jsonl");
    let recorded = std::fs::read_to_string(&file).unwrap();
    assert_eq!(run(&["show", text(&file), "--json"]).out, recorded);
    let first = run(&["show", text(&file), "--json", "--count", "1", "dir:tx"]);
    assert_eq!(first.status, Some(0), "{}", first.err);
    let sent = recorded.lines().find(|line| line.contains("\"sent\""));
    assert_eq!(first.out.lines().collect::<Vec<_>>(), [sent.unwrap()]);
}

#[test]
fn totals_are_those_of_the_rows_that_are_printed() {
    let dir = tempfile::tempdir().unwrap();
    let (file, _) = recording(dir.path(), "session.pcapng");
    let all = run(&["show", text(&file), "--totals"]);
    let words = "Received 1 (14 bytes), sent 1 (11 bytes)";
    assert!(all.err.contains(words), "{}", all.err);
    let sent = run(&["show", text(&file), "--totals", "dir:tx"]);
    assert!(sent.err.contains("Received 0 (0 bytes), sent 1 (11 bytes)"));
}

#[test]
fn a_capture_of_another_program_has_its_ports_on_both_sides() {
    let dir = tempfile::tempdir().unwrap();
    let (file, to) = recording(dir.path(), "session.pcapng");
    let other = dir.path().join("other.pcap");
    tshark::run(&["-r", text(&file), "-F", "pcap", "-w", text(&other)]);
    // Such a file does not say which side is local: it is the receiver of the first packet.
    let ended = run(&["show", text(&other), "--json"]);
    assert_eq!(ended.status, Some(0), "{}", ended.err);
    let rows: Vec<serde_json::Value> = ended
        .out
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let said = |row: usize, field: &str| rows[row][field].as_str().unwrap();
    assert_eq!(rows.len(), 2, "{}", ended.out);
    let kinds = [said(0, "kind"), said(1, "kind")];
    assert_eq!(kinds, ["received", "sent"]);
    for row in &rows {
        let packet = serde_json::json!({"local": to, "transport": "udp"});
        assert_eq!(row["packet"], packet);
    }
    let (_, port) = to.rsplit_once(':').unwrap();
    let terms = format!("to:{port}");
    let found = run(&["show", text(&other), &terms]).out;
    assert!(found.contains("RECV") && !found.contains("SEND"), "{found}");
}

#[test]
fn compressed_files_are_unpacked() {
    let dir = tempfile::tempdir().unwrap();
    let (file, _) = recording(dir.path(), "session.pcapng");
    let packed = dir.path().join("session.pcapng.gz");
    let out = std::fs::File::create(&packed).unwrap();
    let mut gzip = flate2::write::GzEncoder::new(out, flate2::Compression::fast());
    gzip.write_all(&std::fs::read(&file).unwrap()).unwrap();
    gzip.finish().unwrap();
    let (plain, unpacked) = (run(&["show", text(&file)]), run(&["show", text(&packed)]));
    assert_eq!((unpacked.status, &unpacked.out), (Some(0), &plain.out));
}

#[test]
fn a_damaged_file_is_printed_as_far_as_it_goes() {
    let dir = tempfile::tempdir().unwrap();
    let (file, _) = recording(dir.path(), "session.pcapng");
    let whole = std::fs::read(&file).unwrap();
    std::fs::write(&file, &whole[..whole.len() - 3]).unwrap();
    for (lang, place) in [("en", "truncated at byte"), ("zh", "处被截断")] {
        let ended = run(&["show", text(&file), "--lang", lang]);
        assert_eq!(ended.status, Some(1), "{}", ended.err);
        assert!(ended.out.contains("hello there"), "{}", ended.out);
        assert!(!ended.out.contains("re:hello"), "{}", ended.out);
        assert!(ended.err.contains(place), "{}", ended.err);
    }
    // Lines after a damaged one are kept.
    let all = [line(0, "first"), "{\"time\":".into(), line(1, "last")];
    let file = lines(dir.path(), "damaged.jsonl", &all);
    let ended = run(&["show", text(&file)]);
    assert_eq!(ended.status, Some(1), "{}", ended.err);
    let has = |part| ended.out.contains(part);
    assert!(has("first") && has("last"), "{}", ended.out);
    assert!(ended.err.contains("no record: 2"), "{}", ended.err);
    // The requested rows are before the damage.
    let first = run(&["show", text(&file), "--count", "1"]);
    assert_eq!((first.status, first.err.as_str()), (Some(0), ""));
}

#[test]
fn what_is_no_file_of_rows_is_none() {
    let dir = tempfile::tempdir().unwrap();
    let write = |name: &str, content: &[u8]| {
        let file = dir.path().join(name);
        std::fs::write(&file, content).unwrap();
        file
    };
    let cases = [
        (write("text.pcapng", b"hello, this is none\n"), "neither"),
        (write("empty.jsonl", b""), "it is empty"),
        (write("x.xz", b"\xFD7zXZ\0\0\0"), "xz -d"),
        (write("cut.pcap", b"\xD4\xC3"), "cut"),
        (dir.path().join("missing.pcapng"), "missing.pcapng"),
        (dir.path().to_owned(), "it is a folder"),
    ];
    for (file, words) in cases {
        let ended = run(&["show", text(&file), "--totals"]);
        assert_eq!(ended.status, Some(2), "{words}: {}", ended.err);
        assert_eq!(ended.out, "", "{words}");
        assert!(ended.err.contains(words), "{words}: {}", ended.err);
        assert!(!ended.err.contains("Received"), "{}", ended.err);
    }
    let file = lines(dir.path(), "x.jsonl", &[line(0, "x")]);
    let ended = run(&["show", text(&file), "len:many"]);
    assert_eq!((ended.status, ended.out.as_str()), (Some(2), ""));
    assert!(ended.err.contains("“many” is not a length"));
}

#[test]
fn a_time_of_day_is_one_of_the_recording() {
    let dir = tempfile::tempdir().unwrap();
    let all = [line(0, "first"), line(3_600, "last")];
    let file = lines(dir.path(), "x.jsonl", &all);
    let between = jiff::Timestamp::from_second(1_562_846_400 + 1_800).unwrap();
    let between = between.to_zoned(jiff::tz::TimeZone::system());
    let since = between.strftime("since:%H:%M:%S").to_string();
    let ended = run(&["show", text(&file), &since]);
    assert_eq!(ended.status, Some(0), "{}", ended.err);
    let has = |part| ended.out.contains(part);
    assert!(has("last") && !has("first"), "{since}: {}", ended.out);
}

#[test]
fn rows_that_come_through_a_pipe_are_printed_as_they_come() {
    let mut program = Program::run(&["show", "-", "len:>2"]);
    for (second, payload) in ["no", "yes, this", "no", "and this"].iter().enumerate() {
        program.types(&line(second as i64, payload));
        if payload.len() > 2 {
            program.line_with(payload);
        }
    }
    program.ends_input();
    let ended = program.ended();
    assert_eq!((ended.status, ended.err.as_str()), (Some(0), ""));
    // Empty input has no format.
    assert_eq!(run(&["show", "-"]).status, Some(2));
}

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    let dir = tempfile::tempdir().unwrap();
    let all: Vec<String> = (0..20_000).map(|second| line(second, "hello")).collect();
    let file = lines(dir.path(), "many.jsonl", &all);
    let (program, output) = Program::with_output(&["show", text(&file)]);
    drop(output);
    let ended = program.ended();
    assert_eq!((ended.status, ended.err.as_str()), (Some(0), ""));
    let piped = format!("netpeer show {} --json | head -n 1", text(&file));
    let ended = Program::typed(&piped, dir.path()).ended();
    assert_eq!((ended.status, ended.err.as_str()), (Some(0), ""));
    assert_eq!(ended.out.lines().count(), 1);
}

#[test]
fn a_misspelt_term_is_pointed_at() {
    let dir = tempfile::tempdir().unwrap();
    let (file, _) = recording(dir.path(), "session.jsonl");
    for (lang, hint) in [("en", "the term is from:"), ("zh", "条件应写 from:")] {
        let ended = run(&["show", text(&file), "form:127.0.0.1", "--lang", lang]);
        assert_eq!((ended.status, ended.out.as_str()), (Some(0), ""));
        assert!(ended.err.contains(hint), "{}", ended.err);
    }
}

#[test]
fn a_key_that_does_not_exist_is_remarked_and_text_is_not() {
    let dir = tempfile::tempdir().unwrap();
    let rows = [line(0, "nosuch:1"), line(1, "port:9 12:30 http://x")];
    let file = lines(dir.path(), "a.jsonl", &rows);
    for (term, said) in [
        (
            "nosuch:1",
            Some(
                "“nosuch:” is searched as text: there is no such key or field; keys are hex: from: to: peer: dir: len: since: until:",
            ),
        ),
        ("port:9", Some("the term is peer:")),
        ("\"nosuch:1\"", None),
        ("12:30", None),
        ("http://x", None),
    ] {
        let ended = run(&["show", text(&file), "--lang", "en", term]);
        assert_eq!(ended.status, Some(0), "{term}");
        assert!(ended.out.contains(term.trim_matches('"')), "{}", ended.out);
        match said {
            Some(said) => assert!(ended.err.contains(said), "{}", ended.err),
            None => assert_eq!(ended.err, "", "{term}"),
        }
    }
}

#[test]
fn a_filter_that_no_row_passes_is_reported_with_the_rows_that_were_read() {
    let dir = tempfile::tempdir().unwrap();
    let rows: Vec<String> = (0..1_200).map(|second| line(second, "a")).collect();
    let file = lines(dir.path(), "a.jsonl", &rows);
    for (lang, words) in [
        (
            "en",
            "netpeer: no row passes the filter “nothing len:>5”: 1,200 rows were read\n",
        ),
        (
            "zh",
            "netpeer: 没有一条符合过滤条件“nothing len:>5”：共读取 1,200 条\n",
        ),
    ] {
        for json in [&[][..], &["--json"]] {
            let arguments = [
                "show",
                "--lang",
                lang,
                text(&file),
                "nothing",
                "--filter",
                "len:>5",
            ];
            let ended = run(&[&arguments, json].concat());
            assert_eq!((ended.status, &*ended.out), (Some(0), ""), "{}", ended.err);
            assert_eq!(ended.err, words);
        }
    }
    for terms in [&[][..], &["a"], &["a", "--count", "1"]] {
        let ended = run(&[&["show", text(&file)], terms].concat());
        assert_eq!((ended.status, &*ended.err), (Some(0), ""), "{terms:?}");
    }
}

#[test]
fn totals_that_cannot_be_written_are_a_failure_and_remarks_are_none() {
    let dir = tempfile::tempdir().unwrap();
    let file = lines(dir.path(), "a.jsonl", &[line(1, "a")]);
    let status = |arguments: &[&str]| {
        let full = std::fs::File::create("/dev/full").unwrap();
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_netpeer"));
        let command = command.args(["show", text(&file)]).args(arguments);
        let output = command.stderr(full).output().unwrap();
        assert!(!output.stdout.is_empty() || arguments == ["len:5"]);
        output.status.code()
    };
    assert_eq!(status(&["--totals"]), Some(1));
    assert_eq!(status(&[]), Some(0));
    // That no row passes the filter was not asked for.
    assert_eq!(status(&["len:5"]), Some(0));
}
