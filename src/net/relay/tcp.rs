//! A TCP relay: whoever connects gets a connection to the target of its own.

use super::super::Endpoint;
use super::super::acceptor::Acceptor;
use super::super::messages::{Command, Target};
use super::super::reason::Reason;
use super::super::resolve::Answer;
use super::super::role::{Desk, FIRST, Role};
use super::aim::{Aim, Found};
use super::pairs::{Close, Pairs};
use crate::payload::message::Message;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

pub struct RelayTcp {
    acceptor: Acceptor,
    aim: Aim,
    /// The target's name is being looked up.
    resolving: bool,
    pairs: Pairs,
}

impl RelayTcp {
    pub fn new(local: SocketAddr, target: Endpoint, timeout: Duration) -> Self {
        Self {
            acceptor: Acceptor::new(local),
            aim: Aim(target),
            resolving: true,
            pairs: Pairs::new(timeout),
        }
    }

    fn found(&mut self, found: Found, desk: &mut Desk<'_>) {
        let addresses = match found {
            Found::Addresses(addresses) => addresses,
            Found::Later => return,
            Found::None => Vec::new(),
        };
        self.resolving = false;
        let is_loop = |relay: &Self, desk: &mut Desk<'_>| {
            relay.aim.is_loop(relay.acceptor.local(), &addresses, desk)
        };
        if addresses.is_empty() || is_loop(self, desk) {
            return;
        }
        self.acceptor.open(desk);
        // The port is known only now, if the system chose it.
        if self.acceptor.is_open() && is_loop(self, desk) {
            return self.acceptor.close(desk);
        }
        self.pairs.set_addresses(addresses);
    }
}

impl Role for RelayTcp {
    fn start(&mut self, desk: &mut Desk<'_>) {
        let found = self.aim.find(desk);
        self.found(found, desk);
    }

    fn ready(&mut self, event: &mio::event::Event, _desk: &mut Desk<'_>) {
        if event.token() == FIRST {
            self.acceptor.ready();
        } else {
            self.pairs.ready(event);
        }
    }

    fn order(&mut self, command: Command, desk: &mut Desk<'_>) {
        match command {
            Command::Disconnect { peer } => self.pairs.close(peer, Close::Now, desk),
            Command::Finish { peer } => self.pairs.close(peer, Close::Finish, desk),
            Command::Reset { peer } => self.pairs.close(peer, Close::Reset, desk),
            Command::Release { number } => {
                let released = desk.custody.release(number);
                self.pairs.list_all(released);
            }
            Command::Discard { number } => {
                let discarded = super::discard(number, desk);
                self.pairs.list_all(discarded);
            }
            // The rest is for datagrams, or was carried out before. The end of a direction
            // is the other side's to tell.
            _ => {}
        }
    }

    fn send(&mut self, to: Target, message: &Message, reason: Reason, desk: &mut Desk<'_>) {
        self.pairs.send(&to, message, reason, desk);
    }

    fn resolved(&mut self, answer: Answer, desk: &mut Desk<'_>) {
        if let Some(found) = self.aim.resolved(answer, desk) {
            self.found(found, desk);
        }
    }

    fn work(&mut self, desk: &mut Desk<'_>) -> bool {
        // Ends before beginnings: a client may come back from the address it left.
        let more = self.pairs.work(desk);
        let pairs = &mut self.pairs;
        let accepted = self
            .acceptor
            .accept(desk, |stream, peer, desk| pairs.add(stream, peer, desk));
        accepted || more
    }

    fn deadline(&self) -> Option<Instant> {
        [self.acceptor.deadline(), self.pairs.deadline()]
            .into_iter()
            .flatten()
            .min()
    }

    fn backlog(&self, to: &Target) -> Option<usize> {
        self.pairs.backlog(to)
    }

    fn unsent(&mut self) -> Option<Vec<(SocketAddr, usize)>> {
        self.pairs.unsent()
    }

    fn is_over(&self) -> bool {
        !self.resolving && !self.acceptor.is_open()
    }

    fn close(&mut self, desk: &mut Desk<'_>) {
        self.pairs.close_all(desk);
        self.acceptor.close(desk);
    }
}
