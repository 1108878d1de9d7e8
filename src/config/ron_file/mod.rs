//! Reads and writes the RON files of rules, simulated networks and scenarios, and locates
//! mistakes in them.

pub mod edit;
mod known;
mod outline;
mod position;
mod tree;

use super::{FileMistake, RonProblem, ValueMistake};
use crate::disk;
use ron::error::SpannedError;
use ron::extensions::Extensions;
use ron::ser::PrettyConfig;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::io::{self, Read as _};
use std::path::Path;

pub use known::Known;
#[cfg(test)]
pub(crate) use known::all_names;
use outline::PathStep;
pub use outline::has_more_parts;
use position::place;
use position::{line_and_column, offset};
pub use position::{place_of_number, shown_place};
pub use tree::{RonNode, RonPart};

/// The longest file in bytes.
const LONGEST: u64 = 8 << 20;

/// The text of a file, without a byte order mark.
///
/// # Errors
/// Those of reading; `FileTooLarge` above 8 MiB, `InvalidData` if it is not UTF-8.
pub fn text(path: &Path) -> io::Result<String> {
    whole_text(std::fs::File::open(path)?)
}

/// As [`text`], of a regular file only.
///
/// # Errors
/// Those of [`text`] and of [`disk::open_regular`].
pub fn regular_text(path: &Path) -> io::Result<String> {
    whole_text(disk::open_regular(path)?)
}

/// The text without a byte order mark at its begin, which some editors of Windows write.
pub fn without_mark(text: &str) -> &str {
    text.strip_prefix('\u{feff}').unwrap_or(text)
}

fn whole_text(file: std::fs::File) -> io::Result<String> {
    let mut text = String::new();
    let length = file.take(LONGEST + 1).read_to_string(&mut text)?;
    if length as u64 > LONGEST {
        return Err(io::ErrorKind::FileTooLarge.into());
    }
    Ok(without_mark(&text).to_owned())
}

/// Whether `first` is the first character after comments and white space.
pub fn begins_with(text: &str, first: char) -> bool {
    let mut rest = text.trim_start();
    loop {
        let after = match (rest.strip_prefix("//"), rest.strip_prefix("/*")) {
            (Some(comment), _) => comment.split_once('\n'),
            (_, Some(comment)) => comment.split_once("*/"),
            _ => return rest.starts_with(first),
        };
        rest = after.map_or("", |(_, rest)| rest.trim_start());
    }
}

/// Parses RON as settings write it, or as scenarios do: without the second pair of parentheses.
///
/// # Errors
/// The mistake and its position.
pub fn parse<T: DeserializeOwned>(text: &str) -> Result<T, FileMistake> {
    read(text, Extensions::IMPLICIT_SOME).or_else(|error| {
        let other = read(text, of_scenarios());
        // The attempt that got further is the intended one. If both got equally far, it is the
        // one that reads a field where the other misses a parenthesis.
        other.map_err(|other| {
            if (other.line, other.column) >= (error.line, error.column) {
                other
            } else {
                error
            }
        })
    })
}

/// Parses RON that the program wrote itself. Fields of other versions are ignored.
///
/// # Errors
/// The parser's, with its position.
pub fn parse_kept<T: DeserializeOwned>(text: &str) -> Result<T, SpannedError> {
    read_over_unknown(text, Extensions::empty(), &mut None)
}

/// Parses RON as scenarios write it.
///
/// # Errors
/// The mistake and its position.
pub fn parse_scenario<T: DeserializeOwned>(text: &str) -> Result<T, FileMistake> {
    read(text, of_scenarios())
}

fn of_scenarios() -> Extensions {
    Extensions::IMPLICIT_SOME | Extensions::UNWRAP_VARIANT_NEWTYPES
}

/// The mistake that the RON parser found in this text of type `T`.
pub fn of_reader<T: DeserializeOwned>(text: &str, error: SpannedError) -> FileMistake {
    let (line, column) = (error.span.start.line, error.span.start.col);
    let at = offset(text, line, column);
    let value = match &error.code {
        ron::Error::Message(text) => ValueMistake::of(text),
        _ => None,
    };
    let problem = match value {
        Some(value) => RonProblem::Value(value),
        None => RonProblem::Syntax {
            known: known::known::<T>(&outline::steps_to(text, at)),
            error: Box::new(error.code),
        },
    };
    FileMistake {
        line,
        column,
        ..mistake(text, at, problem)
    }
}

/// The mistake of a field that does not exist. `path` is in the notation of `serde_ignored`.
fn unknown_field<T: DeserializeOwned>(text: &str, path: &str) -> FileMistake {
    let shown: Vec<&str> = path.split('.').filter(|part| *part != "?").collect();
    let shown = shown.join(".");
    let found = outline::find(text, |path| path == shown);
    let at = found.first().map_or(0, |(at, _)| *at);
    let problem = RonProblem::UnknownField {
        known: known::known::<T>(&outline::steps_to(text, at)),
        found: shown,
    };
    mistake(text, at, problem)
}

/// A mistake at the first of these paths that exists; else at the beginning of the text.
pub fn mistake_in(text: &str, paths: &[String], problem: RonProblem) -> FileMistake {
    mistake(text, place(text, paths).unwrap_or(0), problem)
}

/// A mistake at byte `at` of a text.
pub fn mistake(text: &str, at: usize, problem: RonProblem) -> FileMistake {
    let steps = outline::steps_to(text, at);
    let parts = steps.into_iter().filter_map(|step| match step {
        PathStep::Name(_) => None,
        PathStep::Field(name) => Some(name),
        PathStep::Item(number) => Some(number.to_string()),
    });
    let (line, column) = line_and_column(text, at);
    FileMistake {
        line,
        column,
        path: parts.collect::<Vec<_>>().join("."),
        problem,
    }
}

/// Unknown fields are mistakes, too, although settings ignore them: a rule with a misspelt
/// condition would answer everything.
fn read<T: DeserializeOwned>(text: &str, extensions: Extensions) -> Result<T, FileMistake> {
    let mut unknown = None;
    let value = read_over_unknown(text, extensions, &mut unknown);
    match (value, unknown) {
        (Err(error), _) => Err(of_reader::<T>(text, error)),
        (Ok(value), None) => Ok(value),
        (Ok(_), Some(path)) => Err(unknown_field::<T>(text, &path)),
    }
}

/// Ignores fields that do not exist, and stores the path of the first one.
fn read_over_unknown<T: DeserializeOwned>(
    text: &str,
    extensions: Extensions,
    unknown: &mut Option<String>,
) -> Result<T, SpannedError> {
    let options = ron::Options::default().with_default_extension(extensions);
    let mut source = ron::Deserializer::from_str_with_options(text, &options)?;
    // Behind a pointer, so that the program has the code that reads a type once.
    let mut ignored = |path: serde_ignored::Path<'_>| {
        unknown.get_or_insert_with(|| path.to_string());
    };
    let ignored: &mut dyn FnMut(serde_ignored::Path<'_>) = &mut ignored;
    let value = serde_ignored::deserialize(&mut source, ignored);
    let value = value.map_err(|error| source.span_error(error))?;
    source.end().map_err(|error| source.span_error(error))?;
    Ok(value)
}

/// RON as settings write it.
pub fn written(value: &(impl Serialize + ?Sized)) -> String {
    // Plain data always serialises.
    let text = ron::ser::to_string_pretty(value, PrettyConfig::default());
    text.unwrap_or_default() + "\n"
}

/// RON as scenarios write it, for a value that is indented by `indents` levels.
pub fn scenario_text(value: &(impl Serialize + ?Sized), indents: usize) -> String {
    let options = ron::Options::default().with_default_extension(of_scenarios());
    let text = options.to_string_pretty(value, PrettyConfig::default());
    let indent = format!("\n{}", "    ".repeat(indents));
    text.unwrap_or_default().replace('\n', &indent)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::automation::rules::{BytePattern, Condition, Rule};
    use crate::explain::file_mistake;
    use crate::words::Lang;

    fn parse<T: DeserializeOwned>(text: &str, lang: Lang) -> Result<T, String> {
        super::parse(text).map_err(|mistake| file_mistake(lang, &mistake))
    }

    fn parse_scenario<T: DeserializeOwned>(text: &str, lang: Lang) -> Result<T, String> {
        super::parse_scenario(text).map_err(|mistake| file_mistake(lang, &mistake))
    }

    #[test]
    fn a_mistake_names_the_fields_that_lead_to_it() {
        let text = "[(), (name: \"a\",\n  when: 5)]";
        let mistake = super::parse::<Vec<Rule>>(text).unwrap_err();
        assert_eq!((mistake.line, mistake.path.as_str()), (2, "1.when"));
        let text = "[(),\n (whn: Always)]";
        let mistake = super::parse::<Vec<Rule>>(text).unwrap_err();
        assert_eq!((mistake.line, mistake.column), (2, 3));
        assert!(matches!(mistake.problem, RonProblem::UnknownField { .. }));
    }

    #[test]
    fn both_spellings_are_read() {
        let rule = Rule {
            when: Condition::Is(BytePattern::text("hi")),
            ..Rule::default()
        };
        let rules = vec![rule];
        let settings = ron::to_string(&rules).unwrap();
        assert_eq!(
            parse::<Vec<Rule>>(&settings, Lang::English).as_ref(),
            Ok(&rules)
        );
        let scenario = r#"[(when: Is(text: "hi"))]"#;
        assert_eq!(parse::<Vec<Rule>>(scenario, Lang::English), Ok(rules));
    }

    #[test]
    fn a_mistake_has_line_and_column() {
        let fault =
            parse::<Vec<Rule>>("[\n  (when: Iss((text: \"a\"))),\n]", Lang::English).unwrap_err();
        assert!(fault.starts_with("2:") && fault.contains("Iss"), "{fault}");
        let fault =
            parse::<Vec<Rule>>("[\n  (when: Is((text: a))),\n]", Lang::English).unwrap_err();
        assert!(fault.starts_with("2:"), "{fault}");
    }
    #[test]
    fn a_field_that_nobody_knows_is_a_mistake() {
        let fault =
            parse::<Vec<Rule>>("[\n  (name: \"whn\"),\n  (whn : Always),\n]", Lang::English)
                .unwrap_err();
        assert_eq!(
            fault,
            "3:4: there is no field `1.whn`; there are name, on, when, then"
        );
        let nested = r#"[(when: All([Is((txt: "a"))]))]"#;
        let fault = parse::<Vec<Rule>>(nested, Lang::English).unwrap_err();
        assert!(fault.starts_with("1:18: "), "{fault}");
        assert!(fault.ends_with("there are format, text"), "{fault}");
        let second = r#"[(name: "txt"), (when: Is(text: "a", txt: "b"))]"#;
        let fault = parse::<Vec<Rule>>(second, Lang::English).unwrap_err();
        assert!(fault.starts_with("1:38: "), "{fault}");
        assert!(fault.ends_with("there are format, text"), "{fault}");
    }

    #[test]
    fn what_may_stand_there_is_named() {
        let wrong = [
            ("[(when: Is(txt: \"a\"))]", "1:12: ", "format, text"),
            ("[(when: Is(\"a\"))]", "1:12: ", "format, text"),
            ("[(when: Is)]", "1:11: ", "format, text"),
            ("[(when: 5)]", "1:9: ", "Always, Is, "),
            ("[(when: \"a\")]", "1:9: ", "Always, Is, "),
            ("[(when: Length(3))]", "1:16: ", "least, most"),
            ("[(then: [(act: Reply(\"x\"))])]", "1:22: ", "what, to"),
            ("[5]", "1:2: ", "name, on, when, then"),
        ];
        for (text, place, known) in wrong {
            for lang in Lang::ALL {
                let fault = parse::<Vec<Rule>>(text, lang).unwrap_err();
                assert!(fault.starts_with(place), "{text}: {fault}");
                let known = match lang {
                    Lang::Chinese => known.trim_end().replace(", ", "、").replace(',', "、"),
                    Lang::English => known.to_owned(),
                };
                assert!(fault.contains(&known), "{text}: {fault}");
                assert!(!fault.contains("identifier"), "{text}: {fault}");
            }
        }
    }

    #[test]
    fn a_mistake_is_explained_in_the_language_of_the_reader() {
        let deep = format!("[(when: {}Always{})]", "Not(".repeat(200), ")".repeat(200));
        let wrong = [
            "[",
            "(",
            "[()",
            "[() ()]",
            "[(name: 1)]",
            "[(on: 1)]",
            "[(name: \"a)]",
            "[(a: 1)]",
            "[(then: [(delay: x)])]",
            "[(when: Iss)]",
            "[Foo(name: \"a\")]",
            "[(name: \"a\", name: \"b\")]",
            "[()] x",
            "[(when: Is(text: \"a\\q\"))]",
            "[(when: Is(text: \"a\\xZZ\"))]",
            "[(then: [(delay: 1_x)])]",
            "[(then: [(delay: 0b2)])]",
            "[(then: [(delay: _1)])]",
            "#![enable(nothing)][]",
            "[(1: 2)]",
            &deep,
        ];
        for text in wrong {
            let fault = parse_scenario::<Vec<Rule>>(text, Lang::Chinese).unwrap_err();
            let chinese = |c: char| ('\u{4e00}'..='\u{9fff}').contains(&c);
            assert!(fault.contains(chinese), "{fault}");
            assert!(!fault.contains("recursion_limit"), "{fault}");
            assert!(!fault.contains("Rule"), "{fault}");
        }
    }

    #[test]
    fn the_mark_of_some_editors_is_no_mistake() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("rules.ron");
        std::fs::write(&path, "\u{feff}[()]").unwrap();
        let text = text(&path).unwrap();
        assert_eq!(parse::<Vec<Rule>>(&text, Lang::English).unwrap().len(), 1);
    }
}
