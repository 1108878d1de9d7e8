//! Received bytes as text that is safe to show and to copy.
//!
//! Text from the network can contain characters that draw nothing, reorder their neighbours or
//! move a terminal's cursor. [`pieces`] splits a text into parts to show as they are and
//! [`PrintableRun::Mark`]s that stand for the rest: `␊`, `\u{202E}`, `\xFF`. A mark replaces
//! characters of the Unicode general categories Cc, Cf, Co, Cn, Zl and Zp, the default
//! ignorable characters of other categories, and all but [`MARKS_PER_BASE`] combining marks on
//! one base.

use super::charset::{Charset, DecodedPart};
use super::runs;
use std::borrow::Cow;
use std::path::Path;
use unicode_properties::{GeneralCategory, UnicodeGeneralCategory as _};

/// Combining marks shown on one base character; further ones become a [`PrintableRun::Mark`].
pub const MARKS_PER_BASE: usize = 8;

/// A run of text to show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PrintableRun<'a> {
    /// Text shown as it came.
    Plain(Cow<'a, str>),
    /// Stands for something that is invisible or deceptive.
    Mark(String),
}

impl PrintableRun<'_> {
    fn into_owned(self) -> PrintableRun<'static> {
        match self {
            Self::Plain(text) => PrintableRun::Plain(text.into_owned().into()),
            Self::Mark(mark) => PrintableRun::Mark(mark),
        }
    }

    pub fn text(&self) -> &str {
        match self {
            Self::Plain(text) => text,
            Self::Mark(text) => text,
        }
    }
}

/// `bytes` as pieces, in order: text where they are valid UTF-8, `\xHH` where they are not.
pub fn pieces(bytes: &[u8]) -> Vec<PrintableRun<'_>> {
    pieces_of(Charset::Utf8.decode(bytes))
}

/// Decoded parts as pieces, in order; undecodable bytes become `\xHH`.
pub fn pieces_of(parts: Vec<DecodedPart<'_>>) -> Vec<PrintableRun<'_>> {
    let mut pieces = Vec::new();
    for part in parts {
        match part {
            DecodedPart::Text(Cow::Borrowed(text)) => push_text(&mut pieces, text),
            DecodedPart::Text(Cow::Owned(text)) => {
                let mut own = Vec::new();
                push_text(&mut own, &text);
                for piece in own {
                    pieces.push(piece.into_owned());
                }
            }
            DecodedPart::Bad(bytes) => {
                for &byte in bytes {
                    let mut mark = String::from("\\x");
                    super::hex::push_byte(&mut mark, byte);
                    pieces.push(PrintableRun::Mark(mark));
                }
            }
        }
    }
    pieces
}

/// `bytes` as one line of safe text.
///
/// ```
/// # use netpeer::payload::printable::line;
/// assert_eq!(line("ok\r\n\u{202E}nimda".as_bytes()), "ok␍␊\\u{202E}nimda");
/// ```
pub fn line(bytes: &[u8]) -> String {
    line_in(Charset::Utf8, bytes)
}

/// Bytes in this encoding as one line of safe text.
pub fn line_in(charset: Charset, bytes: &[u8]) -> String {
    let pieces = pieces_of(charset.decode(bytes));
    pieces.iter().map(PrintableRun::text).collect()
}

/// `bytes` as safe text that keeps its line breaks and tabs, for copying.
pub fn paragraph(charset: Charset, bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for piece in pieces_of(charset.decode(bytes)) {
        match &piece {
            PrintableRun::Mark(mark) if mark == "␊" => text.push('\n'),
            PrintableRun::Mark(mark) if mark == "␉" => text.push('\t'),
            other => text.push_str(other.text()),
        }
    }
    // Outside the log, CR LF is a line break like any other.
    text.replace("␍\n", "\n")
}

/// Appends the text that [`paragraph`] returns.
pub fn push_paragraph(out: &mut Vec<u8>, charset: Charset, bytes: &[u8]) {
    let start = out.len();
    if !(charset.holds_ascii() && push_ascii(out, bytes)) {
        out.truncate(start);
        out.extend_from_slice(paragraph(charset, bytes).as_bytes());
    }
}

/// Appends printable ASCII, tabs and line breaks, which most payloads consist of; `false` if
/// the bytes hold anything else.
fn push_ascii(out: &mut Vec<u8>, bytes: &[u8]) -> bool {
    let mut rest = bytes;
    loop {
        let plain = runs::leading(rest, |byte| {
            (byte.wrapping_sub(b' ') < 0x5F) | (byte == b'\n') | (byte == b'\t')
        });
        let (run, after) = rest.split_at_checked(plain).unwrap_or((rest, &[]));
        out.extend_from_slice(run);
        match after {
            [] => return true,
            [b'\r', line @ ..] if line.starts_with(b"\n") => rest = line,
            _ => return false,
        }
    }
}

/// Reads a name as one line of safe text, for serde's `deserialize_with`: it is safe wherever
/// it is shown.
///
/// # Errors
/// If the value is not text.
pub fn name<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let name = <String as serde::Deserialize>::deserialize(deserializer)?;
    Ok(line(name.as_bytes()))
}

/// A path as one line of safe text; bytes that are not UTF-8 become `\xHH`.
pub fn path(path: &Path) -> String {
    line(path.as_os_str().as_encoded_bytes())
}

/// Text for a terminal, which may contain names chosen by others, as safe text that keeps its
/// line breaks and tabs.
pub fn words(text: &str) -> Cow<'_, str> {
    let is_safe = |c: char| matches!(c, '\n' | '\t') || !deceives(c);
    match text.chars().all(is_safe) {
        true => text.into(),
        false => paragraph(Charset::Utf8, text.as_bytes()).into(),
    }
}

fn push_text<'a>(pieces: &mut Vec<PrintableRun<'a>>, text: &'a str) {
    let mut plain_from = 0;
    let mut is_unsafe = unsafe_characters();
    for (at, c) in text.char_indices() {
        if !is_unsafe(c) {
            continue;
        }
        push_plain(pieces, text.get(plain_from..at));
        pieces.push(PrintableRun::Mark(mark(c)));
        plain_from = at + c.len_utf8();
    }
    push_plain(pieces, text.get(plain_from..));
}

/// A function that takes the characters of a text in order, and says which must be written out.
pub fn unsafe_characters() -> impl FnMut(char) -> bool {
    let mut marks_in_a_row = 0;
    move |c| {
        marks_in_a_row = if is_combining(c) {
            marks_in_a_row + 1
        } else {
            0
        };
        deceives(c) || marks_in_a_row > MARKS_PER_BASE
    }
}

fn push_plain<'a>(pieces: &mut Vec<PrintableRun<'a>>, text: Option<&'a str>) {
    if let Some(text) = text.filter(|text| !text.is_empty()) {
        pieces.push(PrintableRun::Plain(text.into()));
    }
}

/// The text that stands for a character that must not be shown.
fn mark(c: char) -> String {
    match u32::from(c) {
        // The control pictures have the order of the controls.
        code @ 0..=0x1F => char::from_u32(0x2400 + code).unwrap_or(c).to_string(),
        0x7F => '␡'.to_string(),
        code => format!("\\u{{{code:X}}}"),
    }
}

/// The standard name of the control character that a picture stands for: `LF` for `␊`.
pub fn control_name(picture: char) -> Option<&'static str> {
    const NAMES: [&str; 32] = [
        "NUL", "SOH", "STX", "ETX", "EOT", "ENQ", "ACK", "BEL", "BS", "HT", "LF", "VT", "FF", "CR",
        "SO", "SI", "DLE", "DC1", "DC2", "DC3", "DC4", "NAK", "SYN", "ETB", "CAN", "EM", "SUB",
        "ESC", "FS", "GS", "RS", "US",
    ];
    match picture {
        '␡' => Some("DEL"),
        picture => NAMES
            .get(u32::from(picture).checked_sub(0x2400)? as usize)
            .copied(),
    }
}

/// Whether the code point is unassigned, or for private use.
pub fn is_unassigned(c: char) -> bool {
    let category = c.general_category();
    matches!(
        category,
        GeneralCategory::Unassigned | GeneralCategory::PrivateUse
    )
}

/// Whether showing `c` could hide or reorder the text around it.
pub fn deceives(c: char) -> bool {
    use GeneralCategory as Category;
    if (' '..='~').contains(&c) {
        return false;
    }
    let category = c.general_category();
    matches!(
        category,
        Category::Control
            | Category::Format
            | Category::PrivateUse
            | Category::Unassigned
            | Category::Surrogate
            | Category::LineSeparator
            | Category::ParagraphSeparator
    ) || is_ignorable(c)
}

/// Default ignorable characters that are letters, marks or symbols by category, and the blank
/// Braille pattern U+2800.
fn is_ignorable(c: char) -> bool {
    matches!(c,
        '\u{034F}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}' | '\u{180B}'..='\u{180F}'
        | '\u{2800}' | '\u{3164}' | '\u{FFA0}' | '\u{FE00}'..='\u{FE0F}' | '\u{E0000}'..='\u{E0FFF}')
}

fn is_combining(c: char) -> bool {
    use GeneralCategory as Category;
    c > '~'
        && matches!(
            c.general_category(),
            Category::NonspacingMark | Category::EnclosingMark
        )
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn ordinary_text_is_one_piece() {
        assert_eq!(
            pieces("来自服务器 hello 😀".as_bytes()),
            [PrintableRun::Plain("来自服务器 hello 😀".into())]
        );
        assert!(pieces(b"").is_empty());
    }

    #[test]
    fn controls_become_their_pictures() {
        assert_eq!(line(b"a\0\x1b[2J\r\n\t\x7f"), "a␀␛[2J␍␊␉␡");
        assert_eq!(line("\u{85}".as_bytes()), "\\u{85}");
    }

    #[test]
    fn every_picture_has_its_controls_name() {
        assert_eq!(
            (control_name('␀'), control_name('␊'), control_name('␡')),
            (Some("NUL"), Some("LF"), Some("DEL"))
        );
        assert_eq!(
            (control_name('␟'), control_name('␠'), control_name('a')),
            (Some("US"), None, None)
        );
    }

    #[test]
    fn what_hides_or_reorders_is_written_out() {
        for c in [
            '\u{202E}',
            '\u{2066}',
            '\u{200B}',
            '\u{FEFF}',
            '\u{AD}',
            '\u{E0041}',
            '\u{2028}',
            '\u{E000}',
            '\u{FE0F}',
            '\u{3164}',
        ] {
            assert_eq!(
                line(c.to_string().as_bytes()),
                format!("\\u{{{:X}}}", u32::from(c))
            );
        }
    }

    #[test]
    fn stray_bytes_are_written_out() {
        assert_eq!(line(b"ab\xff\xc4"), "ab\\xFF\\xC4");
        assert_eq!(
            pieces(b"a\xffb"),
            [
                PrintableRun::Plain("a".into()),
                PrintableRun::Mark("\\xFF".into()),
                PrintableRun::Plain("b".into())
            ]
        );
    }

    #[test]
    fn a_tower_of_combining_marks_is_cut() {
        let tower = format!("e{}", "\u{301}".repeat(10_000));
        let shown = pieces(tower.as_bytes());
        assert_eq!(
            shown
                .iter()
                .filter(|p| matches!(p, PrintableRun::Mark(_)))
                .count(),
            10_000 - MARKS_PER_BASE
        );
    }

    #[test]
    fn copied_text_keeps_its_lines_and_nothing_else() {
        assert_eq!(paragraph(Charset::Utf8, b"a\r\nb\n\tc\x1b"), "a\nb\n\tc␛");
    }

    proptest! {
        #[test]
        fn a_paragraph_is_appended_as_it_is_said(
            parts in proptest::collection::vec(
                prop_oneof!["[ -~]{0,40}", "(\r|\n|\t|\r\n)", "[\x00-\x7F]", ".", Just("␍\n".to_owned())],
                0..6,
            ),
            bytes: Vec<u8>,
        ) {
            let text = parts.concat();
            for charset in Charset::ALL {
                for bytes in [text.as_bytes(), &bytes] {
                    let mut out = b"before".to_vec();
                    push_paragraph(&mut out, charset, bytes);
                    let expected = format!("before{}", paragraph(charset, bytes));
                    prop_assert_eq!(String::from_utf8(out).unwrap(), expected);
                }
            }
        }
    }

    #[test]
    fn a_path_is_one_line() {
        assert_eq!(
            path(Path::new("/tmp/a\nb 你\u{202E}")),
            "/tmp/a␊b 你\\u{202E}"
        );
    }

    #[test]
    fn names_in_words_move_no_cursor() {
        assert_eq!(words("a\n\t你好"), "a\n\t你好");
        assert_eq!(
            words("no file \u{1B}[2J\u{202E}x\r"),
            "no file ␛[2J\\u{202E}x␍"
        );
    }

    proptest! {
        #[test]
        fn nothing_that_deceives_comes_through(bytes: Vec<u8>) {
            prop_assert!(!line(&bytes).chars().any(deceives));
        }

        #[test]
        fn nothing_that_deceives_comes_through_any_encoding(bytes: Vec<u8>) {
            for charset in Charset::ALL {
                let pieces = pieces_of(charset.decode(&bytes));
                prop_assert!(!pieces.iter().any(|piece| piece.text().chars().any(deceives)));
            }
        }

        #[test]
        fn nothing_that_deceives_comes_through_text(text: String) {
            prop_assert!(!line(text.as_bytes()).chars().any(deceives));
        }
    }
}
