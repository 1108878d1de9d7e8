//! Bytes to text and to parts that are no text.

use super::DecodedPart;
use encoding_rs::{DecoderResult, Encoding};
use std::borrow::Cow;

/// UTF-8; a truncated or invalid sequence is one bad part.
pub(super) fn utf8(bytes: &[u8]) -> Vec<DecodedPart<'_>> {
    let mut parts = Vec::new();
    for chunk in bytes.utf8_chunks() {
        if !chunk.valid().is_empty() {
            parts.push(DecodedPart::Text(chunk.valid().into()));
        }
        if !chunk.invalid().is_empty() {
            parts.push(DecodedPart::Bad(chunk.invalid()));
        }
    }
    parts
}

/// UTF-16 in the byte order of `unit`; lone surrogates and an odd last byte are bad parts.
pub(super) fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Vec<DecodedPart<'_>> {
    let (pairs, odd) = bytes.as_chunks::<2>();
    let mut parts = Vec::new();
    let mut text = String::new();
    let mut at = 0;
    for decoded in char::decode_utf16(pairs.iter().map(|pair| unit(*pair))) {
        match decoded {
            Ok(character) => {
                text.push(character);
                at += 2 * character.len_utf16();
            }
            // A lone surrogate.
            Err(_) => {
                push_text(&mut parts, &mut text);
                parts.extend(bytes.get(at..at + 2).map(DecodedPart::Bad));
                at += 2;
            }
        }
    }
    push_text(&mut parts, &mut text);
    if !odd.is_empty() {
        parts.push(DecodedPart::Bad(odd));
    }
    parts
}

/// The most input bytes that output space is reserved for at a time.
const STEP: usize = 4096;

/// An encoding with a table of the WHATWG Encoding Standard.
pub(super) fn by_table<'a>(table: &'static Encoding, bytes: &'a [u8]) -> Vec<DecodedPart<'a>> {
    let mut decoder = table.new_decoder_without_bom_handling();
    let (mut parts, mut text, mut at) = (Vec::new(), String::new(), 0);
    while let Some(rest) = bytes.get(at..) {
        // Reserving space for all of the rest after each malformed byte would take quadratic
        // time.
        text.reserve(rest.len().min(STEP) * 3 + 16);
        let (result, read) = decoder.decode_to_string_without_replacement(rest, &mut text, true);
        at += read;
        match result {
            DecoderResult::InputEmpty => break,
            DecoderResult::OutputFull => {}
            DecoderResult::Malformed(length, after) => {
                let end = at.saturating_sub(usize::from(after));
                let begin = end.saturating_sub(usize::from(length));
                push_text(&mut parts, &mut text);
                parts.extend(bytes.get(begin..end).map(DecodedPart::Bad));
            }
        }
    }
    push_text(&mut parts, &mut text);
    parts
}

/// Appends the text as a part, without its unused capacity, and clears it.
fn push_text(parts: &mut Vec<DecodedPart<'_>>, text: &mut String) {
    if !text.is_empty() {
        parts.push(DecodedPart::Text(Cow::Owned(text.as_str().to_owned())));
        text.clear();
    }
}
