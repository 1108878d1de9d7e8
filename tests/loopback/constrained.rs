//! Small receive buffers, a small log budget, many sources, and missing system calls.
#![cfg(target_os = "linux")]

use super::alone;
use super::front_end::{FrontEnd, flood};
use super::probe::{Fact, Probe};
use netpeer::engine::{Command, FileRequest, Receiving, SenderCommand, Setup, Target};
use netpeer::session::Session;
use netpeer::traffic::{Body, Cause, LossPlace, Notice};
use std::net::{SocketAddr, UdpSocket};
use tempfile::NamedTempFile;

fn open(receiving: Receiving) -> (FrontEnd, SocketAddr) {
    FrontEnd::open(Setup {
        receiving,
        ..Setup::udp("127.0.0.1:0".parse().unwrap())
    })
}

fn rows_and_trimmed(session: &Session) -> u64 {
    session.log.count().received + session.log.trimmed().received
}

#[test]
fn a_small_receive_buffer_loses_much_and_counts_all_of_it() {
    let buffer = 8 << 10;
    let (mut front_end, local) = open(Receiving {
        buffer,
        ..Receiving::default()
    });
    let mut sent = 0;
    while front_end.session.totals.dropped == 0 {
        assert!(sent < 5_000_000, "nothing is dropped");
        flood(local, 100_000, 64).join().unwrap();
        sent += 100_000;
        front_end.until("every datagram", |session| {
            FrontEnd::accounted(session) == sent
        });
    }
    let totals = front_end.session.totals;
    assert_eq!(
        totals.received.records,
        rows_and_trimmed(&front_end.session)
    );
    let reported = front_end.notices().any(|failure| {
        matches!(failure.cause, Cause::Dropped { receive_buffer, .. } if receive_buffer == buffer)
    });
    assert!(reported, "a row says how small the buffer is");
    assert!(
        losses_reported_here(&front_end) > 0,
        "at least the first is reported where it was"
    );
}

/// Checks that each row about losses reports as many datagrams as numbers are missing between the
/// rows above and below. Returns the number of such rows.
fn losses_reported_here(front_end: &FrontEnd) -> usize {
    let log = &front_end.session.log;
    let number = |row: u64| {
        let head = log.get(row)?.bytes().first_chunk().copied()?;
        Some(u64::from(u32::from_be_bytes(head)))
    };
    let mut reported = 0;
    for row in log.rows() {
        let Some(Body::Notice(Notice::Failed(failure))) = log.get(row).map(|record| record.body)
        else {
            continue;
        };
        if let Cause::Dropped {
            count,
            place: LossPlace::Here,
            ..
        } = failure.cause
            && let (Some(above), Some(below)) = (number(row - 1), number(row + 1))
            && above < below
        {
            assert_eq!(
                below - above - 1,
                count,
                "between rows {} and {}",
                row - 1,
                row + 1
            );
            reported += 1;
        }
    }
    reported
}

#[test]
fn every_size_from_one_byte_to_the_longest_is_accounted_for() {
    for (count, size) in [(100_000, 4), (100_000, 5), (20_000, 9_000), (3_000, 65_507)] {
        let (mut front_end, local) = open(Receiving::default());
        let sender = flood(local, count, size);
        front_end.until("every datagram", |session| {
            FrontEnd::accounted(session) == u64::from(count)
        });
        sender.join().unwrap();
        assert_eq!(front_end.session.totals.truncated, 0);
    }
}

#[test]
fn ten_thousand_sources_are_distinguished() {
    let (mut front_end, local) = open(Receiving::default());
    let mut sources = std::collections::HashSet::new();
    for _ in 0..20 {
        let sockets: Vec<UdpSocket> = (0..500)
            .map(|_| UdpSocket::bind("127.0.0.1:0").unwrap())
            .collect();
        for socket in &sockets {
            let source = socket.local_addr().unwrap();
            sources.insert(source);
            socket
                .send_to(source.to_string().as_bytes(), local)
                .unwrap();
        }
    }
    front_end.until("every datagram", |session| {
        FrontEnd::accounted(session) == 10_000
    });
    assert!(sources.len() > 5_000, "{} sources", sources.len());
    let log = &front_end.session.log;
    for record in log.rows().filter_map(|row| log.get(row)) {
        if record.kind() == netpeer::traffic::RecordKind::Received {
            let peer = record.peer().unwrap().to_string();
            assert_eq!(record.bytes(), peer.as_bytes());
        }
    }
}

#[test]
fn a_budget_of_16_mib_holds_and_trimmed_rows_are_counted() {
    const BUDGET: usize = 16 << 20;
    let (mut front_end, local) = open(Receiving::default());
    front_end.session.set_log_budget(BUDGET);
    let sender = flood(local, 400_000, 200);
    front_end.until("every datagram", |session| {
        assert!(session.log.memory() <= BUDGET);
        FrontEnd::accounted(session) == 400_000
    });
    sender.join().unwrap();
    let totals = front_end.session.totals;
    assert!(totals.trimmed > 0);
    assert_eq!(
        totals.received.records,
        rows_and_trimmed(&front_end.session)
    );
}

/// Sends `count` datagrams of `size` bytes from another engine, as fast as possible: the blocks
/// of the file that is returned.
fn trains(to: SocketAddr, count: u32, size: usize) -> (Probe, NamedTempFile) {
    let (probe, _) = Probe::udp("127.0.0.1:0");
    let mut bytes = vec![0; count as usize * size];
    for (number, block) in (0..count).zip(bytes.chunks_mut(size)) {
        block[..4].copy_from_slice(&number.to_be_bytes());
    }
    let file = NamedTempFile::new().unwrap();
    std::fs::write(file.path(), bytes).unwrap();
    probe.link.command(SenderCommand::SendFile(FileRequest {
        to: Target::Peer(to.into()),
        path: file.path().into(),
        block: size,
        rate: None,
        replay: None,
    }));
    (probe, file)
}

fn numbers(front_end: &FrontEnd) -> Vec<u32> {
    let log = &front_end.session.log;
    let records = log.rows().filter_map(|row| log.get(row));
    let heads = records.filter_map(|record| record.bytes().first_chunk().copied());
    heads.map(u32::from_be_bytes).collect()
}

#[test]
fn trains_arrive_as_the_datagrams_they_are() {
    for merge in [false, true] {
        let (mut front_end, local) = open(Receiving {
            merge,
            ..Receiving::default()
        });
        let (mut probe, _file) = trains(local, 2_000, 100);
        front_end.until("every datagram", |session| {
            session.totals.received.records == 2_000
        });
        assert_eq!(
            front_end.session.totals.received.bytes, 200_000,
            "merge: {merge}"
        );
        assert_eq!(numbers(&front_end), (0..2_000).collect::<Vec<_>>());
        probe.until(|facts| {
            let sent = facts.iter().filter(|fact| matches!(fact, Fact::Sent(..)));
            (sent.count() == 2_000).then_some(())
        });
    }
}

#[test]
fn merged_or_not_a_flood_of_trains_is_accounted_for() {
    let (mut front_end, local) = open(Receiving {
        merge: true,
        ..Receiving::default()
    });
    let (mut probe, _file) = trains(local, 60_000, 64);
    // Its rows are taken meanwhile, without which it waits.
    let sender = std::thread::spawn(move || {
        probe.until(|facts| {
            let sent = facts.iter().filter(|fact| matches!(fact, Fact::Sent(..)));
            (sent.count() == 60_000).then_some(())
        });
    });
    front_end.until("every datagram", |session| {
        FrontEnd::accounted(session) == 60_000
    });
    sender.join().unwrap();
}

#[test]
fn one_datagram_that_does_not_go_holds_no_other_back() {
    let (mut front_end, local) = open(Receiving::default());
    let (mut probe, _) = Probe::udp("127.0.0.1:0");
    let nowhere = SocketAddr::from(([127, 0, 0, 1], 0));
    for number in 0..40_u32 {
        let to = if number % 10 == 3 { nowhere } else { local };
        probe.send(to, &number.to_be_bytes());
    }
    front_end.until("the others", |session| {
        session.totals.received.records == 36
    });
    assert_eq!(probe.until_failure().address, nowhere.to_string());
    probe.link.command(Command::Stop);
    probe.until_fact(&Fact::Closed);
    let count = |wanted: fn(&Fact) -> bool| probe.facts.iter().filter(|fact| wanted(fact)).count();
    assert_eq!(count(|fact| matches!(fact, Fact::Sent(..))), 36);
    assert_eq!(
        count(|fact| matches!(fact, Fact::Notice(Notice::Failed(_)))),
        4
    );
}

#[test]
fn a_machine_without_batches_works_all_the_same_in_a_subprocess() {
    alone::run(
        "loopback::constrained::without_batches",
        &["python3", "tests/peers/without.py", "recvmmsg,sendmmsg"],
    );
}

#[test]
#[ignore = "run by the test above, where recvmmsg and sendmmsg are missing"]
fn without_batches() {
    let (mut front_end, local) = open(Receiving::default());
    let sender = flood(local, 20_000, 64);
    front_end.until("every datagram", |session| {
        FrontEnd::accounted(session) == 20_000
    });
    sender.join().unwrap();
    let (mut probe, _) = Probe::udp("127.0.0.1:0");
    for number in 0..100_u32 {
        probe.send(local, &number.to_be_bytes());
    }
    front_end.until("what the engine sent", |session| {
        session.totals.received.records + session.totals.dropped == 20_100
    });
    probe.until(|facts| {
        let sent = facts.iter().filter(|fact| matches!(fact, Fact::Sent(..)));
        (sent.count() == 100).then_some(())
    });
}
