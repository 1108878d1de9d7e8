//! The engine with real sockets on loopback.
mod acknowledged;
#[cfg(target_os = "linux")]
mod addresses;
pub mod alone;
#[cfg(not(target_os = "macos"))]
mod connections;
mod constrained;
mod farewell;
mod files;
mod flood;
mod framed;
mod framed_datagrams;
mod front_end;
mod guard;
mod icmp;
mod impair;
mod impair_stream;
mod lifecycle;
mod lingering;
mod loops;
mod measured;
#[cfg(target_os = "linux")]
mod nodelay;
mod poll;
pub mod probe;
mod reconnect;
mod recording;
mod relay;
mod relay_framed;
mod relay_hold;
mod relay_tcp;
mod repeat;
#[cfg(target_os = "linux")]
mod resources;
mod routes;
pub mod rules;
mod segments;
pub mod tcp;
mod tcp_ends;
mod udp;
#[cfg(unix)]
mod unix;
mod unread;
mod unsent_files;
