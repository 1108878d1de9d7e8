//! Places in a JSON text (RFC 8259). All but [`length`] are for a text that is known to be right.

use crate::payload::json;
use serde::de::IgnoredAny;
use serde_json::Deserializer;
use std::borrow::Cow;
use std::ops::Range;

/// The length of the value at the beginning of a text, with the white space around it.
///
/// # Errors
/// The number of the byte, counted from 1, up to which the text could be JSON.
pub(in crate::schema) fn length(text: &[u8]) -> Result<usize, usize> {
    let mut values = Deserializer::from_slice(text).into_iter::<IgnoredAny>();
    match values.next() {
        Some(Ok(_)) => Ok(skip_space(text, values.byte_offset())),
        Some(Err(error)) if !error.is_eof() => {
            let mut breaks = memchr::memchr_iter(b'\n', text);
            let line = match error.line() {
                0 | 1 => 0,
                line => breaks.nth(line - 2).map_or(0, |end| end + 1),
            };
            Err(line + error.column())
        }
        // What is missing stands behind it.
        Some(Err(_)) | None => Err(text.len() + 1),
    }
}

/// The place of the next byte that is no white space.
pub(in crate::schema) fn skip_space(text: &[u8], at: usize) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    let is_space = |byte: &&u8| matches!(byte, b' ' | b'\t' | b'\r' | b'\n');
    at + rest.iter().take_while(is_space).count()
}

/// The place of the quotation mark that ends a string whose content begins at `from`.
pub(in crate::schema) fn closing_quote(text: &[u8], from: usize) -> Option<usize> {
    let mut bytes = text.iter().enumerate().skip(from);
    while let Some((at, byte)) = bytes.next() {
        match byte {
            b'"' => return Some(at),
            b'\\' => {
                bytes.next();
            }
            _ => {}
        }
    }
    None
}

/// Where the value that begins at `at` ends.
pub(in crate::schema) fn end_of(text: &[u8], at: usize) -> usize {
    let (mut end, mut depth) = (at, 0_usize);
    while let Some(byte) = text.get(end) {
        end += 1;
        match byte {
            b'"' => end = closing_quote(text, end).map_or(text.len(), |quote| quote + 1),
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth = depth.saturating_sub(1),
            _ if depth == 0 => {
                let rest = text.get(end..).unwrap_or_default();
                let is_in = |byte: &&u8| byte.is_ascii_alphanumeric() || b"+-.".contains(byte);
                return end + rest.iter().take_while(is_in).count();
            }
            _ => {}
        }
        if depth == 0 {
            break;
        }
    }
    end
}

/// Whether the list or object that begins at `at` has nothing in it.
pub(in crate::schema) fn is_empty(text: &[u8], at: usize) -> bool {
    let inner = skip_space(text, at + 1);
    matches!(text.get(inner), Some(b']' | b'}'))
}

/// The values of a list, or the value itself if it is none.
pub(in crate::schema) fn elements(text: &[u8], at: usize) -> impl Iterator<Item = Range<usize>> {
    let is_list = text.get(at) == Some(&b'[');
    let first = match is_list {
        true => skip_space(text, at + 1),
        false => at,
    };
    let mut next = Some(first).filter(|first| text.get(*first) != Some(&b']'));
    std::iter::from_fn(move || {
        let begin = next.take()?;
        let end = end_of(text, begin);
        let comma = skip_space(text, end);
        let goes_on = is_list && text.get(comma) == Some(&b',');
        next = goes_on.then(|| skip_space(text, comma + 1));
        Some(begin..end)
    })
}

/// The text of a string in its quotation marks.
pub(in crate::schema) fn string(quoted: &[u8]) -> Cow<'_, str> {
    if let Some(text) = unescaped(quoted) {
        return text.into();
    }
    let inner = match quoted {
        [b'"', inner @ .., b'"'] => inner,
        other => other,
    };
    match std::str::from_utf8(inner) {
        Ok(text) => text.into(),
        Err(_) => json::text(inner).into(),
    }
}

/// The text of a string in its quotation marks, if it has escapes that are characters.
pub(in crate::schema) fn unescaped(quoted: &[u8]) -> Option<String> {
    memchr::memchr(b'\\', quoted)?;
    serde_json::from_slice(quoted).ok()
}
