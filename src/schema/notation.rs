//! Numbers that are written as text.

use super::tree::Value;
use serde::de::IgnoredAny;

/// How a number is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notation {
    /// Decimal digits, with or without a sign.
    Decimal,
    /// Hexadecimal digits, with or without `0x`.
    Hexadecimal,
    /// A decimal fraction, with or without an exponent.
    Real,
    /// A number if it is written as JSON writes one. Anything else is a text: `007`, `+1`.
    Scalar,
}

impl Notation {
    const ALL: [Self; 4] = [Self::Decimal, Self::Hexadecimal, Self::Real, Self::Scalar];

    /// `dec`, `hex`, `real` or `scalar`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Decimal => "dec",
            Self::Hexadecimal => "hex",
            Self::Real => "real",
            Self::Scalar => "scalar",
        }
    }

    /// The notation of this [`word`](Self::word).
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|notation| notation.word() == name)
    }

    /// Whether all of its numbers are whole.
    pub fn is_whole(self) -> bool {
        matches!(self, Self::Decimal | Self::Hexadecimal)
    }

    /// The number that a text is, with or without spaces around it; `None` if it is none.
    pub fn read(self, text: &[u8]) -> Option<Value> {
        let text = std::str::from_utf8(text.trim_ascii()).ok()?;
        match self {
            Self::Decimal => text.parse().ok().map(Value::Integer),
            Self::Hexadecimal => {
                let short = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X"));
                let digits = short.unwrap_or(text);
                // Reading accepts a sign.
                let are_digits = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
                let value = i128::from_str_radix(digits, 16);
                value.ok().filter(|_| are_digits).map(Value::Integer)
            }
            Self::Real => real(text),
            Self::Scalar if is_json(text) => {
                text.parse().ok().map(Value::Integer).or_else(|| real(text))
            }
            Self::Scalar => None,
        }
    }
}

/// Whether a text is a number of JSON, with or without spaces around it: also one that is too large
/// to be read.
pub(super) fn is_json_number(text: &[u8]) -> bool {
    let text = text.trim_ascii();
    let begins = matches!(text.first(), Some(b'-' | b'0'..=b'9'));
    begins && serde_json::from_slice::<IgnoredAny>(text).is_ok()
}

fn real(text: &str) -> Option<Value> {
    // Reading accepts `inf` and `nan`.
    let is_in =
        |byte: u8| byte.is_ascii_digit() || matches!(byte, b'+' | b'-' | b'.' | b'e' | b'E');
    let value: f64 = text.bytes().all(is_in).then(|| text.parse().ok())??;
    value.is_finite().then_some(Value::Float(value))
}

/// Whether a text that is a number is one of JSON: without `+`, leading zeros, and points at its
/// ends.
fn is_json(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text).as_bytes();
    let begins = matches!(
        digits,
        [b'0'] | [b'0', b'.' | b'e' | b'E', ..] | [b'1'..=b'9', ..]
    );
    begins && digits.last().is_some_and(u8::is_ascii_digit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_they_are_written() {
        let whole = |value| Some(Value::Integer(value));
        let part = |value| Some(Value::Float(value));
        for (notation, text, value) in [
            ("dec", "42", whole(42)),
            ("dec", " -42 ", whole(-42)),
            ("dec", "+007", whole(7)),
            ("dec", "", None),
            ("dec", "4.2", None),
            ("dec", "1e3", None),
            ("hex", "fF", whole(255)),
            ("hex", "0x1F", whole(31)),
            ("hex", "-1F", None),
            ("hex", "0x", None),
            ("hex", "G", None),
            ("real", "-4.25", part(-4.25)),
            ("real", ".5", part(0.5)),
            ("real", "1e3", part(1000.0)),
            ("real", "1e999", None),
            ("real", "inf", None),
            ("real", "NaN", None),
            ("scalar", "0", whole(0)),
            ("scalar", "-12", whole(-12)),
            ("scalar", "0.5", part(0.5)),
            ("scalar", "-1.5e2", part(-150.0)),
            ("scalar", "007", None),
            ("scalar", "+1", None),
            ("scalar", ".5", None),
            ("scalar", "5.", None),
            ("scalar", "12:30", None),
            ("scalar", "", None),
        ] {
            let read = Notation::named(notation).unwrap().read(text.as_bytes());
            assert_eq!(read, value, "{notation} {text:?}");
        }
        for (text, is_number) in [
            ("1e400", true),
            (" -1.50 ", true),
            ("-", false),
            ("1e", false),
            ("007", false),
            ("1 2", false),
            ("", false),
        ] {
            assert_eq!(is_json_number(text.as_bytes()), is_number, "{text:?}");
        }
        let huge = "9".repeat(60);
        assert_eq!(Notation::Decimal.read(huge.as_bytes()), None);
    }
}
