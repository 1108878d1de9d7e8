//! Who may read what the program writes, and what it writes through.

use super::program::run;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
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
