//! Any number of clients of a TCP relay, served in turn.

use crate::automation::Schedule;
use crate::engine::command::Target;
use crate::engine::context::Context;
use crate::engine::context::reason::Reason;
use crate::engine::driver::STREAMS;
use crate::engine::kinds::relay::attempt::{Attempt, Outcome};
use crate::engine::kinds::relay::end::End;
use crate::engine::kinds::relay::pair::Pair;
use crate::engine::transport::stream::Turn;
use crate::payload::message::Message;
use crate::traffic::{Cause, Operation};
use mio::net::TcpStream;
use mio::{Interest, Token};
use std::collections::{HashMap, VecDeque};
use std::io;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

/// The largest single `read`, and so the longest piece a rule sees.
const READ: usize = 64 << 10;
/// Pairs served before the worker looks at its orders again.
const SERVED: usize = 64;

pub struct Pairs {
    /// The target's, in the order they are tried.
    addresses: Vec<SocketAddr>,
    timeout: Duration,
    by_number: HashMap<usize, Slot>,
    /// A client may have several: from one address to two of ours.
    by_client: HashMap<SocketAddr, Vec<usize>>,
    /// Pairs that may have something to do.
    ready: VecDeque<usize>,
    /// When to look at each that is being made.
    deadlines: Schedule<usize>,
    next: usize,
    buffer: Vec<u8>,
    unsent_changed: bool,
    /// The version of the network that all pairs have looked at.
    version: u64,
}

struct Slot {
    state: State,
    /// Whether it stands in the list of those that may have something to do.
    listed: bool,
}

enum State {
    Connecting(Box<Attempt>),
    Standing(Box<Pair>),
}

/// The tokens of a pair: its client's, and its target's.
fn tokens(number: usize) -> (Token, Token) {
    let first = STREAMS.0 + 2 * number;
    (Token(first), Token(first + 1))
}

impl Pairs {
    pub fn new(timeout: Duration) -> Self {
        Self {
            addresses: Vec::new(),
            timeout,
            by_number: HashMap::new(),
            by_client: HashMap::new(),
            ready: VecDeque::new(),
            deadlines: Schedule::default(),
            next: 0,
            buffer: vec![0; READ],
            unsent_changed: false,
            version: 0,
        }
    }

    pub fn set_addresses(&mut self, addresses: Vec<SocketAddr>) {
        self.addresses = addresses;
    }

    /// Takes over a client that no poll watches yet, and begins to connect for it.
    ///
    /// # Errors
    /// What the system says of watching it.
    pub fn add(
        &mut self,
        mut socket: TcpStream,
        peer: SocketAddr,
        cx: &mut Context<'_>,
    ) -> io::Result<()> {
        let number = self.next;
        let (client, target) = tokens(number);
        cx.registry
            .register(&mut socket, client, Interest::READABLE | Interest::WRITABLE)?;
        self.next += 1;
        let end = End::new(socket, peer, None);
        let mut attempt = Attempt::new(target, end, &self.addresses, self.timeout);
        if attempt.begin(cx) == Turn::Over {
            return Ok(());
        }
        if let Some(deadline) = attempt.deadline() {
            self.deadlines.push(deadline, number);
        }
        let slot = Slot {
            state: State::Connecting(Box::new(attempt)),
            listed: false,
        };
        self.by_number.insert(number, slot);
        self.by_client.entry(peer).or_default().push(number);
        self.list(number);
        Ok(())
    }

    pub fn ready(&mut self, event: &mio::event::Event) {
        let Some(place) = event.token().0.checked_sub(STREAMS.0) else {
            return;
        };
        let (number, of_client) = (place / 2, place % 2 == 0);
        let Some(slot) = self.by_number.get_mut(&number) else {
            return;
        };
        match (&mut slot.state, of_client) {
            (State::Connecting(attempt), true) => attempt.client.ready(event),
            (State::Connecting(_), false) => {}
            (State::Standing(pair), true) => pair.client.ready(event),
            (State::Standing(pair), false) => pair.target.ready(event),
        }
        self.list(number);
    }

    /// Serves pairs in turn; says whether there is more to do at once.
    pub fn work(&mut self, cx: &mut Context<'_>) -> bool {
        self.impair(cx);
        if self.deadlines.deadline().is_some() {
            let now = Instant::now();
            while let Some(number) = self.deadlines.due(now) {
                self.list(number);
            }
        }
        for _ in 0..self.ready.len().min(SERVED) {
            if !cx.sink.has_room() {
                return false;
            }
            let Some(number) = self.ready.pop_front() else {
                return false;
            };
            match self.serve(number, cx) {
                Turn::Idle => {}
                Turn::More => self.list(number),
                Turn::Over => self.remove(number),
            }
        }
        !self.ready.is_empty()
    }

    /// Has all pairs look at the network when it has changed.
    fn impair(&mut self, cx: &Context<'_>) {
        let version = cx.impair.version();
        if std::mem::replace(&mut self.version, version) == version {
            return;
        }
        let behind = self.by_number.iter().filter(|(_, slot)| match &slot.state {
            State::Standing(pair) => pair.is_behind(version),
            State::Connecting(_) => false,
        });
        let behind: Vec<usize> = behind.map(|(number, _)| *number).collect();
        behind.into_iter().for_each(|number| self.list(number));
    }

    fn serve(&mut self, number: usize, cx: &mut Context<'_>) -> Turn {
        let Some(slot) = self.by_number.get_mut(&number) else {
            return Turn::Idle;
        };
        slot.listed = false;
        let pair = match &mut slot.state {
            State::Standing(pair) => pair,
            State::Connecting(attempt) => {
                let before = attempt.deadline();
                return match attempt.check(Instant::now(), cx) {
                    Outcome::UnderWay => {
                        let new = attempt.deadline().filter(|new| Some(*new) != before);
                        if let Some(deadline) = new {
                            self.deadlines.push(deadline, number);
                        }
                        Turn::Idle
                    }
                    Outcome::Over => Turn::Over,
                    Outcome::Made(target) => {
                        self.stand(number, *target);
                        Turn::More
                    }
                };
            }
        };
        let before = (pair.client.unsent(), pair.target.unsent());
        let turn = pair.turn(&mut self.buffer, cx);
        if turn == Turn::Idle
            && let Some(deadline) = pair.deadline()
        {
            self.deadlines.push(deadline, number);
        }
        self.unsent_changed |= before != (pair.client.unsent(), pair.target.unsent());
        turn
    }

    /// The connection to the target stands.
    fn stand(&mut self, number: usize, target: End) {
        let Some(slot) = self.by_number.remove(&number) else {
            return;
        };
        let Slot { state, listed } = slot;
        let state = match state {
            State::Connecting(attempt) => {
                State::Standing(Box::new(Pair::new(number, attempt.client, target)))
            }
            standing @ State::Standing(_) => standing,
        };
        self.by_number.insert(number, Slot { state, listed });
    }

    pub fn send(&mut self, to: &Target, message: &Message, reason: Reason, cx: &mut Context<'_>) {
        let numbers = match (to, reason.client) {
            (Target::All, _) => self.by_number.keys().copied().collect(),
            (Target::Peer(_), Some(client)) => self.of_client(client),
            (Target::Peer(peer), None) => self.of_client(*peer),
            (Target::Endpoint(_), _) => Vec::new(),
        };
        let mut any = false;
        for number in numbers {
            let Some(State::Standing(pair)) =
                self.by_number.get_mut(&number).map(|slot| &mut slot.state)
            else {
                continue;
            };
            any = true;
            let bytes = cx.composer.bytes(message, pair.client.peer);
            let sent = bytes.and_then(|bytes| pair.send(to, &bytes, reason.clone(), cx.sink));
            if let Err(cause) = sent {
                let peer = cx.interfaces.show(pair.client.peer);
                cx.sink.failure(Operation::Send, peer, cause);
            }
            self.list(number);
        }
        if !any {
            let cause = Cause::NotConnected;
            cx.sink.failure(Operation::Send, to, cause);
        }
    }

    /// Does this to each pair of a client.
    pub fn close(&mut self, client: SocketAddr, how: Close, cx: &mut Context<'_>) {
        for number in self.of_client(client) {
            let Some(slot) = self.by_number.get_mut(&number) else {
                continue;
            };
            match (&mut slot.state, how) {
                (State::Standing(pair), Close::Finish) => {
                    pair.closing = true;
                    self.list(number);
                    continue;
                }
                (State::Standing(pair), Close::Now) => pair.close(&mut self.buffer, cx),
                (State::Standing(pair), Close::Reset) => pair.reset(cx),
                (State::Connecting(attempt), _) => attempt.cancel(&mut self.buffer, cx),
            }
            self.remove(number);
        }
    }

    /// Something of these was released or discarded.
    pub fn list_all(&mut self, numbers: Vec<usize>) {
        for number in numbers {
            self.list(number);
        }
    }

    pub fn deadline(&self) -> Option<Instant> {
        self.deadlines.deadline()
    }

    /// Bytes that wait for a client; of all, for the one that reads fastest.
    pub fn backlog(&self, to: &Target) -> Option<usize> {
        let unsent = |slot: &Slot| match &slot.state {
            State::Standing(pair) if !pair.client.ended => Some(pair.client.unsent()),
            _ => None,
        };
        match to {
            Target::All => self.by_number.values().filter_map(unsent).min(),
            Target::Peer(peer) => {
                let numbers = self.by_client.get(peer)?.iter();
                let slots = numbers.filter_map(|number| self.by_number.get(number));
                slots.filter_map(unsent).max()
            }
            Target::Endpoint(_) => None,
        }
    }

    /// What waits to be sent, by peer, if that changed since last asked; for the target,
    /// of all its connections.
    pub fn unsent(&mut self) -> Option<Vec<(SocketAddr, usize)>> {
        if !std::mem::take(&mut self.unsent_changed) {
            return None;
        }
        let mut waiting: HashMap<SocketAddr, usize> = HashMap::new();
        for slot in self.by_number.values() {
            if let State::Standing(pair) = &slot.state {
                for end in [&pair.client, &pair.target] {
                    if end.unsent() > 0 {
                        *waiting.entry(end.peer).or_default() += end.unsent();
                    }
                }
            }
        }
        Some(waiting.into_iter().collect())
    }

    /// Closes every pair.
    pub fn close_all(&mut self, cx: &mut Context<'_>) {
        for (_, mut slot) in self.by_number.drain() {
            match &mut slot.state {
                State::Standing(pair) => pair.close(&mut self.buffer, cx),
                State::Connecting(attempt) => attempt.cancel(&mut self.buffer, cx),
            }
        }
        self.by_client.clear();
    }

    fn of_client(&self, client: SocketAddr) -> Vec<usize> {
        self.by_client.get(&client).cloned().unwrap_or_default()
    }

    fn list(&mut self, number: usize) {
        if let Some(slot) = self.by_number.get_mut(&number)
            && !std::mem::replace(&mut slot.listed, true)
        {
            self.ready.push_back(number);
        }
    }

    /// Drops a pair, and with it its sockets and their watch.
    fn remove(&mut self, number: usize) {
        let Some(slot) = self.by_number.remove(&number) else {
            return;
        };
        let client = match &slot.state {
            State::Connecting(attempt) => attempt.client.peer,
            State::Standing(pair) => pair.client.peer,
        };
        if let Some(numbers) = self.by_client.get_mut(&client) {
            numbers.retain(|other| *other != number);
            if numbers.is_empty() {
                self.by_client.remove(&client);
            }
        }
        self.unsent_changed = true;
    }
}

/// How a pair is to be closed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Close {
    /// Once what waits is out.
    Finish,
    Now,
    Reset,
}
