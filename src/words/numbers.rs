//! Numbers as people read them, the same in both languages.

/// A number with thousands separators: `65,507`.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A rate: `1,000`, or with tenths below 100: `0.5`.
pub fn rate(number: f64) -> String {
    let tenths = (number * 10.0).round() / 10.0;
    match tenths < 100.0 {
        true => tenths.to_string(),
        false => grouped(number.round() as u64),
    }
}

/// A bit rate: `12.5 Mbit/s`.
pub fn bit_rate(bits: f64) -> String {
    format!("{}/s", scaled(bits, "bit"))
}

/// Bytes: `12.5 MB`.
pub fn byte_count(bytes: f64) -> String {
    scaled(bytes, "B")
}

/// A number of units, in thousands or millions of them if it is as large.
fn scaled(number: f64, unit: &str) -> String {
    match number {
        ..999.5 => format!("{number:.0} {unit}"),
        ..999_950.0 => format!("{:.1} k{unit}", number / 1e3),
        _ => format!("{:.1} M{unit}", number / 1e6),
    }
}

/// Stands for a number that does not exist.
pub fn none() -> String {
    "–".into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slow_rate_has_tenths() {
        let cases = [
            (0.0, "0"),
            (0.5, "0.5"),
            (12.04, "12"),
            (99.97, "100"),
            (1234.5, "1,235"),
        ];
        for (number, text) in cases {
            assert_eq!(rate(number), text);
        }
    }

    #[test]
    fn a_slow_line_has_a_rate_that_is_not_0() {
        let cases = [
            (0.0, "0 bit/s"),
            (999.4, "999 bit/s"),
            (5_120.0, "5.1 kbit/s"),
            (999_960.0, "1.0 Mbit/s"),
            (12_500_000.0, "12.5 Mbit/s"),
        ];
        for (bits, text) in cases {
            assert_eq!(bit_rate(bits), text);
        }
        assert_eq!(byte_count(1_500.0), "1.5 kB");
    }

    #[test]
    fn thousands_are_grouped() {
        assert_eq!(grouped(7), "7");
        assert_eq!(grouped(65_507), "65,507");
        assert_eq!(grouped(1_000_000), "1,000,000");
    }
}
