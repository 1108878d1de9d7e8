//! Mistakes in formulas: in the value of a field that is to be computed.

use crate::payload::{EncodeMistake, EncodeProblem};
use crate::schema::expression::ExpressionMistake;
use serde::{Deserialize, Serialize};

/// A mistake, and the path of its field as it was written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormulaMistake {
    pub path: String,
    pub problem: FormulaProblem,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum FormulaProblem {
    /// The description has no such field, but perhaps a similar one.
    UnknownField {
        similar: Option<String>,
    },
    /// The value at this path is given, too: it has the other one in it, or is of the same field.
    Overlap(String),
    Expression(ExpressionMistake),
    /// Neither `req`, `count`, `time` nor the name of a value.
    UnknownName(String),
    UnknownFunction(String),
    /// The function has so many arguments.
    Arguments {
        function: String,
        count: usize,
    },
    Value(EncodeProblem),
}

impl From<EncodeMistake> for FormulaMistake {
    fn from(mistake: EncodeMistake) -> Self {
        Self {
            path: mistake.path,
            problem: FormulaProblem::Value(mistake.problem),
        }
    }
}
