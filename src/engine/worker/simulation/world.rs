//! The simulated system: a virtual clock, sockets with random faults, and scripted peers. One
//! seed determines all of it.

use crate::engine::sys::clock::Clock;
use crate::engine::sys::datagram_socket::BoundSocket;
use crate::engine::sys::interfaces::Interfaces;
use crate::engine::sys::poll::Waker;
use crate::engine::sys::resolver::{ResolvedName, Resolver};
use crate::engine::sys::socket::ConnectError;
use crate::engine::sys::stream_socket::{StreamListener, StreamSocket};
use crate::engine::sys::world::World;
use crate::engine::worker::simulation::datagram_end::DatagramEnd;
use crate::engine::worker::simulation::datagrams::Datagrams;
use crate::engine::worker::simulation::memory::{Memory, ScheduledEvent};
use crate::engine::worker::simulation::stream_end::{Clients, StreamEnd};
use crate::engine::worker::simulation::streams::{PeerEvent, Wire};
use crate::peer::Peer;
use crate::traffic::Cause;
use std::io::{self, ErrorKind};
use std::net::SocketAddr;

impl World for Memory {
    fn clock(&self) -> Clock {
        Clock::by_hand(self.lock().moved)
    }

    fn interfaces(&self) -> Interfaces {
        Interfaces::default()
    }

    fn resolver(&self, _: Waker) -> Box<dyn Resolver> {
        Box::new(SimulatedResolver(self.clone()))
    }

    fn udp(&self, local: SocketAddr, buffer: usize) -> io::Result<BoundSocket> {
        let mut inside = self.call();
        inside.datagrams.push(Datagrams::new(local));
        let socket = DatagramEnd::new(self.clone(), inside.datagrams.len() - 1);
        Ok(BoundSocket {
            socket: Box::new(socket),
            granted: buffer,
        })
    }

    fn listen(&self, local: Peer) -> io::Result<Box<dyn StreamListener>> {
        Ok(Box::new(Clients::new(self.clone(), local)))
    }

    fn connect(
        &self,
        _: Option<SocketAddr>,
        remote: Peer,
    ) -> Result<Box<dyn StreamSocket>, ConnectError> {
        let mut inside = self.call();
        let number = inside.streams.len();
        if let Peer::Named(_) = remote {
            // A Unix socket connects at once or not at all (unix(7)).
            if inside.random.u8(..10) == 0 {
                return Err(ConnectError::Connect(ErrorKind::ConnectionRefused.into()));
            }
            inside.streams.push(Wire::made(remote));
            inside.begin_script(number);
            return Ok(Box::new(StreamEnd::new(self.clone(), number)));
        }
        inside.streams.push(Wire::connecting(remote));
        match inside.random.u8(..10) {
            // No answer: the dial times out.
            0 => {}
            1 => inside.soon(50, ScheduledEvent::Stream(number, PeerEvent::Refused)),
            _ => inside.soon(50, ScheduledEvent::Stream(number, PeerEvent::Made)),
        }
        Ok(Box::new(StreamEnd::new(self.clone(), number)))
    }
}

/// A resolver whose answers take time and may fail.
struct SimulatedResolver(Memory);

impl Resolver for SimulatedResolver {
    fn look_up(&mut self, host: &str) -> Result<(), Cause> {
        let mut inside = self.0.call();
        if !inside.asked.iter().any(|asked| asked == host) {
            inside.asked.push(host.to_owned());
            inside.soon(200, ScheduledEvent::Found(host.to_owned()));
        }
        Ok(())
    }

    fn answer(&mut self) -> Option<ResolvedName> {
        self.0.lock().answers.pop_front()
    }
}
