//! Why a file of rules or of a simulated network, or a scenario, cannot be used.

use super::ArgumentMistake;
use super::ron_file::Known;
use super::session::ConfigProblem;
use super::value_mistake::ValueMistake;
use crate::schema::{FormulaMistake, SchemaProblem};
use std::io;

/// A mistake in a file, and its position. `Display` words it in English, for callers without a
/// language.
#[derive(Clone, Debug, PartialEq)]
pub struct FileMistake {
    /// Counted from 1.
    pub line: usize,
    /// Counted from 1, in characters.
    pub column: usize,
    /// The path of fields and list items to it: `steps.0.conditions`.
    pub path: String,
    pub problem: RonProblem,
}

#[derive(Clone, Debug, PartialEq)]
pub enum RonProblem {
    /// It is not RON, or not of the expected type; `known` lists the valid names.
    Syntax {
        error: Box<ron::Error>,
        known: Known,
    },
    UnknownField {
        /// Its path in the file.
        found: String,
        known: Known,
    },
    /// A well-formed value that cannot be used.
    Value(ValueMistake),
    /// A description of messages that cannot be used.
    Description(SchemaProblem),
    /// A file of a description that cannot be used.
    DescriptionFile {
        path: String,
        problem: DescriptionProblem,
    },
    /// A test of fields that cannot be made.
    Field(FieldTestProblem),
    /// A value of a field that cannot be sent.
    FieldValue(Box<FormulaMistake>),
    /// A field of a session, by its name in this file.
    Config {
        field: &'static str,
        problem: ConfigProblem,
    },
    /// An address in a field of a session.
    Address {
        field: &'static str,
        mistake: ArgumentMistake,
    },
}

/// Why a description cannot be used.
#[derive(Clone, Debug, PartialEq)]
pub enum DescriptionProblem {
    /// The system's error, by its kind and number.
    Unreadable(io::ErrorKind, Option<i32>),
    Mistake(Box<FileMistake>),
}

impl From<io::Error> for DescriptionProblem {
    fn from(error: io::Error) -> Self {
        Self::Unreadable(error.kind(), error.raw_os_error())
    }
}

impl From<FileMistake> for DescriptionProblem {
    fn from(mistake: FileMistake) -> Self {
        Self::Mistake(Box::new(mistake))
    }
}

/// Why a test of a field cannot be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FieldTestProblem {
    /// The session has no description.
    NoDescription,
    /// The description has no field of this name, or there is no `:`.
    Unknown(String),
    /// The value cannot be compared.
    Value(String),
}

impl std::error::Error for FileMistake {}
