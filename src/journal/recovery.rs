//! Recoverable logs: journals that a crash left, or that a clean end kept.

use super::own::{self, CLEARED, ENDED, LOCK, PRIVATE, SESSION};
use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The longest session description that is read, in bytes.
const LONGEST: u64 = 64 << 20;

/// The journal of a session that has ended.
#[derive(Debug)]
pub struct RecoverableLog {
    pub(super) folder: PathBuf,
    /// Held locked, so that two programs do not offer the same log.
    pub(super) lock: File,
    /// The size on disk in bytes, without segment headers.
    pub bytes: u64,
    /// Whether the session ended cleanly.
    pub ended: bool,
    /// Whether the rows were cleared from their tab before the end.
    pub cleared: bool,
}

/// The journals in `parent` that no running program holds and that are not empty. Removes empty
/// and private ones, and those that ended cleanly more than `kept` ago.
pub fn recoverable_logs(parent: &Path, kept: Duration) -> Vec<RecoverableLog> {
    let folders = std::fs::read_dir(parent)
        .into_iter()
        .flatten()
        .flatten()
        // A journal is never a link to a directory.
        .filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()))
        .filter(|entry| own::is_name(&entry.file_name()))
        .map(|entry| entry.path());
    let mut found: Vec<RecoverableLog> = folders.filter_map(claim).collect();
    found.sort_by(|a, b| a.folder.cmp(&b.folder));
    found
        .into_iter()
        .filter_map(|log| log.unless_over(kept))
        .collect()
}

fn claim(folder: PathBuf) -> Option<RecoverableLog> {
    let lock = folder.join(LOCK);
    let lock = own::is_file(&lock).then(|| File::open(lock).ok())??;
    lock.try_lock().ok()?;
    let header = super::segment::HEADER;
    let lengths = own::segments(&folder)
        .iter()
        .filter_map(|path| path.symlink_metadata().ok())
        .filter(std::fs::Metadata::is_file)
        .map(|meta| meta.len().saturating_sub(header))
        .sum();
    let ended = own::is_file(&folder.join(ENDED));
    let cleared = own::is_file(&folder.join(CLEARED));
    Some(RecoverableLog {
        folder,
        lock,
        bytes: lengths,
        ended,
        cleared,
    })
}

impl RecoverableLog {
    fn unless_over(self, kept: Duration) -> Option<Self> {
        let private = own::is_file(&self.folder.join(PRIVATE));
        if self.bytes > 0 && !private && !self.ended_before(kept) {
            return Some(self);
        }
        self.discard();
        None
    }

    /// Whether the session ended cleanly more than `kept` ago. An end in the future, after the
    /// clock was set back, does not count.
    fn ended_before(&self, kept: Duration) -> bool {
        let known = self.folder.join(ENDED).metadata();
        let ago = known
            .and_then(|known| known.modified())
            .ok()
            .and_then(|ended| ended.elapsed().ok());
        self.ended && ago.is_some_and(|ago| ago > kept)
    }

    /// The description given to [`Journal::describe`](super::Journal::describe).
    pub fn session(&self) -> Option<String> {
        let path = self.folder.join(SESSION);
        // Opening a pipe would block until a program writes to it.
        let file = own::is_file(&path).then(|| File::open(path).ok())??;
        let mut session = String::new();
        file.take(LONGEST).read_to_string(&mut session).ok()?;
        Some(session)
    }

    /// Removes the journal's files.
    pub fn discard(self) {
        own::remove(&self.folder, self.lock);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Event;
    use crate::jobs;
    use crate::journal::{Journal, RecoveredFiles, RecoveredLog, UnreadableFiles, replay};
    use crate::traffic::{Arrival, ChunkBuilder};
    use std::sync::Arc;
    use std::time::Instant;
    use std::{fs, io};

    const WEEK: Duration = Duration::from_secs(7 * 24 * 3600);

    /// The journal of a crashed session in `parent`: one segment for each text.
    fn crashed(parent: &Path, texts: &[&[u8]]) -> PathBuf {
        let left = parent.join("log-1-2-3");
        fs::create_dir(&left).unwrap();
        fs::write(left.join(LOCK), "").unwrap();
        for (number, text) in (0..).zip(texts) {
            let mut builder = ChunkBuilder::default();
            builder.received(
                1,
                "127.0.0.1:9".parse::<std::net::SocketAddr>().unwrap(),
                text,
                Arrival::default(),
            );
            let frame = super::super::segment::frame(&builder.finish()).unwrap();
            let mut file = super::super::segment::create(&left, number).unwrap();
            io::Write::write_all(&mut file, &frame).unwrap();
        }
        left
    }

    /// The recovered texts, and the unreadable part.
    fn restored(parent: &Path) -> (Vec<Vec<u8>>, Option<UnreadableFiles>, RecoveredFiles) {
        // A child process of another test may hold the lock for a moment: it inherits open
        // files at fork until exec.
        let mut found = Vec::new();
        until(|| {
            found = recoverable_logs(parent, WEEK);
            found.len() == 1
        });
        let RecoveredLog { events, origin } = replay(found.remove(0), || {}).unwrap();
        let mut texts = Vec::new();
        while let Ok(Event::Rows(chunk)) = events.recv_timeout(Duration::from_secs(10)) {
            texts.push(chunk.get(0).unwrap().bytes().to_vec());
        }
        (texts, origin.unread(), origin)
    }

    fn until(mut condition: impl FnMut() -> bool) {
        let deadline = Instant::now() + Duration::from_secs(10);
        while !condition() {
            assert!(Instant::now() < deadline);
            std::thread::yield_now();
        }
    }

    #[test]
    fn a_running_programs_journal_is_no_leftover() {
        let dir = tempfile::tempdir().unwrap();
        let _journal = Journal::create(dir.path(), 1 << 40, || {}).unwrap();
        assert!(recoverable_logs(dir.path(), WEEK).is_empty());
    }

    #[test]
    fn a_crashed_programs_log_goes_when_its_rows_are_elsewhere() {
        let dir = tempfile::tempdir().unwrap();
        let left = crashed(dir.path(), &[b"one", b"two"]);
        let (texts, unread, origin) = restored(dir.path());
        assert_eq!(texts, [b"one", b"two"]);
        assert!(unread.is_none());
        // The tab is closed, or the program ends, before the rows are on disk again.
        drop(origin);
        until(|| recoverable_logs(dir.path(), WEEK).len() == 1);
        let (_, _, origin) = restored(dir.path());
        origin.release();
        until(|| !left.exists());
    }

    #[test]
    fn unreadable_files_are_kept_and_reported() {
        let dir = tempfile::tempdir().unwrap();
        let left = crashed(dir.path(), &[b"one", b"two", b"three", b"four"]);
        // A segment of a later version, a directory, and a chunk that is damaged on disk.
        let mut later = fs::read(left.join("000000.segment")).unwrap();
        later[8] = 99;
        fs::write(left.join("000000.segment"), &later).unwrap();
        fs::remove_file(left.join("000001.segment")).unwrap();
        fs::create_dir(left.join("000001.segment")).unwrap();
        let mut spoiled = fs::read(left.join("000002.segment")).unwrap();
        *spoiled.last_mut().unwrap() ^= 1;
        fs::write(left.join("000002.segment"), &spoiled).unwrap();
        let (texts, unread, origin) = restored(dir.path());
        assert_eq!(texts, [b"four"]);
        let unread = unread.unwrap();
        // A folder names all of them; the rows of one are known.
        assert_eq!((unread.files, &unread.path), (3, &left));
        assert_eq!((unread.missing.count, unread.missing.others), (1, true));
        origin.release();
        until(|| !left.join("000003.segment").exists());
        assert_eq!(fs::read(left.join("000000.segment")).unwrap(), later);
        assert_eq!(fs::read(left.join("000002.damaged")).unwrap(), spoiled);
        assert!(left.join("000001.segment").is_dir());
        // It is recovered once the reason is gone.
        until(|| recoverable_logs(dir.path(), WEEK).len() == 1);
    }

    #[test]
    fn a_log_that_cannot_be_read_for_a_fault_of_ours_is_kept_and_reported() {
        let dir = tempfile::tempdir().unwrap();
        let left = crashed(dir.path(), &[b"one", b"two"]);
        let clumsy = std::sync::atomic::AtomicBool::new(true);
        // The callback that wakes the window is called between two rows.
        let wake = move || {
            let first = clumsy.swap(false, std::sync::atomic::Ordering::AcqRel);
            assert!(!first, "broken");
        };
        let mut found = Vec::new();
        until(|| {
            found = recoverable_logs(dir.path(), WEEK);
            found.len() == 1
        });
        let RecoveredLog { events, origin } = replay(found.remove(0), wake).unwrap();
        let deadline = Instant::now() + Duration::from_secs(10);
        // Replay ends all the same.
        while !matches!(events.recv_deadline(deadline).unwrap(), Event::Closed) {}
        let unread = origin.unread().unwrap();
        assert!(jobs::Died::of(&unread.error).is_some(), "{unread:?}");
        origin.release();
        until(|| recoverable_logs(dir.path(), WEEK).len() == 1);
        assert!(left.join("000000.segment").exists());
    }

    #[test]
    fn what_no_journal_made_stays() {
        let dir = tempfile::tempdir().unwrap();
        let precious = dir.path().join("precious/sub");
        fs::create_dir_all(&precious).unwrap();
        fs::write(precious.join("thesis.txt"), "years").unwrap();
        fs::write(dir.path().join("precious").join(LOCK), "").unwrap();
        let own = dir.path().join("log-1-2-3");
        fs::create_dir(&own).unwrap();
        fs::write(own.join(LOCK), "").unwrap();
        fs::write(own.join("notes.txt"), "years").unwrap();
        assert!(recoverable_logs(dir.path(), WEEK).is_empty());
        assert!(precious.join("thesis.txt").exists());
        assert!(own.join("notes.txt").exists());
    }

    #[cfg(unix)]
    #[test]
    fn a_pipe_called_lock_is_not_waited_for_and_links_are_not_followed() {
        let dir = tempfile::tempdir().unwrap();
        let pipe = dir.path().join("log-1-2-3");
        fs::create_dir(&pipe).unwrap();
        let made = std::process::Command::new("mkfifo")
            .arg(pipe.join(LOCK))
            .status();
        assert!(made.unwrap().success());
        let elsewhere = tempfile::tempdir().unwrap();
        let left = crashed(elsewhere.path(), &[b"one"]);
        std::os::unix::fs::symlink(&left, dir.path().join("log-4-5-6")).unwrap();
        assert!(recoverable_logs(dir.path(), WEEK).is_empty());
        assert!(left.join("000000.segment").exists());
    }

    #[test]
    fn a_clean_end_keeps_a_log_for_a_while() {
        let dir = tempfile::tempdir().unwrap();
        let journal = Journal::create(dir.path(), 1 << 40, || {}).unwrap();
        let mut chunk = ChunkBuilder::default();
        chunk.received(
            1,
            "127.0.0.1:9".parse::<std::net::SocketAddr>().unwrap(),
            b"one",
            Arrival::default(),
        );
        journal.write(0, Arc::new(chunk.finish()));
        journal.describe("a draft").unwrap();
        journal.describe("a relay").unwrap();
        journal.keep(1 << 40);
        drop(journal);
        // A child of another test may hold the lock until it runs its program.
        until(|| !recoverable_logs(dir.path(), WEEK).is_empty());
        let found = recoverable_logs(dir.path(), WEEK);
        let session = found.first().and_then(RecoverableLog::session);
        assert_eq!(session.as_deref(), Some("a relay"));
        assert_eq!(
            found.iter().map(|found| found.ended).collect::<Vec<_>>(),
            [true]
        );
        drop(found);
        until(|| recoverable_logs(dir.path(), Duration::ZERO).is_empty());
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
    }

    #[test]
    fn a_crash_is_offered_however_long_ago_and_a_private_log_never() {
        let dir = tempfile::tempdir().unwrap();
        let left = crashed(dir.path(), &[b"one"]);
        assert_eq!(recoverable_logs(dir.path(), Duration::ZERO).len(), 1);
        fs::write(left.join(PRIVATE), "").unwrap();
        assert!(recoverable_logs(dir.path(), WEEK).is_empty());
        assert!(!left.exists());
    }
}
