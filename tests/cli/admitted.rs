//! The clients that a relay serves.

use super::program::{DEADLINE, Program, local_in, run};
use crate::sockets::far_side;
use std::io::{ErrorKind, Read as _};
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::time::Duration;

/// A relay on loopback with these options.
fn relay(protocol: &str, to: &str, options: &[&str]) -> Program {
    let words = ["relay", protocol, "--bind", "127.0.0.1:0", "--to", to];
    Program::run(&[&words[..], options].concat())
}

#[test]
fn datagrams_of_others_are_refused_once_in_a_row_and_then_counted() {
    let (target, to) = far_side();
    let program = relay("udp", &to.to_string(), &["--allow", "10.0.0.0/8"]);
    let local = program.local();
    let client = UdpSocket::bind("127.0.0.1:0").unwrap();
    for text in ["one", "two", "three"] {
        client.send_to(text.as_bytes(), local).unwrap();
    }
    program.line_with("Refused 1 time");
    program.send_signal("INT");
    let ended = program.ended();
    assert!(ended.out.contains("Refused 2 times"), "{}", ended.out);
    // Nothing was passed on, and no payload is shown.
    target
        .set_read_timeout(Some(Duration::from_millis(1)))
        .unwrap();
    assert!(target.recv(&mut [0; 8]).is_err());
    assert!(!ended.out.contains("two"), "{}", ended.out);
}

#[test]
fn a_client_of_an_allowed_network_is_served() {
    let to = super::program::echo().to_string();
    let options = ["--allow", "10.0.0.0/8", "--allow", "127.0.0.0/8"];
    let program = relay("udp", &to, &options);
    let client = UdpSocket::bind("127.0.0.1:0").unwrap();
    client.set_read_timeout(Some(DEADLINE)).unwrap();
    client.send_to(b"hello", program.local()).unwrap();
    let mut buffer = [0; 16];
    let count = client.recv(&mut buffer).unwrap();
    assert_eq!(&buffer[..count], b"re:hello");
}

#[test]
fn a_connection_of_another_client_is_reset_and_not_passed_on() {
    let target = TcpListener::bind("127.0.0.1:0").unwrap();
    target.set_nonblocking(true).unwrap();
    let to = target.local_addr().unwrap().to_string();
    let program = relay("tcp", &to, &["--allow", "::1"]);
    let mut client = TcpStream::connect(program.local()).unwrap();
    client.set_read_timeout(Some(DEADLINE)).unwrap();
    let read = client.read(&mut [0; 8]).unwrap_err();
    assert_eq!(read.kind(), ErrorKind::ConnectionReset);
    program.line_with("Refused 1 time");
    assert_eq!(target.accept().unwrap_err().kind(), ErrorKind::WouldBlock);
}

#[test]
fn a_relay_that_other_machines_reach_says_so() {
    let relay = |address: &str, options: &[&str]| {
        let words = ["relay", "tcp", "--bind", address, "--to", "127.0.0.1:9"];
        run(&[&words[..], options, &["--for", "50ms"]].concat()).err
    };
    let said = "every machine that reaches";
    assert!(relay("0.0.0.0:0", &[]).contains(said));
    assert!(!relay("127.0.0.1:0", &[]).contains(said));
    assert!(!relay("0.0.0.0:0", &["--allow", "192.168.1.0/24"]).contains(said));
}

#[test]
fn a_network_that_is_none_is_refused() {
    let words = [
        "relay",
        "udp",
        "--bind",
        "127.0.0.1:0",
        "--to",
        "127.0.0.1:9",
    ];
    for network in ["10.0.0.0/33", "example.com", ""] {
        let ended = run(&[&words[..], &["--allow", network]].concat());
        assert_eq!(ended.status, Some(2), "{network}");
        assert!(ended.err.contains("192.168.1.0/24"), "{}", ended.err);
    }
}

#[test]
fn three_programs_that_answer_in_a_circle_stop() {
    let first = crate::ports::quiet();
    let ports = [first, first + 1, crate::ports::quiet()];
    let folder = tempfile::tempdir().unwrap();
    let programs: Vec<Program> = (0..3)
        .map(|number| {
            let rules = folder.path().join(format!("{number}.ron"));
            let to = ports[(number + 1) % 3];
            let rule = format!(
                "[(name: \"onward\", then: [(act: Reply(what: Echo, to: Some(\"127.0.0.1:{to}\")))])]"
            );
            std::fs::write(&rules, rule).unwrap();
            let bind = format!("127.0.0.1:{}", ports[number]);
            let rules = rules.to_str().unwrap();
            let program = Program::run(&["udp", "--bind", &bind, "--rules", rules, "--quiet"]);
            local_in(&program.error_with("127.0.0.1:"));
            program
        })
        .collect();
    let (socket, _) = far_side();
    socket
        .send_to(b"hello", format!("127.0.0.1:{}", ports[0]))
        .unwrap();
    // Whichever has the most replies at first stops the circle.
    let turn = Duration::from_millis(20);
    let mut turns = programs.iter().cycle().take(1_500);
    assert!(turns.any(|program| program.error_within("onward", turn).is_some()));
    for program in programs {
        program.send_signal("INT");
        let ended = program.ended();
        let (_, sent) = ended.err.rsplit_once(", sent ").unwrap();
        let digits = sent.chars().take_while(|c| c.is_ascii_digit() || *c == ',');
        let sent: u64 = digits
            .filter(|c| *c != ',')
            .collect::<String>()
            .parse()
            .unwrap();
        assert!(sent < 5_000, "{}", ended.err);
    }
}
