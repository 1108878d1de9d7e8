//! Whether received bytes are text, and in which encoding.

use super::charset::{Charset, Part};

/// How the bytes of a record read best.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    Empty,
    /// UTF-8 where it is valid, but for a first or last character that a boundary cut;
    /// else GB18030 where that gives likely text.
    Text(Charset),
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
        if controls(head) * 4 > head.len() {
            return Self::Binary;
        }
        if is_utf8_but_for_its_ends(head) {
            return Self::Text(Charset::Utf8);
        }
        if is_likely_gb18030(head) {
            return Self::Text(Charset::Gb18030);
        }
        Self::Binary
    }
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
    // Stray bytes alone are no text, nor before what may as well be ASCII.
    valid && (lead == 0 || !rest.is_ascii())
}

/// Decodes but for a cut last character, has no controls, and at least half of what is
/// not ASCII stands in the rows of GB2312 (GB 2312-80) or takes four bytes: binary data
/// often decodes too, but seldom as words.
fn is_likely_gb18030(bytes: &[u8]) -> bool {
    // C programs send the NUL that ends their strings.
    let end = bytes
        .iter()
        .rposition(|byte| *byte != 0)
        .map_or(0, |last| last + 1);
    let bytes = bytes.get(..end).unwrap_or_default();
    let (mut likely, mut unlikely) = (0_usize, 0_usize);
    let mut rest = bytes;
    while let [first, behind @ ..] = rest {
        rest = match (first, behind) {
            (0x81..=0xFE, [0x30..=0x39, 0x81..=0xFE, 0x30..=0x39, after @ ..]) => {
                likely += 1;
                after
            }
            (0xA1..=0xF7, [0xA1..=0xFE, after @ ..]) => {
                likely += 1;
                after
            }
            (0x81..=0xFE, [0x40..=0x7E | 0x80..=0xFE, after @ ..]) => {
                unlikely += 1;
                after
            }
            // Cut by the end.
            (0x81..=0xFE, [] | [0x30..=0x39] | [0x30..=0x39, 0x81..=0xFE]) => &[],
            (0x20..=0x7E | b'\n' | b'\r' | b'\t' | 0x1B, after) => after,
            _ => return false,
        };
    }
    if likely == 0 || unlikely > likely {
        return false;
    }
    let parts = Charset::Gb18030.decode(bytes);
    let count = parts.len();
    parts.into_iter().enumerate().all(|(at, part)| match part {
        Part::Text(text) => !text.chars().any(super::printable::is_unassigned),
        Part::Bad(_) => at + 1 == count,
    })
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
        assert_eq!(
            Reading::of("来自服务器".as_bytes()),
            Reading::Text(Charset::Utf8)
        );
        assert_eq!(
            Reading::of(b"GET / HTTP/1.1\r\n\r\n"),
            Reading::Text(Charset::Utf8)
        );
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
            Reading::Text(Charset::Utf8)
        );
    }

    #[test]
    fn what_the_windows_assistants_send_is_gbk() {
        for text in [
            "来自服务器",
            "温度=23.5℃\r\n",
            "你好，世界！",
            "a繁體字中文",
            "💩你好",
        ] {
            let bytes = Charset::Gb18030.encode(text).unwrap();
            assert_eq!(
                Reading::of(&bytes),
                Reading::Text(Charset::Gb18030),
                "{text}"
            );
        }
        let cut = &Charset::Gb18030.encode("你好世界").unwrap()[..7];
        assert_eq!(Reading::of(cut), Reading::Text(Charset::Gb18030));
        assert_eq!(
            Reading::of(b"\xC4\xE3\xBA\xC3\0"),
            Reading::Text(Charset::Gb18030)
        );
    }

    #[test]
    fn frames_of_devices_are_binary_though_they_would_decode() {
        for bytes in [
            &[0xAA, 0x55, 0x20, 0x30, 0x40][..],
            &[0x80, 0x81],
            &[0xFF; 8],
            &[0xC4, 0x0B],
            &[0x55, 0xAA, 0x41, 0xFE, 0x41],
            &[0x82, 0x54, 0x93, 0x60, 0x99, 0x70],
        ] {
            assert_eq!(Reading::of(bytes), Reading::Binary, "{bytes:02X?}");
        }
    }

    #[test]
    fn a_character_cut_by_a_read_is_still_text() {
        let text = "你好世界，这里是文字".as_bytes();
        for from in 0..4 {
            for to in text.len() - 3..text.len() {
                assert_eq!(Reading::of(&text[from..to]), Reading::Text(Charset::Utf8));
            }
        }
    }
}
