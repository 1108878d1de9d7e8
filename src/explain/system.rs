//! Failures known only by the system's error number, in words.

use crate::engine::endpoint::split_port;
use crate::payload::printable;
use crate::traffic::Operation;
use crate::{say, words::Lang};
use std::io::{Error, ErrorKind};
use std::net::IpAddr;

/// Explains a failure by its system error number: what happened and the cure.
pub fn failure(lang: Lang, operation: Operation, address: &str, code: i32) -> (String, String) {
    match (operation, Error::from_raw_os_error(code).kind()) {
        (Operation::Run, _) => (
            say!(lang, "failure.ended.what"),
            say!(lang, "failure.ended.cure"),
        ),
        // TCP cannot connect to a group or broadcast address (RFC 9293 §3.9.2.3), whatever the
        // error.
        (Operation::Connect, _) if is_of_many(address) => (
            say!(lang, "failure.of_many.what", address = address),
            say!(lang, "failure.of_many.cure"),
        ),
        (Operation::Connect, ErrorKind::ConnectionRefused) => (
            say!(lang, "failure.refused.what", address = address),
            say!(lang, "failure.refused.cure"),
        ),
        // Without a chosen local port (ip(7)): all ephemeral ports are in use.
        (Operation::Connect, ErrorKind::AddrNotAvailable) => (
            say!(lang, "failure.no_port.what", address = address),
            say!(lang, "failure.no_port.cure"),
        ),
        (Operation::Connect, ErrorKind::TimedOut) => (
            say!(lang, "failure.silent.what", address = address),
            say!(lang, "failure.timed_out.cure"),
        ),
        // EMFILE and ENFILE (errno(3)); WSAEMFILE.
        _ if matches!(code, 23 | 24 | 10024) => descriptors(lang, operation, address, code),
        (_, ErrorKind::NetworkDown) => (
            say!(
                lang,
                "failure.network_down.what",
                operation = done(lang, operation, address)
            ),
            say!(lang, "failure.network_down.cure"),
        ),
        (_, ErrorKind::HostUnreachable | ErrorKind::NetworkUnreachable) => (
            say!(lang, "failure.unreachable.what", address = address),
            say!(lang, "failure.unreachable.cure"),
        ),
        // EAGAIN of pthread_create(3): these operations use no socket.
        (Operation::Start | Operation::Resolve, ErrorKind::WouldBlock) => (
            say!(
                lang,
                "failure.no_thread.what",
                operation = done(lang, operation, address)
            ),
            say!(lang, "failure.no_thread.cure"),
        ),
        (_, ErrorKind::OutOfMemory) => (
            say!(
                lang,
                "failure.no_memory.what",
                operation = done(lang, operation, address)
            ),
            say!(lang, "failure.no_memory.cure"),
        ),
        (Operation::JoinGroup, ErrorKind::AddrInUse) => (
            say!(lang, "failure.already_joined.what", address = address),
            say!(lang, "failure.already_joined.cure"),
        ),
        (Operation::Send, ErrorKind::PermissionDenied) => (
            say!(lang, "failure.forbidden.what", address = address),
            say!(lang, "failure.forbidden.cure"),
        ),
        // EAFNOSUPPORT has no `ErrorKind`: Linux, macOS, Windows.
        _ if matches!(code, 97 | 47 | 10047) => (
            say!(lang, "failure.other_family.what", address = address),
            say!(lang, "failure.other_family.cure"),
        ),
        _ => {
            let cure = match operation {
                // Only this message or client failed.
                Operation::Send
                | Operation::Accept
                | Operation::JoinGroup
                | Operation::LeaveGroup => say!(lang, "failure.system.goes_on"),
                _ => say!(lang, "failure.system.cure"),
            };
            (
                say!(
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
            say!(lang, "failure.died.session"),
            say!(lang, "failure.died.session_cure"),
        );
    }
    // The address may be a file name, which others chose.
    let address = printable::line(address.as_bytes());
    (
        say!(
            lang,
            "failure.died.what",
            operation = done(lang, operation, &address)
        ),
        say!(lang, "failure.died.cure"),
    )
}

/// Whether it is a multicast group or the limited broadcast address.
fn is_of_many(address: &str) -> bool {
    let Some((host, _)) = split_port(address) else {
        return false;
    };
    // An interface may follow the address.
    let ip = host.split('%').next().unwrap_or(&host).parse::<IpAddr>();
    ip.is_ok_and(|ip| match ip.to_canonical() {
        IpAddr::V4(ip) => ip.is_multicast() || ip.is_broadcast(),
        IpAddr::V6(ip) => ip.is_multicast(),
    })
}

/// Explains that all file descriptors are in use, of this process or of the system.
pub fn descriptors(lang: Lang, operation: Operation, address: &str, code: i32) -> (String, String) {
    // ENFILE (errno(3)).
    let everybodys = code == 23;
    let cure = match everybodys {
        true => say!(lang, "failure.descriptors.everybodys_cure"),
        false => say!(lang, "failure.descriptors.own_cure"),
    };
    match operation {
        Operation::Accept => (
            say!(lang, "failure.out_of_descriptors.what", address = address),
            say!(lang, "failure.out_of_descriptors.cure", cure = cure),
        ),
        Operation::Connect => (
            say!(lang, "failure.no_descriptor.what", address = address),
            cure,
        ),
        _ => {
            let operation = done(lang, operation, address);
            let what = match everybodys {
                true => say!(
                    lang,
                    "failure.descriptors.everybodys",
                    operation = operation
                ),
                false => say!(lang, "failure.descriptors.own", operation = operation),
            };
            (what, cure)
        }
    }
}

/// The name of the operation, with its address if there is one.
fn done(lang: Lang, operation: Operation, address: &str) -> String {
    let operation = operation_name(lang, operation);
    format!("{operation} {address}").trim_end().to_owned()
}

fn operation_name(lang: Lang, operation: Operation) -> String {
    match operation {
        Operation::Bind => say!(lang, "operation.bind"),
        Operation::Listen => say!(lang, "operation.listen"),
        Operation::Accept => say!(lang, "operation.accept"),
        Operation::Resolve => say!(lang, "operation.resolve"),
        Operation::Connect => say!(lang, "operation.connect"),
        Operation::Send => say!(lang, "operation.send"),
        Operation::Receive => say!(lang, "operation.receive"),
        Operation::JoinGroup => say!(lang, "operation.join_group"),
        Operation::LeaveGroup => say!(lang, "operation.leave_group"),
        Operation::Open => say!(lang, "operation.open"),
        Operation::Record | Operation::BeginRecording => say!(lang, "operation.record"),
        Operation::SendFile => say!(lang, "operation.send_file"),
        Operation::Start => say!(lang, "operation.start"),
        Operation::Run => say!(lang, "operation.run"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_connection_to_a_group_or_to_a_broadcast_address_is_explained_as_one() {
        for lang in Lang::ALL {
            let cure = say!(lang, "failure.of_many.cure");
            for address in ["224.0.0.1:80", "255.255.255.255:80", "[ff02::1%lo]:80"] {
                // ENETUNREACH (errno(3)).
                let (what, told) = failure(lang, Operation::Connect, address, 101);
                assert!(what.contains(address) && told == cure, "{what}{told}");
            }
            let (_, told) = failure(lang, Operation::Connect, "10.1.2.3:80", 101);
            assert_ne!(told, cure);
        }
    }
}
