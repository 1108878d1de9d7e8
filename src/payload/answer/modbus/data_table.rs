//! The values of one kind that a device has: its coils, for example.

use super::exception::Exception;
use std::collections::BTreeMap;
use std::ops::RangeInclusive;

/// One of the four primary tables (section 4.3): a value for each of at most 65,536 addresses.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct DataTable<T> {
    /// Values that are not the usual ones of their addresses.
    values: BTreeMap<u16, T>,
    /// Whether an address without a value here does not exist.
    only_listed: bool,
}

impl<T: Copy> DataTable<T> {
    pub(super) fn new(values: BTreeMap<u16, T>, only_listed: bool) -> Self {
        Self {
            values,
            only_listed,
        }
    }

    /// The values at these addresses; `usual` is the value of an address that has no other.
    ///
    /// # Errors
    /// [`Exception::Address`] if one of them does not exist.
    pub(super) fn read(
        &self,
        addresses: RangeInclusive<u16>,
        usual: impl Fn(u16) -> T,
    ) -> Result<Vec<T>, Exception> {
        let value = |address: u16| match self.values.get(&address) {
            Some(value) => Ok(*value),
            None if self.only_listed => Err(Exception::Address),
            None => Ok(usual(address)),
        };
        addresses.map(value).collect()
    }

    /// Writes one value to each address.
    ///
    /// # Errors
    /// [`Exception::Address`] if one of them does not exist; nothing is written then.
    pub(super) fn write(
        &mut self,
        addresses: RangeInclusive<u16>,
        values: &[T],
    ) -> Result<(), Exception> {
        let exists = |address: u16| !self.only_listed || self.values.contains_key(&address);
        if !addresses.clone().all(exists) {
            return Err(Exception::Address);
        }
        self.values.extend(addresses.zip(values.iter().copied()));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_written_where_an_address_is_missing() {
        let mut table = DataTable::new(BTreeMap::from([(1, 5), (2, 6)]), true);
        assert_eq!(table.write(1..=3, &[7, 8, 9]), Err(Exception::Address));
        assert_eq!(table.read(1..=2, |_| 0), Ok(vec![5, 6]));
        assert_eq!(table.read(0..=1, |_| 0), Err(Exception::Address));
        assert_eq!(table.write(1..=2, &[7, 8]), Ok(()));
        assert_eq!(table.read(1..=2, |_| 0), Ok(vec![7, 8]));
    }

    #[test]
    fn the_last_address_has_a_value() {
        let mut table = DataTable::default();
        assert_eq!(table.write(0xFFFF..=0xFFFF, &[true]), Ok(()));
        assert_eq!(
            table.read(0xFFFE..=0xFFFF, |_| false),
            Ok(vec![false, true])
        );
    }
}
