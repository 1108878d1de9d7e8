//! Relays in a terminal.
use super::program::{DEADLINE, Program, echo, run};
use std::io::{ErrorKind, Read as _};
use std::net::{TcpStream, UdpSocket};

#[test]
fn a_relay_prints_both_sides() {
    let target = echo().to_string();
    let program = Program::run(&[
        "relay",
        "udp",
        "--bind",
        "127.0.0.1:0",
        "--to",
        &target,
        "--count",
        "2",
        "--json",
    ]);
    let bound = program.line_with("Bound");
    let (_, local) = bound.split_once("\"local\":\"").unwrap();
    let (local, _) = local.split_once('"').unwrap();
    let client = UdpSocket::bind("127.0.0.1:0").unwrap();
    client.set_read_timeout(Some(DEADLINE)).unwrap();
    client.send_to(b"hello", local).unwrap();
    let mut buffer = [0; 64];
    let (count, from) = client.recv_from(&mut buffer).unwrap();
    assert_eq!(
        (&buffer[..count], from.to_string()),
        (&b"re:hello"[..], local.to_owned())
    );
    let address = client.local_addr().unwrap();
    let other = format!("\"other\":\"{target}\"");
    let row = program.line_with("\"kind\":\"received\"");
    assert!(
        row.contains(&other) && row.contains(&address.to_string()),
        "{row}"
    );
    assert_eq!(program.ended().status, Some(0));
}

#[test]
fn two_tcp_relays_to_each_other_end_with_a_reason() {
    let port = crate::ports::quiet();
    let at = |port: u16| format!("127.0.0.1:{port}");
    let relay = |from: u16, to: u16| {
        let (from, to) = (at(from), at(to));
        Program::run(&["relay", "tcp", "--bind", &from, "--to", &to, "--lang", "en"])
    };
    let (first, second) = (relay(port, port + 1), relay(port + 1, port));
    for program in [&first, &second] {
        program.line_with("Listening");
    }
    let mut client = TcpStream::connect(at(port)).unwrap();
    client.set_read_timeout(Some(DEADLINE)).unwrap();
    // The reset takes a full round trip.
    let read = client.read(&mut [0; 8]);
    assert!(
        read.as_ref()
            .is_err_and(|error| error.kind() == ErrorKind::ConnectionReset),
        "{read:?}"
    );
    drop(first);
    second.send_signal("INT");
    let ended = second.ended();
    let connections = ended.out.matches("Connecting").count();
    assert!(connections <= 40, "{connections}");
}

#[test]
fn a_relay_to_itself_is_refused() {
    let ended = run(&[
        "relay",
        "udp",
        "--bind",
        "127.0.0.1:4567",
        "--to",
        "127.0.0.1:4567",
    ]);
    assert_eq!(ended.status, Some(2), "{}", ended.err);
}
