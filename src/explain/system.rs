//! Failures of which the system gave nothing but its number.

use crate::traffic::Operation;
use crate::{say, words::Lang};
use std::io::{Error, ErrorKind};

/// Errors known only by the system's number.
pub fn failure(lang: Lang, operation: Operation, address: &str, code: i32) -> (String, String) {
    match (operation, Error::from_raw_os_error(code).kind()) {
        (Operation::Connect, ErrorKind::ConnectionRefused) => (
            say!(lang, "failure.refused.what", address = address),
            say!(lang, "failure.refused.cure"),
        ),
        (Operation::Connect, ErrorKind::TimedOut) => (
            say!(lang, "failure.silent.what", address = address),
            say!(lang, "failure.timed_out.cure"),
        ),
        (
            _,
            ErrorKind::HostUnreachable | ErrorKind::NetworkUnreachable | ErrorKind::NetworkDown,
        ) => (
            say!(lang, "failure.unreachable.what", address = address),
            say!(lang, "failure.unreachable.cure"),
        ),
        (Operation::JoinGroup, ErrorKind::AddrInUse) => (
            say!(lang, "failure.already_joined.what", address = address),
            say!(lang, "failure.already_joined.cure"),
        ),
        (Operation::Send, ErrorKind::PermissionDenied) => (
            say!(lang, "failure.forbidden.what", address = address),
            say!(lang, "failure.forbidden.cure"),
        ),
        // EAFNOSUPPORT has no kind of its own: Linux, macOS, Windows.
        _ if matches!(code, 97 | 47 | 10047) => (
            say!(lang, "failure.other_family.what", address = address),
            say!(lang, "failure.other_family.cure"),
        ),
        _ => {
            let operation = operation_name(lang, operation);
            (
                say!(
                    lang,
                    "failure.system.what",
                    operation = operation,
                    address = address
                ),
                say!(lang, "failure.system.cure"),
            )
        }
    }
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
        Operation::Record => say!(lang, "operation.record"),
        Operation::SendFile => say!(lang, "operation.send_file"),
        Operation::Start => say!(lang, "operation.start"),
    }
}
