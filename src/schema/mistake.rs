//! What is wrong with a description.

use super::expression::ExpressionMistake;

/// A mistake, and the path to it: `types.query.seq.2`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SchemaMistake {
    pub place: String,
    pub problem: SchemaProblem,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SchemaProblem {
    /// The text is no description: the message of its reader, with line and column.
    Text(String),
    Expression(ExpressionMistake),
    UnknownType(String),
    UnknownEnum(String),
    UnknownEncoding(String),
    UnknownChecksum(String),
    /// Neither `be` nor `le`.
    UnknownOrder(String),
    /// A number of several bytes has no byte order.
    NoByteOrder(String),
    /// Neither `expr`, `eos` nor `until`, or its expression is missing.
    Repeat(String),
    /// Bytes that always stand there have no type.
    TypedContents,
    /// Bytes or a text whose end nothing says.
    NoEnd,
    /// Two fields have this name.
    Duplicate(String),
    /// No name of small letters, digits and `_`.
    BadName(String),
    /// An expression names a field that the type does not have.
    UnknownField(String),
    /// A range of fields that does not exist, or a checksum of itself.
    BadRange(String),
    /// A key that says nothing of a field of this type.
    UselessKey(&'static str),
    /// A checksum of another number of bytes than its field.
    SumWidth {
        sum: usize,
        field: usize,
    },
    /// A type that always contains itself.
    Endless(String),
    /// More types or fields than this.
    TooMany(usize),
    /// Types are nested more deeply than this.
    TooDeep(usize),
}
