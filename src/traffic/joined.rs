//! Decoding the text of one stream read: characters that span two reads are joined.

use crate::payload::charset::{Charset, DecodedPart};
use crate::payload::reading::{Reading, ReadingContext, Recognised, recognise};

/// The longest undecided end, in bytes, that is decoded again with the next read while no
/// encoding is known.
const UNDECIDED: usize = 16;

/// A read decoded as a part of its stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Streamed {
    pub reading: Reading,
    /// The bytes of the previous reads that begin the first character of this read.
    pub lead: Vec<u8>,
    /// The number of bytes at the end of this read that begin a character without completing it.
    pub cut: usize,
}

impl Streamed {
    /// A read that is decoded by itself.
    pub fn alone(reading: Reading) -> Self {
        Self {
            reading,
            lead: Vec::new(),
            cut: 0,
        }
    }

    /// As [`Self::joined`], for at most the first `limit` bytes of the read.
    pub fn joined_head(&self, bytes: &[u8], limit: usize) -> Vec<u8> {
        match bytes.get(..limit).filter(|head| head.len() < bytes.len()) {
            Some(head) => [&self.lead, head].concat(),
            None => self.joined(bytes),
        }
    }

    /// The bytes of the characters that end in this read: with `lead` in front, and without the
    /// last `cut` bytes.
    pub fn joined(&self, bytes: &[u8]) -> Vec<u8> {
        let whole = bytes.len().saturating_sub(self.cut);
        [&self.lead, bytes.get(..whole).unwrap_or_default()].concat()
    }
}

/// Decodes the next read of a stream. `pending` holds the incomplete character at the end of
/// the earlier rows of the stream, which those rows show as bytes; it is updated. Only text
/// leaves pending bytes: a row shown in hexadecimal shows all of its bytes.
///
/// Also returns whether the bytes alone determine the encoding; `None` if they say nothing
/// about the sender. `known_before` is the encoding of the earlier rows: a different encoding
/// does not reuse the pending bytes.
pub(super) fn next(
    pending: &mut Vec<u8>,
    bytes: &[u8],
    chosen: Option<Charset>,
    context: ReadingContext,
    known_before: Option<Charset>,
) -> (Streamed, Option<bool>) {
    let (streamed, sure) = part(pending, bytes, chosen, context, known_before);
    hand_on(pending, bytes, &streamed);
    (streamed, sure)
}

/// Whether a read leaves no pending bytes, whatever came before it.
pub(super) fn ends_whole(bytes: &[u8], chosen: Option<Charset>) -> bool {
    let is_whole = |charset| unfinished(charset, bytes) == 0;
    bytes.iter().any(|byte| is_alone(*byte))
        && match chosen {
            Some(charset) => is_whole(charset),
            None => is_whole(Charset::Utf8) && is_whole(Charset::Gb18030),
        }
}

fn part(
    before: &[u8],
    bytes: &[u8],
    chosen: Option<Charset>,
    context: ReadingContext,
    known_before: Option<Charset>,
) -> (Streamed, Option<bool>) {
    if bytes.is_empty() {
        return (Streamed::alone(Reading::Empty), None);
    }
    if let Some(charset) = chosen {
        return (part_in(charset, before, bytes), None);
    }
    // The encoding of the peer is unknown: bytes that were no text may become text with this read.
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
            // The text would begin in the middle of a character.
            Reading::Text(_) if !bytes.is_ascii() => Reading::Binary,
            reading => reading,
        };
        (Streamed::alone(reading), Some(false))
    })
}

/// The bytes after the last ASCII byte of `before`; empty if there are more than [`UNDECIDED`].
fn undecided(before: &[u8]) -> &[u8] {
    let after_ascii = before.iter().rposition(u8::is_ascii).map_or(0, |at| at + 1);
    let rest = before.get(after_ascii..).unwrap_or_default();
    if rest.len() > UNDECIDED { &[] } else { rest }
}

/// Whether a read is only ASCII text, possibly none, followed by an incomplete character, or
/// only the middle of a character.
fn only_begins(streamed: &Streamed, bytes: &[u8], context: ReadingContext) -> bool {
    let joined = streamed.joined(bytes);
    let is_text = || Reading::with(&joined, context) != Reading::Binary;
    streamed.cut > 0 && joined.is_ascii() && is_text()
}

/// A first read that is only the beginning of a character, after ASCII text if the character is
/// UTF-8. The next read shows whether the character continues.
fn begins(before: &[u8], bytes: &[u8], context: ReadingContext) -> Option<Streamed> {
    // Pending bytes that do not continue here were shown in their own row.
    for before in [before, &[]] {
        let utf8 = part_in(Charset::Utf8, before, bytes);
        if only_begins(&utf8, bytes, context) {
            return Some(utf8);
        }
    }
    // A single byte, as heartbeats send it, counts only in the ranges of GB 2312-80.
    let is_gbk = before.is_empty() && matches!(bytes, [0xA1..=0xA9 | 0xB0..=0xF7]);
    is_gbk.then(|| part_in(Charset::Gb18030, before, bytes))
}

fn part_in(charset: Charset, before: &[u8], bytes: &[u8]) -> Streamed {
    let begun = unfinished(charset, before);
    let lead = before.get(before.len() - begun..).unwrap_or_default();
    let unfinished = unfinished(charset, &[before, bytes].concat());
    Streamed {
        reading: Reading::Text(charset),
        // The whole read may lie inside one character, so that no character ends here.
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

/// The number of bytes at the end that begin a character without completing it.
fn unfinished(charset: Charset, bytes: &[u8]) -> usize {
    let after_alone = bytes.iter().rposition(|byte| is_alone(*byte));
    let rest = bytes.get(after_alone.map_or(0, |at| at + 1)..);
    match charset.decode(rest.unwrap_or_default()).last() {
        Some(DecodedPart::Bad(bad)) if charset.begins_character(bad) => bad.len(),
        _ => 0,
    }
}

/// Updates the pending bytes for the next read.
fn hand_on(pending: &mut Vec<u8>, bytes: &[u8], read: &Streamed) {
    let charset = match read.reading {
        Reading::Empty => return,
        Reading::Binary => return pending.clear(),
        Reading::Text(charset) => charset,
    };
    // The pending character may continue through the whole read.
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
