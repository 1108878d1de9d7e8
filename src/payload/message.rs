//! A message to send: the typed bytes, their checksum and the line ending; or what makes it.

use super::charset::Charset;
use super::checksum::{Checksum, OutOfRange};
use super::maker::Maker;
use super::template::{Template, TemplateContext, TooLong};
use super::{EncodeMistake, MakeMessage};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// The line ending that the peer expects.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum LineEnding {
    #[default]
    None,
    Cr,
    Lf,
    /// As AT commands require it.
    CrLf,
}

impl LineEnding {
    pub const ALL: [Self; 4] = [Self::None, Self::Cr, Self::Lf, Self::CrLf];

    /// The name that `--ending` has for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Cr => "cr",
            Self::Lf => "lf",
            Self::CrLf => "crlf",
        }
    }

    /// The name with its escapes, as menus show it: `LF (\n)`; empty for none.
    pub fn title(self) -> &'static str {
        match self {
            Self::None => "",
            Self::Cr => "CR (\\r)",
            Self::Lf => "LF (\\n)",
            Self::CrLf => "CR LF (\\r\\n)",
        }
    }

    /// The line ending of this name, in any case.
    pub fn named(name: &str) -> Option<Self> {
        let mut all = Self::ALL.into_iter();
        all.find(|known| known.name().eq_ignore_ascii_case(name))
    }

    pub fn text(self) -> &'static str {
        match self {
            Self::None => "",
            Self::Cr => "\r",
            Self::Lf => "\n",
            Self::CrLf => "\r\n",
        }
    }
}

/// The length that a message is taken to have if something else makes it, in bytes.
const MADE: usize = 1 << 16;

/// Why a message cannot be composed now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotComposed {
    /// It has too few bytes for its checksum.
    Short(OutOfRange),
    /// It has more bytes than can be sent.
    Long(TooLong),
    /// A field cannot have its value.
    Field(EncodeMistake),
}

/// A message: the typed bytes, their checksum and the line ending, in this order; or one that is
/// made anew each time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    template: Template,
    checksum: Option<Checksum>,
    ending: Vec<u8>,
    /// The bytes, if they are always the same.
    fixed: Option<Arc<[u8]>>,
    /// The function that makes it, instead of the parts.
    maker: Option<Maker>,
}

impl Message {
    /// A message that is made anew each time it is sent.
    pub fn made_by(maker: Arc<dyn MakeMessage>) -> Self {
        Self {
            template: Template::plain(Vec::new()),
            checksum: None,
            ending: Vec::new(),
            fixed: None,
            maker: Some(Maker(maker)),
        }
    }

    /// Joins the parts; the line ending is encoded in `charset`.
    ///
    /// # Errors
    /// [`OutOfRange`] if the bytes are always the same and too few for the checksum.
    pub fn new(
        template: Template,
        checksum: Option<Checksum>,
        ending: LineEnding,
        charset: Charset,
    ) -> Result<Self, OutOfRange> {
        let ending = charset.encode(ending.text());
        let mut message = Self {
            template,
            checksum,
            ending: ending.map_or_else(|_| Vec::new(), |bytes| bytes.to_vec()),
            fixed: None,
            maker: None,
        };
        let fixed = message.template.fixed();
        message.fixed = fixed
            .map(|bytes| message.complete(bytes))
            .transpose()?
            .map(Arc::from);
        Ok(message)
    }

    /// The highest number of a group of the request's regular expression that it quotes.
    pub fn highest_group(&self) -> Option<usize> {
        self.template.highest_group()
    }

    /// The bytes, if they are always the same.
    pub fn fixed(&self) -> Option<&Arc<[u8]>> {
        self.fixed.as_ref()
    }

    /// The largest possible length in bytes, without quoted parts of a request; an estimate if
    /// something else makes it.
    pub fn longest(&self) -> usize {
        if let Some(fixed) = &self.fixed {
            return fixed.len();
        }
        if self.maker.is_some() {
            return MADE;
        }
        let width = self.checksum.map_or(0, |checksum| checksum.sum.width());
        self.template.longest() + width + self.ending.len()
    }

    /// The bytes at this moment: at most `limit`, unless they are always the same.
    ///
    /// # Errors
    /// If they are too few for the checksum, or more than `limit`; or the field that cannot have
    /// its value.
    pub fn render(
        &self,
        moment: &TemplateContext<'_>,
        limit: usize,
        random: &mut fastrand::Rng,
    ) -> Result<Arc<[u8]>, NotComposed> {
        if let Some(fixed) = &self.fixed {
            return Ok(Arc::clone(fixed));
        }
        if let Some(Maker(maker)) = &self.maker {
            let bytes = maker.make(moment, random).map_err(NotComposed::Field)?;
            return match bytes.len() <= limit {
                true => Ok(bytes.into()),
                false => Err(NotComposed::Long(TooLong { limit })),
            };
        }
        let width = self.checksum.map_or(0, |checksum| checksum.sum.width());
        let after = width + self.ending.len();
        let bytes = self.template.render(moment, after, limit, random);
        let whole = self.complete(bytes.map_err(NotComposed::Long)?);
        whole.map(Arc::from).map_err(NotComposed::Short)
    }

    fn complete(&self, mut bytes: Vec<u8>) -> Result<Vec<u8>, OutOfRange> {
        if let Some(checksum) = &self.checksum {
            bytes.extend(checksum.of(&bytes)?);
        }
        bytes.extend_from_slice(&self.ending);
        Ok(bytes)
    }
}

impl From<Arc<[u8]>> for Message {
    /// Exactly these bytes.
    fn from(bytes: Arc<[u8]>) -> Self {
        Self {
            template: Template::plain(Vec::new()),
            checksum: None,
            ending: Vec::new(),
            fixed: Some(bytes),
            maker: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::payload::EncodeProblem;
    use crate::payload::template::TemplateScope;

    fn moment(seq: u64) -> TemplateContext<'static> {
        TemplateContext {
            seq,
            ..TemplateContext::default()
        }
    }

    #[test]
    fn checksum_and_ending_follow_in_this_order() {
        let template = Template::plain(b"123456789".to_vec());
        let checksum = Some(Checksum::default());
        let message = Message::new(template, checksum, LineEnding::CrLf, Charset::Utf8).unwrap();
        assert_eq!(message.fixed().unwrap()[..], *b"123456789\x37\x4B\r\n");
    }

    #[test]
    fn the_ending_is_in_the_encoding_of_the_text() {
        let template = Template::plain(Vec::new());
        let message = Message::new(template, None, LineEnding::CrLf, Charset::Utf16Be).unwrap();
        assert_eq!(message.fixed().unwrap()[..], *b"\0\r\0\n");
    }

    #[test]
    fn each_sending_has_its_own_values_and_checksum() {
        let literal = |text: &str| Ok(text.as_bytes().to_vec());
        let template = Template::parse(
            "${seq},${len};",
            Charset::Utf8,
            TemplateScope::Message,
            literal,
        )
        .unwrap();
        let checksum = Checksum {
            sum: crate::payload::checksum::Sum::Xor,
            ..Checksum::default()
        };
        let message =
            Message::new(template, Some(checksum), LineEnding::Lf, Charset::Utf8).unwrap();
        let mut random = fastrand::Rng::with_seed(1);
        for (seq, text) in [(1, "1,6;"), (12, "12,7;")] {
            let bytes = message
                .render(&moment(seq), usize::MAX, &mut random)
                .unwrap();
            let (line, ending) = bytes.split_at(bytes.len() - 1);
            assert_eq!((ending, checksum.verify(line)), (&b"\n"[..], Some(true)));
            assert_eq!(line[..line.len() - 1], *text.as_bytes());
        }
    }

    #[test]
    fn none_is_longer_than_the_longest() {
        let literal = |text: &str| Ok(text.as_bytes().to_vec());
        let text = "a${seq}${seq:30}${time}${date}${rand:500}${uuid}${len}${peer}${crc:modbus}";
        let peers = [
            "127.0.0.1:9",
            "[fe80:1111:2222:3333:4444:5555:6666:7777%4294967295]:65535",
        ];
        for charset in [Charset::Utf8, Charset::Utf16Le] {
            let template = Template::parse(text, charset, TemplateScope::Message, literal).unwrap();
            let checksum = Some(Checksum::default());
            let message = Message::new(template, checksum, LineEnding::CrLf, charset).unwrap();
            for (seq, peer) in [1, u64::MAX].into_iter().zip(peers) {
                let moment = TemplateContext {
                    peer: peer.into(),
                    ..moment(seq)
                };
                let bytes = message
                    .render(&moment, usize::MAX, &mut fastrand::Rng::with_seed(1))
                    .unwrap();
                assert!(bytes.len() <= message.longest());
                assert!(bytes.len() + 1024 > message.longest());
            }
        }
        let plain = Message::from(Arc::from(&b"abc"[..]));
        assert_eq!(plain.longest(), 3);
    }

    #[test]
    fn too_few_bytes_for_the_checksum_are_an_error_at_once() {
        let checksum = Checksum {
            from: 3,
            ..Checksum::default()
        };
        let template = Template::plain(b"ab".to_vec());
        let message = Message::new(template, Some(checksum), LineEnding::None, Charset::Utf8);
        assert_eq!(message.err(), Some(OutOfRange { length: 2 }));
    }

    /// As many bytes as the number of the message, which is not to be 3.
    #[derive(Debug)]
    struct Counting;

    impl MakeMessage for Counting {
        fn make(
            &self,
            moment: &TemplateContext<'_>,
            _: &mut fastrand::Rng,
        ) -> Result<Vec<u8>, EncodeMistake> {
            match moment.seq {
                3 => Err(EncodeMistake {
                    path: "count".to_owned(),
                    problem: EncodeProblem::Absent,
                }),
                seq => Ok(vec![b'x'; seq as usize]),
            }
        }
    }

    #[test]
    fn a_message_is_made_anew_each_time() {
        let message = Message::made_by(Arc::new(Counting));
        let mut random = fastrand::Rng::with_seed(1);
        let mut made = |seq| message.render(&moment(seq), 4, &mut random);
        assert_eq!(made(1).unwrap()[..], *b"x");
        assert_eq!(made(4).unwrap()[..], *b"xxxx");
        assert_eq!(made(5), Err(NotComposed::Long(TooLong { limit: 4 })));
        let Err(NotComposed::Field(mistake)) = made(3) else {
            panic!("it has no third message");
        };
        assert_eq!(mistake.path, "count");
        assert_eq!((message.fixed(), message.clone()), (None, message.clone()));
        assert_ne!(message, Message::made_by(Arc::new(Counting)));
    }
}
