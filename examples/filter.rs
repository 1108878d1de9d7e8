//! Searches a log for words, beside a bare pass of `memmem` over the same bytes on as many
//! threads, for benchmarks.
//!
//! `filter RECORDS PAIRS [FOLDER]`: with a folder, the log is in a journal there, which is removed
//! afterwards; otherwise it is in memory. Every record has 32 bytes. Prints a line for each word:
//!
//! ```text
//! WORD HITS PEAK BARE:OURS…     PEAK: the resident memory of the process while it searches, in kB
//! ```
//!
//! The times of each pair of passes are in nanoseconds.

use crossbeam_channel::Receiver;
use netpeer::finder::Finder;
use netpeer::journal::{self, Journal, JournalOutcome};
use netpeer::traffic::{Arrival, BytesLocation, ChunkBuilder, Filter, Log, SearchHits, SpillStore};
use std::error::Error;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// The bytes of a payload, and of a record with its index.
const SIZE: u64 = 32;
const RECORD: u64 = SIZE + 16;
/// Records in a chunk as the worker closes it under load: 1 MiB.
const IN_CHUNK: usize = (1 << 20) / RECORD as usize;
/// Disk space, in bytes, that is left to others.
const SPARE: u64 = 1 << 30;
/// How long one chunk may take to be written.
const PATIENCE: Duration = Duration::from_secs(60);

/// The words that are searched for: in no record, in one of a hundred, in half of them, in all.
const WORDS: [&str; 4] = ["missing", "warning", "heavy", "every"];

type Outcome<T = ()> = Result<T, Box<dyn Error>>;

fn main() -> Outcome {
    let mut arguments = std::env::args().skip(1);
    let mut number = || arguments.next().and_then(|text| text.parse::<u64>().ok());
    let (records, pairs) = number()
        .zip(number())
        .ok_or("usage: filter RECORDS PAIRS [FOLDER]")?;
    let Some(folder) = arguments.next().map(PathBuf::from) else {
        let mut log = Log::new(usize::MAX);
        let hits = fill(&mut log, records, |_| Ok(()))?;
        return measure(&log, hits, pairs);
    };
    check_room(&folder, records)?;
    let (rung, bell) = crossbeam_channel::bounded(1);
    let wake = move || {
        rung.try_send(()).ok();
    };
    let journal = Rc::new(Journal::create(&folder, u64::MAX, wake)?);
    let measured = on_disk(&journal, &bell, records, pairs);
    journal.discard();
    measured
}

fn check_room(folder: &Path, records: u64) -> Outcome {
    // An eighth more, for the rest of each chunk.
    let needed = records * RECORD * 9 / 8 + SPARE;
    let free = journal::free_space(folder).ok_or("the free disk space is unknown")?;
    if free < needed {
        let gigabytes = |bytes: u64| bytes as f64 / 1e9;
        return Err(format!(
            "{records} records need {:.1} GB in {}, where {:.1} GB are free",
            gigabytes(needed),
            folder.display(),
            gigabytes(free)
        )
        .into());
    }
    Ok(())
}

fn on_disk(journal: &Rc<Journal>, bell: &Receiver<()>, records: u64, pairs: u64) -> Outcome {
    let mut log = Log::default();
    log.set_spill_store(Rc::clone(journal) as Rc<dyn SpillStore>, u64::MAX);
    let hits = fill(&mut log, records, |log| {
        log.seal();
        while let Some((slot, chunk)) = log.next_to_write() {
            journal.write(slot, chunk);
            settle(log, journal, bell)?;
        }
        Ok(())
    })?;
    measure(&log, hits, pairs)
}

/// Waits until the one chunk that is being written is on disk.
fn settle(log: &mut Log, journal: &Journal, bell: &Receiver<()>) -> Outcome {
    loop {
        match journal.outcomes().next() {
            Some(JournalOutcome::Written(slot, place)) => {
                log.spilled(slot, place);
                return Ok(());
            }
            Some(JournalOutcome::Failed(error)) => return Err(error.into()),
            None => bell.recv_timeout(PATIENCE)?,
        }
    }
}

/// Appends records to a log, and calls `appended` after each chunk. Returns the number of records
/// with each word.
fn fill(
    log: &mut Log,
    records: u64,
    mut appended: impl FnMut(&mut Log) -> Outcome,
) -> Outcome<[u64; WORDS.len()]> {
    let peer = SocketAddr::from(([127, 0, 0, 1], 9));
    let (mut digits, mut hits) = (*b"000000000000", [0; WORDS.len()]);
    for start in (0..records).step_by(IN_CHUNK) {
        let mut builder = ChunkBuilder::default();
        for row in start..records.min(start + IN_CHUNK as u64) {
            let (warns, is_heavy) = (row % 100 == 7, row % 2 == 0);
            let weight: &[u8] = if is_heavy { b" heavy" } else { b" light" };
            let state: &[u8] = if warns { b" warning" } else { b" nothing" };
            let payload = [&digits[..], weight, state, b" every"].concat();
            builder.received(row.cast_signed(), peer, &payload, Arrival::default());
            let words = [false, warns, is_heavy, true];
            for (hits, has_word) in hits.iter_mut().zip(words) {
                *hits += u64::from(has_word);
            }
            count_up(&mut digits);
        }
        log.push(Arc::new(builder.finish()));
        appended(log)?;
    }
    Ok(hits)
}

fn count_up(digits: &mut [u8]) {
    for digit in digits.iter_mut().rev() {
        if *digit < b'9' {
            *digit += 1;
            return;
        }
        *digit = b'0';
    }
}

/// Searches for each word, in interleaved pairs: both passes meet the same moods of the machine.
fn measure(log: &Log, hits: [u64; WORDS.len()], pairs: u64) -> Outcome {
    for (word, hits) in WORDS.into_iter().zip(hits) {
        let expected = |found: u64| match found == hits {
            true => Ok(()),
            false => Err(format!("{found} records with {word}, not {hits}")),
        };
        // The first pair is not counted: it may find the files outside the page cache.
        expected(bare_pass(log, word)?)?;
        expected(search(log, word)?)?;
        let (mut times, mut peak) = (String::new(), 0);
        for _ in 0..pairs {
            let began = Instant::now();
            expected(bare_pass(log, word)?)?;
            let bare = began.elapsed();
            forget_peak()?;
            let began = Instant::now();
            expected(search(log, word)?)?;
            let ours = began.elapsed();
            peak = peak.max(peak_memory()?);
            times.push_str(&format!(" {}:{}", bare.as_nanos(), ours.as_nanos()));
        }
        println!("{word} {hits} {peak}{times}");
    }
    Ok(())
}

/// The number of times that the word is in the bytes of the log.
fn bare_pass(log: &Log, word: &str) -> Outcome<u64> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let sources: Vec<BytesLocation> = log.slots().filter_map(|slot| log.source(slot)).collect();
    let sources = &sources;
    let found: Option<usize> = std::thread::scope(|scope| {
        let pass = move |first: usize| {
            let finder = memchr::memmem::Finder::new(word);
            let (mut bytes, mut found) = (Vec::new(), 0);
            for source in sources.iter().skip(first).step_by(threads) {
                found += match source {
                    BytesLocation::Memory(chunk) => {
                        finder.find_iter(chunk.payloads().arena()).count()
                    }
                    BytesLocation::Spilled { frames, place, .. } => {
                        if !frames.read(*place, &mut bytes) {
                            return None;
                        }
                        finder.find_iter(&bytes).count()
                    }
                };
            }
            Some(found)
        };
        let threads: Vec<_> = (0..threads)
            .map(|first| scope.spawn(move || pass(first)))
            .collect();
        let found = threads.into_iter().map(|thread| thread.join().ok()?);
        found.sum()
    });
    Ok(found.ok_or("a pass could not read the journal")? as u64)
}

/// The number of records that the filter finds.
fn search(log: &Log, word: &str) -> Outcome<u64> {
    let filter = Filter::new(word, Arc::new(|_| String::new()), &|_| None, None);
    let filter = filter.ok().flatten().ok_or("the word is no filter")?;
    let mut found = SearchHits::new(Arc::new(filter), log);
    let (rung, bell) = crossbeam_channel::bounded(1);
    let finder = Finder::start(move || {
        rung.try_send(()).ok();
    })?;
    while found.looked_through(log) < log.count().rows() {
        for question in found.follow(log) {
            finder.ask(found.filter(), question);
        }
        for (slot, hits) in finder.answers() {
            found.take(slot, hits?);
        }
        bell.recv_timeout(Duration::from_millis(5)).ok();
        // The window is woken once for all answers of a while, too.
        std::thread::sleep(Duration::from_millis(1));
    }
    Ok(found.count().received)
}

/// Sets the peak of this process's resident memory to its present value (proc_pid_clear_refs(5)).
fn forget_peak() -> std::io::Result<()> {
    std::fs::write("/proc/self/clear_refs", "5")
}

/// The peak of this process's resident memory, in kB (proc_pid_status(5)).
fn peak_memory() -> Outcome<u64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let number = line.and_then(|line| line.split_whitespace().next());
    Ok(number.ok_or("no peak of the memory")?.parse()?)
}
