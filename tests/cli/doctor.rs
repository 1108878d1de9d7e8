//! `netpeer doctor`: its statuses, its line of JSON, and what bad input gets. `netpeer explain`:
//! its entries, and the table in the book.

use super::program::{Ended, Program, run};
use crate::ports::quiet;
use crate::readme::pages;
use crate::sockets::far_side;
use netpeer::explain::doctor::Situation;
use serde_json::Value;
use std::net::TcpListener;
use std::process::Command;
use std::time::{Duration, Instant};

/// Gathering takes 2 s at most, and a name 2 s more; the rest is for a slow machine.
const IN_TIME: Duration = Duration::from_secs(12);

/// The one line of JSON.
fn json(ended: &Ended) -> Value {
    assert_eq!(ended.out.lines().count(), 1, "{}{}", ended.out, ended.err);
    serde_json::from_str(&ended.out).unwrap()
}

/// The ids in a list of ids, or of objects that have one.
fn ids(list: &Value) -> Vec<&str> {
    let list = list.as_array().unwrap().iter();
    list.map(|one| one.get("id").unwrap_or(one).as_str().unwrap())
        .collect()
}

#[test]
fn a_port_where_a_program_waits_is_all_right() {
    let (_socket, udp) = far_side();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let tcp = listener.local_addr().unwrap();
    for (transport, local) in [("udp", udp), ("tcp", tcp)] {
        let local = local.to_string();
        for words in [
            &["doctor", "port", transport, &local][..],
            &["doctor", transport, &local],
        ] {
            let ended = run(words);
            assert_eq!(
                ended.status,
                Some(0),
                "{words:?} {}{}",
                ended.out,
                ended.err
            );
            assert_eq!(ended.err, "", "{words:?}");
            let ended = run(&[words, &["--json"]].concat());
            assert_eq!(ended.status, Some(0), "{words:?}");
            let answer = json(&ended);
            assert_eq!(answer["verdict"], Value::Null);
            assert_eq!(answer["findings"], Value::Array(Vec::new()));
        }
    }
}

#[test]
fn a_port_without_a_program_is_a_finding_with_status_1() {
    let local = format!("127.0.0.1:{}", quiet());
    for transport in ["udp", "tcp"] {
        let words = [
            "doctor", "port", transport, &local, "--json", "--lang", "en",
        ];
        let ended = run(&words);
        assert_eq!(ended.status, Some(1), "{}{}", ended.out, ended.err);
        let answer = json(&ended);
        assert_eq!(answer["verdict"], "not-bound", "{answer}");
        let first = &answer["findings"][0];
        for part in ["what", "cure"] {
            assert!(!first[part].as_str().unwrap().is_empty(), "{part}: {first}");
        }
        assert!(
            ids(&answer["ruled_out"])
                .iter()
                .all(|id| *id != "not-bound")
        );
        for id in ids(&answer["ruled_out"])
            .into_iter()
            .chain(ids(&answer["unknown"]))
        {
            assert!(Situation::named(id).is_some(), "{id}");
        }
        assert!(answer["evidence"]["question"].is_object(), "{answer}");
    }
}

#[test]
fn the_text_begins_with_the_verdict_in_the_asked_language() {
    let local = format!("127.0.0.1:{}", quiet());
    for (lang, cure) in [("en", "What to do: "), ("zh", "办法：")] {
        let ended = run(&["doctor", "port", "udp", &local, "--lang", lang]);
        let first = ended.out.lines().next().unwrap();
        assert!(
            first.starts_with("✗ ") && first.ends_with("[not-bound]"),
            "{first}"
        );
        assert!(ended.out.contains(cure), "{}", ended.out);
        assert!(
            ended.out.contains("netpeer explain not-bound"),
            "{}",
            ended.out
        );
    }
}

#[test]
fn what_cannot_be_asked_is_status_2_and_says_why() {
    for (words, said) in [
        (
            &["doctor", "udp", "no-such-host.invalid:9"][..],
            "no-such-host.invalid",
        ),
        (
            &["doctor", "udp", "127.0.0.1:0"],
            "0 is not a destination port",
        ),
        (
            &["doctor", "port", "udp", "127.0.0.1:0"],
            "a port is 1–65535",
        ),
        (&["doctor", "port", "udp", "127.0.0.1"], "a port is 1–65535"),
        (
            &["doctor", "port", "udp", "example.com:80"],
            "example.com:80",
        ),
        (&["doctor", "sctp", "127.0.0.1:9"], "sctp"),
        (
            &["doctor", "--table", "udp", "127.0.0.1:9"],
            "Ask one question",
        ),
        (
            &["explain", "no-such-entry"],
            "netpeer explain lists all of them",
        ),
    ] {
        let began = Instant::now();
        let ended = run(&[words, &["--lang", "en"]].concat());
        assert_eq!(
            ended.status,
            Some(2),
            "{words:?} {}{}",
            ended.out,
            ended.err
        );
        assert!(ended.err.contains(said), "{words:?} {}", ended.err);
        assert_eq!(ended.out, "", "{words:?}");
        assert!(began.elapsed() < IN_TIME, "{words:?}");
    }
}

#[test]
fn without_rights_it_answers_in_time_and_names_what_it_could_not_see() {
    let (_socket, local) = far_side();
    let began = Instant::now();
    // Another user, who has no capability at all.
    let output = Command::new("setpriv")
        .args(["--reuid=65534", "--clear-groups", "--bounding-set=-all"])
        .arg(env!("CARGO_BIN_EXE_netpeer"))
        .args(["doctor", "port", "udp", &local.to_string(), "--json"])
        .args(["--lang", "en"])
        .output()
        .unwrap();
    if !output.status.success() && String::from_utf8_lossy(&output.stderr).contains("setpriv") {
        // Nobody but root becomes another user: then this program has no rights to begin with.
        let ended = run(&["doctor", "port", "udp", &local.to_string(), "--json"]);
        assert_eq!(ended.status, Some(0), "{}{}", ended.out, ended.err);
        return;
    }
    let said = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(0), "{said}");
    assert!(began.elapsed() < IN_TIME);
    let answer: Value = serde_json::from_str(&said).unwrap();
    assert_eq!(answer["verdict"], Value::Null, "{said}");
    for unknown in answer["unknown"].as_array().unwrap() {
        assert!(!unknown["why"].as_str().unwrap().is_empty(), "{unknown}");
        if unknown["reason"] == "not-permitted" {
            let how = unknown["how"].as_str().unwrap();
            assert!(how.starts_with("Run: "), "{unknown}");
        }
    }
}

#[test]
fn a_reader_that_goes_away_does_not_change_the_status() {
    let local = format!("127.0.0.1:{}", quiet());
    let (program, output) = Program::with_output(&["doctor", "port", "udp", &local]);
    drop(output);
    assert_eq!(program.ended().status, Some(1));
}

#[test]
fn every_entry_is_listed_and_printed_whole() {
    for (lang, parts) in [
        (
            "en",
            [
                "Cause",
                "What to do",
                "In a packet capture",
                "How to reproduce it",
            ],
        ),
        ("zh", ["原因", "办法", "抓包里的样子", "重现方法"]),
    ] {
        let list = run(&["explain", "--lang", lang]);
        assert_eq!(list.status, Some(0), "{}", list.err);
        for situation in Situation::ALL {
            let is_its = |line: &&str| line.split_whitespace().next() == Some(situation.id());
            assert_eq!(
                list.out.lines().filter(is_its).count(),
                1,
                "{}",
                situation.id()
            );
        }
        let entry = run(&["explain", "no-route", "--lang", lang]);
        assert_eq!(entry.status, Some(0), "{}", entry.err);
        for part in parts {
            assert!(
                entry.out.contains(&format!("\n{part}\n  ")),
                "{}",
                entry.out
            );
        }
    }
}

#[test]
fn the_table_in_the_book_is_the_one_that_is_printed() {
    let pages = pages();
    for lang in ["en", "zh"] {
        let printed = run(&["doctor", "--table", "--lang", lang]);
        assert_eq!(printed.status, Some(0), "{}", printed.err);
        let path = format!("docs/{lang}/doctor.md");
        let page = pages
            .iter()
            .find(|page| page.path.ends_with(&path))
            .unwrap();
        let (_, after) = page.text.split_once("<!-- situations -->\n").unwrap();
        let (shown, _) = after.split_once("<!-- end -->").unwrap();
        assert!(
            shown == printed.out,
            "{path} differs: run scripts/doctor_table target/debug/netpeer"
        );
    }
}
