//! Sessions that do not print their traffic.

use super::program::{Program, local_in};
use serde_json::Value;
use std::net::UdpSocket;
use std::time::Duration;

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

#[test]
fn every_drop_is_counted_on_the_standard_error() {
    for more in ["-q", "--json"] {
        let arguments = ["udp", "--bind", "127.0.0.1:0", "--receive-buffer", "4096"];
        let echo = ["--echo", "--no-limits", more];
        let program = Program::run(&[&arguments[..], &echo].concat());
        let local = match more {
            "-q" => local_in(&program.error_with("]# 127.0.0.1:")),
            _ => {
                let row: Value = serde_json::from_str(&program.line_with("Bound")).unwrap();
                let local = row["notice"]["Bound"]["local"].as_str().unwrap();
                local.parse().unwrap()
            }
        };
        let flood = UdpSocket::bind("127.0.0.1:0").unwrap();
        let probe = UdpSocket::bind("127.0.0.1:0").unwrap();
        probe
            .set_read_timeout(Some(Duration::from_millis(100)))
            .unwrap();
        // More drops than rows are printed in a second.
        for round in 0..6_u8 {
            program.send_signal("STOP");
            for _ in 0..500 {
                flood.send_to(&[b'x'; 1000], local).unwrap();
            }
            program.send_signal("CONT");
            // A datagram after the gap brings the kernel's count.
            let mut answer = [0; 8];
            let mut tries = 0;
            loop {
                probe.send_to(&[round], local).unwrap();
                if probe.recv(&mut answer).is_ok_and(|_| answer[0] == round) {
                    break;
                }
                tries += 1;
                assert!(tries < 300, "no answer in round {round}");
            }
        }
        program.send_signal("INT");
        let ended = program.ended();
        let said: u64 = numbers_after(&ended.err, "kernel dropped ").sum();
        let total = numbers_after(&ended.err, "dropped by the kernel ").next();
        assert!(total.is_some_and(|total| total > 0), "{}", ended.err);
        assert_eq!(Some(said), total, "{}", ended.err);
    }
}

/// The numbers after `words` in a text.
fn numbers_after<'a>(text: &'a str, words: &'a str) -> impl Iterator<Item = u64> + 'a {
    text.split(words).skip(1).map(|rest| {
        let is_part = |c: &char| c.is_ascii_digit() || *c == ',';
        let number: String = rest.chars().take_while(is_part).collect();
        number.replace(',', "").parse().unwrap()
    })
}
