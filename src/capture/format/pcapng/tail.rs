//! Checks that a capture can be appended to.

use std::io::{self, Read, Seek, SeekFrom};

/// The type of a section header block, the same in both byte orders (§4.1).
const SECTION: [u8; 4] = [0x0A, 0x0D, 0x0D, 0x0A];
/// The length of the shortest block: its type and its length twice (§3.1).
const SHORTEST: u64 = 12;

/// Whether the file begins with a section header and ends with a complete block, whose two
/// length fields agree. Another section may follow such a block.
///
/// # Errors
/// Those of reading the file.
pub(super) fn ends_whole(file: &mut (impl Read + Seek)) -> io::Result<bool> {
    let end = file.seek(SeekFrom::End(0))?;
    // The length of a block is a multiple of four bytes (§3.1).
    if end < SHORTEST || end % 4 != 0 || read(file, 0)? != SECTION {
        return Ok(false);
    }
    let last = read(file, end - 4)?;
    // The byte order of the section is not needed: only the right one gives a length that also
    // stands at the beginning of the block.
    for length in [u32::from_le_bytes(last), u32::from_be_bytes(last)] {
        let begins = end.checked_sub(length.into());
        let whole = u64::from(length) >= SHORTEST && length % 4 == 0;
        if let Some(begins) = begins.filter(|_| whole)
            && read(file, begins + 4)? == last
        {
            return Ok(true);
        }
    }
    Ok(false)
}

fn read(file: &mut (impl Read + Seek), at: u64) -> io::Result<[u8; 4]> {
    let mut four = [0; 4];
    file.seek(SeekFrom::Start(at))?;
    file.read_exact(&mut four)?;
    Ok(four)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::capture::format::pcapng::block;
    use std::io::Cursor;

    fn is_whole(bytes: &[u8]) -> bool {
        ends_whole(&mut Cursor::new(bytes)).unwrap()
    }

    #[test]
    fn a_capture_that_was_cut_is_not_whole() {
        let mut capture = Vec::new();
        block::push_head(&mut capture).unwrap();
        assert!(is_whole(&capture));
        for cut in 0..capture.len() {
            // A section without its interface is complete, too.
            let section = u32::from_le_bytes(capture[4..8].try_into().unwrap());
            assert_eq!(is_whole(&capture[..cut]), cut == section as usize, "{cut}");
        }
    }

    #[test]
    fn another_kind_of_file_is_none() {
        for other in ["", "hello", "\n\r\r\nhello, this is no capture"] {
            assert!(!is_whole(other.as_bytes()));
        }
    }
}
