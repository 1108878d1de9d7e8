//! The simulated network of one session.

use crate::automation::impair::{
    DatagramImpairer, DelayedDatagram, Effect, EffectKind, Impairment, SlowRead, StreamPlan,
    StreamShaper,
};
use crate::connection_id::FarSide;
use crate::engine::context::event_sink::EventSink;
use crate::engine::context::reason::Reason;
use crate::peer::Peer;
use crate::traffic::{Automatic, Delivery, Micros, Notice};
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
    let_go: VecDeque<Travelling>,
    let_in: VecDeque<DelayedDatagram<Incoming>>,
    told: Vec<Effect>,
    /// Number of streams so far: each gets its own random sequence.
    streams: u64,
    /// Number of changes of the conditions.
    version: u64,
}

/// A datagram that leaves the simulated network.
pub type Travelling = DelayedDatagram<Addressed>;

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
        let (out, back) = (
            conditions.as_ref().and_then(|all| of(seed)(&all.outgoing)),
            conditions
                .as_ref()
                .and_then(|all| of(seed ^ 1)(&all.incoming)),
        );
        if let Some(mut old) = self.outgoing.take() {
            self.let_go.extend(old.drain());
        }
        if let Some(mut old) = self.incoming.take() {
            self.let_in.extend(old.drain());
        }
        self.outgoing = out.map(|(plan, seed)| Box::new(DatagramImpairer::new(plan, seed, now)));
        self.incoming = back.map(|(plan, seed)| Box::new(DatagramImpairer::new(plan, seed, now)));
        self.conditions = conditions;
    }

    /// A number that changes with the conditions.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// Whether outgoing datagrams pass through [`Self::send`].
    pub fn sends(&self) -> bool {
        self.outgoing.is_some()
    }

    /// Whether received datagrams pass through [`Self::receive`] or [`Self::intercept`].
    pub fn receives(&self) -> bool {
        self.incoming.is_some()
    }

    /// Passes an outgoing datagram into the simulated network.
    pub fn send(
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
            datagrams.push(now, bytes, tag, &mut self.told);
            // A simulated loss acknowledges the message as sent.
            if let Some(ticket) = ticket
                && self.told.iter().any(|effect| effect.what.is_loss())
            {
                ticket.sent();
            }
            self.tell(to, true, sink);
        }
    }

    /// The next outgoing datagram that is due.
    pub fn sent(&mut self, now: Instant) -> Option<Travelling> {
        let late = self.let_go.pop_front();
        late.or_else(|| self.outgoing.as_mut()?.due(now))
    }

    /// Number of delayed outgoing datagrams.
    pub fn waiting(&self) -> usize {
        self.let_go.len() + self.outgoing.as_ref().map_or(0, |out| out.waiting())
    }

    /// Number of delayed received datagrams.
    pub fn unheard(&self) -> usize {
        self.let_in.len() + self.incoming.as_ref().map_or(0, |back| back.waiting())
    }

    /// Passes a relay's received datagram into the simulated network, to be forwarded when
    /// [`Self::received`] returns it.
    pub fn receive(
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
            datagrams.push(now, bytes.into(), tag, &mut self.told);
            self.tell(peer, false, sink);
        }
    }

    /// The next received datagram of a relay that is due for forwarding.
    pub fn received(&mut self, now: Instant) -> Option<Travelling> {
        self.next_in(now).map(without_arrival)
    }

    /// Passes the datagram of the last row into the simulated network. The rules apply when
    /// [`Self::deliver`] returns it.
    pub fn intercept(&mut self, peer: Peer, bytes: &[u8], now: Instant, sink: &mut EventSink) {
        if let Some(datagrams) = &mut self.incoming {
            let reason = Reason::default();
            let tag = Incoming {
                from: Addressed { peer, reason },
                arrived: Some((sink.impair_last(), now)),
            };
            datagrams.push(now, bytes.into(), tag, &mut self.told);
            self.tell(peer, false, sink);
        }
    }

    /// The next received datagram that is due for the rules. Also reports its delivery, for the
    /// meter: the delivery time is the row's time plus the simulated delay.
    pub fn deliver(&mut self, now: Instant, sink: &mut EventSink) -> Option<Travelling> {
        let due = self.next_in(now)?;
        if let Some((arrived, since)) = due.tag.arrived {
            let held_up = now.saturating_duration_since(since).as_micros();
            let held_up = Micros::try_from(held_up).unwrap_or(Micros::MAX);
            sink.delivered(Delivery {
                time: arrived.saturating_add(held_up),
                peer: due.tag.from.peer,
                bytes: Arc::clone(&due.bytes),
            });
        }
        Some(without_arrival(due))
    }

    fn next_in(&mut self, now: Instant) -> Option<DelayedDatagram<Incoming>> {
        let late = self.let_in.pop_front();
        late.or_else(|| self.incoming.as_mut()?.due(now))
    }

    /// When the next datagram is due in either direction.
    pub fn deadline(&self) -> Option<Instant> {
        let outgoing = self.outgoing.as_ref().and_then(|out| out.deadline());
        let incoming = self.incoming.as_ref().and_then(|back| back.deadline());
        outgoing.into_iter().chain(incoming).min()
    }

    /// The stream shaper of a connection's outgoing bytes, and the limit of its reads.
    pub fn stream(&mut self, now: Instant) -> StreamPath {
        let [out, back] = self.ways(now);
        StreamPath {
            shaper: out.shaper,
            slow_read: back.slow_read,
        }
    }

    /// The impairment of both directions of a relay; each limit applies to the direction's source.
    pub fn ways(&mut self, now: Instant) -> [StreamPath; 2] {
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
    pub fn tell_reset(&self, at: FarSide, after: u64, sink: &mut EventSink) {
        let what = EffectKind::Reset { after };
        self.tell_pieces(at, [Effect { number: 0, what }], sink);
    }

    /// Writes the row of a read limit, if there is one.
    pub fn tell_slow(&self, at: FarSide, slow: Option<&SlowRead>, sink: &mut EventSink) {
        if let Some(slow) = slow {
            let rate = slow.rate();
            let what = EffectKind::ReadSlowly { rate };
            self.tell_pieces(at, [Effect { number: 0, what }], sink);
        }
    }

    /// Writes the rows of effects on a stream.
    pub fn tell_pieces(
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

    fn tell(&mut self, peer: Peer, outgoing: bool, sink: &mut EventSink) {
        for effect in self.told.drain(..) {
            sink.notice(Notice::Automatic(Box::new(Automatic::Impaired {
                peer,
                outgoing,
                effect,
            })));
        }
    }
}

fn without_arrival(due: DelayedDatagram<Incoming>) -> Travelling {
    Travelling {
        bytes: due.bytes,
        tag: due.tag.from,
        number: due.number,
    }
}
