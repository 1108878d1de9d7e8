//! Why rows make no scenario.

use std::{error, fmt, io};

/// Why rows make no scenario. Numbers of rows are counted from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ScenarioProblem {
    /// There are more rows than this.
    TooMany(u64),
    /// The file would be longer than this, in bytes.
    TooLong(u64),
    /// No row has bytes that a step could send or expect.
    Empty,
    /// Bytes of this row, or of its stream before it, are missing in the file.
    Incomplete(u64),
    /// The session stuffs what it sends, and this row ends within a message, or is not validly
    /// stuffed.
    NotStuffed(u64),
    /// The name of a Unix socket is unknown.
    Nameless,
    /// The framing of this session cannot be written as RON, for this reason.
    Framing { session: String, reason: String },
}

impl ScenarioProblem {
    /// The problem inside an I/O error, if there is one.
    pub fn of(error: &io::Error) -> Option<Self> {
        error.get_ref()?.downcast_ref::<Self>().cloned()
    }
}

impl fmt::Display for ScenarioProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

impl error::Error for ScenarioProblem {}

impl From<ScenarioProblem> for io::Error {
    fn from(problem: ScenarioProblem) -> Self {
        Self::other(problem)
    }
}
