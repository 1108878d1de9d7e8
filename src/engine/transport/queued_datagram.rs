//! A datagram on its way to a socket.

use crate::engine::context::reason::Reason;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

/// A datagram, where it goes, and why.
#[derive(Debug)]
pub struct QueuedDatagram {
    pub to: SocketAddr,
    /// The address of ours that it is to leave from, where that is not the kernel's choice.
    pub from: Option<IpAddr>,
    pub bytes: Arc<[u8]>,
    pub reason: Reason,
}
