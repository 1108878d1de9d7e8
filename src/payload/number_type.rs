//! The binary types of numbers: `u8`, `i16be`, `u32le`, `f64be`.

use super::checksum::ByteOrder;

/// A number type of 1, 2, 4 or 8 bytes, with its byte order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NumberType {
    kind: NumberKind,
    width: usize,
    order: ByteOrder,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum NumberKind {
    Unsigned,
    /// Two's complement.
    Signed,
    /// IEEE 754, binary32 or binary64.
    Float,
}

impl NumberType {
    /// The type of this name.
    pub fn named(name: &str) -> Option<Self> {
        let kind = match name.chars().next()? {
            'u' => NumberKind::Unsigned,
            'i' => NumberKind::Signed,
            'f' => NumberKind::Float,
            _ => return None,
        };
        let rest = name.get(1..)?;
        let (bits, order) = match (rest.strip_suffix("be"), rest.strip_suffix("le")) {
            (Some(bits), _) => (bits, ByteOrder::HighFirst),
            (None, Some(bits)) => (bits, ByteOrder::LowFirst),
            (None, None) if rest == "8" => (rest, ByteOrder::HighFirst),
            (None, None) => return None,
        };
        let width = match (bits, kind) {
            ("8", NumberKind::Unsigned | NumberKind::Signed) if rest == "8" => 1,
            ("16", NumberKind::Unsigned | NumberKind::Signed) => 2,
            ("32", _) => 4,
            ("64", _) => 8,
            _ => return None,
        };
        Some(Self { kind, width, order })
    }

    /// The number of bytes.
    pub fn width(self) -> usize {
        self.width
    }

    /// The bytes of a counter, which goes on at 0 (or at the least number) after the largest one.
    pub fn counter(self, value: u64) -> Vec<u8> {
        match self.kind {
            NumberKind::Unsigned | NumberKind::Signed => self.low_bytes(value),
            NumberKind::Float => self.float(value as f64),
        }
    }

    /// The bytes of an unsigned number, if the type has it.
    pub fn unsigned(self, value: u64) -> Option<Vec<u8>> {
        (value <= self.most()).then(|| self.counter(value))
    }

    /// The largest whole number that the type has exactly, with all below it.
    pub fn most(self) -> u64 {
        let bits = 8 * self.width as u32;
        match (self.kind, self.width) {
            (NumberKind::Unsigned, _) => u64::MAX >> (64 - bits),
            (NumberKind::Signed, _) => u64::MAX >> (65 - bits),
            (NumberKind::Float, 4) => 1 << f32::MANTISSA_DIGITS,
            (NumberKind::Float, _) => 1 << f64::MANTISSA_DIGITS,
        }
    }

    /// The bytes of a number as it is typed: decimal, or `0x` and hexadecimal digits; `None` if the
    /// type has no such number.
    pub fn typed(self, text: &str) -> Option<Vec<u8>> {
        let text = text.trim();
        if self.kind == NumberKind::Float {
            let value: f64 = text.parse().ok()?;
            // A number beyond the range of the type would become infinite.
            let is_kept = self.width == 8 || value.is_infinite() || (value as f32).is_finite();
            return (is_kept || value.is_nan()).then(|| self.float(value));
        }
        let value = match text.strip_prefix("0x") {
            Some(digits) if !digits.starts_with('+') => i128::from_str_radix(digits, 16).ok()?,
            _ => text.parse::<i128>().ok()?,
        };
        let least = match self.kind {
            NumberKind::Signed => -i128::from(self.most()) - 1,
            NumberKind::Unsigned | NumberKind::Float => 0,
        };
        let fits = (least..=i128::from(self.most())).contains(&value);
        // The low bytes of two's complement are the same in every width.
        fits.then(|| self.low_bytes(value as u64))
    }

    /// Any whole number of the type, or a fraction from 0 to 1.
    pub fn random(self, random: &mut fastrand::Rng) -> Vec<u8> {
        match self.kind {
            NumberKind::Unsigned | NumberKind::Signed => self.low_bytes(random.u64(..)),
            NumberKind::Float => self.float(random.f64()),
        }
    }

    fn float(self, value: f64) -> Vec<u8> {
        match self.width {
            4 => self.low_bytes(u64::from((value as f32).to_bits())),
            _ => self.low_bytes(value.to_bits()),
        }
    }

    fn low_bytes(self, value: u64) -> Vec<u8> {
        let all = value.to_be_bytes();
        let low = all.get(all.len() - self.width..).unwrap_or(&all);
        let mut bytes = low.to_vec();
        if self.order == ByteOrder::LowFirst {
            bytes.reverse();
        }
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn typed(name: &str, text: &str) -> Option<Vec<u8>> {
        NumberType::named(name).expect(name).typed(text)
    }

    #[test]
    fn a_name_is_a_kind_a_width_and_an_order() {
        for name in [
            "", "u", "8", "u16", "u8be", "f16be", "f8", "u24be", "i64", "U8", "u16BE", "u32be ",
        ] {
            assert_eq!(NumberType::named(name), None, "{name}");
        }
        for (name, width) in [("u8", 1), ("i16le", 2), ("f32be", 4), ("u64le", 8)] {
            assert_eq!(NumberType::named(name).map(NumberType::width), Some(width));
        }
    }

    #[test]
    fn typed_numbers_are_bytes_in_the_order_of_the_type() {
        assert_eq!(typed("u16be", "500"), Some(vec![1, 0xF4]));
        assert_eq!(typed("u16le", "0x01f4"), Some(vec![0xF4, 1]));
        assert_eq!(typed("i8", "-1"), Some(vec![0xFF]));
        assert_eq!(typed("i16le", "-2"), Some(vec![0xFE, 0xFF]));
        assert_eq!(typed("f32be", "23.5"), Some(vec![0x41, 0xBC, 0, 0]));
        assert_eq!(
            typed("f64le", "1"),
            Some(vec![0, 0, 0, 0, 0, 0, 0xF0, 0x3F])
        );
        assert_eq!(typed("f32be", "nan").map(|bytes| bytes.len()), Some(4));
    }

    #[test]
    fn a_number_that_the_type_lacks_is_refused() {
        for (name, text) in [
            ("u8", "256"),
            ("u8", "-1"),
            ("i8", "128"),
            ("u16be", "1.5"),
            ("u16be", ""),
            ("u16be", "0x"),
            ("f32be", "1e39"),
            ("f32be", "x"),
        ] {
            assert_eq!(typed(name, text), None, "{name} {text}");
        }
    }

    #[test]
    fn a_counter_wraps_and_a_length_does_not() {
        let byte = NumberType::named("u8").unwrap();
        assert_eq!(byte.counter(257), [1]);
        assert_eq!(
            (byte.unsigned(255), byte.unsigned(256)),
            (Some(vec![255]), None)
        );
        assert_eq!(NumberType::named("f32be").unwrap().unsigned(1 << 25), None);
    }

    proptest! {
        #[test]
        fn both_orders_are_mirrors(value in any::<u64>()) {
            for bits in ["16", "32", "64"] {
                let bytes = |order: &str| NumberType::named(&format!("u{bits}{order}")).unwrap().counter(value);
                let mut little = bytes("le");
                little.reverse();
                prop_assert_eq!(bytes("be"), little);
            }
        }
    }
}
