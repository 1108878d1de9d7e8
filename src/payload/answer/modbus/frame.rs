//! Finds the end of a Modbus frame, and whether it is RTU or TCP, from its bytes alone.

use super::super::{Silence, word};
use super::identification::DEVICE_IDENTIFICATION;
use crate::payload::checksum::Checksum;

/// Bytes of the Modbus TCP header: transaction, protocol, length, unit.
const HEADER: usize = 7;
/// Bytes of the header that its length field does not count.
const BEFORE: usize = 6;
/// Bytes of the longest PDU: function and data (section 4.1).
const LONGEST: usize = 253;
/// Bytes of an RTU frame around the PDU: unit and CRC.
const AROUND: usize = 3;

/// A whole frame, with all its bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ModbusFrame<'a> {
    Tcp(&'a [u8]),
    /// A frame whose CRC matches.
    Rtu(&'a [u8]),
}

/// Splits off the first frame.
///
/// A whole request after a Modbus TCP header is taken as Modbus TCP, even if its CRC matches:
/// one in 65,536 does so by chance. An RTU frame can look like a Modbus TCP header, such as one
/// that reads two registers from 0 on, but it holds no whole request. There, a matching CRC
/// decides.
///
/// # Errors
/// Why there is no frame.
pub(super) fn first(bytes: &[u8]) -> Result<(ModbusFrame<'_>, &[u8]), Silence> {
    let length = tcp_length(bytes);
    let whole = length.and_then(|length| bytes.split_at_checked(length));
    if let Some((frame, rest)) = whole.filter(|(frame, _)| holds_request(frame)) {
        return Ok((ModbusFrame::Tcp(frame), rest));
    }
    if let Some((frame, rest)) = rtu(bytes) {
        return Ok((ModbusFrame::Rtu(frame), rest));
    }
    match whole {
        // As RTU, its last two bytes (unit and function of Modbus TCP) are a wrong CRC.
        Some((frame, _)) if frame.len() == HEADER + 1 && is_for_unit(frame) => {
            Err(Silence::Damaged)
        }
        Some((frame, rest)) => Ok((ModbusFrame::Tcp(frame), rest)),
        None => Err(silence(bytes, length.is_some())),
    }
}

/// The PDU of exactly one Modbus TCP frame.
pub(super) fn pdu(frame: &[u8]) -> Option<&[u8]> {
    let is_whole = tcp_length(frame) == Some(frame.len());
    frame.get(HEADER..).filter(|_| is_whole)
}

/// The length of the Modbus TCP frame that these bytes begin with; `None` if they do not begin
/// with a Modbus TCP header.
fn tcp_length(bytes: &[u8]) -> Option<usize> {
    let (protocol, length) = (word(bytes, 2)?, usize::from(word(bytes, 4)?));
    let fits = protocol == 0 && (2..=LONGEST + 1).contains(&length);
    fits.then_some(BEFORE + length)
}

/// Whether a Modbus TCP frame is as long as its function code requires. Functions without data
/// exist on serial lines only.
fn holds_request(frame: &[u8]) -> bool {
    pdu(frame).is_some_and(|pdu| pdu.len() > 1 && length_of(pdu) == Some(pdu.len()))
}

/// The RTU frame that these bytes are, or begin with, and the bytes after it.
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

/// Whether it could be an RTU request to one unit, with a common function code.
fn is_for_unit(bytes: &[u8]) -> bool {
    matches!(bytes, [1..=247, 1..=6 | 8, ..])
}

/// Why there is no frame; `is_tcp` says that the bytes begin with a Modbus TCP header.
fn silence(bytes: &[u8], is_tcp: bool) -> Silence {
    let length = rtu_length(bytes).filter(|_| bytes.first() != Some(&0));
    match length {
        Some(length) if bytes.len() == length => Silence::Damaged,
        _ if is_tcp => Silence::Partial,
        Some(length) if bytes.len() < length => Silence::Partial,
        Some(_) => Silence::Damaged,
        // The beginning of a Modbus TCP header.
        None if matches!(bytes, [_, _, 0] | [_, _, 0, 0] | [_, _, 0, 0, 0]) => Silence::Partial,
        None => Silence::NotARequest,
    }
}

/// The length of a request PDU, its function code included (section 6). If the count is still
/// missing, the result exceeds the bytes at hand. `None` for an unknown function.
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
        0x2B if matches!(pdu.get(1), None | Some(&DEVICE_IDENTIFICATION)) => Some(4),
        _ => None,
    }
}
