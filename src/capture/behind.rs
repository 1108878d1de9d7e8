//! Output on a thread of its own: what comes next is put together while it is written.

use crate::jobs::{Job, JobOutcome};
use crossbeam_channel::{Receiver, Sender};
use std::io;

/// Buffers there are: one is written while another waits or is filled.
const BUFFERS: usize = 2;
/// Bytes of a buffer that are kept for the next one.
const KEPT: usize = 512 << 10;

/// Writes to `W` on another thread. Dropped before [`finish`](Self::finish), it waits for what is
/// under way.
pub(super) struct Behind<W> {
    /// `None` once there is nothing more to write.
    full: Option<Sender<Vec<u8>>>,
    empty: Receiver<Vec<u8>>,
    job: Option<Job<W>>,
}

impl<W: io::Write + Send + 'static> Behind<W> {
    /// # Errors
    /// If the system has no thread left.
    pub(super) fn start(mut out: W) -> io::Result<Self> {
        let (full, filled) = crossbeam_channel::bounded::<Vec<u8>>(BUFFERS);
        let (emptied, empty) = crossbeam_channel::bounded(BUFFERS);
        for _ in 0..BUFFERS {
            // There is room for all of them.
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
                    // Fails only if nothing more is written.
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

impl<W> Behind<W> {
    /// Waits until all is written, and gives the output back.
    ///
    /// # Errors
    /// Those of the output, at whichever write they came.
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

impl<W> io::Write for Behind<W> {
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
            // The thread ends early only by an error.
            false => self.end().and(Err(io::ErrorKind::BrokenPipe.into())),
        }
    }

    /// What was given is written soon; [`finish`](Self::finish) waits for it.
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<W> Drop for Behind<W> {
    fn drop(&mut self) {
        // Whoever wants to know how it ended finishes it.
        self.end().ok();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use io::Write as _;

    #[test]
    fn all_is_written_in_its_order() {
        let mut behind = Behind::start(Vec::new()).unwrap();
        let mut expected = Vec::new();
        for part in 0..100_u8 {
            let bytes = vec![part; usize::from(part) * 100];
            behind.write_all(&bytes).unwrap();
            expected.extend(bytes);
        }
        assert_eq!(behind.finish().unwrap(), expected);
    }

    #[test]
    fn an_error_of_the_output_is_told() {
        struct Full;

        impl io::Write for Full {
            fn write(&mut self, _: &[u8]) -> io::Result<usize> {
                Err(io::ErrorKind::StorageFull.into())
            }

            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }

        let mut behind = Behind::start(Full).unwrap();
        behind.write_all(b"x").ok();
        assert_eq!(
            behind.finish().err().unwrap().kind(),
            io::ErrorKind::StorageFull
        );
        let mut behind = Behind::start(Full).unwrap();
        let failed = (0..10).find_map(|_| behind.write_all(b"x").err());
        assert_eq!(failed.unwrap().kind(), io::ErrorKind::StorageFull);
    }
}
