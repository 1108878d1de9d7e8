//! The fields of messages in files and copies.

use crate::capture::CaptureFields;
use crate::explain;
use crate::traffic::MessageSchema;
use crate::words::Lang;
use std::sync::Arc;

/// The description by which the messages of a tab are read, with faults in this language.
pub fn capture_fields(lang: Lang, described: Option<&Arc<MessageSchema>>) -> Option<CaptureFields> {
    Some(CaptureFields {
        described: Arc::clone(described?),
        describe: Arc::new(move |fault| explain::field_fault(lang, fault)),
    })
}
