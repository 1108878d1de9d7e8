//! Simulated stream sockets and the listen socket.

use crate::engine::sys::poll::{Registry, Token};
use crate::engine::sys::stream_socket::{StreamListener, StreamSocket};
use crate::engine::worker::simulation::memory::{CALL, Memory, ScheduledEvent};
use crate::engine::worker::simulation::streams::PeerEvent;
use crate::peer::Peer;
use std::io::{self, ErrorKind, IoSlice};

/// EMFILE (errno(3)).
const NO_DESCRIPTOR: i32 = 24;

/// The worker's side of a connection.
pub struct StreamEnd {
    world: Memory,
    number: usize,
}

impl StreamEnd {
    pub fn new(world: Memory, number: usize) -> Self {
        Self { world, number }
    }

    fn peer(&self) -> Peer {
        self.world.lock().streams[self.number].peer
    }
}

impl StreamSocket for StreamEnd {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut inside = self.world.call();
        let inside = &mut *inside;
        if inside.fault(4) {
            return Err(ErrorKind::Interrupted.into());
        }
        if inside.fault(10) {
            inside.soon(5, ScheduledEvent::Stream(self.number, PeerEvent::Again));
            return Err(ErrorKind::WouldBlock.into());
        }
        let most = inside.most();
        let wire = &mut inside.streams[self.number];
        let length = most.min(buffer.len()).min(wire.incoming.len());
        if length == 0 {
            return match wire.take_error() {
                Some(error) => Err(error),
                None if wire.ended || wire.reset => Ok(0),
                None => Err(ErrorKind::WouldBlock.into()),
            };
        }
        let bytes: Vec<u8> = wire.incoming.drain(..length).collect();
        buffer[..length].copy_from_slice(&bytes);
        inside.read.push((wire.peer, bytes));
        Ok(length)
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut inside = self.world.call();
        let inside = &mut *inside;
        if inside.fault(4) {
            return Err(ErrorKind::Interrupted.into());
        }
        let (blocks, jam) = (inside.fault(15), inside.jam_left());
        let most = inside.most();
        let wire = &mut inside.streams[self.number];
        if wire.reset {
            return Err(wire
                .take_error()
                .unwrap_or_else(|| ErrorKind::BrokenPipe.into()));
        }
        if wire.blocked || blocks || jam > 0 {
            let again = !std::mem::replace(&mut wire.blocked, true);
            if again {
                let room = ScheduledEvent::Stream(self.number, PeerEvent::Again);
                inside.soon_after(jam, 5, room);
            }
            return Err(ErrorKind::WouldBlock.into());
        }
        let length = most.min(bytes.len());
        inside.written.push((wire.peer, bytes[..length].to_vec()));
        Ok(length)
    }

    fn write_vectored(&mut self, pieces: &[IoSlice<'_>]) -> io::Result<usize> {
        let mut joined = Vec::new();
        for piece in pieces {
            let room = CALL - joined.len();
            joined.extend_from_slice(piece.get(..room).unwrap_or(piece));
        }
        self.write(&joined)
    }

    fn shutdown_write(&self) -> io::Result<()> {
        let mut inside = self.world.call();
        if inside.streams[self.number].reset {
            return Err(ErrorKind::NotConnected.into());
        }
        // Peers usually close soon after our FIN.
        inside.soon(50, ScheduledEvent::Stream(self.number, PeerEvent::End));
        Ok(())
    }

    fn take_error(&self) -> io::Result<Option<io::Error>> {
        Ok(self.world.call().streams[self.number].take_error())
    }

    fn reset_on_close(&self) -> io::Result<()> {
        match self.peer() {
            Peer::Ip(_) => Ok(()),
            // Unix sockets have no reset.
            Peer::Named(_) | Peer::Unnamed(_) => Err(ErrorKind::Unsupported.into()),
        }
    }

    fn send_at_once(&self, _on: bool) {}

    fn has_unread(&self) -> bool {
        !self.world.call().streams[self.number].incoming.is_empty()
    }

    fn receive_buffer(&self) -> Option<usize> {
        None
    }

    fn connected_from(&self) -> io::Result<Option<Peer>> {
        let made = self.world.call().streams[self.number].made;
        made.then(|| self.local()).transpose()
    }

    fn local(&self) -> io::Result<Peer> {
        Ok(match self.peer() {
            Peer::Ip(_) => ([10, 0, 0, 1], 40_000 + self.number as u16).into(),
            Peer::Named(_) | Peer::Unnamed(_) => Peer::NAMELESS,
        })
    }

    fn watch(&mut self, _: &Registry, token: Token) -> io::Result<()> {
        let mut inside = self.world.call();
        let wire = &mut inside.streams[self.number];
        wire.token = Some(token);
        let made = wire.made;
        let ready = [made, made, wire.error.is_some()];
        if ready != [false; 3] {
            inside.mark(Some(token), ready);
        }
        Ok(())
    }
}

impl Drop for StreamEnd {
    fn drop(&mut self) {
        self.world.lock().streams[self.number].open = false;
    }
}

/// A listen socket.
pub struct Clients {
    world: Memory,
    local: Peer,
}

impl Clients {
    pub fn new(world: Memory, local: Peer) -> Self {
        Self { world, local }
    }
}

impl StreamListener for Clients {
    fn accept(&self) -> io::Result<(Box<dyn StreamSocket>, Peer)> {
        let mut inside = self.world.call();
        if inside.fault(5) {
            return Err(ErrorKind::ConnectionAborted.into());
        }
        if inside.fault(5) {
            return Err(io::Error::from_raw_os_error(NO_DESCRIPTOR));
        }
        let Some(number) = inside.backlog.pop_front() else {
            return Err(ErrorKind::WouldBlock.into());
        };
        let peer = inside.streams[number].peer;
        let stream = StreamEnd::new(self.world.clone(), number);
        Ok((Box::new(stream), peer))
    }

    fn local(&self) -> io::Result<Peer> {
        Ok(self.local)
    }

    fn watch(&mut self, _: &Registry, token: Token) -> io::Result<()> {
        self.world.call().listener = Some(token);
        Ok(())
    }
}

impl Drop for Clients {
    fn drop(&mut self) {
        self.world.lock().listener = None;
    }
}
