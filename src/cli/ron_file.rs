//! Files of rules and of bad networks, and where something is wrong in one.

use ron::error::SpannedError;
use ron::extensions::Extensions;
use ron::ser::PrettyConfig;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::fmt;
use std::path::Path;

/// # Errors
/// Why it cannot be read.
pub fn text(path: &Path) -> Result<String, String> {
    std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
}

/// Whether this is the first character behind comments and blanks.
pub fn begins_with(text: &str, first: char) -> bool {
    let mut rest = text.trim_start();
    loop {
        let behind = match (rest.strip_prefix("//"), rest.strip_prefix("/*")) {
            (Some(comment), _) => comment.split_once('\n'),
            (_, Some(comment)) => comment.split_once("*/"),
            _ => return rest.starts_with(first),
        };
        rest = behind.map_or("", |(_, rest)| rest.trim_start());
    }
}

/// Reads it as settings keep such things, or as scenarios write them: without the second
/// pair of parentheses.
///
/// # Errors
/// `line:column: what is wrong there`.
pub fn parse<T: DeserializeOwned>(text: &str) -> Result<T, String> {
    let kept = read(text, Extensions::IMPLICIT_SOME).or_else(|error| {
        let other = read(text, of_scenarios());
        // The reading that got further is the one that was meant.
        other.map_err(|other| {
            if other.place > error.place {
                other
            } else {
                error
            }
        })
    });
    kept.map_err(|error| error.to_string())
}

/// Reads it as scenarios are written.
///
/// # Errors
/// `line:column: what is wrong there`.
pub fn parse_scenario<T: DeserializeOwned>(text: &str) -> Result<T, String> {
    read(text, of_scenarios()).map_err(|error| error.to_string())
}

fn of_scenarios() -> Extensions {
    Extensions::IMPLICIT_SOME | Extensions::UNWRAP_VARIANT_NEWTYPES
}

/// What is wrong, and in which line and column.
struct Mistake {
    place: (usize, usize),
    said: String,
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (line, column) = self.place;
        write!(f, "{line}:{column}: {}", self.said)
    }
}

impl From<SpannedError> for Mistake {
    fn from(error: SpannedError) -> Self {
        let start = error.span.start;
        Self {
            place: (start.line, start.col),
            said: error.code.to_string(),
        }
    }
}

/// A field that nobody knows is a mistake too, though settings would pass over it: a rule
/// whose condition is misspelt would answer everything.
fn read<T: DeserializeOwned>(text: &str, extensions: Extensions) -> Result<T, Mistake> {
    let options = ron::Options::default().with_default_extension(extensions);
    let mut source = ron::Deserializer::from_str_with_options(text, &options)?;
    let mut unknown = None;
    let value = serde_ignored::deserialize(&mut source, |path| {
        unknown.get_or_insert_with(|| path.to_string());
    });
    let value = value.map_err(|error| source.span_error(error))?;
    source.end().map_err(|error| source.span_error(error))?;
    match unknown {
        None => Ok(value),
        Some(path) => Err(Mistake {
            place: place(text, path.rsplit('.').next().unwrap_or_default()),
            said: format!("there is no field `{path}`"),
        }),
    }
}

/// Line and column of the first field of this name.
fn place(text: &str, name: &str) -> (usize, usize) {
    let is_field = |at: &usize| {
        let (before, from) = text.split_at(*at);
        let behind = from.strip_prefix(name).unwrap_or_default();
        let part = |c: char| c.is_alphanumeric() || c == '_';
        !before.ends_with(part) && behind.trim_start().starts_with(':')
    };
    let mut found = text.match_indices(name).map(|(at, _)| at);
    let before = text.split_at(found.find(is_field).unwrap_or(0)).0;
    let line = before.rsplit('\n').next().unwrap_or_default();
    (before.matches('\n').count() + 1, line.chars().count() + 1)
}

/// As settings keep it.
pub fn written(value: &(impl Serialize + ?Sized)) -> String {
    // Plain data always can be written.
    let text = ron::ser::to_string_pretty(value, PrettyConfig::default());
    text.unwrap_or_default() + "\n"
}

/// As scenarios write it, behind so many indents.
pub fn spelled(value: &(impl Serialize + ?Sized), indents: usize) -> String {
    let options = ron::Options::default().with_default_extension(of_scenarios());
    let text = options.to_string_pretty(value, PrettyConfig::default());
    let indent = format!("\n{}", "    ".repeat(indents));
    text.unwrap_or_default().replace('\n', &indent)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::automation::rules::{Pattern, Rule, When};

    #[test]
    fn both_spellings_are_read() {
        let rule = Rule {
            when: When::Is(Pattern::text("hi")),
            ..Rule::default()
        };
        let rules = vec![rule];
        let settings = ron::to_string(&rules).unwrap();
        assert_eq!(parse::<Vec<Rule>>(&settings).as_ref(), Ok(&rules));
        let scenario = r#"[(when: Is(text: "hi"))]"#;
        assert_eq!(parse::<Vec<Rule>>(scenario), Ok(rules));
    }

    #[test]
    fn a_mistake_has_line_and_column() {
        let said = parse::<Vec<Rule>>("[\n  (when: Iss((text: \"a\"))),\n]").unwrap_err();
        assert!(said.starts_with("2:") && said.contains("Iss"), "{said}");
        let said = parse::<Vec<Rule>>("[\n  (when: Is((text: a))),\n]").unwrap_err();
        assert!(said.starts_with("2:"), "{said}");
    }
    #[test]
    fn a_field_that_nobody_knows_is_a_mistake() {
        let said = parse::<Vec<Rule>>("[\n  (name: \"whn\"),\n  (whn : Always),\n]").unwrap_err();
        assert_eq!(said, "3:4: there is no field `1.whn`");
        let nested = r#"[(when: All([Is((txt: "a"))]))]"#;
        let said = parse::<Vec<Rule>>(nested).unwrap_err();
        assert!(said.starts_with("1:18: "), "{said}");
    }
}
