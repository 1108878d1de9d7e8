//! The files, folders, ports and programs that sessions touch are those that the book lists.

use crate::readme::pages;
use crate::skips::have;
use std::path::Path;
use std::process::{Command, Stdio};

/// The system calls that touch a file or a port by its name.
const CALLS: &str = "trace=open,openat,creat,mkdir,mkdirat,unlink,unlinkat,rename,renameat,\
    renameat2,link,linkat,symlink,symlinkat,chmod,fchmodat,execve,bind,connect";

/// What a call does to a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Touch {
    Read,
    Write,
    Run,
    Bind,
    Connect,
}

/// The list of the book: of each row what is done, and the beginnings of the names it is done to.
fn listed() -> Vec<(String, Vec<String>)> {
    let page = pages()
        .into_iter()
        .find(|page| page.path.ends_with("en/security.md"));
    let text = page.unwrap().text;
    let (_, section) = text.split_once("## Files, ports and programs").unwrap();
    let section = section.split("\n## ").next().unwrap();
    let rows = section.lines().filter(|line| line.starts_with("| "));
    let rows = rows.map(|row| {
        let (touch, rest) = row.trim_start_matches("| ").split_once(" | ").unwrap();
        let (names, _) = rest.split_once(" | ").unwrap();
        let names = names.split('`').skip(1).step_by(2).map(str::to_owned);
        (touch.to_owned(), names.collect())
    });
    rows.collect()
}

/// Whether the list has this. A name that ends with `…` stands for all that begin as it does.
fn is_listed(list: &[(String, Vec<String>)], touch: Touch, name: &str) -> bool {
    let word = match touch {
        Touch::Read => "reads",
        Touch::Write => "writes",
        Touch::Run => "runs",
        Touch::Bind => "binds",
        Touch::Connect => "connects",
    };
    let names = list.iter().filter(|(touch, _)| touch == word);
    names
        .flat_map(|(_, names)| names)
        .any(|listed| match listed.strip_suffix('…') {
            Some(beginning) => name.starts_with(beginning),
            None => name == listed,
        })
}

/// What a line of strace says: each name that it touches.
fn touched(line: &str) -> Vec<(Touch, String)> {
    let line = line.trim_start_matches(|c: char| c.is_ascii_digit() || c == ' ');
    let Some((call, rest)) = line.split_once('(') else {
        return Vec::new();
    };
    let quoted = || rest.split('"').skip(1).step_by(2);
    let first = quoted().next().unwrap_or_default().to_owned();
    let touch = match call {
        "execve" => return vec![(Touch::Run, first)],
        "open" | "openat" => match ["O_WRONLY", "O_RDWR", "O_CREAT"]
            .iter()
            .any(|flag| rest.contains(flag))
        {
            true => Touch::Write,
            false => Touch::Read,
        },
        "bind" | "connect" => {
            let touch = match call {
                "bind" => Touch::Bind,
                _ => Touch::Connect,
            };
            let family = rest.split("sa_family=").nth(1).unwrap_or_default();
            let family: String = family
                .chars()
                .take_while(|c| c.is_ascii_alphanumeric() || *c == '_')
                .collect();
            let name = match family.as_str() {
                "AF_UNIX" => first,
                _ => family,
            };
            return vec![(touch, name)];
        }
        // A rename or a link has two names.
        _ => {
            return quoted()
                .map(|name| (Touch::Write, name.to_owned()))
                .collect();
        }
    };
    vec![(touch, first)]
}

/// What a session touched beyond the list, in a folder where it may write `own`.
fn beyond(
    list: &[(String, Vec<String>)],
    folder: &Path,
    arguments: &[&str],
    own: &[&str],
) -> Vec<String> {
    let trace = tempfile::NamedTempFile::new().unwrap();
    let program = env!("CARGO_BIN_EXE_netpeer");
    let status = Command::new("strace")
        .args([
            "-f",
            "-qq",
            "-s",
            "512",
            "-e",
            "signal=none",
            "-e",
            CALLS,
            "-o",
        ])
        .arg(trace.path())
        .arg(program)
        .args(arguments)
        .current_dir(folder)
        // Those of cargo.
        .env_remove("LD_LIBRARY_PATH")
        .env("HOME", folder)
        .env_remove("XDG_CONFIG_HOME")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    assert!(status.unwrap().code().is_some());
    let text = std::fs::read_to_string(trace.path()).unwrap();
    assert!(text.contains("execve("), "{arguments:?}: {text}");
    let is_own = |touch: Touch, name: &str| {
        let name = name.strip_prefix(folder.to_str().unwrap()).unwrap_or(name);
        let name = name.trim_start_matches("./").trim_start_matches('/');
        // A file is written beside its name, and then renamed.
        let is_part =
            |own: &&&str| name.starts_with(&format!(".{own}.")) && name.ends_with(".part");
        let is_mine = own.contains(&name) || own.iter().any(|own| is_part(&own));
        match touch {
            Touch::Run => name == program.trim_start_matches('/'),
            _ => is_mine,
        }
    };
    let all = text.lines().flat_map(touched);
    let others =
        all.filter(|(touch, name)| !is_own(*touch, name) && !is_listed(list, *touch, name));
    others
        .map(|(touch, name)| format!("{touch:?} {name}"))
        .collect()
}

const SCENARIO: &str = r#"(
    sessions: {"a": Udp(), "b": Udp()},
    steps: [Send(session: "a", to: "b", text: "x"), Expect(session: "b", exact: "x")],
)"#;

#[test]
fn sessions_touch_what_the_book_lists_and_nothing_else() {
    if !have(&["strace"]) {
        return;
    }
    let list = listed();
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path().canonicalize().unwrap();
    std::fs::write(folder.join("s.ron"), SCENARIO).unwrap();
    let end = ["--for", "50ms"];
    let with = |words: &[&'static str]| [words, &end].concat();
    let sessions: [(Vec<&str>, &[&str]); 9] = [
        (
            with(&["udp", "--bind", "127.0.0.1:0", "--record", "r.jsonl"]),
            &["r.jsonl"],
        ),
        (with(&["tcp-server", "--bind", "127.0.0.1:0"]), &[]),
        (with(&["tcp-client", "localhost:9"]), &[]),
        (
            with(&[
                "relay",
                "udp",
                "--bind",
                "127.0.0.1:0",
                "--to",
                "localhost:9",
            ]),
            &[],
        ),
        (with(&["unix-server", "--bind", "s.sock"]), &["s.sock"]),
        (vec!["send", "udp", "127.0.0.1:9", "hi"], &[]),
        (vec!["show", "r.jsonl"], &["r.jsonl"]),
        (vec!["convert", "r.jsonl", "c.csv"], &["r.jsonl", "c.csv"]),
        (
            vec!["run", "s.ron", "--junit", "j.xml"],
            &["s.ron", "j.xml"],
        ),
    ];
    for (arguments, own) in sessions {
        let beyond = beyond(&list, &folder, &arguments, own);
        assert!(beyond.is_empty(), "{arguments:?}:\n{}", beyond.join("\n"));
    }
}

#[test]
fn a_file_that_the_list_lacks_is_noticed() {
    let list = listed();
    let line = r#"12 openat(AT_FDCWD, "/home/a/.ssh/id", O_RDONLY|O_CLOEXEC) = 3"#;
    let [(touch, name)] = &touched(line)[..] else {
        panic!("{line}");
    };
    assert_eq!((*touch, name.as_str()), (Touch::Read, "/home/a/.ssh/id"));
    assert!(!is_listed(&list, *touch, name));
    assert!(is_listed(&list, Touch::Read, "/etc/hosts"));
    assert!(!is_listed(&list, Touch::Write, "/etc/hosts"));
    let renamed = touched(r#"rename("a", "/etc/b") = 0"#);
    assert_eq!(renamed[1], (Touch::Write, "/etc/b".into()));
    let run = touched(r#"7 execve("/bin/sh", ["sh"], 0x7f /* 3 vars */) = 0"#);
    assert!(!is_listed(&list, run[0].0, &run[0].1));
    let bound = touched("7 bind(3, {sa_family=AF_INET, sin_port=htons(0)}, 16) = 0");
    assert_eq!(bound, [(Touch::Bind, "AF_INET".into())]);
    assert!(!touched(r#"connect(3, {sa_family=AF_UNIX, sun_path="/run/x"}, 9) = 0"#).is_empty());
}
