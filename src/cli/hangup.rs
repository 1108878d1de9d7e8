//! The reader of our output that has gone away, as a channel.
//!
//! A write would find out too, but a quiet session writes nothing for hours while the
//! `head` behind it is long gone.

use crossbeam_channel::Receiver;
use std::io;

/// Tells when nobody can read the standard output any more.
///
/// # Errors
/// If the system has no thread left.
#[cfg(target_os = "linux")]
pub fn of_output() -> io::Result<Receiver<()>> {
    use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
    use std::os::fd::AsFd as _;
    let (gone, told) = crossbeam_channel::bounded(1);
    std::thread::Builder::new()
        .name("hangup".into())
        .spawn(move || {
            let output = io::stdout();
            // No events are asked for: only errors and hang-ups are told then (poll(2)).
            let mut watched = [PollFd::new(output.as_fd(), PollFlags::empty())];
            loop {
                match poll(&mut watched, PollTimeout::NONE) {
                    Ok(_) => break,
                    Err(nix::errno::Errno::EINTR) => {}
                    // A write will find out.
                    Err(_) => std::thread::park(),
                }
            }
            gone.send(()).ok();
        })?;
    Ok(told)
}

/// Elsewhere a write finds out.
///
/// # Errors
/// None.
#[cfg(not(target_os = "linux"))]
pub fn of_output() -> io::Result<Receiver<()>> {
    Ok(crossbeam_channel::never())
}
