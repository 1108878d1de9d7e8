//! What the groups of a regular expression match.

use crate::schema::text_form::GroupText;
use regex_syntax::ParserBuilder;
use regex_syntax::hir::{Class, Hir, HirKind, Repetition};
use std::collections::BTreeMap;

/// The longest usual text of a group, in bytes.
const LONGEST: usize = 4_096;

/// The groups with names of an expression that is known to be one, by their numbers.
pub(super) fn read(expression: &str) -> BTreeMap<usize, GroupText> {
    let mut groups = BTreeMap::new();
    let parsed = ParserBuilder::new().utf8(false).build().parse(expression);
    if let Ok(hir) = parsed {
        find(&hir, &mut groups);
    }
    groups
}

fn find(hir: &Hir, groups: &mut BTreeMap<usize, GroupText>) {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) | HirKind::Literal(_) | HirKind::Class(_) => {}
        HirKind::Repetition(repetition) => find(&repetition.sub, groups),
        HirKind::Concat(all) | HirKind::Alternation(all) => {
            all.iter().for_each(|one| find(one, groups));
        }
        HirKind::Capture(capture) => {
            find(&capture.sub, groups);
            if capture.name.is_some() {
                let mut usual = Vec::new();
                let is_default = push_usual(&capture.sub, &mut usual);
                let text = GroupText {
                    least: capture.sub.properties().minimum_len().unwrap_or(0),
                    usual,
                    is_default,
                    expression: capture.sub.to_string(),
                    ..GroupText::default()
                };
                groups.insert(capture.index as usize, text);
            }
        }
    }
}

/// Appends a short text that an expression matches. Returns whether it stands for no value: `-`, 0,
/// nothing, or a text that is written in the expression.
fn push_usual(hir: &Hir, text: &mut Vec<u8>) -> bool {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => true,
        HirKind::Literal(literal) => {
            text.extend_from_slice(&literal.0);
            true
        }
        HirKind::Class(class) => push_letter(class, text),
        HirKind::Repetition(Repetition { min, sub, .. }) => {
            let begin = text.len();
            let mut is_default = true;
            for _ in 0..*min {
                let before = text.len();
                is_default &= push_usual(sub, text);
                // Nothing stays nothing, and a text that is too long is cut: nobody takes it.
                if text.len() == before || text.len() - begin > LONGEST {
                    break;
                }
            }
            is_default
        }
        HirKind::Capture(capture) => push_usual(&capture.sub, text),
        HirKind::Concat(all) => {
            let mut is_default = true;
            for one in all {
                is_default &= push_usual(one, text);
            }
            is_default
        }
        HirKind::Alternation(all) => all.first().is_none_or(|first| push_usual(first, text)),
    }
}

fn push_letter(class: &Class, text: &mut Vec<u8>) -> bool {
    // Many protocols write `-` for nothing.
    let usual = ['-', 'A', 'a', '0', ' '];
    if let Some(usual) = usual.into_iter().find(|usual| has(class, *usual)) {
        text.extend(usual.to_string().bytes());
        return matches!(usual, '-' | '0');
    }
    match class {
        Class::Bytes(class) => text.extend(
            class
                .ranges()
                .first()
                .map(regex_syntax::hir::ClassBytesRange::start),
        ),
        Class::Unicode(class) => {
            if let Some(range) = class.ranges().first() {
                text.extend(range.start().to_string().bytes());
            }
        }
    }
    false
}

/// Whether a class has an ASCII character.
fn has(class: &Class, wanted: char) -> bool {
    match class {
        Class::Bytes(class) => {
            let mut ranges = class.ranges().iter();
            ranges.any(|range| {
                (char::from(range.start())..=char::from(range.end())).contains(&wanted)
            })
        }
        Class::Unicode(class) => {
            let mut ranges = class.ranges().iter();
            ranges.any(|range| (range.start()..=range.end()).contains(&wanted))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_has_a_short_text_that_it_matches() {
        let groups =
            read(r"(?-u)(?P<a>\d{3})(?P<b>\S+)(?P<c>[^\r\n]*)(?P<d>P|[A-Z]{2})(?P<e>[0-9A-Z]+)");
        let found: Vec<_> = groups
            .values()
            .map(|group| (group.least, group.usual.as_slice(), group.is_default))
            .collect();
        let expected = [
            (3, &b"000"[..], true),
            (1, b"-", true),
            (0, b"", true),
            (1, b"P", true),
            // No message says that it stands for nothing.
            (1, b"A", false),
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn a_long_text_ends() {
        let groups = read(r"(?-u)(?P<a>(?:(?:x{1000}){1000}){1000})");
        let usual = groups.values().next().map_or(0, |group| group.usual.len());
        assert!((1_000..1_000_000).contains(&usual), "{usual}");
    }
}
