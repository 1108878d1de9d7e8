//! What is done to one stream connection.

/// How a connection, or our direction of it, is to end. Bytes that are dropped are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConnectionCommand {
    /// Close it; what is unsent is dropped.
    Disconnect,
    /// Close it once what is queued is out. If it is to `linger`, our direction ends first, and
    /// what still comes is read and discarded until the peer ends its own or takes too long:
    /// unread bytes would reset the connection.
    Finish { linger: bool },
    /// Close it, if the peer has ended its direction (FIN), once what rules answer it and what
    /// is queued is out: for a front end that opened it half-open because it had more to send
    /// first.
    Part,
    /// Reset it (RST); what is unsent is dropped.
    Reset,
    /// End our direction once its queue is empty (half-close).
    FinishWriting,
}
