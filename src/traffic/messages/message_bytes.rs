//! The bytes of a message, out of the rows that have them.

use super::message::Message;
use crate::traffic::{Log, Record};
use std::borrow::Cow;

/// The most rows that are looked at for a part of a message: others may lie between its reads.
const ROWS: u64 = 100_000;

/// Bytes of a message that are not there: the log has trimmed them, or cannot read them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct UnreadBytes(pub u32);

/// The first bytes of a message, at most `most`, stuffed, without its delimiter; and how many of
/// these are missing.
pub fn bytes<'a>(log: &'a Log, message: &Message, most: usize) -> (Cow<'a, [u8]>, UnreadBytes) {
    let most = most.min(message.length as usize);
    let begin = message.begin as usize;
    if message.is_in_one_row() {
        let record = log.get(message.last_row);
        let bytes = record.map_or(&[][..], |record| record.bytes());
        let bytes = bytes.get(begin..begin + most).unwrap_or_default();
        return (bytes.into(), missing(most, bytes.len()));
    }
    let mut bytes = Vec::new();
    let is_own = |record: &Record<'_>, last: &Record<'_>| {
        record.kind() == last.kind() && record.far() == last.far()
    };
    let first = message.first_row.max(log.rows().start);
    let end = message.last_row.min(first.saturating_add(ROWS));
    if let Some(last) = log.get(message.last_row) {
        for row in first..=end {
            if bytes.len() >= most {
                break;
            }
            let Some(record) = log.get(row).filter(|record| is_own(record, &last)) else {
                continue;
            };
            let from = if row == message.first_row { begin } else { 0 };
            let bytes_here = record.bytes();
            if row != message.last_row {
                bytes.extend_from_slice(bytes_here.get(from..).unwrap_or_default());
                continue;
            }
            let here = bytes_here.get(from..message.behind as usize);
            bytes.extend_from_slice(here.unwrap_or_default());
            // It may have begun in the row before.
            let delimiter = message.end.delimiter() as usize;
            bytes.truncate(bytes.len().saturating_sub(delimiter));
        }
    }
    bytes.truncate(most);
    let missing = missing(most, bytes.len());
    (bytes.into(), missing)
}

fn missing(wanted: usize, found: usize) -> UnreadBytes {
    UnreadBytes(wanted.saturating_sub(found) as u32)
}
