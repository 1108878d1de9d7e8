//! A message as a person types it, and its conversion to bytes.

use super::charset::{Charset, DecodedPart};
use super::checksum::Checksum;
use super::message::{LineEnding, Message};
use super::template::{Template, TemplateScope};
use super::{TextMistake, TextProblem, escape, hex, printable};
use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum TextFormat {
    #[default]
    Text,
    Hex,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Composition {
    pub format: TextFormat,
    pub text: String,
    /// Whether backslash escapes in text are interpreted.
    pub escapes: bool,
    /// Whether `${…}` is interpreted as a variable.
    pub variables: bool,
    /// The line ending appended to text; hexadecimal has none.
    pub ending: LineEnding,
    /// Whether `checksum` is appended.
    pub appends: bool,
    pub checksum: Checksum,
}

impl Composition {
    /// The message of exactly these bytes: text where they are text in `charset`, with escapes
    /// if there are control characters, and otherwise hexadecimal.
    pub fn of(bytes: &[u8], charset: Option<Charset>) -> Self {
        let text = charset.and_then(|charset| Self::text_of(bytes, charset));
        text.unwrap_or_else(|| Self {
            format: TextFormat::Hex,
            text: hex::format(bytes),
            ..Self::default()
        })
    }

    fn text_of(bytes: &[u8], charset: Charset) -> Option<Self> {
        let parts = charset.decode(bytes).into_iter().map(|part| match part {
            DecodedPart::Text(text) => Some(text),
            DecodedPart::Bad(_) => None,
        });
        let text: String = parts.collect::<Option<_>>()?;
        let escapes = text.chars().any(|c| c.is_control() && c != '\n');
        let composition = Self {
            text: match escapes {
                true => escape::escape(text.as_bytes()),
                false => text,
            },
            escapes,
            ..Self::default()
        };
        let message = composition.message(charset).ok()?;
        let is_same = **message.fixed()? == *bytes;
        is_same.then_some(composition)
    }

    /// Appends this checksum from now on. If the last bytes of this typed message are a wrong one,
    /// they are removed.
    pub fn append(&mut self, checksum: Checksum, wrong: &[u8]) {
        let typed = match self.format {
            TextFormat::Hex => hex::parse(&self.text).ok(),
            TextFormat::Text => None,
        };
        let payload = wrong.len().checked_sub(checksum.sum.width());
        let payload = payload.and_then(|length| wrong.get(..length));
        if !self.appends
            && let (Some(typed), Some(payload)) = (typed, payload)
            && typed == wrong
        {
            self.text = hex::format(payload);
        }
        self.appends = true;
        self.checksum = checksum;
    }

    /// Compiles the message, with its text in this encoding.
    ///
    /// # Errors
    /// The first mistake in the text.
    pub fn message(&self, charset: Charset) -> Result<Message, TextMistake> {
        self.compile(charset, TemplateScope::Message)
    }

    /// Compiles a reply, which may quote its request.
    ///
    /// # Errors
    /// The first mistake in the text.
    pub fn reply(&self, charset: Charset) -> Result<Message, TextMistake> {
        self.compile(charset, TemplateScope::Reply)
    }

    fn compile(&self, charset: Charset, scope: TemplateScope) -> Result<Message, TextMistake> {
        let literal = |text: &str| self.literal(text, charset);
        let template = if self.variables {
            let template = Template::parse(&self.text, charset, scope, literal)?;
            match self.format {
                TextFormat::Hex => template.in_hex(),
                TextFormat::Text => template,
            }
        } else {
            Template::plain(literal(&self.text)?)
        };
        let checksum = self.appends.then_some(self.checksum);
        Message::new(template, checksum, self.ending_now(), charset).map_err(|short| TextMistake {
            at: self.text.chars().count(),
            problem: TextProblem::ChecksumRange(short.length),
        })
    }

    /// One line that identifies it.
    pub fn title(&self) -> String {
        const LONGEST: usize = 56;
        let line = printable::line(self.text.as_bytes());
        let mut title: String = line.chars().take(LONGEST).collect();
        if title.len() < line.len() {
            title.push('…');
        }
        match self.format {
            TextFormat::Hex => format!("HEX  {title}"),
            TextFormat::Text => title,
        }
    }

    /// Whether the bytes to send are more than the plain conversion of the text.
    pub fn is_special(&self) -> bool {
        let escapes = self.escapes && self.format == TextFormat::Text && self.text.contains('\\');
        let variables = self.variables && self.text.contains("${");
        let pasted = self.format == TextFormat::Hex && !hex::is_plain(&self.text);
        escapes || variables || pasted || self.appends || self.ending_now() != LineEnding::None
    }

    fn ending_now(&self) -> LineEnding {
        match self.format {
            TextFormat::Text => self.ending,
            TextFormat::Hex => LineEnding::None,
        }
    }

    fn literal(&self, text: &str, charset: Charset) -> Result<Vec<u8>, TextMistake> {
        match self.format {
            TextFormat::Hex => hex::parse(text),
            TextFormat::Text if self.escapes => escape::unescape(text, charset),
            TextFormat::Text => {
                charset
                    .encode(text)
                    .map(Vec::from)
                    .map_err(|lacking| TextMistake {
                        at: lacking.at,
                        problem: TextProblem::Lacking(lacking.character, charset),
                    })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::checksum::ByteOrder;
    use super::*;

    fn bytes(composition: &Composition, charset: Charset) -> Result<Vec<u8>, TextMistake> {
        let message = composition.message(charset)?;
        Ok(message.fixed().expect("no variables").to_vec())
    }

    fn written(format: TextFormat, escapes: bool, text: &str) -> Composition {
        Composition {
            format,
            escapes,
            text: text.into(),
            ..Composition::default()
        }
    }

    #[test]
    fn the_same_text_is_read_as_the_format_says() {
        let cases = [
            (TextFormat::Text, false, r"4\n", &br"4\n"[..]),
            (TextFormat::Text, true, r"4\n", b"4\n"),
            (TextFormat::Hex, false, "34 0a", b"4\n"),
        ];
        for (format, escapes, text, expected) in cases {
            let composition = written(format, escapes, text);
            assert_eq!(bytes(&composition, Charset::Utf8).unwrap(), expected);
        }
    }

    #[test]
    fn a_title_is_one_short_line() {
        let long = written(TextFormat::Hex, false, &"41 ".repeat(40));
        assert_eq!(long.title(), format!("HEX  {}41…", "41 ".repeat(18)));
        assert!(
            !written(TextFormat::Text, false, "a\nb")
                .title()
                .contains('\n')
        );
    }

    #[test]
    fn text_is_sent_in_the_encoding_of_the_moment() {
        let composition = written(TextFormat::Text, false, "你");
        assert_eq!(bytes(&composition, Charset::Gb18030), Ok(vec![0xC4, 0xE3]));
        let lacking = TextMistake {
            at: 0,
            problem: TextProblem::Lacking('你', Charset::Latin1),
        };
        assert_eq!(bytes(&composition, Charset::Latin1), Err(lacking));
    }

    #[test]
    fn bytes_become_the_message_that_sends_them() {
        let gbk = Charset::Gb18030.encode("你好").unwrap();
        let cases = [
            (&b"a\nb"[..], Some(Charset::Utf8), TextFormat::Text, "a\nb"),
            (
                b"a\\ \r\n\0",
                Some(Charset::Utf8),
                TextFormat::Text,
                r"a\\ \r\n\u{0}",
            ),
            (&gbk, Some(Charset::Gb18030), TextFormat::Text, "你好"),
            (&gbk, Some(Charset::Utf8), TextFormat::Hex, "C4 E3 BA C3"),
            (b"abc", None, TextFormat::Hex, "61 62 63"),
        ];
        for (sent, charset, format, text) in cases {
            let composition = Composition::of(sent, charset);
            assert_eq!(
                (composition.format, composition.text.as_str()),
                (format, text)
            );
            let charset = charset.unwrap_or_default();
            assert_eq!(bytes(&composition, charset).unwrap(), sent);
        }
    }

    #[test]
    fn hexadecimal_has_no_line_ending_but_a_checksum() {
        let mut composition = written(TextFormat::Hex, false, "01 03 00 00 00 02");
        composition.ending = LineEnding::CrLf;
        composition.appends = true;
        let expected = vec![1, 3, 0, 0, 0, 2, 0xC4, 0x0B];
        assert_eq!(bytes(&composition, Charset::Utf8), Ok(expected));
    }

    #[test]
    fn a_checksum_takes_the_place_of_the_wrong_one_that_was_typed() {
        let wrong = [1, 3, 0, 0, 0, 2, 0x0B, 0xC4];
        let right = vec![1, 3, 0, 0, 0, 2, 0xC4, 0x0B];
        let mut typed = written(TextFormat::Hex, false, "01 03 00 00 00 02 0b c4");
        typed.append(Checksum::default(), &wrong);
        assert_eq!(bytes(&typed, Charset::Utf8), Ok(right.clone()));
        // Another one was appended.
        let mut appended = written(TextFormat::Hex, false, "01 03 00 00 00 02");
        appended.appends = true;
        appended.checksum.order = ByteOrder::HighFirst;
        appended.append(Checksum::default(), &wrong);
        assert_eq!(bytes(&appended, Charset::Utf8), Ok(right));
    }

    #[test]
    fn text_hexadecimal_and_variables_mix() {
        let mut composition = written(TextFormat::Text, true, r"n=${seq}\x0D");
        composition.variables = true;
        let message = composition.message(Charset::Utf8).unwrap();
        let moment = crate::payload::template::TemplateContext {
            seq: 3,
            ..crate::payload::template::TemplateContext::default()
        };
        let mut random = fastrand::Rng::with_seed(1);
        let bytes = message.render(&moment, usize::MAX, &mut random).unwrap();
        assert_eq!(bytes[..], *b"n=3\r");
    }

    #[test]
    fn too_few_bytes_for_the_checksum_say_how_many_there_are() {
        let mut composition = written(TextFormat::Text, false, "ab");
        composition.appends = true;
        composition.checksum.from = 5;
        let problem = TextProblem::ChecksumRange(2);
        assert_eq!(
            bytes(&composition, Charset::Utf8),
            Err(TextMistake { at: 2, problem })
        );
    }
}
