//! Templates: program text with conditions, values and comments in both languages.
//!
//! | line | meaning |
//! |---|---|
//! | `%if a\|!b` | the lines up to `%else` or `%end` stand if `a` holds or `b` does not |
//! | `%en text` | the text, in an English program |
//! | `%zh text` | the text, in a Chinese program |
//! | `{{name}}` | the value of this name, within a line |
//!
//! Directives stand at the beginning of a line. Values are not read again, so no value can bring a
//! directive or another value.

use crate::words::Lang;
use std::collections::{BTreeMap, BTreeSet};

/// The conditions that hold, and the values.
#[derive(Clone, Debug, Default)]
pub(super) struct Values {
    flags: BTreeSet<String>,
    texts: BTreeMap<String, String>,
}

impl Values {
    pub(super) fn flag(&mut self, name: &str) {
        self.flags.insert(name.to_owned());
    }

    pub(super) fn flag_if(&mut self, holds: bool, name: &str) {
        if holds {
            self.flag(name);
        }
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.flags.contains(name)
    }

    pub(super) fn set(&mut self, name: &str, text: impl Into<String>) {
        self.texts.insert(name.to_owned(), text.into());
    }

    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.texts.get(name).map(String::as_str)
    }

    /// Whether one of the alternatives holds: `a|!b`.
    fn holds(&self, condition: &str) -> bool {
        condition
            .split('|')
            .any(|name| match name.strip_prefix('!') {
                Some(name) => !self.has(name),
                None => self.has(name),
            })
    }
}

/// Appends a template with these values. A value that is missing stays as it is written.
pub(super) fn render(template: &str, values: &Values, lang: Lang, out: &mut String) {
    // Whether the lines of each open condition stand.
    let mut open: Vec<bool> = Vec::new();
    for line in template.lines() {
        let (directive, rest) = line.split_once(' ').unwrap_or((line, ""));
        match directive {
            "%if" => open.push(values.holds(rest)),
            "%else" => {
                if let Some(stands) = open.last_mut() {
                    *stands = !*stands;
                }
            }
            "%end" => {
                open.pop();
            }
            _ if open.contains(&false) => {}
            "%en" if lang == Lang::English => push(rest, values, out),
            "%zh" if lang == Lang::Chinese => push(rest, values, out),
            "%en" | "%zh" => {}
            _ => push(line, values, out),
        }
    }
}

/// Appends a line.
fn push(mut line: &str, values: &Values, out: &mut String) {
    while let Some((before, rest)) = line.split_once("{{") {
        out.push_str(before);
        let value = rest.split_once("}}");
        let value = value.and_then(|(name, rest)| Some((values.text(name)?, rest)));
        match value {
            Some((value, rest)) => {
                out.push_str(value);
                line = rest;
            }
            None => {
                out.push_str("{{");
                line = rest;
            }
        }
    }
    out.push_str(line);
    out.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rendered(template: &str, lang: Lang) -> String {
        let mut values = Values::default();
        values.flag("a");
        values.set("x", "{{y}}");
        values.set("y", "%end");
        let mut out = String::new();
        render(template, &values, lang, &mut out);
        out
    }

    #[test]
    fn conditions_are_nested_and_have_alternatives() {
        let template = "%if a\n1\n%if b\n2\n%else\n3\n%end\n%else\n4\n%end\n%if b|!c\n5\n%end\n";
        assert_eq!(rendered(template, Lang::English), "1\n3\n5\n");
    }

    #[test]
    fn comments_are_of_one_language_and_keep_their_indentation() {
        let template = "%en     // a\n%zh     // 甲\nx\n";
        assert_eq!(rendered(template, Lang::English), "    // a\nx\n");
        assert_eq!(rendered(template, Lang::Chinese), "    // 甲\nx\n");
    }

    #[test]
    fn a_value_is_not_read_again() {
        assert_eq!(
            rendered("a{{x}}b{{y}}\n{{z}}\n", Lang::English),
            "a{{y}}b%end\n{{z}}\n"
        );
    }
}
