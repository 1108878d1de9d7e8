//! Floor 0: the system's requests to end, as a channel.

use crossbeam_channel::Receiver;
use std::io;
#[cfg(unix)]
use std::time::Duration;

/// How soon reading is tried again where it failed.
#[cfg(unix)]
const AGAIN: Duration = Duration::from_millis(100);

/// Tells once that the process was asked to end (Ctrl+C, SIGTERM, a terminal that is
/// closed). The second request ends it at once: an output that is stuck cannot be told
/// of the first. `wake` is called after each.
///
/// # Errors
/// If the system has no thread or descriptor left.
#[cfg(unix)]
pub fn requests(wake: impl Fn() + Send + 'static) -> io::Result<Receiver<()>> {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM, SIGXFSZ};
    use signal_hook::{flag, low_level::pipe};
    use std::io::Read as _;
    use std::os::unix::net::UnixStream;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
    let mut heeded = vec![SIGINT, SIGTERM];
    // nohup has it ignored, and that is to stay so.
    if !is_ignored(SIGHUP) {
        heeded.push(SIGHUP);
    }
    // A write beyond the limit of a file's size (setrlimit(2)) then fails with EFBIG, as on a
    // full disk, rather than ending the process without a word.
    flag::register(SIGXFSZ, Arc::new(AtomicBool::new(false)))?;
    let (mut told, teller) = UnixStream::pair()?;
    let last = Arc::new(AtomicUsize::new(0));
    for signal in heeded {
        // The number is there before the byte that tells of it.
        let number = usize::try_from(signal).map_err(io::Error::other)?;
        flag::register_usize(signal, Arc::clone(&last), number)?;
        pipe::register(signal, teller.try_clone()?)?;
    }
    let (request, requests) = crossbeam_channel::bounded(1);
    std::thread::Builder::new()
        .name("signals".into())
        .spawn(move || {
            loop {
                match told.read(&mut [0]) {
                    Ok(0) => return,
                    Ok(_) => {}
                    // Short of memory, say: signals must go on being heeded.
                    Err(_) => {
                        std::thread::sleep(AGAIN);
                        continue;
                    }
                }
                if request.try_send(()).is_err() {
                    let signal = i32::try_from(last.load(Ordering::SeqCst)).unwrap_or(SIGTERM);
                    // What a shell says of a process that died of a signal.
                    std::process::exit(128 + signal);
                }
                wake();
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
pub fn requests(_wake: impl Fn() + Send + 'static) -> io::Result<Receiver<()>> {
    Ok(crossbeam_channel::never())
}
