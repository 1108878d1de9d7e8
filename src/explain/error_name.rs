//! The technical names of system errors.

/// `ECONNREFUSED`, or `WSAECONNREFUSED` for a failure on Windows: not the system's own sentence,
/// whose language is not the chosen one. `error 4711` where the name is unknown.
pub fn error_name(code: i32) -> String {
    // A recorded failure may come from another system.
    let windows = cfg!(windows) || code >= WINSOCK;
    match windows.then(|| windows_name(code)) {
        Some(Some(name)) => name.to_owned(),
        Some(None) => format!("error {code}"),
        None => of_this_system(code),
    }
}

#[cfg(unix)]
fn of_this_system(code: i32) -> String {
    format!("{:?}", nix::errno::Errno::from_raw(code))
}

#[cfg(not(unix))]
fn of_this_system(code: i32) -> String {
    format!("error {code}")
}

/// The first error number of Windows Sockets (WSABASEERR, winerror.h).
const WINSOCK: i32 = 10_000;

/// The name in winerror.h of an error of Windows.
fn windows_name(code: i32) -> Option<&'static str> {
    Some(match code {
        2 => "ERROR_FILE_NOT_FOUND",
        3 => "ERROR_PATH_NOT_FOUND",
        4 => "ERROR_TOO_MANY_OPEN_FILES",
        5 => "ERROR_ACCESS_DENIED",
        6 => "ERROR_INVALID_HANDLE",
        8 => "ERROR_NOT_ENOUGH_MEMORY",
        14 => "ERROR_OUTOFMEMORY",
        15 => "ERROR_INVALID_DRIVE",
        19 => "ERROR_WRITE_PROTECT",
        21 => "ERROR_NOT_READY",
        32 => "ERROR_SHARING_VIOLATION",
        33 => "ERROR_LOCK_VIOLATION",
        39 => "ERROR_HANDLE_DISK_FULL",
        53 => "ERROR_BAD_NETPATH",
        80 => "ERROR_FILE_EXISTS",
        87 => "ERROR_INVALID_PARAMETER",
        109 => "ERROR_BROKEN_PIPE",
        112 => "ERROR_DISK_FULL",
        123 => "ERROR_INVALID_NAME",
        183 => "ERROR_ALREADY_EXISTS",
        193 => "ERROR_BAD_EXE_FORMAT",
        206 => "ERROR_FILENAME_EXCED_RANGE",
        225 => "ERROR_VIRUS_INFECTED",
        232 => "ERROR_NO_DATA",
        267 => "ERROR_DIRECTORY",
        740 => "ERROR_ELEVATION_REQUIRED",
        995 => "ERROR_OPERATION_ABORTED",
        1234 => "ERROR_PORT_UNREACHABLE",
        1450 => "ERROR_NO_SYSTEM_RESOURCES",
        10_004 => "WSAEINTR",
        10_009 => "WSAEBADF",
        10_013 => "WSAEACCES",
        10_014 => "WSAEFAULT",
        10_022 => "WSAEINVAL",
        10_024 => "WSAEMFILE",
        10_035 => "WSAEWOULDBLOCK",
        10_036 => "WSAEINPROGRESS",
        10_037 => "WSAEALREADY",
        10_038 => "WSAENOTSOCK",
        10_039 => "WSAEDESTADDRREQ",
        10_040 => "WSAEMSGSIZE",
        10_041 => "WSAEPROTOTYPE",
        10_042 => "WSAENOPROTOOPT",
        10_043 => "WSAEPROTONOSUPPORT",
        10_044 => "WSAESOCKTNOSUPPORT",
        10_045 => "WSAEOPNOTSUPP",
        10_047 => "WSAEAFNOSUPPORT",
        10_048 => "WSAEADDRINUSE",
        10_049 => "WSAEADDRNOTAVAIL",
        10_050 => "WSAENETDOWN",
        10_051 => "WSAENETUNREACH",
        10_052 => "WSAENETRESET",
        10_053 => "WSAECONNABORTED",
        10_054 => "WSAECONNRESET",
        10_055 => "WSAENOBUFS",
        10_056 => "WSAEISCONN",
        10_057 => "WSAENOTCONN",
        10_058 => "WSAESHUTDOWN",
        10_060 => "WSAETIMEDOUT",
        10_061 => "WSAECONNREFUSED",
        10_064 => "WSAEHOSTDOWN",
        10_065 => "WSAEHOSTUNREACH",
        10_067 => "WSAEPROCLIM",
        10_091 => "WSASYSNOTREADY",
        11_001 => "WSAHOST_NOT_FOUND",
        11_002 => "WSATRY_AGAIN",
        11_003 => "WSANO_RECOVERY",
        11_004 => "WSANO_DATA",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_of_windows_have_their_names_on_every_system() {
        assert_eq!(error_name(10_048), "WSAEADDRINUSE");
        assert_eq!(error_name(10_054), "WSAECONNRESET");
        assert_eq!(error_name(19_999), "error 19999");
        assert_eq!(windows_name(32), Some("ERROR_SHARING_VIOLATION"));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn errors_of_linux_have_their_names() {
        assert_eq!(error_name(111), "ECONNREFUSED");
    }
}
