//! The content that a step sends.

use crate::config::{FieldTestProblem, RonProblem};
use crate::payload::checksum::Checksum;
use crate::payload::message::Message;
use crate::schema::FormulaMistake;
use crate::traffic::MessageSchema;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Bytes, or a message of values of fields.
#[derive(Debug)]
pub enum SentContent {
    Bytes(Arc<Message>),
    Fields(SentFields),
}

/// Values of fields, and the message that is made of them.
#[derive(Debug)]
pub struct SentFields {
    /// As they were written, by the paths of their fields.
    values: BTreeMap<String, String>,
    /// The message, once the description is known.
    message: Option<Arc<Message>>,
}

/// Why no message can be made of values.
#[derive(Debug)]
pub enum SentFieldsMistake {
    NoDescription,
    Field(Box<FormulaMistake>),
}

impl SentContent {
    /// These bytes, with their checksum behind them.
    pub fn bytes(mut bytes: Vec<u8>, sum: Option<Checksum>) -> Self {
        if let Some(sum) = sum {
            // It covers all bytes, even none.
            bytes.extend(sum.of(&bytes).unwrap_or_default());
        }
        Self::Bytes(Arc::new(Message::from(Arc::from(bytes))))
    }

    /// The message; `None` if it needs a description that is not known.
    pub fn message(&self) -> Option<&Arc<Message>> {
        match self {
            Self::Bytes(message) => Some(message),
            Self::Fields(fields) => fields.message.as_ref(),
        }
    }

    /// The bytes of the message, or its fields as they were written.
    pub fn shown(&self) -> Cow<'_, [u8]> {
        match self {
            Self::Bytes(message) => message
                .fixed()
                .map_or_else(Cow::default, |bytes| Cow::Borrowed(&**bytes)),
            Self::Fields(fields) => {
                let values = fields.values.iter();
                let values: Vec<_> = values
                    .map(|(path, text)| match text.trim_start().starts_with('=') {
                        true => format!("{path} {}", text.trim_start()),
                        false => format!("{path}={text}"),
                    })
                    .collect();
                values.join(" ").into_bytes().into()
            }
        }
    }
}

impl SentFields {
    pub fn new(values: BTreeMap<String, String>) -> Self {
        Self {
            values,
            message: None,
        }
    }

    /// Makes the message by the description of its session.
    ///
    /// # Errors
    /// Why it cannot be made.
    pub fn bind(
        &mut self,
        described: Option<&Arc<MessageSchema>>,
    ) -> Result<(), SentFieldsMistake> {
        let described = described.ok_or(SentFieldsMistake::NoDescription)?;
        let message = described.message(&self.values);
        let message = message.map_err(|mistake| SentFieldsMistake::Field(mistake.into()))?;
        self.message = Some(Arc::new(message));
        Ok(())
    }
}

impl SentFieldsMistake {
    /// The path of its field, if it is about one.
    pub fn path(&self) -> &str {
        match self {
            Self::NoDescription => "",
            Self::Field(mistake) => &mistake.path,
        }
    }
}

impl From<SentFieldsMistake> for RonProblem {
    fn from(mistake: SentFieldsMistake) -> Self {
        match mistake {
            SentFieldsMistake::NoDescription => Self::Field(FieldTestProblem::NoDescription),
            SentFieldsMistake::Field(mistake) => Self::FieldValue(mistake),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_formula_is_shown_with_one_sign_of_equality() {
        let values = [("seq", "= count % 256"), ("type", "request")];
        let values = values.map(|(path, text)| (path.to_owned(), text.to_owned()));
        let content = SentContent::Fields(SentFields::new(BTreeMap::from(values)));
        assert_eq!(content.shown(), &b"seq = count % 256 type=request"[..]);
    }
}
