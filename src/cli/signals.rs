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
    use signal_hook::iterator::Signals;
    let mut heeded = vec![SIGINT, SIGTERM];
    // nohup has it ignored, and that is to stay so.
    if !is_ignored(SIGHUP) {
        heeded.push(SIGHUP);
    }
    let mut signals = Signals::new(heeded)?;
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

/// Whether the process ignores this signal (proc(5): a mask, signal 1 its lowest bit).
#[cfg(unix)]
fn is_ignored(signal: i32) -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mut lines = status.lines();
    let mask = lines.find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    mask.is_some_and(|mask| mask & (1 << (signal - 1)) != 0)
}

/// Elsewhere the system ends the process by itself.
///
/// # Errors
/// None.
#[cfg(not(unix))]
pub fn requests() -> io::Result<Receiver<()>> {
    Ok(crossbeam_channel::never())
}
