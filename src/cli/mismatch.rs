//! The message about an expectation that was not met.

use super::inbox::InboxMessage;
use super::pattern::Expectation;
use super::session::PeerClose;
use crate::config::UnitDuration;
use crate::payload::hex;
use crate::t;
use crate::words::{Lang, none};

/// The maximum number of messages shown.
const SHOWN: usize = 5;

/// How long a step waited, and why it ended.
#[derive(Clone, Copy, Debug)]
pub struct Wait {
    pub within: UnitDuration,
    /// The peer's action that ended it before the time-out.
    pub ending: Option<PeerClose>,
    /// Whether the user ended it before the time-out.
    pub interrupted: bool,
}

/// The expected message, and a comparison with each message received instead. With `json` the
/// text is not escaped, as JSON escapes it.
pub fn not_come(
    lang: Lang,
    pattern: &Expectation,
    wait: Wait,
    instead: &[InboxMessage],
    json: bool,
) -> String {
    let expected = pattern.shown(json);
    let mut text = match wait.ending {
        None if wait.interrupted => t!(lang, "cli.interrupted", pattern = expected),
        None => t!(lang, "cli.expected", pattern = expected, time = wait.within),
        Some(ending) => {
            let expected = t!(lang, "cli.never", pattern = expected);
            format!("{expected}\n{}", ending.before_that(lang))
        }
    };
    if instead.is_empty() {
        text.push('\n');
        text.push_str(&t!(lang, "cli.nothing"));
    }
    for InboxMessage { far, bytes } in instead.iter().take(SHOWN) {
        text.push('\n');
        let (peer, length) = (far.peer, bytes.len());
        text.push_str(&t!(lang, "cli.instead", peer = peer, bytes = length));
        text.push('\n');
        text.push_str(pattern.diff(bytes).trim_end_matches('\n'));
        if let Some(wrong) = pattern.wrong_sum(bytes) {
            text.push('\n');
            text.push_str(&t!(
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
        text.push_str(&t!(lang, "cli.more", count = instead.len() - SHOWN));
    }
    text
}
