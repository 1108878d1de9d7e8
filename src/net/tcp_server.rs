//! A TCP server: whoever connects, until either side closes.

use super::acceptor::Acceptor;
use super::messages::{Command, Target};
use super::reason::Reason;
use super::role::{Desk, FIRST, Role, STREAMS};
use super::{resolve::Answer, streams::Streams};
use crate::payload::message::Message;
use std::net::SocketAddr;
use std::time::Instant;

pub struct TcpServer {
    acceptor: Acceptor,
    streams: Streams,
}

impl TcpServer {
    pub fn new(local: SocketAddr, close_with_peer: bool) -> Self {
        Self {
            acceptor: Acceptor::new(local),
            streams: Streams::new(STREAMS, close_with_peer),
        }
    }
}

impl Role for TcpServer {
    fn start(&mut self, desk: &mut Desk<'_>) {
        self.acceptor.open(desk);
    }

    fn ready(&mut self, event: &mio::event::Event, _desk: &mut Desk<'_>) {
        if event.token() == FIRST {
            self.acceptor.ready();
        } else {
            self.streams.ready(event);
        }
    }

    fn order(&mut self, command: Command, desk: &mut Desk<'_>) {
        self.streams.order(command, desk);
    }

    fn send(&mut self, to: Target, message: &Message, reason: Reason, desk: &mut Desk<'_>) {
        self.streams.send(&to, message, reason, desk);
    }

    fn resolved(&mut self, _answer: Answer, _desk: &mut Desk<'_>) {}

    fn work(&mut self, desk: &mut Desk<'_>) -> bool {
        // Ends before beginnings: a client may come back from the address it left.
        let more = self.streams.work(desk);
        let streams = &mut self.streams;
        let accepted = self
            .acceptor
            .accept(desk, |stream, peer, desk| streams.add(stream, peer, desk));
        accepted || more
    }

    fn deadline(&self) -> Option<Instant> {
        let paused = self.acceptor.deadline();
        paused.into_iter().chain(self.streams.deadline()).min()
    }

    fn backlog(&self, to: &Target) -> Option<usize> {
        self.streams.backlog(to)
    }

    fn unsent(&mut self) -> Option<Vec<(SocketAddr, usize)>> {
        self.streams.unsent()
    }

    fn is_over(&self) -> bool {
        !self.acceptor.is_open()
    }

    fn close(&mut self, desk: &mut Desk<'_>) {
        self.streams.close(desk);
        self.acceptor.close(desk);
    }
}
