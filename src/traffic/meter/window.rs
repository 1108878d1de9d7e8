//! A sliding window of received sequence numbers.

/// The most places that are remembered.
pub(super) const WIDEST: u64 = 65_536;

/// A ring of bits, one for each of the latest places of a run.
#[derive(Clone, Debug)]
pub(super) struct Window {
    words: Box<[u64]>,
    mask: u64,
}

impl Window {
    /// A window for numbers of this width in bits. It spans at most half of the numbers, because
    /// otherwise later numbers would look like earlier ones.
    pub(super) fn new(bits: u32) -> Self {
        let length = 1_u64
            .checked_shl(bits.saturating_sub(1))
            .unwrap_or(WIDEST)
            .clamp(u64::from(u64::BITS), WIDEST);
        let words = usize::try_from(length / 64).unwrap_or(1);
        Self {
            words: vec![0; words].into_boxed_slice(),
            mask: length - 1,
        }
    }

    /// The number of places it remembers.
    pub(super) fn length(&self) -> u64 {
        self.mask + 1
    }

    /// Whether the packet at this position has arrived.
    pub(super) fn has(&self, place: u64) -> bool {
        let (word, bit) = self.slot(place);
        self.words
            .get(word)
            .is_some_and(|word| word >> bit & 1 == 1)
    }

    /// Marks the packet at this position as arrived.
    pub(super) fn set(&mut self, place: u64) {
        let (word, bit) = self.slot(place);
        if let Some(word) = self.words.get_mut(word) {
            *word |= 1 << bit;
        }
    }

    /// Clears `count` places, beginning with this one.
    pub(super) fn clear(&mut self, place: u64, count: u64) {
        if count > self.mask {
            self.words.fill(0);
            return;
        }
        let (mut place, mut left) = (place, count);
        while left > 0 {
            let (word, bit) = self.slot(place);
            let taken = left.min(u64::from(64 - bit));
            if let Some(word) = self.words.get_mut(word) {
                *word &= !(u64::MAX >> (64 - taken) << bit);
            }
            place += taken;
            left -= taken;
        }
    }

    /// Calls `reported` for `count` places, beginning with this one, in runs of received or missing
    /// places. Adjacent runs may have the same state.
    pub(super) fn stretches(&self, place: u64, count: u64, mut reported: impl FnMut(bool, u64)) {
        let (mut place, mut left) = (place, count);
        while left > 0 {
            let (word, bit) = self.slot(place);
            let word = self.words.get(word).map_or(0, |word| word >> bit);
            let came = word & 1 == 1;
            let alike = if came {
                word.trailing_ones()
            } else {
                word.trailing_zeros()
            };
            let taken = left.min(u64::from(alike.min(64 - bit)));
            reported(came, taken);
            place += taken;
            left -= taken;
        }
    }

    fn slot(&self, place: u64) -> (usize, u32) {
        let slot = place & self.mask;
        // The slot is at most 65,535, so it fits.
        ((slot / 64) as usize, (slot % 64) as u32)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn half_of_all_numbers_are_remembered_and_65536_at_most() {
        let lengths = [8, 16, 32, 64].map(|bits| Window::new(bits).length());
        assert_eq!(lengths, [128, 32_768, 65_536, 65_536]);
    }

    proptest! {
        #[test]
        fn it_is_a_row_of_bits(
            set in prop::collection::vec(0..128_u64, 0..100),
            from in 0..128_u64,
            count in 0..=128_u64,
            base in 0..1_000_u64,
        ) {
            let mut window = Window::new(8);
            let mut plain = [false; 128];
            for place in set {
                window.set(base + place);
                plain[place as usize] = true;
            }
            let count = count.min(128 - from);
            let reported = |window: &Window| {
                let mut reported = Vec::new();
                window.stretches(base, 128, |came, count| {
                    reported.extend(std::iter::repeat_n(came, count as usize));
                });
                reported
            };
            prop_assert_eq!(reported(&window), plain);
            window.clear(base + from, count);
            plain[from as usize..(from + count) as usize].fill(false);
            prop_assert_eq!(reported(&window), plain);
            for (place, came) in (0..).zip(plain) {
                prop_assert_eq!(window.has(base + place), came);
            }
        }
    }
}
