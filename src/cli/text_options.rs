//! The options of the composer: how typed text becomes bytes.

use super::values;
use crate::payload::charset::Charset;
use crate::payload::checksum::{ByteOrder, Checksum, Sum};
use crate::payload::composition::{Composition, TextFormat};
use crate::payload::message::{LineEnding, Message};
use crate::payload::{TextMistake, escape};
use crate::traffic::stream_text::StreamTextReader;
use crate::words::Lang;
use clap::{Args, ValueEnum};
use std::sync::Arc;

/// The format of typed text.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "messages")]
pub struct TextOptions {
    #[arg(long, conflicts_with_all = ["escapes", "encoding", "ending"])]
    hex: bool,
    #[arg(long)]
    escapes: bool,
    #[arg(long)]
    variables: bool,
    #[arg(long, value_enum, default_value_t = LineEnd::None)]
    ending: LineEnd,
    #[arg(long, value_name = "NAME", value_parser = values::charset)]
    encoding: Option<Charset>,
    #[arg(long, value_name = "NAME", value_parser = values::sum)]
    checksum: Option<Sum>,
    #[arg(long, requires = "checksum")]
    high_first: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum LineEnd {
    #[default]
    None,
    Lf,
    Crlf,
    Cr,
}

impl TextOptions {
    /// The message of a text.
    ///
    /// # Errors
    /// The first error in the text.
    pub fn message(&self, text: &str) -> Result<Arc<Message>, TextMistake> {
        self.composition(text)
            .message(self.encoding())
            .map(Arc::new)
    }

    /// The message of a line of input. Bytes that are not UTF-8 are sent unchanged, unless the
    /// line is hexadecimal or has escapes or variables.
    ///
    /// # Errors
    /// The first error in the line.
    pub fn line(&self, line: &[u8]) -> Result<Arc<Message>, TextMistake> {
        match std::str::from_utf8(line) {
            Ok(text) => self.message(text),
            Err(_) if self.hex || self.escapes || self.variables => {
                self.message(&String::from_utf8_lossy(line))
            }
            // Escaped bytes take the usual path, with checksum and line ending.
            Err(_) => {
                let escaped = Self {
                    escapes: true,
                    ..self.clone()
                };
                escaped.message(&escape::escape(line))
            }
        }
    }

    /// The bytes of a text, without line ending, checksum and variables.
    ///
    /// # Errors
    /// The first error in the text.
    pub fn bare(&self, text: &str) -> Result<Vec<u8>, TextMistake> {
        self.bare_in(text, self.encoding())
    }

    /// The bytes of a text in GBK, if no encoding was chosen: a peer may use it.
    pub fn bare_in_gbk(&self, text: &str) -> Option<Vec<u8>> {
        match self.encoding {
            None => self.bare_in(text, Charset::Gb18030).ok(),
            Some(_) => None,
        }
    }

    fn bare_in(&self, text: &str, charset: Charset) -> Result<Vec<u8>, TextMistake> {
        let bare = Composition {
            variables: false,
            ending: LineEnding::None,
            appends: false,
            ..self.composition(text)
        };
        let message = bare.message(charset)?;
        Ok(message
            .fixed()
            .map_or_else(Vec::new, |bytes| bytes.to_vec()))
    }

    /// The encoding of sent text.
    pub fn encoding(&self) -> Charset {
        self.encoding.unwrap_or_default()
    }

    /// The same options, with this encoding if none was chosen.
    pub fn following(&self, charset: Option<Charset>) -> Self {
        Self {
            encoding: self.encoding.or(charset),
            ..self.clone()
        }
    }

    /// The chosen encoding, if any.
    pub fn chosen_encoding(&self) -> Option<Charset> {
        self.encoding
    }

    /// The decoder of received text.
    pub fn reader(&self, lang: Lang) -> StreamTextReader {
        StreamTextReader::new(self.encoding, lang == Lang::Chinese)
    }

    /// The composition of a text with these options.
    pub fn composition(&self, text: &str) -> Composition {
        Composition {
            format: if self.hex {
                TextFormat::Hex
            } else {
                TextFormat::Text
            },
            text: text.to_owned(),
            escapes: self.escapes,
            variables: self.variables,
            ending: match self.ending {
                LineEnd::None => LineEnding::None,
                LineEnd::Lf => LineEnding::Lf,
                LineEnd::Crlf => LineEnding::CrLf,
                LineEnd::Cr => LineEnding::Cr,
            },
            appends: self.checksum.is_some(),
            checksum: Checksum {
                sum: self.checksum.unwrap_or_default(),
                order: if self.high_first {
                    ByteOrder::HighFirst
                } else {
                    ByteOrder::LowFirst
                },
                ..Checksum::default()
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(options: &TextOptions, line: &[u8]) -> Option<Vec<u8>> {
        let message = options.line(line).ok()?;
        message.fixed().map(|bytes| bytes.to_vec())
    }

    #[test]
    fn options_say_what_a_line_means() {
        let plain = TextOptions::default();
        assert_eq!(bytes(&plain, br"a\n").unwrap(), br"a\n");
        let escapes = TextOptions {
            escapes: true,
            ending: LineEnd::Crlf,
            ..TextOptions::default()
        };
        assert_eq!(bytes(&escapes, br"a\n").unwrap(), b"a\n\r\n");
        let hex = TextOptions {
            hex: true,
            checksum: values::sum("CRC-16/MODBUS").ok(),
            ..TextOptions::default()
        };
        let modbus = [1, 3, 0, 0, 0, 2, 0xC4, 0x0B];
        assert_eq!(bytes(&hex, b"01 03 00 00 00 02").unwrap(), modbus);
        assert_eq!(bytes(&hex, b"0g"), None);
    }

    #[test]
    fn a_line_follows_the_peer_unless_an_encoding_was_chosen() {
        let gbk = Some(Charset::Gb18030);
        let plain = TextOptions::default();
        let line = "你".as_bytes();
        assert_eq!(bytes(&plain.following(gbk), line).unwrap(), b"\xC4\xE3");
        assert_eq!(bytes(&plain.following(None), line).unwrap(), line);
        let chosen = TextOptions {
            encoding: Some(Charset::Utf8),
            ..TextOptions::default()
        };
        assert_eq!(bytes(&chosen.following(gbk), line).unwrap(), line);
    }

    #[test]
    fn bytes_that_are_no_text_go_as_they_are() {
        let options = TextOptions {
            ending: LineEnd::Lf,
            ..TextOptions::default()
        };
        assert_eq!(bytes(&options, b"\\x\xFF\x00").unwrap(), b"\\x\xFF\x00\n");
    }
}
