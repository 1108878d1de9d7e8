//! The kinds of rows of the log.

/// The kind of a record, without its content.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RecordKind {
    Received,
    Sent,
    /// An event of the connection.
    Notice,
    /// An operation failed.
    Failure,
}
