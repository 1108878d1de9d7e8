//! Why a description cannot be written in another language.

/// A field that another language cannot express.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodeRefusal {
    /// The path of its type and its name: `query.name`. A type's path alone stands for its text;
    /// nothing, for the description.
    pub field: String,
    pub problem: CodeProblem,
}

/// The part of a description that the language cannot express.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CodeProblem {
    /// A text in this encoding, or `to_s` with it.
    Encoding(String),
    /// An expression whose parts are nested more deeply than this.
    TooDeep(usize),
    /// A whole number of more than 53 bits.
    WideNumber(i128),
    /// A scaled number with this many digits behind the point.
    Digits(usize),
    /// More fields at all paths than this.
    TooManyFields(usize),
    /// A type that is a text, with the key that says so: `pattern`, `pairs` or `json`.
    TextForm(&'static str),
    /// A number that is written as text, by its type: `dec`.
    WrittenNumber(&'static str),
}
