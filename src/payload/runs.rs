//! Measures runs of similar bytes.

/// Bytes tested together.
const BLOCK: usize = 16;

/// The number of leading bytes that satisfy `is_such`. Whole blocks are tested without a branch
/// between two bytes, so that the compiler compares many at once.
pub fn leading(bytes: &[u8], is_such: impl Fn(u8) -> bool) -> usize {
    let (blocks, _) = bytes.as_chunks::<BLOCK>();
    let is_whole = |block: &&[u8; BLOCK]| {
        let all = |all: bool, byte: &u8| all & is_such(*byte);
        block.iter().fold(true, all)
    };
    let whole = BLOCK * blocks.iter().take_while(is_whole).count();
    let rest = bytes.get(whole..).unwrap_or_default();
    let more = rest.iter().position(|byte| !is_such(*byte));
    whole + more.unwrap_or(rest.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn it_is_the_place_of_the_first_that_is_not_such(plain in 0_usize..80, rest: Vec<u8>) {
            let bytes = [&vec![b'a'; plain][..], &rest].concat();
            let is_such = |byte: u8| byte.is_ascii_alphabetic();
            let first = bytes.iter().position(|byte| !is_such(*byte));
            prop_assert_eq!(leading(&bytes, is_such), first.unwrap_or(bytes.len()));
        }
    }
}
