//! Tests of filters.

use super::*;
use crate::payload::charset::Charset;
use crate::traffic::{Arrival, ChunkBuilder};
use std::net::SocketAddr;

pub(super) fn filter(text: &str) -> Filter {
    let describe = Arc::new(|notice: &Notice| format!("{notice:?}"));
    let time = |text: &str| text.parse().ok();
    Filter::new(text, describe, &time, None).unwrap().unwrap()
}

fn peer() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 9))
}

fn chunk(payloads: &[&[u8]]) -> Chunk {
    let mut builder = ChunkBuilder::default();
    for payload in payloads {
        builder.received(0, peer(), payload, Arrival::default());
    }
    builder.finish()
}

pub(super) fn found(filter: &Filter, chunk: &Chunk) -> Vec<usize> {
    let hits = filter.hits(chunk);
    let encoded = chunk.encode().unwrap();
    assert_eq!(hits, filter.hits_encoded(&encoded, true));
    if chunk.count().events() == 0 {
        assert_eq!(hits, filter.hits_encoded(&encoded, false));
    }
    for (at, record) in (0..chunk.len()).filter_map(|at| Some((at, chunk.get(at)?))) {
        let alone = filter.lets_through(&record, filter.local);
        assert_eq!(hits.contains(at), alone, "{record:?}");
    }
    let places: Vec<usize> = (0..chunk.len()).filter(|at| hits.contains(*at)).collect();
    assert_eq!(hits.count().rows(), places.len() as u64);
    places
}

#[test]
fn a_word_across_two_records_is_in_neither() {
    let chunk = chunk(&[b"tem", b"p=1 temp", b"", b"te", b"mp"]);
    assert_eq!(found(&filter("temp"), &chunk), [1]);
}

#[test]
fn every_word_must_be_there_in_any_order() {
    let chunk = chunk(&[
        b"a long word",
        b"word a",
        b"long",
        "长 word long".as_bytes(),
    ]);
    assert_eq!(found(&filter("word long"), &chunk), [0, 3]);
    assert_eq!(found(&filter("\"long word\""), &chunk), [0]);
    assert_eq!(found(&filter("长"), &chunk), [3]);
}

#[test]
fn a_word_is_found_in_either_encoding() {
    let gbk = |text| Charset::Gb18030.encode(text).unwrap();
    let chunk = chunk(&["温度=1".as_bytes(), &gbk("温度=2"), &gbk("湿度"), b"="]);
    assert_eq!(found(&filter("温度"), &chunk), [0, 1]);
    assert_eq!(found(&filter("= 温度 2"), &chunk), [1]);
}

#[test]
fn nothing_written_is_no_filter() {
    for text in ["", "   ", "\"\""] {
        let filter = Filter::new(text, Arc::new(|_| String::new()), &|_| None, None);
        assert!(matches!(filter, Ok(None)), "{text:?}");
    }
}

#[test]
fn what_was_looked_for_is_marked() {
    let filter = filter("ab b 温");
    let expected = [
        ("x", false),
        ("ab", true),
        ("b", true),
        ("温", true),
        ("度", false),
    ];
    let marked = |text| {
        let parts = filter.marked(text).into_iter();
        parts
            .map(|part| (part.text, part.is_match))
            .collect::<Vec<(&str, bool)>>()
    };
    assert_eq!(marked("xabb温度"), expected);
    assert_eq!(marked("none"), [("none", false)]);
}

#[test]
fn a_notice_is_found_by_its_words() {
    let mut builder = ChunkBuilder::default();
    builder.notice(
        0,
        Notice::Joined {
            peer: peer().into(),
        },
    );
    builder.received(0, peer(), b"Joined", Arrival::default());
    builder.notice(
        0,
        Notice::PeerFinished {
            peer: peer().into(),
        },
    );
    assert_eq!(found(&filter("Joined"), &builder.finish()), [0, 1]);
}

/// One record of each kind and peer: 0 and 1 received, 2 sent, 3 an event.
fn mixed() -> Chunk {
    let other = "192.168.1.5:8080".parse().unwrap();
    let mut builder = ChunkBuilder::default();
    builder.received(10, peer(), b"temp=21\r\n", Arrival::default());
    builder.received(20, other, b"TEMP", Arrival::default());
    builder.sent(30, other, b"ok");
    builder.notice(40, Notice::Joined { peer: other });
    builder.finish()
}

#[test]
fn each_term_finds_its_records() {
    for (text, expected) in [
        ("/t.mp=\\d+/", vec![0]),
        ("/temp/i", vec![0, 1]),
        ("/joined/i", vec![3]),
        ("hex:0d0a", vec![0]),
        ("hex:\"6F 6B\"", vec![2]),
        ("hex:4a", vec![]),
        ("from:192.168.1.5", vec![1]),
        ("from:1.5", vec![1]),
        ("to:192.168.", vec![2]),
        ("peer:8080", vec![1, 2]),
        ("peer:127.0.0.1:9", vec![0]),
        ("dir:收", vec![0, 1]),
        ("dir:out", vec![2]),
        ("dir:event", vec![3]),
        ("len:2", vec![2]),
        ("len:3-9", vec![0, 1]),
        ("len:<100", vec![0, 1, 2]),
        ("since:20 until:30", vec![1, 2]),
        ("-dir:rx", vec![2, 3]),
        ("-temp", vec![1, 2, 3]),
        ("!/temp/i", vec![2, 3]),
        ("-hex:0d -len:2", vec![1, 3]),
        ("-from:192.168.1.5", vec![0, 2, 3]),
        ("temp ｌｅｎ：＞５ dir:rx", vec![0]),
        ("\"dir:rx\"", vec![]),
    ] {
        assert_eq!(found(&filter(text), &mixed()), expected, "{text}");
    }
}

#[test]
fn our_own_port_is_where_it_came_to_and_where_it_went_from() {
    let local = |text: &str| Some(text.parse().unwrap());
    for (text, ours, expected) in [
        ("to:7000", "127.0.0.1:7000", vec![0, 1]),
        ("to:7000", "[::]:7000", vec![0, 1]),
        ("to:127.0.0.1:7000", "127.0.0.1:7000", vec![0, 1]),
        ("to:8080", "127.0.0.1:8080", vec![0, 1, 2]),
        ("-to:7000", "127.0.0.1:7000", vec![2, 3]),
        ("from:7000", "127.0.0.1:7000", vec![2]),
        ("from:9", "127.0.0.1:7000", vec![0]),
        // Either of the two: what came from the port, or went to it.
        ("peer:7000", "127.0.0.1:7000", vec![0, 1, 2]),
        ("peer::7000", "127.0.0.1:7000", vec![0, 1, 2]),
        ("peer:127.0.0.1:7000", "127.0.0.1:7000", vec![0, 1, 2]),
        ("peer:127.0.0.1:7000", "192.168.1.2:7000", vec![]),
        ("peer:8080", "127.0.0.1:7000", vec![1, 2]),
        ("-peer:7000", "127.0.0.1:7000", vec![3]),
        // A local IP address alone does not match.
        ("to:127.0.0.1", "127.0.0.1:7000", vec![]),
        ("peer:127.0.0.1", "127.0.0.1:7000", vec![0]),
    ] {
        let filter = filter(text).at(local(ours));
        assert_eq!(found(&filter, &mixed()), expected, "{text} at {ours}");
    }
    assert_eq!(found(&filter("to:7000"), &mixed()), Vec::<usize>::new());
}

#[test]
fn names_are_where_it_came_from_and_where_it_went_to() {
    let peer = |text: &str| text.parse::<crate::peer::Peer>().unwrap();
    let ours = "unix:/tmp/ours.sock";
    let mut builder = ChunkBuilder::default();
    builder.received(1, peer("unix:#1"), b"a", Arrival::default());
    builder.received(2, peer("unix:/tmp/b.sock"), b"b", Arrival::default());
    builder.sent(3, peer("unix:@name"), b"c");
    builder.sent(4, peer("unix:#12"), b"d");
    let chunk = builder.finish();
    for (text, expected) in [
        ("from:unix:/tmp/b.sock", vec![1]),
        ("from:/tmp/b.sock", vec![1]),
        ("from:/b.", vec![1]),
        ("from:#1", vec![0]),
        ("peer:#1", vec![0]),
        ("to:@name", vec![2]),
        ("peer:unix:", vec![0, 1, 2, 3]),
        ("-peer:unix:*", vec![]),
        ("to:unix:/tmp/ours.sock", vec![0, 1]),
        ("from:unix:/tmp/ours.sock", vec![2, 3]),
        ("peer:unix:/tmp/ours.sock", vec![0, 1, 2, 3]),
        ("to:/tmp/ours", vec![]),
        ("peer:9", vec![]),
    ] {
        let filter = filter(text).at(Some(peer(ours)));
        assert_eq!(found(&filter, &chunk), expected, "{text}");
    }
}

#[test]
fn bytes_are_not_looked_for_across_records() {
    let chunk = chunk(&[b"a\x0d", b"\x0ab", b"\x0d\x0a"]);
    assert_eq!(found(&filter("hex:0d0a"), &chunk), [2]);
}

#[test]
fn more_regular_expressions_than_a_few_are_a_mistake() {
    let text = "/a/ ".repeat(9);
    let filter = Filter::new(&text, Arc::new(|_| String::new()), &|_| None, None);
    let mistake = filter.err().map(|mistake| (mistake.at, mistake.problem));
    assert_eq!(mistake, Some((33, FilterProblem::TooManyRegexes(8))));
}

#[test]
fn what_is_matched_is_marked_and_what_is_negated_is_not() {
    let marked = |text: &str, shown: &str| -> String {
        let parts = filter(text).marked(shown).into_iter();
        let texts = parts.map(|part| match part.is_match {
            true => format!("<{}>", part.text),
            false => part.text.into(),
        });
        texts.collect()
    };
    assert_eq!(marked("/\\d+/ x", "a12x3"), "a<12><x><3>");
    assert_eq!(marked("/b*/", "abba"), "a<bb>a");
    assert_eq!(marked("-a hex:61 dir:rx", "abc"), "abc");
    assert_eq!(marked("bcd abc", "abcd"), "<abcd>");
    // A match within a character marks the whole character.
    assert_eq!(marked("/(?-u)\\xB8/", "a温b"), "a<温>b");
}

#[test]
fn places_in_a_payload_are_sorted_apart_and_bounded() {
    let gbk = Charset::Gb18030.encode("温").unwrap();
    let payload = [b"ab\r\n".as_slice(), &gbk, b"a"].concat();
    let places = filter("hex:0d0a 温 /[ab]+/ b -r").marked_bytes(&payload);
    assert_eq!(places, [0..2, 2..4, 4..6, 6..7]);
    assert_eq!(filter("x").marked_bytes(&[b'x'; 5_000]).len(), 1_000);
}
