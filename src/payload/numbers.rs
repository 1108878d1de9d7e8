//! Bytes read as numbers of the common types.

/// A number type, and the value of the bytes in it: little-endian and big-endian.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NumberReading {
    pub name: &'static str,
    pub little: String,
    pub big: String,
}

/// The values in all number types that the bytes are long enough for, read from the first byte.
pub fn at(bytes: &[u8]) -> Vec<NumberReading> {
    let mut numbers = Vec::with_capacity(10);
    macro_rules! number {
        ($kind:ident) => {
            if let Some(bytes) = bytes.first_chunk() {
                numbers.push(NumberReading {
                    name: stringify!($kind),
                    little: show($kind::from_le_bytes(*bytes)),
                    big: show($kind::from_be_bytes(*bytes)),
                });
            }
        };
    }
    number!(u8);
    number!(i8);
    number!(u16);
    number!(i16);
    number!(u32);
    number!(i32);
    number!(f32);
    number!(u64);
    number!(i64);
    number!(f64);
    numbers
}

/// Writes numbers of more than 20 characters with an exponent.
fn show(number: impl std::fmt::Display + std::fmt::LowerExp) -> String {
    let text = number.to_string();
    if text.len() > 20 {
        format!("{number:.11e}")
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_orders_are_there() {
        let numbers = at(&[0xFE, 0xFF, 0x00, 0x01, 9]);
        let get = |name| {
            let number: &NumberReading = numbers.iter().find(|number| number.name == name).unwrap();
            (number.little.as_str(), number.big.as_str())
        };
        assert_eq!(get("u8"), ("254", "254"));
        assert_eq!(get("i8"), ("-2", "-2"));
        assert_eq!(get("u16"), ("65534", "65279"));
        assert_eq!(get("i16"), ("-2", "-257"));
        assert_eq!(get("u32"), ("16842750", "4278124545"));
        assert!(!numbers.iter().any(|number| number.name == "u64"));
    }

    #[test]
    fn floats_stay_readable() {
        let numbers = at(&1.5_f64.to_be_bytes());
        let double = numbers.iter().find(|number| number.name == "f64").unwrap();
        assert_eq!(double.big, "1.5");
        assert!(double.little.len() <= 20 && double.little.contains('e'));
        let numbers = at(&f32::NAN.to_le_bytes());
        assert!(numbers.iter().any(|number| number.little == "NaN"));
    }
}
