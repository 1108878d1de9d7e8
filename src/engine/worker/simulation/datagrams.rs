//! The simulated kernel's side of datagram sockets.

use crate::engine::sys::poll::Token;
use std::collections::VecDeque;
use std::net::SocketAddr;

/// Capacity of a receive buffer in datagrams.
const CAPACITY: usize = 8;

/// The simulated kernel's side of a socket.
pub struct Datagrams {
    pub local: SocketAddr,
    pub remote: Option<SocketAddr>,
    pub token: Option<Token>,
    pub open: bool,
    /// The receive buffer: unread datagrams, each with the number lost before it.
    pub receive_buffer: VecDeque<(SocketAddr, Vec<u8>, u32)>,
    pub lost: u32,
    /// Number of losses reported to the worker.
    pub reported: u32,
    pub blocked: bool,
    /// The worker asked for write readiness.
    pub wants_room: bool,
}

impl Datagrams {
    pub fn new(local: SocketAddr) -> Self {
        Self {
            local,
            remote: None,
            token: None,
            open: true,
            receive_buffer: VecDeque::new(),
            lost: 0,
            reported: 0,
            blocked: false,
            wants_room: false,
        }
    }

    /// A datagram arrives. Returns the token that becomes readable.
    pub fn arrives(&mut self, from: SocketAddr, bytes: Vec<u8>) -> Option<Token> {
        if !self.open || self.remote.is_some_and(|remote| remote != from) {
            return None;
        }
        if self.receive_buffer.len() >= CAPACITY {
            self.lost += 1;
            return None;
        }
        self.receive_buffer.push_back((from, bytes, self.lost));
        self.token
    }

    /// Sending is possible again. Returns the token that becomes writable.
    pub fn has_room(&mut self) -> Option<Token> {
        self.blocked = false;
        self.token.filter(|_| self.wants_room && self.open)
    }
}
