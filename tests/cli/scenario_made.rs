//! `netpeer convert`: rows as a scenario, which runs against the same peer.

use super::program::{Program, local_in, run};
use super::show::{line, lines, text};
use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// A server in Python, which ends with the test.
struct Server {
    child: Child,
    address: SocketAddr,
}

impl Server {
    /// Starts the program; its first line has its address.
    fn start(arguments: &[&str]) -> Self {
        let mut python = Command::new("python3");
        python.env("PYTHONUTF8", "1").args(arguments);
        python.stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = python.spawn().unwrap();
        let mut printed = String::new();
        let out = child.stdout.take().unwrap();
        BufReader::new(out).read_line(&mut printed).unwrap();
        let address = local_in(&printed);
        Self { child, address }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// A server that greets, sends back what it gets in capitals, and closes after `BYE`.
const SHOUTER: &str = r#"
import socket
server = socket.create_server(("127.0.0.1", 0))
print("listening on 127.0.0.1:%d" % server.getsockname()[1], flush=True)
while True:
    connection, _ = server.accept()
    with connection:
        connection.sendall(b'say "bye", ${you} \\ {client}\r\n\x00')
        while data := connection.recv(1000):
            connection.sendall(data.upper())
            if data.startswith(b"bye"):
                break
"#;

/// The scenario of a recorded file, which passes a dry run.
fn made(log: &Path, more: &[&str]) -> (tempfile::TempDir, String) {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("made.scenario.ron");
    let ended = run(&[&["convert", text(log), text(&file)], more].concat());
    assert_eq!(ended.status, Some(0), "{}", ended.err);
    let dry = run(&["run", text(&file), "--dry-run"]);
    assert_eq!(dry.status, Some(0), "{}", dry.err);
    let scenario = std::fs::read_to_string(&file).unwrap();
    (dir, scenario)
}

/// Runs a scenario that was made.
fn passes((dir, scenario): &(tempfile::TempDir, String), steps: usize) {
    let ended = run(&["run", text(&dir.path().join("made.scenario.ron"))]);
    let (out, err) = (&ended.out, &ended.err);
    assert_eq!(ended.status, Some(0), "{out}{err}{scenario}");
    assert!(out.contains(&format!("{steps} of {steps}")), "{out}");
}

#[test]
fn a_recorded_client_runs_again_against_the_same_server() {
    let server = Server::start(&["-c", SHOUTER]);
    let dir = tempfile::tempdir().unwrap();
    let log = dir.path().join("log.jsonl");
    let to = server.address.to_string();
    let mut client = Program::run(&["tcp-client", &to, "--ending", "lf", "--record", text(&log)]);
    client.line_with("say");
    for (sent, came) in [
        ("one", "ONE"),
        ("\"two\" 你好", "\"TWO\" 你好"),
        ("bye", "BYE"),
    ] {
        client.types(sent);
        client.line_with(came);
    }
    client.ends_input();
    assert_eq!(client.ended().status, Some(0));
    let made = made(&log, &[]);
    for part in [
        format!("\"client\": TcpClient(to: \"{to}\"),\n"),
        "Expect(session: \"client\", hex: \"73 61 79".to_owned(),
        "Send(session: \"client\", text: \"\\\"two\\\" 你好\\n\"),\n".to_owned(),
        "Expect(session: \"client\", exact: \"BYE\\n\"),\n".to_owned(),
    ] {
        assert!(made.1.contains(&part), "{part}\n{}", made.1);
    }
    // Each exchange has two steps, after the greeting; the last one closes.
    passes(&made, 8);
}

#[test]
fn a_recorded_server_is_played_for_a_program_that_is_told_its_port() {
    let dir = tempfile::tempdir().unwrap();
    let log = dir.path().join("log.jsonl");
    let mut server = Program::run(&[
        "udp",
        "--bind",
        "127.0.0.1:0",
        "--echo",
        "--for",
        "20s",
        "--count",
        "2",
        "--record",
        text(&log),
    ]);
    let local = server.local();
    let client = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    let limit = Some(std::time::Duration::from_secs(20));
    client.set_read_timeout(limit).unwrap();
    for message in [&b"one"[..], b"\xFF\0"] {
        client.send_to(message, local).unwrap();
        let mut came = [0; 8];
        assert_eq!(client.recv(&mut came).unwrap(), message.len());
    }
    server.ends_input();
    assert_eq!(server.ended().status, Some(0));
    let (dir, scenario) = made(&log, &["--", "-dir:event"]);
    let bound = format!("Udp(bind: \"127.0.0.1:0\"), // {local}");
    assert!(scenario.contains(&bound), "{scenario}");
    // The peer is a program of the scenario now.
    let code = "import socket, sys\\n\
        s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\\n\
        s.connect(('127.0.0.1', int(sys.argv[1])))\\n\
        s.send(b'one'); s.recv(9); s.send(b'\\\\xFF\\\\0'); s.recv(9)\\n";
    let program = format!(
        "    programs: [(name: \"peer\", run: [\"python3\", \"-c\", \"{code}\", \"{{socket.port}}\"])],\n    steps: ["
    );
    let played = scenario.replacen("    steps: [", &program, 1);
    std::fs::write(dir.path().join("made.scenario.ron"), &played).unwrap();
    passes(&(dir, played), 4);
}

#[test]
fn fields_are_expected_where_a_description_is_chosen() {
    let dir = tempfile::tempdir().unwrap();
    let description = dir.path().join("d.ron");
    let seq = r#"(seq: [(id: "word", type: "str", size_eos: true, encoding: "UTF-8")])"#;
    std::fs::write(&description, seq).unwrap();
    let log = lines(dir.path(), "a.jsonl", &[line(0, "hot"), line(1, "~")]);
    let (_, scenario) = made(&log, &["--describe", text(&description)]);
    for part in [
        "fields: [\"word:hot\"]".to_owned(),
        // As a test, the text would hold for any other one.
        "fields: [\"word:ok\"]".to_owned(),
        format!("describe: \"{}\"", text(&description)),
    ] {
        assert!(scenario.contains(&part), "{part}\n{scenario}");
    }
}

/// A meter that answers each datagram with its value in 32 bits. The second one differs from the
/// first in its last digits, the third one is another.
const METER: &str = r#"
import socket, struct
meter = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
meter.bind(("127.0.0.1", 0))
print("listening on 127.0.0.1:%d" % meter.getsockname()[1], flush=True)
for value in (23.5, 23.50001, 23.6):
    _, peer = meter.recvfrom(100)
    meter.sendto(struct.pack(">f", value), peer)
"#;

#[test]
fn a_number_with_a_fraction_may_have_other_last_digits_in_the_next_run() {
    let server = Server::start(&["-c", METER]);
    let dir = tempfile::tempdir().unwrap();
    let description = dir.path().join("d.ron");
    std::fs::write(&description, r#"(seq: [(id: "temp", type: "f4be")])"#).unwrap();
    let log = dir.path().join("log.jsonl");
    let to = server.address.to_string();
    let words = ["udp", "--to", &to, "--count", "1", "--record", text(&log)];
    let mut client = Program::run(&words);
    client.types("?");
    client.line_with("41 BC");
    assert_eq!(client.ended().status, Some(0));
    let more = ["--describe", text(&description), "--", "-dir:event"];
    let made = made(&log, &more);
    let expected = "fields: [\"temp:23.4999765..23.5000235\"]";
    assert!(made.1.contains(expected), "{}", made.1);
    passes(&made, 2);
    let ended = run(&["run", text(&made.0.path().join("made.scenario.ron"))]);
    assert_eq!(ended.status, Some(1), "{}{}", ended.out, ended.err);
    assert!(ended.out.contains("23.6"), "{}", ended.out);
}

#[test]
fn what_makes_no_scenario_leaves_no_file_and_says_why() {
    let dir = tempfile::tempdir().unwrap();
    let output = dir.path().join("made.ron");
    let many: Vec<String> = (0..=10_000).map(|second| line(second, "x")).collect();
    let log = lines(dir.path(), "many.jsonl", &many);
    let ended = run(&["convert", text(&log), text(&output)]);
    assert_eq!(ended.status, Some(1), "{}", ended.err);
    assert!(ended.err.contains("at most 10,000 rows"), "{}", ended.err);
    let ended = run(&["convert", text(&log), text(&output), "dir:tx"]);
    assert_eq!(ended.status, Some(1), "{}", ended.err);
    assert!(ended.err.contains("none of the rows"), "{}", ended.err);
    assert!(!output.exists());
    // A recording has no end, which a scenario needs.
    let words = ["udp", "--bind", "127.0.0.1:0", "--record", text(&output)];
    let ended = run(&words);
    assert_eq!(ended.status, Some(2), "{}", ended.err);
    assert!(ended.err.contains(".pcapng, .jsonl"), "{}", ended.err);
}
