//! How a reply finds its request.

use crate::schema::Tree;
use crate::traffic::{MessageSchema, RecordKind};
use std::sync::Arc;

/// How a reply finds its request, among those of the same connection, or without connections, of
/// the same address.
#[derive(Clone, Debug, PartialEq)]
pub enum Pairing {
    /// It answers the oldest request that has no reply.
    Order,
    /// It answers the newest one without a reply that has the same value in a field.
    Field(PairField),
}

/// The field of a description that a reply and its request have in common.
#[derive(Clone, Debug)]
pub struct PairField {
    described: Arc<MessageSchema>,
    path: Vec<String>,
}

impl Pairing {
    /// The value that a request and its reply have in common, as text. `None` if there is none in
    /// this message, which was received or sent.
    pub(super) fn value(&self, kind: RecordKind, message: &[u8]) -> Option<String> {
        match self {
            Self::Order => None,
            Self::Field(field) => field.value(kind, message),
        }
    }
}

impl PartialEq for PairField {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.described, &other.described) && self.path == other.path
    }
}

impl PairField {
    /// The field at a written path, with or without the name of the protocol. `None` if the
    /// description has none there.
    pub fn new(path: &str, described: &Arc<MessageSchema>) -> Option<Self> {
        Some(Self {
            path: described.schema.path_names(path)?,
            described: Arc::clone(described),
        })
    }

    /// The value of the field in a message, as text; `None` if the message does not have it.
    fn value(&self, kind: RecordKind, message: &[u8]) -> Option<String> {
        let schema = &self.described.schema;
        let message = self.described.body(kind, message);
        let mut tree = Tree::default();
        schema.decode(message, &mut tree);
        let mut value = None;
        schema.at_path(&tree, &self.path, &mut |node| {
            value = schema.node_text(node, message, true);
            value.is_some()
        });
        value
    }
}
