//! Sessions that are restricted, and crashes that leave no memory behind.

use super::program::{DEADLINE, Program};
use crate::skips::skip;
use std::net::UdpSocket;
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Command, Stdio};

/// The field of /proc/PID/status, proc_pid_status(5).
fn status(program: &Program, field: &str) -> String {
    let text = std::fs::read_to_string(format!("/proc/{}/status", program.id())).unwrap();
    let line = text.lines().find_map(|line| line.strip_prefix(field));
    line.unwrap_or_default().trim().to_owned()
}

#[test]
fn a_restricted_session_answers_and_records() {
    let folder = tempfile::tempdir().unwrap();
    let record = folder.path().join("new.jsonl");
    let words = ["udp", "--bind", "127.0.0.1:0", "--echo", "--sandbox"];
    let recording = ["--record", record.to_str().unwrap()];
    let program = Program::run(&[&words[..], &recording].concat());
    let local = program.local();
    let client = UdpSocket::bind("127.0.0.1:0").unwrap();
    client.set_read_timeout(Some(DEADLINE)).unwrap();
    client.send_to(b"hello", local).unwrap();
    assert_eq!(client.recv(&mut [0; 8]).unwrap(), 5);
    let is_restricted = status(&program, "NoNewPrivs:") == "1";
    program.send_signal("INT");
    let ended = program.ended();
    assert_eq!(ended.status, Some(0), "{}", ended.err);
    assert!(std::fs::read_to_string(&record).unwrap().contains("hello"));
    if !is_restricted {
        assert!(ended.err.contains("Landlock"), "{}", ended.err);
        skip("Landlock", "this kernel has none");
    }
}

#[test]
fn a_restricted_client_finds_its_host_by_name() {
    let server = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let to = format!("localhost:{}", server.local_addr().unwrap().port());
    let program = Program::run(&["tcp-client", &to, "--sandbox", "--message", "hello"]);
    let (mut stream, _) = server.accept().unwrap();
    let mut text = [0; 5];
    std::io::Read::read_exact(&mut stream, &mut text).unwrap();
    assert_eq!(&text, b"hello");
    program.send_signal("INT");
    assert_eq!(program.ended().status, Some(0));
}

#[test]
fn a_restricted_unix_server_makes_and_removes_its_socket() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.sock");
    let words = ["unix-server", "--bind", path.to_str().unwrap(), "--sandbox"];
    let program = Program::run(&words);
    program.line_with("Listening");
    let stream = std::os::unix::net::UnixStream::connect(&path).unwrap();
    drop(stream);
    program.send_signal("INT");
    assert_eq!(program.ended().status, Some(0));
    assert!(!path.exists());
}

/// Whether a session with these options, ended by SIGABRT, left a core dump.
fn dumps_core(options: &[&str]) -> bool {
    let folder = tempfile::tempdir().unwrap();
    let mut shell = Command::new("sh");
    shell
        .args(["-c", "ulimit -c unlimited 2>/dev/null; exec \"$0\" \"$@\""])
        .arg(env!("CARGO_BIN_EXE_netpeer"))
        .args(["udp", "--bind", "127.0.0.1:0", "--lang", "en"])
        .args(options)
        .current_dir(folder.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    let mut child = shell.spawn().unwrap();
    // It is bound once its first line is there.
    let mut out = std::io::BufReader::new(child.stdout.take().unwrap());
    std::io::BufRead::read_line(&mut out, &mut String::new()).unwrap();
    let id = child.id().to_string();
    assert!(
        Command::new("kill")
            .args(["-s", "ABRT", &id])
            .status()
            .unwrap()
            .success()
    );
    let status = child.wait().unwrap();
    assert_eq!(status.signal(), Some(6));
    let files = std::fs::read_dir(folder.path()).unwrap().count();
    status.core_dumped() || files > 0
}

#[test]
fn a_crash_leaves_no_core_dump_where_none_is_wanted() {
    assert!(!dumps_core(&["--no-core-dumps"]));
    if !dumps_core(&[]) {
        eprintln!("skipped: this system writes no core dumps at all");
    }
}
