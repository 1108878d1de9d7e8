//! The kinds of session: one driver each.

pub mod relay;
pub mod tcp_client;
pub mod tcp_server;
pub mod udp;
