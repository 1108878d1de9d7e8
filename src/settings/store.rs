//! Saves settings on a thread, so that a slow disk does not stop the window. The thread is not
//! cancelled: the program waits for the last save.

use super::{LONGEST, SetAside, Settings};
use crate::disk::{self, Existing, Replacement};
use crate::jobs::{Job, JobOutcome};
use crossbeam_channel::{Receiver, Sender};
use std::fs::{self, File, TryLockError};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// The number of attempts to lock the folder while another window saves, and the pause between
/// them.
const TURNS: u32 = 100;
const PAUSE: Duration = Duration::from_millis(10);

/// Saves the newest of the settings it receives.
pub struct Store {
    file: PathBuf,
    newest: Option<Sender<Settings>>,
    problems: Receiver<SaveProblem>,
    /// The number of requested saves that have not ended.
    pending: Arc<AtomicUsize>,
    job: Option<Job<()>>,
}

/// The problem of a save, to be reported to the user.
#[derive(Debug)]
pub enum SaveProblem {
    NotSaved(io::Error),
    /// The file had become unreadable since the last save, and was renamed.
    SetAside(SetAside),
}

impl Store {
    /// Starts the thread that saves to `file`. `known` is the state that was read from it. Changes
    /// that another window saves meanwhile are kept.
    ///
    /// # Errors
    /// The system has no thread left.
    pub fn new(file: PathBuf, known: Settings) -> io::Result<Self> {
        Self::saving_with(file, known, save_beside_others)
    }

    /// The same, with the function that saves.
    fn saving_with(
        file: PathBuf,
        mut known: Settings,
        save: impl Fn(&Path, &Settings, &mut Settings) -> io::Result<Option<SetAside>> + Send + 'static,
    ) -> io::Result<Self> {
        let (newest, given) = crossbeam_channel::unbounded::<Settings>();
        let (problem, problems) = crossbeam_channel::bounded(1);
        let target = file.clone();
        let pending = Arc::new(AtomicUsize::new(0));
        let left = Arc::clone(&pending);
        let job = Job::start(
            "settings",
            || {},
            move |_| {
                while let Ok(mut settings) = given.recv() {
                    let mut taken = 1;
                    for newer in given.try_iter() {
                        settings = newer;
                        taken += 1;
                    }
                    // A panic is reported as any failure, and the next save is still tried.
                    let saved = JobOutcome::of(|| save(&target, &settings, &mut known));
                    let found = match saved.into_result() {
                        Ok(aside) => aside.map(SaveProblem::SetAside),
                        Err(error) => Some(SaveProblem::NotSaved(error)),
                    };
                    // One pending problem is enough.
                    if let Some(found) = found {
                        problem.try_send(found).ok();
                    }
                    left.fetch_sub(taken, Ordering::Release);
                }
                Ok(())
            },
        )?;
        Ok(Self {
            file,
            newest: Some(newest),
            problems,
            pending,
            job: Some(job),
        })
    }

    /// The settings file.
    pub fn file(&self) -> &Path {
        &self.file
    }

    /// Queues settings to be saved. Only the newest of several queued settings is written.
    pub fn save(&self, settings: Settings) {
        if let Some(newest) = &self.newest {
            self.pending.fetch_add(1, Ordering::Relaxed);
            // Fails only if the thread has ended, and the thread ends only with this store.
            newest.send(settings).ok();
        }
    }

    /// Whether a save is running or queued. Its problem can be read once it has ended.
    pub fn is_saving(&self) -> bool {
        self.pending.load(Ordering::Acquire) > 0
    }

    /// Waits for the last save, and returns its problem.
    pub fn end(mut self) -> Option<SaveProblem> {
        // The failure of an earlier save does not matter if another save follows.
        let earlier = self.problem().filter(|problem| {
            let stays = matches!(problem, SaveProblem::SetAside(_));
            stays || !self.is_saving()
        });
        self.wait();
        self.problem().or(earlier)
    }

    fn wait(&mut self) {
        self.newest = None;
        if let Some(job) = self.job.take() {
            job.join();
        }
    }

    /// The problem of a save, returned once.
    pub fn problem(&self) -> Option<SaveProblem> {
        self.problems.try_recv().ok()
    }
}

/// Waits for the last save, so that no change is lost.
impl Drop for Store {
    fn drop(&mut self) {
        self.wait();
    }
}

/// Saves `settings` merged with the changes that other windows saved since `known`, then updates
/// `known`.
fn save_beside_others(
    file: &Path,
    settings: &Settings,
    known: &mut Settings,
) -> io::Result<Option<SetAside>> {
    // Parsed again, so that it can be compared with the content of the file.
    let ours = super::parse(&text(settings, LONGEST)?)?;
    let _turn = turn(file);
    let (theirs, aside) = match super::find(file) {
        Ok(theirs) => (theirs, None),
        Err(aside) => (None, Some(aside)),
    };
    match theirs {
        Some(theirs) => save(file, &ours.clone().merged(known, theirs))?,
        None => save(file, &ours)?,
    }
    *known = ours;
    Ok(aside)
}

/// The lock that a window holds while it reads, merges and writes. After [`TURNS`] attempts, or
/// on a file system without locks, the save goes on without it: it is still atomic.
fn turn(file: &Path) -> Option<File> {
    let linked = fs::canonicalize(file);
    // Only Unix can open a folder as a file.
    let folder = File::open(linked.as_deref().unwrap_or(file).parent()?).ok()?;
    for _ in 0..TURNS {
        match folder.try_lock() {
            Ok(()) => return Some(folder),
            Err(TryLockError::WouldBlock) => std::thread::sleep(PAUSE),
            Err(TryLockError::Error(_)) => return None,
        }
    }
    None
}

/// Replaces `file` atomically. The old file stays as `….bak`.
///
/// # Errors
/// The system's error, or `FileTooLarge` for settings that could not be read again. The file is
/// unchanged then.
pub fn save(file: &Path, settings: &Settings) -> io::Result<()> {
    let text = text(settings, LONGEST)?;
    // The settings contain typed messages and used addresses: only the user may read them.
    disk::private_folders(file.parent().unwrap_or(Path::new(".")))?;
    // Fails for a new file, which is private, and for a file of another user.
    disk::make_private(file).ok();
    let mut new = Replacement::create(file, Existing::Replace)?;
    new.write_all(text.as_bytes())?;
    new.finish_with_backup()
}

/// The settings as RON. Settings longer than `longest` are refused, because the next start would
/// set the file aside.
fn text(settings: &Settings, longest: u64) -> io::Result<String> {
    let pretty = ron::ser::PrettyConfig::default();
    let text = ron::ser::to_string_pretty(settings, pretty).map_err(io::Error::other)?;
    if text.len() as u64 > longest {
        return Err(io::ErrorKind::FileTooLarge.into());
    }
    Ok(text)
}

#[cfg(test)]
mod tests;
