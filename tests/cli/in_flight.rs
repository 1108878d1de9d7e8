//! A long input arrives completely, however late the far side reads and whatever it contains.

use super::contract::number_before;
use super::program::{DEADLINE, Program};
use std::io::Read as _;
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::time::Duration;

/// After this time without progress the input counts as stalled.
const STALLED: Duration = Duration::from_secs(2);

#[test]
fn lines_with_variables_all_reach_a_client_and_a_server_that_read_late() {
    // 20 MB: more than the kernel and the queue of a connection hold.
    let lines = 4_000;
    let line = format!("${{rand:4000}}{}\n", "x".repeat(1_000));
    let options = ["--once", "--variables", "--ending", "lf"];
    for serves in [false, true] {
        let (mut program, mut stream) = if serves {
            let words = ["tcp-server", "--bind", "127.0.0.1:0"];
            let program = Program::run(&[&words[..], &options[..]].concat());
            let stream = TcpStream::connect(program.local()).unwrap();
            (program, stream)
        } else {
            let listener = TcpListener::bind("127.0.0.1:0").unwrap();
            let address = listener.local_addr().unwrap().to_string();
            let words = ["tcp-client", &address];
            let program = Program::run(&[&words[..], &options[..]].concat());
            (program, listener.accept().unwrap().0)
        };
        stream.set_read_timeout(Some(DEADLINE)).unwrap();
        let taken = program.is_given(line.repeat(lines).as_bytes());
        taken.recv_timeout(STALLED).ok();
        let mut came = Vec::new();
        stream.read_to_end(&mut came).unwrap();
        let ended = program.ended();
        let count = came.iter().filter(|byte| **byte == b'\n').count();
        assert_eq!((ended.status, count), (Some(0), lines), "{}", ended.err);
        let sent = number_before(&ended.err, "bytes), dropped");
        assert_eq!(sent, came.len() as u64, "{}", ended.err);
    }
}

#[test]
fn datagrams_with_variables_find_room_in_a_simulated_network() {
    // 18 MB: more than the delay line holds.
    let lines = 300;
    let line = format!("${{seq}}{}\n", "x".repeat(60_000));
    let far = UdpSocket::bind("127.0.0.1:0").unwrap();
    let to = far.local_addr().unwrap().to_string();
    let words = ["udp", "--to", &to, "--once", "--variables"];
    let network = ["--delay", "300ms"];
    let mut program = Program::run(&[&words[..], &network[..]].concat());
    program.is_given(line.repeat(lines).as_bytes());
    let ended = program.ended();
    assert_eq!(ended.status, Some(0), "{}", ended.err);
    assert!(
        ended.err.contains(&format!("sent {lines} (")),
        "{}",
        ended.err
    );
}
