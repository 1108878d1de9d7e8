//! How the messages in rows are read: a description, and the framing of the streams or datagrams
//! they are in.

use super::RecordKind;
use super::framing::{Framer, Framing, SessionFraming};
use crate::schema::{EncodeMistake, EncodeProblem, Fault, Formulas, Moment, Schema, Tree};
use std::borrow::Cow;

/// The most characters of a line.
const LONGEST: usize = 512;

/// The fields of messages in one line, and what is wrong with them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FieldsLine {
    pub fault: Option<String>,
    pub fields: String,
}

/// The description by which the messages of a session are read, and their framing.
#[derive(Clone, Debug, PartialEq)]
pub struct MessageSchema {
    pub schema: Schema,
    /// Where messages end.
    pub framing: SessionFraming,
}

impl MessageSchema {
    /// The part of a whole message that is described: if its direction is framed, without what is
    /// before it.
    pub fn body<'a>(&self, kind: RecordKind, message: &'a [u8]) -> &'a [u8] {
        match self.framing.of(kind) {
            Some(_) => self.schema.without_prefix(message),
            None => message,
        }
    }

    /// Makes a message that answers `request`, which was received, as it is sent.
    ///
    /// # Errors
    /// The field that cannot have its value.
    pub fn compose(
        &self,
        formulas: &Formulas,
        request: &[u8],
        moment: &mut Moment,
    ) -> Result<Vec<u8>, EncodeMistake> {
        let request = self.body(RecordKind::Received, request);
        let bytes = self.schema.compose(formulas, request, moment)?;
        self.in_stream(bytes)
    }

    /// A described message as it is sent: with its length before it or what ends it behind it,
    /// where the description leaves that out.
    ///
    /// # Errors
    /// If its length does not fit, or nothing says what stands before it.
    pub fn in_stream(&self, mut bytes: Vec<u8>) -> Result<Vec<u8>, EncodeMistake> {
        let (ends, ending): (&[&[u8]], &[u8]) = match &self.framing.sent {
            Some(Framing::Lines) => (&[b"\n"], b"\n"),
            Some(Framing::Nmea) => (&[b"\n"], b"\r\n"),
            Some(Framing::At) => (&[b"\r", b"\n", b"\x1a", b"\x1b"], b"\r\n"),
            Some(Framing::Delimiter(delimiter)) => (&[delimiter.as_slice()], delimiter.as_slice()),
            _ => (&[b""], b""),
        };
        if !ends.iter().any(|end| bytes.ends_with(end)) {
            bytes.extend(ending);
        }
        let prefix = self.schema.prefix();
        let Some(framing) = self.framing.sent.as_ref().filter(|_| prefix > 0) else {
            return Ok(bytes);
        };
        let wrong = |problem| EncodeMistake {
            path: String::new(),
            problem,
        };
        match framing {
            Framing::LengthPrefix {
                width, offset: 0, ..
            } if usize::from(*width) == prefix => {
                let mut whole = framing.length_prefix(bytes.len()).ok_or_else(|| {
                    wrong(EncodeProblem::Range {
                        bits: 8 * *width,
                        signed: false,
                    })
                })?;
                whole.extend(bytes);
                Ok(whole)
            }
            _ => Err(wrong(EncodeProblem::NoPrefix(prefix))),
        }
    }

    /// The messages that these bytes of a row of this kind are, without their delimiters and
    /// unstuffed: with a framing those that are whole, as if the row began with one.
    pub fn messages_in<'a>(&self, kind: RecordKind, bytes: &'a [u8]) -> Vec<Cow<'a, [u8]>> {
        let Some(framing) = self.framing.of(kind) else {
            return match bytes {
                [] => Vec::new(),
                bytes => vec![bytes.into()],
            };
        };
        let mut frames = Vec::new();
        let mut framer = Framer::new(framing);
        framer.push(0, 0, bytes, &mut frames);
        frames.extend(framer.finish());
        let whole = frames.iter().filter(|frame| frame.end.fault().is_none());
        let bytes = whole.filter_map(|frame| {
            let begin = frame.reads.first()?.range.start as usize;
            let message = bytes.get(begin..begin + frame.length as usize)?;
            Some(self.schema.without_prefix(message))
        });
        let unstuffed = bytes.filter_map(|message| framing.unstuffed(message.into()));
        unstuffed.collect()
    }

    /// The fields of messages in one line, and what is wrong with the first that is wrong, in these
    /// words; `None` if there are none.
    pub fn line<'a>(
        &self,
        messages: impl IntoIterator<Item = &'a [u8]>,
        words: &dyn Fn(&Fault) -> String,
    ) -> Option<FieldsLine> {
        let (mut tree, mut line) = (Tree::default(), FieldsLine::default());
        for message in messages {
            self.schema.decode(message, &mut tree);
            if line.fault.is_none() {
                line.fault = self.fault(&tree, words);
            }
            if line.fields.len() < LONGEST {
                if !line.fields.is_empty() {
                    line.fields.push_str("  |  ");
                }
                line.fields
                    .push_str(&self.schema.summary(&tree, message, LONGEST));
            }
        }
        (line != FieldsLine::default()).then_some(line)
    }

    /// The first field of a message that is not as described, and what is wrong, in these words.
    pub fn fault(&self, tree: &Tree, words: &dyn Fn(&Fault) -> String) -> Option<String> {
        let (node, fault) = tree.fault()?;
        let said = words(fault);
        Some(match self.schema.path(tree, node) {
            // What is behind the message belongs to no field.
            path if path.is_empty() => said,
            path => format!("{path}: {said}"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::TypeSpec;

    #[test]
    fn a_message_has_the_end_that_its_stream_needs() {
        let written = |framing: Option<Framing>, bytes: &[u8]| {
            let described = described(framing.into());
            described.in_stream(bytes.to_vec()).unwrap()
        };
        assert_eq!(written(Some(Framing::Lines), b"one"), b"one\n");
        assert_eq!(written(Some(Framing::Lines), b"one\r\n"), b"one\r\n");
        let delimiter = Some(Framing::Delimiter(b"\r>".to_vec()));
        assert_eq!(written(delimiter, b"one\r"), b"one\r\r>");
        assert_eq!(written(Some(Framing::At), b"OK\r"), b"OK\r");
        // The text of a short message, which a line break behind its end would not belong to.
        for text in [&b"hello\x1a"[..], b"\x1b"] {
            assert_eq!(written(Some(Framing::At), text), text);
        }
        assert_eq!(written(Some(Framing::Nmea), b"$P\r"), b"$P\r\r\n");
        assert_eq!(written(None, b"one"), b"one");
    }

    #[test]
    fn a_read_has_the_messages_that_are_whole_in_it() {
        const IN: RecordKind = RecordKind::Received;
        let of = |framing: Option<Framing>| described(framing.into());
        let lines = of(Some(Framing::Lines));
        let messages = lines.messages_in(IN, b"one\r\ntwo\nth");
        assert_eq!(messages, [&b"one"[..], b"two"]);
        let cobs = of(Some(Framing::Cobs));
        let wire = b"\x02a\x02b\0\x09a\0";
        assert_eq!(cobs.messages_in(IN, wire), [&b"a\0b"[..]]);
        let gap = of(Some(Framing::IdleGap(20)));
        assert_eq!(gap.messages_in(IN, b"one"), [&b"one"[..]]);
        assert_eq!(of(None).messages_in(IN, b"any"), [&b"any"[..]]);
        assert!(of(None).messages_in(IN, b"").is_empty());
    }

    fn described(framing: SessionFraming) -> MessageSchema {
        let schema = Schema::new(TypeSpec::default()).unwrap();
        MessageSchema { schema, framing }
    }

    #[test]
    fn each_direction_has_the_messages_of_its_framing() {
        let framing = SessionFraming::new(Some(Framing::Fixed(2)), Some(Framing::Lines), false);
        let described = described(framing);
        let messages = described.messages_in(RecordKind::Received, b"a\nbc");
        assert_eq!(messages, [&b"a\n"[..], b"bc"]);
        let messages = described.messages_in(RecordKind::Sent, b"a\nbc\n");
        assert_eq!(messages, [&b"a"[..], b"bc"]);
    }
}
