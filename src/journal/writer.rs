//! Writes a journal on its own thread: a slow disk never blocks a socket or the window. A write
//! that hangs cannot be cancelled; the chunks that wait after it can, by [`Journal::discard`].

use super::own::{self, CLEARED, ENDED, LOCK, PRIVATE, SESSION};
use super::segment;
use crate::disk;
use crate::jobs::{self, Job, Running};
use crate::traffic::{Chunk, SpillPosition, SpillReader, SpillStore};
use crossbeam_channel::{Receiver, RecvTimeoutError, Sender};
use std::cell::{Cell, RefCell};
use std::fs::File;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The limits of the segment size in bytes. A segment is closed at a quarter of the budget
/// within these limits, and deleted when none of its chunks is needed.
const SEGMENTS: std::ops::RangeInclusive<u64> = (1 << 20)..=(64 << 20);
/// The most chunks, of about a megabyte each, that wait to be written.
const WAITING: usize = 32;
/// How long dropping a journal waits for a disk without progress.
const PATIENCE: Duration = Duration::from_secs(5);

/// A counter that makes the directory names of one process unique.
static NUMBER: AtomicU64 = AtomicU64::new(0);

/// The journal of a session. Dropping it keeps its files, as after a crash, unless
/// [`Self::discard`] was called: a panic drops it too.
pub struct Journal {
    folder: PathBuf,
    commands: Option<Sender<JournalCommand>>,
    outcomes: Receiver<JournalOutcome>,
    job: Option<Job<()>>,
    /// Whether the whole journal, with its unwritten chunks, is to be removed.
    discarded: Arc<AtomicBool>,
    /// The most bytes to keep after a clean end; `None` without a clean end.
    kept: Cell<Option<u64>>,
    private: Cell<bool>,
    cleared: Cell<bool>,
    /// Locked while the program runs.
    lock: Option<File>,
    /// The segment that was read last.
    open: RefCell<Option<(u32, File)>>,
    /// Reads the same segments on other threads.
    reader: Arc<JournalReader>,
    /// The number of chunks that are not reported as written.
    waiting: Cell<usize>,
}

/// A command to the journal's thread.
enum JournalCommand {
    Write(u64, Arc<Chunk>),
    /// Segments before this one are no longer needed.
    Forget(u32),
}

/// The result of a command.
#[derive(Debug)]
pub enum JournalOutcome {
    /// The chunk with this number is on disk, at this position.
    Written(u64, SpillPosition),
    /// Writing failed: nothing is written after this.
    Failed(io::Error),
}

impl Journal {
    /// Creates a journal in a directory of its own below `parent`, for about `budget` bytes.
    /// `wake` is called on the journal's thread after each outcome.
    ///
    /// # Errors
    /// Those of creating the directory, its files or the thread.
    pub fn create(
        parent: &Path,
        budget: u64,
        wake: impl Fn() + Send + 'static,
    ) -> io::Result<Self> {
        disk::private_folders(parent)?;
        let seconds = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default()
            .as_secs();
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let folder = parent.join(own::name(seconds, std::process::id(), number));
        disk::private_folder(&folder)?;
        let lock = segment::private(&folder.join(LOCK))?;
        lock.try_lock().map_err(io::Error::from)?;
        let first = segment::create(&folder, 0)?;
        let (commands, receiver) = crossbeam_channel::unbounded();
        let (reports, outcomes) = crossbeam_channel::unbounded();
        let mut writer = JournalWriter {
            folder: folder.clone(),
            file: first,
            segment: 0,
            length: segment::HEADER,
            full: (budget / 4).clamp(*SEGMENTS.start(), *SEGMENTS.end()),
            oldest: 0,
        };
        let reader = Arc::new(JournalReader(folder.clone()));
        let discarded = Arc::new(AtomicBool::new(false));
        let stop = Arc::clone(&discarded);
        let job = Job::start("journal", wake, move |job: &Running| {
            let write = || execute(&mut writer, &receiver, &stop, &reports, job);
            // A panic counts as a failure: nothing is written after it.
            if let Err(error) = jobs::JobOutcome::of(write).into_result() {
                // Fails only if the journal was dropped meanwhile.
                reports.send(JournalOutcome::Failed(error)).ok();
            }
            Ok(())
        })?;
        Ok(Self {
            folder,
            commands: Some(commands),
            outcomes,
            job: Some(job),
            discarded,
            kept: Cell::default(),
            private: Cell::default(),
            cleared: Cell::default(),
            lock: Some(lock),
            open: RefCell::default(),
            reader,
            waiting: Cell::new(0),
        })
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Whether few enough chunks wait to be written; they are held in memory meanwhile.
    pub fn has_room(&self) -> bool {
        self.waiting.get() < WAITING
    }

    /// Queues a chunk for writing; [`JournalOutcome::Written`] reports when it is on disk.
    pub fn write(&self, id: u64, chunk: Arc<Chunk>) {
        self.waiting.set(self.waiting.get() + 1);
        self.command(JournalCommand::Write(id, chunk));
    }

    /// Deletes the segments before this one.
    pub fn forget(&self, before: u32) {
        self.command(JournalCommand::Forget(before));
    }

    /// Sets whether the journal is private, so that it is never offered for recovery.
    ///
    /// # Errors
    /// Those of creating or removing the marker file.
    pub fn set_private(&self, private: bool) -> io::Result<()> {
        self.mark(PRIVATE, private, &self.private)
    }

    /// Sets whether the rows were cleared from their tab. After a crash they are offered for
    /// recovery, but not in that tab, which is for the rows since then.
    ///
    /// # Errors
    /// Those of creating or removing the marker file.
    pub fn set_cleared(&self, cleared: bool) -> io::Result<()> {
        self.mark(CLEARED, cleared, &self.cleared)
    }

    /// Creates or removes the marker file of this name, if its state `is` different.
    fn mark(&self, name: &str, marked: bool, is: &Cell<bool>) -> io::Result<()> {
        if is.replace(marked) == marked {
            return Ok(());
        }
        let mark = self.folder.join(name);
        match marked {
            true => segment::private(&mark).map(drop),
            false => std::fs::remove_file(&mark),
        }
    }

    /// Writes the description of the session for
    /// [`RecoverableLog::session`](super::RecoverableLog::session).
    ///
    /// # Errors
    /// Those of writing the file.
    pub fn describe(&self, session: &str) -> io::Result<()> {
        let path = self.folder.join(SESSION);
        match std::fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        segment::private(&path)?.write_all(session.as_bytes())
    }

    /// Marks a clean end: when the journal is dropped, its newest segments, at most `most`
    /// bytes, stay and are offered for recovery at the next start.
    pub fn keep(&self, most: u64) {
        self.kept.set(Some(most));
    }

    /// Discards the journal: nothing more is written, and dropping it removes its files.
    pub fn discard(&self) {
        self.discarded.store(true, Ordering::Release);
    }

    /// The outcomes so far, each returned once.
    pub fn outcomes(&self) -> impl Iterator<Item = JournalOutcome> {
        let done = || self.waiting.set(self.waiting.get().saturating_sub(1));
        self.outcomes.try_iter().inspect(move |_| done())
    }

    fn command(&self, command: JournalCommand) {
        if let Some(commands) = &self.commands {
            // Fails only after a failure, which was reported.
            commands.send(command).ok();
        }
    }

    fn read(&self, place: SpillPosition) -> io::Result<Chunk> {
        let mut open = self.open.borrow_mut();
        let mut file = match open.take() {
            Some((segment, file)) if segment == place.segment => file,
            _ => File::open(own::segment(&self.folder, place.segment))?,
        };
        let frame = segment::read_at(&mut file, place.offset, place.length);
        *open = Some((place.segment, file));
        segment::chunk(&frame?)
    }
}

impl SpillStore for Journal {
    fn load(&self, place: SpillPosition) -> Option<Chunk> {
        self.read(place).ok()
    }

    fn frames(&self) -> Arc<dyn SpillReader> {
        Arc::clone(&self.reader) as Arc<dyn SpillReader>
    }
}

/// The files of a journal, for readers on other threads.
struct JournalReader(PathBuf);

impl SpillReader for JournalReader {
    fn read(&self, place: SpillPosition, bytes: &mut Vec<u8>) -> bool {
        let file = File::open(own::segment(&self.0, place.segment));
        // The file is opened for each read: that takes microseconds, and it may be deleted by now.
        file.and_then(|mut file| segment::read_payload(&mut file, place, bytes))
            .is_ok()
    }
}

impl Drop for Journal {
    fn drop(&mut self) {
        // Waiting chunks are written first, unless the journal is discarded.
        self.commands = None;
        let ended = loop {
            match self.outcomes.recv_timeout(PATIENCE) {
                Ok(_) => {}
                Err(RecvTimeoutError::Disconnected) => break true,
                Err(RecvTimeoutError::Timeout) => break false,
            }
        };
        // A disk that hangs must not keep the program running: the files are offered again.
        let Some(job) = self.job.take().filter(|_| ended) else {
            return;
        };
        job.join();
        self.open.take();
        if let Some(most) = self.kept.get() {
            own::trim(&self.folder, most);
            // Without the marker, it is offered as after a crash.
            segment::private(&self.folder.join(ENDED)).ok();
        }
        if self.discarded.load(Ordering::Acquire)
            && let Some(lock) = self.lock.take()
        {
            own::remove(&self.folder, lock);
        }
    }
}

/// Executes commands until the channel is closed.
fn execute(
    writer: &mut JournalWriter,
    commands: &Receiver<JournalCommand>,
    stop: &AtomicBool,
    reports: &Sender<JournalOutcome>,
    job: &Running,
) -> io::Result<()> {
    for command in commands {
        if stop.load(Ordering::Acquire) {
            break;
        }
        match command {
            JournalCommand::Write(id, chunk) => {
                let place = writer.write(&chunk)?;
                // Fails only if the journal was dropped meanwhile.
                reports.send(JournalOutcome::Written(id, place)).ok();
            }
            JournalCommand::Forget(before) => writer.forget(before)?,
        }
        // Another chunk can be accepted.
        job.wake();
    }
    Ok(())
}

struct JournalWriter {
    folder: PathBuf,
    file: File,
    segment: u32,
    length: u64,
    /// The size in bytes at which a segment is closed.
    full: u64,
    oldest: u32,
}

impl JournalWriter {
    fn write(&mut self, chunk: &Chunk) -> io::Result<SpillPosition> {
        let frame = segment::frame(chunk)?;
        if self.length >= self.full {
            self.next_segment()?;
        }
        // The file was deleted: nothing written to it could be read again.
        if is_removed(&self.file)? {
            return Err(io::Error::from(io::ErrorKind::NotFound));
        }
        self.file.write_all(&frame)?;
        let length = u32::try_from(frame.len()).map_err(io::Error::other)?;
        let place = SpillPosition {
            segment: self.segment,
            offset: self.length,
            length,
        };
        self.length += u64::from(length);
        Ok(place)
    }

    fn next_segment(&mut self) -> io::Result<()> {
        self.segment += 1;
        self.file = segment::create(&self.folder, self.segment)?;
        self.length = segment::HEADER;
        Ok(())
    }

    fn forget(&mut self, before: u32) -> io::Result<()> {
        for segment in self.oldest..before.min(self.segment) {
            std::fs::remove_file(own::segment(&self.folder, segment))?;
        }
        self.oldest = self.oldest.max(before.min(self.segment));
        Ok(())
    }
}

/// Whether the file was deleted from its directory.
fn is_removed(file: &File) -> io::Result<bool> {
    #[cfg(unix)]
    return Ok(std::os::unix::fs::MetadataExt::nlink(&file.metadata()?) == 0);
    // Elsewhere an open file cannot be deleted.
    #[cfg(not(unix))]
    return file.metadata().map(|_| false);
}

#[cfg(test)]
mod tests;
