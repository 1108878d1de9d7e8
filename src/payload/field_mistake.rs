//! Why a message cannot be made of the values of its fields.

use super::charset::UnencodableChar;
use serde::{Deserialize, Serialize};

/// A mistake, and the path of its field: `body.values[2]`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EncodeMistake {
    pub path: String,
    pub problem: EncodeProblem,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum EncodeProblem {
    /// No field has this name.
    UnknownField,
    /// The field is computed from these fields of its type.
    Computed(Vec<String>),
    /// The message does not have the field: its condition does not hold.
    Absent,
    /// The text is no number, and no name of a value.
    NotNumber(String),
    /// The field takes whole numbers.
    NotWhole(String),
    /// The number does not fit in so many bits.
    Range {
        bits: u8,
        signed: bool,
    },
    /// The number is larger than any with a fraction in so many bytes.
    TooLarge,
    /// The text is no bytes in hexadecimal.
    NotBytes(String),
    /// The value is of another kind than the field: a list, a type or a number.
    Kind,
    /// The value has so many bytes, and the field so many.
    Size {
        found: usize,
        expected: i64,
    },
    /// So many elements are given, and the field has so many.
    Elements {
        found: usize,
        expected: i64,
    },
    /// No value of the field that says so makes it this long, in bytes or elements.
    NoLength(usize),
    /// The value has the byte that ends it.
    Terminator(u8),
    /// The encoding lacks a character.
    Charset(UnencodableChar),
    /// The text has a byte that separates values where it stands.
    Separator(u8),
    /// The pattern of the field does not match its text.
    NotTaken(String),
    /// The field has no value, and its pattern does not say which text stands there.
    NotGiven,
    /// A part of the pattern does not say which text stands there.
    Pattern(String),
    /// No type for the value of another field.
    NoType,
    Expression(EvaluationFault),
    /// Too many fields, or types nested too deeply.
    TooMuch,
    /// Lengths depend on each other, and never agree.
    Unsettled,
    /// Nothing says what the bytes before the message are, so many of them.
    NoPrefix(usize),
    /// The message would be read back with another value.
    Different,
}

/// Why an expression has no value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum EvaluationFault {
    /// A field that the message does not have.
    Absent,
    /// A value of another kind was expected.
    Kind,
    /// A result beyond all numbers, or a division by 0.
    Overflow,
    /// A function is given a number that it does not take.
    Argument,
    /// An instance whose value depends on itself.
    Circular,
    /// Something that this program does not know.
    Unsupported,
    /// More steps than a message is worth, or too long a text.
    TooMuch,
}
