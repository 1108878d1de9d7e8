//! The settings of the session whose rows are written, as far as they are known.

use crate::kind::SessionKind;
use crate::traffic::framing::SessionFraming;

/// The settings that a scenario repeats, and that no record contains.
#[derive(Clone, Debug, Default)]
pub struct KnownSession {
    /// Its kind, where the rows themselves do not say it.
    pub kind: Option<SessionKind>,
    /// How its streams, or its datagrams, are cut into messages.
    pub framing: SessionFraming,
    /// The description of its messages: a ready-made one by its name, or a file by its path.
    pub describe: Option<String>,
}
