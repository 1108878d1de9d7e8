//! What of a UDP socket wakes the worker.

use crate::engine::context::Context;
use mio::net::UdpSocket;
use mio::{Interest, Token};

/// Has a socket watched for what comes, and for room only if `for_room`: the kernel would
/// wake us for each datagram that has left its send buffer.
pub fn watch(
    socket: &mut UdpSocket,
    token: Token,
    watched: &mut bool,
    for_room: bool,
    cx: &mut Context<'_>,
) {
    if *watched == for_room {
        return;
    }
    let interest = match for_room {
        true => Interest::READABLE | Interest::WRITABLE,
        false => Interest::READABLE,
    };
    // A socket that was watched can be watched otherwise; if not, it is tried again.
    if cx.registry.reregister(socket, token, interest).is_ok() {
        *watched = for_room;
    }
}
