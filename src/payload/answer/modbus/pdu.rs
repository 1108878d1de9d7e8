//! Answers a PDU, which is the same in all frames: a function code and its data.

use super::super::Silence;
use super::device::Device;
use super::exception::Exception;
use super::{bits, identification, registers};

/// The function codes of sections 6.1 to 6.21 that a device has.
const READ_COILS: u8 = 0x01;
const READ_DISCRETE_INPUTS: u8 = 0x02;
const READ_HOLDING_REGISTERS: u8 = 0x03;
const READ_INPUT_REGISTERS: u8 = 0x04;
const WRITE_COIL: u8 = 0x05;
const WRITE_REGISTER: u8 = 0x06;
const WRITE_COILS: u8 = 0x0F;
const WRITE_REGISTERS: u8 = 0x10;
const MASK_REGISTER: u8 = 0x16;
const WRITE_AND_READ_REGISTERS: u8 = 0x17;
const ENCAPSULATED: u8 = 0x2B;

/// The bit that marks an exception response.
const EXCEPTION: u8 = 0x80;

/// Carries out a request, and returns the PDU of its response or exception.
///
/// # Errors
/// Why there is no answer.
pub(super) fn answer(pdu: &[u8], device: &mut Device) -> Result<Vec<u8>, Silence> {
    let (function, data) = pdu.split_first().ok_or(Silence::NotARequest)?;
    // An exception of another device: answering it would cause a loop.
    if function & EXCEPTION != 0 {
        return Err(Silence::IsAnswer);
    }
    let carried_out = match *function {
        READ_COILS => bits::read(data, |addresses| device.coils(addresses)),
        READ_DISCRETE_INPUTS => bits::read(data, |addresses| device.discrete_inputs(addresses)),
        READ_HOLDING_REGISTERS => {
            registers::read(data, |addresses| device.holding_registers(addresses))
        }
        READ_INPUT_REGISTERS => {
            registers::read(data, |addresses| device.input_registers(addresses))
        }
        WRITE_COIL => bits::write_one(data, device),
        WRITE_REGISTER => registers::write_one(data, device),
        WRITE_COILS => bits::write_several(data, device),
        WRITE_REGISTERS => registers::write_several(data, device),
        MASK_REGISTER => registers::mask(data, device),
        WRITE_AND_READ_REGISTERS => registers::write_and_read(data, device),
        ENCAPSULATED => identification::read(data),
        _ => Err(Exception::Function),
    };
    Ok(match carried_out {
        Ok(data) => [vec![*function], data].concat(),
        Err(exception) => vec![function | EXCEPTION, exception as u8],
    })
}

#[cfg(test)]
mod tests;
