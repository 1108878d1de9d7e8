//! Sessions on a link between network namespaces that a test sets up.
#![cfg(target_os = "linux")]

/// Broadcasts, and which of their senders are answered.
mod broadcast;
/// The doctor.
mod doctor;
/// Broadcasts, and which of their senders receive replies.
mod larger;
/// A link that goes down.
mod link;
/// Packets larger than the path MTU.
mod mtu;
/// Multicast groups, on the interface they were joined on.
mod multicast;
/// The namespace set-up: network namespaces and the links between them.
mod namespaces;
/// Datagrams that do not arrive.
mod undelivered;
