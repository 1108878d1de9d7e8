//! Tests of JSON texts that are changed.

use super::document::{Document, JsonText, steps_of};
use crate::payload::EncodeProblem;

#[test]
fn a_text_keeps_its_white_space() {
    for text in [
        " { \"a\" : 1,\n\"b\": [ ], \"c\":{ } } \n",
        "[1, [2,3 ], {\"x\": null}]",
        " \"text\\u0020\"",
    ] {
        let JsonText {
            before,
            value,
            after,
        } = JsonText::read(text.as_bytes());
        let all = [before, value.text(), after].concat();
        assert_eq!(String::from_utf8(all).unwrap(), text);
    }
}

#[test]
fn values_are_set_and_taken_away_by_their_pointers() {
    let mut document = JsonText::read(b"{\n  \"a\": 1,\n  \"b\": 2\n}").value;
    let two = Document::Raw(b"2".to_vec());
    document.remove(&steps_of("/b"));
    assert_eq!(document.text(), b"{\n  \"a\": 1\n}");
    document
        .insert(&steps_of("/c/0/d~1e"), two.clone())
        .unwrap();
    let expected = b"{\n  \"a\": 1,\n  \"c\": [{\"d/e\":2}]\n}";
    assert_eq!(document.text(), expected);
    document.insert(&steps_of("/c/2"), two.clone()).unwrap();
    let expected = b"{\n  \"a\": 1,\n  \"c\": [{\"d/e\":2},null,2]\n}";
    assert_eq!(document.text(), expected);
    let in_the_way = document.insert(&steps_of("/a/x"), two.clone());
    assert_eq!(in_the_way, Err(EncodeProblem::Kind));
    let too_far = document.insert(&steps_of("/c/90000"), two);
    assert_eq!(too_far, Err(EncodeProblem::TooMuch));
}
