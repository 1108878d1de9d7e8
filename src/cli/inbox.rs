//! The inbox of a session: received messages that no step has used up.

mod used;

pub use used::{UsedMessage, beginning};

use super::pattern::Expectation;
use crate::connection_id::FarSide;
use crate::engine::Clock;
use crate::engine::layers::{Layer, LayerItem, Messages};
use crate::peer::Peer;
use crate::traffic::framing::{FrameEnd, Framing};
use crate::traffic::{Body, Chunk, Micros, Notice};
use std::collections::{HashMap, VecDeque};
use std::time::Instant;
use used::UsedMessages;

/// The maximum size of the inbox in bytes; beyond it the oldest messages are dropped.
const KEPT: usize = 256 << 20;
/// The memory of a message besides its bytes.
const EACH: usize = size_of::<InboxMessage>();

/// A datagram, a framed message without its delimiter, or the bytes of a stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InboxMessage {
    pub far: FarSide,
    pub bytes: Vec<u8>,
}

impl InboxMessage {
    fn is_from(&self, from: Option<Peer>) -> bool {
        from.is_none_or(|from| from == self.far.peer)
    }
}

/// Waiting messages: datagrams or framed messages in the order of arrival, or one byte stream for
/// each connection.
#[derive(Debug)]
pub struct Inbox {
    /// Whether it holds streams without framing.
    is_stream: bool,
    framing: Option<Framing>,
    /// Whether each datagram is framed by itself.
    in_datagrams: bool,
    /// The framed streams that have not ended.
    framed: HashMap<FarSide, Messages>,
    clock: Clock,
    /// How often framed bytes were no message.
    unframed: u64,
    waiting: VecDeque<InboxMessage>,
    /// Messages that did not match since [`Self::expect`].
    passed: Vec<InboxMessage>,
    /// The size of waiting and unmatched messages in bytes. It may be too high until it is counted
    /// again.
    size: usize,
    limit: usize,
    forgotten: u64,
    memory: UsedMessages,
}

impl Inbox {
    /// An inbox of a session of streams or of datagrams, which may be cut into messages.
    pub fn new(is_stream: bool, framing: Option<Framing>) -> Self {
        Self {
            is_stream: is_stream && framing.is_none(),
            framing,
            in_datagrams: !is_stream,
            framed: HashMap::new(),
            clock: Clock::start(),
            unframed: 0,
            waiting: VecDeque::new(),
            passed: Vec::new(),
            size: 0,
            limit: KEPT,
            forgotten: 0,
            memory: UsedMessages::default(),
        }
    }

    /// Whether the queue is measured in bytes.
    pub fn counts_bytes(&self) -> bool {
        self.is_stream
    }

    /// Adds the received rows of a chunk.
    pub fn take(&mut self, chunk: &Chunk) {
        for record in (0..chunk.len()).filter_map(|at| chunk.get(at)) {
            let connection = record.connection;
            match record.body {
                Body::Received { peer, bytes } => {
                    self.receive(FarSide { peer, connection }, bytes, record.time);
                }
                Body::Notice(notice) if ends_reading(notice) => {
                    let far = notice.peer().map(|peer| FarSide { peer, connection });
                    let ended = far.and_then(|far| Some((far, self.framed.remove(&far)?)));
                    if let Some((far, mut messages)) = ended {
                        messages.finish(&mut |item| self.push_message(far, item));
                    }
                }
                _ => {}
            }
        }
        if self.size > self.limit {
            self.shrink();
        }
    }

    fn receive(&mut self, far: FarSide, bytes: &[u8], time: Micros) {
        if let Some(framing) = &self.framing {
            let known = self.framed.remove(&far);
            let mut messages = known.unwrap_or_else(|| Messages::new(framing.clone()));
            let (now, in_datagrams) = (self.clock.instant_at(time), self.in_datagrams);
            let mut take = |item: LayerItem<'_>| self.push_message(far, item);
            messages.due(now, &mut take);
            // Framing accepts all bytes.
            let _ = messages.receive(bytes, now, &mut take);
            if in_datagrams {
                messages.finish(&mut take);
            } else {
                self.framed.insert(far, messages);
            }
            return;
        }
        let mut streams = self.waiting.iter_mut();
        match streams.find(|stream| self.is_stream && stream.far == far) {
            Some(stream) => stream.bytes.extend_from_slice(bytes),
            None => self.waiting.push_back(InboxMessage {
                far,
                bytes: bytes.to_vec(),
            }),
        }
        self.size += bytes.len() + EACH;
    }

    /// How often framed bytes were no message.
    pub fn unframed(&self) -> u64 {
        self.unframed
    }

    /// The bytes of messages that are not complete.
    pub fn unfinished(&self, from: Option<Peer>) -> u64 {
        let streams = self.framed.iter();
        let streams = streams.filter(|(far, _)| from.is_none_or(|from| from == far.peer));
        streams
            .map(|(_, messages)| u64::from(messages.unfinished()))
            .sum()
    }

    /// When silence ends the next message.
    pub fn deadline(&self) -> Option<Instant> {
        self.framed.values().filter_map(Layer::deadline).min()
    }

    /// Adds the messages that silence has ended.
    pub fn take_due(&mut self) {
        let now = self.clock.instant();
        if self.deadline().is_none_or(|due| due > now) {
            return;
        }
        let mut framed = std::mem::take(&mut self.framed);
        for (far, messages) in &mut framed {
            messages.due(now, &mut |item| self.push_message(*far, item));
        }
        self.framed = framed;
    }

    /// Adds a framed message. What is no message is counted.
    fn push_message(&mut self, far: FarSide, item: LayerItem<'_>) {
        if item.end.and_then(FrameEnd::fault).is_some() {
            self.unframed += 1;
            return;
        }
        let delimiter = item.end.map_or(0, FrameEnd::delimiter) as usize;
        let length = item.bytes.len().saturating_sub(delimiter);
        let bytes = item.bytes.get(..length).unwrap_or_default().to_vec();
        self.size += bytes.len() + EACH;
        self.waiting.push_back(InboxMessage { far, bytes });
    }

    /// The number of datagrams or streams dropped because no step used them, returned once.
    pub fn forgotten(&mut self) -> u64 {
        std::mem::take(&mut self.forgotten)
    }

    fn shrink(&mut self) {
        let size = |message: &InboxMessage| message.bytes.len() + EACH;
        let waits: usize = self.waiting.iter().map(size).sum();
        let passed: usize = self.passed.iter().map(size).sum();
        // Messages were used up since the last count.
        self.size = waits + passed;
        if self.size <= self.limit {
            return;
        }
        self.forgotten += self.passed.len() as u64;
        self.passed.clear();
        self.size = waits;
        // Down to half the limit, so that this does not happen for each datagram.
        while self.size > self.limit / 2 && self.size > 0 {
            let Some(oldest) = self.waiting.pop_front() else {
                break;
            };
            self.size -= size(&oldest);
            self.forgotten += 1;
        }
    }

    /// Starts the search of a step. Messages that did not match in the previous step are used up.
    pub fn expect(&mut self, step: usize) {
        self.memory.observe_all(&self.passed);
        self.passed.clear();
        self.memory.step = step;
    }

    /// The messages that were used up last, oldest first.
    pub fn used(&self) -> impl Iterator<Item = &UsedMessage> {
        self.memory.used.iter()
    }

    /// The waiting messages, without those of one peer if it is given.
    pub fn others(&self, than: Option<Peer>) -> impl Iterator<Item = &InboxMessage> {
        self.waiting.iter().filter(move |message| {
            // A stream may have no bytes left.
            than != Some(message.far.peer) && !(self.is_stream && message.bytes.is_empty())
        })
    }

    /// Whether a message matches, from this peer if it is given. It is used up, as are the earlier
    /// datagrams from there.
    pub fn find(&mut self, pattern: &Expectation, from: Option<Peer>) -> bool {
        let mut others = VecDeque::new();
        let mut found = false;
        while let Some(mut message) = self.waiting.pop_front() {
            let peer = message.far.peer;
            if !message.is_from(from) {
                others.push_back(message);
            } else if self.is_stream {
                if let Some(end) = pattern.end_in(&message.bytes) {
                    let used = message.bytes.get(..end).unwrap_or_default();
                    self.memory.observe(peer, used);
                    message.bytes.drain(..end);
                    found = true;
                }
                others.push_back(message);
            } else if pattern.matches(&message.bytes) {
                self.memory.observe(peer, &message.bytes);
                found = true;
            } else {
                self.passed.push(message);
            }
            if found {
                break;
            }
        }
        others.append(&mut self.waiting);
        self.waiting = others;
        found
    }

    /// Whether `count` datagrams or messages, or bytes of streams, have arrived. They are used up then.
    pub fn count(&mut self, count: usize, from: Option<Peer>) -> bool {
        let mut left = count;
        if self.counted(from) < count {
            return false;
        }
        let (is_stream, memory) = (self.is_stream, &mut self.memory);
        let all = self.waiting.iter_mut();
        for InboxMessage { far, bytes } in all.filter(|message| message.is_from(from)) {
            if is_stream {
                let taken = left.min(bytes.len());
                if taken > 0 {
                    memory.observe(far.peer, bytes.get(..taken).unwrap_or_default());
                }
                bytes.drain(..taken);
                left -= taken;
            }
        }
        if !is_stream {
            self.waiting.retain(|message| {
                let taken = left > 0 && message.is_from(from);
                if taken {
                    memory.observe(message.far.peer, &message.bytes);
                }
                left -= usize::from(taken);
                !taken
            });
        }
        true
    }

    /// The number of waiting datagrams or messages, or bytes of streams.
    pub fn counted(&self, from: Option<Peer>) -> usize {
        let messages = self.waiting.iter();
        let messages = messages.filter(|message| message.is_from(from));
        match self.is_stream {
            true => messages.map(|message| message.bytes.len()).sum(),
            false => messages.count(),
        }
    }

    /// The messages that were received instead of the expected one. They are used up.
    pub fn instead(&mut self, from: Option<Peer>) -> Vec<InboxMessage> {
        let mut instead = std::mem::take(&mut self.passed);
        let waiting = std::mem::take(&mut self.waiting).into_iter();
        let (those, others): (Vec<_>, _) = waiting.partition(|message| message.is_from(from));
        let those = those.into_iter();
        instead.extend(those.filter(|message| !self.is_stream || !message.bytes.is_empty()));
        self.waiting = others.into();
        self.memory.observe_all(&instead);
        instead
    }
}

/// Whether nothing more is received on a connection after this notice of it.
fn ends_reading(notice: &Notice) -> bool {
    matches!(
        notice,
        Notice::PeerFinished { .. }
            | Notice::PeerReset { .. }
            | Notice::Reset { .. }
            | Notice::Closed { .. }
    )
}

#[cfg(test)]
mod tests;
