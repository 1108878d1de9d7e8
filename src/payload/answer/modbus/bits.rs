//! The functions for coils and discrete inputs: the first bit of a byte is its lowest.

use super::device::Device;
use super::exception::Exception;
use super::request::{AddressSpan, address_and_value, counted, with_count};
use std::ops::RangeInclusive;

/// The most bits that one request may read, and write (sections 6.1 and 6.11).
const MAX_READ: u16 = 2000;
const MAX_WRITTEN: u16 = 1968;

/// The values of a single coil (section 6.5).
const ON: u16 = 0xFF00;
const OFF: u16 = 0;

/// Functions 01 and 02: reads bits by `values`.
///
/// # Errors
/// Why it cannot be carried out.
pub(super) fn read(
    data: &[u8],
    values: impl FnOnce(RangeInclusive<u16>) -> Result<Vec<bool>, Exception>,
) -> Result<Vec<u8>, Exception> {
    let span = AddressSpan::read_whole(data, MAX_READ)?;
    let bits = values(span.addresses()?)?;
    let bytes: Vec<u8> = bits.chunks(8).map(byte).collect();
    with_count(&bytes)
}

/// Function 05: writes a coil.
///
/// # Errors
/// Why it cannot be carried out.
pub(super) fn write_one(data: &[u8], device: &mut Device) -> Result<Vec<u8>, Exception> {
    let (address, value) = address_and_value(data)?;
    let is_on = match value {
        ON => true,
        OFF => false,
        _ => return Err(Exception::Value),
    };
    device.write_coils(address..=address, &[is_on])?;
    Ok(data.to_vec())
}

/// Function 0F: writes coils.
///
/// # Errors
/// Why it cannot be carried out; nothing is written then.
pub(super) fn write_several(data: &[u8], device: &mut Device) -> Result<Vec<u8>, Exception> {
    let span = AddressSpan::read(data, MAX_WRITTEN)?;
    let bytes = counted(data, 4, span.count().div_ceil(8))?;
    let bits = bytes.iter().copied().flat_map(bits).take(span.count());
    let bits: Vec<bool> = bits.collect();
    device.write_coils(span.addresses()?, &bits)?;
    Ok(data.get(..4).unwrap_or_default().to_vec())
}

/// At most eight bits as a byte; bits that are missing are 0.
fn byte(bits: &[bool]) -> u8 {
    let bits = bits.iter().rev();
    bits.fold(0, |byte, bit| (byte << 1) | u8::from(*bit))
}

fn bits(byte: u8) -> impl Iterator<Item = bool> {
    (0..8).map(move |place| (byte >> place) & 1 == 1)
}
