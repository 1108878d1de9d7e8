//! A TFTP server with one small file under every name (RFC 1350). It keeps no state: the next
//! block follows from the acknowledged one.

use super::{Silence, word};
use std::fmt::Write as _;

const READ: u16 = 1;
const WRITE: u16 = 2;
const DATA: u16 = 3;
const ACKNOWLEDGEMENT: u16 = 4;
const ERROR: u16 = 5;

/// Error codes of the appendix.
const ACCESS_VIOLATION: u16 = 2;
const ILLEGAL_OPERATION: u16 = 4;

/// Bytes of every block but the last.
const BLOCK: usize = 512;

/// Lines of the file, 32 bytes each: three full blocks, and a last one of 96 bytes.
const LINES: usize = 51;

/// Answers a read request with block 1, and the acknowledgement of a block with the next one.
/// The acknowledgement of the last block ends the transfer and gets no answer, nor does that of
/// a block that was never sent.
///
/// Options (RFC 2347) are ignored, as a server may. A write request is refused, and a malformed
/// read request gets an error packet.
///
/// # Errors
/// Why there is no answer.
pub fn answer(request: &[u8]) -> Result<Vec<u8>, Silence> {
    match word(request, 0) {
        Some(READ) if is_request(request) => block(1),
        Some(READ) => Ok(error(ILLEGAL_OPERATION, "Illegal TFTP operation.")),
        Some(WRITE) => Ok(error(ACCESS_VIOLATION, "Access violation.")),
        Some(ACKNOWLEDGEMENT) => match word(request, 2) {
            None => Err(Silence::Partial),
            Some(0) => Err(Silence::NoSuchBlock),
            Some(number) => block(number.checked_add(1).ok_or(Silence::NoSuchBlock)?),
        },
        Some(ERROR) => Err(Silence::IsAnswer),
        _ => Err(Silence::NotARequest),
    }
}

/// The text of the file. Its lines end with CR and LF, so that it is the same in both modes.
pub fn file() -> String {
    let mut text = String::new();
    for line in 1..=LINES {
        // Writing to a string cannot fail.
        write!(text, "netpeer test file, line {line:02}/{LINES}.\r\n").ok();
    }
    text
}

/// Whether a file name and a mode follow, each ended by a zero byte.
fn is_request(request: &[u8]) -> bool {
    let mut parts = request
        .get(2..)
        .unwrap_or_default()
        .split(|byte| *byte == 0);
    let (name, mode, ended) = (parts.next(), parts.next(), parts.next());
    let known = |mode: &[u8]| {
        [&b"octet"[..], b"netascii"]
            .iter()
            .any(|known| mode.eq_ignore_ascii_case(known))
    };
    name.is_some_and(|name| !name.is_empty()) && mode.is_some_and(known) && ended.is_some()
}

/// The data packet of a block. The last block is shorter than the others.
///
/// # Errors
/// [`Silence::Transferred`] right after the last block, [`Silence::NoSuchBlock`] beyond that.
fn block(number: u16) -> Result<Vec<u8>, Silence> {
    let file = file();
    let before = usize::from(number).saturating_sub(1);
    let blocks = file.len() / BLOCK + 1;
    if before == blocks {
        return Err(Silence::Transferred);
    }
    let rest = file.as_bytes().get(before * BLOCK..);
    let rest = rest.ok_or(Silence::NoSuchBlock)?;
    let bytes = rest.get(..BLOCK).unwrap_or(rest);
    let mut data = [DATA, number].map(u16::to_be_bytes).concat();
    data.extend(bytes);
    Ok(data)
}

fn error(code: u16, message: &str) -> Vec<u8> {
    let mut error = [ERROR, code].map(u16::to_be_bytes).concat();
    error.extend(message.as_bytes());
    error.push(0);
    error
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn answer(request: &[u8]) -> Option<Vec<u8>> {
        super::answer(request).ok()
    }

    #[test]
    fn a_read_request_is_answered_with_the_first_block() {
        let answer = answer(b"\x00\x01boot.cfg\x00octet\x00").unwrap();
        assert_eq!(answer.len(), 4 + BLOCK);
        assert!(answer.starts_with(b"\x00\x03\x00\x01netpeer test file, line 01/51.\r\n"));
    }

    #[test]
    fn acknowledging_each_block_fetches_the_file() {
        let mut got: Vec<u8> = Vec::new();
        let mut next = answer(b"\x00\x01f\x00NetASCII\x00");
        let mut lengths = Vec::new();
        while let Some(data) = next {
            got.extend(&data[4..]);
            lengths.push(data.len() - 4);
            next = answer(&[0, 4, data[2], data[3]]);
        }
        assert_eq!(lengths, [512, 512, 512, 96]);
        assert_eq!(got, file().as_bytes());
    }

    #[test]
    fn options_are_passed_over() {
        let plain = answer(b"\x00\x01f\x00octet\x00");
        assert_eq!(answer(b"\x00\x01f\x00octet\x00blksize\x001428\x00"), plain);
    }

    #[test]
    fn writing_is_refused_and_a_malformed_request_gets_an_error() {
        let refused = b"\x00\x05\x00\x02Access violation.\x00";
        let answered = answer(b"\x00\x02f\x00octet\x00");
        assert_eq!(answered.as_deref(), Some(&refused[..]));
        for request in [
            &b"\x00\x01"[..],
            b"\0\x01f",
            b"\0\x01f\0octet",
            b"\0\x01f\0mail\0",
        ] {
            let reported = answer(request).unwrap();
            assert!(reported.starts_with(b"\x00\x05\x00\x04"), "{request:?}");
        }
    }

    #[test]
    fn the_rest_is_not_answered() {
        let others: [&[u8]; 7] = [
            b"",
            b"\x00",
            b"\x00\x03\x00\x01data",
            b"\x00\x05\x00\x01File not found.\x00",
            b"\x00\x04\x00\x00",
            b"\x00\x04\x00\x04",
            b"\x00\x04\xFF\xFF",
        ];
        for request in others {
            assert_eq!(answer(request), None, "{request:?}");
        }
    }

    #[test]
    fn what_has_no_answer_says_why() {
        let cases: [(&[u8], Silence); 6] = [
            (b"", Silence::NotARequest),
            (b"\x00\x03\x00\x01data", Silence::NotARequest),
            (b"\x00\x05\x00\x01File not found.\x00", Silence::IsAnswer),
            (b"\x00\x04\x00", Silence::Partial),
            (b"\x00\x04\x00\x04", Silence::Transferred),
            (b"\x00\x04\x00\x05", Silence::NoSuchBlock),
        ];
        for (request, expected) in cases {
            assert_eq!(super::answer(request), Err(expected), "{request:?}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_may_come(code in 0..7_u8, bytes in prop::collection::vec(any::<u8>(), 0..80)) {
            answer(&bytes);
            let answer = answer(&[&[0, code], &bytes[..]].concat());
            prop_assert!(answer.is_none_or(|answer| answer.len() <= 4 + BLOCK));
        }
    }
}
