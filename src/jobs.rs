//! Layer 0: background threads. Each is started here, has a name, and tells its owner how it
//! ended: done, failed, or died in a panic.
//!
//! The panic hook prints a panic on the standard error as it always does; besides that the
//! owner is told, and shows it where the user looks.

use crossbeam_channel::Receiver;
use std::any::Any;
use std::fmt;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

/// A background thread, as its owner sees it. Dropping it cancels it, and does not wait.
///
/// A job that blocks in a system call, or looks at [`Running::is_cancelled`] nowhere, cannot
/// be cancelled: it says so where it is started.
#[derive(Debug)]
pub struct Job<T, E = io::Error> {
    ended: Receiver<Outcome<T, E>>,
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

/// How a job ended.
#[derive(Debug, PartialEq, Eq)]
pub enum Outcome<T, E = io::Error> {
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
    /// The panic that this error stands for, if it does.
    pub fn of(error: &io::Error) -> Option<&Self> {
        error.get_ref()?.downcast_ref::<Self>()
    }
}

/// Does some work; a panic in it is its result.
///
/// What the work had changed by then stays as it was at the moment of the panic: afterwards
/// it may only be dropped, or has to be usable in any state.
///
/// # Errors
/// The panic.
pub fn caught<T>(work: impl FnOnce() -> T) -> Result<T, Died> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|payload| Died(message(&*payload)))
}

/// The text of `panic!`; other payloads have none.
fn message(payload: &(dyn Any + Send)) -> String {
    let text = payload.downcast_ref::<&str>().copied();
    let text = text.or_else(|| payload.downcast_ref::<String>().map(String::as_str));
    text.unwrap_or("panic without a message").to_owned()
}

impl<T, E> Outcome<T, E> {
    /// Does some work here and now.
    pub fn of(work: impl FnOnce() -> Result<T, E>) -> Self {
        match caught(work) {
            Ok(Ok(done)) => Self::Done(done),
            Ok(Err(failed)) => Self::Failed(failed),
            Err(died) => Self::Died(died),
        }
    }

    /// The panic, if it died.
    pub fn died(self) -> Option<Died> {
        match self {
            Self::Died(died) => Some(died),
            Self::Done(_) | Self::Failed(_) => None,
        }
    }
}

impl<T, E: From<Died>> Outcome<T, E> {
    /// The same with a panic as an error like any other.
    ///
    /// # Errors
    /// Why it failed or died.
    pub fn into_result(self) -> Result<T, E> {
        match self {
            Self::Done(done) => Ok(done),
            Self::Failed(failed) => Err(failed),
            Self::Died(died) => Err(died.into()),
        }
    }
}

/// What both sides of a job look at.
#[derive(Debug, Default)]
struct Shared {
    stage: AtomicU8,
    progress: AtomicU64,
}

impl Shared {
    const RUNNING: u8 = 0;
    const CANCELLED: u8 = 1;
    const COMMITTED: u8 = 2;

    /// Leaves the first stage for this one; says whether it is there now.
    fn enter(&self, stage: u8) -> bool {
        let (now, seen) = (Ordering::AcqRel, Ordering::Acquire);
        match self.stage.compare_exchange(Self::RUNNING, stage, now, seen) {
            Ok(_) => true,
            Err(there) => there == stage,
        }
    }
}

/// A job, as the work in it sees it.
pub struct Running {
    shared: Arc<Shared>,
    wake: Box<dyn Fn() + Send>,
}

impl Running {
    /// Wakes the owner: there is something new to look at.
    pub fn wake(&self) {
        (self.wake)();
    }

    pub fn is_cancelled(&self) -> bool {
        self.shared.stage.load(Ordering::Acquire) == Shared::CANCELLED
    }

    /// Goes past the last moment at which it can be cancelled; `false` if it was.
    pub fn commit(&self) -> bool {
        self.shared.enter(Shared::COMMITTED)
    }

    /// So much more is done, in a unit that the owner knows.
    pub fn advance(&self, steps: u64) {
        self.shared.progress.fetch_add(steps, Ordering::Relaxed);
    }
}

impl<T: Send + 'static, E: Send + 'static> Job<T, E> {
    /// Starts a thread of this name. `wake` is called from it: whenever the work asks for
    /// that, and once the outcome is there, be it a panic. It must not block.
    ///
    /// # Errors
    /// If the system has no thread left.
    pub fn start(
        name: &str,
        wake: impl Fn() + Send + 'static,
        work: impl FnOnce(&Running) -> Result<T, E> + Send + 'static,
    ) -> io::Result<Self> {
        let (tell, ended) = crossbeam_channel::bounded(1);
        let shared = Arc::new(Shared::default());
        let running = Running {
            shared: Arc::clone(&shared),
            wake: Box::new(wake),
        };
        let run = move || {
            let outcome = Outcome::of(|| work(&running));
            // Fails only if nobody asks any more.
            tell.send(outcome).ok();
            // The outcome is told: a panic in here changes nothing of it.
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
    /// How it ended, told once; `None` while it has not.
    pub fn poll(&self) -> Option<Outcome<T, E>> {
        self.ended.try_recv().ok()
    }

    /// The same, waited for at most so long.
    pub fn wait(&self, patience: Duration) -> Option<Outcome<T, E>> {
        self.ended.recv_timeout(patience).ok()
    }

    /// Waits until the thread has ended; `None` if the outcome was told before.
    pub fn join(mut self) -> Option<Outcome<T, E>> {
        let outcome = self.ended.recv().ok();
        if let Some(thread) = self.thread.take() {
            // It catches its panics itself.
            thread.join().ok();
        }
        outcome
    }

    /// Asks it to end; says whether that was before [`Running::commit`].
    pub fn cancel(&self) -> bool {
        self.shared.enter(Shared::CANCELLED)
    }

    /// What [`Running::advance`] added up to.
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
