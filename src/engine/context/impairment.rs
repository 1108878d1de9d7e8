//! The simulated network of one session.

use crate::automation::impair::{
    DatagramImpairer, Effect, EffectKind, Impairment, SlowRead, StreamPlan, StreamShaper,
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
    outgoing: Option<Box<DatagramImpairer<(Peer, Reason)>>>,
    incoming: Option<Box<DatagramImpairer<Incoming>>>,
    /// Datagrams that were delayed when the conditions changed: they are due at once.
    let_go: VecDeque<Travelling>,
    let_in: VecDeque<(Arc<[u8]>, Incoming, u64)>,
    told: Vec<Effect>,
    /// Number of streams so far: each gets its own random sequence.
    streams: u64,
    /// Number of changes of the conditions.
    version: u64,
}

/// A datagram in the simulated network: its bytes, its peer with the reason, and its number.
pub type Travelling = (Arc<[u8]>, (Peer, Reason), u64);

/// The metadata of a received datagram in the simulated network.
#[derive(Clone)]
struct Incoming {
    from: Peer,
    reason: Reason,
    /// The time of its row, and when it entered; `None` in a relay.
    arrived: Option<(Micros, Instant)>,
}

/// The impairment of one direction of a stream: its stream shaper, and its read limit.
pub type StreamPath = (Option<StreamShaper>, Option<SlowRead>);

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
            datagrams.push(now, bytes, (to, reason), &mut self.told);
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
                from: peer,
                reason,
                arrived: None,
            };
            datagrams.push(now, bytes.into(), tag, &mut self.told);
            self.tell(peer, false, sink);
        }
    }

    /// The next received datagram of a relay that is due for forwarding.
    pub fn received(&mut self, now: Instant) -> Option<Travelling> {
        let (bytes, tag, number) = self.next_in(now)?;
        Some((bytes, (tag.from, tag.reason), number))
    }

    /// Passes the datagram of the last row into the simulated network. The rules apply when
    /// [`Self::deliver`] returns it.
    pub fn intercept(&mut self, peer: Peer, bytes: &[u8], now: Instant, sink: &mut EventSink) {
        if let Some(datagrams) = &mut self.incoming {
            let tag = Incoming {
                from: peer,
                reason: Reason::default(),
                arrived: Some((sink.impair_last(), now)),
            };
            datagrams.push(now, bytes.into(), tag, &mut self.told);
            self.tell(peer, false, sink);
        }
    }

    /// The next received datagram that is due for the rules, with its sender. Also reports its
    /// delivery, for the meter: the delivery time is the row's time plus the simulated delay.
    pub fn deliver(&mut self, now: Instant, sink: &mut EventSink) -> Option<(Arc<[u8]>, Peer)> {
        let (bytes, tag, _) = self.next_in(now)?;
        if let Some((arrived, since)) = tag.arrived {
            let held_up = now.saturating_duration_since(since).as_micros();
            let held_up = Micros::try_from(held_up).unwrap_or(Micros::MAX);
            sink.delivered(Delivery {
                time: arrived.saturating_add(held_up),
                peer: tag.from,
                bytes: Arc::clone(&bytes),
            });
        }
        Some((bytes, tag.from))
    }

    fn next_in(&mut self, now: Instant) -> Option<(Arc<[u8]>, Incoming, u64)> {
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
        let [(pieces, _), (_, slow)] = self.ways(now);
        (pieces, slow)
    }

    /// The impairment of both directions of a relay; each limit applies to the direction's source.
    pub fn ways(&mut self, now: Instant) -> [StreamPath; 2] {
        let Some(conditions) = &self.conditions else {
            return [(None, None), (None, None)];
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
            let pieces = (!plain.is_nothing()).then(|| StreamShaper::new(&plain, seed, now));
            let slow = (plan.slow_read > 0).then(|| SlowRead::new(plan.slow_read, now));
            (pieces, slow)
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
