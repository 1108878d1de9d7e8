//! A UDP relay: one socket for all clients, and one for each of them opposite the target.

use super::super::dispatch::Dispatch;
use super::super::messages::{Command, Target};
use super::super::pace::Pace;
use super::super::reason::Reason;
use super::super::receive::Reader;
use super::super::resolve::Answer;
use super::super::role::{Desk, FIRST, Role};
use super::super::socket::Transport;
use super::super::{Endpoint, Receiving, failure, icmp};
use super::aim::{Aim, Found};
use super::clients::Clients;
use super::door::Door;
use super::parcel::{Onward, Parcel};
use crate::automation::Piece;
use crate::automation::rules::Toward;
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

    fn found(&mut self, found: Found, desk: &mut Desk<'_>) {
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
        if self.aim.is_loop(self.local, &addresses, desk) {
            return;
        }
        match Door::open(self.local, self.receiving, desk) {
            Ok(door) => {
                self.local = door.local;
                if self.aim.is_loop(self.local, &addresses, desk) {
                    return door.close(0, target, &mut self.reader, desk);
                }
                let clients = Clients::new(target, self.idle, self.receiving);
                self.state = State::Open { door, clients };
            }
            Err(error) => {
                let cause =
                    failure::bind_cause(&error, Transport::Udp, self.local, desk.interfaces);
                desk.outbox
                    .failure(Operation::Bind, desk.interfaces.show(self.local), cause);
            }
        }
    }

    /// Passes on what clients sent; says whether there may be more.
    fn receive(&mut self, desk: &mut Desk<'_>) -> bool {
        let State::Open { door, clients } = &mut self.state else {
            return false;
        };
        let target = clients.target();
        let local = door.local;
        door.receive(&mut self.reader, desk, |datagram, read, desk| {
            let origin = Origin {
                rule: None,
                other: Some(target),
            };
            desk.outbox.datagram_for(datagram, read, origin);
            let parcel = Parcel {
                bytes: datagram.bytes,
                from: datagram.peer,
                to: target,
                toward: Toward::Target,
                connection: None,
                forgeable: !local.ip().is_loopback() && !datagram.peer.ip().is_loopback(),
            };
            let (edited, rule) = match parcel.ask(desk) {
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
            if desk.impair.sends() {
                clients.touch(datagram.peer);
                let client = datagram.peer;
                return desk.impair.send(client, bytes.into(), reason, desk.outbox);
            }
            clients.send(datagram.peer, bytes, reason, desk);
        })
    }

    /// Passes on what a bad network lets through by now.
    fn pass_late(&mut self, desk: &mut Desk<'_>) {
        let State::Open { door, clients } = &mut self.state else {
            return;
        };
        let now = Instant::now();
        while let Some((bytes, (client, reason), _)) = desk.impair.sent(now) {
            clients.send(client, &bytes, reason, desk);
        }
        while let Some((bytes, (client, reason), _)) = desk.impair.received(now) {
            door.send(client, &bytes, reason, desk);
        }
    }

    /// Passes on what was kept.
    fn release(&mut self, piece: Piece, desk: &mut Desk<'_>) {
        let State::Open { door, clients } = &mut self.state else {
            return;
        };
        let reason = Reason {
            rule: piece.rule,
            other: Some(piece.from),
            client: None,
        };
        match piece.flow.toward {
            Toward::Target => clients.send(piece.from, &piece.bytes, reason, desk),
            Toward::Client => door.send(piece.to, &piece.bytes, reason, desk),
        }
    }

    /// Sends what waits.
    fn send_waiting(&mut self, desk: &mut Desk<'_>) -> bool {
        let State::Open { door, .. } = &mut self.state else {
            return false;
        };
        door.post.work(&door.socket, desk);
        let report = |desk: &mut Desk<'_>| icmp::report(&door.socket, desk);
        let more = self
            .dispatch
            .work(&door.socket, &mut self.pace, report, desk);
        door.watch(self.dispatch.backlog() > 0, desk);
        more
    }
}

impl Role for RelayUdp {
    fn start(&mut self, desk: &mut Desk<'_>) {
        let found = self.aim.find(desk);
        self.found(found, desk);
    }

    fn ready(&mut self, event: &mio::event::Event, desk: &mut Desk<'_>) {
        let State::Open { door, clients } = &mut self.state else {
            return;
        };
        if event.token() != FIRST {
            return clients.ready(event, desk);
        }
        door.ready(event, desk);
        if event.is_writable() {
            self.dispatch.unblock();
        }
    }

    fn order(&mut self, command: Command, desk: &mut Desk<'_>) {
        match command {
            Command::Release { number } => {
                for (_, piece) in desk.custody.take(number) {
                    self.release(piece, desk);
                }
            }
            Command::Discard { number } => {
                super::discard(number, desk);
            }
            // The rest is for connections and groups, or was carried out before.
            _ => {}
        }
    }

    fn send(&mut self, to: Target, message: &Message, reason: Reason, desk: &mut Desk<'_>) {
        let bytes = match desk.composer.bytes(message, &to) {
            Ok(bytes) => bytes,
            Err(cause) => return desk.outbox.failure(Operation::Send, &to, cause),
        };
        let State::Open { door, clients } = &mut self.state else {
            return;
        };
        match (to, reason.client) {
            // What is for neither side has an endpoint.
            (Target::Peer(to), Some(client)) if to != client => {
                clients.send(client, &bytes, reason, desk);
            }
            (Target::Peer(to), _) => door.send(to, &bytes, reason, desk),
            (Target::Endpoint(to), _) => self.dispatch.send(to, bytes, reason, desk),
            (Target::All, _) => {}
        }
    }

    fn resolved(&mut self, answer: Answer, desk: &mut Desk<'_>) {
        if !matches!(self.state, State::Resolving) {
            return self.dispatch.resolved(answer, self.local, desk);
        }
        if let Some(found) = self.aim.resolved(answer, desk) {
            self.found(found, desk);
        }
    }

    fn work(&mut self, desk: &mut Desk<'_>) -> bool {
        let sending = self.send_waiting(desk);
        // What a client is answered at once is passed on in the same turn.
        let mut more = self.receive(desk) || sending;
        if let State::Open { door, clients } = &mut self.state {
            more |= clients.work(&mut self.reader, door, desk);
            door.watch(self.dispatch.backlog() > 0, desk);
        }
        self.pass_late(desk);
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

    fn close(&mut self, desk: &mut Desk<'_>) {
        // What was ordered just before still goes, if the kernel takes it.
        self.send_waiting(desk);
        let state = std::mem::replace(&mut self.state, State::Over);
        if let State::Open { door, mut clients } = state {
            let reader = &mut self.reader;
            let late = desk.impair.waiting() + desk.impair.unheard();
            let kept = self.dispatch.len() + desk.custody.len();
            let waiting = clients.close(reader, desk) + kept + late;
            door.close(waiting, clients.target(), reader, desk);
        }
    }
}
