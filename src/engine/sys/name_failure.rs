//! Causes of failures with the name of a Unix socket (unix(7)).

use crate::engine::sys::cause::cause;
use crate::peer::{Name, Peer};
use crate::traffic::{Cause, NameProblem};
use std::io::{self, ErrorKind};

/// The cause of a failed bind to this name.
pub fn taken(error: &io::Error, name: Name) -> Cause {
    let problem = match error.kind() {
        ErrorKind::AddrInUse => occupant(name),
        ErrorKind::NotFound | ErrorKind::NotADirectory => NameProblem::NoFolder,
        ErrorKind::PermissionDenied => NameProblem::Denied,
        _ => return cause(error),
    };
    let code = error.raw_os_error().unwrap_or(0);
    Cause::Name { problem, code }
}

/// The kind of file that occupies a name.
#[cfg(unix)]
fn occupant(name: Name) -> NameProblem {
    use std::os::unix::ffi::OsStrExt as _;
    use std::os::unix::net::UnixDatagram;
    if name.is_abstract() {
        return NameProblem::Taken;
    }
    let bytes = name.bytes();
    let path = std::path::Path::new(std::ffi::OsStr::from_bytes(&bytes));
    let refused = |error: io::Error| error.kind() == ErrorKind::ConnectionRefused;
    let connected = UnixDatagram::unbound().and_then(|socket| socket.connect(path));
    match is_socket(name) {
        false => NameProblem::NoSocket,
        true if connected.is_err_and(refused) => NameProblem::Stale,
        true => NameProblem::Taken,
    }
}

/// Whether the file of this name is a socket.
#[cfg(unix)]
fn is_socket(name: Name) -> bool {
    use std::os::unix::ffi::OsStrExt as _;
    use std::os::unix::fs::FileTypeExt as _;
    let bytes = name.bytes();
    let file = std::fs::metadata(std::ffi::OsStr::from_bytes(&bytes));
    file.is_ok_and(|file| file.file_type().is_socket())
}

#[cfg(not(unix))]
fn is_socket(_name: Name) -> bool {
    true
}

#[cfg(not(unix))]
fn occupant(_name: Name) -> NameProblem {
    NameProblem::Taken
}

/// The cause of a failed connect or send to this name.
pub fn cause_of(error: &io::Error, name: Peer) -> Cause {
    let is_file = !matches!(name, Peer::Named(name) if name.is_abstract());
    let problem = match error.kind() {
        ErrorKind::NotFound | ErrorKind::NotADirectory => NameProblem::Missing,
        // An abstract name leaves no file behind.
        ErrorKind::ConnectionRefused if !is_file => NameProblem::Missing,
        ErrorKind::ConnectionRefused => match name {
            Peer::Named(name) if !is_socket(name) => NameProblem::NoSocket,
            _ => NameProblem::Nobody,
        },
        ErrorKind::PermissionDenied => NameProblem::Denied,
        ErrorKind::WouldBlock => NameProblem::Full,
        // EPROTOTYPE, for which `ErrorKind` has no value.
        _ if matches!(error.raw_os_error(), Some(91 | 41)) => NameProblem::OtherType,
        _ => return cause(error),
    };
    let code = error.raw_os_error().unwrap_or(0);
    Cause::Name { problem, code }
}
