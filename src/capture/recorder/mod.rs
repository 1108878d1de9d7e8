//! What a session sees, written to a file or a pipe as it happens, on a thread of its own.
//! That is not cancelled: it ends when all it was handed is written.
//!
//! The worker hands over the same chunks the log gets; they never pass through the window.

mod files;
mod pipe;

pub use pipe::is_pipe;

use crate::capture::{About, CaptureFormat};
use crate::jobs::{self, Job, JobOutcome};
use crate::traffic::stream_text::StreamTextReader;
use crate::traffic::{Chunk, Describe, Record};
use crossbeam_channel::{Receiver, Sender, TrySendError, select};
use files::Files;
use pipe::Pipe;
use std::fs::File;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// Chunks that may wait; each may hold a megabyte.
const AHEAD: usize = 64;
/// What was recorded is on the disk at least this often.
const SYNC: Duration = Duration::from_secs(1);

/// What to record, and where.
#[derive(Clone)]
pub struct RecordingRequest {
    /// The file; what is there already stays, and what is recorded follows it. A pipe of this
    /// name (FIFO) is recorded to from when a program reads it.
    pub path: Arc<Path>,
    /// What is open already, such as the standard output: it is written to instead, and `path`
    /// is its name.
    pub open: Option<Arc<File>>,
    pub format: CaptureFormat,
    /// A file of so many bytes is full: another one begins.
    pub full: Option<u64>,
    /// Words notices.
    pub describe: Describe,
    /// How payloads read as text.
    pub reader: StreamTextReader,
}

impl std::fmt::Debug for RecordingRequest {
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
    /// It is to end: a program that does not read is not waited for much longer.
    ends: Arc<AtomicBool>,
}

/// What is written to.
enum RecordingOutput {
    Files(Box<Files>),
    Pipe(Box<Pipe>),
}

impl RecordingOutput {
    fn open(order: &RecordingRequest, about: About, ends: &Arc<AtomicBool>) -> io::Result<Self> {
        Ok(match order.open.is_some() || is_pipe(&order.path) {
            true => Self::Pipe(Box::new(Pipe::open(order, about, Arc::clone(ends))?)),
            false => Self::Files(Box::new(Files::open(order, about)?)),
        })
    }

    fn is_waiting(&self) -> bool {
        matches!(self, Self::Pipe(pipe) if pipe.is_waiting())
    }

    fn look(&mut self) -> io::Result<()> {
        match self {
            Self::Files(_) => Ok(()),
            Self::Pipe(pipe) => pipe.look(),
        }
    }

    fn write(&mut self, row: u64, record: &Record<'_>) -> io::Result<()> {
        match self {
            Self::Files(files) => files.write(row, record),
            Self::Pipe(pipe) => pipe.write(row, record),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Files(files) => files.flush(),
            Self::Pipe(pipe) => pipe.flush(),
        }
    }

    fn sync(&mut self) -> io::Result<()> {
        match self {
            Self::Files(files) => files.sync(),
            // It is on no disk.
            Self::Pipe(_) => Ok(()),
        }
    }

    fn finish(&mut self) -> io::Result<()> {
        match self {
            Self::Files(files) => files.finish(),
            Self::Pipe(pipe) => pipe.finish(),
        }
    }

    /// It could not be written to: a file is to end with a whole record.
    fn mend(self) {
        match self {
            Self::Files(files) => files.mend(),
            Self::Pipe(_) => {}
        }
    }
}

impl Recorder {
    /// `about` is the session as it stands; `wake` is called when it has ended.
    ///
    /// # Errors
    /// If the file cannot be made, or the system has no thread left.
    pub fn start(
        order: RecordingRequest,
        about: About,
        wake: impl Fn() + Send + 'static,
    ) -> io::Result<Self> {
        // One more is the last, for which nobody waits.
        let (chunks, handed_over) = crossbeam_channel::bounded(AHEAD + 1);
        let ends = Arc::new(AtomicBool::new(false));
        // What fails at once is told at once.
        let mut output = RecordingOutput::open(&order, about, &ends)?;
        let format = order.format;
        let job = Job::start("recorder", wake, move |_| {
            let work = || record(format, &mut output, &handed_over);
            let recorded = JobOutcome::of(work).into_result();
            if recorded.is_err() {
                // What is whole stays; why it ended matters more than what this meets.
                jobs::caught(|| output.mend()).ok();
            }
            recorded
        })?;
        Ok(Self {
            chunks: Some(chunks),
            job: Some(job),
            ends,
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
        self.ends.store(true, Ordering::Release);
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
        self.close();
        let outcome = self.job.take().and_then(Job::join);
        outcome.map_or(Ok(()), JobOutcome::into_result)
    }
}

impl Drop for Recorder {
    fn drop(&mut self) {
        // Whoever asks for the failure asks for it before.
        self.end().ok();
    }
}

fn record(
    format: CaptureFormat,
    output: &mut RecordingOutput,
    chunks: &Receiver<Arc<Chunk>>,
) -> io::Result<()> {
    let mut row = 0;
    let seconds = crossbeam_channel::tick(SYNC);
    let looks = crossbeam_channel::tick(pipe::LOOK);
    let never = crossbeam_channel::never();
    let mut unsynced = false;
    loop {
        // While nothing is unsynced only the next chunk matters.
        let due = if unsynced { &seconds } else { &never };
        let look = if output.is_waiting() { &looks } else { &never };
        select! {
            recv(chunks) -> chunk => {
                // A program that reads by now gets it too.
                output.look()?;
                let Ok(chunk) = chunk else {
                    return output.finish();
                };
                for at in format.positions(&chunk) {
                    if let Some(record) = chunk.get(at) {
                        output.write(row, &record)?;
                        row += 1;
                    }
                }
                unsynced = true;
                // Under load nothing pauses for a second: each chunk is given away whole.
                output.flush()?;
            }
            recv(due) -> _ => {
                output.sync()?;
                unsynced = false;
            }
            recv(look) -> _ => output.look()?,
        }
    }
}
