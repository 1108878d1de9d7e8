//! Bytes of a stream with those before them: characters that a read cut, put together.

use crate::payload::charset::{Charset, Part};
use crate::payload::reading::{Context, Reading};

/// Bytes before a read that are looked at: as many as a paragraph has without a blank or a
/// line break.
pub(super) const BYTES: usize = 4096;

/// A read as a part of its stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Streamed {
    pub reading: Reading,
    /// The beginning of a character that ends in this read.
    pub lead: Vec<u8>,
    /// Bytes at the end of this read that begin a character without ending it.
    pub cut: usize,
}

impl Streamed {
    /// A read that is a part of nothing.
    pub fn alone(reading: Reading) -> Self {
        Self {
            reading,
            lead: Vec::new(),
            cut: 0,
        }
    }

    /// The same of a beginning of at most `limit` bytes.
    pub fn joined_head(&self, bytes: &[u8], limit: usize) -> Vec<u8> {
        match bytes.get(..limit).filter(|head| head.len() < bytes.len()) {
            Some(head) => [&self.lead, head].concat(),
            None => self.joined(bytes),
        }
    }

    /// The text's bytes: without what ends elsewhere, with what began elsewhere.
    pub fn joined(&self, bytes: &[u8]) -> Vec<u8> {
        let whole = bytes.len().saturating_sub(self.cut);
        [&self.lead, bytes.get(..whole).unwrap_or_default()].concat()
    }
}

/// Bytes as a part of their stream, of which `before` came before them. What they began
/// with was shown as `known_before`: another encoding does not use it again.
pub(super) fn part(
    before: &[u8],
    bytes: &[u8],
    said: Option<Charset>,
    context: Context,
    known_before: Option<Charset>,
) -> Streamed {
    if bytes.is_empty() {
        return Streamed::alone(Reading::Empty);
    }
    if let Some(charset) = said {
        return part_in(charset, before, bytes);
    }
    let order = match context.known {
        Some(Charset::Gb18030) => [Charset::Gb18030, Charset::Utf8],
        _ => [Charset::Utf8, Charset::Gb18030],
    };
    let recognised = order.into_iter().find_map(|charset| {
        let is_used = known_before.is_some_and(|known| known != charset);
        let before = if is_used { &[] } else { before };
        let streamed = part_in(charset, before, bytes);
        // Nothing but the middle of a character: that of the encoding it began in.
        let inside = streamed.cut == bytes.len() && unfinished(charset, before) > 0;
        let whole = [&streamed.lead, bytes].concat();
        let text = Reading::with(&whole, context);
        (inside || text == Reading::Text(charset)).then_some(streamed)
    });
    recognised.unwrap_or_else(|| Streamed::alone(Reading::with(bytes, context)))
}

fn part_in(charset: Charset, before: &[u8], bytes: &[u8]) -> Streamed {
    let begun = unfinished(charset, before);
    let lead = before.get(before.len() - begun..).unwrap_or_default();
    let tail = [before, bytes].concat();
    let mut streamed = Streamed {
        reading: Reading::Text(charset),
        lead: lead.to_vec(),
        cut: unfinished(charset, &tail).min(bytes.len()),
    };
    if streamed.cut == bytes.len() {
        // All of it belongs to a character that goes on: nothing ends here.
        streamed.lead.clear();
    }
    streamed
}

pub(super) fn is_alone(byte: u8) -> bool {
    byte < 0x30
}

/// How many bytes at the end begin a character without ending it.
fn unfinished(charset: Charset, bytes: &[u8]) -> usize {
    let after_alone = bytes.iter().rposition(|byte| is_alone(*byte));
    let rest = bytes.get(after_alone.map_or(0, |at| at + 1)..);
    match charset.decode(rest.unwrap_or_default()).last() {
        Some(Part::Bad(bad)) if charset.begins_character(bad) => bad.len(),
        _ => 0,
    }
}

/// What a stream ends with by now, back to a byte that is a character of its own.
pub(super) fn extend_tail(tail: &mut Vec<u8>, bytes: &[u8]) {
    let alone = bytes.iter().rposition(|byte| is_alone(*byte));
    let from = alone.map_or(bytes.len().saturating_sub(BYTES), |at| at + 1);
    if alone.is_some() {
        tail.clear();
    }
    tail.extend_from_slice(bytes.get(from..).unwrap_or_default());
    let too_much = tail.len().saturating_sub(BYTES);
    tail.drain(..too_much);
}
