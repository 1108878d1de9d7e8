//! Saving, on a thread of its own: a slow disk must not stop the window. It is not cancelled:
//! the last save is waited for.

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

/// How often, and how long after each other, another window's save is waited for.
const TURNS: u32 = 100;
const PAUSE: Duration = Duration::from_millis(10);

/// Saves the newest settings it is given.
pub struct Store {
    file: PathBuf,
    newest: Option<Sender<Settings>>,
    problems: Receiver<SaveProblem>,
    /// Saves that were asked for and are not over.
    pending: Arc<AtomicUsize>,
    job: Option<Job<()>>,
}

/// What a save came to that has to be told.
#[derive(Debug)]
pub enum SaveProblem {
    NotSaved(io::Error),
    /// Somebody made the file unreadable meanwhile.
    SetAside(SetAside),
}

impl Store {
    /// Saves to `file` from now on, from which `known` was read. What another window saves
    /// there meanwhile is kept.
    ///
    /// # Errors
    /// If the system has no thread left for it.
    pub fn new(file: PathBuf, mut known: Settings) -> io::Result<Self> {
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
                    // A panic is told like any failure, and the next save is tried all the same.
                    let saved =
                        JobOutcome::of(|| save_beside_others(&target, &settings, &mut known));
                    let found = match saved.into_result() {
                        Ok(aside) => aside.map(SaveProblem::SetAside),
                        Err(error) => Some(SaveProblem::NotSaved(error)),
                    };
                    // One untold problem is enough.
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

    pub fn file(&self) -> &Path {
        &self.file
    }

    pub fn save(&self, settings: Settings) {
        if let Some(newest) = &self.newest {
            self.pending.fetch_add(1, Ordering::Relaxed);
            // Fails only if the thread has ended, which it does only with this store.
            newest.send(settings).ok();
        }
    }

    /// Whether a save is not over yet; what it came to is told once it is.
    pub fn is_saving(&self) -> bool {
        self.pending.load(Ordering::Acquire) > 0
    }

    /// Waits for the last save, and gives what it came to.
    pub fn end(mut self) -> Option<SaveProblem> {
        // That an earlier one failed does not matter if another is to come.
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

    /// What a save came to, told once.
    pub fn problem(&self) -> Option<SaveProblem> {
        self.problems.try_recv().ok()
    }
}

/// Waits for the last save: nothing is lost when the window closes.
impl Drop for Store {
    fn drop(&mut self) {
        self.wait();
    }
}

/// Saves `settings` with what others saved since `known`, which is then what was saved.
fn save_beside_others(
    file: &Path,
    settings: &Settings,
    known: &mut Settings,
) -> io::Result<Option<SetAside>> {
    // As they are read: only that can be compared with what is in the file.
    let ours = super::parse(&text(settings, LONGEST)?)?;
    let _turn = turn(file);
    let (theirs, aside) = super::find(file);
    match theirs {
        Some(theirs) => save(file, &ours.clone().merged(known, theirs))?,
        None => save(file, &ours)?,
    }
    *known = ours;
    Ok(aside)
}

/// Held while a window reads, merges and writes. A window that hangs, or a file system
/// without locks, is not waited for: then, too, the file is there whole.
fn turn(file: &Path) -> Option<File> {
    let linked = fs::canonicalize(file);
    // Only Unix can open a folder.
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

/// Replaces `file` so that at every moment the old or the new one is there, whole. The old one
/// stays as `….bak`.
///
/// # Errors
/// What the system says of it; `FileTooLarge` for settings that could not be read again. Then the
/// file is as it was.
pub fn save(file: &Path, settings: &Settings) -> io::Result<()> {
    let text = text(settings, LONGEST)?;
    // Messages typed and addresses used are the user's own business: nobody else reads it.
    disk::private_folders(file.parent().unwrap_or(Path::new(".")))?;
    let mut new = Replacement::create(file, Existing::Replace)?;
    new.write_all(text.as_bytes())?;
    new.finish_with_backup()
}

/// The settings as a file has them; refused if that is longer than what is read, since it
/// would be set aside at the next start.
fn text(settings: &Settings, longest: u64) -> io::Result<String> {
    let pretty = ron::ser::PrettyConfig::default();
    let text = ron::ser::to_string_pretty(settings, pretty).map_err(io::Error::other)?;
    if text.len() as u64 > longest {
        return Err(io::ErrorKind::FileTooLarge.into());
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::super::{file_in, load};
    use super::*;
    use crate::words::Lang;

    #[test]
    fn the_newest_is_saved_and_the_one_before_kept() {
        let dir = tempfile::tempdir().unwrap();
        let file = file_in(dir.path());
        let first = Settings {
            lang: Some(Lang::English),
            ..Settings::default()
        };
        let second = Settings {
            lang: Some(Lang::Chinese),
            ..Settings::default()
        };
        save(&file, &first).unwrap();
        save(&file, &second).unwrap();
        assert_eq!(load(&file).0, second);
        assert_eq!(load(&dir.path().join("settings.ron.bak")).0, first);
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 2);
    }

    #[test]
    fn dropping_the_store_waits_for_the_last_save() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("made").join("settings.ron");
        let store = Store::new(file.clone(), Settings::default()).unwrap();
        for active in 0..50 {
            store.save(Settings {
                active,
                tabs: vec![Default::default(); 50],
                ..Settings::default()
            });
        }
        drop(store);
        assert_eq!(load(&file).0.active, 49);
    }

    #[test]
    fn two_windows_saving_at_once_lose_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let file = file_in(dir.path());
        let mut first = Settings::default();
        first.tabs.clear();
        first.tabs.resize(2, Default::default());
        save(&file, &first).unwrap();
        let stores = [0, 1].map(|_| Store::new(file.clone(), load(&file).0).unwrap());
        for round in 0..20 {
            for (at, store) in stores.iter().enumerate() {
                let mut settings = first.clone();
                settings.tabs[at].send.composition.text = format!("window {at}, round {round}");
                store.save(settings);
            }
        }
        drop(stores);
        let found = load(&file).0;
        let mut texts: Vec<&str> = found
            .tabs
            .iter()
            .map(|tab| tab.send.composition.text.as_str())
            .collect();
        texts.sort();
        texts.retain(|text| !text.is_empty());
        assert_eq!(texts, ["window 0, round 19", "window 1, round 19"]);
    }

    #[test]
    fn a_file_somebody_broke_meanwhile_is_set_aside_and_reported() {
        let dir = tempfile::tempdir().unwrap();
        let file = file_in(dir.path());
        let store = Store::new(file.clone(), Settings::default()).unwrap();
        fs::write(&file, "(version: 99)").unwrap();
        store.save(Settings::default());
        let problem = store.problems.recv_timeout(Duration::from_secs(10));
        let Ok(SaveProblem::SetAside(aside)) = problem else {
            panic!("{problem:?}");
        };
        assert_eq!(fs::read_to_string(&aside.path).unwrap(), "(version: 99)");
        drop(store);
        assert_eq!(load(&file).0, Settings::default());
    }

    #[cfg(unix)]
    #[test]
    fn a_link_in_the_way_is_not_written_through() {
        let dir = tempfile::tempdir().unwrap();
        let (file, victim) = (file_in(dir.path()), dir.path().join("victim"));
        fs::write(&victim, "precious").unwrap();
        // The name that was written first could be foreseen.
        let foreseen = dir.path().join("settings.ron.new");
        std::os::unix::fs::symlink(&victim, foreseen).unwrap();
        save(&file, &Settings::default()).unwrap();
        assert_eq!(fs::read_to_string(&victim).unwrap(), "precious");
    }

    #[test]
    fn a_save_that_fails_is_reported() {
        let dir = tempfile::tempdir().unwrap();
        let blocked = dir.path().join("file");
        std::fs::write(&blocked, "").unwrap();
        let store = Store::new(blocked.join("settings.ron"), Settings::default()).unwrap();
        store.save(Settings::default());
        let problems = store.problems.clone();
        drop(store);
        assert!(problems.try_recv().is_ok());
    }

    #[test]
    fn a_last_save_that_fails_is_known_at_the_end() {
        let dir = tempfile::tempdir().unwrap();
        let blocked = dir.path().join("file");
        std::fs::write(&blocked, "").unwrap();
        let store = Store::new(blocked.join("settings.ron"), Settings::default()).unwrap();
        assert!(!store.is_saving());
        store.save(Settings::default());
        assert!(matches!(store.end(), Some(SaveProblem::NotSaved(_))));
        let file = dir.path().join("settings.ron");
        let store = Store::new(file, Settings::default()).unwrap();
        store.save(Settings::default());
        assert!(store.end().is_none());
    }

    #[test]
    fn what_could_not_be_read_again_is_not_written() {
        let dir = tempfile::tempdir().unwrap();
        let file = file_in(dir.path());
        let mut settings = Settings {
            lang: Some(Lang::English),
            ..Settings::default()
        };
        // What one import of snippets may bring, and then more than can be read.
        settings.tabs[0].send.composition.text = "x".repeat(9 << 20);
        save(&file, &settings).unwrap();
        assert_eq!(load(&file).0, settings);
        let refused = text(&settings, 9 << 20).unwrap_err();
        assert_eq!(refused.kind(), io::ErrorKind::FileTooLarge);
    }

    #[cfg(unix)]
    #[test]
    fn nobody_else_may_read_it() {
        use std::os::unix::fs::PermissionsExt as _;
        let dir = tempfile::tempdir().unwrap();
        let file = file_in(dir.path());
        save(&file, &Settings::default()).unwrap();
        assert_eq!(
            std::fs::metadata(&file).unwrap().permissions().mode() & 0o777,
            0o600
        );
    }

    #[cfg(unix)]
    #[test]
    fn a_linked_file_stays_a_link() {
        let dir = tempfile::tempdir().unwrap();
        let (real, link) = (dir.path().join("real.ron"), file_in(dir.path()));
        save(&real, &Settings::default()).unwrap();
        std::os::unix::fs::symlink(&real, &link).unwrap();
        save(
            &link,
            &Settings {
                lang: Some(Lang::English),
                ..Settings::default()
            },
        )
        .unwrap();
        assert!(std::fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(load(&real).0.lang, Some(Lang::English));
    }
}
