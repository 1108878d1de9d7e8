//! Sending a file, or replaying a capture file, to a peer.

use crate::engine::senders::file_reader;

use crate::automation::TokenBucket;
use crate::engine::command::{FileProgress, FileRequest, Target};
use crate::engine::context::Context;
use crate::engine::senders::file_reader::ReadEvent;
use crate::engine::senders::replay_reader;
use crate::engine::sys::clock::millis;
use crate::traffic::{Cause, Notice, Operation};
use crossbeam_channel::{Receiver, TryRecvError};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// A file transfer in progress.
pub struct FileSender {
    request: FileRequest,
    events: Receiver<ReadEvent>,
    /// The rate limiter; `None` for no limit.
    throttle: Option<TokenBucket>,
    began: Instant,
    length: u64,
    sent: u64,
    blocks: u64,
    /// Number of blocks that could not be sent.
    refused: u64,
    /// Whether every block was read and sent.
    handed_over: bool,
    /// Queued bytes at the last look at the send queue.
    waiting: usize,
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
                sent: 0,
                blocks: 0,
                refused: 0,
                handed_over: false,
                waiting: 0,
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

    pub fn observe_waiting(&mut self, waiting: usize) {
        self.waiting = waiting;
    }

    /// Whether the kernel took every byte, even if the reader has not reported the end yet.
    pub fn is_out(&self) -> bool {
        let is_last = self.length > 0 && self.sent == self.length;
        self.waiting == 0 && (self.handed_over || is_last)
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

    /// Records the outcome of the last block. One that was not sent has its row already.
    pub fn observe(&mut self, length: usize, taken: bool) {
        if taken {
            self.sent += length as u64;
            self.blocks += 1;
            self.waiting += length;
        } else {
            self.refused += 1;
        }
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
            sent: self.sent,
            length: self.length,
            blocks: self.blocks,
            elapsed: now.saturating_duration_since(self.began),
        }
    }

    /// Writes the final row: every block was sent or failed.
    pub fn finished(&self, now: Instant, cx: &mut Context<'_>) {
        if self.blocks == 0 && self.refused > 0 {
            return self.cancelled(cx);
        }
        let took = now.saturating_duration_since(self.began);
        cx.sink.notice(Notice::FileSent {
            path: self.name(),
            bytes: self.sent,
            blocks: self.blocks,
            millis: millis(took),
        });
    }

    pub fn failed(&self, cause: Cause, cx: &mut Context<'_>) {
        cx.sink.failure(Operation::SendFile, self.name(), cause);
    }

    /// Subtracts bytes that were queued but not sent.
    pub fn take_back(&mut self, bytes: usize) {
        self.sent = self.sent.saturating_sub(bytes as u64);
    }

    pub fn cancelled(&self, cx: &mut Context<'_>) {
        cx.sink.notice(Notice::FileCancelled {
            path: self.name(),
            bytes: self.sent,
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
