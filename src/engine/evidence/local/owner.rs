//! The owner of a socket.

use crate::engine::sys::process;
use serde::{Deserialize, Serialize};

/// A program with a socket.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Owner {
    pub pid: u32,
    /// As the program calls itself, without signs that change the text around it.
    pub name: String,
    /// Whether it is stopped (SIGSTOP, a debugger).
    pub is_stopped: bool,
    /// Whether it is this process.
    pub is_us: bool,
    /// Whether the socket is in another network namespace, such as a container's. If only root may
    /// see whose it is, this is a program of that namespace.
    pub is_elsewhere: bool,
}

impl Owner {
    /// The owner with this process id; `None` if it has ended.
    pub(super) fn of(pid: u32, is_elsewhere: bool) -> Option<Self> {
        Some(Self {
            pid,
            name: process::name_of(pid)?,
            is_stopped: process::is_stopped(pid)?,
            is_us: pid == std::process::id(),
            is_elsewhere,
        })
    }
}
