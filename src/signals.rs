//! Floor 0: the system's requests to end, as a channel.

use crate::jobs::Died;
#[cfg(unix)]
use crate::jobs::{Job, caught};
use crossbeam_channel::Receiver;
use std::io;
#[cfg(unix)]
use std::time::Duration;

/// How soon reading is tried again where it failed.
#[cfg(unix)]
const AGAIN: Duration = Duration::from_millis(100);

/// The system's requests to end.
pub struct Requests {
    asked: Receiver<()>,
    died: Receiver<Died>,
}

impl Requests {
    /// None will ever come.
    pub fn never() -> Self {
        Self {
            asked: crossbeam_channel::never(),
            died: crossbeam_channel::never(),
        }
    }

    /// The requests. It ends with the thread that heeds signals: see [`Self::died`].
    pub fn asked(&self) -> &Receiver<()> {
        &self.asked
    }

    /// The panic after which signals are ignored, told once.
    pub fn died(&self) -> Option<Died> {
        self.died.try_recv().ok()
    }
}

/// Tells once that the process was asked to end (Ctrl+C, SIGTERM, a terminal that is
/// closed). The second request ends it at once: an output that is stuck cannot be told
/// of the first. `wake` is called after each.
///
/// # Errors
/// If the system has no thread or descriptor left.
#[cfg(unix)]
pub fn requests(wake: impl Fn() + Send + 'static) -> io::Result<Requests> {
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
    let (request, asked) = crossbeam_channel::bounded(1);
    let (tell, died) = crossbeam_channel::bounded(1);
    // Not cancelled: it waits in read(2) for signals as long as the process lives.
    Job::start("signals", wake, move |job| {
        let heed = || loop {
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
            job.wake();
        };
        if let Err(died) = caught(heed) {
            // Before the requests end. Fails only if nobody asks any more.
            tell.send(died).ok();
        }
        Ok::<(), io::Error>(())
    })?;
    Ok(Requests { asked, died })
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
pub fn requests(_wake: impl Fn() + Send + 'static) -> io::Result<Requests> {
    Ok(Requests::never())
}
