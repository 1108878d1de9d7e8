//! What a session is opened in: the system, and in tests a world in memory whose time stands
//! until it is moved.

use crate::engine::sys::clock::Clock;
use crate::engine::sys::datagram_socket::DatagramSocket;
use crate::engine::sys::interfaces::Interfaces;
use crate::engine::sys::poll::Waker;
use crate::engine::sys::resolver::{Resolver, Threads};
use crate::engine::sys::socket::{self, ConnectError};
use crate::engine::sys::stream_socket::{StreamListener, StreamSocket};
use crate::peer::Peer;
use std::io;
use std::net::SocketAddr;

/// Its time, its names, and its sockets, which are watched by whoever opens them. Each is the
/// system's where nothing else is said.
pub trait World: Send {
    fn clock(&self) -> Clock {
        Clock::start()
    }

    fn interfaces(&self) -> Interfaces {
        Interfaces::read()
    }

    /// What looks names up, and wakes the worker when one is found.
    fn resolver(&self, waker: Waker) -> Box<dyn Resolver> {
        Box::new(Threads::new(waker))
    }

    /// See [`socket::udp`].
    ///
    /// # Errors
    /// What the system says of it, here and below.
    fn udp(
        &self,
        local: SocketAddr,
        buffer: usize,
    ) -> io::Result<(Box<dyn DatagramSocket>, usize)> {
        let (socket, granted) = socket::udp(local, buffer)?;
        Ok((Box::new(socket), granted))
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

/// The world as it is.
pub struct System;

impl World for System {}
