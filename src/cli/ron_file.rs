//! Files of rules and of bad networks, and where something is wrong in one.

use ron::extensions::Extensions;
use ron::ser::PrettyConfig;
use serde::Serialize;
use serde::de::DeserializeOwned;
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
    let mut furthest: Option<ron::error::SpannedError> = None;
    for extensions in [
        Extensions::IMPLICIT_SOME,
        Extensions::IMPLICIT_SOME | Extensions::UNWRAP_VARIANT_NEWTYPES,
    ] {
        let options = ron::Options::default().with_default_extension(extensions);
        let error = match options.from_str(text) {
            Ok(value) => return Ok(value),
            Err(error) => error,
        };
        let place = |error: &ron::error::SpannedError| {
            let place = error.span.start;
            (place.line, place.col)
        };
        // The reading that got further is the one that was meant.
        if furthest
            .as_ref()
            .is_none_or(|other| place(other) < place(&error))
        {
            furthest = Some(error);
        }
    }
    Err(furthest.map_or_else(String::new, |error| {
        let place = error.span.start;
        format!("{}:{}: {}", place.line, place.col, error.code)
    }))
}

/// As settings keep it.
pub fn written(value: &(impl Serialize + ?Sized)) -> String {
    // Plain data always can be written.
    let text = ron::ser::to_string_pretty(value, PrettyConfig::default());
    text.unwrap_or_default() + "\n"
}

/// As scenarios write it, behind so many indents.
pub fn spelled(value: &(impl Serialize + ?Sized), indents: usize) -> String {
    let extensions = Extensions::IMPLICIT_SOME | Extensions::UNWRAP_VARIANT_NEWTYPES;
    let options = ron::Options::default().with_default_extension(extensions);
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
}
