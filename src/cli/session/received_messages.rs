//! The number of messages that a session received, for a session that ends after some of them.

use crate::connection_id::FarSide;
use crate::engine::Clock;
use crate::engine::layers::{Layer, LayerItem, Messages};
use crate::traffic::framing::{FrameEnd, Framing, SessionFraming};
use crate::traffic::{Body, Chunk, Micros, RecordKind, StreamEnd};
use std::collections::HashMap;
use std::time::Instant;

/// Counts received messages: framed ones, or datagrams and reads without a framing. Framed bytes
/// that are no message are not counted.
#[derive(Debug)]
pub struct ReceivedMessages {
    framing: Option<Framing>,
    /// Whether each datagram is framed by itself.
    in_datagrams: bool,
    /// The framed streams that have not ended.
    streams: HashMap<FarSide, Messages>,
    clock: Clock,
    count: u64,
}

impl ReceivedMessages {
    /// A counter for a session with this framing.
    pub fn new(framing: &SessionFraming) -> Self {
        Self {
            framing: framing.of(RecordKind::Received).cloned(),
            in_datagrams: framing.in_datagrams,
            streams: HashMap::new(),
            clock: Clock::start(),
            count: 0,
        }
    }

    pub fn count(&self) -> u64 {
        self.count
    }

    /// Counts the messages of a chunk. Returns the number of its received rows up to the one with
    /// which there are `limit` messages.
    pub fn take(&mut self, chunk: &Chunk, limit: u64) -> u64 {
        let mut rows = 0;
        for record in (0..chunk.len()).filter_map(|at| chunk.get(at)) {
            match record.body {
                Body::Received { peer, bytes } => {
                    let connection = record.connection;
                    let far = FarSide { peer, connection };
                    // Silence may end a message before this read.
                    self.take_due_of(far, self.clock.instant_at(record.time));
                    rows += u64::from(self.count < limit);
                    self.receive(far, bytes, record.time);
                }
                Body::Notice(notice) if StreamEnd::of(notice).received => {
                    let connection = record.connection;
                    let far = notice.peer().map(|peer| FarSide { peer, connection });
                    let ended = far.and_then(|far| self.streams.remove(&far));
                    if let Some(mut messages) = ended {
                        messages.finish(&mut |item| self.count += whole(item));
                    }
                }
                Body::Notice(_) | Body::Sent { .. } => {}
            }
        }
        rows
    }

    fn take_due_of(&mut self, far: FarSide, now: Instant) {
        if let Some(messages) = self.streams.get_mut(&far) {
            messages.due(now, &mut |item| self.count += whole(item));
        }
    }

    fn receive(&mut self, far: FarSide, bytes: &[u8], time: Micros) {
        let Some(framing) = &self.framing else {
            self.count += 1;
            return;
        };
        let now = self.clock.instant_at(time);
        let count = &mut self.count;
        let mut take = |item: LayerItem<'_>| *count += whole(item);
        if self.in_datagrams {
            let mut messages = Messages::new(framing.clone());
            // Framing accepts all bytes.
            let _ = messages.receive(bytes, now, &mut take);
            messages.finish(&mut take);
            return;
        }
        let stream = self.streams.entry(far);
        let messages = stream.or_insert_with(|| Messages::new(framing.clone()));
        let _ = messages.receive(bytes, now, &mut take);
    }

    /// When silence ends the next message.
    pub fn deadline(&self) -> Option<Instant> {
        self.streams.values().filter_map(Layer::deadline).min()
    }

    /// Counts the messages that silence has ended.
    pub fn take_due(&mut self) {
        let now = self.clock.instant();
        for messages in self.streams.values_mut() {
            messages.due(now, &mut |item| self.count += whole(item));
        }
    }
}

/// 1 for a message, 0 for framed bytes that are none.
fn whole(item: LayerItem<'_>) -> u64 {
    u64::from(item.end.and_then(FrameEnd::fault).is_none())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::peer::Peer;
    use crate::traffic::{Arrival, ChunkBuilder, Notice};

    /// A read of this peer, and its time in microseconds.
    type Read = (u16, &'static str, Micros);

    fn chunk(begin: Micros, reads: &[Read], ends: bool) -> Chunk {
        let peer = |port: u16| Peer::from(([127, 0, 0, 1], port));
        let mut builder = ChunkBuilder::default();
        for (port, bytes, time) in reads {
            let arrival = Arrival::default();
            builder.received(begin + time, peer(*port), bytes.as_bytes(), arrival);
        }
        if ends {
            builder.notice(begin, Notice::PeerFinished { peer: peer(1) });
        }
        builder.finish()
    }

    /// The messages, and the rows up to the one with which there are three.
    fn counted(framing: SessionFraming, reads: &[Read], ends: bool) -> (u64, u64) {
        let mut messages = ReceivedMessages::new(&framing);
        let begin = messages.clock.now();
        let rows = messages.take(&chunk(begin, reads, ends), 3);
        (messages.count(), rows)
    }

    #[test]
    fn without_a_framing_each_read_or_datagram_is_one() {
        let reads = [(1, "a\nb\n", 0), (1, "c", 0), (2, "", 0), (1, "d", 0)];
        assert_eq!(counted(SessionFraming::default(), &reads, true), (4, 3));
    }

    #[test]
    fn messages_are_counted_however_the_reads_cut_them() {
        let lines = || SessionFraming::from(Framing::Lines);
        let four = [(1, "a\nb\nc\nd\n", 0)];
        assert_eq!(counted(lines(), &four, false), (4, 1));
        // The streams of two peers are cut by themselves, and the rest of one is no message.
        let reads = [
            (1, "a", 0),
            (2, "x\ny", 0),
            (1, "b\nc", 0),
            (2, "z\n", 0),
            (1, "d", 0),
        ];
        assert_eq!(counted(lines(), &reads, true), (3, 4));
    }

    #[test]
    fn each_datagram_is_cut_by_itself() {
        let framing = SessionFraming::new(Some(Framing::Lines), None, true);
        let reads = [
            (1, "a\nb\n", 0),
            (1, "c", 0),
            (1, "d\ne\n", 0),
            (1, "f\n", 0),
        ];
        assert_eq!(counted(framing, &reads, false), (5, 3));
    }

    #[test]
    fn silence_ends_a_message_before_the_next_read_and_without_one() {
        let framing = || SessionFraming::from(Framing::IdleGap(20_000));
        let reads = [
            (1, "si", 0),
            (1, "lent", 1_000),
            (1, "two", 90_000),
            (1, "three", 180_000),
            (1, "four", 270_000),
        ];
        // The third ends before the last read, which is no longer one of them.
        assert_eq!(counted(framing(), &reads, false), (3, 4));
        // The silence is over, or goes on.
        for (time, count) in [(-1_000_000, 1), (3_600_000_000, 0)] {
            let mut messages = ReceivedMessages::new(&framing());
            let begin = messages.clock.now() + time;
            messages.take(&chunk(begin, &[(1, "once", 0)], false), 1);
            assert!(messages.deadline().is_some());
            messages.take_due();
            assert_eq!(messages.count(), count);
        }
    }
}
