//! Whether received bytes are text, and the little of them that one log row shows.

/// How the bytes of a record read best.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    Empty,
    /// Valid UTF-8, or UTF-8 whose first or last character a boundary cut.
    Utf8,
    /// Neither: shown as hexadecimal.
    Binary,
}

/// Bytes looked at to decide, and at most shown by a row.
pub const LOOKED_AT: usize = 2048;

impl Reading {
    /// Judges by the first [`LOOKED_AT`] bytes.
    pub fn of(bytes: &[u8]) -> Self {
        let head = bytes.get(..LOOKED_AT).unwrap_or(bytes);
        if head.is_empty() {
            return Self::Empty;
        }
        if !is_utf8_but_for_its_ends(head) || controls(head) * 4 > head.len() {
            return Self::Binary;
        }
        Self::Utf8
    }
}

/// The beginning of `bytes`, at most `limit` long, not cutting a UTF-8 character.
pub fn head(bytes: &[u8], limit: usize) -> &[u8] {
    let Some(cut) = bytes.get(..limit) else {
        return bytes;
    };
    let continuation = |byte: &u8| byte & 0xC0 == 0x80;
    if !bytes.get(limit).is_some_and(continuation) {
        return cut;
    }
    // At most three bytes of the cut character stand before the limit.
    let back = cut
        .iter()
        .rev()
        .take(3)
        .take_while(|byte| continuation(byte))
        .count()
        + 1;
    cut.get(..limit.saturating_sub(back))
        .filter(|shorter| !shorter.is_empty())
        .unwrap_or(cut)
}

/// A read boundary may cut a character: up to three continuation bytes may lead, and
/// an unfinished character may end it.
fn is_utf8_but_for_its_ends(bytes: &[u8]) -> bool {
    let lead = bytes
        .iter()
        .take(3)
        .take_while(|&&byte| byte & 0xC0 == 0x80)
        .count();
    let rest = bytes.get(lead..).unwrap_or_default();
    let unfinished = |error: std::str::Utf8Error| error.error_len().is_none();
    let valid = std::str::from_utf8(rest).map_or_else(unfinished, |_| true);
    // Three stray bytes alone are no text.
    valid && (lead == 0 || rest.len() > lead)
}

/// Control characters other than the white space of text.
fn controls(bytes: &[u8]) -> usize {
    bytes
        .iter()
        .filter(|&&byte| byte < 0x20 && !matches!(byte, b'\n' | b'\r' | b'\t' | 0x1B))
        .count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_text() {
        assert_eq!(Reading::of("来自服务器".as_bytes()), Reading::Utf8);
        assert_eq!(Reading::of(b"GET / HTTP/1.1\r\n\r\n"), Reading::Utf8);
        assert_eq!(Reading::of(b""), Reading::Empty);
    }

    #[test]
    fn a_modbus_frame_is_binary() {
        assert_eq!(
            Reading::of(&[1, 3, 0, 0, 0, 2, 0xC4, 0x0B]),
            Reading::Binary
        );
        assert_eq!(Reading::of(&[0; 16]), Reading::Binary);
        assert_eq!(
            Reading::of("来自".as_bytes().get(..4).unwrap()),
            Reading::Utf8
        );
    }

    #[test]
    fn gbk_is_not_mistaken_for_utf8() {
        assert_eq!(
            Reading::of(&[0xC0, 0xB4, 0xD7, 0xD4, 0xB7, 0xFE]),
            Reading::Binary
        );
        assert_eq!(Reading::of(&[0x80, 0x81]), Reading::Binary);
    }

    #[test]
    fn a_character_cut_by_a_read_is_still_text() {
        let text = "你好世界，这里是文字".as_bytes();
        for from in 0..4 {
            for to in text.len() - 3..text.len() {
                assert_eq!(Reading::of(&text[from..to]), Reading::Utf8);
            }
        }
    }

    #[test]
    fn a_head_never_cuts_a_character() {
        assert_eq!(head("你好".as_bytes(), 5), "你".as_bytes());
        assert_eq!(head("你好".as_bytes(), 4), "你".as_bytes());
        assert_eq!(head("你好".as_bytes(), 3), "你".as_bytes());
        assert_eq!(head("你好".as_bytes(), 9), "你好".as_bytes());
        assert_eq!(head(b"abc", 2), b"ab");
        assert_eq!(head(&[0x80; 9], 5).len(), 1);
    }
}
