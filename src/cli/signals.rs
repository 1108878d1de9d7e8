//! The system's requests to end, as a channel.

use crossbeam_channel::Receiver;
use std::io;

/// Tells once that the process was asked to end (Ctrl+C, SIGTERM, a terminal that is
/// closed). The second request ends it at once: an output that is stuck cannot be told
/// of the first.
///
/// # Errors
/// If the system has no thread or descriptor left.
#[cfg(unix)]
pub fn requests() -> io::Result<Receiver<()>> {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
    let mut signals = signal_hook::iterator::Signals::new([SIGINT, SIGTERM, SIGHUP])?;
    let (request, requests) = crossbeam_channel::bounded(1);
    std::thread::Builder::new()
        .name("signals".into())
        .spawn(move || {
            for signal in &mut signals {
                if request.try_send(()).is_err() {
                    // What a shell says of a process that died of a signal.
                    std::process::exit(128 + signal);
                }
            }
        })?;
    Ok(requests)
}

/// Elsewhere the system ends the process by itself.
///
/// # Errors
/// None.
#[cfg(not(unix))]
pub fn requests() -> io::Result<Receiver<()>> {
    Ok(crossbeam_channel::never())
}
