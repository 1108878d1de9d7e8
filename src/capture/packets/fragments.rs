//! Reassembles IP packets from their fragments (RFC 791 §3.2, RFC 8200 §4.5).

use super::link::{Fragment, FragmentKey};
use etherparse::defrag::IpDefragBuf;
use std::collections::VecDeque;

/// The most incomplete packets, and the most with a truncated fragment; the oldest is dropped for a
/// new one.
const UNFINISHED: usize = 256;

/// The incomplete packets of a capture.
#[derive(Default)]
pub(super) struct Fragments {
    /// Each with the number of its fragments so far, oldest first.
    unfinished: VecDeque<(FragmentKey, IpDefragBuf, u64)>,
    /// The number of fragments of dropped packets.
    lost: u64,
    /// The packets with a truncated fragment, oldest first.
    broken: VecDeque<FragmentKey>,
    /// The number of fragments of such packets that gave no row.
    cut: u64,
}

impl Fragments {
    /// Adds a fragment. Returns the payload of the packet when it is complete.
    pub(super) fn push(&mut self, fragment: &Fragment<'_>) -> Option<(FragmentKey, Vec<u8>)> {
        if self.broken.contains(&fragment.of) {
            self.cut += 1;
            return None;
        }
        let (of, mut buffer, count) = match self.take(fragment.of) {
            Some(known) => known,
            None => {
                let buffer = IpDefragBuf::new(fragment.of.protocol, Vec::new(), Vec::new());
                (fragment.of, buffer, 0)
            }
        };
        if buffer
            .add(fragment.offset, fragment.more, fragment.bytes)
            .is_err()
        {
            // It is inconsistent with earlier fragments.
            self.lost += count + 1;
            return None;
        }
        if buffer.is_complete() {
            return Some((of, buffer.take_bufs().0));
        }
        if self.unfinished.len() == UNFINISHED
            && let Some((.., lost)) = self.unfinished.pop_front()
        {
            self.lost += lost;
        }
        self.unfinished.push_back((of, buffer, count + 1));
        None
    }

    /// Adds a truncated fragment: its packet is never complete. `has_row` says that it gives a row
    /// by itself.
    pub(super) fn push_cut(&mut self, of: FragmentKey, has_row: bool) {
        let earlier = self.take(of).map_or(0, |(.., count)| count);
        self.cut += earlier + u64::from(!has_row);
        if !self.broken.contains(&of) {
            if self.broken.len() == UNFINISHED {
                self.broken.pop_front();
            }
            self.broken.push_back(of);
        }
    }

    /// Removes an incomplete packet.
    fn take(&mut self, of: FragmentKey) -> Option<(FragmentKey, IpDefragBuf, u64)> {
        let known = self.unfinished.iter().position(|(known, ..)| *known == of);
        known.and_then(|at| self.unfinished.remove(at))
    }

    /// The number of fragments without a row because one of their packet is truncated.
    pub(super) fn cut(&self) -> u64 {
        self.cut
    }

    /// The number of fragments that became no packet, without those of [`Self::cut`].
    pub(super) fn left(&self) -> u64 {
        let waiting = self.unfinished.iter().map(|(.., count)| count);
        self.lost + waiting.sum::<u64>()
    }
}
