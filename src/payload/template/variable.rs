//! What may stand between `${` and `}`.

use crate::payload::Problem;
use crate::payload::checksum::Checksum;

/// The most characters `${rand:N}` and `${seq:N}` may ask for.
const WIDEST: usize = 4096;
/// Digits of the largest number.
const NUMBER: usize = 20;
/// Characters of a time or a date, of years before 1 and after 9999, too.
const MOMENT: usize = 16;
/// Characters of a host name (RFC 1035 §2.3.4) and a port. Addresses are shorter.
const ADDRESS: usize = 253 + 6;

/// What a template is for, and so which variables it may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    Message,
    /// It answers something, and may quote it.
    Reply,
}

/// Something that is known only when it is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Variable {
    /// The number of the message, counted from 1, with at least so many digits.
    Seq { digits: usize },
    /// Local time, `14:03:31.552`.
    Time,
    /// Local date, `2026-11-23`.
    Date,
    /// So many letters and digits.
    Rand { count: usize },
    /// A random UUID (RFC 9562, version 4).
    Uuid,
    /// Bytes of the whole message as it is sent, its own digits, checksum and line ending
    /// included.
    Len,
    /// The address it goes to.
    Peer,
    /// The check value of all bytes before it: `${crc:modbus}`, `${crc:xmodem:high}`.
    Sum(Checksum),
    /// What it answers, or so many bytes of that from a place on: `${data:2:4}`.
    Data { from: usize, count: Option<usize> },
    /// What a group of the rule's regular expression matched.
    Group(usize),
    /// What it answers, in capital letters (ASCII).
    Upper,
    /// What it answers, as hexadecimal digits.
    Hex,
}

impl Variable {
    /// All of them as they are written, for those who look for one.
    pub const WRITTEN: [&str; 8] = [
        "${seq}",
        "${time}",
        "${date}",
        "${rand:8}",
        "${uuid}",
        "${len}",
        "${peer}",
        "${crc:modbus}",
    ];
    /// Those that only an answer has.
    pub const QUOTING: [&str; 5] = ["${data}", "${data:2:4}", "${1}", "${upper}", "${hex}"];

    /// Reads what stands between `${` and `}`.
    pub(super) fn parse(text: &str, scope: Scope) -> Result<Self, Problem> {
        let (name, number) = match text.split_once(':') {
            Some((name, number)) => (name, Some(number)),
            None => (text, None),
        };
        let count = |usual: Option<usize>| match number {
            None => usual.ok_or(Problem::VariableNumber),
            Some(number) => {
                let count = number.trim().parse().map_err(|_| Problem::VariableNumber)?;
                let fits = (1..=WIDEST).contains(&count);
                fits.then_some(count).ok_or(Problem::VariableNumber)
            }
        };
        let alone = |variable| match number {
            None => Ok(variable),
            Some(_) => Err(Problem::VariableNumber),
        };
        let name = name.trim();
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
                sum.map(Self::Sum).ok_or(Problem::UnknownVariable)
            }
            "upper" => alone(Self::Upper),
            "hex" => alone(Self::Hex),
            "data" => slice(number),
            digits => match digits.parse::<u8>() {
                Ok(group) => alone(Self::Group(group.into())),
                Err(_) => Err(Problem::UnknownVariable),
            },
        }?;
        if variable.quotes() && scope == Scope::Message {
            return Err(Problem::NoRequest);
        }
        Ok(variable)
    }

    /// The most characters it may become; none for what it quotes, and for bytes.
    pub(super) fn longest(self) -> usize {
        match self {
            Self::Seq { digits } => digits.max(NUMBER),
            Self::Time | Self::Date => MOMENT,
            Self::Rand { count } => count,
            Self::Uuid => 36,
            Self::Len => NUMBER,
            Self::Peer => ADDRESS,
            Self::Sum(_) | Self::Data { .. } | Self::Group(_) | Self::Upper | Self::Hex => 0,
        }
    }

    fn quotes(self) -> bool {
        matches!(
            self,
            Self::Data { .. } | Self::Group(_) | Self::Upper | Self::Hex
        )
    }
}

/// `2` is from the third byte on, `2:4` four bytes from there.
fn slice(text: Option<&str>) -> Result<Variable, Problem> {
    let number = |text: &str| text.trim().parse().map_err(|_| Problem::VariableNumber);
    let (from, count) = match text {
        None => (0, None),
        Some(text) => match text.split_once(':') {
            Some((from, count)) => (number(from)?, Some(number(count)?)),
            None => (number(text)?, None),
        },
    };
    Ok(Variable::Data { from, count })
}
