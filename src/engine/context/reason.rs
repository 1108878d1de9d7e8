//! Why something is sent that nobody typed.

use crate::traffic::Origin;
use std::net::SocketAddr;
use std::sync::Arc;

/// What a row about it will say; nothing where a person sent it.
#[derive(Clone, Debug, Default)]
pub struct Reason {
    pub rule: Option<Arc<str>>,
    /// The other end of a relay.
    pub other: Option<SocketAddr>,
    /// In a relay, the client whose way it takes: others have the same target.
    pub client: Option<SocketAddr>,
}

impl Reason {
    pub fn origin(&self) -> Origin<'_> {
        Origin {
            rule: self.rule.as_deref(),
            other: self.other,
        }
    }
}
