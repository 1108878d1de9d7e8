//! Layer 3: reads a capture file as the events of a session, on its own thread. Dropping the
//! receiver of the events cancels it.

use crate::capture::import::{self, ImportError, ImportSummary};
use crate::engine::{Clock, Event, file_error, open_file};
use crate::jobs::{Job, JobOutcome, Running};
use crate::traffic::{Cause, ChunkBuilder, Failure, Notice, Operation, SkipReason};
use crossbeam_channel::{Receiver, Sender};
use std::fs::File;
use std::io::{self, Read as _};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The size in bytes at which a chunk is sent.
const FULL: usize = 1 << 20;
/// The most chunks that wait: memory does not grow with the file.
const AHEAD: usize = 16;

/// Reads the file at `path`. The last row reports the result, and the last event is
/// [`Event::Closed`]. `wake` is called after each event.
///
/// # Errors
/// If the thread cannot be started.
pub fn open(path: PathBuf, wake: impl Fn() + Send + 'static) -> io::Result<Receiver<Event>> {
    let (facts, events) = crossbeam_channel::bounded(AHEAD);
    Job::start("import", wake, move |job| {
        let mut reading = ImportReader {
            facts,
            job,
            chunk: ChunkBuilder::default(),
            records: 0,
            skipped: Vec::new(),
        };
        reading.run(&path);
        Ok::<(), io::Error>(())
    })?;
    Ok(events)
}

struct ImportReader<'a> {
    facts: Sender<Event>,
    job: &'a Running,
    chunk: ChunkBuilder,
    /// The number of records so far.
    records: u64,
    /// The packets before an error that are no record, by reason.
    skipped: Vec<(SkipReason, u64)>,
}

impl ImportReader<'_> {
    fn run(&mut self, path: &Path) {
        let name = path.display().to_string();
        let read = || open_file(path).and_then(|file| self.records(file).map_err(file_error));
        let read = match JobOutcome::of(read) {
            JobOutcome::Done(summary) => Ok(summary),
            JobOutcome::Failed(cause) => Err(cause),
            JobOutcome::Died(died) => Err(Cause::Died { reason: died.0 }),
        };
        let now = Clock::start().now();
        let file_read = |skipped: Vec<(SkipReason, u64)>, records| Notice::FileRead {
            path: name.clone(),
            records,
            skipped: skipped.iter().map(|(_, count)| count).sum(),
            others: skipped,
        };
        match read {
            Ok(summary) => {
                let read = file_read(summary.skipped, summary.records);
                self.chunk.notice(now, read);
            }
            Err(cause) => {
                let skipped = std::mem::take(&mut self.skipped);
                if !skipped.is_empty() {
                    self.chunk.notice(now, file_read(skipped, self.records));
                }
                let failed = Notice::Failed(Failure {
                    operation: Operation::Open,
                    address: name,
                    cause,
                });
                self.chunk.notice(now, failed);
            }
        }
        self.hand_over();
        // Fails only if the receiver was dropped.
        self.facts.send(Event::Closed).ok();
        self.job.wake();
    }

    fn records(&mut self, file: File) -> Result<ImportSummary, ImportError> {
        // Bytes appended meanwhile are not read: reading might never end.
        let length = file.metadata().map_or(u64::MAX, |known| known.len());
        let read = import::read(file.take(length), &mut |record| {
            self.chunk.copy(&record);
            self.records += 1;
            let full = self.chunk.size() >= FULL;
            match full && !self.hand_over() {
                true => ControlFlow::Break(()),
                false => ControlFlow::Continue(()),
            }
        });
        if let Err(error) = &read {
            self.skipped.clone_from(&error.skipped);
        }
        read
    }

    /// Sends the chunk. Returns whether the receiver still exists.
    fn hand_over(&mut self) -> bool {
        let chunk = Arc::new(self.chunk.finish());
        let wanted = self.facts.send(Event::Rows(chunk)).is_ok();
        self.job.wake();
        wanted
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::time::Duration;

    #[test]
    fn a_reader_that_dies_says_so_in_its_last_row() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("many.jsonl");
        // More than one chunk, so that the window is woken during the import.
        let line = format!(
            "{{\"time\":\"2026-01-02T03:04:05.000000Z\",\"kind\":\"received\",\"peer\":\"127.0.0.1:9\",\"length\":1000,\"hex\":\"{}\"}}\n",
            "00".repeat(1000)
        );
        std::fs::write(&path, line.repeat(3_000)).unwrap();
        let clumsy = AtomicBool::new(true);
        let wake = move || assert!(!clumsy.swap(false, Ordering::AcqRel), "broken");
        let events = open(path, wake).unwrap();
        let mut last = None;
        loop {
            match events.recv_timeout(Duration::from_secs(10)).unwrap() {
                Event::Rows(chunk) => last = chunk.notices().last().cloned().or(last),
                Event::Closed => break,
                _ => {}
            }
        }
        let Some(Notice::Failed(failure)) = last else {
            panic!("{last:?}");
        };
        let reason = "broken".to_owned();
        assert_eq!(failure.cause, Cause::Died { reason });
    }
}
