//! How a type finds its fields in a text.

use crate::payload::charset::Charset;
use regex::bytes::Regex;
use std::collections::BTreeMap;

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
}

/// A group of an expression, and the field that it is.
#[derive(Debug)]
pub struct Group {
    pub number: usize,
    pub field: usize,
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
    /// The list of pairs for which no field is declared.
    pub others: Option<usize>,
}

/// A JSON text.
#[derive(Debug)]
pub struct JsonForm {
    /// The fields by the JSON pointer (RFC 6901) to their value.
    pub fields: BTreeMap<String, usize>,
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
