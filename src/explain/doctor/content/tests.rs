use crate::engine::evidence::{Evidence, Reply, Sample, Unseen};
use crate::explain::doctor::diagnosis::{Certainty, Outcome};
use crate::explain::doctor::peer::tests::{found, tcp, udp};
use crate::explain::doctor::words::{self, AskedFrom};
use crate::explain::doctor::{Cure, Situation, content, judge, next_step};
use crate::payload::charset::Charset;
use crate::payload::checksum::Checksum;
use crate::words::Lang;

fn in_encoding(mut evidence: Evidence, encoding: &str) -> Evidence {
    let session = evidence.session.as_mut().unwrap();
    session.settings.encoding = encoding.to_owned();
    evidence
}

#[test]
fn text_that_comes_back_as_mojibake_was_read_in_another_encoding() {
    let sent = "你好，世界".as_bytes();
    let (mojibake, _) = encoding_rs::GB18030.decode_without_bom_handling(sent);
    let answer = format!("echo: {mojibake}");
    let evidence = in_encoding(udp(&[sent], &[answer.as_bytes()]), "UTF-8");
    assert_eq!(
        found(&evidence),
        [(Situation::WrongEncoding, Certainty::Shown)]
    );
    let cure = content::cure(Situation::WrongEncoding, &evidence);
    assert_eq!(cure, Some(Cure::Encoding("GBK".into())));
    let evidence = in_encoding(udp(&[sent], &["\u{FFFD}\u{FFFD}".as_bytes()]), "UTF-8");
    assert_eq!(
        found(&evidence),
        [(Situation::WrongEncoding, Certainty::Shown)]
    );
}

#[test]
fn a_peer_that_writes_gbk_uses_another_encoding() {
    let gbk = Charset::Gb18030.encode("你好，世界").unwrap();
    let sent = "你好".as_bytes();
    let expected = [(Situation::WrongEncoding, Certainty::Likely)];
    assert_eq!(
        found(&in_encoding(udp(&[sent], &[&gbk]), "UTF-8")),
        expected
    );
    assert_eq!(found(&in_encoding(udp(&[&gbk], &[&gbk]), "GBK")), []);
    assert_eq!(found(&in_encoding(udp(&[b"ok"], &[&gbk]), "UTF-8")), []);
    assert_eq!(found(&in_encoding(udp(&[sent], &[sent]), "UTF-8")), []);
    assert_eq!(
        found(&in_encoding(udp(&[sent], &[&gbk]), "no encoding")),
        []
    );
}

#[test]
fn an_encoding_is_not_ruled_out_by_silence() {
    let gbk = Charset::Gb18030.encode("你好，世界").unwrap();
    let of = |received: &[&[u8]]| {
        super::text::wrong_encoding(&in_encoding(udp(&[&gbk], received), "GBK"))
    };
    assert!(matches!(
        of(&[]),
        Outcome::Unseen(Unseen::EncodingSent { .. })
    ));
    assert!(matches!(of(&[b"ok"]), Outcome::Unseen(Unseen::NothingBack)));
    assert!(matches!(of(&[&gbk]), Outcome::IsNot));
}

#[test]
fn text_that_is_nothing_in_utf_8_is_tried_in_it_first() {
    let gbk = Charset::Gb18030.encode("温度").unwrap();
    let next = |encoding: &str, sent: &[&[u8]]| {
        let mut diagnosis = judge(&in_encoding(udp(sent, &[]), encoding));
        // Other sources are those of the machine that runs this.
        diagnosis.findings.clear();
        next_step::of(&udp(sent, &[]), &diagnosis.unknown).unwrap()
    };
    let first = next("GBK", &[&gbk]);
    assert_eq!(first.situation, Situation::WrongEncoding);
    assert_eq!(first.cure, Some(Cure::Encoding("UTF-8".into())));
    // Bytes in UTF-8, ASCII text without an answer either, and bytes that nobody typed.
    for (encoding, sent) in [
        ("UTF-8", &["温度".as_bytes()][..]),
        ("GBK", &[b"hello", &gbk]),
        ("ISO-8859-1", &[&[0, 1, 0xFF, 0xFE]]),
    ] {
        let other = next(encoding, sent);
        assert_ne!(other.situation, Situation::WrongEncoding, "{encoding}");
    }
}

/// The peer has answered the first message, and none after it.
fn answered_first(mut evidence: Evidence) -> Evidence {
    let session = evidence.session.as_mut().unwrap();
    (session.unanswered, session.since_received) = (1, Some(9.0));
    evidence
}

#[test]
fn a_mark_before_a_peer_that_has_said_nothing_is_no_verdict() {
    let marked: &[&[u8]] = &[b"\xEF\xBB\xBFhello"];
    for silent in [udp(marked, &[]), tcp(marked, &[])] {
        assert_eq!(found(&silent), []);
        let Outcome::Unseen(Unseen::MarkSent { encoding }) = super::text::byte_order_mark(&silent)
        else {
            panic!("it is not seen");
        };
        assert_eq!(encoding, "UTF-8");
    }
}

#[test]
fn a_mark_is_likely_if_the_peer_answered_a_text_without_one_and_has_this_one() {
    let expected = [(Situation::ByteOrderMark, Certainty::Likely)];
    let sent: &[&[u8]] = &[b"hello", b"\xEF\xBB\xBFhello"];
    let minds = answered_first(udp(sent, &[b"welcome"]));
    assert_eq!(found(&minds), expected);
    assert_eq!(found(&answered_first(tcp(sent, &[b"welcome"]))), expected);
    let utf_16: &[&[u8]] = &[b"h\0i\0", b"\xFF\xFEh\0i\0"];
    assert_eq!(found(&answered_first(udp(utf_16, &[b"ok"]))), expected);
    let marked: &[&[u8]] = &[b"\xEF\xBB\xBFhello".as_slice(); 2];
    let answers_marks = answered_first(udp(marked, &[b"welcome"]));
    assert_eq!(found(&answers_marks), [], "it has answered one with a mark");
    assert_eq!(found(&udp(sent, &[b"welcome"])), [], "it answered");
    // Another machine may not have got the datagram.
    let mut far = minds;
    far.peer.is_here = false;
    assert_eq!(found(&far), []);
    let mut on_its_way = answered_first(tcp(sent, &[b"welcome"]));
    on_its_way.session.as_mut().unwrap().unsent = 8;
    assert_eq!(found(&on_its_way), []);
}

#[test]
fn a_mark_is_seen_at_the_beginning_of_text_only() {
    for binary in [
        &b"\xFF\xFE\x01\x02\x03\x04"[..],
        b"\xFE\xFF",
        b"\xEF\xBB\xBF\x00\x01",
        b"a\xEF\xBB\xBF",
    ] {
        assert_eq!(found(&udp(&[binary], &[])), [], "{binary:?}");
    }
}

#[test]
fn a_missing_line_end_is_likely_only_if_all_else_is_well() {
    let expected = [(Situation::NoLineEnd, Certainty::Likely)];
    let mut silent = tcp(&[b"hello\n", b"hello", b"anybody?"], &[b"hello\n"]);
    let session = silent.session.as_mut().unwrap();
    (session.unanswered, session.since_received) = (2, Some(9.0));
    assert_eq!(found(&silent), expected);
    // A peer that has answered nothing may rightly never answer.
    let sink = tcp(&[b"hello", b"anybody?"], &[]);
    assert_eq!(found(&sink), []);
    let unseen = super::lines::no_line_end(&sink);
    assert!(matches!(unseen, Outcome::Unseen(Unseen::LineEnd { .. })));
    // LF alone does not rule out that it waits for CR LF.
    let line = |sent: &[u8]| super::lines::other_line_end(&tcp(&[sent], &[]));
    assert!(matches!(
        line(b"AT\n"),
        Outcome::Unseen(Unseen::LineEnd { .. })
    ));
    let lf = Unseen::LineEnd { end: "lf".into() };
    assert!(matches!(line(b"AT\r\n"), Outcome::Unseen(end) if end == lf));
    let mut answers_all = silent.clone();
    let session = answers_all.session.as_mut().unwrap();
    session.newest_sent[0].bytes = b"hello".to_vec();
    assert_eq!(found(&answers_all), [], "it has answered texts without one");
    assert_eq!(found(&tcp(&[b"hello", b"with one\n"], &[])), []);
    assert_eq!(found(&tcp(&[b"\x01\x02\x03"], &[])), [], "no text");
    assert_eq!(found(&udp(&[b"hello"], &[])), []);
    let mut early = silent.clone();
    early.session.as_mut().unwrap().since_sent = Some(0.5);
    assert_eq!(found(&early), []);
    let mut unknown = silent.clone();
    unknown.peer.connections = Unseen::TooSlow.into();
    assert_eq!(found(&unknown), []);
    let mut server = silent;
    server.session.as_mut().unwrap().is_server = true;
    assert_eq!(found(&server), []);
}

#[test]
fn line_ends_that_differ_explain_a_silence_or_a_stray_return() {
    let expected = [(Situation::OtherLineEnd, Certainty::Likely)];
    let mut waits = tcp(&[b"login me\n"], &[b"welcome\r\n"]);
    assert_eq!(found(&waits), [], "it answered");
    waits.session.as_mut().unwrap().since_received = Some(9.0);
    assert_eq!(found(&waits), expected);
    let cure = content::cure(Situation::OtherLineEnd, &waits);
    assert_eq!(cure, Some(Cure::LineEnd("crlf".into())));
    let stray = tcp(&[b"quit\r\n"], &[b"unknown: quit\r!\n"]);
    assert_eq!(found(&stray), expected);
    assert_eq!(found(&tcp(&[b"quit\r\n"], &[b"unknown: quit\r\n"])), []);
}

#[test]
fn a_length_in_the_other_order_is_seen_by_the_answer_and_not_by_silence() {
    let expected = [(Situation::ByteOrder, Certainty::Likely)];
    let low: [&[u8]; 2] = [b"\x05\0\0\0hello", b"\x02\0\0\0hi"];
    let high: &[u8] = b"\0\0\0\x05hello";
    let mut pushes = tcp(&low, &[high]);
    assert_eq!(found(&pushes), [], "it answered");
    pushes.session.as_mut().unwrap().since_received = Some(9.0);
    assert_eq!(found(&pushes), expected);
    let mut on_its_way = pushes.clone();
    on_its_way.session.as_mut().unwrap().unsent = 9;
    assert_eq!(found(&on_its_way), []);
    // A peer that has acknowledged everything and never answers looks the same.
    let silent = tcp(&low, &[]);
    assert_eq!(found(&silent), []);
    let Outcome::Unseen(Unseen::LengthSent { bytes, ours, peer }) =
        super::binary::byte_order(&silent)
    else {
        panic!("it is not seen");
    };
    assert_eq!([&bytes, &ours, &peer], ["02 00 00 00", "2", "33554432"]);
    // In this connection the peer waits for the rest of them.
    let reason = Unseen::LengthSent { bytes, ours, peer };
    for (lang, anew) in [
        (Lang::English, "new connection"),
        (Lang::Chinese, "新的连接"),
    ] {
        let how = words::unseen(lang, &reason, AskedFrom::Window).how;
        assert!(how.contains(anew) && how.contains("33554432"), "{how}");
    }
    assert_eq!(found(&tcp(&low, &[b"\x03\0\0\0yes"])), []);
    assert_eq!(found(&tcp(&[high], &[])), [], "the usual order");
    assert_eq!(found(&udp(&low, &[])), [], "datagrams are whole");
    assert_eq!(found(&tcp(&[b"\x03\0yes"], &[])), [], "a coincidence");
}

#[test]
fn the_checksum_that_would_be_right_is_named() {
    let expected = [(Situation::WrongChecksum, Certainty::Likely)];
    let swapped: &[u8] = &[1, 3, 0, 0, 0, 2, 0x0B, 0xC4];
    let right: &[u8] = &[1, 3, 0, 0, 0, 2, 0xC4, 0x0B];
    let wrong = udp(&[swapped], &[]);
    assert_eq!(found(&wrong), expected);
    let Outcome::Is(_, clues) = super::checksum::wrong(&wrong) else {
        panic!("it is");
    };
    let right_value = ("right", "C4 0B".to_owned());
    assert!(clues[0].values.contains(&right_value), "{clues:?}");
    assert_eq!(clues[1].key, "doctor.content.sum_swapped");
    let cure = content::cure(Situation::WrongChecksum, &wrong);
    let expected_cure = Cure::Checksum {
        checksum: Checksum::default(),
        wrong: swapped.to_vec(),
    };
    assert_eq!(cure, Some(expected_cure));
    assert_eq!(found(&udp(&[right], &[])), []);
    assert_eq!(
        found(&udp(&[&[1, 3, 0, 0, 0, 2, 9, 9]], &[])),
        [],
        "no checksum"
    );
    let answers: [&[u8]; 2] = [right, &[1, 3, 0, 0, 0, 1, 0x84, 0x0A]];
    let mut other = udp(&[&[1, 3, 0, 0, 0, 7, 1, 2]], &answers);
    assert_eq!(found(&other), [], "it answered");
    other.session.as_mut().unwrap().since_received = Some(9.0);
    assert_eq!(found(&other), expected);
}

#[test]
fn digits_are_meant_as_bytes_where_the_peer_speaks_binary() {
    let expected = [(Situation::DigitsAsText, Certainty::Likely)];
    let text: &[u8] = b"01 03 00 00 00 02 C4 0B";
    let silent = udp(&[text], &[]);
    assert_eq!(found(&silent), expected);
    assert_eq!(found(&udp(&[b"010300000002C40B"], &[])), expected);
    assert_eq!(found(&udp(&[b"010300000002C40C"], &[])), [], "a number");
    let cure = content::cure(Situation::DigitsAsText, &silent);
    assert_eq!(cure, Some(Cure::SendAsHex));
    assert_eq!(
        found(&udp(&[b"01 03 00 00"], &[&[1, 0x83, 0, 1, 2]])),
        expected
    );
    assert_eq!(found(&udp(&[b"01 03 00 00"], &[])), [], "it may be text");
    assert_eq!(found(&udp(&[text], &[b"OK"])), []);
    assert_eq!(found(&udp(&[b"12345678"], &[&[1, 0x83, 0, 1, 2]])), []);
}

#[test]
fn line_ends_that_were_tried_in_earlier_connections_are_not_proposed_again() {
    let end = |before: &[&[u8]], sent: &[u8]| {
        let mut evidence = tcp(&[sent], &[]);
        let reply = Reply {
            came: false,
            waited: 9.0,
        };
        let session = evidence.session.as_mut().unwrap();
        session.before = before
            .iter()
            .map(|bytes| (session.newest_sent[0].clone(), *bytes))
            .map(|(sample, bytes)| Sample {
                bytes: bytes.to_vec(),
                length: bytes.len() as u64,
                ..sample
            })
            .map(|sample| (sample, reply))
            .collect();
        let all = judge(&evidence).unknown;
        all.into_iter().find_map(|one| match one.reason {
            Unseen::LineEnd { end } => Some(end),
            _ => None,
        })
    };
    assert_eq!(end(&[], b"V?").as_deref(), Some("crlf"));
    assert_eq!(end(&[b"V?"], b"V?\r\n").as_deref(), Some("lf"));
    assert_eq!(end(&[b"V?\r\n"], b"V?").as_deref(), Some("lf"));
    assert_eq!(end(&[b"V?\r\n", b"V?\n"], b"V?").as_deref(), Some("cr"));
    assert_eq!(end(&[b"V?\r\n", b"V?\n", b"V?\r"], b"V?"), None);
    assert_eq!(
        end(&[b"help\r\n"], b"V?").as_deref(),
        Some("crlf"),
        "another text"
    );
}

#[test]
fn a_peer_that_took_long_before_may_take_as_long_again() {
    let mut slow = tcp(&[b"MEASURE", b"MEASURE"], &[b"RESULT"]);
    let session = slow.session.as_mut().unwrap();
    (session.unanswered, session.since_sent) = (1, Some(9.0));
    session.replies = vec![
        Reply {
            came: true,
            waited: 13.0,
        },
        Reply {
            came: false,
            waited: 9.0,
        },
    ];
    let silent = |evidence: &Evidence| judge(evidence).is_silent;
    assert!(!silent(&slow));
    slow.session.as_mut().unwrap().since_sent = Some(25.0);
    assert!(silent(&slow));
}
