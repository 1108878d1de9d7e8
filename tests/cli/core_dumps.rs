//! `--no-core-dumps`: no core file, and no look into the memory.

use super::program::{DEADLINE, local_in};
use super::unprivileged::without_rights;
use crate::skips::skip;
use std::io::{BufRead as _, BufReader};
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Instant;

/// A shell that lets its command write core files, where it may.
pub const DUMPING: [&str; 4] = [
    "sh",
    "-c",
    "ulimit -c unlimited 2>/dev/null; exec \"$@\"",
    "sh",
];

/// The soft and the hard limit of a process on the size of core files (getrlimit(2)).
pub fn core_limits(process: u32) -> Option<[String; 2]> {
    let limits = std::fs::read_to_string(format!("/proc/{process}/limits")).ok()?;
    let mut lines = limits.lines();
    let line = lines.find_map(|line| line.strip_prefix("Max core file size"))?;
    let mut words = line.split_whitespace().map(str::to_owned);
    Some([words.next()?, words.next()?])
}

/// Whether a program of the same user, with the same rights, reads something out of the memory
/// of this process (`PTRACE_MODE_READ`, ptrace(2)).
pub fn is_readable(process: u32, before: &[&str]) -> bool {
    let environment = format!("/proc/{process}/environ");
    let words = [before, &["cat", &environment]].concat();
    let output = Command::new(words[0]).args(&words[1..]).output().unwrap();
    output.status.success() && !output.stdout.is_empty()
}

/// A program that may write core files before it forbids them.
struct Started(Child);

impl Started {
    fn new(before: &[&str], arguments: &[&str], folder: &Path) -> Self {
        let program = [env!("CARGO_BIN_EXE_netpeer"), "--lang", "en"];
        let words = [&DUMPING[..], before, &program, arguments].concat();
        let child = Command::new(words[0])
            .args(&words[1..])
            .current_dir(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn();
        Self(child.unwrap())
    }

    /// The first line, with which a session has begun.
    fn line(&mut self) -> String {
        let (mut out, mut line) = (self.0.stdout.take().unwrap(), String::new());
        BufReader::new(&mut out).read_line(&mut line).unwrap();
        self.0.stdout = Some(out);
        line
    }
}

impl Drop for Started {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

const SCENARIO: &str = r#"(sessions: {"a": Udp()}, steps: [Wait("60s")])"#;

#[test]
fn no_command_may_write_core_files_or_be_looked_into() {
    let Some(before) = without_rights() else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("s.ron"), SCENARIO).unwrap();
    let server = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let to = server.local_addr().unwrap().to_string();
    let local = ["--bind", "127.0.0.1:0"];
    let commands: [&[&str]; 13] = [
        &["udp", local[0], local[1]],
        &["tcp-server", local[0], local[1]],
        &["tcp-client", &to],
        &["unix-server", "--bind", "a.sock"],
        &["unix-client", "a.sock", "--reconnect"],
        &["unix-datagram", "--bind", "b.sock"],
        &["relay", "udp", local[0], local[1], "--to", &to],
        &["relay", "tcp", local[0], local[1], "--to", &to],
        &["send", "tcp", &to, "hi", "--within", "60s"],
        &["flood", "tcp", &to, "--rate", "1", "--for", "60s"],
        &["meter", local[0], local[1]],
        &["run", "s.ron"],
        &["show", "-"],
    ];
    for words in commands {
        let words = [words, &["--no-core-dumps"]].concat();
        let program = Started::new(before, &words, folder.path());
        let (id, deadline) = (program.0.id(), Instant::now() + DEADLINE);
        loop {
            let limits = core_limits(id).unwrap_or_else(|| panic!("{words:?} ended"));
            if limits == ["0", "0"] && !is_readable(id, before) {
                break;
            }
            assert!(Instant::now() < deadline, "{words:?}: {limits:?}");
            std::thread::yield_now();
        }
    }
    // Without the option, both are possible.
    let mut program = Started::new(before, commands[0], folder.path());
    program.line();
    let id = program.0.id();
    assert!(is_readable(id, before));
    if core_limits(id).unwrap()[0] == "0" {
        skip("core-dumps", "this system lets no program write them");
    }
}

/// Whether a session with these options, ended by SIGABRT, left a core dump.
fn dumps_core(options: &[&str]) -> bool {
    let folder = tempfile::tempdir().unwrap();
    let words = [&["udp", "--bind", "127.0.0.1:0"], options].concat();
    let mut program = Started::new(&[], &words, folder.path());
    local_in(&program.line());
    let id = program.0.id().to_string();
    let asked = Command::new("kill").args(["-s", "ABRT", &id]).status();
    assert!(asked.unwrap().success());
    let status = program.0.wait().unwrap();
    assert_eq!(status.signal(), Some(6));
    let files = std::fs::read_dir(folder.path()).unwrap().count();
    status.core_dumped() || files > 0
}

#[test]
fn a_crash_leaves_no_core_dump_where_none_is_wanted() {
    assert!(!dumps_core(&["--no-core-dumps"]));
    if !dumps_core(&[]) {
        skip("core-dumps", "this system writes none at all");
    }
}
