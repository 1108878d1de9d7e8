//! Sessions that do not print their traffic.

use super::program::{Program, local_in};
use std::net::UdpSocket;

#[test]
fn a_quiet_session_prints_nothing_but_notices_and_totals_on_the_standard_error() {
    let arguments = ["udp", "--bind", "127.0.0.1:0", "--count", "1", "--echo"];
    let totals = "Received 1 (6 bytes)";
    let program = Program::run(&[&arguments[..], &["-q"]].concat());
    let local = local_in(&program.error_with("]# 127.0.0.1:"));
    let peer = UdpSocket::bind("127.0.0.1:0").unwrap();
    peer.send_to(b"secret", local).unwrap();
    let ended = program.ended();
    assert_eq!((ended.status, ended.out.as_str()), (Some(0), ""));
    assert!(ended.err.contains(totals), "{}", ended.err);
    assert!(!ended.err.contains("secret"), "{}", ended.err);
    // Its output need not be read, because it writes none.
    let (program, output) = Program::with_output(&[&arguments[..], &["--quiet"]].concat());
    drop(output);
    let local = local_in(&program.error_with("]# 127.0.0.1:"));
    peer.send_to(b"secret", local).unwrap();
    let ended = program.ended();
    assert_eq!(ended.status, Some(0));
    assert!(ended.err.contains(totals), "{}", ended.err);
}
