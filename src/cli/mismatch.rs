//! What came instead of what was expected, in words.

use super::inbox::Letter;
use super::pattern::Pattern;
use super::span::Span;
use crate::say;
use crate::words::Lang;

/// Things that are shown.
const SHOWN: usize = 5;

/// What was expected, and each thing that came instead, compared with it.
pub fn not_come(lang: Lang, pattern: &Pattern, within: Span, instead: &[Letter]) -> String {
    let mut text = say!(lang, "cli.expected", pattern = pattern, time = within);
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
