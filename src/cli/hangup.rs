//! Detects that the reader of the standard output has gone.
//!
//! A write detects it too, but a quiet session may not write for hours after the `head` in its
//! pipe has ended.

use crate::jobs::Died;
#[cfg(target_os = "linux")]
use crate::jobs::{Job, caught};
use crossbeam_channel::Receiver;
use std::io;

/// A message when the reader has gone, or the panic of the watching thread.
pub type Hangup = Receiver<Result<(), Died>>;

/// Watches the standard output.
///
/// # Errors
/// The system has no thread left.
#[cfg(target_os = "linux")]
pub fn of_output() -> io::Result<Hangup> {
    use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
    use std::os::fd::AsFd as _;
    let (gone, told) = crossbeam_channel::bounded(1);
    let watch = || {
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
    };
    // Not cancelled: it waits in poll(2) until the process ends.
    Job::start(
        "hangup",
        || {},
        move |_| {
            // Fails only if the receiver was dropped.
            gone.send(caught(watch)).ok();
            Ok::<(), io::Error>(())
        },
    )?;
    Ok(told)
}

/// Never reports: on other systems only a write detects it.
///
/// # Errors
/// None.
#[cfg(not(target_os = "linux"))]
pub fn of_output() -> io::Result<Hangup> {
    Ok(crossbeam_channel::never())
}
