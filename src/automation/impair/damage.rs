//! Damaged datagrams: corrupted and truncated ones.

use super::mistake::{MAX_BITS, PlanField, PlanMistake};
use super::sampling::{Chance, sample};
use crate::traffic::effect::EffectKind;
use fastrand::Rng;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Flips bits in some datagrams, as tc-netem(8) `corrupt` (there one bit).
///
/// The UDP checksum is computed afterwards, so the far side receives the damage and no error.
/// Such damage comes from cables, routers and programs, and UDP does not detect it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Corrupt {
    pub percent: f64,
    /// The number of different bits, anywhere in the datagram; all bits if it has fewer.
    pub bits: u32,
}

impl Default for Corrupt {
    fn default() -> Self {
        Self {
            percent: 0.0,
            bits: 1,
        }
    }
}

impl Corrupt {
    pub(super) fn is_nothing(&self) -> bool {
        self.percent == 0.0
    }

    pub(super) fn check(&self) -> Result<(), PlanMistake> {
        PlanField::CorruptPercent.check(self.percent)?;
        PlanField::CorruptBits.check(f64::from(self.bits))
    }
}

/// Truncates some datagrams; shorter ones stay as they are.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Truncate {
    pub percent: f64,
    /// Bytes left; 0 leaves an empty datagram, which UDP can carry.
    pub to: usize,
}

impl Truncate {
    pub(super) fn is_nothing(&self) -> bool {
        self.percent == 0.0
    }

    pub(super) fn check(&self) -> Result<(), PlanMistake> {
        PlanField::TruncatePercent.check(self.percent)?;
        PlanField::TruncateTo.check(self.to as f64)
    }

    /// Truncates these bytes; `None` if they are short enough.
    pub(super) fn cut(&self, bytes: &mut Arc<[u8]>) -> Option<EffectKind> {
        let left = bytes.get(..self.to).filter(|left| left.len() < bytes.len());
        let left: Arc<[u8]> = left?.into();
        let effect = EffectKind::Truncated {
            from: whole(bytes.len()),
            to: whole(left.len()),
        };
        *bytes = left;
        Some(effect)
    }
}

/// Decides which datagrams are corrupted, and where.
#[derive(Clone, Debug)]
pub(super) struct Corruption {
    chance: Chance,
    /// Gives each datagram a seed for the positions of its bits: one draw, however long the
    /// datagram is.
    seeds: Rng,
    bits: u32,
}

impl Corruption {
    pub(super) fn new(plan: &Corrupt, mut random: Rng) -> Self {
        Self {
            chance: Chance::new(plan.percent, random.fork()),
            seeds: random,
            bits: plan.bits.min(MAX_BITS),
        }
    }

    /// The bits to flip in the next datagram; `None` if it is not corrupted.
    pub(super) fn next(&mut self) -> Option<Flips> {
        let seed = self.seeds.u64(..);
        self.chance.happens().then_some(Flips {
            seed,
            count: self.bits,
        })
    }
}

/// Bits to flip; their positions depend on the length of the datagram.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Flips {
    seed: u64,
    count: u32,
}

impl Flips {
    pub(super) fn flip(self, bytes: &mut Arc<[u8]>) -> Option<EffectKind> {
        let end = whole(bytes.len()).saturating_mul(8);
        let bits = sample(self.count, end, &mut Rng::with_seed(self.seed));
        if bits.is_empty() {
            return None;
        }
        let mut damaged = bytes.to_vec();
        for bit in &bits {
            if let Some(byte) = damaged.get_mut(*bit as usize / 8) {
                *byte ^= 0x80 >> (bit % 8);
            }
        }
        *bytes = damaged.into();
        Some(EffectKind::Corrupted { bits: bits.into() })
    }
}

/// A length as the effects record it.
fn whole(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flipped(bits: u32, length: usize) -> (Arc<[u8]>, Option<EffectKind>) {
        let plan = Corrupt {
            percent: 100.0,
            bits,
        };
        let mut bytes = Arc::from(vec![0; length]);
        let flips = Corruption::new(&plan, Rng::with_seed(6)).next().unwrap();
        let effect = flips.flip(&mut bytes);
        (bytes, effect)
    }

    #[test]
    fn exactly_the_reported_bits_are_flipped() {
        for (count, length) in [(1, 1), (1, 1_000), (5, 100), (8, 1), (256, 2_000)] {
            let (bytes, effect) = flipped(count, length);
            let Some(EffectKind::Corrupted { bits }) = effect else {
                panic!("nothing flipped");
            };
            assert_eq!(bits.len() as u32, count);
            let set = |bit: u32| bytes[bit as usize / 8] & (0x80 >> (bit % 8)) != 0;
            assert!(bits.iter().all(|bit| set(*bit)));
            assert_eq!(bytes.iter().map(|b| b.count_ones()).sum::<u32>(), count);
        }
    }

    #[test]
    fn more_bits_than_there_are_flip_all_and_none_flip_nothing() {
        assert_eq!(flipped(100, 2).0[..], [0xFF; 2]);
        assert_eq!(flipped(100, 0), (Arc::from([]), None));
        assert_eq!(flipped(0, 2), (Arc::from([0, 0]), None));
    }

    #[test]
    fn only_longer_datagrams_are_cut() {
        let plan = Truncate {
            percent: 100.0,
            to: 2,
        };
        for (before, after) in [("", ""), ("a", "a"), ("ab", "ab"), ("abc", "ab")] {
            let mut bytes = Arc::from(before.as_bytes());
            let effect = plan.cut(&mut bytes);
            assert_eq!(bytes[..], *after.as_bytes());
            let expected = (before != after).then_some(EffectKind::Truncated { from: 3, to: 2 });
            assert_eq!(effect, expected);
        }
    }
}
