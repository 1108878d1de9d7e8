//! The trials of commands that read what was recorded.

use super::shown::Shown;
use super::*;

pub fn shows(shown: Shown) {
    recording(shown.folder.path(), "session.pcapng");
    let ended = shown.run().ended();
    assert_eq!(ended.status, Some(0), "{}", ended.err);
    assert!(ended.out.contains("re:hello there"), "{}", ended.out);
    assert!(!ended.out.contains("SEND"), "{}", ended.out);
}

pub fn converts(shown: Shown) {
    recording(shown.folder.path(), "session.pcapng");
    let ended = shown.run().ended();
    assert_eq!(ended.status, Some(0), "{}", ended.err);
    let table = std::fs::read_to_string(shown.folder.path().join("received.csv"));
    let table = table.unwrap();
    assert!(table.contains("re:hello there"), "{table}");
    assert_eq!(table.lines().count(), 2, "{table}");
}

/// The rows of a stream whose lines are cut by reads.
fn two_lines(shown: &Shown) {
    let rows = [
        r#"{"time":1,"kind":"event","notice":{"Listening":{"local":"127.0.0.1:8"}},"said":""}"#,
        r#"{"time":2,"kind":"received","peer":"127.0.0.1:9","length":5,"hex":"6f6e650a74"}"#,
        r#"{"time":3,"kind":"received","peer":"127.0.0.1:9","length":3,"hex":"776f0a"}"#,
    ];
    std::fs::write(shown.folder.path().join("log.jsonl"), rows.join("\n")).unwrap();
}

pub fn shows_messages(shown: Shown) {
    two_lines(&shown);
    let ended = shown.run().ended();
    assert_eq!(ended.status, Some(0), "{}", ended.err);
    let said = &ended.out;
    assert!(
        said.contains(">\none\n") && said.contains(">\ntwo\n"),
        "{said}"
    );
}

pub fn converts_messages(shown: Shown) {
    two_lines(&shown);
    let ended = shown.run().ended();
    assert_eq!(ended.status, Some(0), "{}", ended.err);
    let table = std::fs::read_to_string(shown.folder.path().join("table.csv"));
    let table = table.unwrap();
    assert!(
        table.contains(",one,") && table.contains(",two,"),
        "{table}"
    );
}

pub fn makes_a_scenario(shown: Shown) {
    let row = r#"{"time":1,"kind":"received","peer":"127.0.0.1:9","length":5,"hex":"68656c6c6f"}"#;
    std::fs::write(shown.folder.path().join("session.jsonl"), row).unwrap();
    let ended = shown.run().ended();
    assert_eq!(ended.status, Some(0), "{}", ended.err);
    let made = std::fs::read_to_string(shown.folder.path().join("made.scenario.ron"));
    assert!(made.unwrap().contains(r#"exact: "hello""#));
}
