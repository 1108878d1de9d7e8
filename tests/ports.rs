//! Ports for tests that need a number before the bind. They lie below the ephemeral range (ip(7),
//! `ip_local_port_range`), so the system does not give them to another test.

use std::net::{TcpListener, UdpSocket};
use std::sync::atomic::{AtomicU32, Ordering};

static NEXT: AtomicU32 = AtomicU32::new(0);

/// A port that is free now, as is the next one.
pub fn quiet() -> u16 {
    const FIRST: u32 = 10_000;
    const COUNT: u32 = 20_000;
    // At every address: some tests bind all of them.
    let free = |port: u16| {
        UdpSocket::bind(("0.0.0.0", port)).is_ok() && TcpListener::bind(("0.0.0.0", port)).is_ok()
    };
    std::iter::repeat_with(|| {
        // Processes that run at the same time start at different ports.
        let step = NEXT.fetch_add(2, Ordering::Relaxed);
        (FIRST + (std::process::id() * 194 + step) % COUNT) as u16
    })
    .find(|port| free(*port) && free(port + 1))
    .expect("a free port")
}
