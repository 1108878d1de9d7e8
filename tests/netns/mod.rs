#![cfg(target_os = "linux")]

/// Broadcasts, and which of their senders are answered.
mod broadcast;
/// Replies larger than their requests are limited.
mod larger;
/// A link that goes down.
mod link;
/// Packets larger than the path MTU.
mod mtu;
/// To groups, on the interface they were joined on.
mod multicast;
/// The set-up: network namespaces and the links between them.
mod namespaces;
