//! Effects of the simulated network on a datagram, or on a piece of a stream.

use serde::{Deserialize, Serialize};

/// One effect on one datagram or one piece of a stream.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Effect {
    /// The number of the datagram or piece, counted from 1; 0 if the effect is about the whole
    /// stream.
    pub number: u64,
    pub what: EffectKind,
}

/// The kind of an effect. One datagram may have several, reported in the order in which they
/// were applied: `Truncated`, `Corrupted`, then one of `QueueFull`, `LineFull`, `Delayed`, then
/// `Reordered`. Effects after `Duplicated` are about the copy. A piece of a stream may have
/// `Joined`, `Split`, `Stalled` and `Delayed`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum EffectKind {
    /// The datagram is dropped.
    Lost,
    /// The datagram is sent twice. The copy has the same bytes, corruption included, and its
    /// own delay.
    Duplicated,
    /// The datagram is held until `gap` later ones are sent, for at most `micros` microseconds.
    Reordered { gap: u32, micros: u64 },
    /// The datagram is sent `micros` microseconds after it entered the simulated network;
    /// queueing for the rate limit is included.
    Delayed { micros: u64 },
    /// The flipped bits, ascending. Bit 0 is the most significant bit of the first byte.
    Corrupted { bits: Box<[u32]> },
    /// The end is removed: the length in bytes before and after.
    Truncated { from: u32, to: u32 },
    /// The datagram is dropped because the queue of the rate limit is full.
    QueueFull,
    /// The datagram is dropped because the delay line is full.
    LineFull,
    /// The connection is reset after this number of bytes of the stream.
    Reset { after: u64 },
    /// This number of writes of a stream is joined into one.
    Joined { writes: u32 },
    /// This number of bytes of a stream is split into pieces of at most `most` bytes.
    Split { bytes: u64, most: u64 },
    /// A piece of a stream, and everything after it, waits for this number of microseconds.
    Stalled { micros: u64 },
    /// A stream is read at no more than `rate` bytes a second.
    ReadSlowly { rate: u64 },
}

impl EffectKind {
    /// Whether the datagram is dropped.
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
