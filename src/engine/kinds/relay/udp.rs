//! A UDP relay: one socket for all clients, and one for each of them opposite the target.

use crate::automation::Piece;
use crate::automation::rules::Toward;
use crate::engine::command::Receiving;
use crate::engine::command::{Command, Target};
use crate::engine::context::Context;
use crate::engine::context::reason::Reason;
use crate::engine::driver::{Driver, FIRST};
use crate::engine::kinds::relay::aim::{Aim, Found};
use crate::engine::kinds::relay::clients::Clients;
use crate::engine::kinds::relay::door::Door;
use crate::engine::kinds::relay::parcel::{Onward, Parcel};
use crate::engine::sys::endpoint::Endpoint;
use crate::engine::sys::failure;
use crate::engine::sys::receive::Reader;
use crate::engine::sys::resolver::Answer;
use crate::engine::sys::socket::Transport;
use crate::engine::transport::coalescing::Pace;
use crate::engine::transport::dispatch::Dispatch;
use crate::engine::transport::icmp;
use crate::payload::message::Message;
use crate::traffic::{Operation, Origin};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

pub struct RelayUdp {
    local: SocketAddr,
    aim: Aim,
    idle: Duration,
    receiving: Receiving,
    reader: Reader,
    state: State,
    /// What is sent to others than clients and target.
    dispatch: Dispatch,
    pace: Pace,
}

#[expect(
    clippy::large_enum_variant,
    reason = "there is one in a session, and it is open for nearly all of it"
)]
enum State {
    Resolving,
    Open { door: Door, clients: Clients },
    Over,
}

impl RelayUdp {
    pub fn new(local: SocketAddr, target: Endpoint, idle: Duration, receiving: Receiving) -> Self {
        Self {
            local,
            aim: Aim(target),
            idle,
            receiving,
            reader: Reader::new(),
            state: State::Resolving,
            dispatch: Dispatch::spared(),
            pace: Pace::new(Instant::now()),
        }
    }

    fn found(&mut self, found: Found, cx: &mut Context<'_>) {
        let addresses = match found {
            Found::Addresses(addresses) => addresses,
            Found::Later => return,
            Found::None => Vec::new(),
        };
        self.state = State::Over;
        // Nobody says which address of a name answers: the one like ours is likeliest.
        let alike = |address: &&SocketAddr| address.is_ipv4() == self.local.is_ipv4();
        let target = addresses.iter().find(alike).or(addresses.first()).copied();
        let Some(target) = target else {
            return;
        };
        if self.aim.is_loop(self.local, &addresses, cx) {
            return;
        }
        match Door::open(self.local, self.receiving, cx) {
            Ok(door) => {
                self.local = door.local;
                if self.aim.is_loop(self.local, &addresses, cx) {
                    return door.close(0, target, &mut self.reader, cx);
                }
                let clients = Clients::new(target, self.idle, self.receiving);
                self.state = State::Open { door, clients };
            }
            Err(error) => {
                let cause = failure::bind_cause(&error, Transport::Udp, self.local, cx.interfaces);
                cx.sink
                    .failure(Operation::Bind, cx.interfaces.show(self.local), cause);
            }
        }
    }

    /// Passes on what clients sent; says whether there may be more.
    fn receive(&mut self, cx: &mut Context<'_>) -> bool {
        let State::Open { door, clients } = &mut self.state else {
            return false;
        };
        let target = clients.target();
        let local = door.local;
        door.receive(&mut self.reader, cx, |datagram, read, cx| {
            let origin = Origin {
                rule: None,
                other: Some(target),
            };
            cx.sink.datagram_for(datagram, read, origin);
            let parcel = Parcel {
                bytes: datagram.bytes,
                from: datagram.peer,
                to: target,
                toward: Toward::Target,
                connection: None,
                forgeable: !local.ip().is_loopback() && !datagram.peer.ip().is_loopback(),
            };
            let (edited, rule) = match parcel.ask(cx) {
                Onward::AsItCame => (None, None),
                Onward::Edited(bytes, rule) => (Some(bytes), Some(rule)),
                Onward::Nothing => return clients.touch(datagram.peer),
            };
            let reason = Reason {
                rule,
                other: Some(datagram.peer),
                client: None,
            };
            let bytes = edited.as_deref().unwrap_or(datagram.bytes);
            if cx.impair.sends() {
                clients.touch(datagram.peer);
                let client = datagram.peer;
                return cx.impair.send(client, bytes.into(), reason, cx.sink);
            }
            clients.send(datagram.peer, bytes, reason, cx);
        })
    }

    /// Passes on what a bad network lets through by now.
    fn pass_late(&mut self, cx: &mut Context<'_>) {
        let State::Open { door, clients } = &mut self.state else {
            return;
        };
        let now = Instant::now();
        while let Some((bytes, (client, reason), _)) = cx.impair.sent(now) {
            clients.send(client, &bytes, reason, cx);
        }
        while let Some((bytes, (client, reason), _)) = cx.impair.received(now) {
            door.send(client, &bytes, reason, cx);
        }
    }

    /// Passes on what was kept.
    fn release(&mut self, piece: Piece, cx: &mut Context<'_>) {
        let State::Open { door, clients } = &mut self.state else {
            return;
        };
        let reason = Reason {
            rule: piece.rule,
            other: Some(piece.from),
            client: None,
        };
        match piece.flow.toward {
            Toward::Target => clients.send(piece.from, &piece.bytes, reason, cx),
            Toward::Client => door.send(piece.to, &piece.bytes, reason, cx),
        }
    }

    /// Sends what waits.
    fn send_waiting(&mut self, cx: &mut Context<'_>) -> bool {
        let State::Open { door, .. } = &mut self.state else {
            return false;
        };
        door.post.work(&door.socket, cx);
        let report = |cx: &mut Context<'_>| icmp::report(&door.socket, cx);
        let more = self.dispatch.work(&door.socket, &mut self.pace, report, cx);
        door.watch(self.dispatch.backlog() > 0, cx);
        more
    }
}

impl Driver for RelayUdp {
    fn start(&mut self, cx: &mut Context<'_>) {
        let found = self.aim.find(cx);
        self.found(found, cx);
    }

    fn ready(&mut self, event: &mio::event::Event, cx: &mut Context<'_>) {
        let State::Open { door, clients } = &mut self.state else {
            return;
        };
        if event.token() != FIRST {
            return clients.ready(event, cx);
        }
        door.ready(event, cx);
        if event.is_writable() {
            self.dispatch.unblock();
        }
    }

    fn order(&mut self, command: Command, cx: &mut Context<'_>) {
        match command {
            Command::Release { number } => {
                for (_, piece) in cx.custody.take(number) {
                    self.release(piece, cx);
                }
            }
            Command::Discard { number } => {
                crate::engine::kinds::relay::discard(number, cx);
            }
            // The rest is for connections and groups, or was carried out before.
            _ => {}
        }
    }

    fn send(&mut self, to: Target, message: &Message, reason: Reason, cx: &mut Context<'_>) {
        let bytes = match cx.composer.bytes(message, &to) {
            Ok(bytes) => bytes,
            Err(cause) => return cx.sink.failure(Operation::Send, &to, cause),
        };
        let State::Open { door, clients } = &mut self.state else {
            return;
        };
        match (to, reason.client) {
            // What is for neither side has an endpoint.
            (Target::Peer(to), Some(client)) if to != client => {
                clients.send(client, &bytes, reason, cx);
            }
            (Target::Peer(to), _) => door.send(to, &bytes, reason, cx),
            (Target::Endpoint(to), _) => self.dispatch.send(to, bytes, reason, cx),
            (Target::All, _) => {}
        }
    }

    fn resolved(&mut self, answer: Answer, cx: &mut Context<'_>) {
        if !matches!(self.state, State::Resolving) {
            return self.dispatch.resolved(answer, self.local, cx);
        }
        if let Some(found) = self.aim.resolved(answer, cx) {
            self.found(found, cx);
        }
    }

    fn work(&mut self, cx: &mut Context<'_>) -> bool {
        let sending = self.send_waiting(cx);
        // What a client is answered at once is passed on in the same turn.
        let mut more = self.receive(cx) || sending;
        if let State::Open { door, clients } = &mut self.state {
            more |= clients.work(&mut self.reader, door, cx);
            door.watch(self.dispatch.backlog() > 0, cx);
        }
        self.pass_late(cx);
        more
    }

    fn deadline(&self) -> Option<Instant> {
        let State::Open { door, clients } = &self.state else {
            return None;
        };
        [door.deadline(), clients.deadline()]
            .into_iter()
            .flatten()
            .min()
    }

    fn backlog(&self, _to: &Target) -> Option<usize> {
        let State::Open { door, .. } = &self.state else {
            return None;
        };
        Some(self.dispatch.backlog().saturating_add(door.post.bytes()))
    }

    fn unsent(&mut self) -> Option<Vec<(SocketAddr, usize)>> {
        None
    }

    fn is_over(&self) -> bool {
        matches!(self.state, State::Over)
    }

    fn close(&mut self, cx: &mut Context<'_>) {
        // What was ordered just before still goes, if the kernel takes it.
        self.send_waiting(cx);
        let state = std::mem::replace(&mut self.state, State::Over);
        if let State::Open { door, mut clients } = state {
            let reader = &mut self.reader;
            let late = cx.impair.waiting() + cx.impair.unheard();
            let kept = self.dispatch.len() + cx.custody.len();
            let waiting = clients.close(reader, cx) + kept + late;
            door.close(waiting, clients.target(), reader, cx);
        }
    }
}
