//! Detects that the reader of the standard output has gone.
//!
//! A write detects it too, but a quiet session may not write for hours after the `head` in its
//! pipe has ended.

use crate::jobs::{Died, Job, caught};
use crossbeam_channel::Receiver;
use std::io;

/// A message when the reader has gone, or the panic of the watching thread.
pub type Hangup = Receiver<Result<(), Died>>;

/// Watches the standard output. On systems without a way to do that, only a write detects that
/// the reader has gone.
///
/// # Errors
/// The system has no thread left.
pub fn of_output() -> io::Result<Hangup> {
    let (gone, reported) = crossbeam_channel::bounded(1);
    // Not cancelled: it waits until the process ends.
    Job::start(
        "hangup",
        || {},
        move |_| {
            // Fails only if the receiver was dropped.
            gone.send(caught(watch)).ok();
            Ok::<(), io::Error>(())
        },
    )?;
    Ok(reported)
}

/// Returns when the reader has gone.
#[cfg(target_os = "linux")]
fn watch() {
    use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
    use std::os::fd::AsFd as _;
    let output = io::stdout();
    // Without requested events, poll(2) reports only errors and hang-ups.
    let mut watched = [PollFd::new(output.as_fd(), PollFlags::empty())];
    loop {
        match poll(&mut watched, PollTimeout::NONE) {
            Ok(_) => return,
            Err(nix::errno::Errno::EINTR) => {}
            // A write detects it.
            Err(_) => std::thread::park(),
        }
    }
}

/// Returns when the reader has gone: a pipe without one refuses even a write of nothing
/// (`ERROR_NO_DATA`).
#[cfg(windows)]
fn watch() {
    use std::io::{ErrorKind, IsTerminal as _, Write as _};
    use std::time::Duration;
    const PAUSE: Duration = Duration::from_millis(100);
    let mut output = super::output::file().ok();
    loop {
        match output.as_mut().filter(|output| !output.is_terminal()) {
            Some(output) => match output.write(&[]) {
                Err(error) if error.kind() == ErrorKind::BrokenPipe => return,
                _ => std::thread::sleep(PAUSE),
            },
            None => std::thread::park(),
        }
    }
}

/// Never returns: a write detects it.
#[cfg(not(any(target_os = "linux", windows)))]
fn watch() {
    loop {
        std::thread::park();
    }
}
