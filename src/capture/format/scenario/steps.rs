//! The steps of a scenario as text, in groups of an exchange each.

use super::pacing::Pause;
use super::session::address_text;
use super::text::push_quoted;
use crate::payload::printable;
use crate::peer::Peer;
use std::fmt::Write as _;
use std::time::Duration;

/// The steps so far.
#[derive(Default)]
pub(super) struct Steps {
    text: String,
    last: LastLine,
    count: u64,
}

/// The kind of the last line.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum LastLine {
    #[default]
    None,
    Comment,
    Send,
    Expect,
    Close,
}

impl Steps {
    /// The length of the text in bytes.
    pub(super) fn len(&self) -> u64 {
        self.text.len() as u64
    }

    /// The number of steps.
    pub(super) fn count(&self) -> u64 {
        self.count
    }

    /// The text, which is empty afterwards.
    pub(super) fn take(&mut self) -> String {
        std::mem::take(&mut self.text)
    }

    /// A line about an event. The words may contain what peers chose.
    pub(super) fn comment(&mut self, words: &str) {
        if !matches!(self.last, LastLine::None | LastLine::Comment) {
            self.text.push('\n');
        }
        self.text.push_str("        // ");
        self.text.push_str(&printable::line(words.as_bytes()));
        self.text.push('\n');
        self.last = LastLine::Comment;
    }

    /// A pause before the next step. A comment without words says how long a pause was that was
    /// cut: `// 8.94s → 2s`.
    pub(super) fn wait(&mut self, pause: Pause) {
        self.text.push_str("        Wait(\"");
        self.text.push_str(&pause.millis.to_string());
        self.text.push_str("ms\"),");
        if let Some(whole) = pause.cut_from {
            let [whole, kept] = [whole, pause.millis].map(Duration::from_millis);
            // Writing to a string cannot fail.
            write!(self.text, " // {whole:?} → {kept:?}").ok();
        }
        self.text.push('\n');
        self.count += 1;
    }

    /// A step that sends; `leads` says that an exchange begins with it.
    pub(super) fn send(
        &mut self,
        session: &str,
        to: Option<Peer>,
        message: &str,
        within: Option<u64>,
        leads: bool,
    ) {
        self.begin(LastLine::Send, leads);
        self.push("Send", session, to.map(|to| ("to", to)), message, within);
    }

    /// A step that expects a message; `leads` says that an exchange begins with it.
    pub(super) fn expect(
        &mut self,
        session: &str,
        from: Option<Peer>,
        message: &str,
        within: Option<u64>,
        leads: bool,
    ) {
        self.begin(LastLine::Expect, leads);
        let from = from.map(|from| ("from", from));
        self.push("Expect", session, from, message, within);
    }

    /// A step that closes a session.
    pub(super) fn close(&mut self, session: &str) {
        self.text.push_str("        Close(");
        push_quoted(&mut self.text, session);
        self.text.push_str("),\n");
        self.count += 1;
        self.last = LastLine::Close;
    }

    /// Leaves a line empty before an exchange.
    fn begin(&mut self, line: LastLine, leads: bool) {
        let is_new = match self.last {
            LastLine::None | LastLine::Comment => false,
            LastLine::Close => true,
            LastLine::Send | LastLine::Expect => leads && self.last != line,
        };
        if is_new {
            self.text.push('\n');
        }
        self.last = line;
    }

    fn push(
        &mut self,
        step: &str,
        session: &str,
        peer: Option<(&str, Peer)>,
        message: &str,
        within: Option<u64>,
    ) {
        let text = &mut self.text;
        text.push_str("        ");
        text.push_str(step);
        text.push_str("(session: ");
        push_quoted(text, session);
        if let Some((field, peer)) = peer {
            text.push_str(", ");
            text.push_str(field);
            text.push_str(": ");
            push_quoted(text, &address_text(peer));
        }
        text.push_str(", ");
        text.push_str(message);
        if let Some(within) = within {
            text.push_str(", within: \"");
            text.push_str(&within.to_string());
            text.push_str("s\"");
        }
        text.push_str("),\n");
        self.count += 1;
    }
}
