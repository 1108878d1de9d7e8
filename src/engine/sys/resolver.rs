//! The resolver: looks up host names on their own threads. `getaddrinfo`(3) blocks for any time
//! and cannot be cancelled, so the worker must not call it. Abandoned lookups end by themselves.

use crate::engine::sys::failure;
use crate::engine::sys::poll::Waker;
use crate::jobs::{Job, JobOutcome};
use crate::traffic::Cause;
use std::net::{IpAddr, ToSocketAddrs as _};

/// Maximum number of concurrent lookups.
const MAX: usize = 8;

/// A non-blocking resolver.
pub trait Resolver: Send {
    /// Starts to look up `host`, unless a lookup of it is running.
    ///
    /// # Errors
    /// [`Cause::Busy`] if too many lookups are running; the system's error if no thread could be
    /// started.
    fn look_up(&mut self, host: &str) -> Result<(), Cause>;

    /// The result of a finished lookup, one per call.
    fn answer(&mut self) -> Option<ResolvedName>;
}

/// The system's resolver, with one thread for each lookup.
pub struct Threads {
    waker: Waker,
    in_progress: Vec<Lookup>,
}

struct Lookup {
    host: String,
    job: Job<Vec<IpAddr>, Cause>,
}

/// The result of a lookup.
pub struct ResolvedName {
    pub host: String,
    pub addresses: Result<Vec<IpAddr>, Cause>,
}

impl Threads {
    pub fn new(waker: Waker) -> Self {
        Self {
            waker,
            in_progress: Vec::new(),
        }
    }

    fn begin(
        &mut self,
        host: &str,
        look_up: impl FnOnce() -> Result<Vec<IpAddr>, Cause> + Send + 'static,
    ) -> Result<(), Cause> {
        let waker = self.waker.clone();
        let wake = move || {
            waker.wake();
        };
        let job = Job::start(&format!("resolve {host}"), wake, move |_| look_up())
            .map_err(|error| failure::cause(&error))?;
        let host = host.to_owned();
        self.in_progress.push(Lookup { host, job });
        Ok(())
    }
}

impl Resolver for Threads {
    fn look_up(&mut self, host: &str) -> Result<(), Cause> {
        if self.in_progress.iter().any(|known| known.host == host) {
            return Ok(());
        }
        if self.in_progress.len() >= MAX {
            return Err(Cause::Busy);
        }
        let name = host.to_owned();
        self.begin(host, move || addresses(&name))
    }

    fn answer(&mut self) -> Option<ResolvedName> {
        let mut lookups = self.in_progress.iter().enumerate();
        let (at, outcome) = lookups.find_map(|(at, lookup)| Some((at, lookup.job.poll()?)))?;
        let Lookup { host, .. } = self.in_progress.swap_remove(at);
        let addresses = match outcome {
            JobOutcome::Done(addresses) => Ok(addresses),
            JobOutcome::Failed(cause) => Err(cause),
            JobOutcome::Died(died) => Err(failure::died_of(died)),
        };
        Some(ResolvedName { host, addresses })
    }
}

/// The addresses of a host, each once, in the order in which programs try them. Blocks for any time.
///
/// # Errors
/// [`Cause::NoSuchHost`], or the error of the system.
pub fn addresses(host: &str) -> Result<Vec<IpAddr>, Cause> {
    let no_such_host = |detail: String| Cause::NoSuchHost { detail };
    let found = (host, 0).to_socket_addrs();
    // The resolver's own errors have no number.
    let found = found.map_err(|error| match error.raw_os_error() {
        Some(code) if cfg!(unix) => Cause::System { code },
        _ => no_such_host(error.to_string()),
    })?;
    let mut addresses = Vec::new();
    for address in found {
        if !addresses.contains(&address.ip()) {
            addresses.push(address.ip());
        }
    }
    if addresses.is_empty() {
        Err(no_such_host(String::new()))
    } else {
        Ok(addresses)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::sys::poll::{Poll, Token};
    use std::time::{Duration, Instant};

    #[test]
    fn a_lookup_that_dies_is_answered_with_that() {
        let poll = Poll::new().unwrap();
        let mut resolver = Threads::new(poll.waker(Token(0)).unwrap());
        resolver.begin("h", || panic!("no resolver")).unwrap();
        let deadline = Instant::now() + Duration::from_secs(10);
        let answer = loop {
            if let Some(answer) = resolver.answer() {
                break answer;
            }
            assert!(Instant::now() < deadline);
            std::thread::yield_now();
        };
        let reason = "no resolver".to_owned();
        assert_eq!(answer.addresses, Err(Cause::Died { reason }));
        assert_eq!(answer.host, "h");
        // The name can be looked up again.
        assert!(resolver.in_progress.is_empty());
    }
}
