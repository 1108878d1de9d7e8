//! A device as a person describes it in a rule.

use super::data_table::DataTable;
use super::device::Device;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The values that a device begins with, by their addresses, where they are not the usual ones.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct DeviceSettings {
    /// The unit whose requests it answers over RTU, 1 to 247; `None` is every unit.
    pub unit: Option<u8>,
    pub coils: BTreeMap<u16, bool>,
    pub discrete: BTreeMap<u16, bool>,
    /// −32,768 to 65,535; a negative value is in two's complement.
    pub holding: BTreeMap<u16, i32>,
    /// As those of [`holding`](Self::holding).
    pub input: BTreeMap<u16, i32>,
    /// Whether only the addresses listed here exist.
    pub only_listed: bool,
}

/// A value that 16 bits do not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotARegister {
    pub address: u16,
    pub value: i32,
}

impl DeviceSettings {
    /// The device as it begins.
    ///
    /// # Errors
    /// The first register with a value of more than 16 bits.
    pub fn device(&self) -> Result<Device, NotARegister> {
        let bits = |values: &BTreeMap<u16, bool>| DataTable::new(values.clone(), self.only_listed);
        let registers = |values: &BTreeMap<u16, i32>| -> Result<DataTable<u16>, NotARegister> {
            let words = values.iter().map(|(address, value)| word(*address, *value));
            Ok(DataTable::new(
                words.collect::<Result<_, _>>()?,
                self.only_listed,
            ))
        };
        Ok(Device {
            unit: self.unit,
            coils: bits(&self.coils),
            discrete_inputs: bits(&self.discrete),
            holding_registers: registers(&self.holding)?,
            input_registers: registers(&self.input)?,
        })
    }
}

/// The register with the 16 bits of this value.
fn word(address: u16, value: i32) -> Result<(u16, u16), NotARegister> {
    let signed = || i16::try_from(value).map(i16::cast_unsigned);
    match u16::try_from(value).or_else(|_| signed()) {
        Ok(word) => Ok((address, word)),
        Err(_) => Err(NotARegister { address, value }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn device(holding: [(u16, i32); 2]) -> Result<Device, NotARegister> {
        let holding = holding.into();
        let settings = DeviceSettings {
            holding,
            ..DeviceSettings::default()
        };
        settings.device()
    }

    #[test]
    fn a_register_has_sixteen_bits_signed_or_not() {
        let values = |device: Device| device.holding_registers(0..=1).unwrap();
        let extremes = device([(0, -32_768), (1, 65_535)]).map(values);
        assert_eq!(extremes, Ok(vec![0x8000, 0xFFFF]));
        for value in [-32_769, 65_536] {
            let problem = NotARegister { address: 1, value };
            assert_eq!(device([(0, 1), (1, value)]), Err(problem));
        }
    }

    #[test]
    fn settings_that_say_nothing_are_the_usual_device() {
        assert_eq!(DeviceSettings::default().device(), Ok(Device::default()));
    }
}
