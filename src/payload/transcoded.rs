//! Text of any encoding in UTF-8, with positions mapped back to the original bytes.

use super::charset::{Charset, DecodedPart};

/// The most bytes of a character.
const LONGEST: usize = 4;

/// Bytes decoded to UTF-8; undecodable bytes stay as they are.
pub struct Transcoded<'a> {
    charset: Charset,
    bytes: &'a [u8],
    text: Vec<u8>,
}

impl<'a> Transcoded<'a> {
    pub fn new(charset: Charset, bytes: &'a [u8]) -> Self {
        let mut text = Vec::with_capacity(bytes.len());
        for part in charset.decode(bytes) {
            match part {
                DecodedPart::Text(part) => text.extend_from_slice(part.as_bytes()),
                DecodedPart::Bad(bad) => text.extend_from_slice(bad),
            }
        }
        Self {
            charset,
            bytes,
            text,
        }
    }

    /// The text in UTF-8, with undecodable bytes in their place.
    pub fn text(&self) -> &[u8] {
        &self.text
    }

    /// Maps a position in the text to the original bytes; a position inside a character maps to
    /// its end. Takes time proportional to the position.
    pub fn place(&self, in_text: usize) -> usize {
        let (mut of_text, mut of_bytes) = (0, 0);
        while of_text < in_text
            && let Some((bytes, text)) = self.step(of_bytes)
        {
            of_bytes += bytes;
            of_text += text;
        }
        of_bytes
    }

    /// The length of the character at `at`, or of the undecodable bytes there: in the original
    /// bytes and in the text.
    fn step(&self, at: usize) -> Option<(usize, usize)> {
        let rest = self.bytes.get(at..)?;
        let first = rest.first()?;
        let pairs = matches!(self.charset, Charset::Utf16Le | Charset::Utf16Be);
        if first.is_ascii() && !pairs {
            return Some((1, 1));
        }
        let whole = (1..=LONGEST).find_map(|length| {
            let character = rest.get(..length)?;
            match self.charset.decode(character).as_slice() {
                [DecodedPart::Text(text)] => Some((length, text.len())),
                _ => None,
            }
        });
        let head = rest.get(..LONGEST).unwrap_or(rest);
        let bad = || match self.charset.decode(head).first() {
            Some(DecodedPart::Bad(bad)) => bad.len(),
            _ => 1,
        };
        Some(whole.unwrap_or_else(|| {
            let length = bad();
            (length, length)
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_place_in_the_text_is_one_in_the_bytes() {
        // Two bytes become three, an undecodable byte stays, four stay four.
        let bytes = b"a\xC4\xE3\xFFb\x94\x39\xDA\x33";
        let read = Transcoded::new(Charset::Gb18030, bytes);
        assert_eq!(
            read.text(),
            "a你\u{0}b💩"
                .as_bytes()
                .iter()
                .map(|byte| match byte {
                    0 => 0xFF,
                    other => *other,
                })
                .collect::<Vec<u8>>()
        );
        let places = [0, 1, 4, 5, 6, 10, 99].map(|place| read.place(place));
        assert_eq!(places, [0, 1, 3, 4, 5, 9, 9]);
        assert_eq!(read.place(2), 3);
        let wide = Transcoded::new(Charset::Utf16Le, b"a\0\x60\x4F!");
        assert_eq!(
            (wide.text(), wide.place(1), wide.place(4)),
            ("a你!".as_bytes(), 2, 4)
        );
    }

    proptest! {
        #[test]
        fn the_end_of_the_text_is_the_end_of_the_bytes(bytes: Vec<u8>) {
            for charset in Charset::ALL {
                let read = Transcoded::new(charset, &bytes);
                prop_assert_eq!(read.place(read.text().len()), bytes.len(), "{:?}", charset);
            }
        }
    }
}
