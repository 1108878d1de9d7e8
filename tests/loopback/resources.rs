//! Threads, descriptors and CPU time that sessions use, each measured in its own process.

use super::alone;
use super::probe::{DEADLINE, Fact, Probe};
use netpeer::engine::Setup;
use std::net::UdpSocket;
use std::process::Command as Process;
use std::time::{Duration, Instant};

/// Runs in its own process, because other tests open and close descriptors.
#[test]
fn a_thousand_cycles_leak_no_thread_and_no_descriptor_in_a_subprocess() {
    alone::with_descriptors("loopback::resources::cycles", 1024);
}

#[test]
#[ignore = "run by a_thousand_cycles_leak_no_thread_and_no_descriptor_in_a_subprocess"]
fn cycles() {
    let count = |what: &str| {
        std::fs::read_dir(format!("/proc/self/{what}"))
            .unwrap()
            .count()
    };
    let cycle = |number: usize| {
        let local = "127.0.0.1:0".parse().unwrap();
        let mut probe = Probe::open(match number % 2 {
            0 => Setup::udp(local),
            _ => Setup::tcp_server(local),
        });
        probe.until(|facts| facts.first().map(|_| ()));
        probe.ends();
    };
    cycle(0);
    let before = (count("fd"), count("task"));
    (0..1_000).for_each(cycle);
    assert_eq!((count("fd"), count("task")), before);
}

/// Runs in its own process, whose descriptors are limited.
#[test]
fn a_server_out_of_descriptors_says_so_and_goes_on_in_a_subprocess() {
    alone::with_descriptors("loopback::resources::out_of_descriptors", 64);
}

/// Server and clients run in their own processes: each needs 10,000 descriptors.
#[test]
fn ten_thousand_clients_need_no_thread_each_in_a_subprocess() {
    alone::with_descriptors("loopback::resources::ten_thousand_clients", 12_000);
}

#[test]
#[ignore = "run by ten_thousand_clients_need_no_thread_each_in_a_subprocess"]
fn ten_thousand_clients() {
    const CLIENTS: &str = "
import socket, sys
clients = [socket.create_connection(('127.0.0.1', int(sys.argv[1]))) for _ in range(10_000)]
assert all(client.recv(64) == b'all of you' for client in clients)
";
    let (mut probe, local) = Probe::tcp_server(true);
    let threads = || std::fs::read_dir("/proc/self/task").unwrap().count();
    let before = threads();
    let mut clients = Process::new("python3")
        .args(["-c", CLIENTS, &local.port().to_string()])
        .spawn()
        .unwrap();
    probe.until_joined(10_000);
    assert_eq!(threads(), before);
    probe.send_all(b"all of you");
    // Space to send to all of them appears only while rows are read.
    probe.until(|facts| {
        let sent = facts.iter().filter(|fact| matches!(fact, Fact::Sent(..)));
        (sent.count() == 10_000).then_some(())
    });
    assert!(clients.wait().unwrap().success());
    probe.ends();
}

/// Without the privilege, the error for a low port names the first free one. Root drops the
/// privilege in its own process.
#[test]
fn a_privileged_port_is_explained_in_a_subprocess() {
    let id = Process::new("id").arg("-u").output().unwrap();
    let drop_right = [
        "setpriv",
        "--bounding-set",
        "-net_bind_service",
        "--inh-caps",
        "-net_bind_service",
    ];
    let is_root = id.stdout == b"0\n";
    let wrapped_by: &[&str] = if is_root { &drop_right } else { &[] };
    alone::run("loopback::resources::privileged_port", wrapped_by);
}

#[test]
#[ignore = "run by a_privileged_port_is_explained_in_a_subprocess"]
fn privileged_port() {
    use netpeer::traffic::Cause;
    let first_free =
        std::fs::read_to_string("/proc/sys/net/ipv4/ip_unprivileged_port_start").unwrap();
    let first_free: u16 = first_free.trim().parse().unwrap();
    if first_free <= 7 {
        return;
    }
    let mut probe = Probe::open(Setup::udp("127.0.0.1:7".parse().unwrap()));
    let cause = probe.until_failure().cause;
    assert!(
        matches!(cause, Cause::Privileged { free_from, .. } if free_from == first_free),
        "{cause:?}"
    );
}

/// Runs in its own process, whose CPU time is measured.
#[test]
fn after_a_flood_the_worker_rests_in_a_subprocess() {
    alone::with_descriptors("loopback::resources::rests_after_a_flood", 1024);
}

/// The CPU time of this process during two seconds, in milliseconds.
fn millis_in_two_seconds() -> u128 {
    let before = alone::processor_time();
    std::thread::sleep(Duration::from_secs(2));
    (alone::processor_time() - before).as_millis()
}

#[test]
fn bytes_that_cannot_be_sent_yet_cost_no_processor_time_in_a_subprocess() {
    alone::with_descriptors("loopback::resources::waits_for_room", 1024);
}

#[test]
#[ignore = "run by bytes_that_cannot_be_sent_yet_cost_no_processor_time_in_a_subprocess"]
fn waits_for_room() {
    use netpeer::automation::Plan;
    use netpeer::engine::{FileRequest, SenderCommand, Target};
    use netpeer::payload::message::Message;
    use std::sync::Arc;

    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("sparse");
    std::fs::File::create(&path)
        .unwrap()
        .set_len(1 << 30)
        .unwrap();
    // A repetition without a peer, and a file to a client that does not read.
    let (nobody, _) = Probe::tcp_server(true);
    let message = Arc::new(Message::from(Arc::from(&b"x"[..])));
    nobody.link.command(SenderCommand::Repeat {
        to: Target::All,
        plan: Plan::every(Duration::from_millis(1), message, None),
    });
    let (mut probe, local) = Probe::tcp_server(true);
    let _sleeps = std::net::TcpStream::connect(local).unwrap();
    probe.until_joined(1);
    probe.link.command(SenderCommand::SendFile(FileRequest {
        to: Target::All,
        path: path.as_path().into(),
        block: 65_536,
        rate: None,
        replay: None,
    }));
    probe.until(|facts| {
        facts
            .iter()
            .any(|fact| matches!(fact, Fact::Sent(..)))
            .then_some(())
    });
    // First the kernel fills its buffer.
    let deadline = Instant::now() + DEADLINE;
    let mut spent = millis_in_two_seconds();
    while spent > 60 {
        assert!(Instant::now() < deadline, "{spent} ms of 2,000");
        spent = millis_in_two_seconds();
    }
}

#[test]
fn a_front_end_that_does_not_read_costs_no_processor_time_in_a_subprocess() {
    alone::with_descriptors("loopback::resources::waits_for_the_front_end", 1024);
}

#[test]
#[ignore = "run by a_front_end_that_does_not_read_costs_no_processor_time_in_a_subprocess"]
fn waits_for_the_front_end() {
    use std::io::Write as _;

    let (probe, local) = Probe::tcp_server(true);
    let mut sends = std::net::TcpStream::connect(local).unwrap();
    // The rest stays unsent, and is reported once the channel has space.
    probe.send_all(&[b'x'; 8 << 20]);
    sends
        .set_write_timeout(Some(Duration::from_millis(500)))
        .unwrap();
    let block = [b'y'; 1 << 20];
    // The worker stops reading when the front end's channel is full.
    while sends.write_all(&block).is_ok() {}
    let spent = millis_in_two_seconds();
    assert!(spent <= 200, "{spent} ms of 2,000");
}

#[test]
#[ignore = "run by after_a_flood_the_worker_rests_in_a_subprocess"]
fn rests_after_a_flood() {
    let (mut probe, local) = Probe::udp("127.0.0.1:0");
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    // First fast, until reads are coalesced; then steadily, to keep it so.
    for pause in [0; 300].into_iter().chain([1; 100]) {
        for _ in 0..50 {
            socket.send_to(&[0; 64], local).unwrap();
        }
        std::thread::sleep(Duration::from_millis(pause));
    }
    let received = |facts: &[Fact]| {
        facts
            .iter()
            .filter(|fact| matches!(fact, Fact::Received(..)))
            .count()
    };
    probe.until(|facts| (received(facts) == 20_000).then_some(()));
    let spent = millis_in_two_seconds();
    assert!(spent <= 40, "{spent} ms of 2,000");
}

#[test]
#[ignore = "run by a_server_out_of_descriptors_says_so_and_goes_on_in_a_subprocess"]
fn out_of_descriptors() {
    use netpeer::traffic::{Cause, Notice};
    use std::io::Write as _;

    // In their own process, so that only the server runs out of descriptors.
    const CLIENTS: &str = "
import resource, socket, sys
hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 1024), hard))
server = ('127.0.0.1', int(sys.argv[1]))
clients = [socket.create_connection(server) for _ in range(200)]
sys.stdin.readline()
for client in clients:
    client.close()
last = socket.create_connection(server)
last.sendall(b'in at last')
sys.stdin.readline()
";
    let (mut probe, local) = Probe::tcp_server(true);
    let mut clients = Process::new("python3")
        .args(["-c", CLIENTS, &local.port().to_string()])
        .stdin(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let failure = probe.until_failure();
    assert!(
        matches!(failure.cause, Cause::OutOfDescriptors { .. }),
        "{failure:?}"
    );
    let mut input = clients.stdin.take().unwrap();
    writeln!(input).unwrap();
    probe.until(|facts| {
        let last =
            |fact: &&Fact| matches!(fact, Fact::Received(_, bytes) if bytes == b"in at last");
        facts.iter().find(last).map(|_| ())
    });
    // Accepting backs off: one row at its start, not one for each attempt. It may start again
    // while clients leave one by one.
    let is_failure = |fact: &&Fact| matches!(fact, Fact::Notice(Notice::Failed(_)));
    let failures = probe.facts.iter().filter(is_failure).count();
    assert!(failures < 40, "{failures} rows");
    writeln!(input).unwrap();
    clients.wait().unwrap();
}
