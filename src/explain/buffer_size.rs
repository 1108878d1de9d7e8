//! Sizes of buffers, which are exact.

use crate::words::grouped;

/// In the largest unit of which it is a whole multiple: `4 MiB`, `208 KiB`, `5,000,000 B`.
pub fn buffer_size(bytes: usize) -> String {
    const KIB: usize = 1 << 10;
    const MIB: usize = 1 << 20;
    match bytes {
        0 => "0 B".to_owned(),
        _ if bytes.is_multiple_of(MIB) => format!("{} MiB", bytes / MIB),
        _ if bytes.is_multiple_of(KIB) => format!("{} KiB", bytes / KIB),
        _ => format!("{} B", grouped(bytes as u64)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_part_of_a_size_is_left_out() {
        for (bytes, said) in [
            (0, "0 B"),
            (4 << 20, "4 MiB"),
            (212_992, "208 KiB"),
            (5_000_000, "5,000,000 B"),
        ] {
            assert_eq!(buffer_size(bytes), said);
        }
    }
}
