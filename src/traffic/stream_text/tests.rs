//! Tests of text across reads.

use super::*;
use crate::connection_id::{ConnectionId, FarSide};
use crate::payload::charset::DecodedPart;
use crate::payload::reading::Reading;
use crate::traffic::{Arrival, ChunkBuilder};
use proptest::prelude::*;
use std::net::SocketAddr;
use std::sync::Arc;

/// Decodes a row in the encoding the user chose.
fn read(log: &Log, row: u64, chosen: Option<Charset>) -> Option<Streamed> {
    super::read(log, row, |_, _| chosen)
}

/// A log of these reads of one peer, each followed by one of another peer.
fn log_of(reads: &[&[u8]]) -> Log {
    let (peer, other) = (
        SocketAddr::from(([127, 0, 0, 1], 1)),
        SocketAddr::from(([127, 0, 0, 1], 2)),
    );
    let mut chunk = ChunkBuilder::default();
    chunk.notice(0, Notice::Joined { peer: peer.into() });
    for read in reads {
        chunk.received(0, peer, read, Arrival::default());
        chunk.sent(0, peer, b"\xE4");
        chunk.received(0, other, b"\xE4\xBD", Arrival::default());
    }
    let mut log = Log::default();
    log.push(Arc::new(chunk.finish()));
    log
}

/// The text of the first peer's rows, concatenated.
fn text_of(reads: &[&[u8]], chosen: Option<Charset>) -> String {
    let log = log_of(reads);
    let mut text = String::new();
    for (place, bytes) in reads.iter().enumerate() {
        let streamed = read(&log, 1 + 3 * place as u64, chosen).unwrap();
        text.push_str(&shown(&streamed, bytes));
    }
    text
}

/// The text of a row, with bad bytes as `<[C4]>`; empty if it is no text.
fn shown(streamed: &Streamed, bytes: &[u8]) -> String {
    let Reading::Text(charset) = streamed.reading else {
        return String::new();
    };
    let joined = streamed.joined(bytes);
    let parts = charset.decode(&joined).into_iter().map(|part| match part {
        DecodedPart::Text(part) => part.into_owned(),
        DecodedPart::Bad(bad) => format!("<{bad:02X?}>"),
    });
    parts.collect()
}

/// The text of each read, in order: decoded from the log, and by a reader row by row.
fn both_ways(reads: &[&[u8]]) -> [Vec<String>; 2] {
    let peer = SocketAddr::from(([127, 0, 0, 1], 1));
    let mut chunk = ChunkBuilder::default();
    for read in reads {
        chunk.received(0, peer, read, Arrival::default());
    }
    let mut log = Log::default();
    log.push(Arc::new(chunk.finish()));
    let mut reader = StreamTextReader::default();
    let rows = reads.iter().enumerate().map(|(row, bytes)| {
        let row = row as u64;
        let streamed = read(&log, row, None).unwrap();
        let in_turn = reader.read(&log.get(row).unwrap(), true);
        (shown(&streamed, bytes), shown(&in_turn, bytes))
    });
    let (log, turn) = rows.unzip();
    [log, turn]
}

#[test]
fn two_connections_from_one_address_do_not_mix() {
    let peer = SocketAddr::from(([127, 0, 0, 1], 1));
    let far = [1, 2].map(|number| FarSide {
        peer: peer.into(),
        connection: ConnectionId::read(number),
    });
    let (one, other) = ("你".as_bytes(), "好".as_bytes());
    let reads = [
        (0, &one[..2]),
        (1, &other[..2]),
        (0, &one[2..]),
        (1, &other[2..]),
    ];
    let mut chunk = ChunkBuilder::default();
    for (place, bytes) in reads {
        chunk.received(0, far[place], bytes, Arrival::default());
    }
    let mut log = Log::default();
    log.push(Arc::new(chunk.finish()));
    let chosen = Some(Charset::Utf8);
    let mut reader = StreamTextReader::new(chosen, false);
    let rows = reads.iter().enumerate().map(|(row, (_, bytes))| {
        let row = row as u64;
        let streamed = read(&log, row, chosen).unwrap();
        let in_turn = reader.read(&log.get(row).unwrap(), true);
        assert_eq!(shown(&streamed, bytes), shown(&in_turn, bytes));
        shown(&streamed, bytes)
    });
    assert_eq!(rows.collect::<Vec<_>>(), ["", "", "你", "好"]);
}

/// The bytes split into reads of these lengths, repeated as needed.
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

/// Chinese words; at the beginning only those that are not valid UTF-8 in GBK.
fn words(begins: bool) -> Vec<&'static str> {
    let all = include_str!("../../../tests/recognition/everyday.txt").lines();
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
fn what_was_shown_in_hexadecimal_is_not_shown_again() {
    let text = "温度".as_bytes();
    for (binary, next, expected) in [
        (&b"\x00\xFF\xE7\x92"[..], text, "温度"),
        (b"\x00\xFF\xE6\xB8", b"\xA9!", ""),
        (b"\x01\x02\x03\xC4", b"ok", "ok"),
    ] {
        for rows in both_ways(&[binary, next]) {
            assert_eq!(rows, ["", expected], "{binary:X?}");
        }
        // The same for a peer whose encoding is known.
        let known = "学习网络编程".as_bytes();
        for rows in both_ways(&[known, binary, next]) {
            assert_eq!(rows, ["学习网络编程", "", expected], "{binary:X?}");
        }
    }
}

#[test]
fn a_first_read_that_ends_inside_a_character_says_so() {
    let log = log_of(&[b"ok\xE6\xB8", b"\xA9!"]);
    let rows = [1, 4].map(|row| read(&log, row, None).unwrap());
    assert_eq!(rows[0].reading, Reading::Text(Charset::Utf8));
    assert_eq!(
        (rows[0].cut, rows[1].lead.as_slice()),
        (2, &b"\xE6\xB8"[..])
    );
    for rows in both_ways(&[b"ok\xE6\xB8", b"\xA9!"]) {
        assert_eq!(rows, ["ok", "温!"]);
    }
    // A frame that ends with such a byte reads the same each time.
    for rows in both_ways(&[b"$12\xC5", b"$12\xC5", b"$12\xC5"]) {
        assert_eq!(rows, ["$12"; 3]);
    }
}

#[test]
fn rows_looked_up_read_as_they_do_in_turn() {
    let text = "你好 世界, 温度=".repeat(40);
    for charset in [Charset::Utf8, Charset::Gb18030] {
        let bytes = charset.encode(&text).unwrap();
        let reads: Vec<&[u8]> = bytes.chunks(5).collect();
        let [log, turn] = both_ways(&reads);
        assert_eq!(log.concat(), text);
        assert_eq!(log, turn);
    }
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
    let mut reader = StreamTextReader::default();
    let peer = SocketAddr::from(([127, 0, 0, 1], 1));
    let mut read = String::new();
    for bytes in bytes.chunks(1_001) {
        let (time, arrival, origin) = Default::default();
        let record = Record {
            arrival,
            origin,
            ..Record::new(
                time,
                Body::Received {
                    peer: peer.into(),
                    bytes,
                },
            )
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
    // A text without any ASCII may be of any length.
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
        let last = log.recognition().known(log.rows().end, peer.into());
        assert_eq!(last, Some(Charset::Utf8), "{text} {cut}");
    }
    assert_eq!(text_of(&[b"\xE4\xBD\xA0\xE5", b"\xA5\xBD"], None), "你好");
}

#[test]
fn row_by_row_it_reads_the_same() {
    let text = "你好世界，来自服务器";
    for charset in [Charset::Utf8, Charset::Gb18030] {
        let bytes = charset.encode(text).unwrap();
        let mut reader = StreamTextReader::default();
        let peer = SocketAddr::from(([127, 0, 0, 1], 1));
        let mut read = String::new();
        for bytes in bytes.chunks(7) {
            let body = Body::Received {
                peer: peer.into(),
                bytes,
            };
            let (time, arrival, origin) = Default::default();
            let record = Record {
                arrival,
                origin,
                ..Record::new(time, body)
            };
            let streamed = reader.read(&record, true);
            assert_eq!(streamed.reading, Reading::Text(charset));
            for part in charset.decode(&streamed.joined(bytes)) {
                match part {
                    DecodedPart::Text(part) => read.push_str(&part),
                    DecodedPart::Bad(bad) => panic!("{bad:X?}"),
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
            let chosen = log.concat();
            // Text before the encoding was known is shown in hexadecimal.
            let unsaid = text.chars().count().saturating_sub(chosen.chars().count());
            prop_assert!(text.ends_with(&chosen) && unsaid <= 2, "{:?}: {}", charset, chosen);
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
