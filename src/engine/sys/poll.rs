//! Polling: readiness of sockets and the waker of a worker. Only this file and the sockets beside
//! it use mio.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// Identifies a registered socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Token(pub usize);

impl From<Token> for mio::Token {
    fn from(token: Token) -> Self {
        Self(token.0)
    }
}

/// The readiness of a socket.
#[derive(Clone, Copy, Debug)]
pub struct Readiness {
    pub token: Token,
    /// A read returns bytes, the end of the stream or an error.
    pub readable: bool,
    /// A write has room or returns an error.
    pub writable: bool,
    /// The socket has an error (EPOLLERR).
    pub error: bool,
}

impl From<&mio::event::Event> for Readiness {
    fn from(event: &mio::event::Event) -> Self {
        let error = event.is_error();
        Self {
            token: Token(event.token().0),
            readable: event.is_readable() || event.is_read_closed() || error,
            writable: event.is_writable() || error,
            error,
        }
    }
}

/// The requested readiness.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Interest {
    Read,
    ReadAndWrite,
}

impl From<Interest> for mio::Interest {
    fn from(interest: Interest) -> Self {
        match interest {
            Interest::Read => Self::READABLE,
            Interest::ReadAndWrite => Self::READABLE | Self::WRITABLE,
        }
    }
}

/// Registers sockets with a poll.
#[derive(Debug)]
pub struct Registry(mio::Registry);

impl Registry {
    /// Registers a socket. Closing its descriptor ends the registration.
    ///
    /// # Errors
    /// The system's error.
    pub fn watch(
        &self,
        socket: &mut impl mio::event::Source,
        token: Token,
        interest: Interest,
    ) -> io::Result<()> {
        self.0.register(socket, token.into(), interest.into())
    }

    /// Changes the requested readiness of a registered socket.
    ///
    /// # Errors
    /// The system's error.
    pub fn change(
        &self,
        socket: &mut impl mio::event::Source,
        token: Token,
        interest: Interest,
    ) -> io::Result<()> {
        self.0.reregister(socket, token.into(), interest.into())
    }
}

/// Wakes a worker from another thread.
#[derive(Clone, Debug)]
pub struct Waker {
    waker: Arc<mio::Waker>,
    /// Whether a wake-up is pending.
    pending: Arc<AtomicBool>,
}

impl Waker {
    /// Wakes the worker; call it after the work is queued. Until the worker looks, only the first
    /// call makes a system call.
    pub fn wake(&self) {
        if !self.pending.swap(true, Ordering::AcqRel) {
            // Fails only if the worker has ended.
            self.waker.wake().ok();
        }
    }

    /// Clears the pending wake-up; call it before looking for queued work.
    pub fn looks(&self) {
        self.pending.swap(false, Ordering::AcqRel);
    }
}

/// Waits for the readiness of registered sockets (epoll(7), kqueue(2) or IOCP).
pub struct Poll {
    poll: mio::Poll,
    registry: Registry,
}

/// The events of one wait.
pub struct Events(mio::Events);

impl Events {
    pub fn new() -> Self {
        Self(mio::Events::with_capacity(1024))
    }

    pub fn ready(&self) -> impl Iterator<Item = Readiness> {
        self.0.iter().map(Readiness::from)
    }
}

impl Poll {
    /// A poll without sockets.
    ///
    /// # Errors
    /// If the system has no descriptor left.
    pub fn new() -> io::Result<Self> {
        let poll = mio::Poll::new()?;
        Ok(Self {
            registry: Registry(poll.registry().try_clone()?),
            poll,
        })
    }

    pub fn registry(&self) -> &Registry {
        &self.registry
    }

    /// A waker of this poll; a wake-up is an event of this token.
    ///
    /// # Errors
    /// If the system has no descriptor left.
    pub fn waker(&self, token: Token) -> io::Result<Waker> {
        let waker = mio::Waker::new(self.poll.registry(), token.into())?;
        Ok(Waker {
            waker: Arc::new(waker),
            pending: Arc::default(),
        })
    }

    /// Waits for readiness, at most for `timeout` if there is one.
    ///
    /// # Errors
    /// The system's error. An interruption by a signal returns `Ok` without events.
    pub fn wait(&mut self, events: &mut Events, timeout: Option<Duration>) -> io::Result<()> {
        match self.poll.poll(&mut events.0, timeout) {
            Err(error) if error.kind() != io::ErrorKind::Interrupted => Err(error),
            _ => Ok(()),
        }
    }
}
