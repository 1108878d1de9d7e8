//! Sessions that are also recorded to a file.

use super::program::{Program, echo, run};
use std::io::Write as _;
use std::net::{TcpStream, UdpSocket};
use std::process::{Command, Stdio};

#[test]
fn what_happens_is_recorded_and_time_ends_it() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("session.pcapng");
    let record = ["--record", file.to_str().unwrap()];
    let to = echo().to_string();
    let ended = run(&[
        &["udp", "--to", &to, "--message", "x", "--for", "300ms"],
        &record[..],
    ]
    .concat());
    assert_eq!(ended.status, Some(0), "{}", ended.err);
    let recorded = std::fs::read(&file).unwrap();
    assert_eq!(recorded[..4], [0x0A, 0x0D, 0x0D, 0x0A]);
    // It ends at once, without binding a socket.
    let nowhere = run(&["udp", "--for", "1h", "--record", "/nowhere/x.pcapng"]);
    assert_eq!(nowhere.status, Some(1));
    assert!(nowhere.err.contains("did not begin"), "{}", nowhere.err);
    assert!(!nowhere.out.contains("Bound"), "{}", nowhere.out);
    assert!(nowhere.err.contains("no such folder"), "{}", nowhere.err);
}

#[test]
fn a_recording_beyond_the_limit_of_a_files_size_ends_with_a_whole_row() {
    let dir = tempfile::tempdir().unwrap();
    let to = UdpSocket::bind("127.0.0.1:0").unwrap();
    let to = to.local_addr().unwrap();
    // Blocks of 512 or 1,024 bytes each, depending on the shell.
    let line = format!("netpeer udp --to {to} --once --record x.jsonl");
    let line = format!("ulimit -f 8; {line}");
    let mut program = Program::typed(&line, dir.path());
    program.is_given(&b"hello\n".repeat(1_000));
    let ended = program.ended();
    assert_eq!(ended.status, Some(1), "{}", ended.err);
    assert!(ended.err.contains("Recording has stopped"), "{}", ended.err);
    assert!(
        ended.err.contains("sent 1,000 (5,000 bytes)"),
        "{}",
        ended.err
    );
    let recorded = std::fs::read(dir.path().join("x.jsonl")).unwrap();
    assert!(recorded.ends_with(b"}\n") && recorded.len() <= 8_192);
}

#[test]
fn a_recording_without_descriptors_blames_no_disk_and_leaves_no_file() {
    let dir = tempfile::tempdir().unwrap();
    let mut said = 0;
    for descriptors in 6..20 {
        let limit = format!("--nofile={descriptors}:{descriptors}");
        let file = dir.path().join(format!("{descriptors}.jsonl"));
        let path = file.to_str().unwrap();
        let udp = ["udp", "--bind", "127.0.0.1:0", "--for", "50ms"];
        let output = Command::new("prlimit")
            .args([&limit, env!("CARGO_BIN_EXE_netpeer"), "--lang", "en"])
            .args(udp)
            .args(["--record", path])
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let err = String::from_utf8_lossy(&output.stderr);
        if !err.contains(&format!("Record {path} failed")) {
            continue;
        }
        said += 1;
        assert_eq!(output.status.code(), Some(1), "{err}");
        assert!(err.contains("ulimit -n") && !err.contains("disk"), "{err}");
        assert!(!file.exists(), "{err}");
    }
    assert!(said > 0);
}

#[test]
fn a_recording_reads_text_as_the_screen_does() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("session.jsonl");
    let name = file.to_str().unwrap();
    let arguments = [
        "tcp-server",
        "--bind",
        "127.0.0.1:0",
        "--json",
        "--record",
        name,
    ];
    let program = Program::run(&arguments);
    let listening = program.line_with("Listening");
    let (_, port) = listening.split_once("127.0.0.1:").unwrap();
    let port: String = port.chars().take_while(char::is_ascii_digit).collect();
    let mut stream = TcpStream::connect(format!("127.0.0.1:{port}")).unwrap();
    let mut printed = Vec::new();
    // The first read ends inside 温.
    for (piece, hex) in [(&b"ok\xE6\xB8"[..], "6f6be6b8"), (b"\xA9!", "a921")] {
        stream.write_all(piece).unwrap();
        printed.push(program.line_with(hex));
    }
    program.send_signal("INT");
    program.ended();
    let text = |line: &str| {
        let json: serde_json::Value = serde_json::from_str(line).unwrap();
        json["text"].as_str().map(str::to_owned)
    };
    let printed: Vec<_> = printed.iter().map(|line| text(line)).collect();
    assert_eq!(printed, [Some("ok".to_owned()), Some("温!".to_owned())]);
    let recorded = std::fs::read_to_string(&file).unwrap();
    let received = recorded
        .lines()
        .filter(|line| line.contains("\"received\""));
    assert_eq!(received.map(text).collect::<Vec<_>>(), printed);
}

#[test]
fn a_framed_stream_is_recorded_by_message_as_text_and_by_read_as_bytes() {
    let dir = tempfile::tempdir().unwrap();
    let log = dir.path().join("session.jsonl");
    for name in ["session.csv", "session.log", "session.jsonl"] {
        let file = dir.path().join(name);
        let server = Program::run(&[
            "tcp-server",
            "--bind",
            "127.0.0.1:0",
            "--framing",
            "lines",
            "--count",
            "2",
            "--record",
            file.to_str().unwrap(),
        ]);
        let mut stream = TcpStream::connect(server.local()).unwrap();
        stream.set_nodelay(true).unwrap();
        stream.write_all(b"one\ntw").unwrap();
        server.line_with("one");
        stream.write_all(b"o\nopen").unwrap();
        assert_eq!(server.ended().status, Some(0));
        let recorded = std::fs::read_to_string(&file).unwrap();
        let parts: &[&str] = match name {
            "session.csv" => &[
                ",text,hex,framing\r\n",
                ",3,UTF-8,one,6F 6E 65,\r\n",
                ",3,UTF-8,two,74 77 6F,\r\n",
                ",4,UTF-8,open,6F 70 65 6E,unfinished\r\n",
            ],
            "session.log" => &[">\none\n\n", ">\ntwo\n\n", "> (unfinished)\nopen\n\n"],
            _ => &["\"hex\":\"6f6e650a7477\"", "\"hex\":\"6f0a6f70656e\""],
        };
        for part in parts {
            assert!(recorded.contains(part), "{part}: {recorded}");
        }
    }
    // What was recorded by read is shown and converted by message, without a description.
    let framing = ["--framing", "lines"];
    let words = ["show", log.to_str().unwrap()];
    let shown = run(&[&words[..], &framing].concat());
    assert_eq!(shown.status, Some(0), "{}", shown.err);
    for part in [">\none\n\n", ">\ntwo\n\n", "> (unfinished)\nopen\n\n"] {
        assert!(shown.out.contains(part), "{part}: {}", shown.out);
    }
    let table = dir.path().join("converted.csv");
    let words = ["convert", log.to_str().unwrap(), table.to_str().unwrap()];
    let ended = run(&[&words[..], &framing].concat());
    assert_eq!(ended.status, Some(0), "{}", ended.err);
    let table = std::fs::read_to_string(&table).unwrap();
    assert!(table.contains(",3,UTF-8,two,74 77 6F,\r\n"), "{table}");
    assert!(!ended.err.contains("left out"), "{}", ended.err);
}
