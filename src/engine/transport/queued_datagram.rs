//! A datagram in a send queue.

use crate::engine::context::reason::Reason;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

/// A datagram with its destination and the reason it is sent for.
#[derive(Debug)]
pub struct QueuedDatagram {
    pub to: SocketAddr,
    /// The local source address; `None` leaves it to the kernel.
    pub from: Option<IpAddr>,
    pub bytes: Arc<[u8]>,
    pub reason: Reason,
}
