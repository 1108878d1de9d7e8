//! Where messages end in a stream, for code in other languages.

use super::literal::{lua_bytes, python_bytes};

/// The stream that messages stand in.
#[derive(Clone, Copy)]
pub(super) struct CodeStream<'a> {
    /// The bytes before each message.
    pub prefix: usize,
    /// Where messages end; `None` if that is not known.
    pub framing: Option<&'a CodeFraming>,
}

/// How code in other languages finds the messages of a stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CodeFraming {
    /// Each message ends with LF or CRLF.
    Lines,
    /// Each message ends with these bytes, of which there is at least one.
    Ending(Vec<u8>),
    /// Each message has this number of bytes.
    Fixed(u32),
    /// Each message begins with a header, which ends with a length.
    Length {
        /// The bytes of the header before the length.
        offset: u32,
        /// The bytes of the length: 1, 2, 4 or 8.
        width: u8,
        big_endian: bool,
        /// What the whole message has beyond the length, in bytes.
        more: i64,
    },
    /// Each message begins with a header, which ends with the length of the rest in LEB128.
    Varint {
        /// The bytes of the header before the length.
        offset: u32,
    },
    /// Messages are stuffed with COBS and end with 00.
    Cobs,
    /// Messages are stuffed as in SLIP and end with C0.
    Slip,
}

impl CodeFraming {
    /// A table of Lua; `None` for messages that are stuffed: Wireshark shows bytes as they came.
    pub(super) fn lua(&self) -> Option<String> {
        Some(match self {
            Self::Lines => "{ ending = \"\\n\", lines = true }".to_owned(),
            Self::Ending(bytes) => format!("{{ ending = {} }}", lua_bytes(bytes)),
            Self::Fixed(length) => format!("{{ header = 1, fixed = {length} }}"),
            Self::Length {
                offset,
                width,
                big_endian,
                more,
            } => {
                let header = u64::from(*offset) + u64::from(*width);
                let little = !big_endian;
                format!(
                    "{{ header = {header}, at = {offset}, width = {width}, little = {little}, more = {more} }}"
                )
            }
            Self::Varint { offset } => format!("{{ varint = {offset} }}"),
            Self::Cobs | Self::Slip => return None,
        })
    }

    /// A tuple of Python.
    pub(super) fn python(&self) -> String {
        match self {
            Self::Lines => "(\"end\", b\"\\n\", True)".to_owned(),
            Self::Ending(bytes) => format!("(\"end\", {}, False)", python_bytes(bytes)),
            Self::Fixed(length) => format!("(\"fixed\", {length})"),
            Self::Length {
                offset,
                width,
                big_endian,
                more,
            } => {
                let order = if *big_endian { "big" } else { "little" };
                format!("(\"length\", {offset}, {width}, \"{order}\", {more})")
            }
            Self::Varint { offset } => format!("(\"varint\", {offset})"),
            Self::Cobs => "(\"cobs\",)".to_owned(),
            Self::Slip => "(\"slip\",)".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_languages_have_the_same_numbers() {
        let framing = CodeFraming::Length {
            offset: 3,
            width: 2,
            big_endian: false,
            more: -1,
        };
        let lua = "{ header = 5, at = 3, width = 2, little = true, more = -1 }";
        assert_eq!(framing.lua().as_deref(), Some(lua));
        assert_eq!(framing.python(), r#"("length", 3, 2, "little", -1)"#);
    }

    #[test]
    fn bytes_that_end_messages_end_no_literal() {
        let framing = CodeFraming::Ending(b"\"]]\r\n\\".to_vec());
        let lua = r#"{ ending = "\"]]\013\010\\" }"#;
        assert_eq!(framing.lua().as_deref(), Some(lua));
        assert_eq!(framing.python(), r#"("end", b"\"]]\x0d\x0a\\", False)"#);
    }
}
