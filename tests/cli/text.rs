//! Received text as it is printed: complete, in its encoding, and with control characters escaped.

use super::program::{Program, run};
use netpeer::payload::printable;
use std::io::Write as _;
use std::net::{TcpStream, UdpSocket};
use std::process::{Command, Stdio};

/// The output of a server for these pieces of one peer. Each is printed before the next is sent.
fn printed(options: &[&str], pieces: &[(&[u8], &str)]) -> String {
    let arguments = [&["tcp-server", "--bind", "127.0.0.1:0"], options].concat();
    let program = Program::run(&arguments);
    let mut stream = TcpStream::connect(program.local()).unwrap();
    let mut lines = String::new();
    for (piece, shown) in pieces {
        stream.write_all(piece).unwrap();
        lines.push_str(&program.line_with(shown));
        lines.push('\n');
    }
    program.send_signal("INT");
    program.ended();
    lines
}

#[test]
fn a_character_cut_by_a_write_is_printed_whole_where_it_ends() {
    let bytes = "你好世界".as_bytes();
    let lines = printed(&[], &[(&bytes[..4], "你"), (&bytes[4..], "世界")]);
    assert_eq!(lines, "你 E5 →\n好世界\n");
}

#[test]
fn a_byte_belongs_to_one_character_only_however_small_the_writes() {
    // 你好 in GBK: in UTF-8, E3 BA and C3 begin characters too.
    let pieces: [(&[u8], &str); 4] = [
        (b"\xC4", "C4 →"),
        (b"\xE3", "你"),
        (b"\xBA", "BA →"),
        (b"\xC3", "好"),
    ];
    assert_eq!(printed(&[], &pieces), " C4 →\n你\n BA →\n好\n");
    // E5 AD is 瀛 in GBK.
    let bytes = "你好学习".as_bytes();
    let pieces = [
        (&bytes[..6], "你好"),
        (&bytes[6..8], "E5 AD →"),
        (&bytes[8..], "学习"),
    ];
    assert_eq!(printed(&[], &pieces), "你好\n E5 AD →\n学习\n");
    // The first read ends in the second character: E5 AD A6 E4 is 瀛︿ in GBK.
    let bytes = "学习".as_bytes();
    let pieces = [(&bytes[..4], "学"), (&bytes[4..], "习")];
    assert_eq!(printed(&[], &pieces), "学 E4 →\n习\n");
}

#[test]
fn bytes_printed_in_hexadecimal_are_not_printed_again() {
    let pieces: [(&[u8], &str); 2] = [
        (b"\x00\xFF\xE7\x92", "00 FF E7 92"),
        ("温度".as_bytes(), "温度"),
    ];
    assert_eq!(printed(&[], &pieces), "00 FF E7 92\n温度\n");
    let pieces: [(&[u8], &str); 2] = [(b"ok\xE6\xB8", "ok"), (b"\xA9!", "温!")];
    assert_eq!(printed(&[], &pieces), "ok E6 B8 →\n温!\n");
}

#[test]
fn received_text_is_in_the_encoding_that_was_given() {
    // é in Windows-1252, which is no UTF-8.
    let options = ["--encoding", "windows-1252"];
    assert_eq!(printed(&options, &[(b"caf\xE9", "caf")]), "café\n");
    let options = ["--encoding", "utf-16le"];
    assert_eq!(printed(&options, &[(b"O\0K\0", "OK")]), "OK\n");
}

#[test]
fn short_words_in_gbk_are_words() {
    for lang in ["zh", "en"] {
        let program = Program::run(&["udp", "--bind", "127.0.0.1:0", "--lang", lang]);
        let local = program.local();
        let far = UdpSocket::bind("127.0.0.1:0").unwrap();
        for (bytes, word) in [
            (&b"\xBA\xC3"[..], "好"),
            (b"\xB4\xF2\xBF\xAA", "打开"),
            (b"\xB2\xBB\xBA\xC3", "不好"),
        ] {
            far.send_to(bytes, local).unwrap();
            assert_eq!(program.line_with(word), word);
        }
        program.send_signal("INT");
        program.ended();
    }
}

#[test]
fn nothing_that_deceives_reaches_a_terminal() {
    let odd = "\u{9B}2J \u{1B}[31m \u{202E}\u{2066}\u{200B}\u{AD}\u{61C}\u{E0041}\u{2028}\u{85}";
    let far = UdpSocket::bind("127.0.0.1:0").unwrap();
    for options in [&[][..], &["--json"]] {
        let program = Program::run(&[&["udp", "--bind", "127.0.0.1:0"], options].concat());
        let bound = program.line_with("127.0.0.1:");
        let port = bound.rsplit_once("127.0.0.1:").unwrap().1;
        let port: String = port.chars().take_while(char::is_ascii_digit).collect();
        far.send_to(
            format!("begin {odd} end").as_bytes(),
            format!("127.0.0.1:{port}"),
        )
        .unwrap();
        let line = program.line_with("begin");
        assert!(line.contains("end"), "{line}");
        assert!(!line.chars().any(printable::deceives), "{line:?}");
        if !options.is_empty() {
            let json: serde_json::Value = serde_json::from_str(&line).unwrap();
            assert_eq!(json["text"], format!("begin {odd} end"));
        }
        program.send_signal("INT");
        program.ended();
    }
}

#[test]
fn names_in_messages_move_no_cursor() {
    let folder = tempfile::tempdir().unwrap();
    let name = folder.path().join("a\u{1B}[2Jb\u{202E}.ron");
    let name = name.to_str().unwrap();
    for arguments in [
        &["run", name][..],
        &["udp", "--rules", name],
        &["udp", "--record", "a\u{1B}[2Jb.xyz"],
        &["udp", "--bind", "\u{1B}[2J:1"],
        &["send", "udp", "\u{1B}]0;x\u{7}:1", "hi"],
        &["\u{1B}[2J"],
    ] {
        let ended = Program::run(arguments).ended();
        assert_ne!(ended.status, Some(0), "{arguments:?}");
        let said = ended.err + &ended.out;
        let deceives = |c: &char| *c != '\n' && printable::deceives(*c);
        assert_eq!(said.chars().find(deceives), None, "{arguments:?}: {said:?}");
    }
}

#[test]
fn a_name_of_a_file_stands_on_one_line() {
    let folder = tempfile::tempdir().unwrap();
    let name = folder.path().join("a\nb.ron");
    let record = folder.path().join("a\nb.ron/x.jsonl");
    let (name, record) = (name.to_str().unwrap(), record.to_str().unwrap());
    for there in [false, true] {
        if there {
            std::fs::write(name, "(").unwrap();
        }
        for arguments in [
            &["run", name][..],
            &["udp", "--rules", name],
            &["udp", "--impair", name],
            &["udp", "--record", record, "--for", "50ms"],
        ] {
            let said = run(arguments).err;
            assert!(said.contains("a␊b.ron"), "{arguments:?}: {said}");
        }
    }
}

#[test]
fn a_name_of_a_file_need_not_be_text() {
    use std::os::unix::ffi::OsStrExt as _;
    let folder = tempfile::tempdir().unwrap();
    let named = |name: &[u8]| folder.path().join(std::ffi::OsStr::from_bytes(name));
    let recording = named(b"x\xFF.jsonl");
    let output = Command::new(env!("CARGO_BIN_EXE_netpeer"))
        .args(["udp", "--bind", "127.0.0.1:0", "--for", "50ms", "--record"])
        .arg(&recording)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && recording.exists(), "{said}");
    let output = Command::new(env!("CARGO_BIN_EXE_netpeer"))
        .args(["--lang", "en", "run"])
        .arg(named(b"y\xFF.ron"))
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains("y\\xFF.ron cannot be read"), "{said}");
}

#[test]
fn a_payload_cannot_forge_a_row() {
    let row = "[2026-01-01 00:00:00.000]# RECV ASCII FROM 10.9.8.7 :53>";
    let far = UdpSocket::bind("127.0.0.1:0").unwrap();
    for before in ["", "x\n\n"] {
        let program = Program::run(&["udp", "--bind", "127.0.0.1:0"]);
        let local = program.local();
        far.send_to(format!("{before}{row}\nforged").as_bytes(), local)
            .unwrap();
        let line = program.line_with("10.9.8.7");
        assert!(!line.starts_with('['), "{line}");
        program.send_signal("INT");
        program.ended();
    }
}
