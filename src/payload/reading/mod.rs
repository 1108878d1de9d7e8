//! Recognises whether received bytes are text, and in which encoding.

mod letters;
mod shape;

use super::charset::Charset;
use shape::{Gbk, Utf8};

/// The most plausible reading of a record's bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    Empty,
    /// Text in UTF-8 or GB18030. If both are possible, it is the encoding that the sender used
    /// before, otherwise the one that gives words. Pure ASCII is UTF-8.
    Text(Charset),
    /// Not text: shown as hexadecimal.
    Binary,
}

/// Bytes that the decision is based on, and the most that a row shows.
pub const LOOKED_AT: usize = 2048;
/// Bytes of whole characters required for each stray byte in text.
const MOSTLY: usize = 3;

/// Facts known besides the bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ReadingContext {
    /// The encoding that the sender certainly used before.
    pub known: Option<Charset>,
    /// The bytes are a read of a stream, which may begin and end inside a character.
    pub in_stream: bool,
    /// Chinese is likelier if nothing else decides.
    pub prefers_chinese: bool,
}

/// A reading, and whether the bytes alone decide it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Recognised {
    pub reading: Reading,
    pub sure: bool,
}

impl Reading {
    /// The reading of bytes without a context.
    pub fn of(bytes: &[u8]) -> Self {
        Self::with(bytes, ReadingContext::default())
    }

    pub fn with(bytes: &[u8], context: ReadingContext) -> Self {
        recognise(bytes, context).reading
    }
}

/// Whether the bytes may contain GBK text: they read as GBK, or are not UTF-8.
pub fn may_hold_gbk(bytes: &[u8]) -> bool {
    Reading::of(bytes) == Reading::Text(Charset::Gb18030) || std::str::from_utf8(bytes).is_err()
}

/// Decides by the first [`LOOKED_AT`] bytes.
pub fn recognise(bytes: &[u8], context: ReadingContext) -> Recognised {
    let recognised = |reading, sure| Recognised { reading, sure };
    let [utf8, gbk] = [Charset::Utf8, Charset::Gb18030].map(Reading::Text);
    let head = bytes.get(..LOOKED_AT).unwrap_or(bytes);
    let goes_on = head.len() < bytes.len();
    if head.is_empty() {
        return recognised(Reading::Empty, true);
    }
    // C programs send the NUL that ends their strings.
    let head = match head {
        [text @ .., 0] if !head.is_ascii() => text,
        _ => head,
    };
    if controls(head) * 4 > head.len() {
        return recognised(Reading::Binary, true);
    }
    if head.is_ascii() {
        // The bytes after the head may be in the sender's encoding.
        let known = context.known.filter(|_| !bytes.is_ascii());
        let charset = known.unwrap_or_default();
        return recognised(Reading::Text(charset), false);
    }
    let mut u = Utf8::of(head);
    let mut g = Gbk::of(without_nuls(head));
    if goes_on {
        // A character truncated by this limit alone is whole in the data.
        u.cut = 0;
        g.iter_mut().for_each(|g| g.cut = 0);
    }
    if context.in_stream
        && let Some(recognised) = in_stream(u, g, context.known)
    {
        return recognised;
    }
    let (known_utf8, known_gbk) = match context.known {
        Some(Charset::Gb18030) => (false, true),
        Some(Charset::Utf8) => (true, false),
        _ => (false, false),
    };
    let inside = context.in_stream && (u.wide > 0 || known_utf8);
    let u_cut = u.is_valid() && (u.lead == 0 || inside);
    let gb2312 = g.filter(|g| g.is_gb2312());
    let g_whole = gb2312.is_some_and(|g| g.cut == 0);
    let g_cut = gb2312.is_some_and(|g| g.cut > 0);
    let words = || {
        let text = String::from_utf8_lossy(head);
        u.wide > 0 || letters::could_be_words(&text, context.prefers_chinese)
    };
    // Both encodings are possible.
    if u.is_whole() && g_whole || !u.is_whole() && u_cut && g_cut {
        return match (known_utf8, known_gbk) {
            (true, _) => recognised(utf8, false),
            (_, true) if u.wide > 0 => recognised(utf8, true),
            (_, true) => recognised(gbk, false),
            _ => recognised(if words() { utf8 } else { gbk }, false),
        };
    }
    let whole_gbk = g.is_some_and(|g| g.cut == 0);
    if u.is_whole() && known_gbk && u.wide == 0 && whole_gbk && !words() {
        return recognised(gbk, false);
    }
    if u.is_whole() || known_utf8 && u_cut && u.wide > 0 {
        return recognised(utf8, true);
    }
    if g_whole {
        return recognised(gbk, true);
    }
    if u_cut {
        return recognised(utf8, true);
    }
    // Text with an incomplete character, as `recv(10)` truncates it.
    let stray = u.bad + u.lead + u.cut;
    let mostly = u.wide > 0 && (u.bad == 0 || u.multi >= MOSTLY * stray);
    let likely = g.is_some_and(Gbk::is_likely);
    if mostly && !(known_gbk && likely) {
        return recognised(utf8, true);
    }
    recognised(if likely { gbk } else { Reading::Binary }, true)
}

/// The reading of one read of a stream whose bytes are characters of GB 2312-80, the last one
/// perhaps incomplete. `None` if it is read like a datagram. Reads differ because the next one
/// continues where this one ends.
fn in_stream(u: Utf8, g: Option<Gbk>, known: Option<Charset>) -> Option<Recognised> {
    let gb2312 = g.filter(|g| g.is_gb2312())?;
    let text = |charset, sure| Recognised {
        reading: Reading::Text(charset),
        sure,
    };
    let [utf8, gbk] = [Charset::Utf8, Charset::Gb18030];
    if known == Some(gbk) {
        // A few bytes of GBK are sometimes valid UTF-8; more than one wide character is not.
        let stays = u.is_valid() && (u.wide == 1 || !u.is_whole());
        return stays.then(|| text(gbk, false));
    }
    // A pair of GB 2312-80, or the first two bytes of three: the next read decides.
    if u.bad == 0 && u.lead == 0 && u.multi == 0 && u.cut > 1 {
        return Some(Recognised {
            reading: Reading::Binary,
            sure: false,
        });
    }
    if known == Some(utf8) {
        return (u.is_valid() && !u.is_whole()).then(|| text(utf8, true));
    }
    // The first read of a stream never begins inside a character.
    if !u.is_valid() || u.lead > 0 {
        return Some(text(gbk, !u.is_valid() || gb2312.cut == 0));
    }
    // GBK text hardly ever looks like wide UTF-8 characters and the beginning of another one.
    (u.cut > 0 && u.wide > 0).then(|| text(utf8, false))
}

fn without_nuls(bytes: &[u8]) -> &[u8] {
    let last = bytes.iter().rposition(|byte| *byte != 0);
    let end = last.map_or(0, |last| last + 1);
    bytes.get(..end).unwrap_or_default()
}

/// The number of control characters, without white space and ESC.
fn controls(bytes: &[u8]) -> usize {
    let is_control = |byte: &u8| *byte < 0x20 && !matches!(*byte, b'\n' | b'\r' | b'\t' | 0x1B);
    // Counts in `u8`, so that the compiler adds many at once.
    let count = |part: &[u8]| -> u8 { part.iter().map(|byte| u8::from(is_control(byte))).sum() };
    let parts = bytes.chunks(u8::MAX.into());
    parts.map(|part| usize::from(count(part))).sum()
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
        // A truncated character is not text without a whole one.
        assert_eq!(Reading::of(b"caf\xC3"), Reading::Binary);
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
    fn short_words_are_words() {
        for word in ["好", "的", "大", "打开", "关闭", "保存", "不好"] {
            let bytes = Charset::Gb18030.encode(word).unwrap();
            for prefers_chinese in [true, false] {
                let context = ReadingContext {
                    prefers_chinese,
                    ..ReadingContext::default()
                };
                let reading = Reading::with(&bytes, context);
                assert_eq!(reading, Reading::Text(Charset::Gb18030), "{word}");
            }
        }
        for word in ["она", "και", "été", "Zürich"] {
            assert_eq!(Reading::of(word.as_bytes()), Reading::Text(Charset::Utf8));
        }
    }

    #[test]
    fn one_letter_of_latin_1_is_never_gbk() {
        for letter in "äöüñçéàß".chars() {
            for (before, after) in [("", ""), ("", "\n"), ("gr", "n"), ("caf", " au lait")] {
                let text = format!("{before}{letter}{after}");
                let utf8 = Reading::of(text.as_bytes());
                assert_eq!(utf8, Reading::Text(Charset::Utf8), "{text:?}");
                let latin = Charset::Latin1.encode(&text).unwrap();
                assert_eq!(Reading::of(&latin), Reading::Binary, "{text:?}");
            }
        }
    }

    #[test]
    fn a_known_peer_decides_where_both_are_possible() {
        let (both, other) = ("она".as_bytes(), "привет".as_bytes());
        let gbk = ReadingContext {
            known: Some(Charset::Gb18030),
            ..ReadingContext::default()
        };
        let read = |bytes| recognise(bytes, gbk);
        let reading = |charset, sure| Recognised {
            reading: Reading::Text(charset),
            sure,
        };
        assert_eq!(read(both), reading(Charset::Gb18030, false));
        assert_eq!(read(other), reading(Charset::Utf8, true));
    }

    #[test]
    fn ascii_reads_the_same_whoever_sent_it() {
        let gbk = ReadingContext {
            known: Some(Charset::Gb18030),
            ..ReadingContext::default()
        };
        let ascii = vec![b'a'; LOOKED_AT];
        assert_eq!(Reading::with(&ascii, gbk), Reading::of(&ascii));
        // The bytes after the head may be in the sender's encoding.
        let more = [&ascii[..], b"\xC4\xE3"].concat();
        assert_eq!(Reading::with(&more, gbk), Reading::Text(Charset::Gb18030));
    }

    #[test]
    fn mostly_text_is_text_with_its_stray_bytes() {
        let cut = "你好世界".as_bytes().get(..10).unwrap();
        assert_eq!(Reading::of(cut), Reading::Text(Charset::Utf8));
        let line = [cut, b"\n"].concat();
        assert_eq!(Reading::of(&line), Reading::Text(Charset::Utf8));
    }

    #[test]
    fn a_read_that_ends_inside_a_character_of_utf8_is_not_gbk() {
        let read = |known, bytes: &[u8]| {
            let context = ReadingContext {
                known,
                in_stream: true,
                ..ReadingContext::default()
            };
            recognise(bytes, context).reading
        };
        let [utf8, gbk] = [Charset::Utf8, Charset::Gb18030];
        // In GB 2312-80 E5 AD is 瀛, and E5 A5 BD E4 is 濂戒.
        for (text, cut) in [("学习", 4), ("学习", 5), ("好不", 4)] {
            let bytes = text.as_bytes().get(..cut).unwrap();
            assert_eq!(read(None, bytes), Reading::Text(utf8), "{text} {cut}");
            assert_eq!(read(Some(utf8), bytes), Reading::Text(utf8), "{text} {cut}");
        }
        for known in [None, Some(utf8)] {
            assert_eq!(read(known, b"\xE5\xAD"), Reading::Binary);
        }
        assert_eq!(read(Some(gbk), b"\xE5\xAD"), Reading::Text(gbk));
    }

    #[test]
    fn a_few_bytes_of_gbk_that_are_utf8_too_stay_gbk_in_a_stream() {
        let context = |known| ReadingContext {
            known,
            in_stream: true,
            ..ReadingContext::default()
        };
        let gbk = Charset::Gb18030;
        // 间。 and the first byte of 再; 会话 and that of 明.
        let known = Reading::with(b"\xBC\xE4\xA1\xA3\xD4", context(Some(gbk)));
        let cold = Reading::with(b"\xBB\xE1\xBB\xB0\xC3", context(None));
        assert_eq!([known, cold], [Reading::Text(gbk); 2]);
        let other = Reading::with("好好好".as_bytes(), context(Some(gbk)));
        assert_eq!(other, Reading::Text(Charset::Utf8));
    }

    #[test]
    fn a_character_cut_by_a_read_is_still_text() {
        let text = "你好世界，这里是文字".as_bytes();
        for from in 0..4 {
            for to in text.len() - 3..text.len() {
                let context = ReadingContext {
                    in_stream: true,
                    ..ReadingContext::default()
                };
                let reading = Reading::with(&text[from..to], context);
                assert_eq!(reading, Reading::Text(Charset::Utf8));
            }
        }
    }
}
