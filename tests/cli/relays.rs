//! Relays in a terminal.
use super::program::{DEADLINE, Program, echo, run};
use super::scenarios::played;
use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{TcpListener, TcpStream, UdpSocket};

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

const SENSOR: &str = r#"(
    meta: (id: "sensor", endian: "be", framing: "length:2"),
    seq: [
        (id: "len", type: "u2", counts: "type.."),
        (id: "type", type: "u1"),
        (id: "temp", type: "f4", unit: "°C"),
        (id: "crc", type: "u2le", show: hex, checksum: "CRC-16/MODBUS"),
    ],
)"#;

#[test]
fn a_relay_reads_the_fields_of_messages_however_the_reads_cut_them() {
    let dir = tempfile::tempdir().unwrap();
    let description = dir.path().join("sensor.ron");
    std::fs::write(&description, SENSOR).unwrap();
    let target = TcpListener::bind("127.0.0.1:0").unwrap();
    let to = target.local_addr().unwrap().to_string();
    let words = ["relay", "tcp", "--bind", "127.0.0.1:0", "--to", &to];
    let described = ["--describe", description.to_str().unwrap(), "--json"];
    // The description brings its framing.
    let program = Program::run(&[&words[..], &described].concat());
    let listening = program.line_with("Listening");
    let (_, local) = listening.split_once("\"local\":\"").unwrap();
    let (local, _) = local.split_once('"').unwrap();
    let mut client = TcpStream::connect(local).unwrap();
    let (mut far, _) = target.accept().unwrap();
    for stream in [&client, &far] {
        stream.set_read_timeout(Some(DEADLINE)).unwrap();
    }
    let message = b"\x00\x07\x81\x41\xbc\x00\x00\xf3\x71";
    let mut buffer = [0; 9];
    client.write_all(&message[..3]).unwrap();
    // It does not wait for the rest.
    far.read_exact(&mut buffer[..3]).unwrap();
    client.write_all(&message[3..]).unwrap();
    far.read_exact(&mut buffer[3..]).unwrap();
    assert_eq!(&buffer, message);
    far.write_all(message).unwrap();
    client.read_exact(&mut buffer).unwrap();
    assert_eq!(&buffer, message);
    let peer = client.local_addr().unwrap().to_string();
    for (kind, peer, length) in [
        ("received", &peer, 6),
        ("sent", &to, 6),
        ("received", &to, 9),
        ("sent", &peer, 9),
    ] {
        let row = program.line_with("\"temp\":23.5");
        for part in [
            format!("\"kind\":\"{kind}\""),
            format!("\"peer\":\"{peer}\""),
            format!("\"length\":{length}"),
        ] {
            assert!(row.contains(&part), "{part}: {row}");
        }
    }
}

#[test]
fn a_relay_of_a_scenario_expects_messages_of_both_sides() {
    let text = r#"(
        sessions: {
            "server": TcpServer(),
            "relay": Relay(tcp: true, to: "server", framing: Lines),
            "client": TcpClient(to: "relay"),
        },
        steps: [
            Send(session: "client", text: "one\ntw"),
            Expect(session: "relay", exact: "one", from: "client"),
            Expect(session: "server", contains: "one\ntw"),
            Send(session: "client", text: "o\n"),
            Expect(session: "relay", exact: "two", from: "client"),
            Expect(session: "server", exact: "o\n"),
            Send(session: "server", text: "answer\n"),
            Expect(session: "relay", exact: "answer", from: "server"),
            Expect(session: "client", exact: "answer\n"),
        ],
    )"#;
    let ended = played(text, &[]);
    assert_eq!(ended.status, Some(0), "{}{}", ended.out, ended.err);
    // Datagrams are messages already.
    let text = text.replace("tcp: true", "tcp: false");
    let ended = played(&text, &[]);
    assert_eq!(ended.status, Some(2));
    assert!(ended.err.contains("framing"), "{}", ended.err);
}
