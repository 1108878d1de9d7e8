//! How a type finds its fields in a text.

use crate::payload::charset::Charset;
use regex::bytes::{Regex, RegexBuilder};
use std::collections::BTreeMap;
use std::sync::OnceLock;

/// How the fields of a text are found. They are given by their place among all fields of the plan.
#[derive(Debug)]
pub enum TextForm {
    Pattern(PatternForm),
    Pairs(PairsForm),
    Json(JsonForm),
}

impl TextForm {
    /// The key of a description that says so.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Pattern(_) => "pattern",
            Self::Pairs(_) => "pairs",
            Self::Json(_) => "json",
        }
    }
}

/// Regular expressions, of which the first one that matches counts.
#[derive(Debug)]
pub struct PatternForm {
    pub alternatives: Vec<Alternative>,
}

/// A regular expression, and its groups that have names.
#[derive(Debug)]
pub struct Alternative {
    pub regex: Regex,
    pub groups: Vec<Group>,
    /// How a text that it matches is written.
    pub parts: Vec<TextPart>,
}

impl Alternative {
    /// The group of this number.
    pub fn group(&self, number: usize) -> Option<&Group> {
        self.groups.iter().find(|group| group.number == number)
    }
}

/// A group of an expression, and the field that it is.
#[derive(Debug)]
pub struct Group {
    pub number: usize,
    pub field: usize,
    pub text: GroupText,
}

/// The text of a group.
#[derive(Clone, Debug, Default)]
pub struct GroupText {
    /// The fewest bytes of it.
    pub least: usize,
    /// A short text that the group matches.
    pub usual: Vec<u8>,
    /// Whether that stands for no value: `-`, 0, nothing, or a text that the expression has.
    pub is_default: bool,
    /// The expression of the group, which matches bytes.
    pub expression: String,
    /// The same, which is compiled when it is needed; none if it cannot be.
    pub regex: OnceLock<Option<Regex>>,
}

impl GroupText {
    /// The most bytes of a compiled expression.
    const SIZE: usize = 1 << 20;

    /// Whether the group matches a text; true if that is not known.
    pub fn takes(&self, text: &[u8]) -> bool {
        let regex = self.regex.get_or_init(|| {
            let whole = format!(r"\A(?:{})\z", self.expression);
            let built = RegexBuilder::new(&whole).size_limit(Self::SIZE).build();
            built.ok()
        });
        regex.as_ref().is_none_or(|regex| regex.is_match(text))
    }
}

/// A part of a text that an expression matches, as it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TextPart {
    Literal(Vec<u8>),
    /// The group of this number.
    Group(usize),
    /// What stands there if one of its groups does.
    Optional(Vec<Self>),
    /// One of these stands there.
    Choice(Vec<Vec<Self>>),
    /// A part of the expression that does not say which text stands there.
    Open(String),
}

impl TextPart {
    pub fn has_group(&self) -> bool {
        self.any_group(&|_| true)
    }

    /// Whether this holds for the number of a group in it.
    pub fn any_group(&self, is_it: &dyn Fn(usize) -> bool) -> bool {
        match self {
            Self::Literal(_) | Self::Open(_) => false,
            Self::Group(number) => is_it(*number),
            Self::Optional(parts) => parts.iter().any(|part| part.any_group(is_it)),
            Self::Choice(branches) => {
                let mut parts = branches.iter().flatten();
                parts.any(|part| part.any_group(is_it))
            }
        }
    }
}

/// Keys with values.
#[derive(Debug)]
pub struct PairsForm {
    /// The characters that stand between pairs, and between a key and its value: each of them does.
    pub between: Vec<u8>,
    pub within: Vec<u8>,
    /// Whether keys are the same in capital and small letters. The keys of `fields` are small then.
    pub any_case: bool,
    /// Whether a value in quotation marks may have those characters in it.
    pub quotes: bool,
    /// The encoding of keys.
    pub charset: Charset,
    pub fields: BTreeMap<Vec<u8>, usize>,
    /// The keys that are written, by the fields.
    pub keys: BTreeMap<usize, Vec<u8>>,
    /// The list of pairs for which no field is declared.
    pub others: Option<usize>,
}

/// A JSON text.
#[derive(Debug)]
pub struct JsonForm {
    /// The fields by the JSON pointer (RFC 6901) to their value.
    pub fields: BTreeMap<String, usize>,
    /// The pointers to the values that are written, by the fields.
    pub keys: BTreeMap<usize, String>,
    /// The list of values for which no field is declared.
    pub others: Option<usize>,
}

/// Appends a name, or the place in a list, to a JSON pointer.
pub fn push_to_pointer(pointer: &mut String, name: &str) {
    pointer.push('/');
    for letter in name.chars() {
        match letter {
            '~' => pointer.push_str("~0"),
            '/' => pointer.push_str("~1"),
            other => pointer.push(other),
        }
    }
}
