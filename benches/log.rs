//! The cost of the log and of a screen of rows. `cargo bench --bench log`
//!
//! Each figure is the median of several runs, with the least and the most beside it.

#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "a bench that cannot run may say so by panicking"
)]

use netpeer::engine::Interfaces;
use netpeer::finder::Finder;
use netpeer::journal::{Journal, JournalOutcome};
use netpeer::payload::reading::Reading;
use netpeer::settings::columns::TimeFormat;
use netpeer::settings::tab::Display;
use netpeer::traffic::framing::Framing;
use netpeer::traffic::messages::{MessageIndex, MessageQuery, MessageWalk};
use netpeer::traffic::stream_text::Streamed;
use netpeer::traffic::{
    Arrival, BytesLocation, Chunk, ChunkBuilder, Filter, Log, LogUnit, Rows, SearchHits,
    SpillStore, ViewOptions,
};
use netpeer::ui::{UiContext, log_view::Content, theme};
use netpeer::words::Lang;
use std::hint::black_box;
use std::net::SocketAddr;
use std::rc::Rc;
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
    filter();
}

/// A word that one record in a thousand has.
const WORD: &str = "temperature";

/// Looking for a plain word among ten million records, beside a bare pass of `memmem`
/// over the same bytes on as many threads: in memory, and in a journal on disk.
fn filter() {
    let count = 10_000_000_u64;
    let folder = std::env::temp_dir();
    let journal = Rc::new(Journal::create(&folder, 1 << 40, || {}).expect("a journal"));
    let (mut memory, mut disk) = (Log::new(usize::MAX), Log::new(usize::MAX));
    disk.set_spill_store(Rc::clone(&journal) as Rc<dyn SpillStore>, u64::MAX);
    for start in (0..count).step_by(IN_CHUNK as usize) {
        let mut builder = ChunkBuilder::default();
        for row in start..(start + IN_CHUNK).min(count) {
            let word = if row % 1_000 == 7 {
                WORD
            } else {
                "pressure 42"
            };
            let payload = format!("{row:012} sensor {word} value 23.5 humidity 48 status ok .....");
            let payload = payload.as_bytes().get(..SIZE).unwrap_or_default();
            builder.received(row as i64, peer(), payload, Arrival::default());
        }
        let chunk = Arc::new(builder.finish());
        memory.push(Arc::clone(&chunk));
        disk.push(chunk);
        disk.seal();
        while let Some((slot, chunk)) = disk.next_to_write() {
            journal.write(slot, chunk);
        }
        for outcome in journal.outcomes() {
            settle(&mut disk, outcome);
        }
    }
    while disk.disk() < count * (SIZE as u64 + 16) {
        for outcome in journal.outcomes() {
            settle(&mut disk, outcome);
        }
    }
    for (place, log) in [("in memory", &memory), ("on disk", &disk)] {
        let (mut bare, mut ours) = (Vec::new(), Vec::new());
        // Interleaved, so that both meet the same moods of the machine.
        for _ in 0..RUNS {
            bare.extend(measure_once(|| bare_pass(log)));
            ours.extend(measure_once(|| search(log)));
        }
        bare.sort();
        ours.sort();
        print(
            &format!("bare memmem pass, 10 M records {place}"),
            &bare,
            1.0,
            "ms",
            1e3,
        );
        print(
            &format!("filter by a word, 10 M records {place}"),
            &ours,
            1.0,
            "ms",
            1e3,
        );
        let middle = |runs: &[Duration]| runs.get(RUNS / 2).map_or(1.0, Duration::as_secs_f64);
        println!("{:<46} {:>10.2}", "  ratio", middle(&ours) / middle(&bare));
    }
    journal.discard();
}

fn settle(log: &mut Log, outcome: JournalOutcome) {
    match outcome {
        JournalOutcome::Written(slot, place) => log.spilled(slot, place),
        JournalOutcome::Failed(error) => panic!("{error}"),
    };
}

fn measure_once(run: impl FnOnce()) -> Option<Duration> {
    let began = Instant::now();
    run();
    Some(began.elapsed())
}

fn bare_pass(log: &Log) {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let sources: Vec<BytesLocation> = log.slots().filter_map(|slot| log.source(slot)).collect();
    let sources = &sources;
    let found: usize = std::thread::scope(|scope| {
        let pass = move |first: usize| {
            let finder = memchr::memmem::Finder::new(WORD);
            let mut bytes = Vec::new();
            let mut found = 0;
            for source in sources.iter().skip(first).step_by(threads) {
                found += match source {
                    BytesLocation::Memory(chunk) => {
                        finder.find_iter(chunk.payloads().arena()).count()
                    }
                    BytesLocation::Spilled { frames, place, .. } => {
                        assert!(frames.read(*place, &mut bytes));
                        finder.find_iter(&bytes).count()
                    }
                };
            }
            found
        };
        let handles: Vec<_> = (0..threads)
            .map(|first| scope.spawn(move || pass(first)))
            .collect();
        handles
            .into_iter()
            .filter_map(|handle| handle.join().ok())
            .sum()
    });
    assert_eq!(found, 10_000);
}

fn search(log: &Log) {
    let filter = Filter::new(WORD, Arc::new(|_| String::new()), &|_| None, None);
    let filter = filter.ok().flatten().expect("a word");
    let mut found = SearchHits::new(Arc::new(filter), log);
    let (rung, bell) = crossbeam_channel::bounded(1);
    let finder = Finder::start(move || {
        rung.try_send(()).ok();
    });
    let finder = finder.expect("threads");
    while found.looked_through(log) < log.count().rows() {
        for question in found.follow(log) {
            finder.ask(found.filter(), question);
        }
        for (slot, hits) in finder.answers() {
            found.take(slot, hits.expect("an answer"));
        }
        bell.recv_timeout(Duration::from_millis(5)).ok();
        // The window is woken once for all answers of a while, too.
        std::thread::sleep(Duration::from_millis(1));
    }
    assert_eq!(found.count().received, 10_000);
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
