//! The kinds of session, one driver each.

pub mod relay;
pub mod tcp_client;
pub mod tcp_server;
pub mod udp;
#[cfg(unix)]
pub mod unix_datagram;

use crate::engine::command::Setup;
use crate::engine::driver::Driver;
use crate::kind::SessionKind;

/// Makes a driver; `None` if the setup lacks an address that the kind needs.
type Make = fn(Setup) -> Option<Box<dyn Driver + Send>>;

/// The driver for this setup; `None` if the setup lacks an address that its kind needs.
pub fn driver(setup: Setup) -> Option<Box<dyn Driver + Send>> {
    let make: Make = match setup.kind {
        SessionKind::Udp => udp::make,
        SessionKind::TcpClient => tcp_client::make,
        SessionKind::TcpServer => tcp_server::make,
        SessionKind::RelayUdp => relay::udp::make,
        SessionKind::RelayTcp => relay::tcp::make,
        SessionKind::UnixClient => tcp_client::make,
        SessionKind::UnixServer => tcp_server::make,
        #[cfg(unix)]
        SessionKind::UnixDatagram => unix_datagram::make,
        #[cfg(not(unix))]
        SessionKind::UnixDatagram => |_| None,
    };
    make(setup)
}
