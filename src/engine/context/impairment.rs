//! A bad network on purpose, for the sockets of one session.

use crate::automation::impair::{
    Conditions, Datagrams, Effect, Pieces, SlowRead, StreamPlan, What,
};
use crate::connection_id::FarSide;
use crate::engine::context::event_sink::EventSink;
use crate::engine::context::reason::Reason;
use crate::peer::Peer;
use crate::traffic::{Automatic, Delivery, Micros, Notice};
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Instant;

/// What a session's network does wrong; nothing at first.
#[derive(Default)]
pub struct Impair {
    conditions: Option<Arc<Conditions>>,
    outgoing: Option<Box<Datagrams<(Peer, Reason)>>>,
    incoming: Option<Box<Datagrams<Incoming>>>,
    /// What waited when the conditions changed: it goes at once.
    let_go: VecDeque<Travelling>,
    let_in: VecDeque<(Arc<[u8]>, Incoming, u64)>,
    told: Vec<Effect>,
    /// TCP connections so far, so that each has chances of its own.
    streams: u64,
    /// How often the conditions changed.
    version: u64,
}

/// A datagram on its way, to whom or from whom, why, and its number.
pub type Travelling = (Arc<[u8]>, (Peer, Reason), u64);

/// What travels with a datagram that came.
#[derive(Clone)]
struct Incoming {
    from: Peer,
    reason: Reason,
    /// The time of its row, and when it went in.
    arrived: Option<(Micros, Instant)>,
}

/// What a direction of a TCP connection goes through, and how fast its source is read.
pub type Way = (Option<Pieces>, Option<SlowRead>);

impl Impair {
    /// From now on; `None` is a network as good as it is. What waits goes at once.
    pub fn set(&mut self, conditions: Option<Arc<Conditions>>, now: Instant) {
        self.version += 1;
        self.streams = 0;
        let of = |seed| {
            move |plan: &crate::automation::impair::Direction| {
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
        self.outgoing = out.map(|(plan, seed)| Box::new(Datagrams::new(plan, seed, now)));
        self.incoming = back.map(|(plan, seed)| Box::new(Datagrams::new(plan, seed, now)));
        self.conditions = conditions;
    }

    /// Changes whenever the conditions do.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// Whether datagrams that are sent go through [`Self::send`].
    pub fn sends(&self) -> bool {
        self.outgoing.is_some()
    }

    /// Whether datagrams that come go through [`Self::receive`].
    pub fn receives(&self) -> bool {
        self.incoming.is_some()
    }

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
            // Lost on purpose is as good as sent.
            if let Some(ticket) = ticket
                && self.told.iter().any(|effect| effect.what.is_loss())
            {
                ticket.sent();
            }
            self.tell(to, true, sink);
        }
    }

    /// A datagram that is to go now.
    pub fn sent(&mut self, now: Instant) -> Option<Travelling> {
        let late = self.let_go.pop_front();
        late.or_else(|| self.outgoing.as_mut()?.due(now))
    }

    /// Datagrams that wait to go.
    pub fn waiting(&self) -> usize {
        self.let_go.len() + self.outgoing.as_ref().map_or(0, |out| out.waiting())
    }

    /// Datagrams that came and wait to be inbound.
    pub fn unheard(&self) -> usize {
        self.let_in.len() + self.incoming.as_ref().map_or(0, |back| back.waiting())
    }

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

    /// A datagram that is to be passed on now.
    pub fn received(&mut self, now: Instant) -> Option<Travelling> {
        let (bytes, tag, number) = self.next_in(now)?;
        Some((bytes, (tag.from, tag.reason), number))
    }

    /// Takes the datagram whose row was written last, instead of the rules hearing it.
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

    /// A datagram that is to be inbound now, and whom it came from. Also tells of it upward,
    /// for a meter: it comes as much later than its row as it was held up here.
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

    /// When the next datagram is to go or to be inbound.
    pub fn deadline(&self) -> Option<Instant> {
        let outgoing = self.outgoing.as_ref().and_then(|out| out.deadline());
        let incoming = self.incoming.as_ref().and_then(|back| back.deadline());
        outgoing.into_iter().chain(incoming).min()
    }

    /// What a connection's bytes go through on their way out, and how fast they are read.
    pub fn stream(&mut self, now: Instant) -> Way {
        let [(pieces, _), (_, slow)] = self.ways(now);
        (pieces, slow)
    }

    /// The same of both directions of a relay, each with how fast its source is read.
    pub fn ways(&mut self, now: Instant) -> [Way; 2] {
        let Some(conditions) = &self.conditions else {
            return [(None, None), (None, None)];
        };
        self.streams += 1;
        // Another seed for each connection, the same in the same order.
        let seed = conditions.seed.wrapping_add(self.streams.rotate_left(32));
        let directions = [(&conditions.outgoing, seed), (&conditions.incoming, !seed)];
        directions.map(|(direction, seed)| {
            let plan = &direction.stream;
            let plain = StreamPlan {
                slow_read: 0,
                ..plan.clone()
            };
            let pieces = (!plain.is_nothing()).then(|| Pieces::new(&plain, seed, now));
            let slow = (plan.slow_read > 0).then(|| SlowRead::new(plan.slow_read, now));
            (pieces, slow)
        })
    }

    /// Writes the row of a reset on purpose.
    pub fn tell_reset(&self, at: FarSide, after: u64, sink: &mut EventSink) {
        let what = What::Reset { after };
        self.tell_pieces(at, [Effect { number: 0, what }], sink);
    }

    /// Writes the row of its being read slowly, if it is.
    pub fn tell_slow(&self, at: FarSide, slow: Option<&SlowRead>, sink: &mut EventSink) {
        if let Some(slow) = slow {
            let rate = slow.rate();
            let what = What::ReadSlowly { rate };
            self.tell_pieces(at, [Effect { number: 0, what }], sink);
        }
    }

    /// Writes the rows of what was done to a stream.
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
