//! Situations of this machine, made for real.
use super::super::namespaces::{self, listens};
use super::asked::{self, verdict, without_rights};
use crate::skips::have;
use netpeer::engine::evidence::{LONGEST, Question, SessionFacts, Transport};
use netpeer::traffic::{Cause, Failure, Operation};
use socket2::{Domain, Protocol, Socket, Type};
use std::net::{SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

const UDP: Transport = Transport::Udp;
const TCP: Transport = Transport::Tcp;

fn address(text: &str) -> SocketAddr {
    text.parse().unwrap()
}

fn port(transport: Transport, local: &str) -> String {
    let local = address(local);
    verdict(
        &Question::Port {
            transport,
            local,
            from: None,
        },
        None,
    )
}

fn target(transport: Transport, to: &str) -> String {
    let question = Question::Target {
        transport,
        to: address(to),
        name: None,
    };
    verdict(&question, None)
}

/// A session at this address that was not opened for this cause.
fn refused(transport: Transport, local: &str, cause: Cause) -> String {
    let question = Question::Session {
        transport,
        local: Some(address(local)),
        to: None,
        from: None,
    };
    let session = SessionFacts {
        is_server: true,
        local: Some(address(local)),
        failures: vec![Failure {
            operation: Operation::Bind,
            address: local.to_owned(),
            cause,
        }],
        ..SessionFacts::default()
    };
    verdict(&question, Some(&session))
}

#[test]
fn faults_of_addresses_are_found_in_a_subprocess() {
    if have(&["setpriv"]) {
        namespaces::run("netns::doctor::local::addresses");
    }
}

#[test]
#[ignore = "run by the test above, in a network namespace"]
fn addresses() {
    assert_eq!(port(UDP, "0.0.0.0:9400"), "not-bound");
    assert_eq!(port(TCP, "10.77.0.1:9400"), "not-bound");
    assert_eq!(port(UDP, "10.99.0.1:9400"), "not-local");

    let _loopback = UdpSocket::bind("127.0.0.1:9401").unwrap();
    assert_eq!(port(UDP, "10.77.0.1:9401"), "loopback-only");

    namespaces::here(
        "ip link add other type veth peer name unused
         ip addr add 10.79.0.1/24 dev other
         ip link set other up
         ip link set unused up",
    );
    let _other = UdpSocket::bind("10.79.0.1:9402").unwrap();
    assert_eq!(port(UDP, "10.77.0.1:9402"), "other-interface");

    let _four = TcpListener::bind("127.0.0.1:9403").unwrap();
    let six = address("[::1]:9403");
    let localhost = Question::Target {
        transport: TCP,
        to: six,
        name: Some(("localhost".into(), vec![six, address("127.0.0.1:9403")])),
    };
    assert_eq!(verdict(&localhost, None), "localhost-is-v6");
    assert_eq!(target(TCP, "[::1]:9403"), "v4-against-v6");

    let only = Socket::new(Domain::IPV6, Type::DGRAM, Some(Protocol::UDP)).unwrap();
    only.set_only_v6(true).unwrap();
    only.bind(&address("[::]:9404").into()).unwrap();
    assert_eq!(target(UDP, "127.0.0.1:9404"), "v6-only");
    assert_eq!(port(UDP, "10.77.0.1:9404"), "v6-only");

    let _six = UdpSocket::bind("[::1]:9405").unwrap();
    assert_eq!(target(UDP, "127.0.0.1:9405"), "v4-against-v6");
}

#[test]
fn faults_of_ports_are_found_in_a_subprocess() {
    if have(&["setpriv", "python3"]) {
        namespaces::run("netns::doctor::local::ports");
    }
}

/// A program without rights that shares a port with others.
fn sharing(port: u16) -> Child {
    let script = format!(
        "import socket, time
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
s.bind(('0.0.0.0', {port}))
print('bound', flush=True)
time.sleep(60)"
    );
    let mut child = without_rights("/usr/bin/env")
        .args(["python3", "-c", &script])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = std::io::BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    std::io::BufRead::read_line(&mut said, &mut line).unwrap();
    assert_eq!(line.trim(), "bound");
    child
}

#[test]
#[ignore = "run by the test above, in a network namespace"]
fn ports() {
    let _program = listens(&namespaces::far(), &["--bind", "0.0.0.0:9406"]);
    assert_eq!(target(UDP, "127.0.0.1:9406"), "other-namespace");
    assert_eq!(port(UDP, "0.0.0.0:9406"), "other-namespace");

    let mut sharers = [sharing(9407), sharing(9407)];
    assert_eq!(port(UDP, "0.0.0.0:9407"), "port-shared");
    for child in &mut sharers {
        child.kill().unwrap();
        child.wait().unwrap();
    }

    let _owner = UdpSocket::bind("0.0.0.0:9408").unwrap();
    let taken = Cause::PortInUse {
        holder: None,
        free: None,
        code: 98,
    };
    assert_eq!(refused(UDP, "127.0.0.1:9408", taken), "port-taken");

    let privileged = Cause::Privileged {
        free_from: 1024,
        code: 13,
    };
    assert_eq!(refused(UDP, "0.0.0.0:514", privileged), "privileged-port");

    let server = TcpListener::bind("127.0.0.1:9409").unwrap();
    let client = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    client.bind(&address("127.0.0.1:9410").into()).unwrap();
    client.connect(&address("127.0.0.1:9409").into()).unwrap();
    let (accepted, _) = server.accept().unwrap();
    // Who closes first keeps the port.
    drop(client);
    drop(accepted);
    namespaces::here("until ss -tan state time-wait | grep -q 9410; do :; done");
    let lingering = Cause::Lingering {
        seconds: 60,
        free: None,
        code: 98,
    };
    assert_eq!(refused(TCP, "127.0.0.1:9410", lingering), "time-wait");

    // A program of this machine that sends to a closed port has nothing to do with it.
    let _receiver = UdpSocket::bind("0.0.0.0:9411").unwrap();
    let question = Question::Port {
        transport: UDP,
        local: address("0.0.0.0:9411"),
        from: None,
    };
    let done = std::sync::atomic::AtomicBool::new(false);
    let found = std::thread::scope(|scope| {
        scope.spawn(|| {
            let other = UdpSocket::bind("127.0.0.1:0").unwrap();
            while !done.load(std::sync::atomic::Ordering::Relaxed) {
                other.send_to(b"stray", "127.0.0.1:9412").unwrap();
                std::thread::sleep(Duration::from_millis(20));
            }
        });
        let found = asked::both(&question, None, false);
        done.store(true, std::sync::atomic::Ordering::Relaxed);
        found
    });
    assert_eq!(found, ["none", "none"]);
    // A peer on another one that sends to another port, again and again.
    let begun = UdpSocket::bind("0.0.0.0:9413").unwrap();
    begun
        .set_read_timeout(Some(Duration::from_secs(20)))
        .unwrap();
    let found = std::thread::scope(|scope| {
        scope.spawn(|| {
            namespaces::there(
                "exec python3 -c '
import socket, time
peer = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
peer.sendto(b\"begun\", (\"10.77.0.1\", 9413))
for _ in range(300):
    peer.sendto(b\"astray\", (\"10.77.0.1\", 9412))
    time.sleep(0.02)'",
            );
        });
        begun.recv(&mut [0; 8]).unwrap();
        asked::both(&question, None, false)
    });
    assert_eq!(found, ["wrong-port", "wrong-port"]);
}

#[test]
fn limits_that_are_reached_are_found_in_a_subprocess() {
    if have(&["setpriv"]) {
        namespaces::run("netns::doctor::local::limits");
    }
}

#[test]
#[ignore = "run by the test above, in a network namespace"]
fn limits() {
    let listener = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    listener.bind(&address("127.0.0.1:9413").into()).unwrap();
    listener.listen(0).unwrap();
    let _waiting = TcpStream::connect("127.0.0.1:9413").unwrap();
    assert_eq!(port(TCP, "127.0.0.1:9413"), "backlog-full");

    let full = UdpSocket::bind("127.0.0.1:9414").unwrap();
    let sender = UdpSocket::bind("127.0.0.1:0").unwrap();
    for _ in 0..10_000 {
        sender.send_to(&[0; 1_000], "127.0.0.1:9414").unwrap();
    }
    assert_eq!(port(UDP, "127.0.0.1:9414"), "receive-overflow");
    drop(full);

    let question = Question::Session {
        transport: TCP,
        local: Some(address("127.0.0.1:9415")),
        to: None,
        from: None,
    };
    let session = SessionFacts {
        open: true,
        is_server: true,
        local: Some(address("127.0.0.1:9415")),
        ..SessionFacts::default()
    };
    let found = asked::verdict_without_descriptors(&question, &session);
    assert_eq!(found, "descriptor-limit");

    let server = TcpListener::bind("10.77.0.1:9416").unwrap();
    namespaces::here("echo 40000 40001 >/proc/sys/net/ipv4/ip_local_port_range");
    let mut connections = Vec::new();
    while let Ok(connection) = TcpStream::connect("10.77.0.1:9416") {
        connections.push((connection, server.accept().unwrap()));
    }
    assert_eq!(connections.len(), 2);
    assert_eq!(target(TCP, "10.77.0.1:9416"), "ephemeral-exhausted");
}

#[test]
fn faults_of_interfaces_are_found_in_a_subprocess() {
    if have(&["setpriv"]) {
        namespaces::run("netns::doctor::local::interfaces");
    }
}

#[test]
#[ignore = "run by the test above, in a network namespace"]
fn interfaces() {
    const FAR: &str = "10.77.0.2:9000";
    // Addresses of this machine are reached by the loopback, whichever interface has them.
    namespaces::here("ip link set lo down");
    for to in ["127.0.0.1:9000", "10.77.0.1:9000"] {
        assert_eq!(target(UDP, to), "interface-down");
    }
    namespaces::here("ip addr flush dev lo");
    assert_eq!(target(UDP, "127.0.0.1:9000"), "interface-down");
    namespaces::here("ip link set lo up; ip link set near down");
    assert_eq!(target(UDP, FAR), "interface-down");
    namespaces::here("ip link set near up");
    namespaces::there("ip link set far down");
    namespaces::here("until ip link show near | grep -q NO-CARRIER; do :; done");
    assert_eq!(target(UDP, FAR), "no-carrier");
    namespaces::there("ip link set far up; ip -6 addr add fd77::2/64 dev far || true");
    namespaces::until_up();

    // The far end has this address already.
    namespaces::here(
        "echo 1 >/proc/sys/net/ipv6/conf/near/accept_dad
         ip -6 addr flush dev near scope global
         ip -6 addr add fd77::2/64 dev near
         until ip -6 addr show dev near | grep -q dadfailed; do :; done",
    );
    assert_eq!(target(UDP, "[fd77::9]:9000"), "duplicate-address");

    namespaces::here(
        "ip -4 addr flush dev near
         ip addr add 10.77.0.1/30 dev near",
    );
    assert_eq!(target(UDP, "10.77.0.9:9000"), "wrong-mask");
    namespaces::here("ip addr flush dev near");
    assert_eq!(target(UDP, FAR), "no-address");
}

#[test]
fn a_machine_without_a_fault_is_not_blamed_in_a_subprocess() {
    if have(&["setpriv"]) {
        namespaces::run("netns::doctor::local::healthy");
    }
}

#[test]
#[ignore = "run by the test above, in a network namespace"]
fn healthy() {
    let _all = UdpSocket::bind("0.0.0.0:9420").unwrap();
    let _six = UdpSocket::bind("[::]:9421").unwrap();
    let _server = TcpListener::bind("[::]:9422").unwrap();
    let _own = TcpListener::bind("127.0.0.1:9423").unwrap();
    let _near = UdpSocket::bind("10.77.0.1:9424").unwrap();
    for (transport, local) in [
        (UDP, "0.0.0.0:9420"),
        (UDP, "10.77.0.1:9420"),
        (UDP, "127.0.0.1:9421"),
        (UDP, "[fd77::1]:9421"),
        (TCP, "10.77.0.1:9422"),
        (TCP, "[::]:9422"),
        (TCP, "127.0.0.1:9423"),
        (UDP, "10.77.0.1:9424"),
    ] {
        assert_eq!(port(transport, local), "none", "{local}");
        if !local.starts_with("0.0.0.0") && !local.starts_with("[::]") {
            assert_eq!(target(transport, local), "none", "{local}");
        }
    }
    let _far = listens(&namespaces::far(), &["--bind", "0.0.0.0:9425"]);
    assert_eq!(target(UDP, "10.77.0.2:9425"), "none");
    assert_eq!(target(UDP, "[fd77::2]:9425"), "none");
}

#[test]
fn many_sockets_do_not_delay_the_answer_in_a_subprocess() {
    if have(&["setpriv"]) {
        namespaces::run("netns::doctor::local::many");
    }
}

#[test]
#[ignore = "run by the test above, in a network namespace"]
fn many() {
    /// Or as many as a process may have open.
    const MOST: u32 = 20_000;
    /// Descriptors that asking needs.
    const LEFT: usize = 50;
    let mut sockets = Vec::new();
    for number in 0..MOST {
        let ip = [127, 1, (number / 250) as u8, (number % 250) as u8 + 1];
        match UdpSocket::bind(SocketAddr::from((ip, 9430))) {
            Ok(socket) => sockets.push(socket),
            Err(_) => break,
        }
    }
    let kept = sockets.len().saturating_sub(LEFT);
    sockets.truncate(kept);
    let began = Instant::now();
    let found = port(UDP, "10.77.0.1:9432");
    assert_eq!(found, "not-bound");
    // Two processes, each at most as long as gathering takes.
    let took = began.elapsed();
    assert!(took < 3 * LONGEST, "{took:?}");
}
