//! JSON that is safe to print on a terminal: deceptive characters are escaped (RFC 8259 §7
//! allows it for every character), and read back unchanged.

use super::{printable, runs};
use serde::Serialize;
use serde_json::ser::{Formatter, Serializer};
use std::io;

/// Appends a value to `out`, without a line break.
///
/// # Errors
/// Those of serialising the value; writing to memory cannot fail.
pub fn push(out: &mut Vec<u8>, value: &impl Serialize) -> io::Result<()> {
    let mut serializer = Serializer::with_formatter(out, Escaping);
    Ok(value.serialize(&mut serializer)?)
}

/// Appends a string as [`push`] does, but copies runs of printable ASCII at once.
///
/// # Errors
/// Those of [`push`].
pub fn push_text(out: &mut Vec<u8>, text: &str) -> io::Result<()> {
    let start = out.len();
    out.push(b'"');
    let mut rest = text.as_bytes();
    loop {
        let plain = runs::leading(rest, |byte| {
            (byte.wrapping_sub(b' ') < 0x5F) & (byte != b'"') & (byte != b'\\')
        });
        let (run, after) = rest.split_at_checked(plain).unwrap_or((rest, &[]));
        out.extend_from_slice(run);
        let Some((special, after)) = after.split_first() else {
            break;
        };
        out.extend_from_slice(match special {
            b'"' => b"\\\"",
            b'\\' => b"\\\\",
            b'\n' => b"\\n",
            b'\r' => b"\\r",
            b'\t' => b"\\t",
            _ => {
                out.truncate(start);
                return push(out, &text);
            }
        });
        rest = after;
    }
    out.push(b'"');
    Ok(())
}

/// Bytes as the text of a JSON string: unchanged if they are UTF-8, otherwise as safe text. The
/// writer escapes deceptive characters.
pub fn text(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => printable::line(bytes),
    }
}

struct Escaping;

impl Formatter for Escaping {
    fn write_string_fragment<W: ?Sized + io::Write>(
        &mut self,
        writer: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        let mut plain = 0;
        for (at, c) in fragment.char_indices() {
            if !printable::deceives(c) {
                continue;
            }
            let before = fragment.get(plain..at).unwrap_or_default();
            writer.write_all(before.as_bytes())?;
            for unit in c.encode_utf16(&mut [0; 2]) {
                write!(writer, "\\u{unit:04x}")?;
            }
            plain = at + c.len_utf8();
        }
        let rest = fragment.get(plain..).unwrap_or_default();
        writer.write_all(rest.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn json(text: &str) -> String {
        let mut out = Vec::new();
        push(&mut out, &text).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn what_deceives_on_a_terminal_is_escaped() {
        for c in "\u{9B}\u{85}\u{2028}\u{61C}\u{180E}\u{AD}\u{202E}\u{2066}\u{200B}\u{FEFF}".chars()
        {
            assert_eq!(json(&c.to_string()), format!("\"\\u{:04x}\"", u32::from(c)));
        }
        assert_eq!(json("\u{E0041}"), "\"\\udb40\\udc41\"");
        assert_eq!(json("\u{1B}[31m\n"), "\"\\u001b[31m\\n\"");
        assert_eq!(json("你好 \"😀\" \\"), "\"你好 \\\"😀\\\" \\\\\"");
    }

    proptest! {
        #[test]
        fn it_reads_back_the_same_and_deceives_nobody(text: String) {
            let json = json(&text);
            prop_assert!(!json.chars().any(printable::deceives));
            prop_assert_eq!(serde_json::from_str::<String>(&json).unwrap(), text);
        }

        #[test]
        fn a_text_is_appended_as_serde_writes_it(
            parts in proptest::collection::vec(prop_oneof!["[ -~]{0,40}", "[\x00-\x7F]{0,3}", "."], 0..5),
        ) {
            let text = parts.concat();
            let mut out = Vec::new();
            push_text(&mut out, &text).unwrap();
            prop_assert_eq!(String::from_utf8(out).unwrap(), json(&text));
        }
    }
}
