//! Mistakes in files of rules, simulated networks and scenarios, in words.

use super::argument::argument_mistake;
use super::config::config_mistake;
use super::description::{formula_mistake, schema_problem};
use super::io_error::io_error;
use super::value::value_mistake;
use crate::config::ron_file::Known;
use crate::config::{DescriptionProblem, FieldTestProblem, FileMistake, RonProblem};
use crate::schema::READY_MADE;
use crate::t;
use crate::words::{Lang, listed};
use ron::Error;
use std::fmt;
use std::io;

/// Formats `line:column: message`, as compilers do, so that editors find the position.
pub fn file_mistake(lang: Lang, mistake: &FileMistake) -> String {
    let text = match &mistake.problem {
        RonProblem::Syntax { error, known } => syntax(lang, error, *known),
        RonProblem::UnknownField {
            found,
            known: Known::Fields(known),
        } => t!(
            lang,
            "ron.field",
            found = found,
            known = listed(lang, *known)
        ),
        RonProblem::UnknownField { found, .. } => t!(lang, "ron.unknown", path = found),
        RonProblem::Value(mistake) => value_mistake(lang, mistake),
        RonProblem::Description(problem) => schema_problem(lang, problem),
        RonProblem::DescriptionFile { path, problem } => description_problem(lang, path, problem),
        RonProblem::Field(problem) => field_test_problem(lang, problem),
        RonProblem::FieldValue(mistake) => formula_mistake(lang, mistake),
        RonProblem::Config { field, problem } => config_mistake(lang, field, problem),
        RonProblem::Address { field, mistake } => {
            format!("`{field}`: {}", argument_mistake(lang, mistake))
        }
    };
    format!("{}:{}: {text}", mistake.line, mistake.column)
}

/// Explains why a description cannot be used: `path: reason`, or `path:line:column: mistake`.
pub fn description_problem(lang: Lang, path: &str, problem: &DescriptionProblem) -> String {
    match problem {
        DescriptionProblem::Unreadable(kind, code) => {
            let error = code.map_or_else(|| (*kind).into(), io::Error::from_raw_os_error);
            let failed = format!("{path}: {}", io_error(lang, &error));
            // What could be a name may be a misspelt one.
            if error.kind() == io::ErrorKind::NotFound && !path.contains(['/', '\\', '.']) {
                let names = listed(lang, READY_MADE.map(|ready| ready.name));
                return t!(
                    lang,
                    "description.no_such_name",
                    failed = failed,
                    names = names
                );
            }
            failed
        }
        DescriptionProblem::Mistake(mistake) => format!("{path}:{}", file_mistake(lang, mistake)),
    }
}

fn field_test_problem(lang: Lang, problem: &FieldTestProblem) -> String {
    match problem {
        FieldTestProblem::NoDescription => t!(lang, "description.no_description"),
        FieldTestProblem::Unknown(word) => t!(lang, "description.no_such_field", word = word),
        FieldTestProblem::Value(text) => t!(lang, "filter.field", text = text),
    }
}

impl fmt::Display for FileMistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&file_mistake(Lang::English, self))
    }
}

/// Explains a syntax error by the names that are valid at its position. Rare errors keep the
/// library's own words.
fn syntax(lang: Lang, error: &Error, known: Known) -> String {
    match (error, known) {
        (
            Error::ExpectedStructLike
            | Error::ExpectedNamedStructLike(_)
            | Error::ExpectedIdentifier
            | Error::SuggestRawIdentifier(_)
            | Error::InvalidIdentifier(_),
            Known::Fields(known),
        ) => t!(lang, "ron.fields", known = listed(lang, known)),
        (
            Error::ExpectedStructLike
            | Error::ExpectedNamedStructLike(_)
            | Error::ExpectedIdentifier
            | Error::SuggestRawIdentifier(_)
            | Error::InvalidIdentifier(_),
            Known::Variants(known),
        ) => t!(lang, "ron.one_of", known = listed(lang, known)),
        _ => plain(lang, error),
    }
}

fn plain(lang: Lang, error: &Error) -> String {
    match error {
        Error::Eof => t!(lang, "ron.eof"),
        Error::TrailingCharacters => t!(lang, "ron.trailing"),
        Error::UnclosedBlockComment => t!(lang, "ron.open_comment"),
        Error::ExceededRecursionLimit => t!(lang, "ron.too_deep"),
        Error::ExpectedArray => missing(lang, "["),
        Error::ExpectedArrayEnd => missing(lang, "]"),
        Error::ExpectedComma => missing(lang, ","),
        Error::ExpectedMap => missing(lang, "{"),
        Error::ExpectedMapColon => missing(lang, ":"),
        Error::ExpectedMapEnd => missing(lang, "}"),
        Error::ExpectedStructLike | Error::ExpectedNamedStructLike(_) => missing(lang, "("),
        Error::ExpectedStructLikeEnd | Error::ExpectedOptionEnd => missing(lang, ")"),
        Error::ExpectedBoolean => missing(lang, "true / false"),
        Error::ExpectedString => t!(lang, "ron.string"),
        Error::ExpectedStringEnd => t!(lang, "ron.open_string"),
        Error::ExpectedInteger => t!(lang, "ron.integer"),
        Error::UnderscoreAtBeginning
        | Error::FloatUnderscore
        | Error::InvalidIntegerDigit { .. }
        | Error::ExpectedFloat => t!(lang, "ron.number"),
        Error::IntegerOutOfBounds => t!(lang, "ron.out_of_bounds"),
        Error::ExpectedIdentifier
        | Error::SuggestRawIdentifier(_)
        | Error::InvalidIdentifier(_) => t!(lang, "ron.identifier"),
        Error::InvalidEscape(_) => t!(lang, "ron.escape"),
        Error::ExpectedOption => missing(lang, "Some(…) / None"),
        Error::ExpectedUnit => missing(lang, "()"),
        Error::ExpectedDifferentLength { .. } => t!(lang, "ron.length"),
        Error::ExpectedAttribute | Error::ExpectedAttributeEnd | Error::NoSuchExtension(_) => {
            t!(lang, "ron.attribute")
        }
        Error::UnexpectedChar(found) => t!(lang, "ron.unexpected", found = found),
        Error::NoSuchEnumVariant {
            expected, found, ..
        } => t!(
            lang,
            "ron.variant",
            found = found,
            known = listed(lang, *expected)
        ),
        Error::NoSuchStructField {
            expected, found, ..
        } => t!(
            lang,
            "ron.field",
            found = found,
            known = listed(lang, *expected)
        ),
        // The expected name is internal.
        Error::ExpectedDifferentStructName { found, .. } => t!(lang, "ron.name", found = found),
        Error::MissingStructField { field, .. } => t!(lang, "ron.no_field", field = field),
        Error::DuplicateStructField { field, .. } => t!(lang, "ron.twice", name = field),
        Error::InvalidValueForType { expected, found } => {
            t!(lang, "ron.other", expected = expected, found = found)
        }
        other => other.to_string(),
    }
}

fn missing(lang: Lang, sign: &str) -> String {
    t!(lang, "ron.missing", sign = sign)
}
