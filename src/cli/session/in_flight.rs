//! Messages in flight: given to a session, and not acknowledged yet.

use crate::connection_id::FarSide;
use crate::engine::Acknowledged;
use crate::kind::SessionKind;
use crate::payload::message::Message;
use crate::traffic::{Body, Chunk, Failure, Notice, Operation, Record};
use std::collections::{HashSet, VecDeque};

/// The bytes in flight at which no more input is read.
const LIMIT: usize = 1 << 20;
/// The messages in flight at which no more input is read: empty messages need memory, too.
const MANY: usize = 1 << 14;
/// The maximum number of line numbers in a message.
const LISTED: usize = 20;

/// The in-flight window: long input is read only as fast as it is sent, and the end waits for the
/// last message. The engine acknowledges each message.
#[derive(Debug, Default)]
pub struct InFlight {
    /// Messages that are not acknowledged, oldest first.
    waiting: VecDeque<InFlightMessage>,
    bytes: usize,
    /// The number of acknowledged messages.
    acknowledged: u64,
    /// The line numbers of messages that were not sent; `None` is the first message.
    unsent: Vec<Option<u64>>,
    /// The number of further messages that were not sent.
    lost: u64,
    /// Datagrams that were sent, and refused by an ICMP error.
    turned_away: u64,
    /// Peers whose connections accepted data.
    sent_to: HashSet<FarSide>,
    /// Whether a peer reset its connection after data was sent, which it may not have read.
    reset: bool,
    is_stream: bool,
    /// Whether the session is a relay: its messages do not come from the input.
    relays: bool,
    /// Whether a file is sent instead of the input: the unsent bytes of a connection are the
    /// file's.
    sends_file: bool,
}

#[derive(Debug)]
struct InFlightMessage {
    /// The line number from 1.
    line: Option<u64>,
    /// The maximum number of bytes, for all receivers together.
    bytes: usize,
}

/// The messages that were not sent.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Unsent {
    pub count: u64,
    /// The line numbers, if all of them are known and there are at most [`SAID`].
    pub lines: Vec<u64>,
}

impl InFlight {
    /// A window for this kind of session.
    pub fn of(kind: SessionKind) -> Self {
        Self {
            relays: kind.is_relay(),
            ..Self::new(kind.is_stream())
        }
    }

    /// A window for datagrams, or for streams.
    fn new(is_stream: bool) -> Self {
        Self {
            is_stream,
            ..Self::default()
        }
    }

    /// A file is sent instead of the input. The engine reports what was sent of it.
    pub fn expect_file(&mut self) {
        self.sends_file = true;
    }

    /// Adds a message, to be sent to this number of receivers.
    pub fn give(&mut self, line: Option<u64>, message: &Message, receivers: usize) {
        let bytes = message.longest().saturating_mul(receivers);
        self.bytes = self.bytes.saturating_add(bytes);
        self.waiting.push_back(InFlightMessage { line, bytes });
    }

    /// Removes acknowledged messages, and counts those that were not sent.
    pub fn acknowledge(&mut self, news: &Acknowledged) {
        let mut unsent = news.unsent.iter().peekable();
        while self.acknowledged < news.through {
            self.acknowledged += 1;
            let Some(waiting) = self.waiting.pop_front() else {
                continue;
            };
            self.bytes = self.bytes.saturating_sub(waiting.bytes);
            if unsent
                .next_if(|number| **number == self.acknowledged)
                .is_some()
            {
                self.lose(waiting.line);
            }
        }
    }

    /// Applies the rows of a chunk.
    pub fn take(&mut self, chunk: &Chunk) {
        if self.relays {
            return;
        }
        for record in (0..chunk.len()).filter_map(|at| chunk.get(at)) {
            self.observe(&record);
        }
    }

    fn observe(&mut self, record: &Record<'_>) {
        match record.body {
            // Replies of rules are not messages of the input.
            Body::Sent { .. } if record.origin.rule.is_some() => {}
            Body::Sent { .. } if self.is_stream => self.sent_to.extend(record.far()),
            Body::Notice(Notice::Failed(failure)) => self.failed(failure),
            Body::Notice(
                notice @ (Notice::PeerReset { peer, unsent }
                | Notice::Reset { peer, unsent }
                | Notice::Closed { peer, unsent }),
            ) if self.is_stream => {
                let by_peer = matches!(notice, Notice::PeerReset { .. });
                let far = FarSide {
                    peer: *peer,
                    connection: record.connection,
                };
                let was_sent_to = self.sent_to.remove(&far);
                self.reset |= was_sent_to && by_peer;
                // Unsent bytes of a repetition; messages of the input are acknowledged. If
                // nothing else was sent on this connection, the bytes are a rule's.
                let repeated = self.waiting.is_empty() && was_sent_to && !self.sends_file;
                self.lost += u64::from(repeated && *unsent > 0);
            }
            Body::Sent { .. } | Body::Received { .. } | Body::Notice(_) => {}
        }
    }

    /// Whether more input may be read.
    pub fn has_room(&self) -> bool {
        self.bytes < LIMIT && self.waiting.len() < MANY
    }

    /// The number of datagrams that were sent and refused. It is a lower bound, because systems
    /// limit the rate of ICMP errors (RFC 1812 §4.3.2.8).
    pub fn turned_away(&self) -> u64 {
        self.turned_away
    }

    /// Whether a peer reset its connection after data was sent. An unknown part of that data was
    /// not read (RFC 9293 §3.10.7).
    pub fn is_reset(&self) -> bool {
        self.reset
    }

    /// The number of datagrams that are known to be unsent, without those still in flight. In a
    /// stream, messages are lost with a connection that ended, which is not their fault.
    pub fn refused(&self) -> u64 {
        match self.is_stream {
            true => 0,
            false => self.unsent.len() as u64 + self.lost,
        }
    }

    /// Whether every message is acknowledged.
    pub fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    /// The messages that were not sent. Messages in flight count: after the end of a session they
    /// are never sent.
    pub fn unsent(&self) -> Unsent {
        let waiting = self.waiting.iter().map(|waiting| waiting.line);
        let lines = self.unsent.iter().copied().chain(waiting);
        let numbers: Option<Vec<u64>> = lines.clone().collect();
        let known = |numbers: &Vec<u64>| self.lost == 0 && numbers.len() <= LISTED;
        Unsent {
            count: lines.count() as u64 + self.lost,
            lines: numbers.filter(known).unwrap_or_default(),
        }
    }

    fn failed(&mut self, failure: &Failure) {
        let sending = matches!(failure.operation, Operation::Send | Operation::Resolve);
        // An ICMP error for a datagram that was sent.
        let refused = failure.cause.is_of_sent();
        self.turned_away += u64::from(sending && refused);
    }

    /// Counts a message that was not sent, with its line number as long as those may be printed.
    fn lose(&mut self, line: Option<u64>) {
        match self.unsent.len() <= LISTED {
            true => self.unsent.push(line),
            false => self.lost += 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::traffic::{Cause, UndeliveredReason};

    fn message(length: usize) -> Message {
        Message::from(std::sync::Arc::<[u8]>::from(vec![0; length]))
    }

    fn acknowledge(in_flight: &mut InFlight, through: u64, unsent: &[u64]) {
        let unsent = unsent.to_vec();
        in_flight.acknowledge(&Acknowledged { through, unsent });
    }

    fn observe(in_flight: &mut InFlight, body: Body<'_>) {
        in_flight.observe(&Record::new(0, body));
    }

    #[test]
    fn there_is_room_as_far_as_the_engine_acknowledges() {
        let mut in_flight = InFlight::new(true);
        in_flight.give(Some(1), &message(LIMIT / 2), 2);
        assert!(!in_flight.has_room());
        in_flight.give(Some(2), &message(1), 1);
        acknowledge(&mut in_flight, 1, &[]);
        assert!(in_flight.has_room() && !in_flight.is_empty());
        acknowledge(&mut in_flight, 2, &[]);
        assert!(in_flight.is_empty());
        assert_eq!((in_flight.bytes, in_flight.unsent().count), (0, 0));
    }

    #[test]
    fn messages_with_variables_take_the_room_of_the_longest() {
        use crate::payload::charset::Charset;
        use crate::payload::message::LineEnding;
        use crate::payload::template::{Template, TemplateScope};
        let literal = |text: &str| Ok(text.as_bytes().to_vec());
        let template = Template::parse(
            "${rand:500}",
            Charset::Utf8,
            TemplateScope::Message,
            literal,
        );
        let message = Message::new(template.unwrap(), None, LineEnding::Lf, Charset::Utf8).unwrap();
        let mut in_flight = InFlight::new(true);
        let mut given = 0;
        while in_flight.has_room() {
            in_flight.give(None, &message, 1);
            given += 1;
        }
        // Lines of one byte would need 16,384 for this, more than the queue of a connection
        // accepts.
        assert_eq!(given, LIMIT.div_ceil(501));
    }

    #[test]
    fn empty_messages_are_not_given_without_end() {
        let mut in_flight = InFlight::new(false);
        for _ in 0..MANY {
            assert!(in_flight.has_room());
            in_flight.give(None, &message(0), 1);
        }
        assert!(!in_flight.has_room());
        acknowledge(&mut in_flight, 1, &[]);
        assert!(in_flight.has_room());
    }

    #[test]
    fn lines_that_were_not_sent_are_known_by_number() {
        let mut in_flight = InFlight::new(false);
        for line in 1..=5 {
            in_flight.give(Some(line * 10), &message(5), 1);
        }
        acknowledge(&mut in_flight, 1, &[]);
        acknowledge(&mut in_flight, 4, &[2, 4]);
        let unsent = in_flight.unsent();
        assert_eq!((unsent.count, unsent.lines), (3, vec![20, 40, 50]));
        acknowledge(&mut in_flight, 5, &[]);
        assert_eq!(in_flight.unsent().lines, [20, 40]);
    }

    #[test]
    fn of_many_lines_only_the_count_is_printed() {
        let mut in_flight = InFlight::new(false);
        let numbers: Vec<u64> = (1..=100).collect();
        for number in &numbers {
            in_flight.give(Some(*number), &message(1), 1);
        }
        acknowledge(&mut in_flight, 100, &numbers);
        let unsent = in_flight.unsent();
        assert_eq!((unsent.count, unsent.lines), (100, vec![]));
    }

    #[test]
    fn a_reset_after_something_was_sent_is_known() {
        let peer = "127.0.0.1:9".parse().unwrap();
        let reset = Notice::PeerReset { peer, unsent: 0 };
        let mut in_flight = InFlight::new(true);
        observe(&mut in_flight, Body::Notice(&reset));
        assert!(!in_flight.is_reset());
        observe(&mut in_flight, Body::Sent { peer, bytes: b"12" });
        observe(&mut in_flight, Body::Notice(&reset));
        assert!(in_flight.is_reset() && in_flight.unsent().count == 0);
    }

    #[test]
    fn what_was_given_is_not_counted_again_with_the_end_of_its_connection() {
        let peer = "127.0.0.1:9".parse().unwrap();
        let closed = Notice::Closed { peer, unsent: 5 };
        let mut in_flight = InFlight::new(true);
        in_flight.give(Some(1), &message(5), 1);
        observe(&mut in_flight, Body::Notice(&closed));
        acknowledge(&mut in_flight, 1, &[1]);
        let unsent = in_flight.unsent();
        assert_eq!((unsent.count, unsent.lines), (1, vec![1]));
        // The rest of a reply is not a line; only this row reports that of a repetition.
        observe(&mut in_flight, Body::Notice(&closed));
        assert_eq!(in_flight.unsent().count, 1);
        observe(&mut in_flight, Body::Sent { peer, bytes: b"12" });
        observe(&mut in_flight, Body::Notice(&closed));
        assert_eq!(in_flight.unsent().count, 2);
    }

    #[test]
    fn the_unsent_bytes_of_a_file_are_no_line() {
        let peer = "127.0.0.1:9".parse().unwrap();
        let mut in_flight = InFlight::new(true);
        in_flight.expect_file();
        observe(&mut in_flight, Body::Sent { peer, bytes: b"12" });
        let reset = Notice::PeerReset { peer, unsent: 5 };
        observe(&mut in_flight, Body::Notice(&reset));
        assert!(in_flight.is_reset());
        assert_eq!(in_flight.unsent(), Unsent::default());
    }

    #[test]
    fn datagrams_that_were_refused_are_counted() {
        let mut in_flight = InFlight::new(false);
        for (cause, count) in [
            (
                Cause::PortUnreachable {
                    code: 111,
                    newer: None,
                },
                1,
            ),
            (Cause::System { code: 1 }, 1),
            (
                Cause::Undelivered {
                    reason: UndeliveredReason::NoHost,
                    by: None,
                    code: 113,
                },
                2,
            ),
        ] {
            let failed = Notice::Failed(Failure {
                operation: Operation::Send,
                address: String::new(),
                cause,
            });
            observe(&mut in_flight, Body::Notice(&failed));
            assert_eq!(in_flight.turned_away(), count);
        }
        assert_eq!(in_flight.unsent(), Unsent::default());
    }
}
