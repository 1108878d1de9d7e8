//! Reading a log back as the events it came from.

use super::own;
use super::recovery::RecoverableLog;
use super::segment::SegmentReader;
use crate::engine::Event;
use crate::jobs::{self, Job, Running};
use crossbeam_channel::{Receiver, Sender};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A log that is read back.
pub struct RecoveredLog {
    pub events: Receiver<Event>,
    pub origin: RecoveredFiles,
}

/// The files that a log is read back from. Dropped, they stay and are offered again.
pub struct RecoveredFiles {
    unread: Receiver<Unread>,
    stored: Sender<()>,
}

/// Files of a log that could not be read whole, and are kept.
#[derive(Debug)]
pub struct Unread {
    /// The first of them.
    pub path: PathBuf,
    pub error: io::Error,
    pub files: usize,
}

impl RecoveredFiles {
    /// What could not be read; told once, before the last event.
    pub fn unread(&self) -> Option<Unread> {
        self.unread.try_recv().ok()
    }

    /// The rows are on disk elsewhere by now: removes the files that were read whole.
    pub fn release(self) {
        // Fails only if there was nobody to remove them.
        self.stored.send(()).ok();
    }
}

/// Reads a log back as the events it came from, past what is damaged. Its files stay until
/// [`RecoveredFiles::release`]; what could not be read stays for good. `wake` is called after an event was
/// put into the channel.
///
/// # Errors
/// If the system has no thread left for it.
pub fn replay(
    leftover: RecoverableLog,
    wake: impl Fn() + Send + 'static,
) -> io::Result<RecoveredLog> {
    let (facts, events) = crossbeam_channel::bounded(16);
    let (told, unread) = crossbeam_channel::bounded(1);
    let (stored, confirmed) = crossbeam_channel::bounded(1);
    let RecoverableLog { folder, lock, .. } = leftover;
    // Cancelled by dropping the events: then the log stays for the next start.
    Job::start("replay", wake, move |job| {
        let read = jobs::caught(|| read_back(&folder, &facts, job));
        let Some(Segments { whole, kept }) = read.unwrap_or_else(|died| {
            // None is removed: nobody knows which were read whole.
            let kept = vec![(folder.clone(), died.into())];
            let whole = Vec::new();
            Some(Segments { whole, kept })
        }) else {
            return Ok(());
        };
        let files = kept.len();
        if let Some((path, error)) = kept.into_iter().next() {
            told.send(Unread { path, error, files }).ok();
        }
        facts.send(Event::Closed).ok();
        job.wake();
        if confirmed.recv().is_ok() {
            for segment in whole {
                std::fs::remove_file(segment).ok();
            }
            own::remove_emptied(&folder, lock);
        }
        Ok::<(), io::Error>(())
    })?;
    let origin = RecoveredFiles { unread, stored };
    Ok(RecoveredLog { events, origin })
}

/// The files of a log: those read whole, and the others with what is wrong with each.
struct Segments {
    whole: Vec<PathBuf>,
    kept: Vec<(PathBuf, io::Error)>,
}

/// Hands over all rows that can be read; `None` if nobody wants them any more.
fn read_back(folder: &Path, facts: &Sender<Event>, job: &Running) -> Option<Segments> {
    let (mut whole, mut kept) = (Vec::new(), Vec::new());
    for path in own::segments(folder) {
        let mut chunks = match SegmentReader::open(&path) {
            Ok(chunks) => chunks,
            Err(error) => {
                kept.push((path, error));
                continue;
            }
        };
        for chunk in chunks.by_ref() {
            facts.send(Event::Rows(Arc::new(chunk))).ok()?;
            job.wake();
        }
        match chunks.damage() {
            None => whole.push(path),
            // Offered again, the rows that could be read would be there twice.
            Some(error) => kept.push((own::set_aside(&path), error)),
        }
    }
    Some(Segments { whole, kept })
}
