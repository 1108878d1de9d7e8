//! What a simulated network did to a datagram, or to a piece of a stream.

use serde::{Deserialize, Serialize};

/// What was done to one of the datagrams pushed, or to a piece of a stream.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Effect {
    /// Which one it was, counted from 1; 0 where it is about no piece in particular.
    pub number: u64,
    pub what: EffectKind,
}

/// What was done. One datagram may have several, told in the order they were done:
/// `Truncated`, `Corrupted`, then one of `QueueFull`, `LineFull`, `Delayed`, then
/// `Reordered`. What stands behind `Duplicated` is about the copy. Of a piece of a stream:
/// `Joined`, `Split`, `Stalled`, `Delayed`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum EffectKind {
    /// It goes nowhere.
    Lost,
    /// It goes twice. The copy has the same bytes, damage included, and a delay of its
    /// own.
    Duplicated,
    /// It stays back until `gap` later ones have gone, for no more than so many
    /// microseconds.
    Reordered { gap: u32, micros: u64 },
    /// It goes so many microseconds after it was pushed, the queue of the rate included.
    Delayed { micros: u64 },
    /// These bits are flipped, counted from 0, in order; bit 0 is the highest of the
    /// first byte.
    Corrupted { bits: Box<[u32]> },
    /// Its end is missing: lengths before and now, in bytes.
    Truncated { from: u32, to: u32 },
    /// It goes nowhere: the queue of the rate is full.
    QueueFull,
    /// It goes nowhere: as much as may wait here at all waits already.
    LineFull,
    /// The connection is reset after so many bytes of the stream.
    Reset { after: u64 },
    /// So many writes of a stream go as one.
    Joined { writes: u32 },
    /// So many bytes of a stream go in pieces of no more than `most`.
    Split { bytes: u64, most: u64 },
    /// A piece of a stream, and what is behind it, waits for so many microseconds.
    Stalled { micros: u64 },
    /// A stream is read at no more than so many bytes a second.
    ReadSlowly { rate: u64 },
}

impl EffectKind {
    /// Whether the datagram goes nowhere.
    pub fn is_loss(&self) -> bool {
        matches!(self, Self::Lost | Self::QueueFull | Self::LineFull)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_effect_is_small() {
        assert!(size_of::<Effect>() <= 32, "{}", size_of::<Effect>());
    }
}
