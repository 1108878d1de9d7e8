//! Text across the reads of a TCP stream: a character that a read cut appears whole, in
//! the row where it ends.
//!
//! The log keeps true reads, so what a row needs of those before it is looked up when it
//! is shown. Little is enough: in every encoding with characters of several bytes that is
//! handled here, a byte below 0x30 is a character of its own, so that reading can begin
//! behind one.

pub use super::joined::Streamed;

use super::joined::{BYTES, is_alone, part};
use super::recognition::Recognition;
use super::{Body, Kind, Log, Notice, Record};
use crate::payload::charset::Charset;

/// Rows looked through for the reads before.
const ROWS: u64 = 128;

/// The row as a part of the bytes its peer sent, or was sent: in the encoding a person
/// said, or in the one it is recognised to be in.
pub fn read(log: &Log, row: u64, said: Option<Charset>) -> Option<Streamed> {
    let record = log.get(row)?;
    let recognition = log.recognition();
    let context = recognition.context(row, &record);
    let earlier = row.checked_sub(1);
    let known_before = earlier.and_then(|row| recognition.known(row, record.peer()?));
    let before = before(log, row);
    let (streamed, _) = part(&before, record.bytes(), said, context, known_before);
    Some(streamed)
}

/// Reads the rows of a log one after the other.
#[derive(Clone, Debug, Default)]
pub struct Reader {
    /// The encoding of all text, where a person said it.
    said: Option<Charset>,
    recognition: Recognition,
    row: u64,
}

impl Reader {
    pub fn new(said: Option<Charset>, prefers_chinese: bool) -> Self {
        let mut recognition = Recognition::default();
        recognition.prefer_chinese(prefers_chinese);
        Self {
            said,
            recognition,
            ..Self::default()
        }
    }

    /// How the next row reads; `tcp` says whether it may be a part of a stream.
    pub fn read(&mut self, record: &Record<'_>, tcp: bool) -> Streamed {
        self.row += 1;
        self.recognition.read(self.row, record, self.said, tcp)
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::payload::charset::Part;
    use crate::payload::reading::Reading;
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
            text.push_str(&shown(&streamed, bytes));
        }
        text
    }

    /// What a row says, bad bytes as `<[C4]>`; nothing if it is no text.
    fn shown(streamed: &Streamed, bytes: &[u8]) -> String {
        let Reading::Text(charset) = streamed.reading else {
            return String::new();
        };
        let joined = streamed.joined(bytes);
        let parts = charset.decode(&joined).into_iter().map(|part| match part {
            Part::Text(part) => part.into_owned(),
            Part::Bad(bad) => format!("<{bad:02X?}>"),
        });
        parts.collect()
    }

    /// What each of these reads says, in the order they come: as the log reads them, and as
    /// they are read one after the other.
    fn both_ways(reads: &[&[u8]]) -> [Vec<String>; 2] {
        let peer = SocketAddr::from(([127, 0, 0, 1], 1));
        let mut chunk = ChunkBuilder::default();
        for read in reads {
            chunk.received(0, peer, read, Arrival::default());
        }
        let mut log = Log::default();
        log.push(Arc::new(chunk.finish()));
        let mut reader = Reader::default();
        let rows = reads.iter().enumerate().map(|(row, bytes)| {
            let row = row as u64;
            let streamed = read(&log, row, None).unwrap();
            let in_turn = reader.read(&log.get(row).unwrap(), true);
            (shown(&streamed, bytes), shown(&in_turn, bytes))
        });
        let (log, turn) = rows.unzip();
        [log, turn]
    }

    /// The bytes in reads of these lengths, again and again.
    fn split<'a>(bytes: &'a [u8], lengths: &[usize]) -> Vec<&'a [u8]> {
        let (mut rest, mut reads) = (bytes, Vec::new());
        for length in lengths.iter().cycle() {
            if rest.is_empty() {
                break;
            }
            let (head, tail) = rest.split_at((*length).min(rest.len()));
            reads.push(head);
            rest = tail;
        }
        reads
    }

    /// Words of Chinese alone; at the beginning only those that are surely no UTF-8 in GBK.
    fn words(begins: bool) -> Vec<&'static str> {
        let all = include_str!("../../tests/recognition/everyday.txt").lines();
        let is_clear = |word: &&str| {
            let first: String = word.chars().take(1).collect();
            let bytes = Charset::Gb18030.encode(&first).unwrap();
            !begins || std::str::from_utf8(&bytes).is_err()
        };
        let is_chinese = |word: &&str| !word.is_empty() && word.chars().all(|c| c > '\u{2E80}');
        all.filter(|word| is_chinese(word) && is_clear(word))
            .collect()
    }

    #[test]
    fn byte_by_byte_no_character_is_invented() {
        let text = "你好，世界，来自服务器";
        for charset in [Charset::Utf8, Charset::Gb18030] {
            let bytes = charset.encode(text).unwrap();
            let reads: Vec<&[u8]> = bytes.chunks(1).collect();
            for rows in both_ways(&reads) {
                assert_eq!(rows.concat(), text, "{charset:?}");
            }
        }
    }

    #[test]
    fn a_known_peer_is_not_turned_by_two_bytes_of_three() {
        let bytes = "学习网络编程学习".as_bytes();
        let reads = [&bytes[..18], &bytes[18..20], &bytes[20..]];
        for rows in both_ways(&reads) {
            assert_eq!(rows, ["学习网络编程", "", "学习"]);
        }
    }

    #[test]
    fn the_first_read_may_end_anywhere() {
        let bytes = "学习".as_bytes();
        for (cut, expected) in [
            (1, ["", "学习"]),
            (2, ["", "学习"]),
            (3, ["学", "习"]),
            (4, ["学", "习"]),
            (5, ["学", "习"]),
        ] {
            let (head, rest) = bytes.split_at(cut);
            for rows in both_ways(&[head, rest]) {
                assert_eq!(rows, expected, "{cut}");
            }
        }
    }

    #[test]
    fn read_in_turn_a_text_without_any_blank_may_be_of_any_length() {
        let text = "世界".repeat(5_000);
        let bytes = Charset::Gb18030.encode(&text).unwrap();
        let mut reader = Reader::default();
        let peer = SocketAddr::from(([127, 0, 0, 1], 1));
        let mut read = String::new();
        for bytes in bytes.chunks(1_001) {
            let (time, arrival, origin) = Default::default();
            let record = Record {
                time,
                body: Body::Received { peer, bytes },
                arrival,
                origin,
            };
            read.push_str(&shown(&reader.read(&record, true), bytes));
        }
        assert!(read == text);
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
        let log = log_of(&[
            "你好 ok \u{4F60}".as_bytes().split_last().unwrap().1,
            b"and on",
        ]);
        assert_eq!(read(&log, 1, None).unwrap().cut, 2);
        assert_eq!(
            text_of(&[b"ok \xE4\xBD", b"and on"], Some(Charset::Utf8)),
            "ok <[E4, BD]>and on"
        );
    }

    #[test]
    fn a_byte_belongs_to_one_character_only() {
        let gbk = |text: &str| Charset::Gb18030.encode(text).unwrap().into_owned();
        let (first, second) = (gbk("你好世界"), gbk("开始"));
        assert_eq!(text_of(&[&first, &second], None), "你好世界开始");
        // However long a text without any blank is.
        let long = gbk(&"世界".repeat(900));
        let (head, rest) = long.split_at(1_801);
        assert_eq!(
            text_of(&[head, rest, &second], None),
            "世界".repeat(900) + "开始"
        );
    }

    #[test]
    fn a_character_cut_after_its_first_byte_does_not_turn_the_peer() {
        for (text, cut) in [("你好", 4), ("你好", 5), ("服务器", 1)] {
            let (head, rest) = text.as_bytes().split_at(cut);
            let known = "学习网络编程".as_bytes();
            let log = log_of(&[known, head, rest]);
            assert_eq!(
                text_of(&[known, head, rest], None),
                format!("学习网络编程{text}")
            );
            let peer = SocketAddr::from(([127, 0, 0, 1], 1));
            let last = log.recognition().known(log.rows().end, peer);
            assert_eq!(last, Some(Charset::Utf8), "{text} {cut}");
        }
        assert_eq!(text_of(&[b"\xE4\xBD\xA0\xE5", b"\xA5\xBD"], None), "你好");
    }

    #[test]
    fn row_by_row_it_reads_the_same() {
        let text = "你好世界，来自服务器";
        for charset in [Charset::Utf8, Charset::Gb18030] {
            let bytes = charset.encode(text).unwrap();
            let mut reader = Reader::default();
            let peer = SocketAddr::from(([127, 0, 0, 1], 1));
            let mut read = String::new();
            for bytes in bytes.chunks(7) {
                let body = Body::Received { peer, bytes };
                let (time, arrival, origin) = Default::default();
                let record = Record {
                    time,
                    body,
                    arrival,
                    origin,
                };
                let streamed = reader.read(&record, true);
                assert_eq!(streamed.reading, Reading::Text(charset));
                for part in charset.decode(&streamed.joined(bytes)) {
                    match part {
                        Part::Text(part) => read.push_str(&part),
                        Part::Bad(bad) => panic!("{bad:X?}"),
                    }
                }
            }
            assert_eq!(read, text);
        }
    }

    proptest! {
        #[test]
        fn everyday_text_cut_anywhere_says_what_was_sent(
            first in prop::sample::select(words(true)),
            rest in prop::collection::vec(prop::sample::select(words(false)), 1..6),
            sign in prop::sample::select(vec!["", "，", "。", " "]),
            lengths in prop::collection::vec(1_usize..10, 1..40),
        ) {
            let mut text = first.to_owned();
            for word in rest {
                text.push_str(sign);
                text.push_str(word);
            }
            for charset in [Charset::Utf8, Charset::Gb18030] {
                let bytes = charset.encode(&text).unwrap();
                let reads = split(&bytes, &lengths);
                let [log, turn] = both_ways(&reads);
                prop_assert_eq!(&log, &turn, "{:?}", charset);
                let said = log.concat();
                // What came before the encoding was known is in hexadecimal.
                let unsaid = text.chars().count().saturating_sub(said.chars().count());
                prop_assert!(text.ends_with(&said) && unsaid <= 2, "{:?}: {}", charset, said);
            }
        }

        #[test]
        fn any_split_of_a_stream_gives_the_same_text(text in "[ -~，。你好世界温度℃¥é😀]{1,24}\n", cuts in prop::collection::vec(1_usize..6, 1..40)) {
            for charset in [Charset::Utf8, Charset::Gb18030, Charset::Big5, Charset::ShiftJis, Charset::EucKr] {
                let Ok(bytes) = charset.encode(&text) else { continue };
                let reads = split(&bytes, &cuts);
                prop_assert_eq!(text_of(&reads, Some(charset)), text.clone(), "{:?}", charset);
            }
        }
    }
}
