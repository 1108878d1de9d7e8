//! Turns messages into the bytes of this moment.

use crate::automation::rules::Answer;
use crate::engine::sys::clock::Clock;
use crate::engine::sys::limits::SEND_QUEUE;
use crate::payload::answer::Replies;
use crate::payload::message::{Message, NotComposed};
use crate::payload::template::{Moment, Request};
use crate::peer::Peer;
use crate::traffic::{Cause, Micros};
use std::sync::Arc;

/// What a session's messages are completed with.
pub struct Composer {
    clock: Clock,
    zone: jiff::tz::TimeZone,
    random: fastrand::Rng,
    /// Messages ordered so far.
    seq: u64,
}

impl Composer {
    pub fn new(clock: Clock) -> Self {
        Self {
            clock,
            zone: jiff::tz::TimeZone::system(),
            random: fastrand::Rng::new(),
            seq: 0,
        }
    }

    /// Microseconds since 1970.
    pub fn now(&self) -> Micros {
        self.clock.now()
    }

    /// Another message is to be sent, to one peer or to many.
    pub fn begin(&mut self) {
        self.seq += 1;
    }

    /// Numbers count from 1 again.
    pub fn restart(&mut self) {
        self.seq = 0;
    }

    /// Its bytes for this peer.
    ///
    /// # Errors
    /// If it has too few of them for its checksum, or more than may wait for one peer.
    pub fn bytes(&mut self, message: &Message, peer: impl ToString) -> Result<Arc<[u8]>, Cause> {
        if let Some(fixed) = message.fixed() {
            return Ok(Arc::clone(fixed));
        }
        let moment = self.moment(peer, Request::default());
        let bytes = message.render(&moment, SEND_QUEUE, &mut self.random);
        bytes.map_err(cause)
    }

    /// The bytes of a rule's answer, its `seq`th, of which `limit` can be sent. The request
    /// may be none of its kind.
    ///
    /// # Errors
    /// If it has too few of them for its checksum, or would have too many.
    pub fn answer(
        &mut self,
        answer: &Answer,
        seq: u64,
        peer: Peer,
        request: Request<'_>,
        limit: usize,
    ) -> Result<Replies, Cause> {
        let moment = if answer.is_written() {
            Moment {
                seq,
                ..self.moment(peer, request)
            }
        } else {
            Moment {
                request,
                ..Moment::default()
            }
        };
        let answers = answer.bytes(&moment, self.clock.now(), limit, &mut self.random);
        answers.map_err(cause)
    }

    fn moment<'a>(&self, peer: impl ToString, request: Request<'a>) -> Moment<'a> {
        let time = jiff::Timestamp::from_microsecond(self.clock.now()).unwrap_or_default();
        Moment {
            seq: self.seq,
            time: self.zone.to_datetime(time),
            peer: peer.to_string(),
            request,
        }
    }
}

fn cause(not: NotComposed) -> Cause {
    match not {
        NotComposed::Short(short) => Cause::ChecksumRange {
            length: short.length,
        },
        NotComposed::Long(long) => Cause::NotComposed { limit: long.limit },
    }
}
