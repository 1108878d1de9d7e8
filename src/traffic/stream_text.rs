//! Text across the reads of a TCP stream: a character that spans two reads is shown whole, in
//! the row where it ends.
//!
//! The log keeps the true reads. The earlier reads that a row depends on are decoded again when
//! the row is shown, starting after the last read that certainly ends with a whole character.
//! [`StreamTextReader`] reads row by row, with the same result.

pub use super::joined::Streamed;

use super::joined;
use super::recognition::Recognition;
use super::{Body, Log, Notice, Record, RecordKind};
use crate::payload::charset::Charset;

/// The most rows searched for earlier reads, and the most bytes of these.
const ROWS: u64 = 128;
const BYTES: usize = 4096;

/// Decodes a row as a part of its stream: in the encoding that `chosen_charset` returns, or else in
/// the recognised one. `None` if the log does not hold the row.
pub fn read(
    log: &Log,
    row: u64,
    chosen_charset: impl Fn(u64, &Record<'_>) -> Option<Charset>,
) -> Option<Streamed> {
    let mut pending = Vec::new();
    for earlier in before(log, row, &chosen_charset) {
        next(log, earlier, &chosen_charset, &mut pending);
    }
    next(log, row, &chosen_charset, &mut pending)
}

/// Decodes a row after the `pending` bytes of its stream, and updates them.
fn next(
    log: &Log,
    row: u64,
    chosen_charset: &impl Fn(u64, &Record<'_>) -> Option<Charset>,
    pending: &mut Vec<u8>,
) -> Option<Streamed> {
    let record = log.get(row)?;
    let (recognition, chosen_charset) = (log.recognition(), chosen_charset(row, &record));
    let context = recognition.context(row, &record);
    let earlier = row.checked_sub(1);
    let known_before = earlier.and_then(|row| recognition.known(row, record.peer()?));
    let (streamed, _) = joined::next(
        pending,
        record.bytes(),
        chosen_charset,
        context,
        known_before,
    );
    Some(streamed)
}

/// Decodes the rows of a log one after the other.
#[derive(Clone, Debug, Default)]
pub struct StreamTextReader {
    /// The encoding of all text, where the user chose one.
    chosen_charset: Option<Charset>,
    recognition: Recognition,
    row: u64,
}

impl StreamTextReader {
    /// A reader for the rows of a log from its beginning on. `chosen_charset` is the encoding
    /// chosen by the user.
    pub fn new(chosen_charset: Option<Charset>, prefers_chinese: bool) -> Self {
        let mut recognition = Recognition::default();
        recognition.prefer_chinese(prefers_chinese);
        Self {
            chosen_charset,
            recognition,
            ..Self::default()
        }
    }

    /// A reader for the rows of a log from `row` on, with the encodings that are known by then.
    pub fn following(chosen_charset: Option<Charset>, recognition: &Recognition, row: u64) -> Self {
        Self {
            chosen_charset,
            recognition: recognition.before(row),
            row: 0,
        }
    }

    /// Decodes the next row; `is_stream` says whether it may be a part of a stream.
    pub fn read(&mut self, record: &Record<'_>, is_stream: bool) -> Streamed {
        self.row += 1;
        self.recognition
            .read(self.row, record, self.chosen_charset, is_stream)
    }
}

/// The rows of the same stream before `row`, oldest first, after the last one that certainly
/// ends with a whole character, within the limits of the search.
fn before(
    log: &Log,
    row: u64,
    chosen_charset: &impl Fn(u64, &Record<'_>) -> Option<Charset>,
) -> Vec<u64> {
    let side = |record: &Record<'_>| (record.peer(), record.connection);
    let Some((kind, own)) = log.get(row).map(|record| (record.kind(), side(&record))) else {
        return Vec::new();
    };
    let (mut rows, mut length) = (Vec::new(), 0);
    let first = log.rows().start.max(row.saturating_sub(ROWS));
    for row in (first..row).rev() {
        let Some(record) = log.get(row).filter(|record| side(record) == own) else {
            continue;
        };
        match record.body {
            Body::Notice(Notice::Joined { .. } | Notice::Connected { .. }) => break,
            Body::Notice(Notice::NotCaptured { inward, .. })
                if *inward == (kind == RecordKind::Received) =>
            {
                break;
            }
            _ if record.kind() == kind && kind != RecordKind::Notice => {
                let bytes = record.bytes();
                if length >= BYTES || joined::ends_whole(bytes, chosen_charset(row, &record)) {
                    break;
                }
                rows.push(row);
                length += bytes.len();
            }
            _ => {}
        }
    }
    rows.reverse();
    rows
}

#[cfg(test)]
mod tests;
