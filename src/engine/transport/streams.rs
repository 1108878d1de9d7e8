//! Any number of TCP connections in one worker, served in turn.

use crate::engine::command::{Command, Target};
use crate::engine::context::Context;
use crate::engine::context::reason::Reason;
use crate::engine::transport::stream::{Stream, Turn};
use crate::payload::message::Message;
use crate::traffic::{Cause, Operation};
use mio::{Interest, Token};
use std::collections::{HashMap, VecDeque};
use std::net::SocketAddr;
use std::time::Instant;

/// The largest single `read`, and so the longest received row.
const READ: usize = 256 << 10;
/// Connections served before the worker looks at its orders again.
const SERVED: usize = 64;

pub struct Streams {
    by_token: HashMap<Token, Stream>,
    /// A peer may have several: from one address to two of ours.
    by_peer: HashMap<SocketAddr, Vec<Token>>,
    /// Connections that may have something to do.
    ready: VecDeque<Token>,
    next: usize,
    buffer: Vec<u8>,
    close_with_peer: bool,
    unsent_changed: bool,
    /// Connections wait for a bad network.
    impaired: bool,
    /// The version of the rules that replies were last waited for of.
    rules: u64,
}

impl Streams {
    /// No connections yet; their tokens count up from `first`.
    pub fn new(first: Token, close_with_peer: bool) -> Self {
        Self {
            by_token: HashMap::new(),
            by_peer: HashMap::new(),
            ready: VecDeque::new(),
            next: first.0,
            buffer: vec![0; READ],
            close_with_peer,
            unsent_changed: false,
            impaired: false,
            rules: 0,
        }
    }

    pub fn is_empty(&self) -> bool {
        self.by_token.is_empty()
    }

    /// Takes over a connection that no poll watches yet.
    ///
    /// # Errors
    /// What the system says of watching it.
    pub fn add(
        &mut self,
        mut socket: mio::net::TcpStream,
        peer: SocketAddr,
        cx: &Context<'_>,
    ) -> std::io::Result<()> {
        let token = Token(self.next);
        cx.registry
            .register(&mut socket, token, Interest::READABLE | Interest::WRITABLE)?;
        self.next += 1;
        self.adopt(token, socket, peer, None);
        Ok(())
    }

    /// Takes over a connection that is watched under `token`.
    ///
    /// `failed` is an error it has already met: what was received before it is still read.
    pub fn adopt(
        &mut self,
        token: Token,
        socket: mio::net::TcpStream,
        peer: SocketAddr,
        failed: Option<std::io::Error>,
    ) {
        self.by_token
            .insert(token, Stream::new(socket, peer, failed));
        self.by_peer.entry(peer).or_default().push(token);
        self.list(token);
    }

    pub fn ready(&mut self, event: &mio::event::Event) {
        let Some(stream) = self.by_token.get_mut(&event.token()) else {
            return;
        };
        stream.readable |= event.is_readable() || event.is_read_closed() || event.is_error();
        stream.writable |= event.is_writable() || event.is_error();
        stream.errored |= event.is_error();
        self.list(event.token());
    }

    /// Carries out what concerns connections.
    pub fn order(&mut self, command: Command, cx: &mut Context<'_>) {
        match command {
            Command::Disconnect { peer } => self.disconnect(peer, cx),
            Command::FinishWriting { peer } => self.finish_writing(peer),
            Command::Finish { peer } => self.finish(peer),
            Command::Reset { peer } => self.reset(peer, cx),
            Command::Send { .. }
            | Command::Follow(_)
            | Command::Impair(_)
            | Command::JoinGroup { .. }
            | Command::LeaveGroup { .. }
            | Command::Repeat { .. }
            | Command::EndRepeat
            | Command::SendFile(_)
            | Command::EndFile
            | Command::Flood(_)
            | Command::EndFlood
            | Command::Record(_)
            | Command::EndRecording
            | Command::HoldAll(_)
            | Command::Release { .. }
            | Command::Discard { .. }
            | Command::Stop => {}
        }
    }

    pub fn send(&mut self, to: &Target, message: &Message, reason: Reason, cx: &mut Context<'_>) {
        let tokens: Vec<Token> = match to {
            Target::All => self.by_token.keys().copied().collect(),
            Target::Peer(peer) => self.of_peer(*peer),
            Target::Endpoint(_) => Vec::new(),
        };
        if tokens.is_empty() {
            let address = if let Target::Peer(peer) = to {
                cx.interfaces.show(*peer)
            } else {
                String::new()
            };
            cx.sink
                .failure(Operation::Send, address, Cause::NotConnected);
        }
        for token in tokens {
            let Some(stream) = self.by_token.get_mut(&token) else {
                continue;
            };
            let bytes = cx.composer.bytes(message, stream.peer);
            match bytes.and_then(|bytes| stream.enqueue(bytes, reason.clone())) {
                Ok(()) => self.list(token),
                Err(cause) => {
                    cx.sink
                        .failure(Operation::Send, cx.interfaces.show(stream.peer), cause)
                }
            }
        }
    }

    /// Bytes that wait for a peer; of all, for the one that reads fastest, since one that
    /// does not read must not hold the others back. `None` without one that takes any.
    pub fn backlog(&self, to: &Target) -> Option<usize> {
        let unsent = |stream: &Stream| stream.takes().then(|| stream.unsent());
        match to {
            Target::All => self.by_token.values().filter_map(unsent).min(),
            Target::Peer(peer) => {
                let streams = self.by_peer.get(peer)?.iter();
                let streams = streams.filter_map(|token| self.by_token.get(token));
                streams.filter_map(unsent).max()
            }
            Target::Endpoint(_) => None,
        }
    }

    fn disconnect(&mut self, peer: SocketAddr, cx: &mut Context<'_>) {
        for token in self.of_peer(peer) {
            if let Some(stream) = self.by_token.get_mut(&token) {
                stream.close(&mut self.buffer, cx.sink);
            }
            self.remove(token, cx);
        }
    }

    /// Closes once the queue is empty.
    fn finish(&mut self, peer: SocketAddr) {
        for token in self.of_peer(peer) {
            if let Some(stream) = self.by_token.get_mut(&token) {
                stream.finish();
                self.list(token);
            }
        }
    }

    fn reset(&mut self, peer: SocketAddr, cx: &mut Context<'_>) {
        for token in self.of_peer(peer) {
            if let Some(stream) = self.by_token.get(&token) {
                stream.reset(cx.sink);
            }
            self.remove(token, cx);
        }
    }

    fn finish_writing(&mut self, peer: SocketAddr) {
        for token in self.of_peer(peer) {
            if let Some(stream) = self.by_token.get_mut(&token) {
                stream.finish_writing();
                self.list(token);
            }
        }
    }

    /// When a bad network lets something through.
    pub fn deadline(&self) -> Option<Instant> {
        let now = Instant::now();
        let streams = self.by_token.values().filter(|_| self.impaired);
        streams.filter_map(|stream| stream.deadline(now)).min()
    }

    /// Brings connections to the network as it is now, and lists those whose time has
    /// come.
    fn impair(&mut self, cx: &mut Context<'_>) {
        let version = cx.impair.version();
        if version == 0 {
            return;
        }
        let now = Instant::now();
        self.impaired = cx.impair.is_bad();
        let mut due = Vec::new();
        for (token, stream) in &mut self.by_token {
            if stream.version != Some(version) {
                stream.version = Some(version);
                let way = cx.impair.stream(now);
                cx.impair.tell_slow(stream.peer, way.1.as_ref(), cx.sink);
                stream.impair(way);
                due.push(*token);
            } else if stream.is_due(now) {
                due.push(*token);
            }
        }
        due.into_iter().for_each(|token| self.list(token));
    }

    /// Where rules changed, no late reply is waited for any more.
    fn follow(&mut self, cx: &Context<'_>) {
        if std::mem::replace(&mut self.rules, cx.responder.version()) == self.rules {
            return;
        }
        let streams = self.by_token.iter();
        let parting = streams.filter(|(_, stream)| stream.is_parting());
        let parting: Vec<Token> = parting.map(|(token, _)| *token).collect();
        parting.into_iter().for_each(|token| self.list(token));
    }

    /// Serves connections in turn; says whether there is more to do at once.
    pub fn work(&mut self, cx: &mut Context<'_>) -> bool {
        self.impair(cx);
        self.follow(cx);
        for _ in 0..self.ready.len().min(SERVED) {
            if !cx.sink.has_room() {
                return false;
            }
            let Some(token) = self.ready.pop_front() else {
                return false;
            };
            let Some(stream) = self.by_token.get_mut(&token) else {
                continue;
            };
            stream.listed = false;
            let before = stream.unsent();
            let turn = stream.turn(&mut self.buffer, self.close_with_peer, cx);
            self.unsent_changed |= before != 0 || stream.unsent() != before;
            match turn {
                Turn::Idle => {}
                Turn::More => self.list(token),
                Turn::Over => self.remove(token, cx),
            }
        }
        !self.ready.is_empty()
    }

    /// What waits to be sent, by peer, if that changed since last asked.
    pub fn unsent(&mut self) -> Option<Vec<(SocketAddr, usize)>> {
        if !std::mem::take(&mut self.unsent_changed) {
            return None;
        }
        let waiting = self.by_token.values().filter(|stream| stream.unsent() > 0);
        Some(
            waiting
                .map(|stream| (stream.peer, stream.unsent()))
                .collect(),
        )
    }

    /// Closes every connection.
    pub fn close(&mut self, cx: &mut Context<'_>) {
        for stream in self.by_token.values_mut() {
            stream.close(&mut self.buffer, cx.sink);
        }
        self.by_token.clear();
        self.by_peer.clear();
    }

    fn of_peer(&self, peer: SocketAddr) -> Vec<Token> {
        self.by_peer.get(&peer).cloned().unwrap_or_default()
    }

    fn list(&mut self, token: Token) {
        if let Some(stream) = self.by_token.get_mut(&token)
            && !std::mem::replace(&mut stream.listed, true)
        {
            self.ready.push_back(token);
        }
    }

    fn remove(&mut self, token: Token, cx: &Context<'_>) {
        let Some(mut stream) = self.by_token.remove(&token) else {
            return;
        };
        if let Some(tokens) = self.by_peer.get_mut(&stream.peer) {
            tokens.retain(|other| *other != token);
            if tokens.is_empty() {
                self.by_peer.remove(&stream.peer);
            }
        }
        self.unsent_changed = true;
        // Closing the descriptor ends the watch too; this only tells mio first.
        cx.registry.deregister(&mut stream.socket).ok();
    }
}
