//! The types that are built in: `u2be`, `f4`, `b3`, `str`, `varint`.

use super::notation::Notation;
use crate::payload::charset::Charset;

/// The type of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldType {
    /// Of one to eight bytes.
    Integer {
        width: u8,
        signed: bool,
        order: NumberOrder,
    },
    /// IEEE 754, of four or eight bytes.
    Float {
        width: u8,
        order: NumberOrder,
    },
    /// Of one to 64 bits.
    Bits {
        count: u8,
        lowest_first: bool,
    },
    /// Seven bits a byte, the lowest first (LEB128).
    Varint,
    Bytes,
    Text(Charset),
    /// A number that is written as text.
    Written {
        notation: Notation,
        /// The encoding in which a text that is no number is shown.
        charset: Charset,
    },
    /// A type of the description, by its number.
    Struct(usize),
}

impl FieldType {
    /// Whether its values are numbers.
    pub fn is_number(self) -> bool {
        match self {
            Self::Integer { .. } | Self::Float { .. } | Self::Bits { .. } | Self::Varint => true,
            Self::Bytes | Self::Text(_) | Self::Struct(_) | Self::Written { .. } => false,
        }
    }
}

/// The order of the bytes of a number whose bytes are A to D, the highest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NumberOrder {
    /// ABCD
    Big,
    /// DCBA
    Little,
    /// BADC
    BigSwapped,
    /// CDAB: 16-bit words, the lowest first, as many Modbus devices have them.
    WordsSwapped,
}

impl NumberOrder {
    const ALL: [Self; 4] = [
        Self::Big,
        Self::Little,
        Self::BigSwapped,
        Self::WordsSwapped,
    ];

    /// `be`, `le`, `badc` or `cdab`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Big => "be",
            Self::Little => "le",
            Self::BigSwapped => "badc",
            Self::WordsSwapped => "cdab",
        }
    }

    /// The order of this [`word`](Self::word).
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|order| order.word() == name)
    }

    /// Appends a number, whose bytes are given with the highest first, in this order.
    pub fn push(self, bytes: &[u8], out: &mut Vec<u8>) {
        match self {
            Self::Big => out.extend(bytes),
            Self::Little => out.extend(bytes.iter().rev()),
            Self::BigSwapped => out.extend(bytes.chunks(2).flat_map(|word| word.iter().rev())),
            Self::WordsSwapped => out.extend(bytes.rchunks(2).flatten()),
        }
    }

    /// The number that these bytes are, of which there are at most eight.
    pub fn read(self, bytes: &[u8]) -> u64 {
        let add = |value: u64, byte: &u8| value << 8 | u64::from(*byte);
        match self {
            Self::Big => bytes.iter().fold(0, add),
            Self::Little => bytes.iter().rev().fold(0, add),
            Self::BigSwapped => bytes
                .chunks(2)
                .flat_map(|word| word.iter().rev())
                .fold(0, add),
            Self::WordsSwapped => bytes.rchunks(2).flatten().fold(0, add),
        }
    }
}

/// How a built-in type was read: its byte order may be missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BuiltIn {
    Type(FieldType),
    NoByteOrder,
}

/// A built-in type of this name; `None` if there is none. `default` is the byte order of what is
/// around it.
pub fn named(name: &str, default: Option<NumberOrder>, lowest_bit_first: bool) -> Option<BuiltIn> {
    match name {
        "varint" => return Some(BuiltIn::Type(FieldType::Varint)),
        "bytes" => return Some(BuiltIn::Type(FieldType::Bytes)),
        _ => {}
    }
    let (kind, rest) = name.split_at_checked(1)?;
    if kind == "b" {
        let (digits, lowest_first) = match rest {
            rest if rest.ends_with("le") => (rest.strip_suffix("le")?, true),
            rest if rest.ends_with("be") => (rest.strip_suffix("be")?, false),
            rest => (rest, lowest_bit_first),
        };
        let count = digits
            .parse()
            .ok()
            .filter(|count| (1..=64).contains(count))?;
        return Some(BuiltIn::Type(FieldType::Bits {
            count,
            lowest_first,
        }));
    }
    let (width, order) = rest.split_at_checked(1)?;
    let width: u8 = width.parse().ok()?;
    let is_known = match kind {
        "u" | "s" => (1..=8).contains(&width),
        "f" => matches!(width, 4 | 8),
        _ => false,
    };
    if !is_known {
        return None;
    }
    let order = match order {
        "" if width == 1 => Some(NumberOrder::Big),
        "" => default,
        order => Some(NumberOrder::named(order).filter(|order| fits(*order, width))?),
    };
    let Some(order) = order else {
        return Some(BuiltIn::NoByteOrder);
    };
    Some(BuiltIn::Type(match kind {
        "f" => FieldType::Float { width, order },
        kind => FieldType::Integer {
            width,
            signed: kind == "s",
            order,
        },
    }))
}

/// Whether a number of this width has this order: words have two bytes.
fn fits(order: NumberOrder, width: u8) -> bool {
    match order {
        NumberOrder::Big | NumberOrder::Little => true,
        NumberOrder::BigSwapped | NumberOrder::WordsSwapped => width.is_multiple_of(2) && width > 2,
    }
}

/// The encoding that a description names.
pub fn charset(name: &str) -> Option<Charset> {
    let plain: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
    let plain = plain.to_ascii_lowercase();
    let plain = match plain.as_str() {
        // Bytes that are not ASCII are shown as such.
        "ascii" | "usascii" => "utf8",
        "gb2312" | "gb18030" => "gbk",
        "iso88591" => "latin1",
        "sjis" => "shiftjis",
        other => other,
    };
    Charset::ALL.into_iter().find(|charset| {
        let name: String = charset
            .name()
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .collect();
        name.eq_ignore_ascii_case(plain)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_in_every_order() {
        let bytes = [0x0A, 0x0B, 0x0C, 0x0D];
        for (name, value) in [
            ("be", 0x0A0B_0C0D),
            ("le", 0x0D0C_0B0A),
            ("badc", 0x0B0A_0D0C),
            ("cdab", 0x0C0D_0A0B),
        ] {
            assert_eq!(
                NumberOrder::named(name).unwrap().read(&bytes),
                value,
                "{name}"
            );
        }
    }

    #[test]
    fn only_types_that_exist_are_built_in() {
        for name in [
            "u0", "u9", "f3", "x4", "u2xx", "b0", "b65", "u2cdab", "u", "", "ü2", "u10",
        ] {
            assert_eq!(named(name, Some(NumberOrder::Big), false), None, "{name}");
        }
        assert_eq!(named("u2", None, false), Some(BuiltIn::NoByteOrder));
        assert!(matches!(named("u1", None, false), Some(BuiltIn::Type(_))));
        assert_eq!(charset("GBK"), Some(Charset::Gb18030));
        assert_eq!(charset("us-ascii"), Some(Charset::Utf8));
        assert_eq!(charset("klingon"), None);
    }
}
