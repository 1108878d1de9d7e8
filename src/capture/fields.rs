//! The fields of messages, in formats that have them.

use crate::payload::json;
use crate::schema::{Fault, Tree};
use crate::traffic::{MessageSchema, Record};
use std::io;
use std::sync::Arc;

/// Puts what is wrong with a field into words in the language of the front end.
pub type DescribeFault = Arc<dyn Fn(&Fault) -> String + Send + Sync>;

/// What reads the messages of rows into fields.
#[derive(Clone)]
pub struct CaptureFields {
    pub described: Arc<MessageSchema>,
    pub describe: DescribeFault,
}

impl CaptureFields {
    /// The fields of a row's message in one line, behind what is wrong with it.
    pub(super) fn line(&self, record: &Record<'_>) -> Option<String> {
        let line = self.described.line(record, &*self.describe)?;
        Some(match line.fault {
            Some(fault) => format!("✗ {fault}  {}", line.fields),
            None => line.fields,
        })
    }

    /// Appends the fields of a row's message as JSON, and what is wrong with it.
    pub(super) fn push_json(&self, out: &mut Vec<u8>, record: &Record<'_>) -> io::Result<()> {
        let mut tree = Tree::default();
        let Some(message) = self.described.read(record, &mut tree) else {
            return Ok(());
        };
        let schema = &self.described.schema;
        out.extend_from_slice(b",\"fields\":");
        schema.push_json(out, &tree, &message)?;
        if let Some((node, fault)) = tree.fault() {
            out.extend_from_slice(b",\"fault\":{\"field\":");
            json::push_text(out, &schema.path(&tree, node))?;
            out.extend_from_slice(b",\"said\":");
            json::push_text(out, &(self.describe)(fault))?;
            out.push(b'}');
        }
        Ok(())
    }
}
