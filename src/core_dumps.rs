//! Core dumps (core(5)): a crash may write the memory of the process to disk, received and typed data
//! included.

use std::io;

/// Keeps the system from writing one of this process. Programs that it starts may not write core
/// files either.
///
/// # Errors
/// Those of the system; `Unsupported` where crashes are reported in another way.
#[cfg(target_os = "linux")]
pub fn forbid() -> io::Result<()> {
    use nix::sys::prctl;
    no_core_file()?;
    // A `core_pattern` that is a program receives the memory whatever the limit.
    Ok(prctl::set_dumpable(false)?)
}

/// As on Linux.
///
/// # Errors
/// Those of the system.
#[cfg(target_os = "macos")]
pub fn forbid() -> io::Result<()> {
    no_core_file()
}

/// As on Linux.
///
/// # Errors
/// Always `Unsupported`.
#[cfg(not(any(target_os = "linux", target_os = "macos")))]
pub fn forbid() -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

/// Sets `RLIMIT_CORE` (getrlimit(2)) to 0, for good.
#[cfg(any(target_os = "linux", target_os = "macos"))]
fn no_core_file() -> io::Result<()> {
    use nix::sys::resource::{Resource, setrlimit};
    Ok(setrlimit(Resource::RLIMIT_CORE, 0, 0)?)
}
