//! Reassembles IP packets from their fragments (RFC 791 §3.2, RFC 8200 §4.5).

use super::link::{Fragment, FragmentKey};
use etherparse::defrag::{IpDefragBuf, IpFragRange};
use std::collections::VecDeque;

/// The most incomplete packets, and the most with a truncated fragment; the oldest is dropped for a
/// new one.
const UNFINISHED: usize = 256;
/// The most complete packets of which a repeated fragment is recognised; the oldest is dropped for
/// a new one.
const WHOLE: usize = 64;

/// The incomplete packets of a capture.
#[derive(Default)]
pub(super) struct Fragments {
    /// Oldest first.
    unfinished: VecDeque<Unfinished>,
    /// The payloads of the last complete packets, oldest first.
    whole: VecDeque<(FragmentKey, Vec<u8>)>,
    /// The number of fragments of dropped packets.
    lost: u64,
    /// The number of fragments that a capture has more than once, as one of several interfaces
    /// does: they are the same as a part of their packet.
    repeated: u64,
    /// The packets with a truncated fragment, oldest first.
    broken: VecDeque<FragmentKey>,
    /// The number of fragments of such packets that gave no row.
    cut: u64,
}

/// An incomplete packet.
struct Unfinished {
    of: FragmentKey,
    buffer: IpDefragBuf,
    /// The number of its fragments so far, without those that repeat one of them.
    count: u64,
    /// Whether all of them are the same as parts of a complete packet.
    repeats: bool,
}

impl Unfinished {
    fn new(of: FragmentKey) -> Self {
        Self {
            of,
            buffer: IpDefragBuf::new(of.protocol, Vec::new(), Vec::new()),
            count: 0,
            repeats: true,
        }
    }

    /// Whether it has the bytes of a fragment, and its end if that is the last one.
    fn has(&self, fragment: &Fragment<'_>) -> bool {
        let (begin, end) = range(fragment);
        let is_around = |section: &IpFragRange| {
            usize::from(section.start) <= begin && end <= usize::from(section.end)
        };
        let ends_there = || self.buffer.end().map(usize::from) == Some(end);
        self.buffer.sections().iter().any(is_around)
            && self.buffer.data().get(begin..end) == Some(fragment.bytes)
            && (fragment.more || ends_there())
    }
}

/// The place of a fragment in the payload of its packet: its first byte, and the one behind it.
fn range(fragment: &Fragment<'_>) -> (usize, usize) {
    let begin = usize::from(fragment.offset.byte_offset());
    (begin, begin + fragment.bytes.len())
}

/// Whether a fragment is a part of this payload, and its end if that is the last one.
fn is_part(fragment: &Fragment<'_>, payload: &[u8]) -> bool {
    let (begin, end) = range(fragment);
    payload.get(begin..end) == Some(fragment.bytes) && (fragment.more || end == payload.len())
}

impl Fragments {
    /// Adds a fragment. Returns the payload of the packet when it is complete.
    pub(super) fn push(&mut self, fragment: &Fragment<'_>) -> Option<(FragmentKey, Vec<u8>)> {
        if self.broken.contains(&fragment.of) {
            self.cut += 1;
            return None;
        }
        let mut unfinished = self
            .take(fragment.of)
            .unwrap_or_else(|| Unfinished::new(fragment.of));
        if unfinished.has(fragment) {
            self.repeated += 1;
            self.unfinished.push_back(unfinished);
            return None;
        }
        let repeats = |(of, payload): &(FragmentKey, Vec<u8>)| {
            *of == fragment.of && is_part(fragment, payload)
        };
        unfinished.repeats &= self.whole.iter().any(repeats);
        unfinished.count += 1;
        let buffer = &mut unfinished.buffer;
        if buffer
            .add(fragment.offset, fragment.more, fragment.bytes)
            .is_err()
        {
            // It is inconsistent with earlier fragments.
            self.lost += unfinished.count;
            return None;
        }
        if unfinished.buffer.is_complete() {
            return Some(self.complete(unfinished));
        }
        if self.unfinished.len() == UNFINISHED
            && let Some(dropped) = self.unfinished.pop_front()
        {
            match dropped.repeats {
                true => self.repeated += dropped.count,
                false => self.lost += dropped.count,
            }
        }
        self.unfinished.push_back(unfinished);
        None
    }

    /// The payload of a complete packet. Its fragments may come again.
    fn complete(&mut self, Unfinished { of, buffer, .. }: Unfinished) -> (FragmentKey, Vec<u8>) {
        let payload = buffer.take_bufs().0;
        self.whole.retain(|(known, _)| *known != of);
        if self.whole.len() == WHOLE {
            self.whole.pop_front();
        }
        self.whole.push_back((of, payload.clone()));
        (of, payload)
    }

    /// Adds a truncated fragment: its packet is never complete. `has_row` says that it gives a row
    /// by itself.
    pub(super) fn push_cut(&mut self, of: FragmentKey, has_row: bool) {
        let earlier = self.take(of).map_or(0, |unfinished| unfinished.count);
        self.cut += earlier + u64::from(!has_row);
        if !self.broken.contains(&of) {
            if self.broken.len() == UNFINISHED {
                self.broken.pop_front();
            }
            self.broken.push_back(of);
        }
    }

    /// Removes an incomplete packet.
    fn take(&mut self, of: FragmentKey) -> Option<Unfinished> {
        let known = self.unfinished.iter().position(|known| known.of == of);
        known.and_then(|at| self.unfinished.remove(at))
    }

    /// The number of fragments without a row because one of their packet is truncated.
    pub(super) fn cut(&self) -> u64 {
        self.cut
    }

    /// The number of fragments that became no packet, without those of [`Self::cut`] and
    /// [`Self::repeated`].
    pub(super) fn left(&self) -> u64 {
        self.lost + self.waiting(false)
    }

    /// The number of fragments that are the same as a part of their packet that came before.
    pub(super) fn repeated(&self) -> u64 {
        self.repeated + self.waiting(true)
    }

    /// The number of fragments of incomplete packets that repeat complete ones, or that do not.
    fn waiting(&self, repeats: bool) -> u64 {
        let waiting = self.unfinished.iter();
        let waiting = waiting.filter(|unfinished| unfinished.repeats == repeats);
        waiting.map(|unfinished| unfinished.count).sum()
    }
}
