//! What the worker sends by itself once it was told: messages again and again, a file, a load.

use super::{Command, Target};
use crate::automation::{Load, Plan};
use serde::{Deserialize, Serialize};
use std::path::Path;
use std::sync::Arc;

#[derive(Clone, Debug)]
pub enum SenderCommand {
    /// Send messages by plan from now on, instead of any earlier plan.
    Repeat {
        to: Target,
        plan: Plan,
    },
    EndRepeat,
    /// Send a file from now on, instead of any earlier one.
    SendFile(FileOrder),
    EndFile,
    /// Send messages of one length at a rate from now on, instead of any earlier ones.
    Flood(FloodOrder),
    EndFlood,
}

impl From<SenderCommand> for Command {
    fn from(command: SenderCommand) -> Self {
        Self::Sender(command)
    }
}

/// A load to be sent.
#[derive(Clone, Debug, PartialEq)]
pub struct FloodOrder {
    pub to: Target,
    pub load: Load,
    /// Bytes of each message.
    pub size: usize,
    /// The flow its messages are numbered in (see [`Header`](crate::traffic::meter::Header)),
    /// if they have room for that.
    pub flow: Option<u32>,
}

/// A file to be sent.
#[derive(Clone, Debug, PartialEq)]
pub struct FileOrder {
    pub to: Target,
    pub path: Arc<Path>,
    /// Bytes of a datagram, or of a write.
    pub block: usize,
    /// At most so many bytes a second.
    pub rate: Option<u64>,
    /// Take the payloads out of a recorded file, instead of its bytes.
    pub replay: Option<Replay>,
}

/// How a recorded file is replayed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Replay {
    /// How many times as fast as it was recorded; `None` is as fast as it goes.
    pub speed: Option<f64>,
    pub which: Which,
}

/// Which payloads of a recorded file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Which {
    #[default]
    Received,
    Sent,
    All,
}
