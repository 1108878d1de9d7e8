//! Failures known only by the system's error number, in words.

use super::{group, no_protocol, shortage};
use crate::engine::endpoint::{is_of_many, split_port};
use crate::payload::printable;
use crate::traffic::Operation;
use crate::{t, words::Lang};
use std::io::{Error, ErrorKind};
use std::net::IpAddr;

/// Explains a failure by its system error number: what happened and the cure.
pub fn failure(lang: Lang, operation: Operation, address: &str, code: i32) -> (String, String) {
    if operation == Operation::JoinGroup
        && let Some(words) = group::failure(lang, address, code)
    {
        return words;
    }
    match (operation, Error::from_raw_os_error(code).kind()) {
        (Operation::Run, _) => (
            t!(lang, "failure.ended.what"),
            t!(lang, "failure.ended.cure"),
        ),
        // TCP cannot connect to a group or broadcast address (RFC 9293 §3.9.2.3), whatever the
        // error.
        (Operation::Connect, _) if names_many(address) => (
            t!(lang, "failure.of_many.what", address = address),
            t!(lang, "failure.of_many.cure"),
        ),
        // Nor can anybody connect to a listen socket on one.
        (Operation::Listen, _) if names_many(address) => (
            t!(lang, "failure.listen_on_many.what", address = address),
            t!(lang, "failure.listen_on_many.cure"),
        ),
        (Operation::Connect, ErrorKind::ConnectionRefused) => (
            t!(lang, "failure.refused.what", address = address),
            match is_loopback(address) {
                true => t!(lang, "failure.refused.cure"),
                false => t!(lang, "failure.refused.far"),
            },
        ),
        // Without a chosen local port (ip(7)): all ephemeral ports are in use.
        (Operation::Connect, ErrorKind::AddrNotAvailable) => (
            t!(lang, "failure.no_port.what", address = address),
            t!(lang, "failure.no_port.cure"),
        ),
        (Operation::Connect, ErrorKind::TimedOut) => (
            t!(lang, "failure.silent.what", address = address),
            silent_cure(lang, address),
        ),
        _ if shortage::is_of_descriptors(code) => descriptors(lang, operation, address, code),
        (_, ErrorKind::NetworkDown) => (
            t!(
                lang,
                "failure.network_down.what",
                operation = done(lang, operation, address)
            ),
            t!(lang, "failure.network_down.cure"),
        ),
        (_, ErrorKind::HostUnreachable) => (
            t!(lang, "failure.no_host.what", address = address),
            t!(lang, "failure.no_host.cure"),
        ),
        (_, ErrorKind::NetworkUnreachable) => (
            t!(lang, "failure.unreachable.what", address = address),
            t!(lang, "failure.unreachable.cure"),
        ),
        // An outbound rule of this machine's firewall, or a route of the type prohibit.
        (Operation::Connect, ErrorKind::PermissionDenied) => (
            t!(lang, "failure.connect_forbidden.what", address = address),
            t!(lang, "failure.forbidden.cure"),
        ),
        (Operation::Connect, _) if code == no_protocol::CODE => {
            no_protocol::failure(lang, address, "TCP")
        }
        // EINVAL: a route of the type blackhole, which discards (ip-route(8)).
        (Operation::Connect | Operation::Send, ErrorKind::InvalidInput) => (
            t!(lang, "failure.impossible.what", address = address),
            t!(lang, "failure.impossible.cure"),
        ),
        // EAGAIN of pthread_create(3): these operations use no socket.
        (Operation::Start | Operation::Resolve, ErrorKind::WouldBlock) => {
            shortage::thread(lang, &done(lang, operation, address))
        }
        (_, ErrorKind::OutOfMemory) => shortage::memory(lang, &done(lang, operation, address)),
        (Operation::Send, ErrorKind::PermissionDenied) => (
            t!(lang, "failure.forbidden.what", address = address),
            t!(lang, "failure.forbidden.cure"),
        ),
        // The retransmissions of a connection ended without an acknowledgement (tcp(7),
        // tcp_retries2).
        (Operation::Send | Operation::Receive, ErrorKind::TimedOut) => (
            t!(lang, "failure.unacknowledged.what", address = address),
            t!(lang, "failure.unacknowledged.cure"),
        ),
        // Linux: EADDRNOTAVAIL, as no local address is of the target's IP version. Elsewhere it
        // stands for a wrong target, too.
        (Operation::Send, _) if code == 99 => (
            t!(lang, "failure.no_source.what", address = address),
            t!(lang, "failure.no_source.cure"),
        ),
        // ENOBUFS (send(2)) has no `ErrorKind`: Linux, macOS, Windows.
        (Operation::Send, _) if matches!(code, 105 | 55 | 10_055) => (
            t!(lang, "failure.interface_full.what", address = address),
            t!(lang, "failure.interface_full.cure"),
        ),
        // WSAENETRESET: the TTL of an earlier datagram expired on its way.
        (Operation::Send, _) if code == 10_052 => {
            let what = match address.is_empty() {
                true => t!(lang, "failure.expired.somewhere"),
                false => t!(lang, "failure.expired.what", address = address),
            };
            (what, t!(lang, "failure.expired.cure"))
        }
        // EAFNOSUPPORT has no `ErrorKind`: Linux, macOS, Windows.
        _ if matches!(code, 97 | 47 | 10047) => (
            t!(lang, "failure.other_family.what", address = address),
            t!(lang, "failure.other_family.cure"),
        ),
        _ => {
            let cure = match operation {
                // Only this message or client failed.
                Operation::Send
                | Operation::Accept
                | Operation::JoinGroup
                | Operation::LeaveGroup => t!(lang, "failure.system.goes_on"),
                _ => t!(lang, "failure.system.cure"),
            };
            (
                t!(
                    lang,
                    "failure.system.what",
                    operation = done(lang, operation, address)
                ),
                cure,
            )
        }
    }
}

/// Explains that a defect of this program ended an operation: the session, or a part of it.
pub fn died(lang: Lang, operation: Operation, address: &str) -> (String, String) {
    if operation == Operation::Run {
        return (
            t!(lang, "failure.died.session"),
            t!(lang, "failure.died.session_cure"),
        );
    }
    // The address may be a file name, which others chose.
    let address = printable::line(address.as_bytes());
    (
        t!(
            lang,
            "failure.died.what",
            operation = done(lang, operation, &address)
        ),
        t!(lang, "failure.died.cure"),
    )
}

/// Whether the address of a failure stands for several machines.
fn names_many(address: &str) -> bool {
    ip_of(address).is_some_and(is_of_many)
}

/// The IP of an address as it is shown; `None` if it is a name.
pub fn ip_of(address: &str) -> Option<IpAddr> {
    let (host, _) = split_port(address)?;
    // An interface may follow the address.
    host.split('%').next()?.parse().ok()
}

/// What to do where a connection got no answer. The machine itself is not off.
pub fn silent_cure(lang: Lang, address: &str) -> String {
    match is_loopback(address) {
        true => t!(lang, "failure.timed_out.here"),
        false => t!(lang, "failure.timed_out.cure"),
    }
}

/// Whether only programs of this machine answer there: of another one, a firewall may answer.
pub fn is_loopback(address: &str) -> bool {
    ip_of(address).is_some_and(|ip| ip.to_canonical().is_loopback())
}

/// Explains that all file descriptors are in use, of this process or of the system.
pub fn descriptors(lang: Lang, operation: Operation, address: &str, code: i32) -> (String, String) {
    let cure = || shortage::descriptors_cure(lang, code);
    match operation {
        Operation::Accept => (
            t!(lang, "failure.out_of_descriptors.what", address = address),
            t!(lang, "failure.out_of_descriptors.cure", cure = cure()),
        ),
        Operation::Connect => (
            t!(lang, "failure.no_descriptor.what", address = address),
            cure(),
        ),
        _ => shortage::descriptors(lang, &done(lang, operation, address), code),
    }
}

/// The name of the operation, with its address if there is one.
pub fn done(lang: Lang, operation: Operation, address: &str) -> String {
    let operation = operation_name(lang, operation);
    format!("{operation} {address}").trim_end().to_owned()
}

fn operation_name(lang: Lang, operation: Operation) -> String {
    match operation {
        Operation::Bind => t!(lang, "operation.bind"),
        Operation::Listen => t!(lang, "operation.listen"),
        Operation::Accept => t!(lang, "operation.accept"),
        Operation::Resolve => t!(lang, "operation.resolve"),
        Operation::Connect => t!(lang, "operation.connect"),
        Operation::Send => t!(lang, "operation.send"),
        Operation::Receive => t!(lang, "operation.receive"),
        Operation::JoinGroup => t!(lang, "operation.join_group"),
        Operation::LeaveGroup => t!(lang, "operation.leave_group"),
        Operation::Open => t!(lang, "operation.open"),
        Operation::Record | Operation::BeginRecording => t!(lang, "operation.record"),
        Operation::SendFile => t!(lang, "operation.send_file"),
        Operation::Start => t!(lang, "operation.start"),
        Operation::Run => t!(lang, "operation.run"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_machine_itself_is_not_said_to_be_off() {
        for lang in Lang::ALL {
            for address in ["127.0.0.1:80", "[::1]:80", "[::ffff:127.0.0.1]:80"] {
                let here = t!(lang, "failure.timed_out.here");
                assert_eq!(silent_cure(lang, address), here, "{address}");
            }
            for address in ["10.0.0.9:80", "[fe80::1%eth0]:80", "example.com:80"] {
                let elsewhere = t!(lang, "failure.timed_out.cure");
                assert_eq!(silent_cure(lang, address), elsewhere, "{address}");
            }
        }
    }

    #[test]
    fn a_connection_to_a_group_or_to_a_broadcast_address_is_explained_as_one() {
        for lang in Lang::ALL {
            let cure = t!(lang, "failure.of_many.cure");
            for address in ["224.0.0.1:80", "255.255.255.255:80", "[ff02::1%lo]:80"] {
                // ENETUNREACH (errno(3)).
                let (what, reported) = failure(lang, Operation::Connect, address, 101);
                assert!(
                    what.contains(address) && reported == cure,
                    "{what}{reported}"
                );
            }
            let (_, reported) = failure(lang, Operation::Connect, "10.1.2.3:80", 101);
            assert_ne!(reported, cure);
        }
    }

    #[test]
    fn nobody_can_listen_on_an_address_of_several_machines() {
        for lang in Lang::ALL {
            let cure = t!(lang, "failure.listen_on_many.cure");
            for address in ["[ff02::1%lo]:80", "224.0.0.1:80", "255.255.255.255:80"] {
                for operation in [Operation::Listen, Operation::Bind] {
                    // EINVAL, and EADDRNOTAVAIL (errno(3)).
                    for code in [22, 99] {
                        let (what, reported) = failure(lang, operation, address, code);
                        let is_explained = what.contains(address) && reported == cure;
                        assert_eq!(is_explained, operation == Operation::Listen, "{what}");
                    }
                }
            }
        }
    }

    #[test]
    fn a_send_queue_a_missing_source_and_a_silent_peer_have_causes_and_cures_of_their_own() {
        for lang in Lang::ALL {
            let general = [
                t!(lang, "failure.system.cure"),
                t!(lang, "failure.system.goes_on"),
            ];
            let cases = [
                (Operation::Send, 105),
                (Operation::Send, 55),
                (Operation::Send, 10_055),
                (Operation::Send, 99),
                #[cfg(target_os = "linux")]
                (Operation::Send, 110),
                #[cfg(target_os = "linux")]
                (Operation::Receive, 110),
            ];
            for (operation, code) in cases {
                let (what, cure) = failure(lang, operation, "192.0.2.1:9", code);
                assert!(what.contains("192.0.2.1:9"), "{what}");
                assert!(!general.contains(&cure), "{code}: {cure}");
            }
        }
    }

    #[test]
    fn a_datagram_that_lived_too_short_is_explained_with_its_target_where_it_is_known() {
        for lang in Lang::ALL {
            let (what, _) = failure(lang, Operation::Send, "192.0.2.1:9", 10_052);
            assert!(
                what.contains("192.0.2.1:9") && what.contains("TTL"),
                "{what}"
            );
            let (somewhere, _) = failure(lang, Operation::Send, "", 10_052);
            assert!(
                somewhere.contains("TTL") && somewhere != what,
                "{somewhere}"
            );
        }
    }
}
