//! The write queue of a connection, after its stream shaper if there is one.

use crate::automation::impair::{Effect, ShaperOutput, StreamShaper};
use crate::engine::context::reason::Reason;
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Instant;

/// Maximum number of segments between the stream shaper and the socket: a message may be split
/// into millions, each of which takes far more memory than its bytes.
const LET_THROUGH: usize = 256;
/// Maximum number of messages of one call.
const MANY: usize = 64;

/// Bytes to write to one connection, with an optional stream shaper.
#[derive(Default)]
pub struct WriteQueue {
    waiting: VecDeque<(Arc<[u8]>, Reason)>,
    /// Number of bytes of the first message the kernel took.
    taken: usize,
    /// Number of queued bytes, without those in the stream shaper.
    bytes: usize,
    shaper: Option<StreamShaper>,
    /// The reason of the bytes in the stream shaper.
    reason: Reason,
    /// Set once the simulated network has cut the stream: the connection is reset after the queue
    /// is written. The value is the number of bytes that will not be written.
    cut: Option<usize>,
    /// Number of bytes that passed before the cut.
    passed: u64,
}

impl WriteQueue {
    /// Number of bytes the kernel has not taken yet.
    pub fn unsent(&self) -> usize {
        let shaper = self.shaper.as_ref().map_or(0, StreamShaper::unsent);
        self.bytes + shaper + self.cut.unwrap_or(0)
    }

    /// Appends bytes.
    pub fn push(&mut self, bytes: Arc<[u8]>, reason: Reason, now: Instant) {
        match (&mut self.cut, &mut self.shaper) {
            (Some(cut), _) => *cut += bytes.len(),
            (None, Some(shaper)) => {
                shaper.push(now, bytes);
                self.reason = reason;
            }
            (None, None) => self.let_through(bytes, reason),
        }
    }

    /// Sets the stream shaper of later writes. Bytes in the old one move into the queue.
    pub fn impair(&mut self, shaper: Option<StreamShaper>) {
        if let Some(old) = std::mem::replace(&mut self.shaper, shaper) {
            for bytes in old.rest() {
                self.let_through(bytes, self.reason.clone());
            }
        }
    }

    /// When the stream shaper has a due segment and the queue has room for it.
    pub fn deadline(&self) -> Option<Instant> {
        let shaper = self.shaper.as_ref().filter(|_| self.has_room());
        shaper.and_then(StreamShaper::deadline)
    }

    /// Ends the stream shaper's input, so that it does not wait to merge bytes.
    pub fn end(&mut self, now: Instant) {
        if let Some(shaper) = &mut self.shaper {
            shaper.finish(now);
        }
    }

    /// Moves due segments of the stream shaper into the queue and returns its effects.
    pub fn take_due(&mut self, now: Instant) -> Vec<Effect> {
        let Some(mut shaper) = self.shaper.take() else {
            return Vec::new();
        };
        while self.has_room() && self.cut.is_none() {
            let before = shaper.unsent();
            match shaper.due(now) {
                Some(ShaperOutput::Bytes(bytes)) => self.let_through(bytes, self.reason.clone()),
                Some(ShaperOutput::Reset) => {
                    (self.cut, self.passed) = (Some(before), shaper.passed())
                }
                None => break,
            }
        }
        let effects = shaper.take_effects();
        self.shaper = Some(shaper);
        effects
    }

    /// The queued bytes in order, with their reasons.
    pub fn writes(&self) -> impl Iterator<Item = (&[u8], &Reason)> {
        let mut taken = self.taken;
        self.waiting.iter().map(move |(bytes, reason)| {
            let rest = bytes.get(std::mem::take(&mut taken)..);
            (rest.unwrap_or_default(), reason)
        })
    }

    /// Removes `count` bytes that the kernel took.
    pub fn took(&mut self, count: usize) {
        self.taken += count;
        self.bytes = self.bytes.saturating_sub(count);
        while let Some((bytes, _)) = self.waiting.front()
            && self.taken >= bytes.len()
        {
            self.taken -= bytes.len();
            self.waiting.pop_front();
        }
    }

    /// Whether new bytes may be written at once.
    pub fn is_idle(&self) -> bool {
        self.waiting.is_empty() && self.shaper.is_none() && self.cut.is_none()
    }

    /// Maximum number of messages of one call; 1 with a stream shaper, whose segments must stay
    /// apart.
    pub fn at_once(&self) -> usize {
        match self.shaper {
            Some(_) => 1,
            None => MANY,
        }
    }

    /// Whether the queue is empty. The stream shaper may still hold bytes.
    pub fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    /// The number of bytes that passed, if the simulated network has cut the stream.
    pub fn cut(&self) -> Option<u64> {
        self.cut.map(|_| self.passed)
    }

    fn has_room(&self) -> bool {
        self.waiting.len() < LET_THROUGH
    }

    fn let_through(&mut self, bytes: Arc<[u8]>, reason: Reason) {
        self.bytes += bytes.len();
        self.waiting.push_back((bytes, reason));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::automation::impair::StreamPlan;
    use std::time::Duration;

    fn queue(plan: &StreamPlan) -> WriteQueue {
        let mut queue = WriteQueue::default();
        queue.impair(Some(StreamShaper::new(plan, 1, Instant::now())));
        queue
    }

    fn written(queue: &mut WriteQueue) -> Vec<u8> {
        let mut all = Vec::new();
        loop {
            let Some(count) = queue.writes().next().map(|(bytes, _)| {
                let count = bytes.len().min(7);
                all.extend(&bytes[..count]);
                count
            }) else {
                return all;
            };
            queue.took(count);
        }
    }

    #[test]
    fn few_pieces_are_let_through_at_once() {
        let plan = StreamPlan {
            split: 1,
            ..StreamPlan::default()
        };
        let mut queue = queue(&plan);
        let bytes: Vec<u8> = (0..100_000).map(|number| number as u8).collect();
        queue.push(bytes.as_slice().into(), Reason::default(), Instant::now());
        let mut all = Vec::new();
        while queue.unsent() > 0 {
            assert!(queue.deadline().is_some());
            queue.take_due(Instant::now());
            assert_eq!(queue.deadline(), None, "it is full");
            assert!(queue.waiting.len() <= LET_THROUGH);
            all.extend(written(&mut queue));
        }
        assert_eq!(all, bytes);
    }

    #[test]
    fn nothing_is_lost_when_the_simulation_ends_before_its_reset() {
        let delay = crate::automation::impair::Delay {
            millis: 60_000.0,
            ..Default::default()
        };
        let plan = StreamPlan {
            delay,
            join: 10.0,
            reset_after: Some(5),
            ..StreamPlan::default()
        };
        let mut queue = queue(&plan);
        let mut now = Instant::now();
        for part in ["one ", "two ", "three "] {
            queue.push(part.as_bytes().into(), Reason::default(), now);
            now += Duration::from_millis(1);
        }
        queue.take_due(now);
        queue.impair(None);
        assert_eq!(queue.unsent(), 14);
        assert_eq!(written(&mut queue), b"one two three ");
        assert_eq!(queue.unsent(), 0);
    }

    #[test]
    fn bytes_after_a_reset_are_unsent() {
        let plan = StreamPlan {
            reset_after: Some(3),
            ..StreamPlan::default()
        };
        let mut queue = queue(&plan);
        queue.push(
            b"abcdef".as_slice().into(),
            Reason::default(),
            Instant::now(),
        );
        queue.take_due(Instant::now());
        queue.push(b"ghi".as_slice().into(), Reason::default(), Instant::now());
        queue.impair(None);
        assert_eq!(queue.cut(), Some(3), "it was decided");
        assert_eq!(written(&mut queue), b"abc");
        assert_eq!(queue.unsent(), 6);
    }
}
