//! Commands to the automatic senders: periodic messages, files, load, polling.

use super::{Command, PollPlan, Target};
use crate::automation::{Load, Plan};
use serde::{Deserialize, Serialize};
use std::path::Path;
use std::sync::Arc;

/// A command to start or end a sender. Each kind of sender runs at most once.
#[derive(Clone, Debug)]
pub enum SenderCommand {
    /// Send messages by this plan; replaces the current plan.
    Repeat {
        to: Target,
        plan: Plan,
    },
    EndRepeat,
    /// Send a file; replaces the current one.
    SendFile(FileRequest),
    EndFile,
    /// Send messages of one length at a fixed rate; replaces the current load.
    Flood(FloodRequest),
    EndFlood,
    /// Send the requests of a poll table. A running table goes on with this plan if the target is
    /// the same.
    Poll {
        to: Target,
        plan: Arc<PollPlan>,
    },
    EndPoll,
}

impl From<SenderCommand> for Command {
    fn from(command: SenderCommand) -> Self {
        Self::Sender(command)
    }
}

/// The parameters of a load.
#[derive(Clone, Debug, PartialEq)]
pub struct FloodRequest {
    pub to: Target,
    pub load: Load,
    /// Length of each message in bytes.
    pub size: usize,
    /// The flow number of the sequence header
    /// (see [`Header`](crate::traffic::meter::Header)); messages too short for it carry none.
    pub flow: Option<u32>,
}

/// The parameters of a file transfer.
#[derive(Clone, Debug, PartialEq)]
pub struct FileRequest {
    pub to: Target,
    pub path: Arc<Path>,
    /// Bytes of each datagram or write.
    pub block: usize,
    /// Rate limit in bytes a second; `None` for no limit.
    pub rate: Option<u64>,
    /// Send the payloads of a capture file instead of the bytes of the file.
    pub replay: Option<ReplayRequest>,
}

/// How a capture file is replayed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ReplayRequest {
    /// Speed as a multiple of the recorded one; `None` sends as fast as possible.
    pub speed: Option<f64>,
    pub which: ReplaySelection,
}

/// The direction of the payloads to replay.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum ReplaySelection {
    #[default]
    Received,
    Sent,
    All,
}
