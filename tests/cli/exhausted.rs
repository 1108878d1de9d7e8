//! Peers and files that ask for more memory than they send.

use super::program::{Program, run};
use std::io::Write as _;
use std::net::TcpStream;

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
    // In 1 GB of addresses.
    let output = std::process::Command::new("sh")
        .args(["-c", "ulimit -v 1000000; exec \"$0\" \"$@\""])
        .arg(env!("CARGO_BIN_EXE_netpeer"))
        .args(["show", path.to_str().unwrap()])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{said}");
}

#[test]
fn a_record_that_claims_four_gigabytes_takes_no_memory() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("huge.pcap");
    let mut bytes =
        b"\xD4\xC3\xB2\xA1\x02\0\x04\0\0\0\0\0\0\0\0\0\xFF\xFF\xFF\xFF\x65\0\0\0".to_vec();
    bytes.extend(b"\0\0\0\0\0\0\0\0\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFFxxxx");
    std::fs::write(&path, bytes).unwrap();
    let ended = run(&["show", path.to_str().unwrap()]);
    assert_eq!(ended.status, Some(1), "{}", ended.err);
}
