//! Tests of the content of rows.

use super::*;
use std::net::SocketAddr;

fn content(bytes: &[u8], display: Display) -> Content {
    let peer = SocketAddr::from(([127, 0, 0, 1], 9));
    let cx = UiContext::for_tests();
    Content::of(
        &Record::new(
            0,
            Body::Received {
                peer: peer.into(),
                bytes,
            },
        ),
        &Streamed::alone(Reading::of(bytes)),
        (display, None),
        cx,
    )
}

fn spans(content: &Content) -> Vec<(&str, Ink)> {
    content
        .spans
        .iter()
        .map(|span| (span.text.as_str(), span.ink))
        .collect()
}

#[test]
fn text_is_text_and_its_dangers_stand_out() {
    let content = content("GET /\r\nuser=\u{202E}nimda".as_bytes(), Display::Text);
    let expected = [
        ("GET /", Ink::Plain),
        ("␍␊", Ink::Control),
        ("user=", Ink::Plain),
        ("\\u{202E}", Ink::Danger),
        ("nimda", Ink::Plain),
    ];
    assert_eq!(spans(&content), expected);
    assert_eq!((content.badge, content.total), (Some("UTF-8"), None));
}

#[test]
fn bytes_that_are_no_text_are_hexadecimal() {
    let content = content(&[1, 3, 0, 0, 0, 2, 0xC4, 0x0B], Display::Text);
    assert_eq!(spans(&content), [("01 03 00 00 00 02 C4 0B", Ink::Plain)]);
    assert_eq!(content.badge, Some("HEX"));
}

#[test]
fn both_directions_stand_side_by_side() {
    assert_eq!(content(b"hi", Display::Both).line(), "hi   68 69");
    assert_eq!(content(b"hi", Display::Hex).line(), "68 69");
}

#[test]
fn a_truncated_row_gives_the_whole_length() {
    let peer = SocketAddr::from(([127, 0, 0, 1], 9));
    let bytes = &[b'a'; 30][..];
    for (lang, whole, message) in [
        (Lang::English, Some(1_000), "30 of 1,000 bytes"),
        (Lang::Chinese, Some(1_000), "30 字节，原长 1,000"),
        (Lang::English, None, "the first 30 bytes"),
    ] {
        for body in [
            Body::Received {
                peer: peer.into(),
                bytes,
            },
            Body::Sent {
                peer: peer.into(),
                bytes,
            },
        ] {
            let arrival = crate::traffic::Arrival {
                truncated: true,
                whole,
                ..Default::default()
            };
            let (time, origin) = (0, crate::traffic::RecordOrigin::default());
            let record = Record {
                arrival,
                origin,
                ..Record::new(time, body)
            };
            assert_eq!(cut(lang, &record), message);
        }
    }
}

#[test]
fn a_row_that_was_cut_to_nothing_is_no_empty_datagram() {
    let peer = SocketAddr::from(([127, 0, 0, 1], 9));
    let cx = UiContext::for_tests();
    let record = Record {
        arrival: crate::traffic::Arrival {
            truncated: true,
            whole: Some(1_000),
            ..Default::default()
        },
        ..Record::new(
            0,
            Body::Received {
                peer: peer.into(),
                bytes: b"",
            },
        )
    };
    let read = Streamed::alone(Reading::Empty);
    let content = Content::of(&record, &read, (Display::Text, None), cx);
    assert_eq!(content.line(), "");
    assert_eq!(content.total.as_deref(), Some("0 of 1,000 bytes"));
}

#[test]
fn an_empty_datagram_says_so() {
    assert_eq!(content(b"", Display::Text).line(), "empty datagram");
}

#[test]
fn a_row_is_cut_before_it_is_built() {
    for bytes in [
        vec![b'A'; 1 << 20],
        "你好".as_bytes().repeat(20_000),
        "\u{301}".as_bytes().repeat(10_000),
        vec![0; 65_507],
        vec![0x1b; 65_507],
    ] {
        for display in [Display::Text, Display::Hex, Display::Both] {
            let content = content(&bytes, display);
            let shown = content.line().chars().count();
            assert!(shown <= CHARACTERS + 3, "{shown} characters");
            assert!(content.total.is_some());
        }
    }
}

#[test]
fn every_byte_value_is_shown_safely() {
    let all: Vec<u8> = (0..=255).collect();
    for display in [Display::Text, Display::Hex, Display::Both] {
        assert!(
            !content(&all, display)
                .line()
                .chars()
                .any(printable::deceives)
        );
    }
}
