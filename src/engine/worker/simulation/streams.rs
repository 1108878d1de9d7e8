//! The simulated kernel's side of connections.

use crate::engine::sys::poll::Token;
use crate::peer::Peer;
use std::io::{self, ErrorKind};

/// An action of the peer, or the end of a blocked state.
pub enum PeerEvent {
    Made,
    Refused,
    Bytes(Vec<u8>),
    End,
    Reset,
    Again,
}

/// The simulated kernel's side of a connection.
pub struct Wire {
    pub peer: Peer,
    pub token: Option<Token>,
    pub open: bool,
    pub made: bool,
    /// Received bytes that are unread.
    pub incoming: Vec<u8>,
    pub ended: bool,
    pub reset: bool,
    /// The pending socket error (SO_ERROR).
    pub error: Option<ErrorKind>,
    pub blocked: bool,
}

impl Wire {
    pub fn connecting(peer: Peer) -> Self {
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

    pub fn made(peer: Peer) -> Self {
        Self {
            made: true,
            ..Self::connecting(peer)
        }
    }

    pub fn take_error(&mut self) -> Option<io::Error> {
        self.error.take().map(io::Error::from)
    }

    /// The peer acts. Returns the new readiness: reading, writing, an error. `None` if the action
    /// has no effect.
    pub fn does(&mut self, event: PeerEvent) -> Option<[bool; 3]> {
        match event {
            _ if !self.open => None,
            PeerEvent::Made => {
                self.made = true;
                Some([false, true, false])
            }
            PeerEvent::Refused => {
                self.error = Some(ErrorKind::ConnectionRefused);
                Some([true; 3])
            }
            PeerEvent::Bytes(bytes) if !self.ended && !self.reset => {
                self.incoming.extend(bytes);
                Some([true, false, false])
            }
            PeerEvent::Bytes(_) => None,
            PeerEvent::End => {
                self.ended = true;
                Some([true, false, false])
            }
            PeerEvent::Reset => {
                (self.reset, self.error) = (true, Some(ErrorKind::ConnectionReset));
                Some([true; 3])
            }
            PeerEvent::Again => {
                self.blocked = false;
                Some([true, true, false])
            }
        }
    }
}
