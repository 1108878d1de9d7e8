//! A checksum as conditions and values of templates.

use crate::codegen::template::Values;
use crate::payload::checksum::{ByteOrder, Checksum, CrcParameters, Sum};

/// Adds the conditions and values of a checksum.
pub(super) fn describe(checksum: &Checksum, values: &mut Values) {
    let width = checksum.sum.width();
    let is_high_first = checksum.order == ByteOrder::HighFirst;
    values.flag("check");
    values.flag_if(is_high_first, "high_first");
    values.set("check_width", width.to_string());
    values.set("check_order", if is_high_first { "big" } else { "little" });
    values.set("sum", checksum.sum.name());
    match (checksum.sum, checksum.sum.parameters()) {
        (Sum::Sum8, _) => values.flag("sum8"),
        (Sum::Negative, _) => values.flag("negative"),
        (Sum::Complement, _) => values.flag("complement"),
        (Sum::Xor, _) => values.flag("xor"),
        (Sum::Sum16, _) => values.flag("sum16"),
        (Sum::Crc(_), Some(parameters)) => crc(&parameters, values),
        (Sum::Crc(_), None) => {}
    }
}

/// The parameters of the catalogue, and the register as the program holds it.
fn crc(parameters: &CrcParameters, values: &mut Values) {
    let CrcParameters {
        width,
        poly,
        init,
        refin,
        xorout,
        ..
    } = *parameters;
    let digits = usize::from(width).div_ceil(4);
    let hex = |value: u32| format!("0x{value:0digits$X}");
    // A reflected register moves to the right, with all of its numbers turned around.
    let turned = |value: u32| match refin {
        true => value.reverse_bits().unbounded_shr(32 - u32::from(width)),
        false => value,
    };
    values.flag("crc");
    values.flag_if(refin, "reflected");
    values.set("reflected", if refin { "true" } else { "false" });
    values.set("catalogue_poly", hex(poly));
    values.set("catalogue_init", hex(init));
    values.set("crc_poly", hex(turned(poly)));
    values.set("crc_init", hex(turned(init)));
    values.set("crc_xorout", hex(xorout));
    values.set("crc_shift", width.saturating_sub(8).to_string());
    values.set(
        "crc_mask",
        hex(u32::MAX.unbounded_shr(32 - u32::from(width))),
    );
    let top = 1_u32.unbounded_shl(u32::from(width).saturating_sub(1));
    values.set("crc_top", hex(top));
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The checksum by the numbers that are written into programs.
    fn by_values(name: &str, bytes: &[u8]) -> u32 {
        let checksum = Checksum::named(name).unwrap();
        let mut values = Values::default();
        describe(&checksum, &mut values);
        let number = |name: &str| {
            let text = values.text(name).unwrap();
            u32::from_str_radix(text.trim_start_matches("0x"), 16).unwrap()
        };
        let shift: u32 = values.text("crc_shift").unwrap().parse().unwrap();
        let mut crc = number("crc_init");
        for byte in bytes {
            if values.has("reflected") {
                crc ^= u32::from(*byte);
                for _ in 0..8 {
                    let one = crc & 1 == 1;
                    crc = (crc >> 1) ^ if one { number("crc_poly") } else { 0 };
                }
            } else {
                crc ^= u32::from(*byte) << shift;
                for _ in 0..8 {
                    let one = crc & number("crc_top") != 0;
                    crc = (crc << 1) ^ if one { number("crc_poly") } else { 0 };
                }
            }
        }
        (crc & number("crc_mask")) ^ number("crc_xorout")
    }

    #[test]
    fn every_crc_by_its_written_numbers_is_that_of_the_catalogue() {
        for sum in Sum::all().filter(|sum| matches!(sum, Sum::Crc(_))) {
            let bytes = b"123456789";
            assert_eq!(
                by_values(sum.name(), bytes),
                sum.of(bytes),
                "{}",
                sum.name()
            );
            let of = sum.parameters().unwrap();
            assert_eq!(of.refin, of.refout, "{}", sum.name());
        }
    }
}
