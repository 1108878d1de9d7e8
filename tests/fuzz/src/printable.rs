//! Received bytes as text that cannot deceive its reader.

use super::texts::is_safe;
use netpeer::payload::charset::{Charset, DecodedPart};
use netpeer::payload::printable::{line, line_in, paragraph, push_paragraph, words};
use netpeer::payload::reading::{Reading, ReadingContext, recognise};
use netpeer::payload::transcoded::Transcoded;

pub fn check(bytes: &[u8]) {
    for charset in Charset::ALL {
        let shown = line_in(charset, bytes);
        is_safe(&shown);
        // The longest is `\u{10FFFF}`, and a byte may be a character.
        assert!(shown.len() <= 10 * bytes.len());
        assert_eq!(line(shown.as_bytes()), shown, "{charset:?}");
        let lines = paragraph(charset, bytes);
        is_safe(&lines.replace(['\n', '\t'], ""));
        let mut pushed = b"before".to_vec();
        push_paragraph(&mut pushed, charset, bytes);
        assert_eq!(pushed, [&b"before"[..], lines.as_bytes()].concat());
        let text = Transcoded::new(charset, bytes);
        assert_eq!(text.place(text.text().len()), bytes.len(), "{charset:?}");
    }
    is_safe(&words(&String::from_utf8_lossy(bytes)).replace(['\n', '\t'], ""));
    let mut all = Vec::new();
    for part in Charset::Utf8.decode(bytes) {
        match part {
            DecodedPart::Text(text) => all.extend_from_slice(text.as_bytes()),
            DecodedPart::Bad(bad) => all.extend_from_slice(bad),
        }
    }
    assert_eq!(all, bytes);
    recognised(bytes);
}

/// The kind of text does not depend on the number of times it is asked for, and no bytes are no
/// text.
fn recognised(bytes: &[u8]) {
    for in_stream in [false, true] {
        let context = ReadingContext {
            in_stream,
            ..ReadingContext::default()
        };
        let found = recognise(bytes, context);
        assert_eq!(found, recognise(bytes, context));
        assert_eq!(found.reading == Reading::Empty, bytes.is_empty());
    }
}
