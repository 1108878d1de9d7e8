//! Saving, on a thread of its own: a slow disk must not stop the window.

use super::Settings;
use crossbeam_channel::{Receiver, Sender};
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::thread::JoinHandle;

/// Saves the newest settings it is given.
pub struct Store {
    file: PathBuf,
    newest: Option<Sender<Settings>>,
    problems: Receiver<io::Error>,
    thread: Option<JoinHandle<()>>,
}

impl Store {
    /// Saves to `file` from now on.
    ///
    /// # Errors
    /// If the system has no thread left for it.
    pub fn new(file: PathBuf) -> io::Result<Self> {
        let (newest, given) = crossbeam_channel::unbounded::<Settings>();
        let (problem, problems) = crossbeam_channel::bounded(1);
        let target = file.clone();
        let run = move || {
            while let Ok(settings) = given.recv() {
                let settings = given.try_iter().last().unwrap_or(settings);
                if let Err(error) = save(&target, &settings) {
                    // One untold problem is enough.
                    problem.try_send(error).ok();
                }
            }
        };
        let thread = std::thread::Builder::new()
            .name("settings".into())
            .spawn(run)?;
        Ok(Self {
            file,
            newest: Some(newest),
            problems,
            thread: Some(thread),
        })
    }

    pub fn file(&self) -> &Path {
        &self.file
    }

    pub fn save(&self, settings: Settings) {
        if let Some(newest) = &self.newest {
            // Fails only if the thread has ended, which it does only with this store.
            newest.send(settings).ok();
        }
    }

    /// Why the last save failed, told once.
    pub fn problem(&self) -> Option<io::Error> {
        self.problems.try_recv().ok()
    }
}

/// Waits for the last save: nothing is lost when the window closes.
impl Drop for Store {
    fn drop(&mut self) {
        self.newest = None;
        if let Some(thread) = self.thread.take() {
            thread.join().ok();
        }
    }
}

/// Replaces `file` so that at every moment the old or the new one is there, whole: a
/// temporary file beside it is written, synced and renamed over it. The old one stays
/// as `….bak`.
///
/// # Errors
/// What the system says of any of these steps.
pub fn save(file: &Path, settings: &Settings) -> io::Result<()> {
    let text = ron::ser::to_string_pretty(settings, ron::ser::PrettyConfig::default())
        .map_err(io::Error::other)?;
    // A link stays a link: what it points to is replaced.
    let linked = fs::canonicalize(file);
    let file = linked.as_deref().unwrap_or(file);
    let dir = file.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(dir)?;
    let beside = |ending: &str| {
        let mut name = file.as_os_str().to_owned();
        name.push(ending);
        PathBuf::from(name)
    };
    let (new, backup) = (beside(".new"), beside(".bak"));
    let mut written = create_private(&new)?;
    written.write_all(text.as_bytes())?;
    written.sync_all()?;
    drop(written);
    if file.exists() {
        keep(file, &backup)?;
    }
    fs::rename(&new, file)?;
    // The rename itself must reach the disk too; only Unix can open a directory for that.
    if cfg!(unix) {
        File::open(dir)?.sync_all()?;
    }
    Ok(())
}

/// Makes `backup` the present content of `file`, which stays.
fn keep(file: &Path, backup: &Path) -> io::Result<()> {
    match fs::remove_file(backup) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    // Where the file system has no links, a copy.
    fs::hard_link(file, backup).or_else(|_| fs::copy(file, backup).map(|_| ()))
}

/// Messages typed and addresses used are the user's own business.
fn create_private(file: &Path) -> io::Result<File> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(file)
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
        let store = Store::new(file.clone()).unwrap();
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
    fn a_save_that_fails_is_told() {
        let dir = tempfile::tempdir().unwrap();
        let blocked = dir.path().join("file");
        std::fs::write(&blocked, "").unwrap();
        let store = Store::new(blocked.join("settings.ron")).unwrap();
        store.save(Settings::default());
        let problems = store.problems.clone();
        drop(store);
        assert!(problems.try_recv().is_ok());
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
