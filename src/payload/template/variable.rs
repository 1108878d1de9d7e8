//! The variables between `${` and `}`.

use crate::payload::TextProblem;
use crate::payload::checksum::Checksum;
use crate::payload::number_type::NumberType;

/// The most characters `${rand:N}` and `${seq:N}` may ask for.
const WIDEST: usize = 4096;
/// Digits of the largest 64-bit number.
const NUMBER: usize = 20;
/// The most characters of a time or a date, including years before 1 and after 9999.
const MOMENT: usize = 16;
/// Characters of a host name (RFC 1035 §2.3.4) and a port. Addresses are shorter.
const ADDRESS: usize = 253 + 6;

/// The purpose of a template, which decides which variables it may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TemplateScope {
    Message,
    /// A reply, which may quote the request.
    Reply,
}

/// A value that is known only when the message is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Variable {
    /// The number of the message, from 1, with at least this many digits.
    Seq { digits: usize },
    /// Local time, `14:03:31.552`.
    Time,
    /// Local date, `2026-11-23`.
    Date,
    /// This many random letters and digits.
    Rand { count: usize },
    /// A random UUID (RFC 9562, version 4).
    Uuid,
    /// The length of the whole message in bytes, its own digits, checksum and line ending
    /// included.
    Len,
    /// The address of the receiver.
    Peer,
    /// The checksum of all bytes before it: `${crc:modbus}`, `${crc:xmodem:high}`.
    Sum(Checksum),
    /// The request, or `count` bytes of it from an offset on: `${data:2:4}`.
    Data { from: usize, count: Option<usize> },
    /// A value in binary, as `${seq:u16be}`.
    Number {
        value: NumberValue,
        as_type: NumberType,
    },
    /// A number that is typed, as `${f32be:23.5}`.
    Constant(Vec<u8>),
    /// This many random bytes: `${rand:4}` in a hexadecimal message.
    RandomBytes { count: usize },
    /// The part of the request that a group of the rule's regular expression matched.
    Group(usize),
    /// The request, with ASCII letters in upper case.
    Upper,
    /// The request as hexadecimal digits.
    Hex,
}

/// A value that a message may have in binary.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NumberValue {
    /// The number of the message. It goes on at the least number of the type after the largest.
    Seq,
    /// The length of the whole message in bytes.
    Len,
    /// The number of bytes behind it, with checksum and line ending.
    Rest,
    /// The time since 1970 in units of this many microseconds; it goes on as the number does.
    Time { unit: i64 },
    /// Any number of the type.
    Rand,
}

impl NumberValue {
    fn named(name: &str) -> Option<Self> {
        Some(match name {
            "seq" => Self::Seq,
            "len" => Self::Len,
            "rest" => Self::Rest,
            "time" => Self::Time { unit: 1_000_000 },
            "ms" => Self::Time { unit: 1_000 },
            "us" => Self::Time { unit: 1 },
            "rand" => Self::Rand,
            _ => return None,
        })
    }
}

impl Variable {
    /// Examples of the variables that every message has.
    pub const WRITTEN: [&str; 13] = [
        "${seq}",
        "${seq:u16be}",
        "${len:u16be}",
        "${rest:u16be}",
        "${time:u32be}",
        "${f32be:23.5}",
        "${time}",
        "${date}",
        "${rand:8}",
        "${uuid}",
        "${len}",
        "${peer}",
        "${crc:modbus}",
    ];
    /// Examples of the variables that only a reply has.
    pub const QUOTING: [&str; 5] = ["${data}", "${data:2:4}", "${1}", "${upper}", "${hex}"];

    /// Parses the text between `${` and `}`.
    pub(super) fn parse(text: &str, scope: TemplateScope) -> Result<Self, TextProblem> {
        let (name, number) = match text.split_once(':') {
            Some((name, number)) => (name, Some(number)),
            None => (text, None),
        };
        let count = |usual: Option<usize>| match number {
            None => usual.ok_or(TextProblem::VariableNumber),
            Some(number) => {
                let count = number
                    .trim()
                    .parse()
                    .map_err(|_| TextProblem::VariableNumber)?;
                let fits = (1..=WIDEST).contains(&count);
                fits.then_some(count).ok_or(TextProblem::VariableNumber)
            }
        };
        let alone = |variable| match number {
            None => Ok(variable),
            Some(_) => Err(TextProblem::VariableNumber),
        };
        let name = name.trim();
        if let Some(variable) = binary(name, number) {
            return variable;
        }
        let variable = match name {
            "seq" => count(Some(1)).map(|digits| Self::Seq { digits }),
            "rand" => count(None).map(|count| Self::Rand { count }),
            "time" => alone(Self::Time),
            "date" => alone(Self::Date),
            "uuid" => alone(Self::Uuid),
            "len" => alone(Self::Len),
            "peer" => alone(Self::Peer),
            "crc" | "sum" => {
                let sum = Checksum::named(number.unwrap_or_default());
                sum.map(Self::Sum).ok_or(TextProblem::UnknownVariable)
            }
            "upper" => alone(Self::Upper),
            "hex" => alone(Self::Hex),
            "data" => slice(number),
            digits => match digits.parse::<u8>() {
                Ok(group) => alone(Self::Group(group.into())),
                Err(_) => Err(TextProblem::UnknownVariable),
            },
        }?;
        if variable.quotes() && scope == TemplateScope::Message {
            return Err(TextProblem::NoRequest);
        }
        Ok(variable)
    }

    /// The variable in a hexadecimal message, where random characters are bytes.
    pub(super) fn in_hex(self) -> Self {
        match self {
            Self::Rand { count } => Self::RandomBytes { count },
            other => other,
        }
    }

    /// The most bytes it has, where a character of the encoding has `character` bytes; 0 for quoted
    /// data.
    pub(super) fn longest(&self, character: usize) -> usize {
        let characters = match self {
            Self::Seq { digits } => (*digits).max(NUMBER),
            Self::Time | Self::Date => MOMENT,
            Self::Rand { count } => *count,
            Self::Uuid => 36,
            Self::Len => NUMBER,
            Self::Peer => ADDRESS,
            Self::Sum(checksum) => return checksum.sum.width(),
            Self::Number { as_type, .. } => return as_type.width(),
            Self::Constant(bytes) => return bytes.len(),
            Self::RandomBytes { count } => return *count,
            Self::Data { .. } | Self::Group(_) | Self::Upper | Self::Hex => 0,
        };
        characters.saturating_mul(character)
    }

    fn quotes(&self) -> bool {
        matches!(
            self,
            Self::Data { .. } | Self::Group(_) | Self::Upper | Self::Hex
        )
    }
}

/// `2` is everything from the third byte on, `2:4` is four bytes from there.
fn slice(text: Option<&str>) -> Result<Variable, TextProblem> {
    let number = |text: &str| text.trim().parse().map_err(|_| TextProblem::VariableNumber);
    let (from, count) = match text {
        None => (0, None),
        Some(text) => match text.split_once(':') {
            Some((from, count)) => (number(from)?, Some(number(count)?)),
            None => (number(text)?, None),
        },
    };
    Ok(Variable::Data { from, count })
}

/// A variable in binary: a value with a type, or a type with a number; `None` for other variables.
fn binary(name: &str, number: Option<&str>) -> Option<Result<Variable, TextProblem>> {
    if let Some(as_type) = NumberType::named(name) {
        let bytes = as_type.typed(number.unwrap_or_default());
        let constant = bytes.map(Variable::Constant);
        return Some(constant.ok_or(TextProblem::NumberRange));
    }
    let value = NumberValue::named(name)?;
    let number = number?.trim();
    if !number.starts_with(['u', 'i', 'f']) {
        return None;
    }
    let as_type = NumberType::named(number).ok_or(TextProblem::NumberType);
    Some(as_type.map(|as_type| Variable::Number { value, as_type }))
}
