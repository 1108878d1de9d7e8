//! Hexadecimal and escapes: bytes ⇄ text.

use netpeer::payload::charset::Charset;
use netpeer::payload::escape::{escape, unescape};
use netpeer::payload::hex::{self, MaskedByte};
use netpeer::payload::quote::Quote;

pub fn check(bytes: &[u8]) {
    written_and_read(bytes);
    let text = String::from_utf8_lossy(bytes);
    let characters = text.chars().count();
    match hex::parse(&text) {
        Ok(read) => {
            assert!(read.len() <= text.len());
            let exact: Vec<_> = read.iter().copied().map(MaskedByte::exact).collect();
            assert_eq!(hex::parse_masked(&text), Ok(exact));
        }
        Err(mistake) => assert!(mistake.at <= characters, "{mistake:?}"),
    }
    match hex::parse_masked(&text) {
        Ok(read) => {
            let mut shown = String::new();
            read.iter().for_each(|byte| byte.push_to(&mut shown));
            assert_eq!(hex::parse_masked(&shown), Ok(read), "{shown}");
        }
        Err(mistake) => assert!(mistake.at <= characters, "{mistake:?}"),
    }
    for charset in Charset::ALL {
        match unescape(&text, charset) {
            Ok(read) => assert!(read.len() <= 4 * text.len()),
            Err(mistake) => assert!(mistake.at <= characters, "{mistake:?}"),
        }
    }
}

fn written_and_read(bytes: &[u8]) {
    let read = Ok(bytes.to_vec());
    assert_eq!(hex::parse(&hex::format(bytes)), read);
    assert_eq!(unescape(&escape(bytes), Charset::Utf8), read);
    let quoted = Quote::Rust.of(bytes);
    let inside = quoted.strip_prefix("b\"");
    let inside = inside.and_then(|inside| inside.strip_suffix('"'));
    let inside = inside.expect("quotation marks");
    assert_eq!(unescape(inside, Charset::Utf8), read);
}
