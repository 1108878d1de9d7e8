//! Converts full-width digits, letters and signs, as pasted from Chinese documents, to ASCII.

use std::borrow::Cow;

/// `text` without the white space around it. Full-width forms (U+FF01–U+FF5E), the ideographic
/// full stop, comma and space, and the no-break space become ASCII. Borrowed if no character
/// changed.
///
/// ```
/// # use netpeer::payload::width::to_ascii;
/// assert_eq!(to_ascii(" １９２。168．０．１："), "192.168.0.1:");
/// ```
pub fn to_ascii(text: &str) -> Cow<'_, str> {
    let trimmed = text.trim();
    if trimmed.chars().all(|c| narrow(c) == c) {
        return Cow::Borrowed(trimmed);
    }
    Cow::Owned(
        trimmed
            .chars()
            .map(narrow)
            .collect::<String>()
            .trim()
            .to_owned(),
    )
}

/// The ASCII form of a full-width character, of ideographic punctuation or of a no-break space;
/// any other character as it is.
pub fn narrow(c: char) -> char {
    match c {
        '！'..='～' => char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c),
        '。' => '.',
        '、' => ',',
        '\u{3000}' | '\u{A0}' => ' ',
        _ => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn full_width_becomes_ascii() {
        assert_eq!(to_ascii("８０８０"), "8080");
        assert_eq!(to_ascii("［ｆｅ８０：：１％ｅｔｈ０］"), "[fe80::1%eth0]");
        assert_eq!(to_ascii("\u{3000}127。0。0。1 "), "127.0.0.1");
    }

    #[test]
    fn other_text_is_left_alone() {
        assert!(matches!(to_ascii("例子.测试"), Cow::Borrowed("例子.测试")));
    }
}
