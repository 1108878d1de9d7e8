//! Messages that the worker repeats.

use super::impair::impair;
use super::probe::{Fact, Probe};
use super::tcp::connect;
use super::unsent_files::delayed;
use crate::sockets::{far_side, receive_text};
use netpeer::automation::{Plan, PlannedMessage};
use netpeer::engine::{Command, Endpoint, Host, Repeating, SenderCommand, Target};
use netpeer::payload::charset::Charset;
use netpeer::payload::composition::Composition;
use netpeer::payload::message::Message;
use netpeer::traffic::{Cause, Notice, RecordKind};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

const MILLI: Duration = Duration::from_millis(1);

fn message(text: &str) -> Arc<Message> {
    let composition = Composition {
        text: text.into(),
        variables: true,
        ..Composition::default()
    };
    Arc::new(composition.message(Charset::Utf8).unwrap())
}

fn repeat(probe: &Probe, to: SocketAddr, plan: Plan) {
    let to = Target::Peer(to.into());
    probe.link.command(SenderCommand::Repeat { to, plan });
}

/// Waits for the end of the repetition; returns its last report.
fn until_over(probe: &mut Probe) -> Repeating {
    probe.until(|facts| {
        facts.iter().rev().find_map(|fact| match fact {
            Fact::Activity(activity) => activity.repeating.filter(|repeating| repeating.over),
            _ => None,
        })
    })
}

#[test]
fn a_count_is_kept_and_each_message_has_its_number() {
    let (mut probe, _) = Probe::udp("127.0.0.1:0");
    let (socket, to) = far_side();
    repeat(
        &probe,
        to,
        Plan::every(MILLI, message("n=${seq};"), Some(50)),
    );
    for number in 1..=50 {
        assert_eq!(receive_text(&socket), format!("n={number};"));
    }
    let repeating = until_over(&mut probe);
    assert_eq!((repeating.sent, repeating.total), (50, Some(50)));
}

#[test]
fn a_millisecond_holds_its_mean() {
    let (mut probe, _) = Probe::udp("127.0.0.1:0");
    let (socket, to) = far_side();
    let began = Instant::now();
    repeat(&probe, to, Plan::every(MILLI, message("x"), Some(1_001)));
    let listener = std::thread::spawn(move || (0..1_001).for_each(|_| drop(receive_text(&socket))));
    // The front end reads, so the worker does not wait for it.
    probe.until(|facts| {
        let sent = |fact: &&Fact| matches!(fact, Fact::Sent(..));
        (facts.iter().filter(sent).count() == 1_001).then_some(())
    });
    listener.join().unwrap();
    assert!(began.elapsed() >= 1_000 * MILLI, "never early");
    // On a busy machine some are late, and the following ones catch up. The benchmark measures
    // the drift.
    let times = probe.times(RecordKind::Sent);
    let hundreds = times.windows(101).map(|part| part[100] - part[0]);
    let fastest = hundreds.min();
    assert!(fastest <= Some(110_000), "{fastest:?} µs");
}

#[test]
fn stopping_stops_at_once_at_any_rate() {
    let (mut probe, _) = Probe::udp("127.0.0.1:0");
    let (_socket, to) = far_side();
    let flood = Plan {
        steps: vec![PlannedMessage {
            message: message("x"),
            times: 1,
            pause: Duration::ZERO,
        }],
        rounds: None,
    };
    repeat(&probe, to, flood);
    probe.until(|facts| (facts.len() > 10_000).then_some(()));
    probe.link.command(SenderCommand::EndRepeat);
    until_over(&mut probe);
}

#[test]
fn a_sequence_runs_in_order_and_a_name_is_looked_up_once() {
    let (mut probe, _) = Probe::udp("127.0.0.1:0");
    let (socket, to) = far_side();
    let step = |text, times| PlannedMessage {
        message: message(text),
        times,
        pause: MILLI,
    };
    let plan = Plan {
        steps: vec![step("a", 2), step("b", 1)],
        rounds: Some(3),
    };
    let to = Target::Endpoint(Endpoint {
        host: Host::Name("localhost".into()),
        port: to.port(),
    });
    probe.link.command(SenderCommand::Repeat { to, plan });
    let said: String = (0..9).map(|_| receive_text(&socket)).collect();
    assert_eq!(said, "aabaabaab");
    probe.link.command(Command::Stop);
    probe.until_fact(&Fact::Closed);
    let resolved = |fact: &&Fact| {
        matches!(
            fact,
            Fact::Notice(netpeer::traffic::Notice::Resolved { .. })
        )
    };
    assert_eq!(probe.facts.iter().filter(resolved).count(), 1);
}

#[test]
fn a_repetition_reports_how_many_messages_a_simulated_network_delays() {
    let (mut probe, _) = Probe::udp("127.0.0.1:0");
    let (_socket, to) = far_side();
    impair(&probe, delayed(300.0));
    let began = Instant::now();
    repeat(&probe, to, Plan::every(MILLI, message("x"), Some(3)));
    probe.until(|facts| {
        let is_settled = |fact: &Fact| match fact {
            Fact::Activity(activity) => activity
                .repeating
                .is_some_and(|repeating| repeating.over && repeating.waiting == 0),
            _ => false,
        };
        facts.iter().any(is_settled).then_some(())
    });
    assert!(began.elapsed() >= 300 * MILLI);
}

#[test]
fn a_server_waits_for_somebody_to_repeat_to() {
    let (probe, local) = Probe::tcp_server(true);
    let plan = Plan::every(MILLI, message("${seq} "), None);
    let to = Target::All;
    probe.link.command(SenderCommand::Repeat { to, plan });
    let (mut client, _) = connect(local);
    let mut heard = [0; 4];
    std::io::Read::read_exact(&mut client, &mut heard).unwrap();
    assert_eq!(heard, *b"1 2 ");
}

#[test]
fn a_message_too_short_for_its_checksum_is_not_sent_and_says_so() {
    let (mut probe, _) = Probe::udp("127.0.0.1:0");
    let (_socket, to) = far_side();
    let mut composition = Composition {
        text: "${seq}".into(),
        variables: true,
        appends: true,
        ..Composition::default()
    };
    composition.checksum.from = 9;
    let message = Arc::new(composition.message(Charset::Utf8).unwrap());
    let to = Target::Peer(to.into());
    probe.link.command(Command::Send { to, message });
    assert_eq!(
        probe.until_failure().cause,
        Cause::ChecksumRange { length: 1 }
    );
}

#[test]
fn variables_know_which_peer_they_go_to() {
    let (mut probe, local) = Probe::tcp_server(true);
    let clients: Vec<_> = (0..3).map(|_| connect(local)).collect();
    probe.until_joined(3);
    let to = Target::All;
    let message = message("${seq} ${peer}\n");
    probe.link.command(Command::Send { to, message });
    for (client, peer) in clients {
        let mut line = String::new();
        std::io::BufRead::read_line(&mut std::io::BufReader::new(client), &mut line).unwrap();
        assert_eq!(line, format!("1 {peer}\n"));
    }
}

#[test]
fn a_client_that_does_not_read_holds_no_other_back_and_its_missed_messages_are_counted() {
    let (mut probe, local) = Probe::tcp_server(true);
    let mut reads = std::net::TcpStream::connect(local).unwrap();
    let mut sleeps = std::net::TcpStream::connect(local).unwrap();
    let text = format!("${{seq:8}} {}\n", "a".repeat(60_000));
    let plan = Plan::every(MILLI, message(&text), Some(1_000));
    let to = Target::All;
    probe.until_joined(2);
    probe.link.command(SenderCommand::Repeat { to, plan });
    let reader = std::thread::spawn(move || {
        let mut all = vec![0; 60_010 * 1_000];
        std::io::Read::read_exact(&mut reads, &mut all).unwrap();
        all[60_010 * 999..][..8].to_vec()
    });
    until_over(&mut probe);
    assert_eq!(reader.join().unwrap(), b"00001000");
    assert!(matches!(
        probe.until_failure().cause,
        Cause::QueueFull { .. }
    ));
    let sleeping = sleeps.local_addr().unwrap();
    std::thread::spawn(move || std::io::copy(&mut sleeps, &mut std::io::sink()));
    let accounted = |facts: &[Fact]| {
        let bytes = facts.iter().map(|fact| match fact {
            Fact::Sent(peer, bytes) if *peer == sleeping => bytes.len() as u64,
            Fact::Notice(Notice::Failed(failure)) => match failure.cause {
                Cause::QueueFull { length, .. } => length as u64,
                Cause::LeftOut { bytes, .. } => bytes,
                _ => 0,
            },
            _ => 0,
        });
        bytes.sum::<u64>()
    };
    probe.until(|facts| (accounted(facts) >= 60_010 * 1_000).then_some(()));
    assert_eq!(accounted(&probe.facts), 60_010 * 1_000);
}
