//! Layer 0: the system's requests to end the process, as a channel.

use crate::jobs::{Died, Job, caught};
use crossbeam_channel::Receiver;
use std::io;

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

/// Lets a write beyond the limit of a file's size (setrlimit(2)) fail with EFBIG, an error like
/// that of a full disk. By default, SIGXFSZ ends the process without a message.
pub fn outlive_file_limit() {
    system::outlive_file_limit();
}

/// Reports that the process was asked to end (Ctrl+C, SIGTERM, a closed terminal; on Windows also
/// Ctrl+Break and the end of the user's session). A request that comes before the previous one
/// was taken from the channel ends the process at once: a blocked output could not react to it.
/// `wake` is called after each reported request, `at_once` before such an end.
///
/// # Errors
/// If the system has no thread or descriptor left. A signal then ends the process as by default.
pub fn requests(
    wake: impl Fn() + Send + 'static,
    at_once: impl Fn() + Send + 'static,
) -> io::Result<Requests> {
    // Handlers stay installed, and nobody would take what they report.
    start(wake, at_once).inspect_err(|_| system::end_by_default())
}

fn start(
    wake: impl Fn() + Send + 'static,
    at_once: impl Fn() + Send + 'static,
) -> io::Result<Requests> {
    let mut next = system::requests()?;
    let (request, asked) = crossbeam_channel::bounded(1);
    let (sender, died) = crossbeam_channel::bounded(1);
    // It is never cancelled: it waits for requests as long as the process lives.
    Job::start("signals", wake, move |job| {
        let heed = || {
            while let Some(status) = next() {
                if request.try_send(()).is_err() {
                    at_once();
                    std::process::exit(status);
                }
                job.wake();
            }
        };
        if let Err(died) = caught(heed) {
            // Sent before the requests end. Fails only if the receiver is gone.
            sender.send(died).ok();
        }
        Ok::<(), io::Error>(())
    })?;
    Ok(Requests { asked, died })
}

#[cfg(unix)]
mod system {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM, SIGXFSZ};
    use signal_hook::{flag, low_level::pipe};
    use std::io::{self, Read as _};
    use std::os::unix::net::UnixStream;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
    use std::time::Duration;

    /// The pause before reading is tried again after an error.
    const AGAIN: Duration = Duration::from_millis(100);

    /// Returns a function that waits for the next request and returns the exit status that a
    /// shell reports for a process ended by its signal.
    pub fn requests() -> io::Result<impl FnMut() -> Option<i32> + Send> {
        let (mut wake_receiver, wake_sender) = UnixStream::pair()?;
        let last = Arc::new(AtomicUsize::new(0));
        for signal in heeded() {
            // The number is stored before the byte that reports it.
            let number = usize::try_from(signal).map_err(io::Error::other)?;
            flag::register_usize(signal, Arc::clone(&last), number)?;
            pipe::register(signal, wake_sender.try_clone()?)?;
        }
        Ok(move || {
            loop {
                match wake_receiver.read(&mut [0]) {
                    Ok(0) => return None,
                    Ok(_) => break,
                    // For example, memory is short: signals must still be handled.
                    Err(_) => std::thread::sleep(AGAIN),
                }
            }
            let signal = i32::try_from(last.load(Ordering::SeqCst)).unwrap_or(SIGTERM);
            Some(128 + signal)
        })
    }

    /// Handles SIGXFSZ by doing nothing. Programs that this one starts have the default again.
    pub fn outlive_file_limit() {
        // Fails only for signals that no process may handle.
        flag::register(SIGXFSZ, Arc::new(AtomicBool::new(false))).ok();
    }

    /// Lets each of these signals end the process as if nothing handled it.
    pub fn end_by_default() {
        for signal in heeded() {
            // Fails only for signals that no process may handle.
            flag::register_conditional_default(signal, Arc::new(AtomicBool::new(true))).ok();
        }
    }

    /// The signals that ask the process to end.
    fn heeded() -> Vec<i32> {
        let mut heeded = vec![SIGINT, SIGTERM];
        // nohup(1) ignores it, and it must stay ignored.
        if !is_ignored(SIGHUP) {
            heeded.push(SIGHUP);
        }
        heeded
    }

    /// Whether the process ignores this signal (proc(5): a mask with signal 1 as its lowest bit).
    fn is_ignored(signal: i32) -> bool {
        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        let mut lines = status.lines();
        let mask = lines.find_map(|line| line.strip_prefix("SigIgn:"));
        let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
        mask.is_some_and(|mask| mask & (1 << (signal - 1)) != 0)
    }
}

/// The events of the console (`SetConsoleCtrlHandler`). After its window was closed, or the user
/// logged off, the system gives the process some five seconds: the handler of this crate does not
/// return then, which would end the process at once.
#[cfg(windows)]
mod system {
    use std::io;
    use std::sync::Arc;
    use std::task::{Context, Wake, Waker};
    use std::thread::Thread;
    use tokio::signal::windows;

    /// STATUS_CONTROL_C_EXIT, with which the system itself ends a process at Ctrl+C.
    const ENDED: i32 = 0xC000_013A_u32.cast_signed();

    struct Unpark(Thread);

    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }

    /// Nothing: Windows has no such limit.
    pub fn outlive_file_limit() {}

    /// Nothing: a console handler cannot be removed, and reports to nobody.
    pub fn end_by_default() {}

    /// Returns a function that waits for the next request and returns an exit status.
    pub fn requests() -> io::Result<impl FnMut() -> Option<i32> + Send> {
        let (mut c, mut pause) = (windows::ctrl_c()?, windows::ctrl_break()?);
        let mut close = windows::ctrl_close()?;
        let (mut logoff, mut shutdown) = (windows::ctrl_logoff()?, windows::ctrl_shutdown()?);
        Ok(move || {
            let waker = Waker::from(Arc::new(Unpark(std::thread::current())));
            let mut cx = Context::from_waker(&waker);
            loop {
                let came = [
                    c.poll_recv(&mut cx).is_ready(),
                    pause.poll_recv(&mut cx).is_ready(),
                    close.poll_recv(&mut cx).is_ready(),
                    logoff.poll_recv(&mut cx).is_ready(),
                    shutdown.poll_recv(&mut cx).is_ready(),
                ];
                if came.contains(&true) {
                    return Some(ENDED);
                }
                std::thread::park();
            }
        })
    }
}
