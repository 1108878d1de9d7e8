//! The composer: renders messages into bytes, with the current time, counter and peer.

use crate::automation::rules::PreparedPayload;
use crate::engine::sys::clock::Clock;
use crate::engine::sys::limits::SEND_QUEUE;
use crate::payload::answer::Replies;
use crate::payload::answer::modbus::Devices;
use crate::payload::message::{Message, NotComposed};
use crate::payload::template::{Request, TemplateContext};
use crate::traffic::{Cause, Micros};
use std::sync::Arc;

/// The values that fill the templates of a session's messages.
pub struct Composer {
    clock: Clock,
    zone: jiff::tz::TimeZone,
    random: fastrand::Rng,
    /// Number of messages so far.
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

    /// Counts the next message, whether to one peer or to many.
    pub fn begin(&mut self) {
        self.seq += 1;
    }

    /// Restarts the count at 1.
    pub fn restart(&mut self) {
        self.seq = 0;
    }

    /// Renders a message for this peer.
    ///
    /// # Errors
    /// If the message is too short for its checksum, or longer than a peer's send queue; or the
    /// field that cannot have its value.
    pub fn bytes(&mut self, message: &Message, peer: impl ToString) -> Result<Arc<[u8]>, Cause> {
        if let Some(fixed) = message.fixed() {
            return Ok(Arc::clone(fixed));
        }
        let moment = self.moment(peer, Request::default());
        let bytes = message.render(&moment, SEND_QUEUE, &mut self.random);
        bytes.map_err(cause)
    }

    /// Renders a rule's answer. `seq` is its number, `limit` the maximum length in bytes, and
    /// `devices` are those of the session. The request may be of another format than the answer
    /// expects.
    ///
    /// # Errors
    /// If the answer is too short for its checksum, or longer than `limit`; or the field that
    /// cannot have its value.
    pub fn answer(
        &mut self,
        answer: &PreparedPayload,
        seq: u64,
        peer: impl ToString,
        request: Request<'_>,
        limit: usize,
        devices: &mut Devices,
    ) -> Result<Replies, Cause> {
        let moment = if answer.is_written() {
            TemplateContext {
                seq,
                ..self.moment(peer, request)
            }
        } else {
            TemplateContext {
                request,
                ..TemplateContext::default()
            }
        };
        let answers = answer.bytes(&moment, self.clock.now(), limit, &mut self.random, devices);
        answers.map_err(cause)
    }

    fn moment<'a>(&self, peer: impl ToString, request: Request<'a>) -> TemplateContext<'a> {
        let time = jiff::Timestamp::from_microsecond(self.clock.now()).unwrap_or_default();
        TemplateContext {
            seq: self.seq,
            time: self.zone.to_datetime(time),
            micros: time.as_microsecond(),
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
        NotComposed::Field(mistake) => Cause::Fields(mistake.into()),
    }
}
