//! The names of the device (function 2B, MEI type 0E, section 6.21).

use super::exception::Exception;

/// The MEI type of device identification. Another one, 0D, is of CANopen.
pub(super) const DEVICE_IDENTIFICATION: u8 = 0x0E;

/// The codes of the basic, regular and extended objects as a stream, and of one object.
const BASIC: u8 = 1;
const EXTENDED: u8 = 3;
const INDIVIDUAL: u8 = 4;

/// The basic objects, as a stream or individually. Who asks for more gets these.
const CONFORMITY: u8 = 0x81;

/// The basic objects by their numbers: vendor name, product code, major and minor revision.
const OBJECTS: [(u8, &str); 3] = [
    (0, "netpeer"),
    (1, "Modbus device"),
    (2, env!("CARGO_PKG_VERSION")),
];

/// Reads the objects from one number on, or one of them.
///
/// # Errors
/// Why it cannot be carried out.
pub(super) fn read(data: &[u8]) -> Result<Vec<u8>, Exception> {
    let (kind, rest) = data.split_first().ok_or(Exception::Value)?;
    if *kind != DEVICE_IDENTIFICATION {
        return Err(Exception::Function);
    }
    let &[code, number] = rest else {
        return Err(Exception::Value);
    };
    let is_known = OBJECTS.iter().any(|(known, _)| *known == number);
    match code {
        BASIC..=EXTENDED => {}
        INDIVIDUAL if is_known => {}
        INDIVIDUAL => return Err(Exception::Address),
        _ => return Err(Exception::Value),
    }
    // A stream from an object that does not exist begins with the first.
    let is_asked = |known: u8| match code {
        INDIVIDUAL => known == number,
        _ => known >= number || !is_known,
    };
    let (mut count, mut objects) = (0_u8, Vec::new());
    for (known, text) in OBJECTS.into_iter().filter(|(known, _)| is_asked(*known)) {
        let length = u8::try_from(text.len()).map_err(|_| Exception::Failure)?;
        objects.extend([known, length]);
        objects.extend(text.as_bytes());
        count += 1;
    }
    // No more objects follow, so the number of the next one is 0.
    let mut answer = vec![DEVICE_IDENTIFICATION, code, CONFORMITY, 0, 0, count];
    answer.extend(objects);
    Ok(answer)
}
