//! The cost of the log and of a screen of rows. `cargo bench --bench log`
//!
//! Each figure is the median of several runs, with the least and the most beside it.

#![expect(
    clippy::panic,
    reason = "a bench that cannot run may say so by panicking"
)]

use netpeer::engine::Interfaces;
use netpeer::payload::reading::Reading;
use netpeer::settings::columns::TimeFormat;
use netpeer::settings::tab::Display;
use netpeer::traffic::framing::Framing;
use netpeer::traffic::messages::{MessageIndex, MessageQuery, MessageWalk};
use netpeer::traffic::stream_text::Streamed;
use netpeer::traffic::{
    Arrival, BytesLocation, Chunk, ChunkBuilder, Log, LogUnit, Rows, ViewOptions,
};
use netpeer::ui::{UiContext, log_view::Content, theme};
use netpeer::words::Lang;
use std::hint::black_box;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

const RUNS: usize = 9;
const SIZE: usize = 64;
/// Records in a chunk as the worker closes it under load: 1 MiB.
const IN_CHUNK: u64 = (1 << 20) / (SIZE as u64 + 16);

fn main() {
    append();
    memory();
    for rows in [1_000, 100_000, 10_000_000] {
        screen(rows);
    }
    messages(10_000_000);
}

fn append() {
    let (count, payload, peer) = (1_000_000_u64, [b'x'; SIZE], peer());
    let runs = measure(|| {
        let mut log = Log::new(usize::MAX);
        for start in (0..count).step_by(IN_CHUNK as usize) {
            log.push(chunk(start..(start + IN_CHUNK).min(count), &payload, peer));
        }
        black_box(&log);
    });
    print(
        "append one record of 64 bytes",
        &runs,
        count as f64,
        "ns",
        1e9,
    );
}

fn memory() {
    let mut log = Log::new(usize::MAX);
    let count = 1_000_000;
    for start in (0..count).step_by(IN_CHUNK as usize) {
        log.push(chunk(
            start..(start + IN_CHUNK).min(count),
            &[b'x'; SIZE],
            peer(),
        ));
    }
    println!(
        "{:<46} {:>10.1} bytes",
        "memory of one record of 64 bytes",
        log.memory() as f64 / count as f64
    );
}

/// Finding and wording the 60 rows of a screen in the middle of a log.
fn screen(count: u64) {
    let mut log = Log::new(usize::MAX);
    let shared = chunk(0..IN_CHUNK, &[b'x'; SIZE], peer());
    for _ in 0..count.div_ceil(IN_CHUNK) {
        log.push(Arc::clone(&shared));
    }
    let (interfaces, zone) = (Interfaces::default(), jiff::tz::TimeZone::UTC);
    let look = UiContext {
        lang: Lang::Chinese,
        palette: &theme::LIGHT,
        interfaces: &interfaces,
        zone: &zone,
        second: 0,
        now: 0,
    };
    let rows = Rows::new(&log, ViewOptions::default(), None);
    let middle = rows.lines().end / 2;
    let runs = measure(|| {
        for line in rows.from(middle).take(60) {
            black_box(Content::of(
                &line.record,
                &Streamed::alone(Reading::of(line.record.bytes())),
                (Display::Text, None),
                look,
            ));
            black_box(look.time(line.record.time, TimeFormat::Millis));
        }
    });
    print(
        &format!("find and word 60 rows among {count}"),
        &runs,
        1.0,
        "µs",
        1e6,
    );
}

/// Finding the messages of a stream, one in each row, and then those of a screen in the middle.
fn messages(count: u64) {
    let query = Arc::new(MessageQuery {
        framing: Framing::Fixed(SIZE as u32).into(),
        pairing: None,
        filter: None,
    });
    let mut log = Log::new(usize::MAX);
    let shared = chunk(0..IN_CHUNK, &[b'x'; SIZE], peer());
    for _ in 0..count.div_ceil(IN_CHUNK) {
        log.push(Arc::clone(&shared));
    }
    log.look_for_messages(Some(MessageIndex::new(Arc::clone(&query))));
    let (mut walk, began) = (MessageWalk::new(query), Instant::now());
    loop {
        let slots = log.next_to_walk();
        if slots.is_empty() {
            break;
        }
        for slot in slots {
            let BytesLocation::Memory(chunk) = slot.source else {
                panic!("the log is in memory");
            };
            let update = walk.walk(slot.slot, slot.first_row, Some(&chunk));
            log.take_messages(update);
        }
    }
    let walked = began.elapsed();
    print(
        &format!("find a message of {SIZE} bytes"),
        &[walked],
        count as f64,
        "ns",
        1e9,
    );
    let shown = ViewOptions {
        unit: LogUnit::Message,
        ..ViewOptions::default()
    };
    let rows = Rows::new(&log, shown, None);
    let middle = rows.lines().end / 2;
    let runs = measure(|| {
        let lines = rows.from(middle).take(60);
        assert_eq!(black_box(lines.count()), 60);
    });
    print(
        &format!("find 60 messages among {count}"),
        &runs,
        1.0,
        "µs",
        1e6,
    );
}

fn chunk(rows: std::ops::Range<u64>, payload: &[u8], peer: SocketAddr) -> Arc<Chunk> {
    let mut builder = ChunkBuilder::default();
    for row in rows {
        builder.received(row as i64, peer, payload, Arrival::default());
    }
    Arc::new(builder.finish())
}

fn peer() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 9))
}

fn measure(mut run: impl FnMut()) -> Vec<Duration> {
    run();
    let mut runs: Vec<Duration> = (0..RUNS)
        .map(|_| {
            let began = Instant::now();
            run();
            began.elapsed()
        })
        .collect();
    runs.sort();
    runs
}

fn print(what: &str, runs: &[Duration], per: f64, unit: &str, scale: f64) {
    let value = |run: Option<&Duration>| run.map_or(0.0, |run| run.as_secs_f64() / per * scale);
    let (least, median, most) = (
        value(runs.first()),
        value(runs.get(runs.len() / 2)),
        value(runs.last()),
    );
    println!("{what:<46} {median:>10.1} {unit}  [{least:.1}–{most:.1}]");
}
