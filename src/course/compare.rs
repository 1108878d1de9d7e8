//! The mistake in a message that came instead of the expected one.

use super::mistake::{Evidence, Mistake, MistakeName as Name};
use crate::payload::charset::{Charset, DecodedPart};
use crate::payload::checksum::Sum;

/// The number of bytes of the checksums that are recognised.
const SUM: usize = 2;
/// The byte order mark that Python writes before UTF-16.
const UTF_16: [u8; 2] = [0xFF, 0xFE];

/// The mistake in `came`. `sent` is what the program had received before.
pub fn mistake(expected: &[u8], came: &[u8], sent: &[u8], is_stream: bool) -> Mistake {
    // With another content, a right checksum is another one, too.
    let (expected, came) = match (summed(expected), summed(came)) {
        (Some(expected), Some(came)) => (expected, came),
        _ => (expected, came),
    };
    line_end(expected, came, is_stream)
        .or_else(|| encoding(expected, came, sent))
        .or_else(|| representation(came))
        .or_else(|| part(expected, came, sent, is_stream))
        .or_else(|| more(expected, came))
        .or_else(|| checksum(expected, came))
        .or_else(|| is_swapped(expected, came).then_some(Name::ByteOrder.into()))
        .or_else(|| is_other_length(expected, came).then_some(Name::LengthPrefix.into()))
        .or_else(|| digits(expected, came))
        .unwrap_or_else(|| Name::WrongContent.into())
}

/// Whether a text shows bytes as Python writes them: `b'…'`.
pub fn shows_bytes(text: &str) -> bool {
    ["b'", "b\""].iter().any(|begin| {
        let quote = begin.trim_start_matches('b');
        text.split_once(begin)
            .is_some_and(|(_, behind)| behind.contains(quote))
    })
}

/// The text of these bytes in an encoding, if all of them are text.
pub fn decoded(bytes: &[u8], charset: Charset) -> Option<String> {
    let parts = charset.decode(bytes).into_iter().map(|part| match part {
        DecodedPart::Text(text) => Some(text.into_owned()),
        DecodedPart::Bad(_) => None,
    });
    parts.collect()
}

fn line_end(expected: &[u8], came: &[u8], is_stream: bool) -> Option<Mistake> {
    let without = |bytes: &[u8]| -> Vec<u8> {
        let is_text = |byte: &u8| !matches!(byte, b'\r' | b'\n');
        bytes.iter().copied().filter(is_text).collect()
    };
    let is_end = |byte: &u8| matches!(byte, b'\r' | b'\n');
    let differs = expected != came && without(expected) == without(came);
    if !differs || !expected.iter().chain(came).any(is_end) {
        return None;
    }
    let has_none = !came.iter().any(is_end);
    // A part of a line that is still under way looks the same in a stream without line ends.
    let is_begin = is_stream && expected.starts_with(came) && !has_none;
    match (is_begin, has_none) {
        (true, _) => None,
        (false, true) => Some(Name::NoLineEnd.into()),
        (false, false) => Some(Name::WrongLineEnd.into()),
    }
}

fn encoding(expected: &[u8], came: &[u8], sent: &[u8]) -> Option<Mistake> {
    let text = std::str::from_utf8(expected).ok()?;
    if came.starts_with(&UTF_16) && !expected.starts_with(&UTF_16) {
        return Some(Mistake {
            name: Name::WrongEncoding,
            evidence: Evidence::Encoding(Charset::Utf16Le),
        });
    }
    let others = || {
        Charset::ALL
            .into_iter()
            .filter(|charset| *charset != Charset::Utf8)
    };
    let encoded = others().find(|charset| {
        let bytes = charset.encode(text);
        bytes.is_ok_and(|bytes| *bytes == *came) && came != expected
    });
    // It read what it received in another encoding, and sends that on.
    let misread = || {
        others().find(|charset| {
            let text = decoded(sent, *charset).filter(|text| !text.is_empty());
            text.is_some_and(|text| {
                came.ends_with(text.as_bytes()) && !expected.ends_with(text.as_bytes())
            })
        })
    };
    let charset = encoded.or_else(misread)?;
    Some(Mistake {
        name: Name::WrongEncoding,
        evidence: Evidence::Encoding(charset),
    })
}

fn representation(came: &[u8]) -> Option<Mistake> {
    let text = std::str::from_utf8(came).ok()?;
    shows_bytes(text).then_some(Name::Representation.into())
}

/// The beginning of the expected message only.
fn part(expected: &[u8], came: &[u8], sent: &[u8], is_stream: bool) -> Option<Mistake> {
    if came.is_empty() || came.len() >= expected.len() || !expected.starts_with(came) {
        return None;
    }
    let missing = expected.len() - came.len();
    if missing == SUM && expected.ends_with(&modbus(came)) {
        return Some(Name::ChecksumMissing.into());
    }
    // It had received nothing that it could have cut.
    if sent.is_empty() {
        return Some(size(expected, came));
    }
    if is_stream {
        return Some(Name::OneReadOneMessage.into());
    }
    // Where the answer repeats what was received, the size of the receive call is known.
    let received = sent.len().checked_sub(missing);
    let received = received.filter(|_| expected.ends_with(sent));
    let evidence = received.map_or(Evidence::None, |received| Evidence::Cut {
        received,
        of: sent.len(),
    });
    Some(Mistake {
        name: Name::CutReceive,
        evidence,
    })
}

/// The expected message, and further bytes.
fn more(expected: &[u8], came: &[u8]) -> Option<Mistake> {
    let is_more = !expected.is_empty() && came.len() > expected.len();
    (is_more && came.starts_with(expected)).then(|| size(expected, came))
}

fn size(expected: &[u8], came: &[u8]) -> Mistake {
    Mistake {
        name: Name::WrongSize,
        evidence: Evidence::Size {
            bytes: came.len(),
            of: expected.len(),
        },
    }
}

/// CRC-16/MODBUS, the low byte first.
fn modbus(bytes: &[u8]) -> [u8; SUM] {
    let [low, high, ..] = Sum::default().of(bytes).to_le_bytes();
    [low, high]
}

/// The payload before a right checksum.
fn summed(bytes: &[u8]) -> Option<&[u8]> {
    let (payload, sum) = bytes.split_last_chunk::<SUM>()?;
    (!payload.is_empty() && *sum == modbus(payload)).then_some(payload)
}

fn checksum(expected: &[u8], came: &[u8]) -> Option<Mistake> {
    let (payload, sum) = expected.split_last_chunk::<SUM>()?;
    let (other, found) = came.split_last_chunk::<SUM>()?;
    if payload.is_empty() || payload != other || sum == found || *sum != modbus(payload) {
        return None;
    }
    let [low, high] = *sum;
    if *found == [high, low] {
        return Some(Name::ChecksumByteOrder.into());
    }
    let is_of_part = (1..payload.len()).any(|cut| {
        let parts = [payload.get(cut..), payload.get(..payload.len() - cut)];
        parts
            .into_iter()
            .flatten()
            .any(|part| modbus(part) == *found)
    });
    Some(match is_of_part {
        true => Name::ChecksumRange.into(),
        false => Name::ChecksumWrong.into(),
    })
}

/// Whether the messages differ only in the order of the bytes of numbers.
fn is_swapped(expected: &[u8], came: &[u8]) -> bool {
    if expected.len() != came.len() {
        return false;
    }
    let mut at = 0;
    while at < expected.len() {
        if expected.get(at) == came.get(at) {
            at += 1;
            continue;
        }
        let number = [2_usize, 4, 8].into_iter().find_map(|width| {
            let starts = (at + 1).saturating_sub(width)..=at;
            starts.rev().find_map(|start| {
                let end = start.checked_add(width)?;
                let (right, found) = (expected.get(start..end)?, came.get(start..end)?);
                right.iter().rev().eq(found).then_some(end)
            })
        });
        match number {
            Some(end) => at = end,
            None => return false,
        }
    }
    true
}

/// Whether only a length before the message differs.
fn is_other_length(expected: &[u8], came: &[u8]) -> bool {
    expected.len() == came.len()
        && [4, 2, 1].into_iter().any(|width| {
            let (Some((length, body)), Some((other, same))) = (
                expected.split_at_checked(width),
                came.split_at_checked(width),
            ) else {
                return false;
            };
            let lengths = [number(length.iter()), number(length.iter().rev())];
            let is_length = lengths.contains(&body.len());
            is_length && body == same && length != other
        })
}

/// The number of these bytes, the high one first.
fn number<'a>(bytes: impl Iterator<Item = &'a u8>) -> usize {
    bytes.fold(0, |number, byte| number << 8 | usize::from(*byte))
}

/// Digits where bytes were expected.
fn digits(expected: &[u8], came: &[u8]) -> Option<Mistake> {
    let is_text = std::str::from_utf8(expected).is_ok() && expected.iter().all(|byte| *byte >= 9);
    let is_digit = |byte: &u8| byte.is_ascii_hexdigit() || b" .,+-x".contains(byte);
    let is_digits = !came.is_empty() && came.iter().all(is_digit);
    (!is_text && is_digits).then_some(Name::DigitsAsText.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(expected: &[u8], came: &[u8], sent: &[u8], is_stream: bool) -> Name {
        mistake(expected, came, sent, is_stream).name
    }

    #[test]
    fn a_cut_echo_tells_the_size_of_the_receive_call() {
        let sent = b"twenty-seven bytes of text!";
        let expected = [b"received ", &sent[..]].concat();
        let found = mistake(&expected, &expected[..19], sent, false);
        let evidence = Evidence::Cut {
            received: 10,
            of: 27,
        };
        assert_eq!((found.name, found.evidence), (Name::CutReceive, evidence));
        let stream = name(&expected, &expected[..19], sent, true);
        assert_eq!(stream, Name::OneReadOneMessage);
    }

    #[test]
    fn a_message_of_another_size_tells_how_many_bytes_were_sent() {
        for came in ["anybody ", "anybody there?\0"] {
            let found = mistake(b"anybody there?", came.as_bytes(), b"", false);
            let evidence = Evidence::Size {
                bytes: came.len(),
                of: 14,
            };
            assert_eq!((found.name, found.evidence), (Name::WrongSize, evidence));
        }
    }

    #[test]
    fn text_is_compared_by_line_ends_and_encodings() {
        assert_eq!(name(b"5\r\n", b"5\n", b"", true), Name::WrongLineEnd);
        assert_eq!(name(b"5\r\n", b"5", b"", true), Name::NoLineEnd);
        assert_eq!(
            name("温".as_bytes(), b"\xCE\xC2", b"", false),
            Name::WrongEncoding
        );
        assert_eq!(
            name(b"hi", b"\xFF\xFEh\0i\0", b"", false),
            Name::WrongEncoding
        );
        assert_eq!(name(b"hi", b"b'hi'", b"", false), Name::Representation);
        assert_eq!(name(b"hi", b"ho", b"", false), Name::WrongContent);
    }

    #[test]
    fn numbers_are_compared_by_their_bytes() {
        let right = [0x81, 0, 7, 0, 0, 9, 0x2E];
        let swapped = [0x81, 7, 0, 0x2E, 9, 0, 0];
        assert_eq!(name(&right, &swapped, b"", false), Name::ByteOrder);
        assert_eq!(name(&right, b"2350", b"", false), Name::DigitsAsText);
        assert_eq!(
            name(b"\0\x05HELLO", b"\0\x07HELLO", b"", true),
            Name::LengthPrefix
        );
    }

    #[test]
    fn checksums_are_compared_by_what_they_cover() {
        let payload = [1, 3, 4, 0, 0x64, 0, 0x65];
        let with = |sum: [u8; 2]| [&payload[..], &sum].concat();
        let right = with(modbus(&payload));
        let [low, high] = modbus(&payload);
        assert_eq!([low, high], [0x7B, 0xC7]);
        assert_eq!(name(&right, &payload, b"", false), Name::ChecksumMissing);
        let of = |sum| name(&right, &with(sum), b"", false);
        assert_eq!(of([high, low]), Name::ChecksumByteOrder);
        assert_eq!(of(modbus(&payload[3..])), Name::ChecksumRange);
        assert_eq!(of([0, 0]), Name::ChecksumWrong);
        let swapped = [1, 3, 4, 0x64, 0, 0x65, 0];
        let swapped = [&swapped[..], &modbus(&swapped)].concat();
        assert_eq!(name(&right, &swapped, b"", false), Name::ByteOrder);
    }
}
