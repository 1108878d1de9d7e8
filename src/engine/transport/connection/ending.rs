//! The row of a connection's end.

use super::Connection;
use crate::engine::context::Context;
use crate::engine::sys::failure;
use crate::traffic::{Notice, Operation};
use std::io::{self, ErrorKind};

impl Connection {
    /// The row of its end by this error, and of `kept` more bytes that were to go to it.
    pub fn lost(
        &self,
        operation: Operation,
        error: &io::Error,
        kept: usize,
        cx: &mut Context<'_>,
    ) -> Notice {
        let (peer, unsent) = (self.peer, self.unsent() + kept);
        if is_reset(error) {
            return Notice::PeerReset { peer, unsent };
        }
        let shown = cx.interfaces.show(peer);
        cx.sink
            .failure_of(self.id, operation, shown, failure::cause(error));
        Notice::Closed { peer, unsent }
    }

    /// Lets the kernel reset the connection when it is dropped. The row of that, and of
    /// `kept` more bytes that were to go to it.
    pub fn reset(&self, kept: usize) -> Notice {
        let (peer, unsent) = (self.peer, self.unsent() + kept);
        // Both directions have ended: there is nothing left to reset (RFC 9293 §3.10.5).
        let is_over = self.finished && self.ended;
        // Where it is refused, closing is the next best.
        match !is_over && self.socket.reset_on_close().is_ok() {
            true => Notice::Reset { peer, unsent },
            false => Notice::Closed { peer, unsent },
        }
    }

    /// The row of our closing it, and of `kept` more bytes that were to go to it. With bytes
    /// unread the kernel resets it instead (RFC 2525 §2.17); bytes that come after this look
    /// do that too, and nobody is told.
    pub fn closed(&self, kept: usize) -> Notice {
        let (peer, unsent) = (self.peer, self.unsent() + kept);
        if self
            .failed
            .as_ref()
            .is_some_and(|(_, error)| is_reset(error))
        {
            return Notice::PeerReset { peer, unsent };
        }
        match self.more_may_wait && self.socket.has_unread() {
            true => Notice::Reset { peer, unsent },
            false => Notice::Closed { peer, unsent },
        }
    }
}

/// Whether the peer reset the connection. A write after its RST says EPIPE.
fn is_reset(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::ConnectionReset | ErrorKind::BrokenPipe | ErrorKind::ConnectionAborted
    )
}
