//! From the system's error to its cause, with what can be found out beside it.

use super::{Interfaces, holder, socket::Transport};
use crate::traffic::import::{ImportError, Json, Place, Problem};
use crate::traffic::{Cause, FilePlace, FileProblem};
use std::io::{self, ErrorKind};
use std::net::{IpAddr, SocketAddr};

/// The cause of any failed operation.
pub fn cause(error: &io::Error) -> Cause {
    Cause::System {
        code: error.raw_os_error().unwrap_or(0),
    }
}

/// Whether all descriptors are in use, and then why.
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

/// The cause of a failed `bind`: who holds the port, which addresses there are instead,
/// or from which number on ports are free to everybody.
pub fn bind_cause(
    error: &io::Error,
    transport: Transport,
    local: SocketAddr,
    interfaces: &Interfaces,
) -> Cause {
    let code = error.raw_os_error().unwrap_or(0);
    match error.kind() {
        ErrorKind::AddrInUse => Cause::PortInUse {
            holder: holder::holder_of(transport, local.port()),
            free: holder::free_port_after(transport, local),
            code,
        },
        ErrorKind::AddrNotAvailable => {
            let mut own: Vec<IpAddr> = interfaces.iter().map(|interface| interface.ip).collect();
            own.dedup();
            Cause::NotLocal { own, code }
        }
        ErrorKind::PermissionDenied if local.port() < unprivileged_from() => Cause::Privileged {
            free_from: unprivileged_from(),
            code,
        },
        _ => Cause::System { code },
    }
}

/// The first port that needs no privilege (ip(7), `ip_unprivileged_port_start`).
fn unprivileged_from() -> u16 {
    let setting = std::fs::read_to_string("/proc/sys/net/ipv4/ip_unprivileged_port_start");
    setting
        .ok()
        .and_then(|text| text.trim().parse().ok())
        .unwrap_or(1024)
}

/// What keeps a recorded file from being read, as a cause that can be explained.
pub fn of_file(error: ImportError) -> Cause {
    let problem = match error.problem {
        Problem::Empty => FileProblem::Empty,
        Problem::Unrecognised => FileProblem::Unknown,
        Problem::Cut => FileProblem::Cut,
        Problem::Corrupt => FileProblem::Corrupt("".into()),
        Problem::TooLong { length } => FileProblem::TooLong(length),
        Problem::Json(Json::Syntax { column } | Json::Shape { column }) => {
            FileProblem::Json(column as u64)
        }
        Problem::Json(Json::Lacks(name) | Json::Bad(name)) => FileProblem::Field(name.into()),
        Problem::Io(kind) => FileProblem::Corrupt(kind.to_string().into()),
    };
    let place = match error.place {
        Place::Byte(byte) => FilePlace::Byte(byte),
        Place::Line(line) => FilePlace::Line(line),
    };
    Cause::BadFile { place, problem }
}

#[cfg(test)]
mod tests {
    use super::*;

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
        if unprivileged_from() > 80 {
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
        let local = "203.0.113.1:0".parse().unwrap();
        let Cause::NotLocal { own, .. } =
            bind_cause(&error, Transport::Udp, local, &Interfaces::read())
        else {
            panic!("{error}")
        };
        assert!(own.contains(&IpAddr::from([127, 0, 0, 1])));
    }

    #[test]
    fn a_taken_port_names_its_holder_and_a_free_one() {
        let taken = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
        let local = taken.local_addr().unwrap();
        let error = std::net::UdpSocket::bind(local).unwrap_err();
        let Cause::PortInUse { holder, free, .. } =
            bind_cause(&error, Transport::Udp, local, &Interfaces::read())
        else {
            panic!("{error}")
        };
        if cfg!(target_os = "linux") {
            assert_eq!(holder.map(|holder| holder.pid), Some(std::process::id()));
        }
        assert!(free.is_some_and(|port| port > local.port()));
    }
}
