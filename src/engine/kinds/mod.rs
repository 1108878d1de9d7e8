//! The kinds of session: one driver each.

pub mod relay;
pub mod tcp_client;
pub mod tcp_server;
pub mod udp;

use crate::engine::command::Setup;
use crate::engine::driver::Driver;
use crate::engine::sys::socket::Transport;
use relay::{RelayTcp, RelayUdp};
use tcp_client::TcpClient;
use tcp_server::TcpServer;
use udp::Udp;

/// What drives a session of this kind.
pub fn driver(setup: Setup) -> Box<dyn Driver + Send> {
    match setup {
        Setup::Udp { local, receiving } => Box::new(Udp::new(local, receiving)),
        Setup::TcpClient {
            local,
            remote,
            timeout,
            close_with_peer,
        } => Box::new(TcpClient::new(local, remote, timeout, close_with_peer)),
        Setup::TcpServer {
            local,
            close_with_peer,
        } => Box::new(TcpServer::new(local, close_with_peer)),
        Setup::Relay {
            transport: Transport::Udp,
            local,
            target,
            idle,
            receiving,
            ..
        } => Box::new(RelayUdp::new(local, target, idle, receiving)),
        Setup::Relay {
            transport: Transport::Tcp,
            local,
            target,
            timeout,
            ..
        } => Box::new(RelayTcp::new(local, target, timeout)),
    }
}
