//! The data of a device: coils, discrete inputs, holding registers and input registers.

use super::data_table::DataTable;
use super::exception::Exception;
use std::ops::RangeInclusive;

/// A device with all of its values.
///
/// Where neither its settings nor a client chose a value, a coil is off, a discrete input is on if
/// its address is odd, and a register holds its own address.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Device {
    /// The unit that it is on a serial line; `None` is every unit.
    pub(super) unit: Option<u8>,
    pub(super) coils: DataTable<bool>,
    pub(super) discrete_inputs: DataTable<bool>,
    pub(super) holding_registers: DataTable<u16>,
    pub(super) input_registers: DataTable<u16>,
}

// Each function fails with `Exception::Address` where an address does not exist.
impl Device {
    pub(super) fn coils(&self, addresses: RangeInclusive<u16>) -> Result<Vec<bool>, Exception> {
        self.coils.read(addresses, |_| false)
    }

    pub(super) fn discrete_inputs(
        &self,
        addresses: RangeInclusive<u16>,
    ) -> Result<Vec<bool>, Exception> {
        self.discrete_inputs
            .read(addresses, |address| address % 2 == 1)
    }

    pub(super) fn holding_registers(
        &self,
        addresses: RangeInclusive<u16>,
    ) -> Result<Vec<u16>, Exception> {
        self.holding_registers.read(addresses, |address| address)
    }

    pub(super) fn input_registers(
        &self,
        addresses: RangeInclusive<u16>,
    ) -> Result<Vec<u16>, Exception> {
        self.input_registers.read(addresses, |address| address)
    }

    /// Writes one value to each address, or nothing if one address does not exist.
    pub(super) fn write_coils(
        &mut self,
        addresses: RangeInclusive<u16>,
        values: &[bool],
    ) -> Result<(), Exception> {
        self.coils.write(addresses, values)
    }

    /// Writes one value to each address, or nothing if one address does not exist.
    pub(super) fn write_registers(
        &mut self,
        addresses: RangeInclusive<u16>,
        values: &[u16],
    ) -> Result<(), Exception> {
        self.holding_registers.write(addresses, values)
    }
}
