//! Command lines for a terminal that try a session out.

use crate::config::shell_quoted;
use crate::kind::SessionKind;
use crate::peer::{Name, Peer};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// The effect of a command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SampleCommand {
    /// Sends a short text.
    Text,
    /// Reads two Modbus registers.
    Modbus,
    /// Sends numbered datagrams, and counts the echoes.
    Meter,
    /// Is a server that echoes.
    Server,
}

impl SampleCommand {
    /// The line for a session of this kind. `address` is the session's own, or that of its
    /// server. `None` if the address has no port yet, or no program for it is common.
    pub(super) fn line(self, kind: SessionKind, address: Peer) -> Option<String> {
        let address = match address {
            Peer::Ip(address) if address.port() == 0 => return None,
            Peer::Ip(address) => reachable(address),
            Peer::Named(name) => return socket_line(kind, name),
            Peer::Unnamed(_) => return None,
        };
        let protocol = if kind.is_stream() { "tcp" } else { "udp" };
        Some(match self {
            // There is no nc on Windows.
            Self::Text if cfg!(windows) => {
                format!("netpeer send {protocol} {address} hi --within 10s")
            }
            Self::Text => {
                let option = if kind.is_stream() { "" } else { "-u " };
                format!("echo hi | nc {option}{} {}", host(address), address.port())
            }
            Self::Modbus => format!(
                "netpeer send {protocol} {address} \"00 01 00 00 00 06 01 03 00 00 00 02\" --hex --within 1s"
            ),
            Self::Meter => format!("netpeer meter --to {address} --rate 20 --count 100"),
            Self::Server => format!("netpeer tcp-server --bind {address} --echo"),
        })
    }
}

/// Sends a short text to a Unix socket with a path; `nc` knows no abstract names.
fn socket_line(kind: SessionKind, name: Name) -> Option<String> {
    let bytes = name.bytes();
    let path = std::str::from_utf8(&bytes).ok()?;
    let option = if kind.is_stream() { "-U" } else { "-uU" };
    (!name.is_abstract()).then(|| format!("echo hi | nc {option} {}", shell_quoted(path)))
}

/// The address by which this machine reaches a socket that is bound to this one.
pub(super) fn reachable(mut address: SocketAddr) -> SocketAddr {
    match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => address.set_ip(Ipv4Addr::LOCALHOST.into()),
        IpAddr::V6(ip) if ip.is_unspecified() => address.set_ip(Ipv6Addr::LOCALHOST.into()),
        _ => {}
    }
    address
}

fn host(address: SocketAddr) -> String {
    match address {
        SocketAddr::V6(v6) if v6.scope_id() != 0 => format!("{}%{}", v6.ip(), v6.scope_id()),
        other => other.ip().to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(sample: SampleCommand, kind: SessionKind, address: &str) -> Option<String> {
        let address: SocketAddr = address.parse().unwrap();
        sample.line(kind, address.into())
    }

    #[cfg(unix)]
    #[test]
    fn a_text_goes_by_the_protocol_of_the_session() {
        let text = |kind, address| line(SampleCommand::Text, kind, address).unwrap();
        assert_eq!(
            text(SessionKind::Udp, "127.0.0.1:8080"),
            "echo hi | nc -u 127.0.0.1 8080"
        );
        assert_eq!(
            text(SessionKind::RelayTcp, "192.0.2.1:9000"),
            "echo hi | nc 192.0.2.1 9000"
        );
        assert_eq!(
            text(SessionKind::TcpServer, "[fe80::1%3]:80"),
            "echo hi | nc fe80::1%3 80"
        );
    }

    #[test]
    fn a_socket_bound_to_all_addresses_is_reached_by_loopback() {
        let meter = |address| line(SampleCommand::Meter, SessionKind::Udp, address).unwrap();
        assert_eq!(
            meter("0.0.0.0:8080"),
            "netpeer meter --to 127.0.0.1:8080 --rate 20 --count 100"
        );
        assert!(meter("[::]:8080").contains(" [::1]:8080 "));
    }

    #[test]
    fn a_port_that_is_not_known_yet_has_no_line() {
        assert_eq!(
            line(SampleCommand::Server, SessionKind::TcpClient, "127.0.0.1:0"),
            None
        );
    }

    #[test]
    fn a_path_is_quoted_and_an_abstract_name_has_no_line() {
        let line = |kind, name: &[u8]| {
            let name = Name::new(name).unwrap();
            SampleCommand::Text.line(kind, Peer::Named(name))
        };
        assert_eq!(
            line(SessionKind::UnixServer, b"/tmp/a b").unwrap(),
            "echo hi | nc -U '/tmp/a b'"
        );
        assert_eq!(
            line(SessionKind::UnixDatagram, b"/tmp/a").unwrap(),
            "echo hi | nc -uU /tmp/a"
        );
        assert_eq!(line(SessionKind::UnixServer, b"\0a"), None);
    }
}
