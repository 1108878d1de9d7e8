//! The TCP streams of a capture, by the two ends of each.

use super::PacketPath;
use super::stream::CapturedStream;
use crate::peer::Peer;
use std::collections::{HashMap, VecDeque};

/// The most directions of connections that are remembered; the oldest makes room for a new one.
const MAX: usize = 1 << 16;

/// The most memory of waiting segments, in bytes.
const HELD: usize = 16 << 20;

/// A direction of a connection, by its two ends.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct StreamDirection {
    from: Peer,
    to: Peer,
}

/// The streams of all connections, each with tags `T` of its segments.
pub(super) struct CapturedStreams<T> {
    /// `None` for a stream that ended, until its next segment.
    all: HashMap<StreamDirection, Option<CapturedStream<T>>>,
    /// The same directions, oldest first.
    order: VecDeque<StreamDirection>,
    /// The memory of the waiting segments, in bytes.
    held: usize,
}

impl StreamDirection {
    pub(super) fn of(path: &PacketPath) -> Self {
        let (from, to) = match path.inward {
            true => (path.peer, path.carrier.local),
            false => (path.carrier.local, path.peer),
        };
        Self { from, to }
    }

    /// The other direction of the connection.
    pub(super) fn back(self) -> Self {
        Self {
            from: self.to,
            to: self.from,
        }
    }
}

impl<T> Default for CapturedStreams<T> {
    fn default() -> Self {
        Self {
            all: HashMap::new(),
            order: VecDeque::new(),
            held: 0,
        }
    }
}

impl<T: Copy> CapturedStreams<T> {
    pub(super) fn get(&self, direction: StreamDirection) -> Option<&CapturedStream<T>> {
        self.all.get(&direction)?.as_ref()
    }

    /// Changes a stream, if it is known.
    pub(super) fn with<R>(
        &mut self,
        direction: StreamDirection,
        change: impl FnOnce(&mut CapturedStream<T>) -> R,
    ) -> Option<R> {
        let stream = self.all.get_mut(&direction)?.as_mut()?;
        let before = stream.held();
        let result = change(stream);
        self.held = self.held - before + stream.held();
        Some(result)
    }

    /// Whether more waits than memory allows.
    pub(super) fn is_full(&self) -> bool {
        self.held > HELD
    }

    /// Sets the stream of a direction. Nothing of an earlier one waits.
    pub(super) fn set(&mut self, direction: StreamDirection, stream: CapturedStream<T>) {
        if self.all.insert(direction, Some(stream)).is_none() {
            self.order.push_back(direction);
        }
    }

    /// Ends the stream of a direction. Nothing of it waits.
    pub(super) fn forget(&mut self, direction: StreamDirection) {
        if let Some(stream) = self.all.get_mut(&direction) {
            *stream = None;
        }
    }

    /// The direction that makes room for a new one, if that is necessary.
    pub(super) fn surplus(&self, new: StreamDirection) -> Option<StreamDirection> {
        let is_full = self.order.len() >= MAX && !self.all.contains_key(&new);
        self.order.front().copied().filter(|_| is_full)
    }

    /// Removes the oldest direction. Nothing of it waits.
    pub(super) fn remove_oldest(&mut self) {
        if let Some(oldest) = self.order.pop_front() {
            self.all.remove(&oldest);
        }
    }

    /// All directions, oldest first.
    pub(super) fn directions(&self) -> Vec<StreamDirection> {
        self.order.iter().copied().collect()
    }
}
