//! The values of a reply that the poll table shows.

use super::ActivePoll;
use crate::engine::command::{PollProblem, PolledReply};
use crate::payload::{hex, printable};
use crate::traffic::{Micros, RecordKind};
use std::time::Duration;

/// The most characters of a reply that are shown, and the most bytes where nothing describes it.
const LONGEST: usize = 200;
const BYTES: usize = 64;

impl ActivePoll {
    /// Records the reply to a request of this line.
    pub(super) fn take_reply(&mut self, id: u32, message: &[u8], time: Micros) {
        let Self {
            plan, lines, tree, ..
        } = self;
        let Some((line, sent)) = lines.iter_mut().find(|(line, _)| line.id == id) else {
            return;
        };
        line.replies += 1;
        let planned = plan.lines.iter().find(|planned| planned.id == id);
        let request = planned.and_then(|planned| planned.request.as_ref());
        let mut reply = PolledReply {
            time,
            round_trip: Duration::from_micros((time - *sent).max(0).unsigned_abs()),
            values: Vec::new(),
            text: String::new(),
        };
        if let Some(described) = &plan.described {
            let (schema, body) = (
                &described.schema,
                described.body(RecordKind::Received, message),
            );
            schema.decode(body, tree);
            if let Some((node, fault)) = tree.fault() {
                line.faulty += 1;
                let path = schema.path(tree, node);
                line.problem = Some(PollProblem::Fault(path, fault.clone()));
                return;
            }
            let show = request.map(|request| request.show.as_slice());
            let show = show.unwrap_or_default().iter();
            let values = show.map(|path| schema.shown_value(tree, body, path));
            reply.values = values.collect();
            reply.text = schema.summary(tree, body, LONGEST);
        } else {
            reply.text = text(message);
        }
        line.last = Some(reply);
        line.problem = None;
    }
}

/// A reply that nothing describes, as text if it is one, otherwise in hexadecimal.
fn text(message: &[u8]) -> String {
    let is_text = |text: &str| !text.trim_end().chars().any(char::is_control);
    if std::str::from_utf8(message).is_ok_and(is_text) {
        let line = printable::line(message.trim_ascii_end());
        let mut shown: String = line.chars().take(LONGEST).collect();
        if shown.len() < line.len() {
            shown.push('…');
        }
        return shown;
    }
    match message.get(..BYTES) {
        Some(shown) if shown.len() < message.len() => format!("{} …", hex::format(shown)),
        _ => hex::format(message),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reply_is_shown_as_text_if_it_is_one() {
        assert_eq!(text("23.5 °C\r\n".as_bytes()), "23.5 °C");
        assert_eq!(text(b"\x01\x03\r\n"), "01 03 0D 0A");
        assert_eq!(text(&[b'a'; 300]).chars().count(), LONGEST + 1);
        assert!(text(&[0; 65]).ends_with("00 …"));
    }
}
