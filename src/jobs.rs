//! Layer 0: background threads. Each is started here, has a name, and reports to its owner how
//! it ended: done, failed or panicked.
//!
//! The panic hook prints a panic on the standard error as usual. In addition, the owner gets
//! it, and shows it to the user.

use crossbeam_channel::Receiver;
use std::any::Any;
use std::fmt;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

/// A background thread, as its owner sees it. Dropping it cancels the job without waiting.
///
/// A job cannot be cancelled if it blocks in a system call, or never checks
/// [`Running::is_cancelled`]. A comment at its start says so.
#[derive(Debug)]
pub struct Job<T, E = io::Error> {
    ended: Receiver<JobOutcome<T, E>>,
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

/// How a job ended.
#[derive(Debug, PartialEq, Eq)]
pub enum JobOutcome<T, E = io::Error> {
    Done(T),
    Failed(E),
    /// It panicked.
    Died(Died),
}

/// A panic that ended some work, with its message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Died(pub String);

impl fmt::Display for Died {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Died {}

impl From<Died> for io::Error {
    fn from(died: Died) -> Self {
        Self::other(died)
    }
}

impl Died {
    /// The panic inside an I/O error, if there is one.
    pub fn of(error: &io::Error) -> Option<&Self> {
        error.get_ref()?.downcast_ref::<Self>()
    }
}

/// Runs `work`, and returns a panic as an error.
///
/// State changed by the work stays as it was at the moment of the panic: afterwards, it may
/// only be dropped, or must be usable in any state.
///
/// # Errors
/// The panic.
pub fn caught<T>(work: impl FnOnce() -> T) -> Result<T, Died> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|payload| Died(message(&*payload)))
}

/// The text of `panic!`, or a fixed text for other payloads.
fn message(payload: &(dyn Any + Send)) -> String {
    let text = payload.downcast_ref::<&str>().copied();
    let text = text.or_else(|| payload.downcast_ref::<String>().map(String::as_str));
    text.unwrap_or("panic without a message").to_owned()
}

impl<T, E> JobOutcome<T, E> {
    /// Runs `work` on this thread.
    pub fn of(work: impl FnOnce() -> Result<T, E>) -> Self {
        match caught(work) {
            Ok(Ok(done)) => Self::Done(done),
            Ok(Err(failed)) => Self::Failed(failed),
            Err(died) => Self::Died(died),
        }
    }

    /// The panic, if there was one.
    pub fn died(self) -> Option<Died> {
        match self {
            Self::Died(died) => Some(died),
            Self::Done(_) | Self::Failed(_) => None,
        }
    }
}

impl<T, E: From<Died>> JobOutcome<T, E> {
    /// Turns a panic into an error like any other.
    ///
    /// # Errors
    /// Why it failed or panicked.
    pub fn into_result(self) -> Result<T, E> {
        match self {
            Self::Done(done) => Ok(done),
            Self::Failed(failed) => Err(failed),
            Self::Died(died) => Err(died.into()),
        }
    }
}

/// The state shared by both sides of a job.
#[derive(Debug, Default)]
struct Shared {
    state: AtomicU8,
    progress: AtomicU64,
}

impl Shared {
    const RUNNING: u8 = 0;
    const CANCELLED: u8 = 1;
    const COMMITTED: u8 = 2;

    /// Moves from `RUNNING` to this stage; returns whether the job is in it now.
    fn enter(&self, state: u8) -> bool {
        let (now, seen) = (Ordering::AcqRel, Ordering::Acquire);
        match self.state.compare_exchange(Self::RUNNING, state, now, seen) {
            Ok(_) => true,
            Err(there) => there == state,
        }
    }
}

/// A job, as its own work sees it.
pub struct Running {
    shared: Arc<Shared>,
    wake: Box<dyn Fn() + Send>,
}

impl Running {
    /// Wakes the owner, because there is something new.
    pub fn wake(&self) {
        (self.wake)();
    }

    pub fn is_cancelled(&self) -> bool {
        self.shared.state.load(Ordering::Acquire) == Shared::CANCELLED
    }

    /// Passes the last point at which the job can be cancelled; `false` if it was cancelled.
    pub fn commit(&self) -> bool {
        self.shared.enter(Shared::COMMITTED)
    }

    /// Adds to the progress, in a unit that the owner knows.
    pub fn advance(&self, steps: u64) {
        self.shared.progress.fetch_add(steps, Ordering::Relaxed);
    }
}

impl<T: Send + 'static, E: Send + 'static> Job<T, E> {
    /// Starts a thread with this name. `wake` is called on that thread whenever the work asks
    /// for it, and once the outcome is there, even after a panic. It must not block.
    ///
    /// # Errors
    /// If the system cannot start a thread.
    pub fn start(
        name: &str,
        wake: impl Fn() + Send + 'static,
        work: impl FnOnce(&Running) -> Result<T, E> + Send + 'static,
    ) -> io::Result<Self> {
        let (sender, ended) = crossbeam_channel::bounded(1);
        let shared = Arc::new(Shared::default());
        let running = Running {
            shared: Arc::clone(&shared),
            wake: Box::new(wake),
        };
        let run = move || {
            let outcome = JobOutcome::of(|| work(&running));
            // Fails only if the owner is gone.
            sender.send(outcome).ok();
            // The outcome is already sent, so a panic in here does not change it.
            caught(|| running.wake()).ok();
        };
        let thread = std::thread::Builder::new().name(name.into()).spawn(run)?;
        Ok(Self {
            ended,
            shared,
            thread: Some(thread),
        })
    }
}

impl<T, E> Job<T, E> {
    /// The outcome, returned once; `None` before that.
    pub fn poll(&self) -> Option<JobOutcome<T, E>> {
        self.ended.try_recv().ok()
    }

    /// Waits for the outcome, at most for `patience`.
    pub fn wait(&self, patience: Duration) -> Option<JobOutcome<T, E>> {
        self.ended.recv_timeout(patience).ok()
    }

    /// Waits until the thread has ended; `None` if the outcome was already returned.
    pub fn join(mut self) -> Option<JobOutcome<T, E>> {
        let outcome = self.ended.recv().ok();
        if let Some(thread) = self.thread.take() {
            // The thread catches its panics itself.
            thread.join().ok();
        }
        outcome
    }

    /// Cancels the job; returns whether that was before [`Running::commit`].
    pub fn cancel(&self) -> bool {
        self.shared.enter(Shared::CANCELLED)
    }

    /// The sum of all [`Running::advance`].
    pub fn progress(&self) -> u64 {
        self.shared.progress.load(Ordering::Relaxed)
    }
}

impl<T, E> Drop for Job<T, E> {
    fn drop(&mut self) {
        self.cancel();
    }
}

#[cfg(test)]
mod tests;
