//! Mistakes in a description.

use super::expression::ExpressionMistake;
use crate::payload::regular::RegexMistake;

/// A mistake, and the path to it: `types.query.seq.2`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SchemaMistake {
    pub place: String,
    pub problem: SchemaProblem,
}

/// A kind of value in a description in YAML.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExpectedValue {
    Text,
    /// `true` or `false`.
    Flag,
    Integer,
    /// 0 to 255.
    Byte,
    List,
    Map,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SchemaProblem {
    /// The text is no description: the message of its reader, with line and column.
    Text(String),
    /// The text is no YAML: the message of its reader, in English.
    Yaml(String),
    /// Values are nested more deeply than this, anchors are used more often, or there are too many
    /// values.
    YamlTooMuch {
        depth: usize,
        aliases: usize,
    },
    Expression(ExpressionMistake),
    UnknownType(String),
    UnknownEnum(String),
    /// The enumeration has no value of this name.
    UnknownValue {
        name: String,
        of: String,
        /// The one that was probably meant.
        similar: Option<String>,
    },
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
    /// No framing of streams.
    BadFraming(String),
    /// A range of fields that does not exist, or a checksum of itself.
    BadRange(String),
    /// A key that says nothing of a field of this type.
    UselessKey(&'static str),
    /// A checksum of another number of bytes than its field.
    SumWidth {
        sum: usize,
        field: usize,
    },
    /// A type gets another number of arguments than it has parameters.
    Arguments {
        name: String,
        wanted: usize,
        given: usize,
    },
    /// A case of a choice gives its type arguments.
    CaseArguments(String),
    /// Nothing gives the description itself arguments.
    RootParameters,
    /// Something of Kaitai Struct that this program does not have.
    Unsupported(String),
    /// A key that Kaitai Struct does not have here.
    UnknownKey(String),
    /// Something needs this key.
    MissingKey(&'static str),
    /// Another kind of value stands here.
    Expected(ExpectedValue),
    /// `_root` in an imported file, where it is another value for each user of the file.
    ImportedRoot,
    /// A pattern is no regular expression.
    Regex(RegexMistake),
    /// A pattern takes too much memory.
    RegexTooLarge,
    /// A field of a pattern that has no group of this name.
    UnknownGroup(String),
    /// A type is a text in several ways.
    SeveralForms,
    /// Characters between pairs, or within them, that are missing, not ASCII or both.
    Separator,
    /// `~` without `0` or `1` behind it.
    BadPointer(String),
    /// A type that always contains itself.
    Endless(String),
    /// More types or fields than this.
    TooMany(usize),
    /// Types are nested more deeply than this.
    TooDeep(usize),
}
