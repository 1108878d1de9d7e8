//! The encoding and the description by which rules are read.

use crate::payload::charset::Charset;
use crate::traffic::MessageSchema;
use std::sync::Arc;

/// The encoding of a session's texts, and the description of its messages.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RuleContext {
    /// Without an encoding, the text of a condition is searched for in UTF-8 and in GBK, and a
    /// reply is in the encoding of its request.
    pub charset: Option<Charset>,
    /// Needed by rules that name fields.
    pub described: Option<Arc<MessageSchema>>,
}

impl From<Charset> for RuleContext {
    fn from(charset: Charset) -> Self {
        Some(charset).into()
    }
}

impl From<Option<Charset>> for RuleContext {
    fn from(charset: Option<Charset>) -> Self {
        Self {
            charset,
            described: None,
        }
    }
}

#[cfg(test)]
impl RuleContext {
    /// A context with a ready-made description, whose messages are datagrams.
    pub fn of_ready_made(name: &str) -> Self {
        let ready = crate::schema::ReadyMade::named(name).unwrap();
        let schema = ready.schema().unwrap();
        Self {
            charset: None,
            described: Some(Arc::new(MessageSchema {
                schema,
                framing: crate::traffic::framing::SessionFraming::default(),
            })),
        }
    }
}
