//! A Modbus device, over RTU and TCP. After the "MODBUS Application Protocol Specification
//! V1.1b3" and, for the frames around it, "MODBUS over Serial Line V1.02" and "MODBUS Messaging on
//! TCP/IP V1.0b".
//!
//! A rule has [`DeviceSettings`], from which a [`Device`] is made; a session has [`Devices`], whose
//! values clients change. Sections and figures in comments are those of the first document.

mod bits;
mod data_table;
mod device;
mod devices;
mod exception;
mod frame;
mod identification;
mod pdu;
mod registers;
mod request;
mod settings;

pub use device::Device;
pub use devices::Devices;
pub use settings::{DeviceSettings, NotARegister};

use super::{Replies, Silence};
use crate::payload::checksum::Checksum;
use frame::ModbusFrame;

/// Answers all frames in `request`, RTU or TCP, one after the other.
fn either(request: &[u8], device: &mut Device) -> Replies {
    let (mut answers, mut silence) = (Vec::new(), None);
    let mut rest = request;
    loop {
        let answer = match frame::first(rest) {
            Ok((frame, after)) => {
                rest = after;
                match frame {
                    ModbusFrame::Tcp(frame) => tcp(frame, device),
                    ModbusFrame::Rtu(frame) => rtu(frame, device),
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

/// Answers an RTU frame: unit, function, data, CRC-16/MODBUS with the low byte first. A device
/// with a unit answers only requests to it, and one without answers those to every unit.
///
/// Like a real device, it does not answer a damaged frame, a frame for another unit or a
/// broadcast (unit 0). A broadcast is carried out.
///
/// # Errors
/// Why there is no answer.
fn rtu(request: &[u8], device: &mut Device) -> Result<Vec<u8>, Silence> {
    // The default is CRC-16/MODBUS, low byte first.
    let checksum = Checksum::default();
    if checksum.verify(request) != Some(true) {
        return Err(Silence::Damaged);
    }
    let end = request.len().saturating_sub(checksum.sum.width());
    let frame = request.get(..end).unwrap_or_default();
    let (asked, pdu) = frame.split_first().ok_or(Silence::NotARequest)?;
    if *asked != 0 && device.unit.is_some_and(|unit| unit != *asked) {
        return Err(Silence::OtherUnit);
    }
    let answered = pdu::answer(pdu, device)?;
    if *asked == 0 {
        return Err(Silence::Broadcast);
    }
    let mut answer = vec![*asked];
    answer.extend(answered);
    answer.extend(checksum.of(&answer).map_err(|_| Silence::NotARequest)?);
    Ok(answer)
}

/// Answers a Modbus TCP frame: transaction, protocol 0, length and unit, then function and
/// data. Transaction and unit are those of the request: the IP address chooses the device, and its
/// unit does not matter. Only exactly one frame is answered.
///
/// # Errors
/// Why there is no answer.
fn tcp(request: &[u8], device: &mut Device) -> Result<Vec<u8>, Silence> {
    let pdu = frame::pdu(request).ok_or(Silence::NotARequest)?;
    let answered = pdu::answer(pdu, device)?;
    let length = u16::try_from(answered.len() + 1).map_err(|_| Silence::NotARequest)?;
    let mut answer = request.get(..2).unwrap_or_default().to_vec();
    answer.extend([0, 0]);
    answer.extend(length.to_be_bytes());
    answer.extend(request.get(6));
    answer.extend(answered);
    Ok(answer)
}

#[cfg(test)]
mod tests;
