//! Process groups: the children of a process, such as a shell's, end with it.

use std::io;
use std::process::{Child, Command};

#[cfg(target_os = "linux")]
use linux as system;
#[cfg(not(target_os = "linux"))]
use other as system;

/// Starts a process in its own group, so that Ctrl+C in our terminal does not reach it.
///
/// # Errors
/// The system cannot start it.
pub fn start(command: &mut Command) -> io::Result<Child> {
    system::start(command)
}

/// Asks the process group to end (SIGTERM). On other systems the process is killed.
pub fn terminate(child: &mut Child) {
    system::terminate(child);
}

/// Kills the process group, even if its leader has already ended.
pub fn kill(child: &mut Child) {
    system::kill(child);
    // Fails if the program has already ended.
    child.kill().ok();
    wait(child);
}

/// Waits for the end of the process. The rest of its group is no longer ended with this process.
pub fn wait(child: &mut Child) {
    child.wait().ok();
    system::forget(child);
}

/// Asks every group whose leader was not waited for to end, because this process ends at once.
pub fn terminate_all() {
    system::terminate_all();
}

/// Kills every group whose leader was not waited for, because this process ends at once.
pub fn kill_all() {
    system::kill_all();
}

#[cfg(target_os = "linux")]
mod linux {
    use nix::sys::signal::{Signal, killpg};
    use nix::unistd::Pid;
    use std::collections::BTreeSet;
    use std::io;
    use std::os::unix::process::CommandExt as _;
    use std::process::{Child, Command};
    use std::sync::{Mutex, MutexGuard, PoisonError};

    /// The groups whose leaders were not waited for. Until then their IDs are not reused (wait(2)).
    static STARTED: Mutex<BTreeSet<i32>> = Mutex::new(BTreeSet::new());

    fn started() -> MutexGuard<'static, BTreeSet<i32>> {
        STARTED.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn id(child: &Child) -> Option<i32> {
        i32::try_from(child.id()).ok()
    }

    fn signal(group: i32, signal: Signal) {
        // Nobody may be left of it.
        killpg(Pid::from_raw(group), signal).ok();
    }

    pub fn start(command: &mut Command) -> io::Result<Child> {
        let child = command.process_group(0).spawn()?;
        started().extend(id(&child));
        Ok(child)
    }

    pub fn terminate(child: &Child) {
        id(child)
            .into_iter()
            .for_each(|id| signal(id, Signal::SIGTERM));
    }

    pub fn kill(child: &Child) {
        id(child)
            .into_iter()
            .for_each(|id| signal(id, Signal::SIGKILL));
    }

    pub fn forget(child: &Child) {
        if let Some(id) = id(child) {
            started().remove(&id);
        }
    }

    pub fn terminate_all() {
        started().iter().for_each(|id| signal(*id, Signal::SIGTERM));
    }

    pub fn kill_all() {
        started().iter().for_each(|id| signal(*id, Signal::SIGKILL));
    }
}

/// Other systems: only the process itself is known.
#[cfg(not(target_os = "linux"))]
mod other {
    use std::io;
    use std::process::{Child, Command};

    pub fn start(command: &mut Command) -> io::Result<Child> {
        command.spawn()
    }

    pub fn terminate(child: &mut Child) {
        child.kill().ok();
    }

    pub fn kill(_: &Child) {}

    pub fn forget(_: &Child) {}

    pub fn terminate_all() {}

    pub fn kill_all() {}
}
