//! Peers and files that ask for more memory than they send.

use super::program::Program;
use std::io::Write as _;
use std::net::TcpStream;
use std::path::Path;
use std::process::{Command, Output};

/// The most memory a session has used, in KiB (proc_pid_status(5)).
fn peak(program: &Program) -> u64 {
    let text = std::fs::read_to_string(format!("/proc/{}/status", program.id())).unwrap();
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let digits = line.unwrap().trim().trim_end_matches(" kB");
    digits.parse().unwrap()
}

#[test]
fn a_length_of_four_gigabytes_takes_no_memory() {
    let words = [
        "tcp-server",
        "--bind",
        "127.0.0.1:0",
        "--framing",
        "length:4",
        "--echo",
    ];
    let program = Program::run(&words);
    let mut streams = Vec::new();
    let local = program.local();
    for _ in 0..20 {
        let mut stream = TcpStream::connect(local).unwrap();
        stream.write_all(b"\xFF\xFF\xFF\xFFbegin").unwrap();
        streams.push(stream);
    }
    for _ in 0..20 {
        program.line_with("62 65 67 69 6E");
    }
    assert!(peak(&program) < 300_000, "{}", peak(&program));
}

#[test]
fn a_line_without_end_takes_bounded_memory() {
    let words = [
        "tcp-server",
        "--bind",
        "127.0.0.1:0",
        "--framing",
        "lines",
        "--quiet",
    ];
    let program = Program::run(&words);
    let local = super::program::local_in(&program.error_with("127.0.0.1:"));
    let mut stream = TcpStream::connect(local).unwrap();
    let block = vec![b'a'; 1 << 20];
    for _ in 0..64 {
        stream.write_all(&block).unwrap();
    }
    stream.write_all(b"\nlast\n").unwrap();
    drop(stream);
    program.error_with("(FIN)");
    assert!(peak(&program) < 300_000, "{}", peak(&program));
}

#[test]
fn a_compressed_file_that_grows_a_thousandfold_is_refused_within_memory() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bomb.jsonl.gz");
    let file = std::fs::File::create(&path).unwrap();
    let mut packer = flate2::write::GzEncoder::new(file, flate2::Compression::fast());
    packer
        .write_all(b"{\"kind\":\"received\",\"text\":\"")
        .unwrap();
    let block = vec![b'a'; 1 << 20];
    for _ in 0..300 {
        packer.write_all(&block).unwrap();
    }
    packer.write_all(b"\"}\n").unwrap();
    packer.finish().unwrap();
    let output = show(&path, 1_000_000);
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{said}");
}

/// Shows a file within this many KiB of addresses: a program that asks for more is ended by a
/// signal.
fn show(path: &Path, most: u32) -> Output {
    let limit = format!("ulimit -v {most}; exec \"$0\" \"$@\"");
    Command::new("sh")
        .args(["-c", &limit, env!("CARGO_BIN_EXE_netpeer")])
        .args(["--lang", "en", "show"])
        .arg(path)
        .output()
        .unwrap()
}

/// A capture in pcap of one record, which claims this length and has four bytes.
fn pcap(claimed: u32) -> Vec<u8> {
    let head = b"\xD4\xC3\xB2\xA1\x02\0\x04\0\0\0\0\0\0\0\0\0\xFF\xFF\xFF\xFF\x65\0\0\0";
    let length = claimed.to_le_bytes();
    [&head[..], &[0; 8], &length, &length, b"xxxx"].concat()
}

/// A capture in pcapng, the second block of which claims this length and has twelve bytes.
fn pcapng(claimed: u32) -> Vec<u8> {
    let section = b"\x0A\x0D\x0D\x0A\x1C\0\0\0\x4D\x3C\x2B\x1A\x01\0\0\0\
        \xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x1C\0\0\0";
    let length = claimed.to_le_bytes();
    [&section[..], &[6, 0, 0, 0], &length, b"xxxx"].concat()
}

#[test]
fn a_record_that_claims_four_gigabytes_takes_no_memory() {
    // Half of the least claim.
    const MOST: u32 = 512 << 10;
    let folder = tempfile::tempdir().unwrap();
    let shown = |name: &str, content: &[u8]| {
        let path = folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        let output = show(&path, MOST);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        (output.status.code(), said)
    };
    let (status, said) = shown("right.pcap", &pcap(4));
    assert_eq!(status, Some(0), "{said}");
    for claimed in [1 << 30, 0x7FFF_FFFC, 0xFFFF_FFFC] {
        for (name, content) in [
            ("huge.pcap", pcap(claimed)),
            ("huge.pcapng", pcapng(claimed)),
        ] {
            let (status, said) = shown(name, &content);
            assert_eq!(status, Some(1), "{name} {claimed}: {said}");
            assert!(said.contains("claims a length of"), "{said}");
        }
    }
}
