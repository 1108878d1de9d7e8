//! Floor 2: files read back as the events of a session, on a thread of their own.

use crate::engine::{Clock, Event, file_error, open_file};
use crate::traffic::import::{self, ImportError, Summary};
use crate::traffic::{ChunkBuilder, Failure, Notice, Operation};
use crossbeam_channel::{Receiver, Sender};
use std::fs::File;
use std::io::{self, Read as _};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A chunk of this size is handed over.
const FULL: usize = 1 << 20;
/// Chunks that may wait: memory does not grow with the file.
const AHEAD: usize = 16;

/// Reads the file at `path`; the last row says how that went, the last event is
/// [`Event::Closed`]. `wake` is called after each event.
///
/// # Errors
/// If the system has no thread left.
pub fn open(path: PathBuf, wake: impl Fn() + Send + 'static) -> io::Result<Receiver<Event>> {
    let (facts, events) = crossbeam_channel::bounded(AHEAD);
    std::thread::Builder::new()
        .name("import".into())
        .spawn(move || {
            let mut reading = Reading {
                facts,
                wake: Box::new(wake),
                chunk: ChunkBuilder::default(),
            };
            reading.run(&path);
        })?;
    Ok(events)
}

struct Reading {
    facts: Sender<Event>,
    wake: Box<dyn Fn() + Send>,
    chunk: ChunkBuilder,
}

impl Reading {
    fn run(&mut self, path: &Path) {
        let name = path.display().to_string();
        let read = open_file(path).and_then(|file| self.records(file).map_err(file_error));
        let last = match read {
            Ok(Summary {
                records, skipped, ..
            }) => Notice::FileRead {
                path: name,
                records,
                skipped: skipped.iter().map(|(_, count)| count).sum(),
                others: skipped,
            },
            Err(cause) => Notice::Failed(Failure {
                operation: Operation::Open,
                address: name,
                cause,
            }),
        };
        self.chunk.notice(Clock::start().now(), last);
        self.hand_over();
        // Fails only if the tab is gone.
        self.facts.send(Event::Closed).ok();
        (self.wake)();
    }

    fn records(&mut self, file: File) -> Result<Summary, ImportError> {
        // What is written to it meanwhile is not read: there would be no end.
        let length = file.metadata().map_or(u64::MAX, |known| known.len());
        import::read(file.take(length), &mut |record| {
            self.chunk.copy(&record);
            let full = self.chunk.size() >= FULL;
            match full && !self.hand_over() {
                true => ControlFlow::Break(()),
                false => ControlFlow::Continue(()),
            }
        })
    }

    /// Says whether somebody still wants it.
    fn hand_over(&mut self) -> bool {
        let chunk = Arc::new(self.chunk.finish());
        let wanted = self.facts.send(Event::Rows(chunk)).is_ok();
        (self.wake)();
        wanted
    }
}
