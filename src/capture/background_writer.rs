//! A writer that runs on its own thread: the next bytes are prepared while it writes.

use crate::jobs::{Job, JobOutcome};
use crossbeam_channel::{Receiver, Sender};
use std::io;

/// The number of buffers: one is written while the other is filled or waits.
const BUFFERS: usize = 2;
/// The capacity, in bytes, that a buffer keeps for its next use.
const KEPT: usize = 512 << 10;

/// Writes to `W` on another thread. Dropping it without [`finish`](Self::finish) waits for
/// pending writes.
pub(super) struct BackgroundWriter<W> {
    /// `None` after the end of the output.
    full: Option<Sender<Vec<u8>>>,
    empty: Receiver<Vec<u8>>,
    job: Option<Job<W>>,
}

impl<W: io::Write + Send + 'static> BackgroundWriter<W> {
    /// # Errors
    /// If the thread cannot be started.
    pub(super) fn start(mut out: W) -> io::Result<Self> {
        let (full, filled) = crossbeam_channel::bounded::<Vec<u8>>(BUFFERS);
        let (emptied, empty) = crossbeam_channel::bounded(BUFFERS);
        for _ in 0..BUFFERS {
            // The channel has room for all of them.
            emptied.send(Vec::new()).ok();
        }
        let job = Job::start(
            "write",
            || {},
            move |_| {
                for mut bytes in filled {
                    out.write_all(&bytes)?;
                    bytes.clear();
                    bytes.shrink_to(KEPT);
                    // Fails only after the end of the output.
                    emptied.send(bytes).ok();
                }
                Ok(out)
            },
        )?;
        Ok(Self {
            full: Some(full),
            empty,
            job: Some(job),
        })
    }
}

impl<W> BackgroundWriter<W> {
    /// Waits until everything is written, and returns the output.
    ///
    /// # Errors
    /// The first write error, whichever write caused it.
    pub(super) fn finish(mut self) -> io::Result<W> {
        self.end()
    }

    fn end(&mut self) -> io::Result<W> {
        self.full = None;
        let outcome = self.job.take().and_then(Job::join);
        let gone = || Err(io::ErrorKind::BrokenPipe.into());
        outcome.map_or_else(gone, JobOutcome::into_result)
    }
}

impl<W> io::Write for BackgroundWriter<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let buffer = self.empty.recv().ok();
        let sent = self
            .full
            .as_ref()
            .zip(buffer)
            .is_some_and(|(full, mut buffer)| {
                buffer.extend_from_slice(bytes);
                full.send(buffer).is_ok()
            });
        match sent {
            true => Ok(bytes.len()),
            // The thread ends early only after an error.
            false => self.end().and(Err(io::ErrorKind::BrokenPipe.into())),
        }
    }

    /// Does nothing: pending bytes are written soon, and [`finish`](Self::finish) waits for them.
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<W> Drop for BackgroundWriter<W> {
    fn drop(&mut self) {
        // A caller that needs the result has called `finish` before.
        self.end().ok();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use io::Write as _;

    #[test]
    fn all_is_written_in_its_order() {
        let mut writer = BackgroundWriter::start(Vec::new()).unwrap();
        let mut expected = Vec::new();
        for part in 0..100_u8 {
            let bytes = vec![part; usize::from(part) * 100];
            writer.write_all(&bytes).unwrap();
            expected.extend(bytes);
        }
        assert_eq!(writer.finish().unwrap(), expected);
    }

    #[test]
    fn a_panic_of_the_output_is_reported_once_and_leaves_no_file() {
        /// Panics after it wrote a part.
        struct Dying(crate::disk::Replacement);

        impl io::Write for Dying {
            fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
                assert!(bytes.len() < 1000, "as a disk might");
                self.0.write(bytes)
            }

            fn flush(&mut self) -> io::Result<()> {
                self.0.flush()
            }
        }

        let died = crate::jobs::Died("as a disk might".into());
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.txt");
        std::fs::write(&path, "old").unwrap();
        let dying = || {
            let existing = crate::disk::Existing::Replace;
            let file = crate::disk::Replacement::create(&path, existing).unwrap();
            let mut writer = BackgroundWriter::start(Dying(file)).unwrap();
            writer.write_all(b"a part").unwrap();
            writer.write_all(&[b'x'; 1000]).ok();
            writer
        };
        let error = dying().finish().err().unwrap();
        assert_eq!(crate::jobs::Died::of(&error), Some(&died));
        // Whoever writes more learns it there, once; later calls fail as on a closed pipe.
        let mut writer = dying();
        let failed = (0..10).find_map(|_| writer.write_all(b"x").err()).unwrap();
        assert_eq!(crate::jobs::Died::of(&failed), Some(&died));
        let after = writer.finish().err().unwrap();
        assert_eq!(after.kind(), io::ErrorKind::BrokenPipe);
        drop(dying());
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "old");
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1);
    }

    #[test]
    fn an_error_of_the_output_is_reported() {
        struct Full;

        impl io::Write for Full {
            fn write(&mut self, _: &[u8]) -> io::Result<usize> {
                Err(io::ErrorKind::StorageFull.into())
            }

            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }

        let mut writer = BackgroundWriter::start(Full).unwrap();
        writer.write_all(b"x").ok();
        assert_eq!(
            writer.finish().err().unwrap().kind(),
            io::ErrorKind::StorageFull
        );
        let mut writer = BackgroundWriter::start(Full).unwrap();
        let failed = (0..10).find_map(|_| writer.write_all(b"x").err());
        assert_eq!(failed.unwrap().kind(), io::ErrorKind::StorageFull);
    }
}
