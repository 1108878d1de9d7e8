//! The environment of a session: the real system, and in tests a simulated one with a virtual
//! clock.

use crate::engine::sys::clock::Clock;
use crate::engine::sys::datagram_socket::BoundSocket;
use crate::engine::sys::interfaces::{self, Interfaces};
use crate::engine::sys::poll::Waker;
use crate::engine::sys::resolver::{Resolver, Threads};
use crate::engine::sys::socket::{self, ConnectError};
use crate::engine::sys::stream_socket::{StreamListener, StreamSocket};
use crate::peer::Peer;
use std::io;
use std::net::SocketAddr;

/// The clock, resolver, interfaces and sockets of a session. Default methods use the system.
/// The caller registers the sockets it opens.
pub trait World: Send {
    fn clock(&self) -> Clock {
        Clock::start()
    }

    fn interfaces(&self) -> Interfaces {
        Interfaces::read()
    }

    /// See [`interfaces::exists`].
    fn has_interface(&self, index: u32) -> bool {
        interfaces::exists(index)
    }

    /// A resolver that wakes the worker with its results.
    fn resolver(&self, waker: Waker) -> Box<dyn Resolver> {
        Box::new(Threads::new(waker))
    }

    /// See [`socket::udp`].
    ///
    /// # Errors
    /// The system's error.
    fn udp(&self, local: SocketAddr, buffer: usize) -> io::Result<BoundSocket> {
        socket::udp(local, buffer)
    }

    /// See [`socket::listen`].
    fn listen(&self, local: Peer) -> io::Result<Box<dyn StreamListener>> {
        socket::listen(local)
    }

    /// See [`socket::connect`].
    fn connect(
        &self,
        local: Option<SocketAddr>,
        remote: Peer,
    ) -> Result<Box<dyn StreamSocket>, ConnectError> {
        socket::connect(local, remote)
    }
}

/// The real system.
pub struct System;

impl World for System {}
