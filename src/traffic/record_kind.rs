//! What rows of the log are.

/// What a record is, without its content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecordKind {
    Received,
    Sent,
    /// Something happened to the connection.
    Notice,
    /// An operation failed.
    Failure,
}
