//! The simulated network of one session.

use crate::automation::impair::{
    DatagramImpairer, DelayedDatagram, Effect, EffectKind, Impairment, SlowRead, StreamPlan,
    StreamShaper,
};
use crate::connection_id::FarSide;
use crate::engine::context::event_sink::EventSink;
use crate::engine::context::reason::Reason;
use crate::peer::Peer;
use crate::traffic::{Automatic, DeliveredDatagram, Micros, Notice};
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Instant;

/// The simulated network of a session; disabled at first.
#[derive(Default)]
pub struct Impairer {
    conditions: Option<Arc<Impairment>>,
    outgoing: Option<Box<DatagramImpairer<Addressed>>>,
    incoming: Option<Box<DatagramImpairer<Incoming>>>,
    /// Datagrams that were delayed when the conditions changed: they are due at once.
    released_outgoing: VecDeque<DueDatagram>,
    released_incoming: VecDeque<DelayedDatagram<Incoming>>,
    effects: Vec<Effect>,
    /// Number of streams so far: each gets its own random sequence.
    streams: u64,
    /// Number of changes of the conditions.
    version: u64,
}

/// A datagram that leaves the simulated network.
pub type DueDatagram = DelayedDatagram<Addressed>;

/// The peer of a datagram in the simulated network: the destination of an outgoing one, the
/// sender of a received one.
#[derive(Clone)]
pub struct Addressed {
    pub peer: Peer,
    pub reason: Reason,
}

/// The metadata of a received datagram in the simulated network.
#[derive(Clone)]
struct Incoming {
    from: Addressed,
    /// The time of its row, and when it entered; `None` in a relay.
    arrived: Option<(Micros, Instant)>,
}

/// The impairment of a stream.
#[derive(Default)]
pub struct StreamPath {
    /// Of the bytes that are written.
    pub shaper: Option<StreamShaper>,
    /// The limit of reads.
    pub slow_read: Option<SlowRead>,
}

impl Impairer {
    /// Sets the simulated network; `None` disables it. Delayed datagrams are due at once.
    pub fn set(&mut self, conditions: Option<Arc<Impairment>>, now: Instant) {
        self.version += 1;
        self.streams = 0;
        let of = |seed| {
            move |plan: &crate::automation::impair::DirectionPlan| {
                let plan = &plan.datagrams;
                (!plan.is_nothing()).then(|| (plan.clone(), seed))
            }
        };
        let seed = conditions.as_ref().map_or(0, |conditions| conditions.seed);
        let (outgoing, incoming) = (
            conditions.as_ref().and_then(|all| of(seed)(&all.outgoing)),
            conditions
                .as_ref()
                .and_then(|all| of(seed ^ 1)(&all.incoming)),
        );
        if let Some(mut old) = self.outgoing.take() {
            self.released_outgoing.extend(old.drain());
        }
        if let Some(mut old) = self.incoming.take() {
            self.released_incoming.extend(old.drain());
        }
        self.outgoing =
            outgoing.map(|(plan, seed)| Box::new(DatagramImpairer::new(plan, seed, now)));
        self.incoming =
            incoming.map(|(plan, seed)| Box::new(DatagramImpairer::new(plan, seed, now)));
        self.conditions = conditions;
    }

    /// A number that changes with the conditions.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// Whether outgoing datagrams pass through [`Self::enqueue_outgoing`].
    pub fn impairs_outgoing(&self) -> bool {
        self.outgoing.is_some()
    }

    /// Whether received datagrams pass through [`Self::enqueue_relayed`] or
    /// [`Self::enqueue_incoming`].
    pub fn impairs_incoming(&self) -> bool {
        self.incoming.is_some()
    }

    /// Passes an outgoing datagram into the simulated network.
    pub fn enqueue_outgoing(
        &mut self,
        to: Peer,
        bytes: Arc<[u8]>,
        reason: Reason,
        now: Instant,
        sink: &mut EventSink,
    ) {
        if let Some(datagrams) = &mut self.outgoing {
            let ticket = reason.ticket.clone();
            let tag = Addressed { peer: to, reason };
            datagrams.push(now, bytes, tag, &mut self.effects);
            // A simulated loss acknowledges the message as sent.
            if let Some(ticket) = ticket
                && self.effects.iter().any(|effect| effect.what.is_loss())
            {
                ticket.sent();
            }
            self.report_datagram_effects(to, true, sink);
        }
    }

    /// The next outgoing datagram that is due.
    pub fn next_outgoing(&mut self, now: Instant) -> Option<DueDatagram> {
        let released = self.released_outgoing.pop_front();
        released.or_else(|| self.outgoing.as_mut()?.due(now))
    }

    /// Number of delayed outgoing datagrams.
    pub fn outgoing_len(&self) -> usize {
        self.released_outgoing.len()
            + self
                .outgoing
                .as_ref()
                .map_or(0, |outgoing| outgoing.waiting())
    }

    /// Number of delayed received datagrams.
    pub fn incoming_len(&self) -> usize {
        self.released_incoming.len()
            + self
                .incoming
                .as_ref()
                .map_or(0, |incoming| incoming.waiting())
    }

    /// Passes a relay's received datagram into the simulated network, to be forwarded when
    /// [`Self::next_relayed`] returns it.
    pub fn enqueue_relayed(
        &mut self,
        peer: Peer,
        bytes: &[u8],
        reason: Reason,
        now: Instant,
        sink: &mut EventSink,
    ) {
        if let Some(datagrams) = &mut self.incoming {
            let tag = Incoming {
                from: Addressed { peer, reason },
                arrived: None,
            };
            datagrams.push(now, bytes.into(), tag, &mut self.effects);
            self.report_datagram_effects(peer, false, sink);
        }
    }

    /// The next received datagram of a relay that is due for forwarding.
    pub fn next_relayed(&mut self, now: Instant) -> Option<DueDatagram> {
        self.next_released(now).map(without_arrival)
    }

    /// Passes the datagram of the last row into the simulated network. The rules apply when
    /// [`Self::next_incoming`] returns it.
    pub fn enqueue_incoming(
        &mut self,
        peer: Peer,
        bytes: &[u8],
        now: Instant,
        sink: &mut EventSink,
    ) {
        if let Some(datagrams) = &mut self.incoming {
            let reason = Reason::default();
            let tag = Incoming {
                from: Addressed { peer, reason },
                arrived: Some((sink.impair_last(), now)),
            };
            datagrams.push(now, bytes.into(), tag, &mut self.effects);
            self.report_datagram_effects(peer, false, sink);
        }
    }

    /// The next received datagram that is due for the rules. Also reports its delivery, for the
    /// meter: the delivery time is the row's time plus the simulated delay.
    pub fn next_incoming(&mut self, now: Instant, sink: &mut EventSink) -> Option<DueDatagram> {
        let due = self.next_released(now)?;
        if let Some((arrived, since)) = due.tag.arrived {
            let delay = now.saturating_duration_since(since).as_micros();
            let delay = Micros::try_from(delay).unwrap_or(Micros::MAX);
            sink.delivered(DeliveredDatagram {
                time: arrived.saturating_add(delay),
                peer: due.tag.from.peer,
                bytes: Arc::clone(&due.bytes),
            });
        }
        Some(without_arrival(due))
    }

    fn next_released(&mut self, now: Instant) -> Option<DelayedDatagram<Incoming>> {
        let released = self.released_incoming.pop_front();
        released.or_else(|| self.incoming.as_mut()?.due(now))
    }

    /// When the next datagram is due in either direction.
    pub fn deadline(&self) -> Option<Instant> {
        let outgoing = self
            .outgoing
            .as_ref()
            .and_then(|outgoing| outgoing.deadline());
        let incoming = self
            .incoming
            .as_ref()
            .and_then(|incoming| incoming.deadline());
        outgoing.into_iter().chain(incoming).min()
    }

    /// The stream shaper of a connection's outgoing bytes, and the limit of its reads.
    pub fn stream(&mut self, now: Instant) -> StreamPath {
        let [outgoing, incoming] = self.relay_directions(now);
        StreamPath {
            shaper: outgoing.shaper,
            slow_read: incoming.slow_read,
        }
    }

    /// The impairment of both directions of a relay; each limit applies to the direction's source.
    pub fn relay_directions(&mut self, now: Instant) -> [StreamPath; 2] {
        let Some(conditions) = &self.conditions else {
            return Default::default();
        };
        self.streams += 1;
        // Each connection gets its own seed; the n-th connection always gets the same one.
        let seed = conditions.seed.wrapping_add(self.streams.rotate_left(32));
        let directions = [(&conditions.outgoing, seed), (&conditions.incoming, !seed)];
        directions.map(|(direction, seed)| {
            let plan = &direction.stream;
            let plain = StreamPlan {
                slow_read: 0,
                ..plan.clone()
            };
            StreamPath {
                shaper: (!plain.is_nothing()).then(|| StreamShaper::new(&plain, seed, now)),
                slow_read: (plan.slow_read > 0).then(|| SlowRead::new(plan.slow_read, now)),
            }
        })
    }

    /// Writes the row of a simulated reset after this number of bytes.
    pub fn report_reset(&self, at: FarSide, after: u64, sink: &mut EventSink) {
        let what = EffectKind::Reset { after };
        self.report_stream_effects(at, [Effect { number: 0, what }], sink);
    }

    /// Writes the row of a read limit, if there is one.
    pub fn report_slow_read(&self, at: FarSide, slow: Option<&SlowRead>, sink: &mut EventSink) {
        if let Some(slow) = slow {
            let rate = slow.rate();
            let what = EffectKind::ReadSlowly { rate };
            self.report_stream_effects(at, [Effect { number: 0, what }], sink);
        }
    }

    /// Writes the rows of effects on a stream.
    pub fn report_stream_effects(
        &self,
        at: FarSide,
        effects: impl IntoIterator<Item = Effect>,
        sink: &mut EventSink,
    ) {
        for effect in effects {
            let peer = at.peer;
            let piece = Automatic::ImpairedPiece { peer, effect };
            sink.notice_of(at.connection, Notice::Automatic(Box::new(piece)));
        }
    }

    fn report_datagram_effects(&mut self, peer: Peer, outgoing: bool, sink: &mut EventSink) {
        for effect in self.effects.drain(..) {
            sink.notice(Notice::Automatic(Box::new(Automatic::Impaired {
                peer,
                outgoing,
                effect,
            })));
        }
    }
}

fn without_arrival(due: DelayedDatagram<Incoming>) -> DueDatagram {
    DueDatagram {
        bytes: due.bytes,
        tag: due.tag.from,
        number: due.number,
    }
}
