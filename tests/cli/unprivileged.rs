//! The program without the rights of root.

use crate::skips::have;
use crate::sockets::{far_side, receive};
use std::io::{BufRead as _, BufReader};
use std::os::unix::fs::MetadataExt as _;
use std::process::{Command, Stdio};

/// The words before a command that run it without capabilities (capabilities(7)); `None` where
/// they cannot be dropped.
pub fn without_rights() -> Option<&'static [&'static str]> {
    let is_root = std::fs::metadata("/proc/self").unwrap().uid() == 0;
    match is_root {
        true => {
            have(&["setpriv"]).then_some(&["setpriv", "--bounding-set=-all", "--inh-caps=-all"])
        }
        false => Some(&[]),
    }
}

#[test]
fn a_session_needs_no_right_of_root() {
    let Some(before) = without_rights() else {
        return;
    };
    let words = ["udp", "--bind", "127.0.0.1:0", "--echo", "--lang", "en"];
    let program = [env!("CARGO_BIN_EXE_netpeer")];
    let words = [before, &program, &words].concat();
    let mut child = Command::new(words[0])
        .args(&words[1..])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    // Its reader stays: a session ends when nobody reads it.
    let mut out = BufReader::new(child.stdout.take().unwrap());
    out.read_line(&mut line).unwrap();
    let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap();
    let rights = status.lines().find_map(|line| line.strip_prefix("CapEff:"));
    assert_eq!(rights.unwrap().trim().trim_matches('0'), "", "{status}");
    let (socket, _) = far_side();
    let local = super::program::local_in(&line);
    socket.send_to(b"hello", local).unwrap();
    assert_eq!(receive(&socket), b"hello");
    child.kill().unwrap();
    child.wait().unwrap();
}
