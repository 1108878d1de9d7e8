//! Why bytes of a stream are no message.

use serde::{Deserialize, Serialize};

/// Why bytes of a stream are no message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum FrameFault {
    /// Longer than the limit, or said to be.
    TooLong,
    /// The length should include the header, but is smaller than the header.
    TooShort,
    /// They contradict the framing.
    Garbled,
    /// The stream ended before the message.
    Unfinished,
}
