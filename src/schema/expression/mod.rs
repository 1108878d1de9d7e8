//! Expressions of descriptions, in the language of Kaitai Struct: `len - 4`, `flags & 1 != 0`,
//! `kind == kind::reply ? 2 : 0`, `_parent.size`.

mod lexer;
mod parser;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// An expression, with its text.
#[derive(Clone, Debug, PartialEq)]
pub struct Expression {
    text: String,
    pub(super) root: Term,
}

/// A part of an expression.
#[derive(Clone, Debug, PartialEq)]
pub enum Term {
    /// The text is no expression. A description with it is refused.
    Unreadable(ExpressionMistake),
    Integer(i128),
    Float(f64),
    Text(String),
    Bool(bool),
    List(Vec<Self>),
    /// A field, or `_`, `_io`, `_parent`, `_root`, `_index`.
    Name(String),
    /// A field of the type it stands in, by its place among all fields.
    Field(usize),
    /// `kind::reply`: the enumeration and its value.
    Constant(String, String),
    Member(Box<Self>, String),
    Call(Box<Self>, String, Vec<Self>),
    /// `sine(60, 5)`: only where a message is made.
    Function(String, Vec<Self>),
    Index(Box<Self>, Box<Self>),
    Unary(UnaryOperator, Box<Self>),
    Binary(BinaryOperator, Box<Self>, Box<Self>),
    /// A condition, and the values if it holds and if not.
    Choice(Box<Self>, Box<Self>, Box<Self>),
}

impl Term {
    /// The terms that it is made of.
    pub(super) fn parts(&self) -> Vec<&Self> {
        match self {
            Self::Unreadable(_)
            | Self::Integer(_)
            | Self::Float(_)
            | Self::Text(_)
            | Self::Bool(_)
            | Self::Name(_)
            | Self::Field(_)
            | Self::Constant(..) => Vec::new(),
            Self::List(terms) | Self::Function(_, terms) => terms.iter().collect(),
            Self::Member(of, _) | Self::Unary(_, of) => vec![&**of],
            Self::Call(of, _, arguments) => std::iter::once(&**of).chain(arguments).collect(),
            Self::Index(one, other) | Self::Binary(_, one, other) => vec![&**one, &**other],
            Self::Choice(condition, holds, other) => vec![&**condition, &**holds, &**other],
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnaryOperator {
    Minus,
    Not,
    Invert,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BinaryOperator {
    Or,
    And,
    Equal,
    NotEqual,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    BitOr,
    BitXor,
    BitAnd,
    ShiftLeft,
    ShiftRight,
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
}

impl BinaryOperator {
    /// Its sign or word in expressions.
    pub fn sign(self) -> &'static str {
        parser::sign(self)
    }
}

/// Why a text is no expression.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExpressionMistake {
    /// The offset in bytes.
    pub at: usize,
    pub problem: ExpressionProblem,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ExpressionProblem {
    /// The text ends too early.
    End,
    /// A character or word that cannot stand here.
    Unexpected,
    /// A sign of other languages, for which this is written.
    Instead(String),
    /// A text without its closing quotation mark.
    OpenText,
    /// A number that does not fit.
    Number,
    /// Brackets are nested too deeply.
    TooDeep,
}

impl Expression {
    /// The expression of this text, which may be none: see [`Self::mistake`].
    pub fn new(text: &str) -> Self {
        Self {
            root: parser::parse(text).unwrap_or_else(Term::Unreadable),
            text: text.to_owned(),
        }
    }

    /// Why the text is no expression, if it is none.
    pub fn mistake(&self) -> Option<&ExpressionMistake> {
        match &self.root {
            Term::Unreadable(mistake) => Some(mistake),
            _ => None,
        }
    }

    /// Whether it has such a field of the type that it stands in.
    pub(super) fn has_field(&self, is_it: &impl Fn(usize) -> bool) -> bool {
        fn has(term: &Term, is_it: &impl Fn(usize) -> bool) -> bool {
            matches!(term, Term::Field(index) if is_it(*index))
                || term.parts().into_iter().any(|part| has(part, is_it))
        }
        has(&self.root, is_it)
    }

    /// The expression as it was written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The value of an expression that is an integer.
    pub fn constant(&self) -> Option<i128> {
        match self.root {
            Term::Integer(value) => Some(value),
            _ => None,
        }
    }
}

impl Serialize for Expression {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

impl<'de> Deserialize<'de> for Expression {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = super::written::text(deserializer)?;
        Ok(Self::new(&text))
    }
}

#[cfg(test)]
mod tests;
