//! The kinds of session, one driver each.

pub mod relay;
pub mod tcp_client;
pub mod tcp_server;
pub mod udp;
#[cfg(unix)]
pub mod unix_datagram;

use crate::engine::command::Setup;
use crate::engine::driver::Driver;
use crate::kind::Kind;

/// Makes a driver; `None` if the setup lacks an address that the kind needs.
type Make = fn(Setup) -> Option<Box<dyn Driver + Send>>;

/// The driver for this setup; `None` if the setup lacks an address that its kind needs.
pub fn driver(setup: Setup) -> Option<Box<dyn Driver + Send>> {
    let make: Make = match setup.kind {
        Kind::Udp => udp::make,
        Kind::TcpClient => tcp_client::make,
        Kind::TcpServer => tcp_server::make,
        Kind::RelayUdp => relay::udp::make,
        Kind::RelayTcp => relay::tcp::make,
        Kind::UnixClient => tcp_client::make,
        Kind::UnixServer => tcp_server::make,
        #[cfg(unix)]
        Kind::UnixDatagram => unix_datagram::make,
        #[cfg(not(unix))]
        Kind::UnixDatagram => |_| None,
    };
    make(setup)
}
