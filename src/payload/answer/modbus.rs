//! A Modbus server in which the value of every register is its own address until another is
//! written to it, after the "MODBUS Application Protocol Specification V1.1b3" and, for what stands around it,
//! "MODBUS over Serial Line V1.02" and "MODBUS Messaging on TCP/IP V1.0b".
//!
//! It knows functions 03 and 04 (read registers), 06 (write one) and 10h (write several).
//! Input registers (04) cannot be written.

use super::word;
use crate::payload::checksum::Checksum;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

const READ_HOLDING: u8 = 0x03;
const READ_INPUT: u8 = 0x04;
const WRITE_ONE: u8 = 0x06;
const WRITE_SEVERAL: u8 = 0x10;

/// The bit that turns a function into its exception.
const EXCEPTION: u8 = 0x80;

/// Registers that can be read, and written, at once.
const MOST_READ: u16 = 125;
const MOST_WRITTEN: u16 = 123;

/// What was written to holding registers. The rules of a session share it until they change.
#[derive(Debug, Default)]
pub struct Registers(Mutex<HashMap<u16, u16>>);

impl Registers {
    fn value(&self, address: u16) -> u16 {
        let written = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        written.get(&address).copied().unwrap_or(address)
    }

    fn write(&self, address: u16, value: u16) {
        let mut written = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        written.insert(address, value);
    }
}

/// What of a request is illegal: the exception codes of section 7.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Exception {
    Function = 1,
    Address = 2,
    Value = 3,
}

/// The answer to a frame of either kind. A CRC that matches decides: the first bytes of an
/// RTU frame that reads two registers from 0 on are also a header of Modbus TCP.
pub fn either(request: &[u8], registers: &Registers) -> Option<Vec<u8>> {
    rtu(request, None, registers).or_else(|| tcp(request, registers))
}

/// The answer to an RTU frame: unit, function, data, CRC-16/MODBUS low byte first. With
/// `unit` only that one answers, without all do.
///
/// As with a real device there is none to a damaged frame, to one for another unit, and to
/// a broadcast (unit 0), which is carried out.
pub fn rtu(request: &[u8], unit: Option<u8>, registers: &Registers) -> Option<Vec<u8>> {
    // Its default is the CRC of Modbus, low byte first.
    let checksum = Checksum::default();
    if checksum.verify(request) != Some(true) {
        return None;
    }
    let frame = request.get(..request.len().checked_sub(checksum.sum.width())?)?;
    let (asked, pdu) = frame.split_first()?;
    if *asked != 0 && unit.is_some_and(|unit| unit != *asked) {
        return None;
    }
    let answered = answer_pdu(pdu, registers)?;
    if *asked == 0 {
        return None;
    }
    let mut answer = vec![*asked];
    answer.extend(answered);
    answer.extend(checksum.of(&answer).ok()?);
    Some(answer)
}

/// The answer to a frame of Modbus TCP: transaction, protocol 0, length and unit, then
/// function and data. Transaction and unit are those of the request. There is none to what
/// is not exactly one frame, nor to a function without data: those are for serial lines
/// only, so that this is a damaged RTU frame.
pub fn tcp(request: &[u8], registers: &Registers) -> Option<Vec<u8>> {
    let (header, pdu) = request.split_at_checked(7)?;
    let (transaction, rest) = header.split_first_chunk::<2>()?;
    let unit = header.last()?;
    let protocol = word(rest, 0)?;
    let length = usize::from(word(rest, 2)?);
    if protocol != 0 || length != pdu.len() + 1 || pdu.len() < 2 {
        return None;
    }
    let answered = answer_pdu(pdu, registers)?;
    let length = u16::try_from(answered.len() + 1).ok()?;
    let mut answer = transaction.to_vec();
    answer.extend([0, 0]);
    answer.extend(length.to_be_bytes());
    answer.push(*unit);
    answer.extend(answered);
    Some(answer)
}

/// Function and data.
fn answer_pdu(pdu: &[u8], registers: &Registers) -> Option<Vec<u8>> {
    let (function, data) = pdu.split_first()?;
    // The exception of another: to answer it would never end.
    if function & EXCEPTION != 0 {
        return None;
    }
    let carried_out = match *function {
        READ_HOLDING => read(data, |address| registers.value(address)),
        READ_INPUT => read(data, |address| address),
        WRITE_ONE => write_one(data, registers),
        WRITE_SEVERAL => write_several(data, registers),
        _ => Err(Exception::Function),
    };
    Some(match carried_out {
        Ok(data) => [vec![*function], data].concat(),
        Err(exception) => vec![function | EXCEPTION, exception as u8],
    })
}

fn read(data: &[u8], value: impl Fn(u16) -> u16) -> Result<Vec<u8>, Exception> {
    let (first, count) = range(data, MOST_READ)?;
    if data.len() != 4 {
        return Err(Exception::Value);
    }
    let bytes = u8::try_from(count * 2).map_err(|_| Exception::Value)?;
    let mut answer = vec![bytes];
    // The range ends at 65,535: nothing wraps.
    let values = (0..count).map(|step| value(first.wrapping_add(step)));
    answer.extend(values.flat_map(u16::to_be_bytes));
    Ok(answer)
}

fn write_one(data: &[u8], registers: &Registers) -> Result<Vec<u8>, Exception> {
    let (Some(address), Some(value), 4) = (word(data, 0), word(data, 2), data.len()) else {
        return Err(Exception::Value);
    };
    registers.write(address, value);
    Ok(data.to_vec())
}

fn write_several(data: &[u8], registers: &Registers) -> Result<Vec<u8>, Exception> {
    let (first, count) = range(data, MOST_WRITTEN)?;
    let (told, rest) = data.split_at_checked(4).ok_or(Exception::Value)?;
    let (bytes, values) = rest.split_first().ok_or(Exception::Value)?;
    let expected = usize::from(count) * 2;
    if usize::from(*bytes) != expected || values.len() != expected {
        return Err(Exception::Value);
    }
    let (values, _) = values.as_chunks();
    for (address, value) in (first..=u16::MAX).zip(values) {
        registers.write(address, u16::from_be_bytes(*value));
    }
    Ok(told.to_vec())
}

/// The first register and how many. The count is looked at before the address: figures 13
/// and 22 of the specification.
fn range(data: &[u8], most: u16) -> Result<(u16, u16), Exception> {
    let (Some(first), Some(count)) = (word(data, 0), word(data, 2)) else {
        return Err(Exception::Value);
    };
    if !(1..=most).contains(&count) {
        return Err(Exception::Value);
    }
    if first.checked_add(count - 1).is_none() {
        return Err(Exception::Address);
    }
    Ok((first, count))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    // Each of these asks a device to which nothing was written.
    fn either(request: &[u8]) -> Option<Vec<u8>> {
        super::either(request, &Registers::default())
    }

    fn rtu(request: &[u8], unit: Option<u8>) -> Option<Vec<u8>> {
        super::rtu(request, unit, &Registers::default())
    }

    fn tcp(request: &[u8]) -> Option<Vec<u8>> {
        super::tcp(request, &Registers::default())
    }

    /// The answer to function and data, over TCP.
    fn answered(pdu: &[u8]) -> Vec<u8> {
        let request = framed(pdu);
        let answer = tcp(&request).unwrap();
        assert_eq!(answer[..4], request[..4]);
        assert_eq!(usize::from(answer[5]), answer.len() - 6);
        assert_eq!(answer[6], 0x11);
        answer[7..].to_vec()
    }

    fn framed(pdu: &[u8]) -> Vec<u8> {
        let length = (pdu.len() as u16 + 1).to_be_bytes();
        [&[0x15, 0x01, 0, 0], &length[..], &[0x11], pdu].concat()
    }

    #[test]
    fn registers_hold_their_own_addresses() {
        // Registers 108 to 110 of the specification's example.
        let expected = [3, 6, 0, 0x6B, 0, 0x6C, 0, 0x6D];
        assert_eq!(answered(&[3, 0, 0x6B, 0, 3]), expected);
        assert_eq!(answered(&[4, 0xFF, 0xFF, 0, 1]), [4, 2, 0xFF, 0xFF]);
        assert_eq!(answered(&[3, 0, 0, 0, 125]).len(), 252);
    }

    #[test]
    fn writing_is_acknowledged_as_in_the_specification() {
        assert_eq!(answered(&[6, 0, 1, 0, 3]), [6, 0, 1, 0, 3]);
        let several = [0x10, 0, 1, 0, 2, 4, 0, 0x0A, 1, 2];
        assert_eq!(answered(&several), [0x10, 0, 1, 0, 2]);
    }

    #[test]
    fn what_is_written_is_read_back() {
        let registers = Registers::default();
        let ask = |pdu: &[u8]| super::tcp(&framed(pdu), &registers).unwrap()[7..].to_vec();
        ask(&[6, 0, 1, 0, 3]);
        ask(&[0x10, 0, 2, 0, 2, 4, 0, 0x0A, 1, 2]);
        ask(&[0x10, 0xFF, 0xFF, 0, 1, 2, 0, 9]);
        // One byte too few: nothing of it is written.
        ask(&[0x10, 0, 4, 0, 2, 4, 0, 0, 0]);
        assert_eq!(
            ask(&[3, 0, 0, 0, 5]),
            [3, 10, 0, 0, 0, 3, 0, 0x0A, 1, 2, 0, 4]
        );
        assert_eq!(ask(&[3, 0xFF, 0xFF, 0, 1]), [3, 2, 0, 9]);
        assert_eq!(ask(&[4, 0, 1, 0, 1]), [4, 2, 0, 1]);
        let mut broadcast = vec![0, 6, 0, 1, 0, 8];
        broadcast.extend(Checksum::default().of(&broadcast).unwrap());
        assert_eq!(super::rtu(&broadcast, None, &registers), None);
        assert_eq!(ask(&[3, 0, 1, 0, 1]), [3, 2, 0, 8]);
    }

    #[test]
    fn what_cannot_be_carried_out_has_its_exception() {
        let cases: [(&[u8], [u8; 2]); 12] = [
            (&[1, 0, 0, 0, 1], [0x81, 1]),
            (&[0x2B, 0x0E, 1, 0], [0xAB, 1]),
            (&[3, 0xFF, 0xFF, 0, 2], [0x83, 2]),
            (&[4, 0xFF, 0xFE, 0, 3], [0x84, 2]),
            (&[0x10, 0xFF, 0xFF, 0, 2, 4, 0, 0, 0, 0], [0x90, 2]),
            (&[3, 0, 0, 0, 0], [0x83, 3]),
            (&[3, 0, 0, 0, 126], [0x83, 3]),
            (&[3, 0, 0], [0x83, 3]),
            (&[3, 0, 0, 0, 1, 0], [0x83, 3]),
            (&[6, 0, 0, 0], [0x86, 3]),
            (&[0x10, 0, 0, 0, 1, 2, 0], [0x90, 3]),
            (&[0x10, 0, 0, 0, 124, 248], [0x90, 3]),
        ];
        for (request, exception) in cases {
            assert_eq!(answered(request), exception, "{request:02X?}");
        }
    }

    #[test]
    fn an_rtu_frame_ends_with_its_crc_low_byte_first() {
        let request = [1, 3, 0, 0, 0, 2, 0xC4, 0x0B];
        let answer = [1, 3, 4, 0, 0, 0, 1, 0x3B, 0xF3];
        assert_eq!(rtu(&request, None).as_deref(), Some(&answer[..]));
        assert_eq!(rtu(&request, Some(1)).as_deref(), Some(&answer[..]));
    }

    #[test]
    fn a_device_is_silent_to_damage_to_others_and_to_a_broadcast() {
        assert_eq!(rtu(&[1, 3, 0, 0, 0, 2, 0xC4, 0x0C], None), None);
        assert_eq!(rtu(&[1, 3, 0, 0, 0, 2, 0xC4, 0x0B], Some(2)), None);
        let mut broadcast = vec![0, 6, 0, 1, 0, 3];
        broadcast.extend(Checksum::default().of(&broadcast).unwrap());
        assert_eq!(rtu(&broadcast, None), None);
    }

    #[test]
    fn an_rtu_frame_is_not_taken_for_tcp_whatever_its_crc() {
        let mut request = vec![1, 3, 0, 0, 0, 2, 0xC4, 0x0B];
        let answer = [1, 3, 4, 0, 0, 0, 1, 0x3B, 0xF3];
        assert_eq!(either(&request).as_deref(), Some(&answer[..]));
        request[7] = 0x0C;
        assert_eq!(either(&request), None);
        let frame = framed(&[3, 0, 0, 0, 1]);
        assert_eq!(either(&frame), tcp(&frame));
    }

    #[test]
    fn an_exception_is_no_request() {
        assert_eq!(tcp(&framed(&[0x83, 2])), None);
    }

    #[test]
    fn only_one_whole_frame_is_answered() {
        let frame = framed(&[3, 0, 0, 0, 1]);
        assert!(tcp(&frame).is_some());
        assert_eq!(tcp(&frame[..frame.len() - 1]), None);
        assert_eq!(tcp(&[frame.clone(), frame.clone()].concat()), None);
        let mut other = frame;
        other[3] = 1;
        assert_eq!(tcp(&other), None);
    }

    proptest! {
        #[test]
        fn any_bytes_may_come(bytes in prop::collection::vec(any::<u8>(), 0..300), unit: Option<u8>) {
            rtu(&bytes, unit);
            tcp(&bytes);
            let mut frame = bytes.clone();
            frame.extend(Checksum::default().of(&bytes).unwrap());
            if let Some(answer) = rtu(&frame, unit) {
                prop_assert_eq!(Checksum::default().verify(&answer), Some(true));
                prop_assert!(answer.len() <= 256);
            }
            let tcp = tcp(&framed(&bytes));
            prop_assert!(tcp.is_none_or(|answer| answer.len() <= 260));
        }
    }
}
