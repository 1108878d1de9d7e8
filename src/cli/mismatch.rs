//! What came instead of what was expected, in words.

use super::inbox::Letter;
use super::pattern::Pattern;
use super::span::Span;
use crate::say;
use crate::words::Lang;

/// Things that are shown.
const SHOWN: usize = 5;

/// What was expected, and each thing that came instead, compared with it; for JSON, or for
/// people.
pub fn not_come(
    lang: Lang,
    pattern: &Pattern,
    within: Span,
    instead: &[Letter],
    json: bool,
) -> String {
    let expected = pattern.shown(json);
    let mut text = say!(lang, "cli.expected", pattern = expected, time = within);
    if instead.is_empty() {
        text.push('\n');
        text.push_str(&say!(lang, "cli.nothing"));
    }
    for (sender, bytes) in instead.iter().take(SHOWN) {
        text.push('\n');
        text.push_str(&say!(
            lang,
            "cli.instead",
            peer = sender,
            bytes = bytes.len()
        ));
        text.push('\n');
        text.push_str(pattern.diff(bytes).trim_end_matches('\n'));
    }
    if instead.len() > SHOWN {
        text.push('\n');
        text.push_str(&say!(lang, "cli.more", count = instead.len() - SHOWN));
    }
    text
}
