//! Exclusive use of a port, where the system does not give it by default.
//!
//! On Windows, and for listen sockets on macOS, a socket bound to all addresses and one bound to
//! a single address can have the same port. The first then receives nothing from that address,
//! and no error says so. Linux refuses the second bind (bind(2), EADDRINUSE). A bind of this
//! program is refused likewise; a later bind of another program cannot be prevented.

use crate::engine::sys::interfaces::Interfaces;
use socket2::{Domain, Socket, Type};
use std::io::{self, ErrorKind};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV6};

/// Allows a bind to a port with old connections in TIME_WAIT (SO_REUSEADDR, socket(7)). On
/// Windows the same option would let another program take over the port.
pub fn reuse_after_close(socket: &Socket) -> io::Result<()> {
    if cfg!(windows) {
        Ok(())
    } else {
        socket.set_reuse_address(true)
    }
}

/// Checks that no socket has the port of `local` at an address that `local` includes, or that
/// includes it.
///
/// # Errors
/// The system's error of a bind there: the port is in use.
pub fn check(local: SocketAddr, kind: Type, interfaces: &Interfaces) -> io::Result<()> {
    let taken = |address| bind(address, kind).err().filter(is_in_use);
    let mut found = overlapping(local, interfaces).into_iter().filter_map(taken);
    found.next().map_or(Ok(()), Err)
}

fn is_in_use(error: &io::Error) -> bool {
    // WSAEACCES: a holder with SO_EXCLUSIVEADDRUSE. EACCES of macOS is no holder: a port below
    // 1024 needs a right at a single address only.
    error.kind() == ErrorKind::AddrInUse || error.raw_os_error() == Some(10_013)
}

fn bind(address: SocketAddr, kind: Type) -> io::Result<()> {
    let socket = Socket::new(Domain::for_address(address), kind, None)?;
    if address.is_ipv6() {
        socket.set_only_v6(true)?;
    }
    if kind == Type::STREAM {
        reuse_after_close(&socket)?;
    }
    socket.bind(&address.into())
}

/// The other addresses with the port of `local`: for all addresses each single one, and for a
/// single one all.
fn overlapping(local: SocketAddr, interfaces: &Interfaces) -> Vec<SocketAddr> {
    let (ip, port) = (local.ip(), local.port());
    if port == 0 {
        return Vec::new();
    }
    if !ip.is_unspecified() {
        let all: IpAddr = match ip {
            IpAddr::V4(_) => Ipv4Addr::UNSPECIFIED.into(),
            IpAddr::V6(_) => Ipv6Addr::UNSPECIFIED.into(),
        };
        return vec![SocketAddr::new(all, port)];
    }
    // A socket bound to `::` has IPv4 too.
    let own = interfaces
        .iter()
        .filter(|own| ip.is_ipv6() || own.ip.is_ipv4());
    let single = own.map(|own| match own.ip {
        IpAddr::V6(v6) if v6.is_unicast_link_local() => {
            SocketAddrV6::new(v6, port, 0, own.index).into()
        }
        single => SocketAddr::new(single, port),
    });
    let all = ip.is_ipv6().then(|| (Ipv4Addr::UNSPECIFIED, port).into());
    single.chain(all).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::sys::interfaces::Interface;
    use std::net::UdpSocket;

    fn interfaces() -> Interfaces {
        let own = |ip: &str| Interface {
            name: "eth0".into(),
            index: 7,
            ip: ip.parse().unwrap(),
            prefix: 8,
            broadcasts: Vec::new(),
        };
        Interfaces::from(["127.0.0.1", "::1", "fe80::1"].map(own).to_vec())
    }

    #[test]
    fn all_addresses_overlap_with_each_single_one() {
        for (local, others) in [
            ("0.0.0.0:80", &["127.0.0.1:80"][..]),
            ("127.0.0.1:80", &["0.0.0.0:80"]),
            ("[::1]:80", &["[::]:80"]),
            (
                "[::]:80",
                &["127.0.0.1:80", "[::1]:80", "[fe80::1%7]:80", "0.0.0.0:80"],
            ),
            ("0.0.0.0:0", &[]),
        ] {
            let found = overlapping(local.parse().unwrap(), &interfaces());
            let found: Vec<String> = found.iter().map(ToString::to_string).collect();
            assert_eq!(found, others, "{local}");
        }
    }

    #[test]
    fn a_port_of_another_socket_at_one_address_is_not_ours_at_all() {
        let other = UdpSocket::bind("127.0.0.1:0").unwrap();
        let mut local = other.local_addr().unwrap();
        local.set_ip(Ipv4Addr::UNSPECIFIED.into());
        let refused = check(local, Type::DGRAM, &interfaces()).unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::AddrInUse);
        drop(other);
        check(local, Type::DGRAM, &interfaces()).unwrap();
    }
}
