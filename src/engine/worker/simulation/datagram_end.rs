//! Simulated datagram sockets.

use crate::engine::sys::datagram_socket::{Datagram, DatagramSocket};
use crate::engine::sys::poll::{Interest, Registry, Token};
use crate::engine::worker::simulation::memory::{Memory, ScheduledEvent};
use std::io::{self, ErrorKind};
use std::net::SocketAddr;

/// errno(3) numbers on Linux; other systems differ.
const NO_BUFFER: i32 = 105;
const NO_ROUTE: i32 = 113;
const TOO_LONG: i32 = 90;

/// The worker's side of a socket.
pub struct DatagramEnd {
    world: Memory,
    number: usize,
}

impl DatagramEnd {
    pub fn new(world: Memory, number: usize) -> Self {
        Self { world, number }
    }
}

impl DatagramSocket for DatagramEnd {
    fn receive<'a>(&self, buffer: &'a mut [u8]) -> io::Result<Datagram<'a>> {
        let mut inside = self.world.call();
        let inside = &mut *inside;
        if inside.fault(5) {
            return Err(ErrorKind::Interrupted.into());
        }
        // The pause after it would keep a crowd away from the queues.
        let may_fail = inside.datagrams[self.number].remote.is_none() && !inside.crowded;
        if may_fail && inside.fault(2) {
            return Err(io::Error::from_raw_os_error(NO_BUFFER));
        }
        let socket = &mut inside.datagrams[self.number];
        let Some((from, bytes, lost)) = socket.receive_buffer.pop_front() else {
            return Err(ErrorKind::WouldBlock.into());
        };
        socket.reported = lost;
        let slot = &mut buffer[..bytes.len()];
        slot.copy_from_slice(&bytes);
        inside.read.push((from.into(), bytes));
        Ok(Datagram {
            lost: Some(lost),
            ..Datagram::bare(slot, from)
        })
    }

    fn send(&self, bytes: &[u8], to: Option<SocketAddr>) -> io::Result<usize> {
        let mut inside = self.world.call();
        let inside = &mut *inside;
        if inside.datagrams[self.number].blocked {
            return Err(ErrorKind::WouldBlock.into());
        }
        let jam = inside.jam_left();
        if inside.fault(15) || jam > 0 {
            inside.datagrams[self.number].blocked = true;
            inside.soon_after(jam, 5, ScheduledEvent::Room(self.number));
            return Err(ErrorKind::WouldBlock.into());
        }
        if inside.fault(4) {
            return Err(ErrorKind::Interrupted.into());
        }
        for code in [NO_ROUTE, TOO_LONG] {
            if inside.fault(4) {
                return Err(io::Error::from_raw_os_error(code));
            }
        }
        let remote = inside.datagrams[self.number].remote;
        let to = to.or(remote).unwrap();
        inside.written.push((to.into(), bytes.to_vec()));
        // The upstream of a relay may answer.
        if let Some(remote) = remote
            && inside.random.u8(..10) < 7
        {
            let answer = inside.letters(20);
            inside.soon(20, ScheduledEvent::Datagram(self.number, remote, answer));
        }
        Ok(bytes.len())
    }

    fn connect(&self, remote: SocketAddr) -> io::Result<()> {
        self.world.call().datagrams[self.number].remote = Some(remote);
        Ok(())
    }

    fn allow_broadcast(&self) -> io::Result<()> {
        Ok(())
    }

    fn local(&self) -> io::Result<SocketAddr> {
        let local = self.world.lock().datagrams[self.number].local;
        Ok(match local.port() {
            0 => ([10, 0, 0, 1], 50_000 + self.number as u16).into(),
            _ => local,
        })
    }

    fn watch(&mut self, _: &Registry, token: Token) -> io::Result<()> {
        let mut inside = self.world.lock();
        inside.datagrams[self.number].token = Some(token);
        if !inside.datagrams[self.number].receive_buffer.is_empty() {
            inside.mark(Some(token), [true, false, false]);
        }
        Ok(())
    }

    fn watch_for(&mut self, _: &Registry, token: Token, what: Interest) -> io::Result<()> {
        let mut inside = self.world.lock();
        let wants_room = what == Interest::ReadAndWrite;
        let socket = &mut inside.datagrams[self.number];
        socket.wants_room = wants_room;
        // Like epoll(7), reports at once a condition that already holds.
        let ready = [
            !socket.receive_buffer.is_empty(),
            wants_room && !socket.blocked,
            false,
        ];
        if ready != [false; 3] {
            inside.mark(Some(token), ready);
        }
        Ok(())
    }
}

impl Drop for DatagramEnd {
    fn drop(&mut self) {
        self.world.lock().datagrams[self.number].open = false;
    }
}
