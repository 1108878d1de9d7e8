//! Simulated stream sockets and the listen socket.

use crate::engine::sys::poll::{Registry, Token};
use crate::engine::sys::stream_socket::{StreamListener, StreamSocket};
use crate::engine::worker::simulation::world::{Happening, Inside, MILLI, Memory};
use crate::peer::Peer;
use std::io::{self, ErrorKind, IoSlice};
use std::net::SocketAddr;

/// EMFILE (errno(3)).
const NO_DESCRIPTOR: i32 = 24;

/// An action of the peer, or the end of a blocked state.
pub enum Doing {
    Made,
    Refused,
    Bytes(Vec<u8>),
    End,
    Reset,
    Again,
}

/// The simulated kernel's side of a connection.
pub struct Wire {
    peer: SocketAddr,
    token: Option<Token>,
    open: bool,
    made: bool,
    /// Received bytes that are unread.
    incoming: Vec<u8>,
    ended: bool,
    reset: bool,
    /// The pending socket error (SO_ERROR).
    error: Option<ErrorKind>,
    blocked: bool,
}

impl Wire {
    pub fn connecting(peer: SocketAddr) -> Self {
        Self {
            peer,
            token: None,
            open: true,
            made: false,
            incoming: Vec::new(),
            ended: false,
            reset: false,
            error: None,
            blocked: false,
        }
    }

    pub fn made(peer: SocketAddr) -> Self {
        Self {
            made: true,
            ..Self::connecting(peer)
        }
    }

    fn take_error(&mut self) -> Option<io::Error> {
        self.error.take().map(io::Error::from)
    }
}

impl Inside {
    /// Schedules a few sends of the peer, perhaps followed by a FIN or a reset.
    pub fn begin_script(&mut self, number: usize) {
        let mut at = 0;
        for _ in 0..self.random.usize(0..6) {
            at += self.random.u64(0..60 * MILLI);
            let length = self.random.usize(1..200);
            let bytes = self.letters(length);
            self.later(at, Happening::Stream(number, Doing::Bytes(bytes)));
        }
        at += self.random.u64(0..60 * MILLI);
        match self.random.u8(..10) {
            0..5 => self.later(at, Happening::Stream(number, Doing::End)),
            5..7 => self.later(at, Happening::Stream(number, Doing::Reset)),
            _ => {}
        }
    }

    pub fn does(&mut self, number: usize, doing: Doing) {
        let wire = &mut self.streams[number];
        if !wire.open {
            return;
        }
        let token = wire.token;
        let ready = match doing {
            Doing::Made => {
                wire.made = true;
                self.begin_script(number);
                [false, true, false]
            }
            Doing::Refused => {
                wire.error = Some(ErrorKind::ConnectionRefused);
                [true, true, true]
            }
            Doing::Bytes(bytes) if !wire.ended && !wire.reset => {
                wire.incoming.extend(bytes);
                [true, false, false]
            }
            Doing::Bytes(_) => return,
            Doing::End => {
                wire.ended = true;
                [true, false, false]
            }
            Doing::Reset => {
                (wire.reset, wire.error) = (true, Some(ErrorKind::ConnectionReset));
                [true, true, true]
            }
            Doing::Again => {
                wire.blocked = false;
                [true, true, false]
            }
        };
        self.mark(token, ready);
    }
}

/// The worker's side of a connection.
pub struct StreamEnd {
    world: Memory,
    number: usize,
}

impl StreamEnd {
    pub fn new(world: Memory, number: usize) -> Self {
        Self { world, number }
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
            inside.soon(5, Happening::Stream(self.number, Doing::Again));
            return Err(ErrorKind::WouldBlock.into());
        }
        let most = match inside.calm {
            true => usize::MAX,
            false => inside.random.usize(1..80),
        };
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
        let blocks = inside.fault(15);
        let most = match inside.calm {
            true => usize::MAX,
            false => inside.random.usize(1..80),
        };
        let wire = &mut inside.streams[self.number];
        if wire.reset {
            return Err(wire
                .take_error()
                .unwrap_or_else(|| ErrorKind::BrokenPipe.into()));
        }
        if wire.blocked || blocks {
            let again = !std::mem::replace(&mut wire.blocked, true);
            if again {
                inside.soon(5, Happening::Stream(self.number, Doing::Again));
            }
            return Err(ErrorKind::WouldBlock.into());
        }
        let length = most.min(bytes.len());
        inside.written.push((wire.peer, bytes[..length].to_vec()));
        Ok(length)
    }

    fn write_vectored(&mut self, pieces: &[IoSlice<'_>]) -> io::Result<usize> {
        let joined: Vec<u8> = pieces.iter().flat_map(|piece| piece.to_vec()).collect();
        self.write(&joined)
    }

    fn shutdown_write(&self) -> io::Result<()> {
        let mut inside = self.world.call();
        if inside.streams[self.number].reset {
            return Err(ErrorKind::NotConnected.into());
        }
        // Peers usually close soon after our FIN.
        inside.soon(50, Happening::Stream(self.number, Doing::End));
        Ok(())
    }

    fn take_error(&self) -> io::Result<Option<io::Error>> {
        Ok(self.world.call().streams[self.number].take_error())
    }

    fn reset_on_close(&self) -> io::Result<()> {
        Ok(())
    }

    fn send_at_once(&self) {}

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
        Ok(([10, 0, 0, 1], 40_000 + self.number as u16).into())
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
        Ok((Box::new(stream), peer.into()))
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
