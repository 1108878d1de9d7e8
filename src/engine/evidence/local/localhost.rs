//! The addresses of `localhost`.

use super::super::{Seen, Unseen};
use crate::engine::sys::resolver;
use crate::jobs::{Job, JobOutcome};
use crate::traffic::Cause;
use std::net::IpAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

/// The most look-ups that hang at a time.
const MOST: usize = 4;

static RUNNING: AtomicUsize = AtomicUsize::new(0);

/// Looks `localhost` up; a resolver that hangs is left behind.
pub(super) fn look_up(until: Instant) -> Seen<Vec<IpAddr>> {
    if RUNNING.fetch_add(1, Ordering::Relaxed) >= MOST {
        RUNNING.fetch_sub(1, Ordering::Relaxed);
        return Seen::Unseen(Unseen::TooSlow);
    }
    let ended = || {
        RUNNING.fetch_sub(1, Ordering::Relaxed);
    };
    // getaddrinfo(3) cannot be cancelled; it is called once, also when it panics.
    let job = Job::<_, Cause>::start("resolve localhost", ended, |_| {
        resolver::addresses("localhost")
    });
    let job = match job {
        Ok(job) => job,
        Err(error) => {
            ended();
            return Seen::Unseen(Unseen::Unreadable(error.to_string()));
        }
    };
    let left = until.saturating_duration_since(Instant::now());
    match job.wait(left) {
        Some(JobOutcome::Done(addresses)) => Seen::Known(addresses),
        Some(JobOutcome::Failed(Cause::NoSuchHost { detail })) => {
            Seen::Unseen(Unseen::Unreadable(detail))
        }
        Some(JobOutcome::Failed(cause)) => {
            let error = cause.code().map(std::io::Error::from_raw_os_error);
            let text = error.map_or_else(String::new, |error| error.to_string());
            Seen::Unseen(Unseen::Unreadable(text))
        }
        Some(JobOutcome::Died(died)) => Seen::Unseen(Unseen::Unreadable(died.to_string())),
        None => Seen::Unseen(Unseen::TooSlow),
    }
}
