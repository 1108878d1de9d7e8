//! The commands of the READMEs and of the book work as described. (`tests/readme.rs` checks their
//! options and files.)

mod doctor;
mod learned;
mod measured;
mod netcat;
mod recorded;
mod shown;

use super::program::{DEADLINE, Ended, Program, echo};
use super::show::recording;
use crate::ports::quiet;
use crate::readme::{blocks, pages};
use crate::sockets::{receive, receive_text, server};
use shown::Shown;
use std::collections::BTreeSet;
use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::os::unix::net::UnixStream;
use std::path::Path;

pub const ROOT: &str = env!("CARGO_MANIFEST_DIR");
type Trial = fn(Shown);

/// The trial of each command, by the beginning of the command.
const TRIALS: [(&str, Trial); 44] = [
    ("netpeer udp --bind 0.0.0.0:8080", prints_and_answers),
    ("netpeer udp --to 127.0.0.1:9000", netcat::sends_blocks),
    ("netpeer udp --to", repeats),
    ("netpeer tcp-server --bind 127.0.0.1:9000 --json", records),
    (
        "netpeer tcp-server --bind 127.0.0.1:1502 --ready modbus",
        is_a_device,
    ),
    (
        "netpeer tcp-client 127.0.0.1:9000 --binary",
        netcat::half_closes,
    ),
    (
        "netpeer tcp-client 127.0.0.1:9000 --reconnect",
        netcat::connects_again,
    ),
    (
        "netpeer tcp-client 127.0.0.1:9000 --file",
        netcat::sends_a_file,
    ),
    ("netpeer tcp-client", sends_lines),
    ("netpeer send udp 127.0.0.1:8080", arrives),
    ("netpeer send udp 127.0.0.1:53", asks_by_fields),
    (
        "netpeer send udp 127.0.0.1:8888 --describe json",
        arrives_as_json,
    ),
    ("netpeer send udp", gets_its_answer),
    ("netpeer send tcp", netcat::prints_the_answer),
    ("netpeer send unix", netcat::gets_its_answer_by_name),
    ("netpeer relay udp", relays),
    ("netpeer unix-server", serves_a_name),
    ("netpeer run tests/", passes),
    ("netpeer show session.pcapng", recorded::shows),
    ("netpeer convert session.pcapng", recorded::converts),
    (
        "netpeer convert log.jsonl table.csv",
        recorded::converts_messages,
    ),
    ("netpeer show log.jsonl", recorded::shows_messages),
    (
        "netpeer convert session.jsonl made",
        recorded::makes_a_scenario,
    ),
    ("netpeer udp --bind 127.0.0.1:8888 --reply", replies),
    ("netpeer udp --bind 127.0.0.1:9000 --rules", follows_rules),
    (
        "netpeer udp --bind 127.0.0.1:9000 --record -",
        netcat::records_live,
    ),
    ("netpeer udp --bind 127.0.0.1:9000 --echo", loses_some),
    ("netpeer udp --bind … --echo", echoes_all),
    ("netpeer tcp-server --bind 127.0.0.1:9000 --split", resets),
    ("netpeer flood udp", floods),
    ("netpeer meter --to", measured::measures),
    ("netpeer meter --bind", measured::counts),
    (
        "netpeer doctor udp 127.0.0.1:8888",
        doctor::sees_nothing_wrong,
    ),
    ("netpeer doctor udp", doctor::sees_nothing_wrong_there),
    (
        "netpeer doctor tcp",
        doctor::connects_and_sees_nothing_wrong,
    ),
    (
        "netpeer doctor port tcp",
        doctor::sees_nothing_wrong_on_the_way,
    ),
    ("netpeer doctor port", doctor::sees_nothing_wrong_here),
    ("netpeer explain", passes),
    ("netpeer code", passes),
    ("netpeer learn check", learned::is_checked),
    ("netpeer learn", passes),
    ("netpeer completions", passes),
    ("netpeer man udp | man -l -", prints_its_manual),
    ("netpeer help COMMAND", helps),
];

fn free() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], quiet()))
}

fn far_side() -> UdpSocket {
    crate::sockets::far_side().0
}

/// Ends the program by Ctrl+C, which is status 0.
fn ends(program: Program) -> Ended {
    program.send_signal("INT");
    let ended = program.ended();
    assert_eq!(ended.status, Some(0), "{}", ended.err);
    ended
}

fn passes(shown: Shown) {
    let mut program = shown.run();
    program.ends_input();
    let ended = program.ended();
    let said = (&shown.line, &ended.err, &ended.out);
    assert_eq!(ended.status, Some(0), "{said:?}");
    assert!(!ended.out.is_empty(), "{}", shown.line);
}

fn prints_and_answers(shown: Shown) {
    let port = quiet();
    let shown = shown.with("0.0.0.0:8080", format!("0.0.0.0:{port}"));
    let mut program = shown.run();
    program.line_with(&port.to_string());
    let far = far_side();
    far.send_to("你好".as_bytes(), ("127.0.0.1", port)).unwrap();
    program.line_with("你好");
    program.types("back");
    assert_eq!(receive_text(&far), "back");
    ends(program);
}

fn repeats(shown: Shown) {
    let far = far_side();
    let program = shown
        .with("127.0.0.1:8888", far.local_addr().unwrap())
        .run();
    let all: BTreeSet<String> = (0..10).map(|_| receive_text(&far)).collect();
    assert!(all.iter().all(|text| text.starts_with("hi ")), "{all:?}");
    assert_eq!(all.len(), 10, "{all:?}");
    assert_eq!(program.ended().status, Some(0));
}

fn records(shown: Shown) {
    let at = free();
    let (program, shown) = shown.bound("127.0.0.1:9000", at);
    let mut client = TcpStream::connect(at).unwrap();
    client.write_all(b"hello there").unwrap();
    program.line_with("hello there");
    ends(program);
    let file = std::fs::read(shown.folder.path().join("session.pcapng")).unwrap();
    let hello = |part: &[u8]| part == b"hello there";
    assert!(file.windows(11).any(hello));
}

fn sends_lines(shown: Shown) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut program = shown
        .with("example.com:80", listener.local_addr().unwrap())
        .run();
    let (mut stream, _) = listener.accept().unwrap();
    stream.set_read_timeout(Some(DEADLINE)).unwrap();
    program.types(r"GET / HTTP/1.0\r\n");
    let mut request = [0; 18];
    stream.read_exact(&mut request).unwrap();
    assert_eq!(&request, b"GET / HTTP/1.0\r\n\r\n");
    ends(program);
}

fn arrives(shown: Shown) {
    let far = far_side();
    let shown = shown.with("127.0.0.1:8080", far.local_addr().unwrap());
    let ended = shown.run().ended();
    assert_eq!(ended.status, Some(0), "{}", ended.err);
    assert_eq!(receive_text(&far), "hello");
}

fn arrives_as_json(shown: Shown) {
    let far = far_side();
    let shown = shown.with("127.0.0.1:8888", far.local_addr().unwrap());
    let ended = shown.run().ended();
    assert_eq!(ended.status, Some(0), "{}", ended.err);
    let text = receive_text(&far);
    let json: serde_json::Value = serde_json::from_str(&text).unwrap();
    let expected = serde_json::json!({"cmd": "set", "data": {"temp": 23.5}});
    assert_eq!(json, expected, "{text}");
}

fn asks_by_fields(shown: Shown) {
    let far = far_side();
    let program = shown.with("127.0.0.1:53", far.local_addr().unwrap()).run();
    assert_eq!(receive(&far)[..4], [0, 7, 1, 0]);
    assert_eq!(program.ended().status, Some(0));
}

fn is_a_device(shown: Shown) {
    let at = free();
    let (program, _) = shown.bound("127.0.0.1:1502", at);
    let mut client = TcpStream::connect(at).unwrap();
    client.set_read_timeout(Some(DEADLINE)).unwrap();
    // Modbus TCP: read register 7, which holds its own address.
    let request = [0, 1, 0, 0, 0, 6, 1, 3, 0, 7, 0, 1];
    client.write_all(&request).unwrap();
    let mut answer = [0; 11];
    client.read_exact(&mut answer).unwrap();
    assert_eq!(answer, [0, 1, 0, 0, 0, 5, 1, 3, 2, 0, 7]);
    ends(program);
}

fn gets_its_answer(shown: Shown) {
    passes(shown.with("127.0.0.1:8888", server("来自服务器")));
}

fn relays(shown: Shown) {
    let at = free();
    let shown = shown.with("127.0.0.1:8888", echo());
    let (program, _) = shown.bound("127.0.0.1:8080", at);
    let far = far_side();
    far.send_to(b"hi", at).unwrap();
    assert_eq!(receive_text(&far), "re:hi");
    ends(program);
}

fn serves_a_name(shown: Shown) {
    let path = shown.folder.path().join("demo.sock");
    let shown = shown.with("/tmp/demo.sock", path.display());
    let program = shown.run();
    program.line_with("demo.sock");
    let mut client = UnixStream::connect(&path).unwrap();
    client.set_read_timeout(Some(DEADLINE)).unwrap();
    client.write_all(b"hi").unwrap();
    let mut answer = [0; 2];
    client.read_exact(&mut answer).unwrap();
    assert_eq!(&answer, b"hi");
    ends(program);
}

fn replies(shown: Shown) {
    let at = free();
    let (program, _) = shown.bound("127.0.0.1:8888", at);
    let far = far_side();
    far.send_to("你好".as_bytes(), at).unwrap();
    assert_eq!(receive_text(&far), "来自服务器你好");
    ends(program);
}

fn follows_rules(shown: Shown) {
    let at = free();
    let page = include_str!("../../docs/en/rules.md");
    let rules = blocks(page, "ron")[0];
    std::fs::write(shown.folder.path().join("rules.ron"), rules).unwrap();
    let (program, _) = shown.bound("127.0.0.1:9000", at);
    let far = far_side();
    far.send_to(b"PING", at).unwrap();
    assert!(receive_text(&far).starts_with("PONG "));
    ends(program);
}

fn loses_some(shown: Shown) {
    let at = free();
    let (program, _) = shown.bound("127.0.0.1:9000", at);
    let far = far_side();
    for _ in 0..20 {
        far.send_to(b"hi", at).unwrap();
    }
    assert_eq!(receive_text(&far), "hi");
    ends(program);
}

fn echoes_all(shown: Shown) {
    let at = free();
    let (program, _) = shown.bound("…", at);
    let far = far_side();
    for count in 0..200 {
        far.send_to(format!("{count}").as_bytes(), at).unwrap();
        assert_eq!(receive_text(&far), count.to_string());
    }
    ends(program);
}

fn resets(shown: Shown) {
    let at = free();
    let (mut program, _) = shown.bound("127.0.0.1:9000", at);
    let mut client = TcpStream::connect(at).unwrap();
    client.set_read_timeout(Some(DEADLINE)).unwrap();
    program.types(&"x".repeat(2_000));
    let mut bytes = Vec::new();
    let end = client.read_to_end(&mut bytes);
    assert_eq!(end.unwrap_err().kind(), ErrorKind::ConnectionReset);
    assert!(bytes.len() <= 1_000, "{}", bytes.len());
    ends(program);
}

fn floods(shown: Shown) {
    let far = far_side();
    let mut program = shown
        .with("127.0.0.1:9000", far.local_addr().unwrap())
        .run();
    program.ends_input();
    let ended = program.ended();
    assert_eq!(ended.status, Some(0), "{}", ended.err);
    assert_eq!(far.recv(&mut [0; 2048]).unwrap(), 64);
}

fn prints_its_manual(shown: Shown) {
    passes(shown.with(" | man -l -", ""));
}

fn helps(shown: Shown) {
    for command in COMMANDS {
        passes(Shown::new(&shown.line).with("COMMAND", command));
    }
}

/// The lines of shell code blocks, and whole commands in the text.
fn commands(text: &str) -> BTreeSet<String> {
    let lines = blocks(text, "sh").into_iter().flat_map(str::lines);
    let lines = lines.map(|line| line.split(" #").next().unwrap_or(line).trim());
    let spans = text.split('`').filter(|part| part.starts_with("netpeer "));
    // `netpeer udp` and `netpeer run --json` only name a command and an option.
    let is_name = |part: &str| part.split(' ').skip(2).all(|word| word.starts_with("--"));
    let whole = spans.filter(|part| !part.contains('\n') && !is_name(part));
    let all = lines.chain(whole).filter(|line| !line.is_empty());
    all.map(str::to_owned).collect()
}

#[test]
fn every_shown_command_passes_its_trial() {
    let pages = pages();
    let all: BTreeSet<String> = pages.iter().flat_map(|page| commands(&page.text)).collect();
    let (ours, others): (Vec<_>, Vec<_>) =
        all.iter().partition(|line| line.starts_with("netpeer "));
    for line in others {
        let first = line.split_whitespace().next().unwrap();
        let installs = ["git", "cargo", "sudo"].contains(&first);
        assert!(installs || Path::new(ROOT).join(first).is_file(), "{line}");
    }
    let trial = |line: &str| {
        let begun = |(begin, _): &&(&str, fn(Shown))| line.starts_with(begin);
        let trial = TRIALS.iter().find(begun);
        trial.unwrap_or_else(|| panic!("nobody tries {line}")).1
    };
    assert!(ours.len() > 10);
    std::thread::scope(|scope| {
        for line in ours {
            let trial = trial(line);
            scope.spawn(move || trial(Shown::new(line)));
        }
    });
}

const COMMANDS: [&str; 16] = [
    "doctor udp",
    "explain",
    "udp",
    "tcp-client",
    "tcp-server",
    "relay udp",
    "relay tcp",
    "send",
    "meter",
    "flood",
    "run",
    "show",
    "convert",
    "fields",
    "completions",
    "man",
];
