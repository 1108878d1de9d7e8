//! A function that makes a message anew each time, given by a higher layer.

use super::EncodeMistake;
use super::template::TemplateContext;
use std::fmt;
use std::sync::Arc;

/// Makes the bytes of a message.
pub trait MakeMessage: fmt::Debug + Send + Sync {
    /// The bytes at this moment, as an answer to its request.
    ///
    /// # Errors
    /// The field that cannot have its value now.
    fn make(
        &self,
        moment: &TemplateContext<'_>,
        random: &mut fastrand::Rng,
    ) -> Result<Vec<u8>, EncodeMistake>;
}

/// A maker; only the same one is equal.
#[derive(Clone, Debug)]
pub(super) struct Maker(pub Arc<dyn MakeMessage>);

impl PartialEq for Maker {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for Maker {}
