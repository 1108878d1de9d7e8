//! A Modbus server: every register holds its own address until another value is written to it.
//! After the "MODBUS Application Protocol Specification V1.1b3" and, for the frames around it,
//! "MODBUS over Serial Line V1.02" and "MODBUS Messaging on TCP/IP V1.0b".
//!
//! It supports functions 03 and 04 (read registers), 06 (write one) and 10h (write several).
//! Input registers (04) cannot be written.

mod frame;

use super::{Replies, Silence, word};
use crate::payload::checksum::Checksum;
use frame::ModbusFrame;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

const READ_HOLDING: u8 = 0x03;
const READ_INPUT: u8 = 0x04;
const WRITE_ONE: u8 = 0x06;
const WRITE_SEVERAL: u8 = 0x10;

/// The bit that marks an exception response.
const EXCEPTION: u8 = 0x80;

/// The most registers that one request may read, and write (sections 6.3 and 6.12).
const MAX_READ: u16 = 125;
const MAX_WRITTEN: u16 = 123;

/// The values written to holding registers. The rules of a session share them until the rules
/// change.
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

/// The exception codes of section 7.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Exception {
    Function = 1,
    Address = 2,
    Value = 3,
}

/// Answers all frames in `request`, RTU or TCP, one after the other.
pub fn either(request: &[u8], registers: &Registers) -> Replies {
    let (mut answers, mut silence) = (Vec::new(), None);
    let mut rest = request;
    loop {
        let answer = match frame::first(rest) {
            Ok((frame, after)) => {
                rest = after;
                match frame {
                    ModbusFrame::Tcp(frame) => tcp(frame, registers),
                    ModbusFrame::Rtu(frame) => rtu(frame, None, registers),
                }
            }
            Err(why) => {
                // The start of the next frame is unknown.
                rest = &[];
                Err(why)
            }
        };
        match answer {
            Ok(answer) => answers.extend(answer),
            Err(why) => silence = Some(why),
        }
        if rest.is_empty() {
            return Replies::new(answers, silence);
        }
    }
}

/// Answers an RTU frame: unit, function, data, CRC-16/MODBUS with the low byte first. With
/// `unit` set, only that unit answers; otherwise every unit does.
///
/// Like a real device, it does not answer a damaged frame, a frame for another unit or a
/// broadcast (unit 0). A broadcast is carried out.
///
/// # Errors
/// Why there is no answer.
pub fn rtu(request: &[u8], unit: Option<u8>, registers: &Registers) -> Result<Vec<u8>, Silence> {
    // The default is CRC-16/MODBUS, low byte first.
    let checksum = Checksum::default();
    if checksum.verify(request) != Some(true) {
        return Err(Silence::Damaged);
    }
    let end = request.len().saturating_sub(checksum.sum.width());
    let frame = request.get(..end).unwrap_or_default();
    let (asked, pdu) = frame.split_first().ok_or(Silence::NotARequest)?;
    if *asked != 0 && unit.is_some_and(|unit| unit != *asked) {
        return Err(Silence::OtherUnit);
    }
    let answered = answer_pdu(pdu, registers)?;
    if *asked == 0 {
        return Err(Silence::Broadcast);
    }
    let mut answer = vec![*asked];
    answer.extend(answered);
    answer.extend(checksum.of(&answer).map_err(|_| Silence::NotARequest)?);
    Ok(answer)
}

/// Answers a Modbus TCP frame: transaction, protocol 0, length and unit, then function and
/// data. Transaction and unit are those of the request. Only exactly one frame is answered.
///
/// # Errors
/// Why there is no answer.
pub fn tcp(request: &[u8], registers: &Registers) -> Result<Vec<u8>, Silence> {
    let pdu = frame::pdu(request).ok_or(Silence::NotARequest)?;
    let answered = answer_pdu(pdu, registers)?;
    let length = u16::try_from(answered.len() + 1).map_err(|_| Silence::NotARequest)?;
    let mut answer = request.get(..2).unwrap_or_default().to_vec();
    answer.extend([0, 0]);
    answer.extend(length.to_be_bytes());
    answer.extend(request.get(6));
    answer.extend(answered);
    Ok(answer)
}

/// Answers a PDU: the function code and its data.
fn answer_pdu(pdu: &[u8], registers: &Registers) -> Result<Vec<u8>, Silence> {
    let (function, data) = pdu.split_first().ok_or(Silence::NotARequest)?;
    // An exception of another server: answering it would cause a loop.
    if function & EXCEPTION != 0 {
        return Err(Silence::IsAnswer);
    }
    let carried_out = match *function {
        READ_HOLDING => read(data, |address| registers.value(address)),
        READ_INPUT => read(data, |address| address),
        WRITE_ONE => write_one(data, registers),
        WRITE_SEVERAL => write_several(data, registers),
        _ => Err(Exception::Function),
    };
    Ok(match carried_out {
        Ok(data) => [vec![*function], data].concat(),
        Err(exception) => vec![function | EXCEPTION, exception as u8],
    })
}

fn read(data: &[u8], value: impl Fn(u16) -> u16) -> Result<Vec<u8>, Exception> {
    let (first, count) = range(data, MAX_READ)?;
    if data.len() != 4 {
        return Err(Exception::Value);
    }
    let bytes = u8::try_from(count * 2).map_err(|_| Exception::Value)?;
    let mut answer = vec![bytes];
    // `range` ends at 65,535, so nothing wraps.
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
    let (first, count) = range(data, MAX_WRITTEN)?;
    let (reported, rest) = data.split_at_checked(4).ok_or(Exception::Value)?;
    let (bytes, values) = rest.split_first().ok_or(Exception::Value)?;
    let expected = usize::from(count) * 2;
    if usize::from(*bytes) != expected || values.len() != expected {
        return Err(Exception::Value);
    }
    let (values, _) = values.as_chunks();
    for (address, value) in (first..=u16::MAX).zip(values) {
        registers.write(address, u16::from_be_bytes(*value));
    }
    Ok(reported.to_vec())
}

/// The first register and the count. The count is checked before the address, as in figures 13
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
mod tests;
