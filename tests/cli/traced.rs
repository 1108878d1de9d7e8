//! The files, folders and programs that commands touch are those that the book lists, and the ports
//! and targets are those that the commands name.

use crate::ports::quiet;
use crate::skips::have;
use crate::trace::{List, Own, Part, beyond, trace};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const SCENARIO: &str = r#"(
    sessions: {"a": Udp(), "b": Udp()},
    steps: [Send(session: "a", to: "b", text: "x"), Expect(session: "b", exact: "x")],
)"#;

/// A new folder, and its path without links.
fn new_folder() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().canonicalize().unwrap();
    (folder, path)
}

/// A run with its trace.
struct Run {
    trace: String,
    printed: String,
    status: Option<i32>,
}

/// Runs the program with these arguments in this folder.
fn traced(folder: &Path, arguments: &[&str]) -> Run {
    let to = tempfile::NamedTempFile::new().unwrap();
    let mut strace = Command::new("strace");
    trace(&mut strace, folder, to.path());
    let output = strace.args(arguments).stdin(Stdio::null()).output();
    let output = output.unwrap();
    let printed = [output.stdout, output.stderr].concat();
    Run {
        trace: std::fs::read_to_string(to.path()).unwrap(),
        printed: String::from_utf8_lossy(&printed).into_owned(),
        status: output.status.code(),
    }
}

/// Runs the program with these arguments. Fails if that touches more than the list and `own`.
#[track_caller]
fn touches_no_more(
    list: &List,
    part: Part,
    folder: &Path,
    arguments: &[&str],
    own: Own<'_>,
) -> Run {
    let run = traced(folder, arguments);
    assert!(run.status.is_some(), "{arguments:?}");
    let beyond = beyond(list, part, folder, own, &run.trace);
    assert!(beyond.is_empty(), "{arguments:?}:\n{}", beyond.join("\n"));
    run
}

/// These files of the folder.
fn files<'a>(files: &'a [&'a str]) -> Own<'a> {
    Own {
        files,
        ..Own::default()
    }
}

/// These words of a session that ends soon.
fn short<'a>(words: &[&'a str]) -> Vec<&'a str> {
    [words, &["--for", "50ms"]].concat()
}

#[test]
fn sessions_touch_what_the_book_lists_and_nothing_else() {
    if !have(&["strace"]) {
        return;
    }
    let list = List::of_book();
    let (_folder, folder) = new_folder();
    std::fs::write(folder.join("s.ron"), SCENARIO).unwrap();
    let (local, localhost) = (["127.0.0.1:0"], ["127.0.0.1:9", "[::1]:9"]);
    let chosen = format!("127.0.0.1:{}", quiet());
    let chosen = [chosen.as_str()];
    let binds = |binds| Own {
        binds,
        ..Own::default()
    };
    let relay = Own {
        targets: &localhost,
        ..binds(&local)
    };
    let relayed = ["--bind", local[0], "--to", "localhost:9"];
    let sessions = [
        (
            short(&["udp", "--bind", local[0], "--record", "r.jsonl"]),
            Own {
                files: &["r.jsonl"],
                ..binds(&local)
            },
        ),
        (short(&["udp", "--bind", chosen[0]]), binds(&chosen)),
        (short(&["tcp-server", "--bind", chosen[0]]), binds(&chosen)),
        (
            short(&["tcp-client", "localhost:9"]),
            Own {
                targets: &localhost,
                ..Own::default()
            },
        ),
        (short(&[&["relay", "udp"][..], &relayed].concat()), relay),
        (short(&[&["relay", "tcp"][..], &relayed].concat()), relay),
        (
            short(&["unix-server", "--bind", "s.sock"]),
            files(&["s.sock"]),
        ),
        (
            vec!["send", "udp", "127.0.0.1:9", "hi"],
            Own {
                targets: &["127.0.0.1:9"],
                ..binds(&["0.0.0.0:0"])
            },
        ),
        (vec!["show", "r.jsonl"], files(&["r.jsonl"])),
        (
            vec!["convert", "r.jsonl", "c.csv"],
            files(&["r.jsonl", "c.csv"]),
        ),
        (
            vec!["run", "s.ron", "--junit", "j.xml"],
            Own {
                files: &["s.ron", "j.xml"],
                ..binds(&["127.0.0.1:0", "127.0.0.1:0"])
            },
        ),
    ];
    for (arguments, own) in sessions {
        touches_no_more(&list, Part::Session, &folder, &arguments, own);
    }
}

#[test]
fn the_doctor_touches_what_the_book_lists_and_nothing_else() {
    if !have(&["strace"]) {
        return;
    }
    let list = List::of_book();
    let (_folder, folder) = new_folder();
    let port = format!("127.0.0.1:{}", quiet());
    let port = port.as_str();
    for arguments in [
        &["doctor", "udp", port][..],
        &["doctor", "tcp", port],
        &["doctor", "port", "udp", port],
        &["doctor", "--table"],
    ] {
        // It looks up localhost, and sends nothing.
        let own = Own {
            targets: &["127.0.0.1:0", "[::1]:0"],
            ..Own::default()
        };
        touches_no_more(&list, Part::Doctor, &folder, arguments, own);
    }
}

/// A folder in another one, which has a file that names in files of others lead to if they are
/// followed. Returns the path of that file without its extension, too.
fn with_a_secret_above(outer: &Path) -> (PathBuf, String) {
    let folder = outer.join("inner");
    std::fs::create_dir(&folder).unwrap();
    let description = "meta:\n  id: secret\nseq:\n  - id: x\n    type: u1\n";
    for place in [outer, &folder] {
        std::fs::write(place.join("secret.ksy"), description).unwrap();
    }
    (folder, outer.join("secret").to_str().unwrap().to_owned())
}

#[test]
fn a_description_imports_files_of_its_own_folder_only() {
    if !have(&["strace"]) {
        return;
    }
    let list = List::of_book();
    let (_outer, outer) = new_folder();
    let (folder, secret) = with_a_secret_above(&outer);
    let own = ["a.ksy", "secret.ksy"];
    for import in ["../secret", "sub/../../secret", secret.as_str()] {
        let text = format!(
            "meta:\n  id: a\n  imports:\n    - {import}\nseq:\n  - id: x\n    type: secret\n"
        );
        std::fs::write(folder.join("a.ksy"), text).unwrap();
        let words = ["fields", "a.ksy"];
        let run = touches_no_more(&list, Part::Session, &folder, &words, files(&own));
        assert_eq!(run.status, Some(0), "{import}: {}", run.printed);
        assert!(run.trace.contains("\"secret.ksy\""), "{import}");
    }
}

#[test]
fn names_in_a_recording_or_an_unstarted_scenario_are_no_files_to_open() {
    if !have(&["strace"]) {
        return;
    }
    let list = List::of_book();
    let (_outer, outer) = new_folder();
    let (folder, secret) = with_a_secret_above(&outer);
    let mut record = String::new();
    for name in ["../secret.ksy", "/etc/shadow", secret.as_str()] {
        let time = "\"time\":\"2026-11-30T09:01:30.925657Z\"";
        let bound = format!(
            "{{\"Bound\":{{\"local\":\"unix:{name}\",\"receive_buffer\":4096,\"asked\":4096}}}}"
        );
        record += &format!("{{{time},\"kind\":\"event\",\"notice\":{bound},\"said\":\"\"}}\n");
        record += &format!(
            "{{{time},\"kind\":\"received\",\"peer\":\"unix:{name}\",\"length\":2,\"hex\":\"6869\"}}\n"
        );
    }
    std::fs::write(folder.join("h.jsonl"), record).unwrap();
    let scenario = format!(
        "(sessions: {{\"a\": UnixServer(bind: \"../a.sock\"), \"b\": UnixClient(to: {secret:?})}}, \
         programs: [(name: \"p\", run: [\"/bin/sh\"])], steps: [Wait(\"1ms\")])"
    );
    std::fs::write(folder.join("s.ron"), scenario).unwrap();
    let runs: [(&[&str], &[&str]); 4] = [
        (&["show", "h.jsonl"], &["h.jsonl"]),
        (&["convert", "h.jsonl", "c.csv"], &["h.jsonl", "c.csv"]),
        (&["convert", "h.jsonl", "m.ron"], &["h.jsonl", "m.ron"]),
        (&["run", "--dry-run", "s.ron"], &["s.ron"]),
    ];
    for (arguments, own) in runs {
        let run = touches_no_more(&list, Part::Session, &folder, arguments, files(own));
        assert_eq!(run.status, Some(0), "{arguments:?}: {}", run.printed);
    }
    // The names are in what was read, and written as text.
    for file in ["c.csv", "m.ron"] {
        let text = std::fs::read_to_string(folder.join(file)).unwrap();
        assert!(text.contains("unix:../secret.ksy"), "{file}: {text}");
    }
}
