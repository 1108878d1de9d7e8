//! The fields of messages, in formats that have them.

use crate::payload::json;
use crate::schema::{Fault, Tree};
use crate::traffic::MessageSchema;
use std::io;
use std::sync::Arc;

/// Puts what is wrong with a field into words in the language of the front end.
pub type DescribeFault = Arc<dyn Fn(&Fault) -> String + Send + Sync>;

/// The description by which the messages of rows are read, and the words for its faults.
#[derive(Clone)]
pub struct CaptureFields {
    pub described: Arc<MessageSchema>,
    pub describe: DescribeFault,
}

/// The messages of a row that is written, and what reads them.
#[derive(Clone, Copy)]
pub(super) struct WrittenFields<'a> {
    pub fields: &'a CaptureFields,
    pub messages: &'a [Vec<u8>],
    /// Whether a row may have several messages, or none.
    pub are_cut: bool,
}

impl WrittenFields<'_> {
    /// The fields of each message in a line, behind what is wrong with it.
    pub(super) fn lines(&self) -> impl Iterator<Item = String> {
        let CaptureFields {
            described,
            describe,
        } = self.fields;
        let line = |message: &Vec<u8>| {
            let line = described.line([message.as_slice()], &**describe)?;
            Some(match line.fault {
                Some(fault) if line.fields.is_empty() => format!("✗ {fault}"),
                Some(fault) => format!("✗ {fault}  {}", line.fields),
                None => line.fields,
            })
        };
        self.messages.iter().filter_map(line)
    }

    /// Appends the fields as JSON, and what is wrong with them: those of a datagram beside its
    /// bytes, those of a stream as a list of messages.
    pub(super) fn push_json(&self, out: &mut Vec<u8>) -> io::Result<()> {
        match (self.are_cut, self.messages) {
            (_, []) => Ok(()),
            (false, messages) => messages.iter().try_for_each(|message| {
                out.push(b',');
                self.push_message(out, message)
            }),
            (true, messages) => {
                out.extend_from_slice(b",\"messages\":[");
                for (number, message) in messages.iter().enumerate() {
                    if number > 0 {
                        out.push(b',');
                    }
                    out.push(b'{');
                    self.push_message(out, message)?;
                    out.push(b'}');
                }
                out.push(b']');
                Ok(())
            }
        }
    }

    fn push_message(&self, out: &mut Vec<u8>, message: &[u8]) -> io::Result<()> {
        let mut tree = Tree::default();
        let schema = &self.fields.described.schema;
        schema.decode(message, &mut tree);
        out.extend_from_slice(b"\"fields\":");
        schema.push_json(out, &tree, message)?;
        if let Some((node, fault)) = tree.fault() {
            out.extend_from_slice(b",\"fault\":{\"field\":");
            json::push_text(out, &schema.path(&tree, node))?;
            out.extend_from_slice(b",\"said\":");
            json::push_text(out, &(self.fields.describe)(fault))?;
            out.push(b'}');
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::ReadyMade;
    use crate::traffic::framing::SessionFraming;

    #[test]
    fn a_message_without_fields_ends_with_what_is_wrong() {
        let schema = ReadyMade::named("syslog").unwrap().schema().unwrap();
        let framing = SessionFraming::default();
        let fields = CaptureFields {
            described: Arc::new(MessageSchema { schema, framing }),
            describe: Arc::new(|_: &Fault| "wrong".to_owned()),
        };
        let messages = [b"READY=1".to_vec(), b"<14>ready".to_vec()];
        let written = WrittenFields {
            fields: &fields,
            messages: &messages,
            are_cut: false,
        };
        let lines: Vec<String> = written.lines().collect();
        assert_eq!(lines.len(), 2);
        assert_eq!(lines[0], "✗ wrong");
        assert!(lines[1].contains("message=\"ready\""), "{}", lines[1]);
    }
}
