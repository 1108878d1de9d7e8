//! Sending a file, or replaying a capture file, to a peer.

use crate::automation::TokenBucket;
use crate::engine::command::{FileProgress, FileRequest, Target};
use crate::engine::context::Context;
use crate::engine::context::acknowledgement::Ticket;
use crate::engine::senders::block_ledger::BlockLedger;
use crate::engine::senders::file_reader::ReadEvent;
use crate::engine::senders::{file_reader, replay_reader};
use crate::engine::sys::clock::millis;
use crate::traffic::{Cause, Notice, Operation};
use crossbeam_channel::{Receiver, TryRecvError};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Bytes and number of datagrams in the simulated network and in queues from which on the sender
/// waits: a quarter of the bytes that the delay line holds, so that copies have room too.
const IN_FLIGHT: u64 = 4 << 20;
const MANY_IN_FLIGHT: usize = 1 << 14;

/// A file transfer in progress.
pub struct FileSender {
    request: FileRequest,
    events: Receiver<ReadEvent>,
    /// The rate limiter; `None` for no limit.
    throttle: Option<TokenBucket>,
    began: Instant,
    length: u64,
    blocks: BlockLedger,
    /// Number of bytes handed over.
    given: u64,
    /// Whether no further block is handed over.
    handed_over: bool,
    /// Whether a failure ended it before the last block, and whether that was one of the file.
    stopped: bool,
    unreadable: bool,
    /// When the first payload of a replay was sent, and the next payload with its time.
    first: Option<Instant>,
    next: Option<(Instant, Arc<[u8]>)>,
}

impl FileSender {
    /// Starts to read the file. A failure is a row.
    pub fn start(request: FileRequest, now: Instant, cx: &mut Context<'_>) -> Option<Self> {
        let waker = cx.waker.clone();
        let wake = move || {
            waker.wake();
        };
        let path = request.path.to_path_buf();
        let started = match request.replay {
            Some(replay) => replay_reader::start(path, replay, wake),
            None => file_reader::start(path, block(&request), wake),
        };
        match started {
            Ok(events) => Some(Self {
                throttle: throttle(request.rate, now),
                request,
                events,
                began: now,
                length: 0,
                blocks: BlockLedger::default(),
                given: 0,
                handed_over: false,
                stopped: false,
                unreadable: false,
                first: None,
                next: None,
            }),
            Err(error) => {
                let path = request.path.display();
                let cause = crate::engine::sys::failure::cause(&error);
                cx.sink.failure(Operation::SendFile, path, cause);
                None
            }
        }
    }

    pub fn to(&self) -> &Target {
        &self.request.to
    }

    /// The highest rate in blocks a second; `None` is as fast as possible. A replay at its
    /// recorded times has the rate 0.
    pub fn rate(&self) -> Option<f64> {
        if self
            .request
            .replay
            .is_some_and(|replay| replay.speed.is_some())
        {
            return Some(0.0);
        }
        let rate = self.request.rate.filter(|rate| *rate > 0)?;
        Some(rate as f64 / self.request.block.max(1) as f64)
    }

    pub fn is_handed_over(&self) -> bool {
        self.handed_over
    }

    /// Whether a byte was handed over.
    pub fn has_begun(&self) -> bool {
        self.given > 0
    }

    /// Whether every byte was handed over, even if the reader has not reported the end yet.
    pub fn is_given(&self) -> bool {
        self.handed_over || self.length > 0 && self.given == self.length
    }

    /// Whether no block waits: each was sent or failed.
    pub fn is_settled(&self) -> bool {
        self.blocks.waiting() == 0
    }

    /// Whether so many datagrams wait, as in a simulated network, that the sender waits too. A
    /// stream waits for its queue.
    pub fn is_ahead(&self) -> bool {
        let is_stream = matches!(self.request.to, Target::Connection(_) | Target::All);
        let is_much =
            self.blocks.waiting_bytes() >= IN_FLIGHT || self.blocks.waiting() >= MANY_IN_FLIGHT;
        !is_stream && is_much
    }

    /// Whether blocks were acknowledged since the last [`Self::update`].
    pub fn has_news(&self) -> bool {
        self.blocks.has_news()
    }

    /// Counts the blocks that were sent or failed meanwhile.
    pub fn update(&mut self) {
        self.blocks.update();
    }

    /// Counts a block that is handed over now. Its ticket acknowledges it.
    pub fn give(&mut self, length: usize) -> Ticket {
        self.given += length as u64;
        self.blocks.give(length)
    }

    /// No further block is handed over: each was.
    pub fn hand_over(&mut self) {
        self.handed_over = true;
    }

    /// No further block is handed over because of a failure, which has its row.
    pub fn stop(&mut self) {
        (self.handed_over, self.stopped) = (true, true);
    }

    /// The next block, if it is read and due.
    ///
    /// # Errors
    /// The reader's error.
    pub fn next(&mut self, now: Instant) -> Result<Option<Arc<[u8]>>, Cause> {
        if self.throttle.is_some_and(|throttle| !throttle.has(0, now)) {
            return Ok(None);
        }
        if let Some((due, _)) = &self.next
            && *due > now
        {
            return Ok(None);
        }
        if let Some((_, bytes)) = self.next.take() {
            return Ok(Some(self.pass(bytes, now)));
        }
        match self.events.try_recv() {
            Ok(ReadEvent::Length(length)) => {
                self.length = length;
                self.next(now)
            }
            Ok(ReadEvent::Block(bytes)) => Ok(Some(self.pass(bytes, now))),
            Ok(ReadEvent::At(after, bytes)) => {
                let first = *self.first.get_or_insert(now);
                let due = first.checked_add(after).unwrap_or(first);
                self.next = Some((due, bytes));
                self.next(now)
            }
            Ok(ReadEvent::Failed(cause)) => Err(cause),
            Ok(ReadEvent::End) | Err(TryRecvError::Disconnected) => {
                self.handed_over = true;
                Ok(None)
            }
            Err(TryRecvError::Empty) => Ok(None),
        }
    }

    fn pass(&mut self, bytes: Arc<[u8]>, now: Instant) -> Arc<[u8]> {
        if let Some(throttle) = &mut self.throttle {
            throttle.take(bytes.len() as u64, now);
        }
        bytes
    }

    /// When the next block is due. The reader and the sockets wake the worker themselves.
    pub fn deadline(&self) -> Option<Instant> {
        let throttle = self.throttle.filter(|_| !self.events.is_empty());
        let rate = throttle.map(|throttle| throttle.when(0));
        let due = self.next.as_ref().map(|(due, _)| *due);
        rate.max(due).filter(|_| !self.handed_over)
    }

    pub fn progress(&self, now: Instant) -> FileProgress {
        FileProgress {
            path: Arc::clone(&self.request.path),
            sent: self.blocks.sent_bytes(),
            length: self.length,
            blocks: self.blocks.sent(),
            elapsed: now.saturating_duration_since(self.began),
        }
    }

    /// Writes the final row: every block was sent or failed. One that failed has its row already.
    pub fn finished(&self, now: Instant, cx: &mut Context<'_>) {
        if self.unreadable && !self.has_begun() {
            return;
        }
        let (blocks, refused) = (self.blocks.sent(), self.blocks.unsent());
        if self.stopped || blocks == 0 && refused > 0 {
            return self.cut_off(cx);
        }
        let took = now.saturating_duration_since(self.began);
        cx.sink.notice(Notice::FileSent {
            path: self.name(),
            bytes: self.blocks.sent_bytes(),
            blocks,
            millis: millis(took),
            refused,
        });
    }

    /// Stops because the file cannot be read.
    pub fn failed(&mut self, cause: Cause, cx: &mut Context<'_>) {
        cx.sink.failure(Operation::SendFile, self.name(), cause);
        self.unreadable = true;
        self.stop();
    }

    /// Writes the final row of a file that the user stops: blocks that wait are still sent.
    pub fn cancelled(&mut self, cx: &mut Context<'_>) {
        self.update();
        let bytes = self.blocks.sent_bytes() + self.blocks.waiting_bytes();
        self.report_cancelled(bytes, cx);
    }

    /// Writes the final row of a file whose remaining blocks are not sent any more.
    pub fn cut_off(&self, cx: &mut Context<'_>) {
        self.report_cancelled(self.blocks.sent_bytes(), cx);
    }

    fn report_cancelled(&self, bytes: u64, cx: &mut Context<'_>) {
        cx.sink.notice(Notice::FileCancelled {
            path: self.name(),
            bytes,
            length: self.length,
        });
    }

    fn name(&self) -> String {
        self.request.path.display().to_string()
    }
}

/// Bytes of a block. Those of a stream are no longer than a tenth of a second allows, so that the
/// rate holds from the beginning; a datagram is never cut.
fn block(request: &FileRequest) -> usize {
    let rate = request.rate.filter(|rate| *rate > 0);
    match (&request.to, rate) {
        (Target::Connection(_) | Target::All, Some(rate)) => {
            let most = usize::try_from(rate / 10).unwrap_or(usize::MAX);
            request.block.min(most.max(1))
        }
        _ => request.block,
    }
}

/// A limiter in bytes a second; `None` and 0 mean no limit. After a pause of the receiver, at
/// most one second's worth is sent in a burst.
fn throttle(rate: Option<u64>, now: Instant) -> Option<TokenBucket> {
    let rate = rate.filter(|rate| *rate > 0)?;
    Some(TokenBucket::full(rate, rate, now).holding(Duration::ZERO))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_rate_all_pass() {
        let now = Instant::now();
        assert!(throttle(None, now).is_none() && throttle(Some(0), now).is_none());
        assert!(throttle(Some(1), now).is_some_and(|bytes| bytes.has(0, now)));
    }
}
