//! Appends numbers and recurring texts to a byte buffer.

/// The most texts that are cached: a relay or a server has a few active peers at a time.
const KEPT: usize = 16;

/// A cache of the texts of recent values, such as addresses: most rows repeat one of them.
pub(super) struct Recent<K> {
    texts: Vec<(K, Vec<u8>)>,
    /// The index of the entry that is replaced next.
    next: usize,
}

impl<K: Copy + PartialEq> Recent<K> {
    pub(super) fn new() -> Self {
        Self {
            texts: Vec::new(),
            next: 0,
        }
    }

    /// Appends the text of a value. If it is not cached, `write` appends it to an empty buffer.
    /// `write` must always give the same text for the same value.
    pub(super) fn push(&mut self, out: &mut Vec<u8>, value: K, write: impl FnOnce(&mut Vec<u8>)) {
        let known = self.texts.iter().find(|(known, _)| *known == value);
        if let Some((_, text)) = known {
            out.extend_from_slice(text);
            return;
        }
        let mut text = Vec::new();
        write(&mut text);
        out.extend_from_slice(&text);
        match self.texts.get_mut(self.next) {
            Some(oldest) => *oldest = (value, text),
            None => self.texts.push((value, text)),
        }
        self.next = (self.next + 1) % KEPT;
    }
}

/// The number of digits of the largest `u64`.
const LONGEST: usize = 20;

/// Appends a number in decimal digits.
pub(super) fn push_number(out: &mut Vec<u8>, number: u64) {
    let mut digits = [b'0'; LONGEST];
    let (mut rest, mut count) = (number, 0);
    for digit in digits.iter_mut().rev() {
        *digit += (rest % 10) as u8;
        rest /= 10;
        count += 1;
        if rest == 0 {
            break;
        }
    }
    out.extend_from_slice(digits.get(LONGEST - count..).unwrap_or_default());
}

/// Appends the last `COUNT` decimal digits of a number, with leading zeros.
pub(super) fn push_digits<const COUNT: usize>(out: &mut Vec<u8>, number: u32) {
    let mut digits = [b'0'; COUNT];
    let mut rest = number;
    for digit in digits.iter_mut().rev() {
        *digit += (rest % 10) as u8;
        rest /= 10;
    }
    out.extend_from_slice(&digits);
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn numbers_are_written_as_numbers_are(number: u64, shift in 0_u32..64, micros in 0_u32..1_000_000) {
            let number = number >> shift;
            let mut out = Vec::new();
            push_number(&mut out, number);
            push_digits::<6>(&mut out, micros);
            prop_assert_eq!(String::from_utf8(out).unwrap(), format!("{number}{micros:06}"));
        }

        #[test]
        fn a_text_is_that_of_its_value(values in proptest::collection::vec(0_u8..40, 0..200)) {
            let (mut recent, mut out, mut expected) = (Recent::new(), Vec::new(), String::new());
            for value in values {
                recent.push(&mut out, value, |text| push_number(text, value.into()));
                expected.push_str(&value.to_string());
            }
            prop_assert_eq!(String::from_utf8(out).unwrap(), expected);
            prop_assert!(recent.texts.len() <= KEPT);
        }
    }
}
