//! Layer 0: the system's requests to end the process, as a channel.

use crate::jobs::Died;
#[cfg(unix)]
use crate::jobs::{Job, caught};
use crossbeam_channel::Receiver;
use std::io;
#[cfg(unix)]
use std::time::Duration;

/// The pause before reading is tried again after an error.
#[cfg(unix)]
const AGAIN: Duration = Duration::from_millis(100);

/// The system's requests to end the process.
pub struct Requests {
    asked: Receiver<()>,
    died: Receiver<Died>,
}

impl Requests {
    /// No request ever comes.
    pub fn never() -> Self {
        Self {
            asked: crossbeam_channel::never(),
            died: crossbeam_channel::never(),
        }
    }

    /// The requests. The channel closes with the thread that handles signals: see
    /// [`Self::died`].
    pub fn asked(&self) -> &Receiver<()> {
        &self.asked
    }

    /// The panic after which signals are ignored, returned once.
    pub fn died(&self) -> Option<Died> {
        self.died.try_recv().ok()
    }
}

/// Reports that the process was asked to end (Ctrl+C, SIGTERM, a closed terminal). A request
/// that comes before the previous one was taken from the channel ends the process at once: a
/// blocked output could not react to it. `wake` is called after each reported request, `at_once`
/// before such an end.
///
/// # Errors
/// If the system has no thread or descriptor left.
#[cfg(unix)]
pub fn requests(
    wake: impl Fn() + Send + 'static,
    at_once: impl Fn() + Send + 'static,
) -> io::Result<Requests> {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM, SIGXFSZ};
    use signal_hook::{flag, low_level::pipe};
    use std::io::Read as _;
    use std::os::unix::net::UnixStream;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
    let mut heeded = vec![SIGINT, SIGTERM];
    // nohup(1) ignores it, and it must stay ignored.
    if !is_ignored(SIGHUP) {
        heeded.push(SIGHUP);
    }
    // A write beyond the file size limit (setrlimit(2)) then fails with EFBIG, as on a full
    // disk. Otherwise the signal would end the process without a message.
    flag::register(SIGXFSZ, Arc::new(AtomicBool::new(false)))?;
    let (mut told, teller) = UnixStream::pair()?;
    let last = Arc::new(AtomicUsize::new(0));
    for signal in heeded {
        // The number is stored before the byte that reports it.
        let number = usize::try_from(signal).map_err(io::Error::other)?;
        flag::register_usize(signal, Arc::clone(&last), number)?;
        pipe::register(signal, teller.try_clone()?)?;
    }
    let (request, asked) = crossbeam_channel::bounded(1);
    let (tell, died) = crossbeam_channel::bounded(1);
    // It is never cancelled: it waits in read(2) for signals as long as the process lives.
    Job::start("signals", wake, move |job| {
        let heed = || loop {
            match told.read(&mut [0]) {
                Ok(0) => return,
                Ok(_) => {}
                // For example, memory is short: signals must still be handled.
                Err(_) => {
                    std::thread::sleep(AGAIN);
                    continue;
                }
            }
            if request.try_send(()).is_err() {
                let signal = i32::try_from(last.load(Ordering::SeqCst)).unwrap_or(SIGTERM);
                at_once();
                // The exit status that a shell reports for a process ended by a signal.
                std::process::exit(128 + signal);
            }
            job.wake();
        };
        if let Err(died) = caught(heed) {
            // Sent before the requests end. Fails only if the receiver is gone.
            tell.send(died).ok();
        }
        Ok::<(), io::Error>(())
    })?;
    Ok(Requests { asked, died })
}

/// Whether the process ignores this signal (proc(5): a mask with signal 1 as its lowest bit).
#[cfg(unix)]
fn is_ignored(signal: i32) -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mut lines = status.lines();
    let mask = lines.find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    mask.is_some_and(|mask| mask & (1 << (signal - 1)) != 0)
}

/// Other systems end the process by themselves.
///
/// # Errors
/// None.
#[cfg(not(unix))]
pub fn requests(
    _wake: impl Fn() + Send + 'static,
    _at_once: impl Fn() + Send + 'static,
) -> io::Result<Requests> {
    Ok(Requests::never())
}
