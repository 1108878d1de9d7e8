//! Messages received instead of the expected one: in other sessions, from other peers, or in
//! earlier steps.

use super::play::Player;
use crate::cli::inbox::{InboxMessage, UsedMessage, beginning};
use crate::cli::pattern;
use crate::cli::program::{Program, UsedLine};
use crate::peer::Peer;
use crate::t;

/// The maximum number of messages of each kind shown.
const SHOWN: usize = 5;
/// The maximum number of characters of each that are shown.
const LONGEST: usize = 60;

impl Player<'_> {
    /// A line for each waiting message of other sessions or peers than those of the step, and for
    /// each message that earlier steps used up.
    pub(super) fn came_elsewhere(
        &self,
        session: &str,
        from: Option<Peer>,
        before: &[UsedMessage],
    ) -> Vec<String> {
        let waiting = self.runner.sessions.iter().flat_map(|other| {
            let than = from.filter(|_| other.name == session);
            // Without a given peer, all waiting messages of this session were compared.
            let is_open = other.name != session || than.is_some();
            let messages = other.inbox.others(than).filter(move |_| is_open);
            messages.map(move |message| (other.name.as_str(), message))
        });
        let mut lines = self.first(waiting, |(name, InboxMessage { far, bytes })| {
            t!(
                self.lang,
                "cli.came_elsewhere",
                name = name,
                peer = far.peer,
                text = shortened(beginning(bytes), bytes.len(), self.json),
                bytes = bytes.len()
            )
        });
        lines.extend(self.first(before.iter(), |used| {
            t!(
                self.lang,
                "cli.came_before",
                step = used.step,
                peer = used.peer,
                text = shortened(&used.beginning, used.length, self.json),
                bytes = used.length
            )
        }));
        lines
    }

    /// A line for each waiting line of other programs, and for each line of this program that
    /// earlier steps, or the search for its address, used up.
    pub(super) fn printed_elsewhere(&self, program: &str) -> Vec<String> {
        let shown = |line: &str| shortened(line.as_bytes(), line.len(), self.json);
        let others = self.runner.programs.iter();
        let others = others.filter(|other| other.name != program);
        let waiting = others.flat_map(|other| {
            let lines = other.waiting();
            lines.map(move |line| (other.name.as_str(), line))
        });
        let mut lines = self.first(waiting, |(name, line)| {
            let line = shown(line);
            t!(self.lang, "cli.printed_elsewhere", name = name, line = line)
        });
        let this = self.runner.programs.iter().find(|one| one.name == program);
        let used = this.into_iter().flat_map(Program::used);
        lines.extend(self.first(used, |UsedLine { step, line }| {
            let line = shown(line);
            match step {
                Some(step) => t!(self.lang, "cli.line_before", step = step, line = line),
                None => t!(self.lang, "cli.line_of_address", line = line),
            }
        }));
        lines
    }

    /// The texts of the first things, and the number of the others.
    fn first<T>(
        &self,
        mut things: impl Iterator<Item = T>,
        words: impl Fn(T) -> String,
    ) -> Vec<String> {
        let mut first: Vec<String> = things.by_ref().take(SHOWN).map(words).collect();
        let more = things.count();
        if more > 0 {
            first.push(t!(self.lang, "cli.more", count = more));
        }
        first
    }
}

/// The beginning of a message of `length` bytes, in quotation marks.
pub(super) fn shortened(beginning: &[u8], length: usize, json: bool) -> String {
    let is_cut = beginning.len() < length;
    let whole = match std::str::from_utf8(beginning) {
        // A character that is cut off is not shown as bytes.
        Err(error) if is_cut && error.error_len().is_none() => {
            beginning.get(..error.valid_up_to()).unwrap_or_default()
        }
        _ => beginning,
    };
    let shown = pattern::shown(whole, json);
    let text: String = shown.chars().take(LONGEST).collect();
    let rest = if is_cut || text.len() < shown.len() {
        "…"
    } else {
        ""
    };
    format!("“{text}{rest}”")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_long_is_shortened_between_characters() {
        let text = "你好".repeat(50);
        let bytes = text.as_bytes();
        let shown = shortened(&bytes[..47], bytes.len(), false);
        assert_eq!(shown, format!("“{}…”", &text[..45]));
        let digits = "1".repeat(99);
        let shown = shortened(digits.as_bytes(), 99, false);
        assert_eq!(shown.chars().count(), LONGEST + 3);
        assert_eq!(shortened(b"ok", 2, false), "“ok”");
    }
}
