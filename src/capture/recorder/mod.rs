//! What a session sees, written to a file as it happens, on a thread of its own.
//! That is not cancelled: it ends when all it was handed is written.
//!
//! The worker hands over the same chunks the log gets; they never pass through the window.

mod files;

use crate::capture::{About, Format};
use crate::jobs::{self, Job, Outcome};
use crate::traffic::stream_text::Reader;
use crate::traffic::{Chunk, Describe};
use crossbeam_channel::{Receiver, Sender, TrySendError, select};
use files::Files;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// Chunks that may wait; each may hold a megabyte.
const AHEAD: usize = 64;
/// What was recorded is on the disk at least this often.
const SYNC: Duration = Duration::from_secs(1);

/// What to record, and where.
#[derive(Clone)]
pub struct Order {
    /// The file; what is there already stays, and what is recorded follows it.
    pub path: Arc<Path>,
    pub format: Format,
    /// A file of so many bytes is full: another one begins.
    pub full: Option<u64>,
    /// Words notices.
    pub describe: Describe,
    /// How payloads read as text.
    pub reader: Reader,
}

impl std::fmt::Debug for Order {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Order")
            .field("path", &self.path)
            .field("format", &self.format)
            .field("full", &self.full)
            .finish_non_exhaustive()
    }
}

/// A recording under way. Dropping it writes what was handed over, and waits for that.
pub struct Recorder {
    chunks: Option<Sender<Arc<Chunk>>>,
    job: Option<Job<()>>,
}

impl Recorder {
    /// `about` is the session as it stands; `wake` is called when it has ended.
    ///
    /// # Errors
    /// If the file cannot be made, or the system has no thread left.
    pub fn start(order: Order, about: About, wake: impl Fn() + Send + 'static) -> io::Result<Self> {
        // One more is the last, for which nobody waits.
        let (chunks, handed_over) = crossbeam_channel::bounded(AHEAD + 1);
        // What fails at once is told at once.
        let mut files = Files::open(&order, about)?;
        let job = Job::start("recorder", wake, move |_| {
            let recorded = Outcome::of(|| record(&mut files, &handed_over)).into_result();
            if recorded.is_err() {
                // What is whole stays; why it ended matters more than what this meets.
                jobs::caught(|| files.mend()).ok();
            }
            recorded
        })?;
        Ok(Self {
            chunks: Some(chunks),
            job: Some(job),
        })
    }

    /// Whether a chunk can be handed over now: while the disk is behind, the worker waits
    /// rather than losing a part of the recording.
    pub fn has_room(&self) -> bool {
        self.chunks
            .as_ref()
            .is_none_or(|chunks| chunks.len() < AHEAD)
    }

    /// Hands a chunk over, if there is room; the last one at any time.
    pub fn take(&self, chunk: &Arc<Chunk>) {
        if let Some(chunks) = &self.chunks {
            match chunks.try_send(Arc::clone(chunk)) {
                // Full: the worker asked for room just before, so this cannot be.
                // Disconnected: it failed, which is told.
                Ok(()) | Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) => {}
            }
        }
    }

    /// How it ended, told once; `None` while it has not.
    pub fn ended(&self) -> Option<io::Result<()>> {
        Some(self.job.as_ref()?.poll()?.into_result())
    }

    /// Nothing more is handed over: it ends when all of that is written.
    pub fn close(&mut self) {
        self.chunks = None;
    }

    /// Writes what was handed over, and ends.
    ///
    /// # Errors
    /// What kept it from being written.
    pub fn finish(mut self) -> io::Result<()> {
        self.end()
    }

    fn end(&mut self) -> io::Result<()> {
        self.chunks = None;
        let outcome = self.job.take().and_then(Job::join);
        outcome.map_or(Ok(()), Outcome::into_result)
    }
}

impl Drop for Recorder {
    fn drop(&mut self) {
        // Whoever asks for the failure asks for it before.
        self.end().ok();
    }
}

fn record(files: &mut Files, chunks: &Receiver<Arc<Chunk>>) -> io::Result<()> {
    let mut row = 0;
    let seconds = crossbeam_channel::tick(SYNC);
    let never = crossbeam_channel::never();
    let mut unsynced = false;
    loop {
        // While nothing is unsynced only the next chunk matters.
        let due = if unsynced { &seconds } else { &never };
        select! {
            recv(chunks) -> chunk => {
                let Ok(chunk) = chunk else {
                    return files.finish();
                };
                for at in files.format().positions(&chunk) {
                    if let Some(record) = chunk.get(at) {
                        files.write(row, &record)?;
                        row += 1;
                    }
                }
                unsynced = true;
                // Under load nothing pauses for a second: each chunk is given away whole.
                files.flush()?;
            }
            recv(due) -> _ => {
                files.sync()?;
                unsynced = false;
            }
        }
    }
}
