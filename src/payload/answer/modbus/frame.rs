//! Where a frame ends and of which kind it is, RTU or TCP: its bytes alone tell.

use super::super::{Silence, word};
use crate::payload::checksum::Checksum;

/// Bytes of the header of Modbus TCP: transaction, protocol, length, unit.
const HEADER: usize = 7;
/// Those of them that its length does not count.
const BEFORE: usize = 6;
/// The longest function with its data (section 4.1).
const LONGEST: usize = 253;
/// Bytes of an RTU frame around function and data: unit and CRC.
const AROUND: usize = 3;

/// All bytes of a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Frame<'a> {
    Tcp(&'a [u8]),
    /// Its CRC matches.
    Rtu(&'a [u8]),
}

/// The frame that these bytes begin with, and what stands behind it.
///
/// What is a whole request behind a header of Modbus TCP is one: by chance the CRC of every
/// 65,536th of them matches, too. An RTU frame can have the form of Modbus TCP, as one that
/// reads two registers from 0 on, but holds no such request; there a CRC that matches
/// decides.
///
/// # Errors
/// Why there is none.
pub(super) fn first(bytes: &[u8]) -> Result<(Frame<'_>, &[u8]), Silence> {
    let length = tcp_length(bytes);
    let whole = length.and_then(|length| bytes.split_at_checked(length));
    if let Some((frame, rest)) = whole.filter(|(frame, _)| holds_request(frame)) {
        return Ok((Frame::Tcp(frame), rest));
    }
    if let Some((frame, rest)) = rtu(bytes) {
        return Ok((Frame::Rtu(frame), rest));
    }
    match whole {
        // Its last two bytes, function and unit of Modbus TCP, would be the CRC.
        Some((frame, _)) if frame.len() == HEADER + 1 && is_for_unit(frame) => {
            Err(Silence::Damaged)
        }
        Some((frame, rest)) => Ok((Frame::Tcp(frame), rest)),
        None => Err(silence(bytes, length.is_some())),
    }
}

/// Function and data of exactly one frame of Modbus TCP.
pub(super) fn pdu(frame: &[u8]) -> Option<&[u8]> {
    let is_whole = tcp_length(frame) == Some(frame.len());
    frame.get(HEADER..).filter(|_| is_whole)
}

/// How long a frame is that begins with such a header of Modbus TCP.
fn tcp_length(bytes: &[u8]) -> Option<usize> {
    let (protocol, length) = (word(bytes, 2)?, usize::from(word(bytes, 4)?));
    let fits = protocol == 0 && (2..=LONGEST + 1).contains(&length);
    fits.then_some(BEFORE + length)
}

/// Whether a frame of Modbus TCP is as long as its function says. Functions without data
/// are for serial lines alone.
fn holds_request(frame: &[u8]) -> bool {
    pdu(frame).is_some_and(|pdu| pdu.len() > 1 && length_of(pdu) == Some(pdu.len()))
}

/// The RTU frame these bytes are, or begin with, and what stands behind it.
fn rtu(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let lengths = [Some(bytes.len()), rtu_length(bytes)];
    let frames = lengths.into_iter().flatten();
    let mut frames = frames.filter_map(|length| bytes.split_at_checked(length));
    frames
        .find(|(frame, _)| frame.len() > AROUND && Checksum::default().verify(frame) == Some(true))
}

fn rtu_length(bytes: &[u8]) -> Option<usize> {
    Some(length_of(bytes.get(1..)?)? + AROUND)
}

/// Whether it could be an RTU frame for one unit that reads or writes something.
fn is_for_unit(bytes: &[u8]) -> bool {
    matches!(bytes, [1..=247, 1..=6 | 8, ..])
}

/// Why no frame is there; `is_tcp` where a header of Modbus TCP is.
fn silence(bytes: &[u8], is_tcp: bool) -> Silence {
    let length = rtu_length(bytes).filter(|_| bytes.first() != Some(&0));
    match length {
        Some(length) if bytes.len() == length => Silence::Damaged,
        _ if is_tcp => Silence::Partial,
        Some(length) if bytes.len() < length => Silence::Partial,
        Some(_) => Silence::Damaged,
        // So a header of Modbus TCP begins.
        None if matches!(bytes, [_, _, 0] | [_, _, 0, 0] | [_, _, 0, 0, 0]) => Silence::Partial,
        None => Silence::NotARequest,
    }
}

/// How long a request of this function is, the function included; longer than what is there
/// if that does not tell. `None` if the function is not known. After section 6.
fn length_of(pdu: &[u8]) -> Option<usize> {
    let counted = |at: usize| at + 1 + pdu.get(at).map_or(1, |count| usize::from(*count));
    match *pdu.first()? {
        1..=6 | 0x08 => Some(5),
        0x07 | 0x0B | 0x0C | 0x11 => Some(1),
        0x0F | 0x10 => Some(counted(5)),
        0x14 | 0x15 => Some(counted(1)),
        0x16 => Some(7),
        0x17 => Some(counted(9)),
        0x18 => Some(3),
        _ => None,
    }
}
