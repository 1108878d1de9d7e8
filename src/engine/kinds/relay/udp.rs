//! A UDP relay: one socket for all clients, and an upstream socket for each client.

use crate::automation::InterceptedPacket;
use crate::automation::rules::{RelayDirection, RuleGroup};
use crate::engine::command::{QueuedBytes, Receiving, Setup, Target};
use crate::engine::context::Context;
use crate::engine::context::reason::Reason;
use crate::engine::driver::{Driver, FIRST};
use crate::engine::kinds::relay::flow_table::FlowTable;
use crate::engine::kinds::relay::proxied_connection::for_peer;
use crate::engine::kinds::relay::relayed_packet::{ForwardedPacket, RelayedPacket};
use crate::engine::kinds::relay::upstream::{Upstream, UpstreamLookup};
use crate::engine::sys::failure;
use crate::engine::sys::poll::Readiness;
use crate::engine::sys::receive::BatchReceiver;
use crate::engine::sys::resolver::ResolvedName;
use crate::engine::sys::socket::Transport;
use crate::engine::transport::admission::Admission;
use crate::engine::transport::dispatch::Dispatch;
use crate::engine::transport::udp_socket::UdpSocket;
use crate::payload::message::Message;
use crate::peer::Peer;
use crate::traffic::{Cause, Notice, Operation};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

/// Datagrams read from clients per turn, so that answers are read in between.
const READ: usize = 256;

struct RelayUdp {
    local: SocketAddr,
    upstream: Upstream,
    idle: Duration,
    receiving: Receiving,
    admission: Admission,
    reader: BatchReceiver,
    state: RelayState,
    /// Sends to destinations other than clients and the upstream.
    dispatch: Dispatch,
}

enum RelayState {
    Resolving,
    Open {
        /// The listening socket, which receives from clients and answers them.
        clients: Box<UdpSocket>,
        flows: Box<FlowTable>,
    },
    Over,
}

pub fn make(setup: Setup) -> Option<Box<dyn Driver + Send>> {
    Some(Box::new(RelayUdp {
        local: setup.local?.address()?,
        upstream: Upstream(setup.remote?.endpoint()?),
        idle: setup.idle,
        receiving: setup.receiving,
        admission: Admission::new(setup.allowed),
        reader: BatchReceiver::new(),
        state: RelayState::Resolving,
        dispatch: Dispatch::bypassing(),
    }))
}

impl RelayUdp {
    fn found(&mut self, found: UpstreamLookup, cx: &mut Context<'_>) {
        let addresses = match found {
            UpstreamLookup::Addresses(addresses) => addresses,
            UpstreamLookup::Later => return,
            UpstreamLookup::None => Vec::new(),
        };
        self.state = RelayState::Over;
        // Nothing says which address of a name answers: one of our own family is the likeliest.
        let alike = |address: &&SocketAddr| address.is_ipv4() == self.local.is_ipv4();
        let target = addresses.iter().find(alike).or(addresses.first()).copied();
        let Some(target) = target else {
            return;
        };
        if self.upstream.is_loop(self.local, &addresses, cx) {
            return;
        }
        match UdpSocket::bind(self.local, self.receiving, FIRST, cx) {
            Ok(mut clients) => {
                clients.answers_clients = true;
                self.local = clients.local;
                cx.sink.notice(Notice::Bound {
                    local: self.local.into(),
                    receive_buffer: clients.receive_buffer,
                    asked: self.receiving.buffer,
                });
                if self.upstream.is_loop(self.local, &addresses, cx) {
                    return self.unbind(clients, 0, target, cx);
                }
                let flows = Box::new(FlowTable::new(target, self.idle, self.receiving));
                let clients = Box::new(clients);
                self.state = RelayState::Open { clients, flows };
            }
            Err(error) => {
                let cause = failure::bind_cause(&error, Transport::Udp, self.local, cx.interfaces);
                let local = cx.interfaces.show(self.local);
                cx.sink.failure(Operation::Bind, local, cause);
            }
        }
    }

    /// Closes the clients' socket. `waiting` is the number of further datagrams that were not sent.
    fn unbind(
        &mut self,
        mut clients: UdpSocket,
        waiting: usize,
        target: SocketAddr,
        cx: &mut Context<'_>,
    ) {
        let unread = clients.finish(for_peer(target.into()), &mut self.reader, cx);
        let unsent = waiting + unread + clients.waiting();
        let local = clients.local;
        drop(clients);
        let local = local.into();
        cx.sink.notice(Notice::Unbound { local, unsent });
    }

    /// Forwards datagrams of clients. Returns whether more may be ready.
    fn receive(&mut self, cx: &mut Context<'_>) -> bool {
        let RelayState::Open { clients, flows } = &mut self.state else {
            return false;
        };
        let (target, local) = (flows.target(), clients.local);
        let admission = &mut self.admission;
        clients.receive(&mut self.reader, READ, cx, |datagram, read, cx| {
            if !admission.admits(datagram.peer.into(), cx.sink) {
                return;
            }
            cx.sink.datagram(datagram, read, for_peer(target.into()));
            let client = datagram.peer;
            let packet = RelayedPacket {
                bytes: datagram.bytes,
                from: client.into(),
                to: target.into(),
                toward: RelayDirection::Target,
                pair: None,
                connection: None,
                forgeable: !local.ip().is_loopback() && !client.ip().is_loopback(),
                asks: RuleGroup::All,
            };
            let Some(ForwardedPacket { edited, rule }) = packet.ask(cx) else {
                return flows.touch(client, cx.now);
            };
            let reason = Reason::passed_on(rule, client.into());
            let bytes = edited.as_deref().unwrap_or(datagram.bytes);
            if cx.impair.impairs_outgoing() {
                flows.touch(client, cx.now);
                return cx.impair.enqueue_outgoing(
                    client.into(),
                    bytes.into(),
                    reason,
                    cx.now,
                    cx.sink,
                );
            }
            flows.send(client, bytes, reason, cx);
        })
    }

    /// Forwards datagrams that left the simulated network.
    fn pass_late(&mut self, cx: &mut Context<'_>) {
        let RelayState::Open { clients, flows } = &mut self.state else {
            return;
        };
        let now = cx.now;
        while let Some(due) = cx.impair.next_outgoing(now) {
            if let Peer::Ip(client) = due.tag.peer {
                flows.send(client, &due.bytes, due.tag.reason, cx);
            }
        }
        while let Some(due) = cx.impair.next_relayed(now) {
            if let Peer::Ip(client) = due.tag.peer {
                clients.send(client, &due.bytes, due.tag.reason, cx);
            }
        }
    }

    /// Forwards a released packet.
    fn forward_released(&mut self, packet: InterceptedPacket, cx: &mut Context<'_>) {
        let RelayState::Open { clients, flows } = &mut self.state else {
            return;
        };
        let reason = Reason::passed_on(packet.rule, packet.from);
        match (packet.flow.toward, packet.from, packet.to) {
            (RelayDirection::Target, Peer::Ip(from), _) => {
                flows.send(from, &packet.bytes, reason, cx)
            }
            (RelayDirection::Client, _, Peer::Ip(to)) => {
                clients.send(to, &packet.bytes, reason, cx)
            }
            _ => {}
        }
    }

    /// Sends queued datagrams to clients and other destinations. Returns whether more can be sent
    /// at once.
    fn send_waiting(&mut self, cx: &mut Context<'_>) -> bool {
        match &mut self.state {
            RelayState::Open { clients, .. } => self.dispatch.flush(clients, cx),
            RelayState::Resolving | RelayState::Over => false,
        }
    }
}

impl Driver for RelayUdp {
    fn start(&mut self, cx: &mut Context<'_>) {
        let found = self.upstream.find(cx);
        self.found(found, cx);
    }

    fn ready(&mut self, ready: Readiness, cx: &mut Context<'_>) {
        match &mut self.state {
            RelayState::Open { clients, .. } if ready.token == FIRST => clients.ready(ready, cx),
            RelayState::Open { flows, .. } => flows.ready(ready, cx),
            RelayState::Resolving | RelayState::Over => {}
        }
    }

    fn release(&mut self, number: Option<u64>, cx: &mut Context<'_>) {
        for (_, packet) in cx.hold_queue.take(number) {
            self.forward_released(packet, cx);
        }
    }

    fn discard(&mut self, number: Option<u64>, cx: &mut Context<'_>) {
        crate::engine::kinds::relay::discard(number, cx);
    }

    fn send(&mut self, to: Target, message: &Message, reason: Reason, cx: &mut Context<'_>) {
        let bytes = match cx.composer.bytes(message, &to) {
            Ok(bytes) => bytes,
            Err(cause) => return cx.sink.failure(Operation::Send, &to, cause),
        };
        let RelayState::Open { clients, flows } = &mut self.state else {
            return;
        };
        match (to, reason.client) {
            // A peer other than the client is the upstream; further destinations are endpoints.
            (Target::Peer(to), Some(Peer::Ip(client))) if to != client => {
                flows.send(client, &bytes, reason, cx);
            }
            (Target::Peer(Peer::Ip(to)), _) => clients.send(to, &bytes, reason, cx),
            (Target::Endpoint(to), _) => self.dispatch.send(clients, to, bytes, reason, cx),
            (to @ (Target::Peer(_) | Target::Connection(_) | Target::All), _) => {
                cx.sink.failure(Operation::Send, to, Cause::WrongTarget);
            }
        }
    }

    fn resolved(&mut self, answer: ResolvedName, cx: &mut Context<'_>) {
        if let RelayState::Open { clients, .. } = &mut self.state {
            return self.dispatch.resolved(clients, answer, cx);
        }
        if let Some(found) = self.upstream.resolved(answer, cx) {
            self.found(found, cx);
        }
    }

    fn work(&mut self, cx: &mut Context<'_>) -> bool {
        let sending = self.send_waiting(cx);
        // Immediate answers to a client are forwarded in the same turn.
        let mut more = self.receive(cx) || sending;
        if let RelayState::Open { clients, flows } = &mut self.state {
            more |= flows.work(&mut self.reader, clients, cx);
        }
        self.pass_late(cx);
        more
    }

    fn deadline(&self, _now: Instant) -> Option<Instant> {
        let RelayState::Open { clients, flows } = &self.state else {
            return None;
        };
        let deadlines = [clients.deadline(), flows.deadline()];
        deadlines.into_iter().flatten().min()
    }

    fn backlog(&self, _to: &Target) -> Option<usize> {
        let RelayState::Open { clients, .. } = &self.state else {
            return None;
        };
        Some(match self.dispatch.unresolved() {
            0 => clients.backlog(),
            _ => usize::MAX,
        })
    }

    fn unsent(&mut self) -> Option<Vec<QueuedBytes>> {
        None
    }

    fn is_over(&self) -> bool {
        matches!(self.state, RelayState::Over)
    }

    fn close(&mut self, cx: &mut Context<'_>) {
        // Messages of the last commands are still sent if the kernel takes them.
        self.send_waiting(cx);
        let state = std::mem::replace(&mut self.state, RelayState::Over);
        self.admission.report(cx.sink);
        if let RelayState::Open { clients, mut flows } = state {
            let late = cx.impair.outgoing_len() + cx.impair.incoming_len();
            let pending = self.dispatch.unresolved() + cx.hold_queue.len();
            let waiting = flows.close(&mut self.reader, cx) + pending + late;
            self.unbind(*clients, waiting, flows.target(), cx);
        }
    }
}
