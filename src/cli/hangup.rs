//! The reader of our output that has gone away, as a channel.
//!
//! A write would find out too, but a quiet session writes nothing for hours while the
//! `head` behind it is long gone.

use crate::jobs::Died;
#[cfg(target_os = "linux")]
use crate::jobs::{Job, caught};
use crossbeam_channel::Receiver;
use std::io;

/// That the reader has gone, or the panic after which only a write finds out.
pub type Hangup = Receiver<Result<(), Died>>;

/// Tells when nobody can read the standard output any more.
///
/// # Errors
/// If the system has no thread left.
#[cfg(target_os = "linux")]
pub fn of_output() -> io::Result<Hangup> {
    use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
    use std::os::fd::AsFd as _;
    let (gone, told) = crossbeam_channel::bounded(1);
    let watch = || {
        let output = io::stdout();
        // No events are asked for: only errors and hang-ups are told then (poll(2)).
        let mut watched = [PollFd::new(output.as_fd(), PollFlags::empty())];
        loop {
            match poll(&mut watched, PollTimeout::NONE) {
                Ok(_) => return,
                Err(nix::errno::Errno::EINTR) => {}
                // A write will find out.
                Err(_) => std::thread::park(),
            }
        }
    };
    // Not cancelled: it waits in poll(2) as long as the process lives.
    Job::start(
        "hangup",
        || {},
        move |_| {
            // Fails only if nobody asks any more.
            gone.send(caught(watch)).ok();
            Ok::<(), io::Error>(())
        },
    )?;
    Ok(told)
}

/// Elsewhere a write finds out.
///
/// # Errors
/// None.
#[cfg(not(target_os = "linux"))]
pub fn of_output() -> io::Result<Hangup> {
    Ok(crossbeam_channel::never())
}
