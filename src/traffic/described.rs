//! How the messages in rows are read: a description, and the framing of the streams they are in.

use super::framing::{FrameEnd, Framer, Framing};
use super::{Body, Record};
use crate::schema::{Fault, Schema, Tree};
use std::borrow::Cow;

/// The most characters of a line.
const LONGEST: usize = 512;

/// The fields of a message in one line, and what is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldsLine {
    pub fault: Option<String>,
    pub fields: String,
}

/// What reads the messages of a session into fields.
#[derive(Clone, Debug, PartialEq)]
pub struct MessageSchema {
    pub schema: Schema,
    /// `None` for datagrams, and for streams whose reads are taken for messages.
    pub framing: Option<Framing>,
}

impl MessageSchema {
    /// The message that a row is: a datagram, or the read of a stream. With a framing it is one
    /// only where it holds exactly one message.
    pub fn message<'a>(&self, record: &Record<'a>) -> Option<Cow<'a, [u8]>> {
        match record.body {
            Body::Received { bytes, .. } | Body::Sent { bytes, .. } => self.message_in(bytes),
            Body::Notice(_) => None,
        }
    }

    /// The message that these bytes of a row are, without its delimiter and unstuffed.
    pub fn message_in<'a>(&self, bytes: &'a [u8]) -> Option<Cow<'a, [u8]>> {
        let Some(framing) = &self.framing else {
            return (!bytes.is_empty()).then(|| bytes.into());
        };
        let mut frames = Vec::new();
        let mut framer = Framer::new(framing);
        framer.push(0, 0, bytes, &mut frames);
        let unfinished = framer.finish();
        let message = match (frames.as_slice(), unfinished) {
            ([], Some(frame)) if frame.end == FrameEnd::Whole => Some(bytes),
            ([frame], None) if frame.end.fault().is_none() => bytes.get(..frame.length as usize),
            _ => None,
        };
        match framing.stuffing() {
            Some(way) => way.unstuff(message?).map(Cow::Owned),
            None => message.map(Cow::Borrowed),
        }
    }

    /// The fields of a row's message in one line, and what is wrong with it in these words; `None`
    /// where it holds none.
    pub fn line(
        &self,
        record: &Record<'_>,
        words: &dyn Fn(&Fault) -> String,
    ) -> Option<FieldsLine> {
        let mut tree = Tree::default();
        let message = self.read(record, &mut tree)?;
        let fault = tree.fault();
        let fault = fault
            .map(|(node, fault)| format!("{}: {}", self.schema.path(&tree, node), words(fault)));
        let fields = self.schema.summary(&tree, &message, LONGEST);
        let is_empty = fields.is_empty() && fault.is_none();
        (!is_empty).then_some(FieldsLine { fault, fields })
    }

    /// Reads a row's message into `tree`, and returns it.
    pub fn read<'a>(&self, record: &Record<'a>, tree: &mut Tree) -> Option<Cow<'a, [u8]>> {
        let message = self.message(record)?;
        self.schema.decode(&message, tree);
        Some(message)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::TypeSpec;

    #[test]
    fn a_read_is_a_message_only_where_it_holds_exactly_one() {
        let of = |framing| MessageSchema {
            schema: Schema::new(TypeSpec::default()).unwrap(),
            framing,
        };
        let lines = of(Some(Framing::Lines));
        assert_eq!(lines.message_in(b"one\r\n").as_deref(), Some(&b"one"[..]));
        for read in [&b"one"[..], b"one\ntwo\n", b"one\ntw", b""] {
            assert_eq!(lines.message_in(read), None, "{read:?}");
        }
        let cobs = of(Some(Framing::Cobs));
        assert_eq!(
            cobs.message_in(b"\x02a\x02b\0").as_deref(),
            Some(&b"a\0b"[..])
        );
        assert_eq!(cobs.message_in(b"\x09a\0"), None);
        let gap = of(Some(Framing::IdleGap(20)));
        assert_eq!(gap.message_in(b"one").as_deref(), Some(&b"one"[..]));
        assert_eq!(of(None).message_in(b"any").as_deref(), Some(&b"any"[..]));
    }
}
