//! The doctor, asked about situations that are made for real.

/// How the doctor is asked: without capabilities, and as root.
mod asked;
/// Packets with a wrong checksum.
mod checksums;
/// Situations of firewalls.
mod firewall;
/// Groups on a machine with two networks.
mod groups;
/// Situations of this machine.
mod local;
/// Members of one network that do not reach each other.
mod members;
/// Receivers at one address, and messages to many machines.
mod one_address;
/// What the own network explains.
mod own_network;
/// Situations of the way to the target.
mod path;
/// Situations of the far end and of what is said.
mod peer;
/// Probes of the way, what was set by hand, and healthy networks.
mod probes;
/// Messages that the system refuses to send.
mod refused;
mod same_network;
/// Receivers that wait for a sender that is named.
mod sender;
/// Sessions with programs that make a mistake.
mod talk;
/// Senders of the other IP version than that of a session.
mod versions;
/// Receivers that wait for nobody in particular.
mod waiting;
