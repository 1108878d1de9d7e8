//! What came instead of what was expected, in words.

use super::inbox::Letter;
use super::pattern::Expectation;
use super::session::Ending;
use crate::config::Span;
use crate::payload::hex;
use crate::say;
use crate::words::{Lang, none};

/// Things that are shown.
const SHOWN: usize = 5;

/// How it was waited for.
#[derive(Clone, Copy, Debug)]
pub struct Wait {
    pub within: Span,
    /// What the peer did that ended it before the time was over.
    pub ending: Option<Ending>,
}

/// What was expected, and each thing that came instead, compared with it; for JSON, or for
/// people.
pub fn not_come(
    lang: Lang,
    pattern: &Expectation,
    wait: Wait,
    instead: &[Letter],
    json: bool,
) -> String {
    let expected = pattern.shown(json);
    let mut text = match wait.ending {
        None => say!(lang, "cli.expected", pattern = expected, time = wait.within),
        Some(ending) => {
            let expected = say!(lang, "cli.never", pattern = expected);
            format!("{expected}\n{}", ending.before_that(lang))
        }
    };
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
        if let Some(wrong) = pattern.wrong_sum(bytes) {
            text.push('\n');
            text.push_str(&say!(
                lang,
                "cli.wrong_sum",
                sum = wrong.sum.name(),
                right = hex::format(&wrong.right),
                found = match wrong.found.as_slice() {
                    [] => none(),
                    found => hex::format(found),
                }
            ));
        }
    }
    if instead.len() > SHOWN {
        text.push('\n');
        text.push_str(&say!(lang, "cli.more", count = instead.len() - SHOWN));
    }
    text
}
