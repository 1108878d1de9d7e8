//! Brings a large file to the disk while it is still being written, so that little is left to
//! wait for at its end.

use crate::jobs::{Job, JobOutcome};
use crossbeam_channel::Sender;
use std::fs::File;
use std::io;

/// The number of bytes written between two syncs.
const STRIDE: u64 = 4 << 20;

/// Syncs the written part of a file on a thread of its own, every [`STRIDE`] bytes. Small files
/// get no thread.
#[derive(Debug, Default)]
pub(super) struct SyncAhead {
    unsynced: u64,
    thread: Option<SyncThread>,
}

#[derive(Debug)]
struct SyncThread {
    ask: Sender<()>,
    job: Job<()>,
}

impl SyncAhead {
    /// Counts bytes written to the file, and asks for a sync if there are enough of them. Never
    /// waits: while a sync runs, later bytes are left to the next one.
    pub(super) fn wrote(&mut self, bytes: u64, file: &File) {
        self.unsynced += bytes;
        if self.unsynced < STRIDE {
            return;
        }
        self.unsynced = 0;
        if self.thread.is_none() {
            // Without a thread, the sync at the end brings all of it to the disk.
            self.thread = SyncThread::start(file).ok();
        }
        if let Some(thread) = &self.thread {
            // Fails while an earlier request waits.
            thread.ask.try_send(()).ok();
        }
    }

    /// Waits for the sync that runs.
    ///
    /// # Errors
    /// The error of a sync. The system reports it once only (fsync(2)), so a sync of the whole
    /// file would no longer see it.
    pub(super) fn finish(&mut self) -> io::Result<()> {
        let Some(SyncThread { ask, job }) = self.thread.take() else {
            return Ok(());
        };
        drop(ask);
        job.join().map_or(Ok(()), JobOutcome::into_result)
    }
}

impl SyncThread {
    fn start(file: &File) -> io::Result<Self> {
        let file = file.try_clone()?;
        let (ask, asked) = crossbeam_channel::bounded(1);
        // It cannot be cancelled: it ends after its owner, and a sync that hangs outlives it.
        let job = Job::start(
            "sync",
            || {},
            move |_| asked.iter().try_for_each(|()| file.sync_data()),
        )?;
        Ok(Self { ask, job })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_small_file_gets_no_thread() {
        let file = tempfile::tempfile().unwrap();
        let mut ahead = SyncAhead::default();
        ahead.wrote(STRIDE - 1, &file);
        assert!(ahead.thread.is_none());
        ahead.wrote(1, &file);
        assert!(ahead.thread.is_some());
        ahead.finish().unwrap();
    }

    #[test]
    fn a_panic_of_an_early_sync_is_reported_at_the_end_once() {
        let file = tempfile::tempfile().unwrap();
        let (ask, asked) = crossbeam_channel::bounded(1);
        let dies = move |_: &crate::jobs::Running| match asked.recv() {
            Ok(()) => panic!("as a disk might"),
            Err(_) => Ok(()),
        };
        let job = Job::start("sync", || {}, dies).unwrap();
        let mut ahead = SyncAhead {
            unsynced: 0,
            thread: Some(SyncThread { ask, job }),
        };
        // Later bytes are written although nobody syncs them any more.
        for _ in 0..4 {
            ahead.wrote(STRIDE, &file);
        }
        let error = ahead.finish().unwrap_err();
        assert!(crate::jobs::Died::of(&error).is_some(), "{error}");
        ahead.finish().unwrap();
    }

    /// A pipe cannot be synced (fsync(2), EINVAL).
    #[cfg(unix)]
    #[test]
    fn an_error_of_an_early_sync_is_reported_at_the_end() {
        let (_reader, writer) = std::io::pipe().unwrap();
        let file = File::from(std::os::fd::OwnedFd::from(writer));
        let mut ahead = SyncAhead::default();
        ahead.wrote(STRIDE, &file);
        let error = ahead.finish().unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::InvalidInput);
    }
}
