//! Reads a file block by block on its own thread, slightly ahead of the sender.

use crate::engine::sys::failure;
use crate::jobs::{Job, JobOutcome, Running};
use crate::traffic::Cause;
use crossbeam_channel::{Receiver, Sender};
use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// Number of blocks read ahead.
const AHEAD: usize = 8;

/// An item from a reader: first a length, then blocks, then the end or a failure.
#[derive(Debug)]
pub enum ReadEvent {
    /// Length of the file in bytes at the start; bytes appended later are not read.
    Length(u64),
    Block(Arc<[u8]>),
    /// A payload of a replay, due this long after the first.
    At(Duration, Arc<[u8]>),
    End,
    Failed(Cause),
}

/// Starts to read. Dropping the receiver cancels the reader. `wake` is called after each item.
///
/// # Errors
/// If the system has no thread left.
pub fn start(
    path: PathBuf,
    block: usize,
    wake: impl Fn() + Send + 'static,
) -> io::Result<Receiver<ReadEvent>> {
    let (events, received) = crossbeam_channel::bounded(AHEAD);
    run("file reader", events, wake, move |events, reader| {
        read(&path, block.max(1), &|event| {
            let delivered = events.send(event).is_ok();
            reader.wake();
            delivered
        })
    })?;
    Ok(received)
}

/// Starts a reader's thread. Its last item is its outcome, a panic included.
pub fn run(
    name: &str,
    events: Sender<ReadEvent>,
    wake: impl Fn() + Send + 'static,
    read: impl FnOnce(&Sender<ReadEvent>, &Running) -> Result<(), Cause> + Send + 'static,
) -> io::Result<()> {
    Job::start(name, wake, move |reader| {
        let last = match JobOutcome::of(|| read(&events, reader)) {
            JobOutcome::Done(()) => ReadEvent::End,
            JobOutcome::Failed(cause) => ReadEvent::Failed(cause),
            JobOutcome::Died(died) => ReadEvent::Failed(failure::died_of(died)),
        };
        // Fails only if the receiver was dropped. A receiver that waits is woken when this job
        // ends.
        events.send(last).ok();
        Ok::<(), Cause>(())
    })?;
    Ok(())
}

/// Opens a regular file.
///
/// # Errors
/// If the path is no regular file, or cannot be opened.
pub fn open(path: &Path) -> Result<File, Cause> {
    let failed = |error: io::Error| failure::cause(&error);
    // Opening a FIFO would block until a writer opens it (fifo(7)).
    if !std::fs::metadata(path).map_err(failed)?.is_file() {
        return Err(Cause::NoFile);
    }
    File::open(path).map_err(failed)
}

fn read(path: &Path, block: usize, deliver: &dyn Fn(ReadEvent) -> bool) -> Result<(), Cause> {
    let failed = |error: io::Error| failure::cause(&error);
    let file = open(path)?;
    let length = file.metadata().map_err(failed)?.len();
    if !deliver(ReadEvent::Length(length)) {
        return Ok(());
    }
    let mut file = file.take(length);
    let mut buffer = Vec::with_capacity(block);
    let mut read = 0;
    while read < length {
        buffer.clear();
        let count = file
            .by_ref()
            .take(block as u64)
            .read_to_end(&mut buffer)
            .map_err(failed)?;
        if count == 0 {
            return Err(Cause::Shrunk { read, length });
        }
        read += count as u64;
        if !deliver(ReadEvent::Block(Arc::from(buffer.as_slice()))) {
            return Ok(());
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn events(path: &Path, block: usize) -> (u64, Vec<u8>, Option<Cause>) {
        let received = start(path.to_owned(), block, || {}).unwrap();
        let (mut length, mut bytes) = (0, Vec::new());
        loop {
            match received.recv_timeout(Duration::from_secs(10)).unwrap() {
                ReadEvent::Length(total) => length = total,
                ReadEvent::Block(block) => bytes.extend_from_slice(&block),
                ReadEvent::At(..) => {}
                ReadEvent::End => return (length, bytes, None),
                ReadEvent::Failed(cause) => return (length, bytes, Some(cause)),
            }
        }
    }

    #[test]
    fn a_file_comes_whole_whatever_the_block() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("数据.bin");
        let content: Vec<u8> = (0..10_000_u32).map(|number| number as u8).collect();
        std::fs::write(&path, &content).unwrap();
        for block in [1_000, 3_333, 10_000, 65_536] {
            assert_eq!(events(&path, block), (10_000, content.clone(), None));
        }
    }

    #[test]
    fn a_reader_that_dies_says_so() {
        let (events, received) = crossbeam_channel::bounded(AHEAD);
        let (wake, woken) = crossbeam_channel::unbounded();
        let wake = move || wake.send(()).unwrap();
        run("test", events, wake, |_, _| panic!("in the midst")).unwrap();
        woken.recv_timeout(Duration::from_secs(10)).unwrap();
        let expected = Cause::Died {
            reason: "in the midst".into(),
        };
        let last = received.try_recv();
        assert!(
            matches!(&last, Ok(ReadEvent::Failed(cause)) if *cause == expected),
            "{last:?}"
        );
    }

    #[test]
    fn nothing_is_a_file_of_no_bytes() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("empty");
        std::fs::write(&path, "").unwrap();
        assert_eq!(events(&path, 10), (0, vec![], None));
    }

    #[test]
    fn what_is_no_file_or_not_there_says_so() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(events(dir.path(), 10).2, Some(Cause::NoFile));
        let missing = events(&dir.path().join("missing"), 10).2;
        assert_eq!(missing, Some(Cause::System { code: 2 }));
    }

    #[cfg(unix)]
    #[test]
    fn a_pipe_is_not_waited_for() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("pipe");
        let made = std::process::Command::new("mkfifo").arg(&path).status();
        assert!(made.unwrap().success());
        assert_eq!(events(&path, 10).2, Some(Cause::NoFile));
    }

    #[test]
    fn the_reader_stays_a_little_ahead_only() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("sparse");
        File::create(&path).unwrap().set_len(5 << 30).unwrap();
        let received = start(path, 1 << 20, || {}).unwrap();
        for _ in 0..20 {
            received.recv_timeout(Duration::from_secs(10)).unwrap();
            assert!(received.len() <= AHEAD);
        }
    }
}
