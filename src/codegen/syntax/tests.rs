//! Literals of every language.

use super::*;
use crate::payload::printable;
use proptest::prelude::*;

/// What stands between quotation marks, one after the other, or between apostrophes in a shell;
/// and everything else.
fn parted(literal: &str, mark: char) -> (String, String) {
    let (mut inside, mut outside) = (String::new(), String::new());
    let (mut is_inside, mut escaped) = (false, false);
    for c in literal.chars() {
        match c {
            _ if is_inside && escaped => {
                inside.push(c);
                escaped = false;
            }
            '\\' if is_inside => {
                inside.push(c);
                escaped = true;
            }
            _ if c == mark => is_inside = !is_inside,
            _ if is_inside => inside.push(c),
            _ => outside.push(c),
        }
    }
    assert!(!is_inside && !escaped, "{literal}");
    (inside, outside)
}

fn mark(language: PeerLanguage) -> char {
    match language.is_shell() {
        true => '\'',
        false => '"',
    }
}

#[test]
fn a_quotation_mark_and_a_backslash_stay_inside() {
    let text = |language: PeerLanguage| (of(language).text)("a\"\\'\n\u{202E}");
    let expected = [
        (PeerLanguage::Python, r#""a\"\\'\u000a\u202e""#),
        (PeerLanguage::C, r#""a\042\134'\012\342\200\256""#),
        (PeerLanguage::CSharp, r#""a\"\\'\u000a\u202e""#),
        (PeerLanguage::Java, r#""a\"\\'\012\u202e""#),
        (PeerLanguage::Go, r#""a\"\\'\u000a\u202e""#),
        (PeerLanguage::Rust, r#""a\"\\'\u{a}\u{202e}""#),
        (PeerLanguage::Node, r#""a\"\\'\u000a\u202e""#),
        (PeerLanguage::Nc, r"'a\042\134\047\012\342\200\256'"),
    ];
    for (language, literal) in expected {
        assert_eq!(text(language), literal, "{language:?}");
    }
}

#[test]
fn an_encoding_that_a_library_lacks_is_written_as_bytes() {
    let sample = PeerSample::of(b"\xC4\xE3".to_vec(), Charset::Gb18030);
    let entry = |language: PeerLanguage| (of(language).sample)(&sample, Charset::Gb18030);
    assert_eq!(entry(PeerLanguage::Python), "\"你\".encode(ENCODING),");
    assert_eq!(entry(PeerLanguage::Java), "\"你\".getBytes(ENCODING)");
    assert_eq!(entry(PeerLanguage::Go), r#"[]byte("\xc4\xe3"),"#);
    assert_eq!(entry(PeerLanguage::C), r#"{"\304\343", 2},"#);
    assert_eq!(entry(PeerLanguage::Node), "Buffer.from(\"c4e3\", \"hex\"),");
}

proptest! {
    #[test]
    fn no_text_leaves_its_literal(text: String) {
        for language in PeerLanguage::ALL {
            let literal = (of(language).text)(&text);
            let (inside, outside) = parted(&literal, mark(language));
            prop_assert_eq!(outside, "", "{:?}", language);
            prop_assert!(!inside.chars().any(printable::deceives), "{:?}", language);
        }
    }

    #[test]
    fn no_bytes_leave_their_literal(bytes: Vec<u8>) {
        for language in PeerLanguage::ALL {
            let literal = (of(language).bytes)(&bytes);
            let (inside, outside) = parted(&literal, mark(language));
            // What stands around a literal does not depend on the bytes, apart from numbers.
            let empty = (of(language).bytes)(&[]);
            let (_, around) = parted(&empty, mark(language));
            if language != PeerLanguage::CSharp {
                prop_assert_eq!(outside, around, "{:?}", language);
            }
            prop_assert!(inside.is_ascii() && !inside.chars().any(char::is_control));
        }
    }

    #[test]
    fn no_sample_brings_a_line_of_its_own(bytes: Vec<u8>) {
        for charset in Charset::ALL {
            let sample = PeerSample::of(bytes.clone(), charset);
            for language in PeerLanguage::ALL {
                let entry = (of(language).sample)(&sample, charset);
                prop_assert!(!entry.contains('\n') && !entry.contains('\r'), "{:?}", language);
            }
        }
    }
}
