//! Nothing is lost silently: everything sent is in the log, or counted as dropped.
#![cfg(target_os = "linux")]

use super::front_end::{FrontEnd, flood};
use std::net::UdpSocket;
use std::time::{Duration, Instant};

#[test]
fn a_flood_is_accounted_for_to_the_last_datagram() {
    for (count, size) in [(200_000, 64), (20_000, 1472), (2_000, 65_507)] {
        let (mut front_end, local) = FrontEnd::udp();
        let sender = flood(local, count, size);
        front_end.until("every datagram", |session| {
            FrontEnd::accounted(session) == u64::from(count)
        });
        sender.join().unwrap();
        let totals = front_end.session.totals;
        assert_eq!(totals.truncated, 0);
        assert_eq!(totals.received.bytes, totals.received.records * size as u64);
        let log = &front_end.session.log;
        assert_eq!(
            log.count().received + log.trimmed().received,
            totals.received.records
        );
    }
}

/// A few seconds of every size; for longer:
/// `NETPEER_SOAK_SECONDS=600 cargo test --release --test all soak -- --nocapture`
#[test]
fn soak() {
    let seconds = std::env::var("NETPEER_SOAK_SECONDS")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(3);
    let end = Instant::now() + Duration::from_secs(seconds);
    let (mut front_end, local) = FrontEnd::udp();
    let mut sent = 0;
    for size in [4, 64, 512, 1_472, 9_000, 65_507].into_iter().cycle() {
        if Instant::now() >= end {
            break;
        }
        let count = 6_000_000 / (size + 56);
        let sender = flood(local, count as u32, size);
        sent += count as u64;
        front_end.until("every datagram", |session| {
            FrontEnd::accounted(session) == sent
        });
        sender.join().unwrap();
        let (totals, log) = (front_end.session.totals, &front_end.session.log);
        let rows = log.count().received + log.trimmed().received;
        assert_eq!(rows, totals.received.records);
    }
    let totals = front_end.session.totals;
    println!(
        "{sent} sent = {} received + {} dropped; {} rows trimmed",
        totals.received.records, totals.dropped, totals.trimmed
    );
}

#[test]
fn datagrams_stay_in_order_under_a_flood() {
    let (mut front_end, local) = FrontEnd::udp();
    let sender = flood(local, 100_000, 64);
    front_end.until("every datagram", |session| {
        FrontEnd::accounted(session) == 100_000
    });
    sender.join().unwrap();
    let log = &front_end.session.log;
    let numbers = log.rows().filter_map(|row| {
        log.get(row)
            .and_then(|record| record.bytes().first_chunk().copied())
    });
    let numbers: Vec<u32> = numbers.map(u32::from_be_bytes).collect();
    assert!(numbers.is_sorted());
}

#[test]
fn a_front_end_that_does_not_read_costs_datagrams_that_are_counted() {
    let (mut front_end, local) = FrontEnd::udp();
    let mut sent = 0;
    while !front_end.link.events().is_full() {
        flood(local, 50_000, 64).join().unwrap();
        sent += 50_000;
    }
    // More than the open chunk and the receive buffer hold.
    flood(local, 100_000, 64).join().unwrap();
    front_end.until("every datagram, and how long it waited", |session| {
        FrontEnd::accounted(session) == sent + 100_000 && session.totals.waits > 0
    });
    let totals = front_end.session.totals;
    assert!(totals.dropped > 0 && !totals.waited.is_zero(), "{totals:?}");
    let rows = front_end.session.log.rows();
    let reported = rows
        .filter_map(|row| front_end.session.log.get(row))
        .any(|record| record.kind() == netpeer::traffic::RecordKind::Failure);
    assert!(reported, "a row says where in the stream");
}

#[test]
fn a_row_knows_when_and_where_its_datagram_arrived() {
    let (mut front_end, local) = FrontEnd::udp();
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    socket.send_to(b"x", local).unwrap();
    front_end.until("the datagram", |session| {
        session.totals.received.records == 1
    });
    let record = front_end.session.log.get(1).unwrap();
    assert!(record.arrival.kernel_time);
    assert_eq!(record.arrival.destination.map(|to| to.ip), Some(local.ip()));
}
