//! Who may read what the program writes, and what it writes through.

use super::program::run;
use crate::loopback::alone;
use netpeer::settings::descriptions::{self, DescriptionFolder};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Runs the program in this folder with a umask that takes no permission away.
fn open_to_all(folder: &Path, arguments: &[&str]) {
    let status = Command::new("sh")
        .args([
            "-c",
            "umask 0; exec \"$0\" \"$@\" </dev/null >/dev/null 2>&1",
        ])
        .arg(env!("CARGO_BIN_EXE_netpeer"))
        .args(arguments)
        .current_dir(folder)
        .status();
    status.unwrap();
}

const SCENARIO: &str = r#"(
    sessions: {"a": Udp(), "b": Udp()},
    steps: [
        Send(session: "a", to: "b", text: "secret"),
        Expect(session: "b", exact: "other", within: "50ms"),
    ],
)"#;

#[test]
fn what_holds_payloads_is_for_its_owner_alone_whatever_the_umask() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("s.ron"), SCENARIO).unwrap();
    let udp = ["udp", "--bind", "127.0.0.1:0", "--for", "50ms", "--record"];
    for file in ["r.pcapng", "r.jsonl", "r.csv", "r.txt"] {
        open_to_all(folder.path(), &[&udp[..], &[file]].concat());
    }
    open_to_all(folder.path(), &["convert", "r.jsonl", "c.csv"]);
    // The results quote what was received.
    open_to_all(folder.path(), &["run", "s.ron", "--junit", "j.xml"]);
    for file in ["r.pcapng", "r.jsonl", "r.csv", "r.txt", "c.csv", "j.xml"] {
        let known = std::fs::metadata(folder.path().join(file));
        let mode = known
            .unwrap_or_else(|error| panic!("{file}: {error}"))
            .permissions();
        assert_eq!(mode.mode() & 0o777, 0o600, "{file}");
    }
}

/// What in this folder, the folder included, others than its owner may read, write or enter.
pub fn open_to_others(folder: &Path) -> Vec<PathBuf> {
    let is_open = |path: &Path| {
        let known = std::fs::symlink_metadata(path).unwrap();
        known.permissions().mode() & 0o077 != 0
    };
    let mut found = Vec::new();
    found.extend(is_open(folder).then(|| folder.to_owned()));
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => found.extend(open_to_others(&path)),
            false => found.extend(is_open(&path).then_some(path)),
        }
    }
    found
}

#[test]
fn descriptions_are_for_their_owner_alone_whatever_the_umask() {
    let wrapped_by = ["sh", "-c", "umask 0; exec \"$@\"", "sh"];
    alone::run("cli::permissions::descriptions_are_kept", &wrapped_by);
}

#[test]
#[ignore = "run by descriptions_are_for_their_owner_alone_whatever_the_umask"]
fn descriptions_are_kept() {
    let dir = tempfile::tempdir().unwrap();
    let theirs = dir.path().join("theirs.ron");
    std::fs::write(&theirs, "()").unwrap();
    // As every other program makes it: the folder and the file.
    assert_eq!(open_to_others(dir.path()).len(), 2);
    let made = dir.path().join("made");
    let folder = DescriptionFolder::beside(&made.join("settings"));
    let path = folder.begin("first").unwrap();
    folder.import(&theirs).unwrap();
    let path = folder.rename(&path, "second").unwrap();
    assert!(descriptions::save(&path, None, "()").unwrap());
    let deleted = folder.delete(&path).unwrap();
    folder.restore(&deleted).unwrap();
    descriptions::export(&path, &made.join("exported.ron")).unwrap();
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2);
    assert_eq!(open_to_others(&made), Vec::<PathBuf>::new());
}

#[test]
fn a_socket_does_not_replace_what_has_its_name() {
    let folder = tempfile::tempdir().unwrap();
    let (file, link) = (folder.path().join("thesis"), folder.path().join("link"));
    std::fs::write(&file, "years").unwrap();
    std::os::unix::fs::symlink(&file, &link).unwrap();
    let above = folder.path().join("sub/../thesis");
    std::fs::create_dir(folder.path().join("sub")).unwrap();
    for path in [&file, &link, &above] {
        let scenario = format!(
            "(sessions: {{\"a\": UnixServer(bind: {:?})}}, steps: [Wait(\"1ms\")])",
            path.to_str().unwrap()
        );
        let text = folder.path().join("s.ron");
        std::fs::write(&text, scenario).unwrap();
        let ended = run(&["run", text.to_str().unwrap()]);
        assert_ne!(ended.status, Some(0), "{}", ended.out);
        let ended = run(&["unix-server", "--bind", path.to_str().unwrap()]);
        assert_ne!(ended.status, Some(0), "{}", ended.out);
    }
    assert_eq!(std::fs::read(&file).unwrap(), b"years");
    assert!(std::fs::symlink_metadata(&link).unwrap().is_symlink());
}

#[test]
fn an_export_does_not_replace_what_a_link_leads_to() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let udp = [
        "udp",
        "--bind",
        "127.0.0.1:0",
        "--for",
        "50ms",
        "--record",
        "r.jsonl",
    ];
    open_to_all(folder.path(), &udp);
    std::fs::write(path("victim"), "years").unwrap();
    std::os::unix::fs::symlink(path("victim"), path("c.csv")).unwrap();
    // A file that exists is replaced only where that is asked for.
    let words = [path("r.jsonl"), path("c.csv")];
    let words = words.each_ref().map(|path| path.to_str().unwrap());
    let ended = run(&["convert", words[0], words[1]]);
    assert_ne!(ended.status, Some(0), "{}", ended.out);
    assert_eq!(std::fs::read(path("victim")).unwrap(), b"years");
}
