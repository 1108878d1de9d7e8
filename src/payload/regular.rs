//! Explains why a pattern is not a regular expression: the kind of mistake and its position,
//! which front ends can word in any language.

use regex_syntax::ast::ErrorKind as Syntax;
use regex_syntax::hir::ErrorKind as Meaning;
use regex_syntax::{Error, ParserBuilder};
use serde::{Deserialize, Serialize};

/// A problem in a regular expression and the character it begins at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegexMistake {
    /// Characters (not bytes) before the problem.
    pub at: usize,
    pub problem: RegexProblem,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RegexProblem {
    /// `(` without `)`.
    GroupUnclosed,
    /// `)` without `(`.
    GroupUnopened,
    /// `[` without `]`.
    ClassUnclosed,
    /// A range in `[…]` that runs backwards, or from or to something that is no character.
    ClassRange,
    /// `*`, `+`, `?` or `{…}` with nothing before it.
    NothingRepeated,
    /// `{…}` that is not a count, is not closed, or whose first number is the larger.
    Count,
    /// A backslash at the end.
    LoneBackslash,
    /// A backslash before a character that forms no escape.
    UnknownEscape,
    /// `\x` or `\u` without the digits of a character.
    Digits,
    /// `(?…)` with unknown, repeated or missing flags.
    Flags,
    /// An invalid or repeated name in `(?P<name>…)`.
    GroupName,
    /// Groups nested too deeply.
    TooDeep,
    /// `\1`: back-references are not supported.
    BackReference,
    /// Look-around, which is not supported: `(?=…)`, `(?!…)`, `(?<=…)`, `(?<!…)`.
    LookAround,
    /// `\p{…}` with an unknown property.
    Property,
    /// Characters where `(?-u)` allows only bytes.
    NoUnicode,
    /// Anything else.
    Other,
}

/// The first mistake in an invalid pattern.
pub fn mistake(pattern: &str) -> RegexMistake {
    let parsed = ParserBuilder::new().utf8(false).build().parse(pattern);
    let (offset, problem) = match parsed {
        Err(Error::Parse(error)) => (error.span().start.offset, of_syntax(error.kind())),
        Err(Error::Translate(error)) => (error.span().start.offset, of_meaning(error.kind())),
        _ => (0, RegexProblem::Other),
    };
    let before = pattern.get(..offset).unwrap_or_default();
    RegexMistake {
        at: before.chars().count(),
        problem,
    }
}

fn of_syntax(kind: &Syntax) -> RegexProblem {
    match kind {
        Syntax::GroupUnclosed => RegexProblem::GroupUnclosed,
        Syntax::GroupUnopened => RegexProblem::GroupUnopened,
        Syntax::ClassUnclosed => RegexProblem::ClassUnclosed,
        Syntax::ClassRangeInvalid | Syntax::ClassRangeLiteral => RegexProblem::ClassRange,
        Syntax::RepetitionMissing => RegexProblem::NothingRepeated,
        Syntax::DecimalEmpty
        | Syntax::DecimalInvalid
        | Syntax::RepetitionCountInvalid
        | Syntax::RepetitionCountDecimalEmpty
        | Syntax::RepetitionCountUnclosed => RegexProblem::Count,
        Syntax::EscapeUnexpectedEof => RegexProblem::LoneBackslash,
        Syntax::EscapeUnrecognized | Syntax::ClassEscapeInvalid => RegexProblem::UnknownEscape,
        Syntax::EscapeHexEmpty | Syntax::EscapeHexInvalid | Syntax::EscapeHexInvalidDigit => {
            RegexProblem::Digits
        }
        Syntax::FlagDanglingNegation
        | Syntax::FlagDuplicate { .. }
        | Syntax::FlagRepeatedNegation { .. }
        | Syntax::FlagUnexpectedEof
        | Syntax::FlagUnrecognized => RegexProblem::Flags,
        Syntax::GroupNameDuplicate { .. }
        | Syntax::GroupNameEmpty
        | Syntax::GroupNameInvalid
        | Syntax::GroupNameUnexpectedEof => RegexProblem::GroupName,
        Syntax::NestLimitExceeded(_) => RegexProblem::TooDeep,
        Syntax::UnsupportedBackreference => RegexProblem::BackReference,
        Syntax::UnsupportedLookAround => RegexProblem::LookAround,
        Syntax::UnicodeClassInvalid => RegexProblem::Property,
        _ => RegexProblem::Other,
    }
}

fn of_meaning(kind: &Meaning) -> RegexProblem {
    match kind {
        Meaning::UnicodePropertyNotFound | Meaning::UnicodePropertyValueNotFound => {
            RegexProblem::Property
        }
        Meaning::UnicodeNotAllowed | Meaning::InvalidUtf8 => RegexProblem::NoUnicode,
        _ => RegexProblem::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mistake_has_its_kind_and_place() {
        let cases = [
            ("你(", 1, RegexProblem::GroupUnclosed),
            ("a)", 1, RegexProblem::GroupUnopened),
            ("[a", 0, RegexProblem::ClassUnclosed),
            ("[z-a]", 1, RegexProblem::ClassRange),
            ("*a", 0, RegexProblem::NothingRepeated),
            ("a{2,1}", 1, RegexProblem::Count),
            ("a\\", 1, RegexProblem::LoneBackslash),
            ("a\\y", 1, RegexProblem::UnknownEscape),
            ("(a)\\1", 3, RegexProblem::BackReference),
            ("(?=a)", 0, RegexProblem::LookAround),
            ("(?P<>a)", 4, RegexProblem::GroupName),
            ("\\p{Nothing}", 0, RegexProblem::Property),
        ];
        for (pattern, at, problem) in cases {
            assert_eq!(mistake(pattern), RegexMistake { at, problem }, "{pattern}");
        }
    }

    #[test]
    fn what_the_engine_refuses_has_a_kind() {
        for pattern in ["(?z)", "\\xZZ", "(?-u)\\pL", "(?P<a>b", "a{", "\\b{x}"] {
            let Err(regex::Error::Syntax(_)) = regex::bytes::Regex::new(pattern) else {
                continue;
            };
            let found = mistake(pattern).problem;
            assert!(
                found != RegexProblem::Other || pattern == "\\b{x}",
                "{pattern}"
            );
        }
    }
}
