//! The functions for holding registers and input registers: words with the high byte first.

use super::super::word;
use super::device::Device;
use super::exception::Exception;
use super::request::{AddressSpan, address_and_value, counted, with_count};
use std::ops::RangeInclusive;

/// The most registers that one request may read, and write (sections 6.3 and 6.12).
const MAX_READ: u16 = 125;
const MAX_WRITTEN: u16 = 123;
/// The most registers that a request may write that reads others too (section 6.17).
const MAX_WRITTEN_AND_READ: u16 = 121;

/// Functions 03 and 04: reads registers by `values`.
///
/// # Errors
/// Why it cannot be carried out.
pub(super) fn read(
    data: &[u8],
    values: impl FnOnce(RangeInclusive<u16>) -> Result<Vec<u16>, Exception>,
) -> Result<Vec<u8>, Exception> {
    let span = AddressSpan::read_whole(data, MAX_READ)?;
    answered(&values(span.addresses()?)?)
}

/// Function 06: writes a register.
///
/// # Errors
/// Why it cannot be carried out.
pub(super) fn write_one(data: &[u8], device: &mut Device) -> Result<Vec<u8>, Exception> {
    let (address, value) = address_and_value(data)?;
    device.write_registers(address..=address, &[value])?;
    Ok(data.to_vec())
}

/// Function 10: writes registers.
///
/// # Errors
/// Why it cannot be carried out; nothing is written then.
pub(super) fn write_several(data: &[u8], device: &mut Device) -> Result<Vec<u8>, Exception> {
    let span = AddressSpan::read(data, MAX_WRITTEN)?;
    let values = words(counted(data, 4, span.count() * 2)?);
    device.write_registers(span.addresses()?, &values)?;
    Ok(data.get(..4).unwrap_or_default().to_vec())
}

/// Function 16: changes the bits of a register that a mask has as 0.
///
/// # Errors
/// Why it cannot be carried out.
pub(super) fn mask(data: &[u8], device: &mut Device) -> Result<Vec<u8>, Exception> {
    let (Some(address), Some(and), Some(or), 6) =
        (word(data, 0), word(data, 2), word(data, 4), data.len())
    else {
        return Err(Exception::Value);
    };
    let values = device.holding_registers(address..=address)?;
    let masked = values.iter().map(|value| (value & and) | (or & !and));
    let masked: Vec<u16> = masked.collect();
    device.write_registers(address..=address, &masked)?;
    Ok(data.to_vec())
}

/// Function 17: writes registers, then reads others, or the same.
///
/// # Errors
/// Why it cannot be carried out; nothing is written then.
pub(super) fn write_and_read(data: &[u8], device: &mut Device) -> Result<Vec<u8>, Exception> {
    let read = AddressSpan::read(data, MAX_READ)?;
    let written = data.get(4..).unwrap_or_default();
    let written = AddressSpan::read(written, MAX_WRITTEN_AND_READ)?;
    let values = words(counted(data, 8, written.count() * 2)?);
    let (read, written) = (read.addresses()?, written.addresses()?);
    // What cannot be read is known before anything is written.
    device.holding_registers(read.clone())?;
    device.write_registers(written, &values)?;
    answered(&device.holding_registers(read)?)
}

/// Values as bytes behind their count.
fn answered(values: &[u16]) -> Result<Vec<u8>, Exception> {
    let bytes = values.iter().copied().flat_map(u16::to_be_bytes);
    with_count(&bytes.collect::<Vec<u8>>())
}

fn words(bytes: &[u8]) -> Vec<u16> {
    let (words, _) = bytes.as_chunks();
    words.iter().map(|word| u16::from_be_bytes(*word)).collect()
}
