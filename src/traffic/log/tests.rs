//! Tests of the log, in memory and with a spill store in memory.

use super::*;
use crate::traffic::{
    Cause, ChunkBuilder, Failure, Notice, Operation, Rows, SpillReader, ViewOptions,
};
use std::net::SocketAddr;

fn all(log: &Log) -> Rows<'_> {
    Rows::new(log, ViewOptions::default(), None)
}

fn peer() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 9))
}

fn failure() -> Notice {
    let cause = Cause::NotConnected;
    Notice::Failed(Failure {
        operation: Operation::Send,
        address: String::new(),
        cause,
    })
}

/// Row n: received, sent, failure, notice, received, …
fn chunk_of(rows: Range<u64>, size: usize) -> Arc<Chunk> {
    let mut builder = ChunkBuilder::default();
    for row in rows {
        let now = row as i64;
        match row % 4 {
            0 => builder.received(
                now,
                peer(),
                &vec![0; size],
                crate::traffic::Arrival::default(),
            ),
            1 => builder.sent(now, peer(), &vec![0; size]),
            2 => builder.notice(now, failure()),
            _ => builder.notice(
                now,
                Notice::Joined {
                    peer: peer().into(),
                },
            ),
        }
    }
    Arc::new(builder.finish())
}

fn log_of(rows: u64, per_chunk: u64) -> Log {
    let mut log = Log::default();
    for start in (0..rows).step_by(per_chunk as usize) {
        log.push(chunk_of(start..(start + per_chunk).min(rows), 10));
    }
    log
}

#[test]
fn rows_come_back_by_number() {
    for per_chunk in [1, 7, 1_000] {
        let log = log_of(5_000, per_chunk);
        assert_eq!(log.rows(), 0..5_000);
        for row in [0, 1, 63, 64, 2_500, 4_999] {
            assert_eq!(log.get(row).map(|r| r.time), Some(row as i64));
        }
        assert_eq!(log.get(5_000), None);
    }
}

#[test]
fn quiet_chunks_are_merged() {
    let log = log_of(5_000, 1);
    assert!(log.slots.len() < 5, "{} chunks", log.slots.len());
    assert!(log.memory() < 1_000_000, "{} bytes", log.memory());
}

#[test]
fn the_oldest_go_first_and_are_counted() {
    let mut log = Log::new(300_000);
    let mut trimmed = 0;
    for start in (0..400).step_by(4) {
        trimmed += log.push(chunk_of(start..start + 4, 30_000));
    }
    assert!(log.memory() <= 300_000);
    assert_eq!(log.trimmed().rows(), trimmed);
    assert_eq!(log.rows(), trimmed..400);
    assert_eq!(log.count().rows() + trimmed, 400);
    assert_eq!(log.get(trimmed - 1), None);
    assert_eq!(log.get(trimmed).map(|r| r.time), Some(trimmed as i64));
    assert_eq!(
        all(&log).from(0).next().map(|found| found.row),
        Some(trimmed)
    );
}

#[test]
fn clearing_starts_again() {
    let mut log = log_of(10, 3);
    log.clear();
    assert!(log.is_empty());
    assert_eq!((log.rows(), log.memory()), (0..0, 0));
    assert!(all(&log).from(0).next().is_none());
}

#[test]
fn a_time_leads_to_the_first_row_not_before_it() {
    let (mut log, _) = spilled_log(u64::MAX);
    // One row every ten microseconds, in slots of seven rows.
    for row in 0..100 {
        let mut chunk = ChunkBuilder::default();
        chunk.sent(10 * row, peer(), b"x");
        log.push(Arc::new(chunk.finish()));
        if row % 7 == 6 {
            log.seal();
        }
    }
    for (time, row) in [
        (-5, 0),
        (0, 0),
        (1, 1),
        (690, 69),
        (699, 70),
        (700, 70),
        (990, 99),
    ] {
        assert_eq!(log.row_at(time), Some(row), "at {time}");
    }
    assert_eq!(log.row_at(991), None);
}

/// A spill store in memory.
#[derive(Default)]
struct Disk(RefCell<Vec<Vec<u8>>>);

impl SpillStore for Disk {
    fn load(&self, place: SpillPosition) -> Option<Chunk> {
        Chunk::decode(self.0.borrow().get(place.offset as usize)?).ok()
    }

    fn frames(&self) -> Arc<dyn SpillReader> {
        panic!("read on one thread only")
    }
}

impl Disk {
    /// Writes the chunks that the log hands out, as the journal does.
    fn write(&self, log: &mut Log) -> u64 {
        let mut trimmed = 0;
        while let Some((number, chunk)) = log.next_to_write() {
            let bytes = chunk.encode().unwrap();
            drop(chunk);
            let (offset, length) = (self.0.borrow().len() as u64, bytes.len() as u32);
            self.0.borrow_mut().push(bytes);
            trimmed += log.spilled(
                number,
                SpillPosition {
                    segment: 0,
                    offset,
                    length,
                },
            );
        }
        trimmed
    }
}

fn spilled_log(disk_budget: u64) -> (Log, Rc<Disk>) {
    let (mut log, disk) = (Log::default(), Rc::new(Disk::default()));
    log.set_spill_store(disk.clone(), disk_budget);
    (log, disk)
}

#[test]
fn chunks_on_disk_leave_memory_and_are_read_as_before() {
    let (mut log, disk) = spilled_log(u64::MAX);
    for start in (0..40_000).step_by(100) {
        log.push(chunk_of(start..start + 100, 10_000));
        assert_eq!(disk.write(&mut log), 0);
    }
    assert!(log.memory() <= NEWEST + 2_000_000, "{}", log.memory());
    for row in [0, 1, 2, 3, 20_000, 39_999] {
        assert_eq!(log.get(row).map(|record| record.time), Some(row as i64));
    }
    for line in (0..all(&log).lines().end).step_by(997) {
        assert!(
            all(&log)
                .from(line)
                .next()
                .is_some_and(|found| found.line <= line && line < found.line + 2)
        );
    }
    log.forget_looked_at();
    let resident: usize = log.slots.iter().map(LogSegment::memory).sum();
    assert!(resident < NEWEST + 40 * 600_000, "{resident}");
}

#[test]
fn the_disks_budget_trims_the_oldest() {
    let (mut log, disk) = spilled_log(20_000_000);
    let mut trimmed = 0;
    for start in (0..20_000).step_by(100) {
        trimmed += log.push(chunk_of(start..start + 100, 10_000));
        trimmed += disk.write(&mut log);
    }
    assert!(log.disk() <= 20_000_000);
    assert_eq!(log.rows(), trimmed..20_000);
    assert!(trimmed > 0);
    assert_eq!(
        log.get(trimmed).map(|record| record.time),
        Some(trimmed as i64)
    );
}

#[test]
fn a_failed_disk_loses_no_row_in_memory() {
    let (mut log, disk) = spilled_log(u64::MAX);
    log.push(chunk_of(0..100, 10_000));
    log.push(chunk_of(100..200, 10_000));
    disk.write(&mut log);
    log.spill_store_failed();
    log.push(chunk_of(200..300, 10_000));
    assert!((0..300).all(|row| log.get(row).is_some()));
}

#[test]
fn a_sealed_chunk_is_given_out_once_and_takes_nothing_more() {
    let (mut log, _disk) = spilled_log(u64::MAX);
    log.push(chunk_of(0..4, 1));
    log.seal();
    log.seal();
    log.push(chunk_of(4..8, 1));
    let given: Vec<u64> = std::iter::from_fn(|| log.next_to_write())
        .map(|(number, _)| number)
        .collect();
    assert_eq!(given, [0]);
    assert_eq!(log.slots.len(), 2);
}

#[test]
fn a_small_budget_of_memory_keeps_what_is_on_disk() {
    let (mut log, disk) = spilled_log(u64::MAX);
    log.set_budget(1 << 20);
    for start in (0..10_000).step_by(100) {
        assert_eq!(log.push(chunk_of(start..start + 100, 10_000)), 0);
        assert_eq!(disk.write(&mut log), 0);
    }
    assert!(log.memory() <= 2 << 20, "{}", log.memory());
    assert_eq!(log.rows(), 0..10_000);
}

#[test]
fn what_a_lost_disk_took_with_it_is_counted() {
    let (mut log, disk) = spilled_log(u64::MAX);
    log.set_budget(1 << 20);
    for start in (0..1_000).step_by(100) {
        log.push(chunk_of(start..start + 100, 10_000));
        disk.write(&mut log);
    }
    disk.0.borrow_mut().clear();
    let gone = log.spill_store_failed();
    assert!(gone > 0);
    assert_eq!(log.rows(), gone..1_000);
    assert!(log.rows().all(|row| log.get(row).is_some()));
}

#[test]
fn a_disk_that_is_too_slow_is_waited_for_and_costs_no_row() {
    let (mut log, disk) = spilled_log(u64::MAX);
    log.set_budget(8 << 20);
    let mut rows = 0;
    while !log.is_behind() {
        assert!(rows < 100_000, "never behind");
        assert_eq!(log.push(chunk_of(rows..rows + 100, 10_000)), 0);
        rows += 100;
    }
    assert!(log.memory() <= ON_THEIR_WAY + (2 << 20));
    disk.write(&mut log);
    assert!(!log.is_behind());
    assert_eq!(log.rows(), 0..rows);
}

#[test]
fn what_was_written_before_a_clear_is_no_longer_meant() {
    let (mut log, disk) = spilled_log(u64::MAX);
    log.push(chunk_of(0..4, 1));
    log.seal();
    log.clear();
    disk.write(&mut log);
    log.spilled(
        0,
        SpillPosition {
            segment: 0,
            offset: 0,
            length: 9,
        },
    );
    assert_eq!((log.disk(), log.rows()), (0, 0..0));
    log.push(chunk_of(0..4, 1));
    assert_eq!(log.get(3).map(|record| record.time), Some(3));
}
