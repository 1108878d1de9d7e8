//! The messages that a program sends.

use crate::payload::charset::{Charset, DecodedPart};

/// A message without checksum, line ending and framing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct PeerSample {
    pub body: Vec<u8>,
    /// The text that these bytes are in the encoding of the session.
    pub text: Option<String>,
}

impl PeerSample {
    pub(super) fn of(body: Vec<u8>, charset: Charset) -> Self {
        let parts = charset.decode(&body);
        let text = match parts.as_slice() {
            [DecodedPart::Text(text)] => Some(text.to_string()),
            _ => None,
        };
        Self { body, text }
    }

    /// Whether every library encodes the text as these bytes: the tables of some differ in rare
    /// characters.
    pub(super) fn is_encoded_everywhere(&self, charset: Charset) -> bool {
        let is_common = |c: char| c.is_ascii() || ('\u{4E00}'..='\u{9FA5}').contains(&c);
        let text = self.text.as_deref();
        text.is_some_and(|text| match charset {
            Charset::Utf8 => true,
            Charset::Gb18030 => text.chars().all(is_common),
            _ => false,
        })
    }
}
