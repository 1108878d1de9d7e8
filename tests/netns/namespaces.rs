//! The namespace set-up: network namespaces and the links between them.
use crate::cli::program::Program;
use crate::loopback::alone;
use crate::loopback::probe::{Fact, Probe};
use crate::skips::skip;
use netpeer::engine::Interfaces;
use netpeer::traffic::Arrival;
use std::net::SocketAddr;
use std::process::{Child, Command};

/// Runs the ignored test of this name in the first network namespace of `namespaces.sh`, with
/// the rights of root or those of a user in a namespace of their own.
pub fn run(test: &str) {
    const WAYS: [&[&str]; 2] = [
        &["unshare", "--net"],
        &["unshare", "--map-root-user", "--net"],
    ];
    const NEEDED: &str = "ip link add type veth && unshare --net true";
    let mut reason = String::new();
    for way in WAYS {
        let tried = Command::new(way[0])
            .args(&way[1..])
            .args(["sh", "-c", NEEDED])
            .output();
        match tried {
            Ok(output) if output.status.success() => {
                return alone::run(test, &[way, &["sh", "tests/peers/namespaces.sh"]].concat());
            }
            Ok(output) => reason = String::from_utf8_lossy(&output.stderr).trim().to_owned(),
            Err(error) => reason = error.to_string(),
        }
    }
    skip("network-namespaces", &reason);
}

/// A process in the namespace at the far end of the link.
pub fn far() -> String {
    let far = std::env::var("FAR");
    far.expect("only the test that sets namespaces up runs this one")
}

/// A process in the namespace beyond the far end.
pub fn end() -> String {
    std::env::var("END").unwrap()
}

/// Runs a script in this namespace, which is never that of the machine.
pub fn here(script: &str) {
    far();
    shell(&["sh", "-ec", script]);
}

/// Runs a script in the namespace at the far end.
pub fn there(script: &str) {
    shell(&["nsenter", "--target", &far(), "--net", "sh", "-ec", script]);
}

/// A Python program at the far end, which ends when this is dropped.
pub struct FarPython(Child);

impl FarPython {
    pub fn start(script: &str) -> Self {
        let child = Command::new("nsenter")
            .args(["--target", &far(), "--net", "python3", "-c", script])
            .spawn();
        Self(child.unwrap())
    }
}

impl Drop for FarPython {
    fn drop(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

fn shell(words: &[&str]) {
    let output = Command::new("timeout").arg("20").args(words).output();
    let output = output.unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{words:?}: {said}");
}

/// Waits until packets pass in both directions.
pub fn until_up() {
    here("until ip link show near | grep -q 'state UP'; do :; done");
    there("until ip link show far | grep -q 'state UP'; do :; done");
}

/// The index of the interface of this name in this namespace.
pub fn interface(name: &str) -> u32 {
    Interfaces::read().index_of(name).unwrap()
}

/// The program with a socket at another end. It prints JSON.
pub fn listens(process: &str, arguments: &[&str]) -> Program {
    let bounded = [&["udp", "--json", "--for", "60s"], arguments].concat();
    let program = Program::in_network_of(process, &bounded);
    program.line_with("\"Bound\"");
    program
}

/// The next datagram that this program received.
pub fn received(program: &Program) -> serde_json::Value {
    let line = program.line_with("\"kind\":\"received\"");
    serde_json::from_str(&line).unwrap()
}

/// Sends a datagram from the far end.
pub fn sends(to: &str, text: &str) {
    let mut program = Program::in_network_of(&far(), &["send", to, text]);
    program.ends_input();
    let ended = program.ended();
    assert_eq!((ended.status, ended.err.as_str()), (Some(0), ""), "{to}");
}

/// Waits until this text is received; returns its sender, and how it arrived.
pub fn arrived(probe: &mut Probe, text: &str) -> (SocketAddr, Arrival) {
    let (place, peer) = probe.until(|facts| {
        let received = facts.iter().filter_map(|fact| match fact {
            Fact::Received(peer, bytes) => Some((*peer, bytes)),
            _ => None,
        });
        let mut received = received.enumerate();
        received
            .find_map(|(place, (peer, bytes))| (bytes == text.as_bytes()).then_some((place, peer)))
    });
    (peer, probe.arrivals[place])
}
