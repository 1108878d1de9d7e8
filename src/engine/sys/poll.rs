//! Which sockets can go on, and what else wakes a worker. Only here and in the sockets
//! beside it does anything name mio.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// What a socket is watched under.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Token(pub usize);

impl From<Token> for mio::Token {
    fn from(token: Token) -> Self {
        Self(token.0)
    }
}

/// What a socket can do now.
#[derive(Clone, Copy, Debug)]
pub struct Readiness {
    pub token: Token,
    /// There is something to read, be it the end or an error.
    pub readable: bool,
    /// There is room to write, or an error.
    pub writable: bool,
    /// It met an error.
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

/// What a socket is watched for.
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

/// Where sockets are watched from.
#[derive(Debug)]
pub struct Registry(mio::Registry);

impl Registry {
    /// Watches a socket. Closing its descriptor ends that.
    ///
    /// # Errors
    /// What the system says of it.
    pub fn watch(
        &self,
        socket: &mut impl mio::event::Source,
        token: Token,
        interest: Interest,
    ) -> io::Result<()> {
        self.0.register(socket, token.into(), interest.into())
    }

    /// Watches a socket, which is watched already, for something else.
    ///
    /// # Errors
    /// What the system says of it.
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
    /// It is woken already, and has not looked yet.
    pending: Arc<AtomicBool>,
}

impl Waker {
    /// Call it behind what the worker is to find. Of many calls before it looks, one makes a
    /// system call.
    pub fn wake(&self) {
        if !self.pending.swap(true, Ordering::AcqRel) {
            // Fails only where the worker has ended.
            self.waker.wake().ok();
        }
    }

    /// The worker is about to look at everything it may have been woken for.
    pub fn looks(&self) {
        self.pending.swap(false, Ordering::AcqRel);
    }
}

pub struct Poll {
    poll: mio::Poll,
    registry: Registry,
}

/// What became ready, of one wait.
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

    /// # Errors
    /// If the system has no descriptor left.
    pub fn waker(&self, token: Token) -> io::Result<Waker> {
        let waker = mio::Waker::new(self.poll.registry(), token.into())?;
        Ok(Waker {
            waker: Arc::new(waker),
            pending: Arc::default(),
        })
    }

    /// Waits for readiness; at most so long, if that is given.
    ///
    /// # Errors
    /// What the system says of it. A signal is none.
    pub fn wait(&mut self, events: &mut Events, timeout: Option<Duration>) -> io::Result<()> {
        match self.poll.poll(&mut events.0, timeout) {
            Err(error) if error.kind() != io::ErrorKind::Interrupted => Err(error),
            _ => Ok(()),
        }
    }
}
