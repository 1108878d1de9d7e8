//! Commands to one stream connection.

/// How to end a connection or our direction of it. Discarded bytes are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConnectionCommand {
    /// Close it and discard unsent bytes.
    Disconnect,
    /// Close it after its queue is sent. With `linger`, our direction ends first (FIN), and
    /// received bytes are discarded until the peer ends its own or a time limit passes: unread
    /// bytes would reset the connection (RFC 1122, 4.2.2.13).
    Finish { linger: bool },
    /// Close it, if the peer has ended its direction (FIN), after pending replies and its queue
    /// are sent. For a front end that opened the session half-open because it had more to send.
    Part,
    /// Reset it (RST) and discard unsent bytes.
    Reset,
    /// End our direction once its queue is empty (half-close, shutdown(2)).
    FinishWriting,
}
