//! The rows of a connection's end.

use super::{Connection, ConnectionFailure};
use crate::engine::context::Context;
use crate::engine::sys::failure;
use crate::traffic::Notice;
use std::io::{self, ErrorKind};

impl Connection {
    /// The row of an end by this error. `kept` is the number of further bytes that were meant for
    /// the connection.
    pub fn lost(&self, failed: &ConnectionFailure, kept: usize, cx: &mut Context<'_>) -> Notice {
        let ConnectionFailure { operation, error } = failed;
        let (peer, unsent) = (self.peer, self.unsent() + kept);
        if is_reset(error) {
            return Notice::PeerReset { peer, unsent };
        }
        let shown = cx.interfaces.show(peer);
        cx.sink
            .failure_of(self.id, *operation, shown, failure::cause(error));
        Notice::Closed { peer, unsent }
    }

    /// Makes the kernel reset the connection when it is dropped (SO_LINGER, socket(7)). Returns the
    /// row; `kept` is the number of further bytes that were meant for the connection.
    pub fn reset(&self, kept: usize) -> Notice {
        let (peer, unsent) = (self.peer, self.unsent() + kept);
        // Both directions have ended: a reset is no longer possible (RFC 9293 §3.10.5).
        let is_over = self.finished && self.ended;
        // If the option is refused, a close is the next best.
        match !is_over && self.socket.reset_on_close().is_ok() {
            true => Notice::Reset { peer, unsent },
            false => Notice::Closed { peer, unsent },
        }
    }

    /// The row of our close. `kept` is the number of further bytes that were meant for the
    /// connection. With unread bytes the kernel sends a reset instead (RFC 2525 §2.17). Bytes that
    /// arrive after this check cause a reset too, which no row reports.
    pub fn closed(&self, kept: usize) -> Notice {
        let (peer, unsent) = (self.peer, self.unsent() + kept);
        if self
            .failed
            .as_ref()
            .is_some_and(|failed| is_reset(&failed.error))
        {
            return Notice::PeerReset { peer, unsent };
        }
        match self.more_may_wait && self.socket.has_unread() {
            true => Notice::Reset { peer, unsent },
            false => Notice::Closed { peer, unsent },
        }
    }
}

/// Whether the error is a reset by the peer. A write after its RST fails with EPIPE.
fn is_reset(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::ConnectionReset | ErrorKind::BrokenPipe | ErrorKind::ConnectionAborted
    )
}
