//! Protocol layers on a byte stream, without sockets or clock (sans-IO): wire bytes in and items
//! out, messages in and wire bytes out.

mod messages;

pub use messages::Messages;

use crate::traffic::framing::FrameEnd;
use std::fmt;
use std::time::Instant;

/// A received item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LayerItem<'a> {
    pub bytes: &'a [u8],
    /// How the message ended that the item is; `None` for a layer without messages.
    pub end: Option<FrameEnd>,
    /// The kind of the item, for a layer with several (text, ping …).
    pub kind: Option<&'static str>,
}

/// A protocol error of the peer. The layer cannot continue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LayerError(pub String);

impl fmt::Display for LayerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for LayerError {}

/// A protocol layer on one byte stream. It keeps its own buffers; its owner moves bytes between
/// it and the socket.
pub trait Layer: Send {
    /// Takes bytes received at this time, split at any place, and passes on complete items.
    ///
    /// # Errors
    /// If the bytes violate the layer's protocol. The layer accepts none after that.
    fn receive(
        &mut self,
        wire: &[u8],
        now: Instant,
        take: &mut dyn FnMut(LayerItem<'_>),
    ) -> Result<(), LayerError>;

    /// When the layer has an item to pass on without further bytes.
    fn deadline(&self) -> Option<Instant> {
        None
    }

    /// Passes on the items that are due.
    fn due(&mut self, _now: Instant, _take: &mut dyn FnMut(LayerItem<'_>)) {}

    /// Queues a message. A layer that is not ready keeps it until it is.
    ///
    /// # Errors
    /// If the layer cannot carry the message.
    fn send(&mut self, message: &[u8]) -> Result<(), LayerError>;

    /// Takes the bytes to write to the wire: messages and the layer's own protocol bytes.
    fn take_wire(&mut self) -> Vec<u8>;

    /// Ends our direction, with the layer's own end of stream if it has one.
    fn close(&mut self);

    /// The wire ended. Passes on the unfinished item. Returns whether the peer had ended the
    /// layer properly; always true for a layer without an end of its own.
    fn finish(&mut self, take: &mut dyn FnMut(LayerItem<'_>)) -> bool;
}
