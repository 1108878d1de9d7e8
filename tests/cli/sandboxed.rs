//! Sessions that are restricted.

use super::program::{DEADLINE, Program};
use crate::ports::quiet;
use crate::skips::{have, skip};
use std::net::{TcpListener, UdpSocket};
use std::process::{Child, Command, Stdio};

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
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
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

/// A library that tries, inside the program, what code in a message could try.
const INJECTED: &str = include_str!("injected.c");

/// The files, ports and programs that injected code tries to reach, each of which is there.
struct Prey {
    folder: tempfile::TempDir,
    server: TcpListener,
    other: Child,
    free: u16,
}

impl Prey {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        std::fs::write(path("injected.c"), INJECTED).unwrap();
        let made = Command::new("gcc")
            .args(["-shared", "-fPIC", "-o", "injected.so", "injected.c"])
            .current_dir(folder.path())
            .status();
        assert!(made.unwrap().success());
        for name in ["own", "prey"] {
            std::fs::create_dir(path(name)).unwrap();
        }
        Self {
            folder,
            server: TcpListener::bind("127.0.0.1:0").unwrap(),
            other: Command::new("sleep").arg("600").spawn().unwrap(),
            free: quiet(),
        }
    }

    /// Runs a session with the library. Returns what could be done, and what was denied.
    fn session(&self, words: &[&str]) -> [Vec<String>; 2] {
        let path = |name: &str| self.folder.path().join(name);
        std::fs::write(path("prey/file"), "years").unwrap();
        for name in ["prey/new", "prey/socket"] {
            std::fs::remove_file(path(name)).ok();
        }
        let output = Command::new(env!("CARGO_BIN_EXE_netpeer"))
            .args(words)
            .args(["--for", "100ms", "--lang", "en"])
            .current_dir(path("own"))
            .env("LD_PRELOAD", path("injected.so"))
            .env("PREY", path("prey"))
            .env("PREY_PROCESS", self.other.id().to_string())
            .env("PREY_FREE", self.free.to_string())
            .env(
                "PREY_TAKEN",
                self.server.local_addr().unwrap().port().to_string(),
            )
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let printed = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(0), "{printed}");
        let lines = || {
            printed
                .lines()
                .filter_map(|line| line.split_once("injected: "))
        };
        ["done ", "denied "].map(|how| {
            let of = lines().filter_map(|(_, line)| line.strip_prefix(how));
            of.map(str::to_owned).collect()
        })
    }
}

impl Drop for Prey {
    fn drop(&mut self) {
        self.other.kill().ok();
        self.other.wait().ok();
    }
}

#[test]
fn injected_code_reaches_nothing_but_what_is_of_the_session() {
    if !have(&["gcc"]) {
        return;
    }
    let prey = Prey::new();
    let own = format!("127.0.0.1:{}", quiet());
    let tcp = ["tcp-server", "--bind", &own];
    let unix = ["unix-server", "--bind", "a.sock"];
    let all = [
        "read", "remove", "write", "socket", "run", "signal", "bind", "connect",
    ];
    for words in [tcp, unix] {
        // Without the sandbox, all of it can be done.
        let [done, denied] = prey.session(&words);
        assert_eq!((done, denied), (all.map(str::to_owned).to_vec(), vec![]));
        let [done, denied] = prey.session(&[&words[..], &["--sandbox"]].concat());
        if denied.is_empty() {
            skip("Landlock", "this kernel has none");
            return;
        }
        if denied.len() < all.len() {
            skip(
                "Landlock",
                &format!("this kernel enforces a part: {denied:?}"),
            );
            return;
        }
        assert_eq!((done, denied), (vec![], all.map(str::to_owned).to_vec()));
        assert_eq!(
            std::fs::read(prey.folder.path().join("prey/file")).unwrap(),
            b"years"
        );
    }
}
