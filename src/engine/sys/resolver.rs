//! Host names looked up on threads of their own: `getaddrinfo` blocks for as long as it
//! likes and cannot be cancelled, so the worker must not wait for it.

use crate::engine::sys::failure;
use crate::engine::sys::poll::Waker;
use crate::traffic::Cause;
use crossbeam_channel::{Receiver, Sender};
use std::net::{IpAddr, ToSocketAddrs as _};

/// Lookups that may be under way at once.
const MOST: usize = 8;

pub struct Resolver {
    answers: Receiver<Answer>,
    answer: Sender<Answer>,
    waker: Waker,
    under_way: Vec<String>,
}

/// What a name resolved to.
pub struct Answer {
    pub host: String,
    pub addresses: Result<Vec<IpAddr>, Cause>,
}

impl Resolver {
    pub fn new(waker: Waker) -> Self {
        let (answer, answers) = crossbeam_channel::bounded(MOST);
        Self {
            answers,
            answer,
            waker,
            under_way: Vec::new(),
        }
    }

    /// Begins to look up `host`, unless that is under way already.
    ///
    /// # Errors
    /// [`Cause::Busy`] if too many lookups are under way; the system's error if no thread
    /// could be had.
    pub fn look_up(&mut self, host: &str) -> Result<(), Cause> {
        if self.under_way.iter().any(|known| known == host) {
            return Ok(());
        }
        if self.under_way.len() >= MOST {
            return Err(Cause::Busy);
        }
        let (name, answer, waker) = (host.to_owned(), self.answer.clone(), self.waker.clone());
        let lookup = move || {
            let addresses = addresses(&name);
            // Either fails only when the session has ended meanwhile.
            answer
                .send(Answer {
                    host: name,
                    addresses,
                })
                .ok();
            waker.wake();
        };
        std::thread::Builder::new()
            .name(format!("resolve {host}"))
            .spawn(lookup)
            .map_err(|error| failure::cause(&error))?;
        self.under_way.push(host.to_owned());
        Ok(())
    }

    pub fn next(&mut self) -> Option<Answer> {
        let answer = self.answers.try_recv().ok()?;
        self.under_way.retain(|host| *host != answer.host);
        Some(answer)
    }
}

fn addresses(host: &str) -> Result<Vec<IpAddr>, Cause> {
    let no_such_host = |detail: String| Cause::NoSuchHost { detail };
    let found = (host, 0)
        .to_socket_addrs()
        .map_err(|error| no_such_host(error.to_string()))?;
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
