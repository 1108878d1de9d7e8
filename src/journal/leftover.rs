//! Journals that a crash left behind.

use super::segment::Scan;
use super::writer::LOCK;
use crate::net::Event;
use crossbeam_channel::Receiver;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The log of a session that did not end cleanly.
#[derive(Debug)]
pub struct Leftover {
    folder: PathBuf,
    /// Held, so that two programs do not offer the same log.
    lock: File,
    /// Its length on disk.
    pub bytes: u64,
}

/// The journals below `parent` that no running program holds and that have something in them.
pub fn leftovers(parent: &Path) -> Vec<Leftover> {
    let folders = std::fs::read_dir(parent)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path());
    let mut found: Vec<Leftover> = folders.filter_map(claim).collect();
    found.sort_by(|a, b| a.folder.cmp(&b.folder));
    found
        .into_iter()
        .filter_map(Leftover::unless_empty)
        .collect()
}

fn claim(folder: PathBuf) -> Option<Leftover> {
    let lock = File::open(folder.join(LOCK)).ok()?;
    lock.try_lock().ok()?;
    let header = super::segment::HEADER;
    let lengths = segments(&folder)
        .iter()
        .filter_map(|path| path.metadata().ok())
        .map(|meta| meta.len().saturating_sub(header))
        .sum();
    Some(Leftover {
        folder,
        lock,
        bytes: lengths,
    })
}

fn segments(folder: &Path) -> Vec<PathBuf> {
    let files = std::fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path());
    let mut segments: Vec<PathBuf> = files
        .filter(|path| path.extension().is_some_and(|end| end == "segment"))
        .collect();
    segments.sort();
    segments
}

impl Leftover {
    fn unless_empty(self) -> Option<Self> {
        if self.bytes > 0 {
            return Some(self);
        }
        self.discard();
        None
    }

    /// Removes its files.
    pub fn discard(self) {
        drop(self.lock);
        // What cannot be removed is offered again.
        std::fs::remove_dir_all(self.folder).ok();
    }
}

/// Reads a log back as the events it came from, up to its end or the first damage, then
/// removes its files. `wake` is called after an event was put into the channel.
///
/// # Errors
/// If the system has no thread left for it.
pub fn replay(leftover: Leftover, wake: impl Fn() + Send + 'static) -> io::Result<Receiver<Event>> {
    let (facts, events) = crossbeam_channel::bounded(16);
    let run = move || {
        let chunks = segments(&leftover.folder)
            .into_iter()
            .map_while(|path| Scan::open(&path).ok())
            .flatten();
        for chunk in chunks {
            if facts.send(Event::Rows(Arc::new(chunk))).is_err() {
                // The tab was closed: the log stays for the next start.
                return;
            }
            wake();
        }
        leftover.discard();
        facts.send(Event::Closed).ok();
        wake();
    };
    std::thread::Builder::new()
        .name("replay".into())
        .spawn(run)?;
    Ok(events)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journal::Journal;
    use crate::traffic::{Arrival, ChunkBuilder};
    use std::time::Duration;

    #[test]
    fn a_running_programs_journal_is_no_leftover() {
        let dir = tempfile::tempdir().unwrap();
        let _journal = Journal::create(dir.path(), 1 << 40, || {}).unwrap();
        assert!(leftovers(dir.path()).is_empty());
    }

    #[test]
    fn a_crashed_programs_log_is_read_back_and_then_removed() {
        let dir = tempfile::tempdir().unwrap();
        let journal = Journal::create(dir.path(), 1 << 40, || {}).unwrap();
        for text in [&b"one"[..], b"two"] {
            let mut builder = ChunkBuilder::default();
            builder.received(1, "127.0.0.1:9".parse().unwrap(), text, Arrival::default());
            journal.write(0, Arc::new(builder.finish()));
        }
        let copied = dir.path().join("log-of-a-crash");
        while journal.outcomes().count() == 0 {
            std::thread::yield_now();
        }
        std::fs::create_dir(&copied).unwrap();
        for file in std::fs::read_dir(journal.folder()).unwrap().flatten() {
            std::fs::copy(file.path(), copied.join(file.file_name())).unwrap();
        }
        let mut found = leftovers(dir.path());
        assert_eq!(found.len(), 1);
        let events = replay(found.remove(0), || {}).unwrap();
        let mut texts = Vec::new();
        while let Ok(Event::Rows(chunk)) = events.recv_timeout(Duration::from_secs(10)) {
            texts.push(chunk.get(0).unwrap().bytes().to_vec());
        }
        assert!(texts.starts_with(&[b"one".to_vec()]));
        assert!(!copied.exists());
    }
}
