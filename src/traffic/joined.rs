//! Bytes of a stream with those before them: characters that a read cut, put together.

use crate::payload::charset::{Charset, Part};
use crate::payload::reading::{Context, Reading, Recognised, recognise};

/// Bytes before a read that are looked at: as many as a paragraph has without a blank or a
/// line break.
pub(super) const BYTES: usize = 4096;
/// Bytes that are looked at again with what follows them, while no encoding is known.
const UNDECIDED: usize = 16;

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

/// Bytes as a part of their stream, of which `before` came before them, and whether they
/// themselves decide how they read. What they began with was shown as `known_before`:
/// another encoding does not use it again.
pub(super) fn part(
    before: &[u8],
    bytes: &[u8],
    said: Option<Charset>,
    context: Context,
    known_before: Option<Charset>,
) -> (Streamed, bool) {
    if bytes.is_empty() {
        return (Streamed::alone(Reading::Empty), false);
    }
    if let Some(charset) = said {
        return (part_in(charset, before, bytes), false);
    }
    // Of a peer that nothing is known of, what was no text yet may be with this.
    let undecided = match known_before {
        None => undecided(before),
        Some(_) => &[],
    };
    if !undecided.is_empty() {
        let whole = [undecided, bytes].concat();
        let Recognised { reading, sure } = recognise(&whole, context);
        if let Reading::Text(charset) = reading {
            return (part_in(charset, before, bytes), sure);
        }
    }
    let order = match context.known.or(known_before) {
        Some(Charset::Gb18030) => [Charset::Gb18030, Charset::Utf8],
        _ => [Charset::Utf8, Charset::Gb18030],
    };
    let recognised = order.into_iter().find_map(|charset| {
        let is_used = known_before.is_some_and(|known| known != charset);
        let before = if is_used { &[] } else { before };
        let streamed = part_in(charset, before, bytes);
        if known_before == Some(charset) && only_begins(&streamed, bytes, context) {
            return Some((streamed, false));
        }
        let whole = [&streamed.lead, bytes].concat();
        let Recognised { reading, sure } = recognise(&whole, context);
        (reading == Reading::Text(charset)).then_some((streamed, sure))
    });
    recognised.unwrap_or_else(|| {
        let reading = match Reading::with(bytes, context) {
            // It would begin inside a character.
            Reading::Text(_) if !bytes.is_ascii() => Reading::Binary,
            reading => reading,
        };
        (Streamed::alone(reading), false)
    })
}

/// What at the end of `before` was no text yet, if that is little.
fn undecided(before: &[u8]) -> &[u8] {
    let after_ascii = before.iter().rposition(u8::is_ascii).map_or(0, |at| at + 1);
    let rest = before.get(after_ascii..).unwrap_or_default();
    if rest.len() > UNDECIDED { &[] } else { rest }
}

/// Whether a read is nothing but ASCII text, if that, and the beginning of a character or
/// the middle of one.
fn only_begins(streamed: &Streamed, bytes: &[u8], context: Context) -> bool {
    let joined = streamed.joined(bytes);
    let is_text = || Reading::with(&joined, context) != Reading::Binary;
    streamed.cut > 0 && joined.is_ascii() && is_text()
}

fn part_in(charset: Charset, before: &[u8], bytes: &[u8]) -> Streamed {
    let begun = unfinished(charset, before);
    let lead = before.get(before.len() - begun..).unwrap_or_default();
    let unfinished = unfinished(charset, &[before, bytes].concat());
    Streamed {
        reading: Reading::Text(charset),
        // All of it may belong to a character that goes on: then nothing ends here.
        lead: match unfinished > bytes.len() {
            true => Vec::new(),
            false => lead.to_vec(),
        },
        cut: unfinished.min(bytes.len()),
    }
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

/// What a stream ends with after a read, so far as a later one may need it: of text what is
/// unfinished, else all back to a byte that is a character of its own.
pub(super) fn extend_tail(tail: &mut Vec<u8>, bytes: &[u8], read: &Streamed) {
    // ASCII may be the end of a character that nothing was known of.
    let is_decided = tail.is_empty() || !bytes.is_ascii();
    let alone = bytes.iter().rposition(|byte| is_alone(*byte));
    let from = alone.map_or(0, |at| at + 1);
    if alone.is_some() {
        tail.clear();
    }
    tail.extend_from_slice(bytes.get(from..).unwrap_or_default());
    let kept = match read.reading {
        Reading::Text(_) if is_decided && read.cut < bytes.len() => read.cut,
        Reading::Text(charset) if is_decided => unfinished(charset, tail),
        _ => BYTES,
    };
    let done = tail.len().saturating_sub(kept);
    tail.drain(..done);
}
