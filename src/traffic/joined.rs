//! Bytes of a stream with those before them: characters that a read cut, put together.

use crate::payload::charset::{Charset, DecodedPart};
use crate::payload::reading::{Reading, ReadingContext, Recognised, recognise};

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

/// Reads the next bytes of a stream. `pending` is what its rows so far handed on: the bytes
/// at their end that begin a character without ending it, shown as such. Only text hands
/// bytes on. A row that is shown in hexadecimal has shown all of its own.
///
/// Says too whether the bytes themselves decide how they read, or `None` where they tell
/// nothing about their sender. `known_before` is the encoding of the rows so far: another
/// encoding does not use their end again.
pub(super) fn next(
    pending: &mut Vec<u8>,
    bytes: &[u8],
    said: Option<Charset>,
    context: ReadingContext,
    known_before: Option<Charset>,
) -> (Streamed, Option<bool>) {
    let (streamed, sure) = part(pending, bytes, said, context, known_before);
    hand_on(pending, bytes, &streamed);
    (streamed, sure)
}

/// Whether a read hands nothing on, whatever came before it.
pub(super) fn ends_whole(bytes: &[u8], said: Option<Charset>) -> bool {
    let is_whole = |charset| unfinished(charset, bytes) == 0;
    bytes.iter().any(|byte| is_alone(*byte))
        && match said {
            Some(charset) => is_whole(charset),
            None => is_whole(Charset::Utf8) && is_whole(Charset::Gb18030),
        }
}

fn part(
    before: &[u8],
    bytes: &[u8],
    said: Option<Charset>,
    context: ReadingContext,
    known_before: Option<Charset>,
) -> (Streamed, Option<bool>) {
    if bytes.is_empty() {
        return (Streamed::alone(Reading::Empty), None);
    }
    if let Some(charset) = said {
        return (part_in(charset, before, bytes), None);
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
            return (part_in(charset, before, bytes), Some(sure));
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
            return Some((streamed, Some(false)));
        }
        let whole = [&streamed.lead, bytes].concat();
        let Recognised { reading, sure } = recognise(&whole, context);
        (reading == Reading::Text(charset)).then_some((streamed, Some(sure)))
    });
    let begins = || {
        let begins = begins(before, bytes, context).filter(|_| known_before.is_none());
        begins.map(|streamed| (streamed, None))
    };
    recognised.or_else(begins).unwrap_or_else(|| {
        let reading = match Reading::with(bytes, context) {
            // It would begin inside a character.
            Reading::Text(_) if !bytes.is_ascii() => Reading::Binary,
            reading => reading,
        };
        (Streamed::alone(reading), Some(false))
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
fn only_begins(streamed: &Streamed, bytes: &[u8], context: ReadingContext) -> bool {
    let joined = streamed.joined(bytes);
    let is_text = || Reading::with(&joined, context) != Reading::Binary;
    streamed.cut > 0 && joined.is_ascii() && is_text()
}

/// A first read that is nothing but the beginning of a character, behind ASCII text if it
/// is in UTF-8: the next read tells whether it goes on so.
fn begins(before: &[u8], bytes: &[u8], context: ReadingContext) -> Option<Streamed> {
    // What was handed on and does not go on here was shown in its own row.
    for before in [before, &[]] {
        let utf8 = part_in(Charset::Utf8, before, bytes);
        if only_begins(&utf8, bytes, context) {
            return Some(utf8);
        }
    }
    // A single byte, as heartbeats are: only where GB 2312-80 has characters.
    let is_gbk = before.is_empty() && matches!(bytes, [0xA1..=0xA9 | 0xB0..=0xF7]);
    is_gbk.then(|| part_in(Charset::Gb18030, before, bytes))
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

fn is_alone(byte: u8) -> bool {
    byte < 0x30
}

/// How many bytes at the end begin a character without ending it.
fn unfinished(charset: Charset, bytes: &[u8]) -> usize {
    let after_alone = bytes.iter().rposition(|byte| is_alone(*byte));
    let rest = bytes.get(after_alone.map_or(0, |at| at + 1)..);
    match charset.decode(rest.unwrap_or_default()).last() {
        Some(DecodedPart::Bad(bad)) if charset.begins_character(bad) => bad.len(),
        _ => 0,
    }
}

/// Keeps what a read hands on to the next one.
fn hand_on(pending: &mut Vec<u8>, bytes: &[u8], read: &Streamed) {
    let charset = match read.reading {
        Reading::Empty => return,
        Reading::Binary => return pending.clear(),
        Reading::Text(charset) => charset,
    };
    // What was pending may go on through all of the read.
    let goes_on = read.lead.is_empty() && read.cut == bytes.len();
    if !goes_on {
        pending.clear();
    }
    let from = bytes.len().saturating_sub(read.cut);
    pending.extend_from_slice(bytes.get(from..).unwrap_or_default());
    if goes_on {
        let done = pending.len() - unfinished(charset, pending);
        pending.drain(..done);
    }
}
