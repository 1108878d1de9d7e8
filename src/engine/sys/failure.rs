//! Maps the system's errors to causes, with additional facts from the system.

pub use crate::engine::sys::cause::{cause, died_of};
use crate::engine::sys::name_failure as name;
use crate::engine::sys::port_owner;

use crate::engine::sys::interfaces::Interfaces;

use crate::capture::import::{ImportError, ImportPosition, ImportProblem, Json};
use crate::engine::sys::socket::Transport;
use crate::peer::Peer;
use crate::traffic::{Cause, Failure, FilePlace, FileProblem, Operation, Reach};
use std::io::{self, ErrorKind};
use std::net::{IpAddr, SocketAddr};

/// The failure of a session that cannot start, for lack of a thread or descriptor.
pub fn not_begun(error: &io::Error) -> Failure {
    Failure {
        operation: Operation::Start,
        address: String::new(),
        cause: cause(error),
    }
}

/// The cause, if the error says that no descriptor is left.
pub fn out_of_descriptors(error: &io::Error) -> Option<Cause> {
    match error.raw_os_error()? {
        // EMFILE and ENFILE (errno(3)); WSAEMFILE.
        code @ (23 | 24 | 10024) => Some(Cause::OutOfDescriptors {
            pause_millis: 0,
            code,
        }),
        _ => None,
    }
}

/// The cause of a failed socket call: no descriptor left, or the system's error.
pub fn socket_cause(error: &io::Error) -> Cause {
    out_of_descriptors(error).unwrap_or_else(|| cause(error))
}

/// The cause of a failed `bind`: the owner of the port, the local addresses, or the first
/// unprivileged port.
pub fn bind_cause(
    error: &io::Error,
    transport: Transport,
    local: impl Into<Peer>,
    interfaces: &Interfaces,
) -> Cause {
    let local = match local.into() {
        Peer::Ip(local) => local,
        Peer::Named(name) => return name::taken(error, name),
        Peer::Unnamed(_) => return cause(error),
    };
    let code = error.raw_os_error().unwrap_or(0);
    match error.kind() {
        ErrorKind::AddrInUse => port_cause(transport, local, code),
        ErrorKind::AddrNotAvailable => {
            let mut own: Vec<IpAddr> = interfaces.iter().map(|interface| interface.ip).collect();
            own.dedup();
            Cause::NotLocal { own, code }
        }
        // Windows has no privileged ports: WSAEACCES.
        ErrorKind::PermissionDenied if code == 10013 => Cause::Excluded {
            holder: port_owner::owner_of(transport, local.port()),
            free: port_owner::free_port_after(transport, local),
            code,
        },
        ErrorKind::PermissionDenied if local.port() < unprivileged_from() => Cause::Privileged {
            free_from: unprivileged_from(),
            code,
        },
        _ => Cause::System { code },
    }
}

/// The cause of a failed `connect` from this port. The same pair of addresses may have had a
/// connection a moment ago, or have one now. `remote` may stand for several machines.
pub fn connect_cause(
    error: &io::Error,
    local: Option<SocketAddr>,
    remote: Option<SocketAddr>,
    interfaces: &Interfaces,
) -> Cause {
    let code = error.raw_os_error().unwrap_or(0);
    if let Some(reach) = remote.and_then(|remote| reach(None, remote.ip(), interfaces)) {
        let ways = Vec::new();
        return Cause::NoRoute { reach, ways, code };
    }
    match local.filter(|local| local.port() != 0) {
        Some(local) if error.kind() == ErrorKind::AddrNotAvailable => {
            port_cause(Transport::Tcp, local, code)
        }
        _ => Cause::System { code },
    }
}

/// The cause of a failed send from a socket bound to `local`. It lists the interfaces if the
/// destination leaves the interface open, or if a loopback socket cannot reach it.
pub fn send_cause(
    error: &io::Error,
    local: Option<SocketAddr>,
    to: SocketAddr,
    interfaces: &Interfaces,
) -> Cause {
    let no_way = matches!(
        error.kind(),
        ErrorKind::NetworkUnreachable
            | ErrorKind::HostUnreachable
            | ErrorKind::AddrNotAvailable
            | ErrorKind::InvalidInput
    );
    match reach(local, to.ip(), interfaces).filter(|_| no_way) {
        Some(reach) => Cause::NoRoute {
            reach,
            ways: interfaces.ways(to.ip()),
            code: error.raw_os_error().unwrap_or(0),
        },
        None => cause(error),
    }
}

fn reach(local: Option<SocketAddr>, to: IpAddr, interfaces: &Interfaces) -> Option<Reach> {
    let to = to.to_canonical();
    let local = local.map(|local| local.ip().to_canonical());
    // :: sends to both families. For IPv4 to IPv6 the system's error names the cause.
    let is_ipv6 = local.is_some_and(|local| local.is_ipv6() && !local.is_unspecified());
    let is_own = local.is_some_and(|local| local.is_loopback());
    if is_ipv6 && to.is_ipv4() {
        Some(Reach::OtherVersion)
    } else if to.is_multicast() {
        Some(Reach::Multicast)
    } else if interfaces.is_broadcast(to) {
        Some(Reach::Broadcast)
    } else {
        (is_own && !to.is_loopback()).then_some(Reach::Beyond)
    }
}

/// The cause of a taken port: its owner, or a closed connection that still occupies it.
fn port_cause(transport: Transport, local: SocketAddr, code: i32) -> Cause {
    let free = port_owner::free_port_after(transport, local);
    let lingering = match transport {
        Transport::Udp => None,
        Transport::Tcp => port_owner::lingering_at(local),
    };
    match lingering {
        Some(seconds) => Cause::Lingering {
            seconds,
            free,
            code,
        },
        None => Cause::PortInUse {
            holder: port_owner::owner_of(transport, local.port()),
            free,
            code,
        },
    }
}

/// The first unprivileged port (`ip_unprivileged_port_start`, ip(7)); 1024 if unknown.
fn unprivileged_from() -> u16 {
    let setting = std::fs::read_to_string("/proc/sys/net/ipv4/ip_unprivileged_port_start");
    setting
        .ok()
        .and_then(|text| text.trim().parse().ok())
        .unwrap_or(1024)
}

/// The cause of a failed read of a capture file.
pub fn of_file(error: ImportError) -> Cause {
    let problem = match error.problem {
        ImportProblem::Empty => FileProblem::Empty,
        ImportProblem::Unrecognised => FileProblem::Unknown,
        ImportProblem::Cut => FileProblem::Cut,
        ImportProblem::Corrupt => FileProblem::Corrupt,
        ImportProblem::TooLong { length } => FileProblem::TooLong(length),
        ImportProblem::Json(Json::Syntax { column } | Json::Shape { column }) => {
            FileProblem::Json(column as u64)
        }
        ImportProblem::Json(Json::Lacks(name) | Json::Bad(name)) => FileProblem::Field(name.into()),
        ImportProblem::Compressed(program) => FileProblem::Compressed(program.into()),
        ImportProblem::Undecodable => FileProblem::Undecodable,
        ImportProblem::Io { kind, code } => {
            let error = code.map_or_else(|| kind.into(), io::Error::from_raw_os_error);
            return cause(&error);
        }
    };
    let place = match error.place {
        ImportPosition::Byte(byte) => FilePlace::Byte(byte),
        ImportPosition::Line(line) => FilePlace::Line(line),
        ImportPosition::Unpacked(byte) => FilePlace::Unpacked(byte),
    };
    Cause::BadFile { place, problem }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::sys::interfaces::Interface;
    use crate::traffic::InterfaceAddress;

    #[test]
    fn a_privileged_port_names_the_first_free_one() {
        let denied = io::Error::from(ErrorKind::PermissionDenied);
        let cause = |port| {
            bind_cause(
                &denied,
                Transport::Udp,
                SocketAddr::from(([127, 0, 0, 1], port)),
                &Interfaces::default(),
            )
        };
        if unprivileged_from() > 80 && cfg!(not(windows)) {
            assert_eq!(
                cause(80),
                Cause::Privileged {
                    free_from: unprivileged_from(),
                    code: 0
                }
            );
        }
        assert_eq!(cause(8080), Cause::System { code: 0 });
    }

    #[test]
    fn a_foreign_address_lists_our_own() {
        let error = std::net::UdpSocket::bind("203.0.113.1:0").unwrap_err();
        let local: SocketAddr = "203.0.113.1:0".parse().unwrap();
        let Cause::NotLocal { own, .. } =
            bind_cause(&error, Transport::Udp, local, &Interfaces::read())
        else {
            panic!("{error}")
        };
        assert!(own.contains(&IpAddr::from([127, 0, 0, 1])));
    }

    #[test]
    fn a_taken_port_names_its_owner_and_a_free_one() {
        let taken = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
        let local = taken.local_addr().unwrap();
        let error = std::net::UdpSocket::bind(local).unwrap_err();
        let Cause::PortInUse { holder, free, .. } =
            bind_cause(&error, Transport::Udp, local, &Interfaces::read())
        else {
            panic!("{error}")
        };
        assert_eq!(holder.map(|holder| holder.pid), Some(std::process::id()));
        assert!(free.is_some_and(|port| port > local.port()));
    }

    /// A connection whose server closed first. No other socket may share the server's port.
    #[cfg(target_os = "linux")]
    fn closed_first() -> SocketAddr {
        use socket2::{Domain, Socket, Type};
        use std::io::Read as _;
        let any = SocketAddr::from(([127, 0, 0, 1], 0));
        let server = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
        server.bind(&any.into()).unwrap();
        server.listen(1).unwrap();
        let local = server.local_addr().unwrap().as_socket().unwrap();
        let mut client = std::net::TcpStream::connect(local).unwrap();
        drop(server.accept().unwrap());
        assert_eq!(client.read(&mut [0]).unwrap(), 0);
        local
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_port_that_a_closed_connection_keeps_has_no_owner() {
        let local = closed_first();
        let error = super::super::socket::listen(local.into()).err().unwrap();
        let cause = bind_cause(&error, Transport::Tcp, local, &Interfaces::read());
        let Cause::Lingering { seconds, free, .. } = cause else {
            panic!("{cause:?}")
        };
        assert!((1..=60).contains(&seconds), "{seconds}");
        assert!(free.is_some_and(|port| port > local.port()));
        // A connect from that port gets the same cause.
        let taken = io::Error::from(ErrorKind::AddrNotAvailable);
        let cause = connect_cause(&taken, Some(local), None, &Interfaces::default());
        assert!(matches!(cause, Cause::Lingering { .. }), "{cause:?}");
    }

    #[test]
    fn a_connection_to_the_broadcast_address_of_a_subnet_is_explained_as_one_to_many() {
        let interfaces = Interfaces::from(vec![Interface {
            name: "eth0".into(),
            index: 1,
            ip: [10, 77, 0, 1].into(),
            prefix: 24,
            broadcasts: vec![[10, 77, 0, 255].into()],
        }]);
        let refused = io::Error::from(ErrorKind::NetworkUnreachable);
        let cause = |remote: [u8; 4]| {
            let remote = SocketAddr::from((remote, 9));
            connect_cause(&refused, None, Some(remote), &interfaces)
        };
        let many = cause([10, 77, 0, 255]);
        let reach = Reach::Broadcast;
        assert!(
            matches!(many, Cause::NoRoute { reach: found, .. } if found == reach),
            "{many:?}"
        );
        assert_eq!(cause([10, 77, 0, 9]), Cause::System { code: 0 });
    }

    #[test]
    fn a_destination_without_a_route_names_the_interfaces() {
        let interface = |name: &str, ip: &str| Interface {
            name: name.into(),
            index: 1,
            ip: ip.parse().unwrap(),
            prefix: 24,
            broadcasts: Vec::new(),
        };
        let interfaces = Interfaces::from(vec![
            interface("lo", "127.0.0.1"),
            interface("eth0", "10.0.0.2"),
            interface("eth0", "fe80::1"),
        ]);
        let found = |error: ErrorKind, local: &str, to: &str| {
            let local = local.parse().ok();
            let to = to.parse().unwrap();
            match send_cause(&error.into(), local, to, &interfaces) {
                Cause::NoRoute { reach, ways, .. } => Some((reach, ways)),
                _ => None,
            }
        };
        let way = |ip: &str| {
            vec![InterfaceAddress {
                interface: "eth0".into(),
                ip: ip.parse().unwrap(),
            }]
        };
        let (none, odd) = (ErrorKind::NetworkUnreachable, ErrorKind::InvalidInput);
        assert_eq!(
            found(none, "0.0.0.0:1", "255.255.255.255:9"),
            Some((Reach::Broadcast, way("10.0.0.2")))
        );
        assert_eq!(
            found(none, "[::]:1", "[ff02::1]:9"),
            Some((Reach::Multicast, way("fe80::1")))
        );
        assert_eq!(
            found(odd, "127.0.0.1:1", "10.0.0.7:9"),
            Some((Reach::Beyond, way("10.0.0.2")))
        );
        assert_eq!(found(none, "0.0.0.0:1", "10.9.9.9:9"), None);
        assert_eq!(found(odd, "127.0.0.1:1", "127.0.0.1:9"), None);
        for to in [
            "127.0.0.1:9",
            "10.9.9.9:9",
            "255.255.255.255:9",
            "224.0.0.1:9",
        ] {
            let other = found(none, "[::1]:1", to).map(|(reach, _)| reach);
            assert_eq!(other, Some(Reach::OtherVersion), "{to}");
        }
        assert_eq!(found(none, "[::]:1", "10.9.9.9:9"), None);
        let busy = ErrorKind::PermissionDenied;
        assert_eq!(found(busy, "0.0.0.0:1", "255.255.255.255:9"), None);
    }
}
