//! Floor 2: what a session sees, written to a file as it happens, on a thread of its own.
//!
//! The worker hands over the same chunks the log gets; they never pass through the window.

mod files;

use crate::traffic::export::{About, Format};
use crate::traffic::stream_text::Reader;
use crate::traffic::{Chunk, Describe};
use crossbeam_channel::{Receiver, Sender, TrySendError, select};
use files::Files;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::thread::JoinHandle;
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
    failures: Receiver<io::Error>,
    thread: Option<JoinHandle<()>>,
}

impl Recorder {
    /// `about` is the session as it stands; `wake` is called when it has ended.
    ///
    /// # Errors
    /// If the file cannot be made, or the system has no thread left.
    pub fn start(order: Order, about: About, wake: impl Fn() + Send + 'static) -> io::Result<Self> {
        // One more is the last, for which nobody waits.
        let (chunks, handed_over) = crossbeam_channel::bounded(AHEAD + 1);
        let (failed, failures) = crossbeam_channel::bounded(1);
        // What fails at once is told at once.
        let mut files = Files::open(&order, about)?;
        let thread = std::thread::Builder::new()
            .name("recorder".into())
            .spawn(move || {
                if let Err(error) = record(&mut files, &handed_over) {
                    files.mend();
                    failed.send(error).ok();
                }
                wake();
            })?;
        Ok(Self {
            chunks: Some(chunks),
            failures,
            thread: Some(thread),
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

    /// Why it ended, told once.
    pub fn failure(&self) -> Option<io::Error> {
        self.failures.try_recv().ok()
    }

    /// Nothing more is handed over: it ends when all of that is written.
    pub fn close(&mut self) {
        self.chunks = None;
    }

    pub fn has_ended(&self) -> bool {
        self.thread.as_ref().is_none_or(JoinHandle::is_finished)
    }

    /// Writes what was handed over, and ends.
    ///
    /// # Errors
    /// What kept it from being written.
    pub fn finish(mut self) -> io::Result<()> {
        self.end();
        self.failures.try_recv().map_or(Ok(()), Err)
    }

    fn end(&mut self) {
        self.chunks = None;
        if let Some(thread) = self.thread.take() {
            thread.join().ok();
        }
    }
}

impl Drop for Recorder {
    fn drop(&mut self) {
        self.end();
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
