//! Writes bytes as hexadecimal into a buffer, many at a time.

/// The two upper-case digits of every byte.
static PAIRS: [[u8; 2]; 256] = {
    let mut pairs = [[0; 2]; 256];
    let mut rest: &mut [[u8; 2]] = &mut pairs;
    let mut byte = 0_u8;
    while let [pair, behind @ ..] = rest {
        *pair = [digit(byte >> 4), digit(byte & 0xF)];
        byte = byte.wrapping_add(1);
        rest = behind;
    }
    pairs
};

const fn digit(nibble: u8) -> u8 {
    match nibble {
        0..=9 => b'0' + nibble,
        _ => b'A' + nibble - 10,
    }
}

fn pair(byte: u8) -> [u8; 2] {
    // The table has an entry for every byte.
    PAIRS.get(usize::from(byte)).copied().unwrap_or_default()
}

/// Appends two upper-case digits a byte, separated by spaces.
pub fn push(out: &mut Vec<u8>, bytes: &[u8]) {
    let start = out.len();
    out.resize(start + 3 * bytes.len(), b' ');
    let added = out.get_mut(start..).unwrap_or_default();
    let (groups, _) = added.as_chunks_mut::<3>();
    for (group, byte) in groups.iter_mut().zip(bytes) {
        let [high, low] = pair(*byte);
        *group = [high, low, b' '];
    }
    if !bytes.is_empty() {
        // A space stands between two bytes only.
        out.pop();
    }
}

/// Appends two lower-case digits a byte, without separators.
pub fn push_lower(out: &mut Vec<u8>, bytes: &[u8]) {
    let start = out.len();
    out.resize(start + 2 * bytes.len(), 0);
    let added = out.get_mut(start..).unwrap_or_default();
    let (groups, _) = added.as_chunks_mut::<2>();
    for (group, byte) in groups.iter_mut().zip(bytes) {
        // The bit that distinguishes lower case from upper case is set in every decimal digit.
        *group = pair(*byte).map(|digit| digit | 0x20);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn many_bytes_are_each_byte_after_the_other(before: Vec<u8>, bytes: Vec<u8>) {
            let digits: Vec<String> = bytes.iter().map(|byte| format!("{byte:02X}")).collect();
            let after = |text: &str| [&before, text.as_bytes()].concat();
            let (mut spaced, mut lower) = (before.clone(), before.clone());
            push(&mut spaced, &bytes);
            push_lower(&mut lower, &bytes);
            prop_assert_eq!(spaced, after(&digits.join(" ")));
            prop_assert_eq!(lower, after(&digits.concat().to_ascii_lowercase()));
        }
    }
}
