//! `netpeer convert`: capture files in another format.

use super::program::{Program, run};
use super::show::{line, lines, recording, text};
use crate::tshark;
use std::path::Path;

/// The names of all files in a folder.
/// The names of the files in a folder, in order.
pub fn names(dir: &Path) -> Vec<String> {
    let files = std::fs::read_dir(dir).unwrap();
    let names = files.map(|file| file.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = names.collect();
    names.sort();
    names
}

#[test]
fn a_recording_comes_back_from_the_formats_that_are_read() {
    let dir = tempfile::tempdir().unwrap();
    let (file, _) = recording(dir.path(), "a.pcapng");
    let path = |name: &str| dir.path().join(name);
    for (from, to) in [("a.pcapng", "b.jsonl"), ("b.jsonl", "c.pcapng")] {
        let ended = run(&["convert", text(&path(from)), text(&path(to))]);
        assert_eq!(ended.status, Some(0), "{}", ended.err);
        assert_eq!(ended.out, "");
        let words = format!("Wrote 2 rows to {}", text(&path(to)));
        assert!(ended.err.contains(&words), "{}", ended.err);
        assert!(!ended.err.contains("not kept"), "{}", ended.err);
    }
    let shown = run(&["show", text(&file)]).out;
    for name in ["b.jsonl", "c.pcapng"] {
        assert_eq!(run(&["show", text(&path(name))]).out, shown, "{name}");
    }
    // The local port is preserved, too.
    let packets = |name: &str| {
        let fields = ["-T", "fields", "-e", "frame.time_epoch", "-e", "ip.src"];
        let ports = ["-e", "udp.srcport", "-e", "udp.dstport", "-e", "data.data"];
        let file = path(name);
        tshark::run(&[&["-r", text(&file)], &fields[..], &ports].concat())
    };
    assert_eq!(packets("c.pcapng"), packets("a.pcapng"));
    assert_eq!(names(dir.path()), ["a.pcapng", "b.jsonl", "c.pcapng"]);
}

#[test]
fn a_capture_of_another_program_keeps_its_addresses() {
    let dir = tempfile::tempdir().unwrap();
    let (file, _) = recording(dir.path(), "a.pcapng");
    let path = |name: &str| dir.path().join(name);
    let (other, ours) = (path("other.pcap"), path("ours.pcapng"));
    tshark::run(&["-r", text(&file), "-F", "pcap", "-w", text(&other)]);
    let ended = run(&["convert", text(&other), text(&ours)]);
    assert_eq!(ended.status, Some(0), "{}", ended.err);
    let ports = ["-T", "fields", "-e", "udp.srcport", "-e", "udp.dstport"];
    let ports = |file: &Path| tshark::run(&[&["-r", text(file)], &ports[..]].concat());
    assert_eq!(ports(&ours), ports(&other));
    assert_eq!(ports(&ours).lines().count(), 2);
}

#[test]
fn only_the_rows_that_are_meant_are_written_and_what_is_lost_is_counted() {
    let dir = tempfile::tempdir().unwrap();
    let (file, _) = recording(dir.path(), "a.jsonl");
    let path = |name: &str| dir.path().join(name);
    let packets = path("all.pcapng");
    let ended = run(&["convert", text(&file), text(&packets)]);
    assert_eq!(ended.status, Some(0), "{}", ended.err);
    assert!(ended.err.contains("Wrote 2 rows"), "{}", ended.err);
    assert!(ended.err.contains("no packet"), "{}", ended.err);
    let table = path("received.csv");
    let ended = run(&["convert", text(&file), text(&table), "dir:rx", "len:>5"]);
    assert_eq!(ended.status, Some(0), "{}", ended.err);
    assert!(ended.err.contains("Wrote 1 row to"), "{}", ended.err);
    let kept = "not kept: the local address of 1 row";
    assert!(ended.err.contains(kept), "{}", ended.err);
    let written = std::fs::read_to_string(&table).unwrap();
    assert_eq!(written.lines().count(), 2, "{written}");
    assert!(written.contains("re:hello there"), "{written}");
    // The number is that of the row in the input.
    assert!(written.contains("\n3,"), "{written}");
}

#[test]
fn a_file_that_is_there_stays_unless_it_is_to_go() {
    let dir = tempfile::tempdir().unwrap();
    let input = lines(dir.path(), "a.jsonl", &[line(0, "x")]);
    let output = dir.path().join("b.csv");
    std::fs::write(&output, "old").unwrap();
    let words = ["convert", text(&input), text(&output)];
    let ended = run(&words);
    assert_eq!(ended.status, Some(2), "{}", ended.err);
    assert!(ended.err.contains("--force"), "{}", ended.err);
    assert_eq!(std::fs::read_to_string(&output).unwrap(), "old");
    let ended = run(&[&words[..], &["--force"]].concat());
    assert_eq!(ended.status, Some(0), "{}", ended.err);
    assert!(std::fs::read_to_string(&output).unwrap().contains("number"));
    // The input is never replaced, whatever its name.
    let before = std::fs::read(&input).unwrap();
    let (linked, hard) = (dir.path().join("linked.jsonl"), dir.path().join("h.jsonl"));
    std::os::unix::fs::symlink(&input, &linked).unwrap();
    std::fs::hard_link(&input, &hard).unwrap();
    for output in [&input, &linked, &hard] {
        let ended = run(&["convert", text(&input), text(output), "--force"]);
        assert_eq!(ended.status, Some(2), "{}", ended.err);
        assert!(ended.err.contains("is the input"), "{}", ended.err);
        assert_eq!(std::fs::read(&input).unwrap(), before);
    }
}

#[test]
fn what_is_readable_of_a_damaged_file_is_written_and_of_another_file_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let (file, _) = recording(dir.path(), "a.pcapng");
    let whole = std::fs::read(&file).unwrap();
    std::fs::write(&file, &whole[..whole.len() - 3]).unwrap();
    let output = dir.path().join("b.jsonl");
    let ended = run(&["convert", text(&file), text(&output)]);
    assert_eq!(ended.status, Some(1), "{}", ended.err);
    assert!(ended.err.contains("Wrote 1 row to"), "{}", ended.err);
    assert!(ended.err.contains("truncated at byte"), "{}", ended.err);
    assert_eq!(std::fs::read_to_string(&output).unwrap().lines().count(), 1);
    let text_file = dir.path().join("c.txt");
    std::fs::write(&text_file, "hello, this is none\n").unwrap();
    let broken = lines(dir.path(), "d.jsonl", &["{\"time\":".into()]);
    for input in [&text_file, &broken] {
        let none = dir.path().join("none.csv");
        let ended = run(&["convert", text(input), text(&none)]);
        assert_eq!(ended.status, Some(2), "{}", ended.err);
    }
    let left = ["a.pcapng", "b.jsonl", "c.txt", "d.jsonl"];
    assert_eq!(names(dir.path()), left);
}

#[test]
fn a_format_is_named_where_the_name_says_none() {
    let dir = tempfile::tempdir().unwrap();
    let input = lines(dir.path(), "a.jsonl", &[line(0, "x")]);
    let output = dir.path().join("b.dat");
    let words = ["convert", text(&input), text(&output)];
    let ended = run(&words);
    assert_eq!(ended.status, Some(2), "{}", ended.err);
    assert!(ended.err.contains(".pcapng, .jsonl, .csv"), "{}", ended.err);
    for wrong in [["--to", "pcap"], ["--from", "csv"]] {
        let ended = run(&[&words[..], &wrong].concat());
        assert_eq!(ended.status, Some(2), "{}", ended.err);
        assert!(ended.err.contains("the formats are"), "{}", ended.err);
    }
    let other = run(&[&words[..], &["--to", "txt", "--from", "pcap"]].concat());
    assert_eq!(other.status, Some(2), "{}", other.err);
    assert!(other.err.contains("in the format jsonl"), "{}", other.err);
    assert!(!output.exists());
    let ended = run(&[&words[..], &["--to", "txt", "--from", "jsonl"]].concat());
    assert_eq!(ended.status, Some(0), "{}", ended.err);
    let dump = std::fs::read_to_string(&output).unwrap();
    assert!(dump.contains("received 127.0.0.1:9 1 B"), "{dump}");
}

#[test]
fn rows_go_through_a_pipe_as_they_come() {
    let mut program = Program::run(&["convert", "-", "-", "--to", "jsonl", "yes"]);
    for (second, payload) in ["no", "yes 1", "no", "yes 2"].iter().enumerate() {
        program.types(&line(second as i64, payload));
        if payload.len() > 2 {
            program.line_with(payload);
        }
    }
    program.ends_input();
    let ended = program.ended();
    assert_eq!(ended.status, Some(0), "{}", ended.err);
    assert!(
        ended.err.contains("Wrote 2 rows to the standard output"),
        "{}",
        ended.err
    );
    // A file works, too; it appears at the end of the input.
    let dir = tempfile::tempdir().unwrap();
    let output = dir.path().join("x.csv");
    let mut program = Program::run(&["convert", "-", text(&output)]);
    program.types(&line(0, "yes"));
    assert!(!output.exists());
    program.ends_input();
    assert_eq!(program.ended().status, Some(0));
    assert!(std::fs::read_to_string(&output).unwrap().contains("yes"));
}

#[test]
fn what_cannot_be_written_leaves_nothing_behind() {
    let dir = tempfile::tempdir().unwrap();
    let all: Vec<String> = (0..1_000).map(|second| line(second, "hello")).collect();
    lines(dir.path(), "a.jsonl", &all);
    // Blocks of 512 or 1,024 bytes each, depending on the shell.
    let typed = "ulimit -f 8; netpeer convert a.jsonl b.csv";
    let ended = Program::typed(typed, dir.path()).ended();
    assert_eq!(ended.status, Some(1), "{}", ended.err);
    assert!(ended.err.contains("b.csv was not written"), "{}", ended.err);
    assert_eq!(names(dir.path()), ["a.jsonl"]);
    let input = dir.path().join("a.jsonl");
    let nowhere = run(&["convert", text(&input), "/nowhere/b.csv"]);
    assert_eq!(nowhere.status, Some(2), "{}", nowhere.err);
    assert!(nowhere.err.contains("no such folder"), "{}", nowhere.err);
    let full = format!("netpeer convert {} - --to csv > /dev/full", text(&input));
    let ended = Program::typed(&full, dir.path()).ended();
    assert_eq!(ended.status, Some(1), "{}", ended.err);
    let (program, output) = Program::with_output(&["convert", text(&input), "-", "--to", "csv"]);
    drop(output);
    assert_eq!(program.ended().status, Some(0));
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_output_is_reported_alike_by_show_and_convert() {
    let dir = tempfile::tempdir().unwrap();
    let file = lines(dir.path(), "a.jsonl", &[line(1, "a")]);
    for lang in ["en", "zh"] {
        let said = |arguments: &[&str]| {
            let full = std::fs::File::create("/dev/full").unwrap();
            let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_netpeer"));
            let command = command.args(["--lang", lang]).args(arguments);
            let output = command.stdout(full).output().unwrap();
            assert_eq!(output.status.code(), Some(1), "{arguments:?}");
            String::from_utf8(output.stderr).unwrap()
        };
        let show = said(&["show", text(&file)]);
        assert_eq!(said(&["convert", text(&file), "-", "--to", "jsonl"]), show);
        assert_eq!(show.lines().count(), 2, "{show}");
    }
}

#[test]
fn the_standard_streams_have_one_name() {
    let dir = tempfile::tempdir().unwrap();
    let file = lines(dir.path(), "a.jsonl", &[line(1, "a")]);
    for (lang, input, output) in [
        ("en", "the standard input", "the standard output"),
        ("zh", "标准输入", "标准输出"),
    ] {
        let written = run(&["convert", text(&file), "-", "--to", "jsonl", "--lang", lang]);
        assert!(written.err.contains(output), "{}", written.err);
        for arguments in [&["show", "-"][..], &["convert", "-", "-", "--to", "csv"]] {
            let read = run(&[arguments, &["--lang", lang]].concat());
            assert!(read.err.contains(input), "{}", read.err);
            assert!(!read.err.contains("stdin"), "{}", read.err);
        }
    }
}

#[test]
fn without_descriptors_the_conversion_failed_and_no_session() {
    let dir = tempfile::tempdir().unwrap();
    let path = |name: &str| dir.path().join(name).to_str().unwrap().to_owned();
    std::fs::write(path("a.jsonl"), "").unwrap();
    let mut said = 0;
    for descriptors in 4..12 {
        let limit = format!("--nofile={descriptors}:{descriptors}");
        let output = std::process::Command::new("prlimit")
            .args([&limit, env!("CARGO_BIN_EXE_netpeer"), "--lang", "en"])
            .args(["convert", &path("a.jsonl"), &path("b.csv")])
            .output()
            .unwrap();
        let err = String::from_utf8_lossy(&output.stderr);
        assert!(!err.contains("session failed"), "{err}");
        if err.contains("Convert failed") {
            said += 1;
            assert_eq!(output.status.code(), Some(2), "{err}");
            assert!(err.contains("EMFILE") && err.contains("ulimit -n"), "{err}");
        }
    }
    assert!(said > 0);
}
