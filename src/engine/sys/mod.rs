//! The system layer: clock, timers, names, interfaces, sockets, and the causes of their errors.

pub mod cause;
#[cfg(target_os = "linux")]
pub mod child;
pub mod clock;
pub mod datagram_socket;
pub mod endpoint;
#[cfg(target_os = "linux")]
pub mod error_queue;
pub mod exclusive_port;
pub mod failure;
pub mod interfaces;
pub mod limits;
pub mod local_sockets;
pub mod name_failure;
#[cfg(target_os = "linux")]
pub mod netlink;
pub mod poll;
pub mod port_owner;
pub mod process;
pub mod process_group;
pub mod receive;
pub mod receive_buffer;
pub mod remote;
pub mod resolver;
pub mod socket;
pub mod socket_table;
pub mod source_address;
pub mod stream_socket;
pub mod timer;
#[cfg(unix)]
pub mod unix;
pub mod world;
