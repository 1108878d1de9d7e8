//! Text across the reads of a TCP stream: a character that a read cut appears whole, in
//! the row where it ends.
//!
//! The log keeps true reads, so what a row needs of those before it is looked up when it
//! is shown. Little is enough: in every encoding with characters of several bytes that is
//! handled here, a byte below 0x30 is a character of its own, so that reading can begin
//! behind one.

use super::{Body, Kind, Log, Notice};
use crate::payload::charset::{Charset, Part};
use crate::payload::reading::Reading;

/// Rows looked through for the reads before, and bytes of those that are looked at.
const ROWS: u64 = 128;
const BYTES: usize = 64;

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

/// The row as a part of the bytes its peer sent, or was sent: in the encoding a person
/// said, or in the one it is recognised to be in.
pub fn read(log: &Log, row: u64, said: Option<Charset>) -> Option<Streamed> {
    let bytes = log.get(row)?.bytes();
    let before = before(log, row);
    let in_charset = |charset| {
        let lead_length = unfinished(charset, &before);
        let lead = before
            .get(before.len() - lead_length..)
            .unwrap_or_default()
            .to_vec();
        let tail = [&before, bytes].concat();
        let mut streamed = Streamed {
            reading: Reading::Text(charset),
            lead,
            cut: unfinished(charset, &tail).min(bytes.len()),
        };
        if streamed.cut == bytes.len() {
            // All of it belongs to a character that goes on: nothing ends here.
            streamed.lead.clear();
        }
        streamed
    };
    if let Some(charset) = said {
        return Some(in_charset(charset));
    }
    let recognised = [Charset::Utf8, Charset::Gb18030]
        .into_iter()
        .find_map(|charset| {
            let streamed = in_charset(charset);
            let text = Reading::of(&streamed.joined(bytes));
            // Nothing but the middle of a character: that of the encoding it began in.
            let inside = streamed.cut == bytes.len() && !before.is_empty();
            (text == Reading::Text(charset) || inside).then_some(streamed)
        });
    Some(recognised.unwrap_or_else(|| Streamed::alone(Reading::of(bytes))))
}

/// The last bytes of the same stream before `row`, at least back to one that is surely a
/// character of its own, where that is near.
fn before(log: &Log, row: u64) -> Vec<u8> {
    let Some((kind, peer)) = log.get(row).map(|record| (record.kind(), record.peer())) else {
        return Vec::new();
    };
    let mut before = Vec::new();
    let first = log.rows().start.max(row.saturating_sub(ROWS));
    for row in (first..row).rev() {
        let Some(record) = log.get(row).filter(|record| record.peer() == peer) else {
            continue;
        };
        match record.body {
            Body::Notice(Notice::Joined { .. } | Notice::Connected { .. }) => break,
            _ if record.kind() == kind && kind != Kind::Notice => {
                let bytes = record.bytes();
                let room = bytes.len().saturating_sub(BYTES - before.len().min(BYTES));
                before.splice(..0, bytes.get(room..).unwrap_or_default().iter().copied());
            }
            _ => {}
        }
        if before.len() >= BYTES || before.iter().any(|byte| is_alone(*byte)) {
            break;
        }
    }
    before
}

fn is_alone(byte: u8) -> bool {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::traffic::{Arrival, ChunkBuilder};
    use proptest::prelude::*;
    use std::net::SocketAddr;
    use std::sync::Arc;

    /// A log of these reads of one peer, each with one of another between.
    fn log_of(reads: &[&[u8]]) -> Log {
        let (peer, other) = (
            SocketAddr::from(([127, 0, 0, 1], 1)),
            SocketAddr::from(([127, 0, 0, 1], 2)),
        );
        let mut chunk = ChunkBuilder::default();
        chunk.notice(0, Notice::Joined { peer });
        for read in reads {
            chunk.received(0, peer, read, Arrival::default());
            chunk.sent(0, peer, b"\xE4");
            chunk.received(0, other, b"\xE4\xBD", Arrival::default());
        }
        let mut log = Log::default();
        log.push(Arc::new(chunk.finish()));
        log
    }

    /// What the rows of the first peer say one after the other.
    fn text_of(reads: &[&[u8]], said: Option<Charset>) -> String {
        let log = log_of(reads);
        let mut text = String::new();
        for (place, bytes) in reads.iter().enumerate() {
            let streamed = read(&log, 1 + 3 * place as u64, said).unwrap();
            let Reading::Text(charset) = streamed.reading else {
                continue;
            };
            for part in charset.decode(&streamed.joined(bytes)) {
                match part {
                    Part::Text(part) => text.push_str(&part),
                    Part::Bad(bad) => text.push_str(&format!("<{bad:02X?}>")),
                }
            }
        }
        text
    }

    #[test]
    fn a_character_cut_by_reads_appears_where_it_ends() {
        let bytes = "你好，世界\n".as_bytes();
        let reads = [&bytes[..4], &bytes[4..5], &bytes[5..]];
        let log = log_of(&reads);
        let rows: Vec<Streamed> = [1, 4, 7]
            .iter()
            .map(|row| read(&log, *row, None).unwrap())
            .collect();
        assert_eq!((rows[0].cut, rows[1].cut, rows[2].cut), (1, 1, 0));
        assert_eq!(rows[2].lead, &bytes[3..5]);
        assert_eq!(text_of(&reads, None), "你好，世界\n");
    }

    #[test]
    fn what_is_cut_for_good_is_not_hidden() {
        let log = log_of(&[b"ok \xE4\xBD", b"and on"]);
        assert_eq!(read(&log, 1, None).unwrap().cut, 2);
        assert_eq!(
            text_of(&[b"ok \xE4\xBD", b"and on"], Some(Charset::Utf8)),
            "ok <[E4, BD]>and on"
        );
    }

    proptest! {
        #[test]
        fn any_split_of_a_stream_gives_the_same_text(text in "[ -~，。你好世界温度℃¥é😀]{1,24}\n", cuts in prop::collection::vec(1_usize..6, 1..40)) {
            for charset in [Charset::Utf8, Charset::Gb18030, Charset::Big5, Charset::ShiftJis, Charset::EucKr] {
                let Ok(bytes) = charset.encode(&text) else { continue };
                let (mut rest, mut reads) = (&bytes[..], Vec::new());
                for cut in cuts.iter().cycle() {
                    if rest.is_empty() { break }
                    let (head, tail) = rest.split_at((*cut).min(rest.len()));
                    reads.push(head);
                    rest = tail;
                }
                prop_assert_eq!(text_of(&reads, Some(charset)), text.clone(), "{:?}", charset);
            }
        }
    }
}
