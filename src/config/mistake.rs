//! Why a file of rules or of a simulated network, or a scenario, cannot be used.

use super::ArgumentMistake;
use super::ron_file::Known;
use super::session::ConfigProblem;
use super::value_mistake::ValueMistake;
use crate::schema::SchemaProblem;

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

impl std::error::Error for FileMistake {}
