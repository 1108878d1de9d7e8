#![cfg(target_os = "linux")]

/// To everybody at the other end, and who is answered.
mod broadcast;
/// The ends of the cable.
mod cable;
/// No weapon in the hands of whoever forges an address.
mod larger;
/// A cable that is pulled out.
mod link;
/// Packets that are too big for the way.
mod mtu;
/// To groups, on the interface they were joined on.
mod multicast;
