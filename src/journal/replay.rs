//! Reads a journal back as the events of a session.

use super::own;
use super::recovery::RecoverableLog;
use super::segment::{MissingRows, SegmentReader};
use crate::engine::Event;
use crate::jobs::{self, Job, Running};
use crossbeam_channel::{Receiver, Sender};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A log that is being read back.
pub struct RecoveredLog {
    pub events: Receiver<Event>,
    pub origin: RecoveredFiles,
}

/// The files of a log that is read back. If it is dropped, they stay and are offered again.
pub struct RecoveredFiles {
    unread: Receiver<UnreadableFiles>,
    stored: Sender<()>,
}

/// Files of a log that could not be read completely, and are kept.
#[derive(Debug)]
pub struct UnreadableFiles {
    /// The path of the file, or of the folder that has all of them.
    pub path: PathBuf,
    /// The error of the first one.
    pub error: io::Error,
    pub files: usize,
    pub missing: MissingRows,
}

impl RecoveredFiles {
    /// The files that could not be read; returned once, before the last event.
    pub fn unread(&self) -> Option<UnreadableFiles> {
        self.unread.try_recv().ok()
    }

    /// Removes the files that were read completely: their rows are on disk elsewhere by now.
    pub fn release(self) {
        // Fails only if the thread has ended, which removes nothing.
        self.stored.send(()).ok();
    }
}

/// Reads a log back as the events it came from, and skips damaged parts. Its files stay until
/// [`RecoveredFiles::release`]; unreadable files are kept. `wake` is called after each event.
///
/// # Errors
/// If the thread cannot be started.
pub fn replay(log: RecoverableLog, wake: impl Fn() + Send + 'static) -> io::Result<RecoveredLog> {
    let (facts, events) = crossbeam_channel::bounded(16);
    let (reports, unread) = crossbeam_channel::bounded(1);
    let (stored, confirmed) = crossbeam_channel::bounded(1);
    let RecoverableLog { folder, lock, .. } = log;
    // Dropping the receiver of the events cancels it: the log stays for the next start.
    Job::start("replay", wake, move |job| {
        let read = jobs::caught(|| read_back(&folder, &facts, job));
        let Some(ReplayFiles {
            whole,
            kept,
            missing,
        }) = read.unwrap_or_else(|died| {
            // No file is removed, because it is unknown which were read completely.
            let kept = vec![(folder.clone(), died.into())];
            Some(ReplayFiles {
                whole: Vec::new(),
                kept,
                missing: MissingRows::UNKNOWN,
            })
        })
        else {
            return Ok(());
        };
        let files = kept.len();
        if let Some((path, error)) = kept.into_iter().next() {
            let unreadable = UnreadableFiles {
                path: match files {
                    1 => path,
                    _ => folder.clone(),
                },
                error,
                files,
                missing,
            };
            reports.send(unreadable).ok();
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

/// The files of a log: those read completely, and the others with the error of each.
struct ReplayFiles {
    whole: Vec<PathBuf>,
    kept: Vec<(PathBuf, io::Error)>,
    /// The rows that are not in the events.
    missing: MissingRows,
}

/// Sends all readable rows; `None` if the receiver was dropped.
fn read_back(folder: &Path, facts: &Sender<Event>, job: &Running) -> Option<ReplayFiles> {
    let (mut whole, mut kept) = (Vec::new(), Vec::new());
    let mut missing = MissingRows::default();
    for path in own::segments(folder) {
        let mut chunks = match SegmentReader::open(&path) {
            Ok(chunks) => chunks,
            Err(error) => {
                missing.add(MissingRows::UNKNOWN);
                kept.push((path, error));
                continue;
            }
        };
        for chunk in chunks.by_ref() {
            facts.send(Event::Rows(Arc::new(chunk))).ok()?;
            job.wake();
        }
        missing.add(chunks.missing());
        match chunks.damage() {
            None => whole.push(path),
            // If it were offered again, its readable rows would appear twice.
            Some(error) => kept.push((own::set_aside(&path), error)),
        }
    }
    Some(ReplayFiles {
        whole,
        kept,
        missing,
    })
}
