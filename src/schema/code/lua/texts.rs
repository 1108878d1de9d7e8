//! The encodings of texts that Lua and Wireshark know.

use crate::payload::charset::Charset;

/// The name of the function that decodes texts of this encoding; `None` if there is none.
pub(super) fn decoder(charset: Charset) -> Option<&'static str> {
    match charset {
        Charset::Utf8 => Some("utf8"),
        Charset::Gb18030 => Some("gb18030"),
        Charset::EucKr => Some("euckr"),
        Charset::Utf16Le => Some("utf16le"),
        Charset::Utf16Be => Some("utf16be"),
        Charset::Latin1 => Some("latin1"),
        Charset::Windows1252 => Some("windows1252"),
        // Wireshark has no tables of these.
        Charset::Big5 | Charset::ShiftJis => None,
    }
}
