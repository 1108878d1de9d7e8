//! The parts of a request's data: addresses, and counted values.

use super::super::word;
use super::exception::Exception;
use std::ops::RangeInclusive;

/// Consecutive addresses: the first one, and how many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct AddressSpan {
    first: u16,
    /// At least 1.
    count: u16,
}

impl AddressSpan {
    /// Reads the two words at the beginning of `data`.
    ///
    /// # Errors
    /// [`Exception::Value`] unless the count is 1 to `most`.
    pub(super) fn read(data: &[u8], most: u16) -> Result<Self, Exception> {
        let (Some(first), Some(count)) = (word(data, 0), word(data, 2)) else {
            return Err(Exception::Value);
        };
        match (1..=most).contains(&count) {
            true => Ok(Self { first, count }),
            false => Err(Exception::Value),
        }
    }

    /// Reads the two words that `data` consists of.
    ///
    /// # Errors
    /// [`Exception::Value`] unless the count is 1 to `most` and nothing follows it.
    pub(super) fn read_whole(data: &[u8], most: u16) -> Result<Self, Exception> {
        match data.len() {
            4 => Self::read(data, most),
            _ => Err(Exception::Value),
        }
    }

    pub(super) fn count(self) -> usize {
        usize::from(self.count)
    }

    /// The addresses. They are checked after all counts, as in the figures of section 6.
    ///
    /// # Errors
    /// [`Exception::Address`] if they go beyond 65,535.
    pub(super) fn addresses(self) -> Result<RangeInclusive<u16>, Exception> {
        let last = self.first.checked_add(self.count - 1);
        Ok(self.first..=last.ok_or(Exception::Address)?)
    }
}

/// The two words that `data` consists of: an address and a value.
///
/// # Errors
/// [`Exception::Value`] if it is shorter or longer.
pub(super) fn address_and_value(data: &[u8]) -> Result<(u16, u16), Exception> {
    match (word(data, 0), word(data, 2), data.len()) {
        (Some(address), Some(value), 4) => Ok((address, value)),
        _ => Err(Exception::Value),
    }
}

/// The bytes after the byte count at offset `at`.
///
/// # Errors
/// [`Exception::Value`] unless both the count and the number of bytes are `expected`.
pub(super) fn counted(data: &[u8], at: usize, expected: usize) -> Result<&[u8], Exception> {
    let counted = data.get(at..).and_then(<[u8]>::split_first);
    let (count, values) = counted.ok_or(Exception::Value)?;
    match usize::from(*count) == expected && values.len() == expected {
        true => Ok(values),
        false => Err(Exception::Value),
    }
}

/// Bytes behind their count, which is one byte.
///
/// # Errors
/// [`Exception::Failure`] if there are more than 255.
pub(super) fn with_count(bytes: &[u8]) -> Result<Vec<u8>, Exception> {
    let count = u8::try_from(bytes.len()).map_err(|_| Exception::Failure)?;
    Ok([&[count][..], bytes].concat())
}
