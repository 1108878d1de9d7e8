//! The seam between the worker, which knows threads and time, and the part of a session
//! that knows its protocol.

use super::Interfaces;
use super::composer::Composer;
use super::impair::Impair;
use super::messages::{Command, Target};
use super::outbox::Outbox;
use super::reason::Reason;
use super::resolve::{Answer, Resolver};
use super::responder::{Circumstances, Due, Responder};
use crate::automation::Custody;
use crate::automation::rules::Heard;
use crate::payload::message::Message;
use mio::{Registry, Token, Waker};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Instant;

/// Rung for orders and for names that were looked up.
pub const WAKE: Token = Token(0);
/// The time of something to do has come.
pub const ALARM: Token = Token(usize::MAX - 1);
/// A role's own socket.
pub const FIRST: Token = Token(1);
/// The first of a server's connections.
pub const STREAMS: Token = Token(2);

/// What a role needs of its worker while it acts.
pub struct Desk<'a> {
    pub registry: &'a Registry,
    pub outbox: &'a mut Outbox,
    pub resolver: &'a mut Resolver,
    pub interfaces: &'a Interfaces,
    pub composer: &'a mut Composer,
    pub responder: &'a mut Responder,
    pub impair: &'a mut Impair,
    /// What a relay keeps until it is released by hand.
    pub custody: &'a mut Custody,
    pub waker: &'a Arc<Waker>,
}

impl Desk<'_> {
    /// Writes the row of TCP bytes that came, and asks the rules of them.
    pub fn received(&mut self, peer: SocketAddr, bytes: &[u8]) {
        self.outbox.received(peer, bytes);
        let heard = Heard::new(peer, bytes);
        let known = Circumstances {
            forgeable: false,
            client: None,
            interfaces: self.interfaces,
        };
        self.responder
            .hear(&heard, known, self.composer, self.outbox);
    }
}

/// The part of a session that knows its protocol. No method blocks.
pub trait Role {
    /// Opens the sockets; what happens is a row either way.
    fn start(&mut self, desk: &mut Desk<'_>);
    /// A socket became readable or writable.
    fn ready(&mut self, event: &mio::event::Event, desk: &mut Desk<'_>);
    fn order(&mut self, command: Command, desk: &mut Desk<'_>);
    /// Sends what somebody typed, or what there is another reason for.
    fn send(&mut self, to: Target, message: &Message, reason: Reason, desk: &mut Desk<'_>);
    /// Does what a rule asked for and its time has come for.
    fn carry_out(&mut self, due: Due, desk: &mut Desk<'_>) {
        match due {
            Due::Send(to, bytes, reason) => self.send(to, &Message::from(bytes), reason, desk),
            Due::Close(peer) => self.order(Command::Finish { peer }, desk),
            Due::Reset(peer) => self.order(Command::Reset { peer }, desk),
        }
    }
    /// A name asked of the resolver was looked up.
    fn resolved(&mut self, answer: Answer, desk: &mut Desk<'_>);
    /// Does a bounded piece of reading and writing; says whether more can be done at once.
    fn work(&mut self, desk: &mut Desk<'_>) -> bool;
    /// When `work` must be called even if nothing becomes ready.
    fn deadline(&self) -> Option<Instant>;
    /// How long to let data gather before looking at the sockets again; `None` to look
    /// as soon as something is there.
    fn gather(&self) -> Option<std::time::Duration> {
        None
    }
    /// The bytes that wait for each TCP peer, if that changed since last asked.
    fn unsent(&mut self) -> Option<Vec<(SocketAddr, usize)>>;
    /// Bytes that wait for the kernel to take them, of the fastest of several peers; `None`
    /// if there is nobody to send to.
    fn backlog(&self, to: &Target) -> Option<usize>;
    /// Whether nothing can happen any more.
    fn is_over(&self) -> bool;
    /// Closes what is open, with a row each.
    fn close(&mut self, desk: &mut Desk<'_>);
}
