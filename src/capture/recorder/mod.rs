//! Records the traffic of a session to a file or a pipe as it happens, on its own thread. The
//! thread is not cancelled: it ends when all chunks it received are written.
//!
//! The worker passes it the same chunks as the log; they do not pass through the window.

mod files;
mod pipe;

pub use pipe::is_pipe;

use super::CaptureFields;
use crate::capture::{CaptureContext, CaptureFormat};
use crate::jobs::{self, Job, JobOutcome};
use crate::traffic::framing::SessionFraming;
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

/// The most chunks that wait; each may hold a megabyte.
const AHEAD: usize = 64;
/// The longest time before recorded data is flushed to disk.
const SYNC: Duration = Duration::from_secs(1);

/// The content and the destination of a recording.
#[derive(Clone)]
pub struct RecordingRequest {
    /// The file; records are appended to its present content. A named pipe (FIFO) receives
    /// records once a program reads it.
    pub path: Arc<Path>,
    /// An open file, such as the standard output, which is written to instead; `path` is then
    /// its name.
    pub open: Option<Arc<File>>,
    pub format: CaptureFormat,
    /// The size in bytes at which the next file begins; `None` for no limit.
    pub full: Option<u64>,
    /// Puts notices into words.
    pub describe: Describe,
    /// Decodes payloads as text.
    pub reader: StreamTextReader,
    /// Reads messages into fields.
    pub fields: Option<CaptureFields>,
    /// How streams are cut into messages, which are rows in text and CSV.
    pub framing: SessionFraming,
}

impl std::fmt::Debug for RecordingRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RecordingRequest")
            .field("path", &self.path)
            .field("format", &self.format)
            .field("full", &self.full)
            .finish_non_exhaustive()
    }
}

/// A running recording. Dropping it waits until all chunks are written.
pub struct Recorder {
    chunks: Option<Sender<Arc<Chunk>>>,
    job: Option<Job<()>>,
    /// Set at the end: the recorder then waits only briefly for a program that does not read.
    ends: Arc<AtomicBool>,
    /// Whether no program has opened the pipe yet.
    waits: Arc<AtomicBool>,
}

/// The output of a recording.
enum RecordingOutput {
    Files(Box<Files>),
    Pipe(Box<Pipe>),
}

impl RecordingOutput {
    fn open(
        request: &RecordingRequest,
        context: CaptureContext,
        ends: &Arc<AtomicBool>,
    ) -> io::Result<Self> {
        if !request.format.is_recorded() {
            return Err(io::ErrorKind::Unsupported.into());
        }
        Ok(match request.open.is_some() || is_pipe(&request.path) {
            true => Self::Pipe(Box::new(Pipe::open(request, context, Arc::clone(ends))?)),
            false => Self::Files(Box::new(Files::open(request, context)?)),
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
            // A pipe has no disk to flush to.
            Self::Pipe(_) => Ok(()),
        }
    }

    fn finish(&mut self) -> io::Result<()> {
        match self {
            Self::Files(files) => files.finish(),
            Self::Pipe(pipe) => pipe.finish(),
        }
    }

    /// Truncates a file after its last complete record, because a write failed.
    fn mend(self) {
        match self {
            Self::Files(files) => files.mend(),
            Self::Pipe(_) => {}
        }
    }

    /// Leaves no file behind that was made for this recording, which did not begin.
    fn undo(self) {
        match self {
            Self::Files(files) => files.undo(),
            Self::Pipe(_) => {}
        }
    }
}

impl Recorder {
    /// Starts a recording. `about` is the present state of the session; `wake` is called when
    /// the recording has ended, and when a program opens its pipe.
    ///
    /// # Errors
    /// If the file cannot be opened, or the thread cannot be started.
    pub fn start(
        request: RecordingRequest,
        context: CaptureContext,
        wake: impl Fn() + Send + Sync + 'static,
    ) -> io::Result<Self> {
        // One more for the last chunk, which does not wait for room.
        let (chunks, handed_over) = crossbeam_channel::bounded(AHEAD + 1);
        let ends = Arc::new(AtomicBool::new(false));
        // Opening here reports errors to the caller directly.
        let output = RecordingOutput::open(&request, context, &ends)?;
        let format = request.format;
        let waits = Arc::new(AtomicBool::new(output.is_waiting()));
        let wake = Arc::new(wake);
        let (reader, woken) = (Arc::clone(&waits), Arc::clone(&wake));
        let came = move || {
            reader.store(false, Ordering::Release);
            woken();
        };
        // Without a thread, the output is still in the channel.
        let (hand_over, outputs) = crossbeam_channel::bounded(1);
        let waiting = outputs.clone();
        hand_over.send(output).ok();
        let job = Job::start(
            "recorder",
            move || wake(),
            move |_| {
                let Ok(mut output) = outputs.recv() else {
                    return Ok(());
                };
                let work = || record(format, &mut output, &handed_over, came);
                let recorded = JobOutcome::of(work).into_result();
                if recorded.is_err() {
                    // The first error is reported; one of this clean-up matters less.
                    jobs::caught(|| output.mend()).ok();
                }
                recorded
            },
        );
        let job = job.inspect_err(|_| waiting.try_iter().for_each(RecordingOutput::undo))?;
        Ok(Self {
            chunks: Some(chunks),
            job: Some(job),
            ends,
            waits,
        })
    }

    /// Whether a chunk can be passed now. If the disk is slow, the worker waits, so that the
    /// recording stays complete.
    pub fn has_room(&self) -> bool {
        self.chunks
            .as_ref()
            .is_none_or(|chunks| chunks.len() < AHEAD)
    }

    /// Passes a chunk, if there is room; the last one always has room.
    pub fn take(&self, chunk: &Arc<Chunk>) {
        if let Some(chunks) = &self.chunks {
            match chunks.try_send(Arc::clone(chunk)) {
                // Full: cannot happen, because the worker has just checked for room.
                // Disconnected: the recording failed, which is reported elsewhere.
                Ok(()) | Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) => {}
            }
        }
    }

    /// Whether no program has opened the pipe yet: nothing is recorded until then.
    pub fn is_waiting(&self) -> bool {
        self.waits.load(Ordering::Acquire)
    }

    /// The result, returned once; `None` while the recording runs.
    pub fn ended(&self) -> Option<io::Result<()>> {
        Some(self.job.as_ref()?.poll()?.into_result())
    }

    /// Accepts no more chunks: the recording ends when the pending ones are written.
    pub fn close(&mut self) {
        self.ends.store(true, Ordering::Release);
        self.chunks = None;
    }

    /// Writes the pending chunks, and ends the recording.
    ///
    /// # Errors
    /// The error that ended the recording.
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
        // A caller that needs the result has called `finish` before.
        self.end().ok();
    }
}

/// Writes the chunks; calls `came` once a program has opened the pipe.
fn record(
    format: CaptureFormat,
    output: &mut RecordingOutput,
    chunks: &Receiver<Arc<Chunk>>,
    came: impl Fn(),
) -> io::Result<()> {
    let mut row = 0;
    let look = |output: &mut RecordingOutput| {
        let was_waiting = output.is_waiting();
        output.look()?;
        if was_waiting && !output.is_waiting() {
            came();
        }
        Ok::<(), io::Error>(())
    };
    let seconds = crossbeam_channel::tick(SYNC);
    let looks = crossbeam_channel::tick(pipe::LOOK);
    let never = crossbeam_channel::never();
    let mut unsynced = false;
    loop {
        // Without unflushed data, only the next chunk matters.
        let due = if unsynced { &seconds } else { &never };
        let next_look = if output.is_waiting() { &looks } else { &never };
        select! {
            recv(chunks) -> chunk => {
                // A program that opened the pipe in the meantime gets this chunk too.
                look(output)?;
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
                // Under load there is no pause of a second, so each chunk is passed on whole.
                output.flush()?;
            }
            recv(due) -> _ => {
                output.sync()?;
                unsynced = false;
            }
            recv(next_look) -> _ => look(output)?,
        }
    }
}

#[cfg(test)]
pub(crate) mod tests;
