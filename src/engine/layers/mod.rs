//! Layers on a stream of bytes, without sockets and without a clock: bytes of the wire go in
//! and items come out, messages go in and bytes for the wire come out.

mod messages;

pub use messages::Messages;

use std::fmt;

/// What a layer hands up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Item<'a> {
    pub bytes: &'a [u8],
    /// Whether a message ends with it; `None` where the layer knows no messages.
    pub ends_message: Option<bool>,
    /// What kind of item it is, where the layer has several (text, ping …).
    pub kind: Option<&'static str>,
}

/// Why a layer cannot go on: what the far side sent is none of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LayerError(pub String);

impl fmt::Display for LayerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for LayerError {}

pub trait Layer: Send {
    /// Takes bytes that came, cut anywhere, and hands up what is whole.
    ///
    /// # Errors
    /// If they are none of this layer; nothing that follows is either.
    fn receive(&mut self, wire: &[u8], take: &mut dyn FnMut(Item<'_>)) -> Result<(), LayerError>;

    /// Takes a message that is to be sent. Before a layer is ready, it waits in it.
    ///
    /// # Errors
    /// If this layer cannot carry it.
    fn send(&mut self, message: &[u8]) -> Result<(), LayerError>;

    /// The bytes that are to be written to the wire next: of messages, and what the layer
    /// itself says.
    fn take_wire(&mut self) -> Vec<u8>;

    /// Our direction ends: the layer says so, if it has a way to.
    fn close(&mut self);

    /// The wire ended; hands up what is unfinished. Says whether the far side had said so
    /// within the layer, where that is its way.
    fn finish(&mut self, take: &mut dyn FnMut(Item<'_>)) -> bool;
}
