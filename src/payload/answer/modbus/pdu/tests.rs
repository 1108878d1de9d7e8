//! The functions of a device, with the bytes of the specification's examples.

use super::super::DeviceSettings;
use super::*;
use proptest::prelude::*;
use std::collections::BTreeMap;

fn ask(device: &mut Device, pdu: &[u8]) -> Vec<u8> {
    answer(pdu, device).unwrap()
}

/// The answer of a device with unwritten values.
fn answered(pdu: &[u8]) -> Vec<u8> {
    ask(&mut Device::default(), pdu)
}

/// These bits from an address on.
fn bits(first: u16, text: &str) -> BTreeMap<u16, bool> {
    let digits = text.chars().filter(|digit| *digit != ' ');
    (first..).zip(digits.map(|digit| digit == '1')).collect()
}

/// A device with these holding registers from an address on.
fn holding(first: u16, values: &[i32]) -> Device {
    let settings = DeviceSettings {
        holding: (first..).zip(values.iter().copied()).collect(),
        ..DeviceSettings::default()
    };
    settings.device().unwrap()
}

fn write_registers(first: u16, values: &[u16]) -> Vec<u8> {
    let count = values.len() as u16;
    let mut pdu = [&[0x10], &first.to_be_bytes()[..], &count.to_be_bytes()].concat();
    pdu.push(values.len() as u8 * 2);
    pdu.extend(values.iter().copied().flat_map(u16::to_be_bytes));
    pdu
}

fn write_coils(first: u16, values: &[bool]) -> Vec<u8> {
    let count = values.len() as u16;
    let mut pdu = [&[0x0F], &first.to_be_bytes()[..], &count.to_be_bytes()].concat();
    pdu.push(values.len().div_ceil(8) as u8);
    let byte = |bits: &[bool]| {
        let is_on = |place: &usize| bits.get(*place) == Some(&true);
        (0..8).filter(is_on).map(|place| 1_u8 << place).sum::<u8>()
    };
    pdu.extend(values.chunks(8).map(byte));
    pdu
}

#[test]
fn coils_and_discrete_inputs_are_read_as_in_the_specification() {
    let settings = DeviceSettings {
        coils: bits(0x13, "10110011 11010110 101"),
        discrete: bits(0xC4, "00110101 11011011 101011"),
        ..DeviceSettings::default()
    };
    let mut device = settings.device().unwrap();
    let coils = ask(&mut device, &[1, 0, 0x13, 0, 0x13]);
    assert_eq!(coils, [1, 3, 0xCD, 0x6B, 0x05]);
    let inputs = ask(&mut device, &[2, 0, 0xC4, 0, 0x16]);
    assert_eq!(inputs, [2, 3, 0xAC, 0xDB, 0x35]);
}

#[test]
fn registers_are_read_as_in_the_specification() {
    let mut device = holding(0x6B, &[0x022B, 0, 0x64]);
    let registers = ask(&mut device, &[3, 0, 0x6B, 0, 3]);
    assert_eq!(registers, [3, 6, 0x02, 0x2B, 0, 0, 0, 0x64]);
    let settings = DeviceSettings {
        input: [(8, 10)].into(),
        ..DeviceSettings::default()
    };
    let mut device = settings.device().unwrap();
    let registers = ask(&mut device, &[4, 0, 8, 0, 1]);
    assert_eq!(registers, [4, 2, 0, 0x0A]);
}

#[test]
fn writing_is_acknowledged_as_in_the_specification() {
    let cases: [(&[u8], &[u8]); 5] = [
        (&[5, 0, 0xAC, 0xFF, 0], &[5, 0, 0xAC, 0xFF, 0]),
        (&[6, 0, 1, 0, 3], &[6, 0, 1, 0, 3]),
        (
            &[0x0F, 0, 0x13, 0, 0x0A, 2, 0xCD, 0x01],
            &[0x0F, 0, 0x13, 0, 0x0A],
        ),
        (&[0x10, 0, 1, 0, 2, 4, 0, 0x0A, 1, 2], &[0x10, 0, 1, 0, 2]),
        (
            &[0x16, 0, 4, 0, 0xF2, 0, 0x25],
            &[0x16, 0, 4, 0, 0xF2, 0, 0x25],
        ),
    ];
    for (request, expected) in cases {
        assert_eq!(answered(request), expected, "{request:02X?}");
    }
}

#[test]
fn written_coils_are_read_back() {
    let mut device = Device::default();
    ask(&mut device, &[0x0F, 0, 0x13, 0, 0x0A, 2, 0xCD, 0x01]);
    // Bits of the last byte beyond the count are none of the request's.
    ask(&mut device, &[0x0F, 0, 0x1D, 0, 1, 1, 0xFE]);
    let coils = ask(&mut device, &[1, 0, 0x12, 0, 0x10]);
    assert_eq!(coils, [1, 2, 0x9A, 0x03]);
    ask(&mut device, &[5, 0, 0x13, 0, 0]);
    ask(&mut device, &[5, 0xFF, 0xFF, 0xFF, 0]);
    assert_eq!(ask(&mut device, &[1, 0, 0x13, 0, 1]), [1, 1, 0]);
    assert_eq!(ask(&mut device, &[1, 0xFF, 0xFF, 0, 1]), [1, 1, 1]);
}

#[test]
fn a_mask_changes_the_bits_that_it_does_not_keep() {
    let mut device = holding(4, &[0x12]);
    ask(&mut device, &[0x16, 0, 4, 0, 0xF2, 0, 0x25]);
    assert_eq!(ask(&mut device, &[3, 0, 4, 0, 1]), [3, 2, 0, 0x17]);
}

#[test]
fn writing_comes_before_reading() {
    let mut device = holding(3, &[0xFE, 0x0ACD, 1, 3, 0x0D, 0xFF]);
    let request = [
        0x17, 0, 3, 0, 6, 0, 0x0E, 0, 3, 6, 0, 0xFF, 0, 0xFF, 0, 0xFF,
    ];
    let expected = [
        0x17, 0x0C, 0, 0xFE, 0x0A, 0xCD, 0, 1, 0, 3, 0, 0x0D, 0, 0xFF,
    ];
    assert_eq!(ask(&mut device, &request), expected);
    let written = ask(&mut device, &[3, 0, 0x0E, 0, 3]);
    assert_eq!(written, [3, 6, 0, 0xFF, 0, 0xFF, 0, 0xFF]);
    let same = [0x17, 0, 3, 0, 1, 0, 3, 0, 1, 2, 0, 9];
    assert_eq!(ask(&mut device, &same), [0x17, 2, 0, 9]);
}

#[test]
fn a_device_has_values_before_anyone_writes() {
    assert_eq!(answered(&[1, 0, 0, 0, 10]), [1, 2, 0, 0]);
    assert_eq!(answered(&[2, 0, 0, 0, 10]), [2, 2, 0xAA, 0x02]);
    assert_eq!(answered(&[3, 0, 0x6B, 0, 1]), [3, 2, 0, 0x6B]);
    assert_eq!(answered(&[4, 0xFF, 0xFF, 0, 1]), [4, 2, 0xFF, 0xFF]);
}

#[test]
fn inputs_are_not_written() {
    let mut device = Device::default();
    ask(&mut device, &[6, 0, 1, 0, 9]);
    ask(&mut device, &[5, 0, 1, 0, 0]);
    assert_eq!(ask(&mut device, &[4, 0, 1, 0, 1]), [4, 2, 0, 1]);
    assert_eq!(ask(&mut device, &[2, 0, 1, 0, 1]), [2, 1, 1]);
}

#[test]
fn a_device_says_what_it_is() {
    let version = env!("CARGO_PKG_VERSION").as_bytes();
    let object = |number: u8, text: &[u8]| [&[number, text.len() as u8], text].concat();
    let objects = [
        object(0, b"netpeer"),
        object(1, b"Modbus device"),
        object(2, version),
    ];
    let stream = |code: u8, count: u8, objects: &[Vec<u8>]| {
        [
            &[0x2B, 0x0E, code, 0x81, 0, 0, count],
            &objects.concat()[..],
        ]
        .concat()
    };
    // Who asks for regular or extended objects gets those that there are.
    for code in 1..=3 {
        let answer = answered(&[0x2B, 0x0E, code, 0]);
        assert_eq!(answer, stream(code, 3, &objects));
    }
    assert_eq!(answered(&[0x2B, 0x0E, 1, 1]), stream(1, 2, &objects[1..]));
    // A stream from an object that does not exist begins with the first.
    assert_eq!(answered(&[0x2B, 0x0E, 1, 9]), stream(1, 3, &objects));
    let one = answered(&[0x2B, 0x0E, 4, 2]);
    assert_eq!(one, stream(4, 1, &objects[2..]));
}

#[test]
fn the_longest_requests_of_the_specification_are_carried_out() {
    assert_eq!(answered(&[1, 0, 0, 0x07, 0xD0]).len(), 2 + 250);
    assert_eq!(answered(&[2, 0, 0, 0x07, 0xD0]).len(), 2 + 250);
    assert_eq!(answered(&[3, 0, 0, 0, 125]).len(), 2 + 250);
    assert_eq!(answered(&[4, 0, 0, 0, 125]).len(), 2 + 250);
    let coils = [&[0x0F, 0, 0, 0x07, 0xB0, 246][..], &[1; 246]].concat();
    assert_eq!(answered(&coils), coils[..5]);
    let registers = write_registers(0, &[1; 123]);
    assert_eq!(answered(&registers), registers[..5]);
    let both = [&[0x17, 0, 0, 0, 125, 0, 0, 0, 121, 242][..], &[1; 242]].concat();
    assert_eq!(answered(&both).len(), 2 + 250);
}

#[test]
fn what_cannot_be_carried_out_has_its_exception() {
    let coils = [&[0x0F, 0, 0, 0x07, 0xB1, 247][..], &[1; 247]].concat();
    let both = [&[0x17, 0, 0, 0, 1, 0, 0, 0, 122, 244][..], &[1; 244]].concat();
    let cases: [(&[u8], [u8; 2]); 36] = [
        // Functions that it does not have.
        (&[7], [0x87, 1]),
        (&[8, 0, 0, 0, 0], [0x88, 1]),
        (&[0x14, 0], [0x94, 1]),
        (&[0x18, 0, 0], [0x98, 1]),
        (&[0x2B, 0x0D, 0, 0], [0xAB, 1]),
        // Addresses beyond 65,535, and objects.
        (&[1, 0xFF, 0xFF, 0, 2], [0x81, 2]),
        (&[2, 0xFF, 0xFF, 0, 2], [0x82, 2]),
        (&[3, 0xFF, 0xFF, 0, 2], [0x83, 2]),
        (&[4, 0xFF, 0xFE, 0, 3], [0x84, 2]),
        (&[0x0F, 0xFF, 0xFF, 0, 2, 1, 0], [0x8F, 2]),
        (&[0x10, 0xFF, 0xFF, 0, 2, 4, 0, 0, 0, 0], [0x90, 2]),
        (&[0x17, 0xFF, 0xFF, 0, 2, 0, 0, 0, 1, 2, 0, 0], [0x97, 2]),
        (
            &[0x17, 0, 0, 0, 1, 0xFF, 0xFF, 0, 2, 4, 0, 0, 0, 0],
            [0x97, 2],
        ),
        (&[0x2B, 0x0E, 4, 3], [0xAB, 2]),
        // Quantities.
        (&[1, 0, 0, 0, 0], [0x81, 3]),
        (&[1, 0, 0, 0x07, 0xD1], [0x81, 3]),
        (&[2, 0, 0, 0x07, 0xD1], [0x82, 3]),
        (&[3, 0, 0, 0, 0], [0x83, 3]),
        (&[3, 0, 0, 0, 126], [0x83, 3]),
        (&[4, 0, 0, 0, 126], [0x84, 3]),
        (&coils, [0x8F, 3]),
        (&write_registers(0, &[1; 124]), [0x90, 3]),
        (&[0x17, 0, 0, 0, 126, 0, 0, 0, 1, 2, 0, 0], [0x97, 3]),
        (&both, [0x97, 3]),
        // A wrong quantity and a wrong address.
        (&[3, 0xFF, 0xFF, 0, 126], [0x83, 3]),
        // Lengths, and counts of bytes.
        (&[3, 0, 0], [0x83, 3]),
        (&[3, 0, 0, 0, 1, 0], [0x83, 3]),
        (&[6, 0, 0, 0], [0x86, 3]),
        (&[0x0F, 0, 0, 0, 9, 1, 0], [0x8F, 3]),
        (&[0x10, 0, 0, 0, 1, 2, 0], [0x90, 3]),
        (&[0x10, 0, 0, 0, 2, 2, 0, 0], [0x90, 3]),
        (&[0x16, 0, 0, 0, 0], [0x96, 3]),
        (&[0x2B, 0x0E, 1], [0xAB, 3]),
        // Values.
        (&[5, 0, 0, 0xFF, 0xFF], [0x85, 3]),
        (&[5, 0, 0, 0, 1], [0x85, 3]),
        (&[0x2B, 0x0E, 5, 0], [0xAB, 3]),
    ];
    for (request, exception) in cases {
        assert_eq!(answered(request), exception, "{request:02X?}");
    }
}

#[test]
fn where_only_listed_addresses_exist_others_have_an_exception() {
    let settings = DeviceSettings {
        coils: bits(3, "1"),
        holding: [(0, 215), (1, -5)].into(),
        only_listed: true,
        ..DeviceSettings::default()
    };
    let mut device = settings.device().unwrap();
    let cases: [(&[u8], &[u8]); 9] = [
        (&[3, 0, 0, 0, 2], &[3, 4, 0, 215, 0xFF, 0xFB]),
        (&[3, 0, 0, 0, 3], &[0x83, 2]),
        (&[6, 0, 2, 0, 1], &[0x86, 2]),
        (&[0x16, 0, 2, 0, 0, 0, 1], &[0x96, 2]),
        (&[1, 0, 3, 0, 1], &[1, 1, 1]),
        (&[5, 0, 4, 0xFF, 0], &[0x85, 2]),
        (&[2, 0, 0, 0, 1], &[0x82, 2]),
        (&[4, 0, 0, 0, 1], &[0x84, 2]),
        // Register 0 would be written, but register 2 cannot be read.
        (&[0x17, 0, 2, 0, 1, 0, 0, 0, 1, 2, 0, 9], &[0x97, 2]),
    ];
    for (request, expected) in cases {
        assert_eq!(ask(&mut device, request), expected, "{request:02X?}");
    }
    assert_eq!(ask(&mut device, &[3, 0, 0, 0, 1]), [3, 2, 0, 215]);
}

proptest! {
    #[test]
    fn written_registers_are_read_back_and_others_stay(
        first in 1..=0xFF00_u16,
        values in prop::collection::vec(any::<u16>(), 1..=123),
    ) {
        let mut device = Device::default();
        let request = write_registers(first, &values);
        prop_assert_eq!(ask(&mut device, &request), request[..5].to_vec());
        let read = [&[3], &request[1..5]].concat();
        prop_assert_eq!(ask(&mut device, &read), [&[3], &request[5..]].concat());
        for other in [first - 1, first + values.len() as u16] {
            let [high, low] = other.to_be_bytes();
            prop_assert_eq!(ask(&mut device, &[3, high, low, 0, 1]), [3, 2, high, low]);
        }
    }

    #[test]
    fn written_coils_are_read_back_and_others_stay(
        first in 1..=0xF800_u16,
        coils in prop::collection::vec(any::<bool>(), 1..=1968),
    ) {
        let mut device = Device::default();
        let request = write_coils(first, &coils);
        prop_assert_eq!(ask(&mut device, &request), request[..5].to_vec());
        let read = [&[1], &request[1..5]].concat();
        prop_assert_eq!(ask(&mut device, &read), [&[1], &request[5..]].concat());
        for other in [first - 1, first + coils.len() as u16] {
            let [high, low] = other.to_be_bytes();
            prop_assert_eq!(ask(&mut device, &[1, high, low, 0, 1]), [1, 1, 0]);
        }
    }
}
