//! Process groups, job objects on Windows: the children of a process, such as a shell's, end with
//! it.

use std::io;
use std::process::{Child, Command};

#[cfg(unix)]
use unix as system;
#[cfg(windows)]
use windows as system;

/// Starts a process in its own group, so that Ctrl+C in our terminal does not reach it.
///
/// # Errors
/// The system cannot start it.
pub fn start(command: &mut Command) -> io::Result<Child> {
    system::start(command)
}

/// Asks the process group to end (SIGTERM). On Windows, which has no such request for a program
/// without a window, it is killed.
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

#[cfg(unix)]
mod unix {
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

/// A job object has the process and all that it starts, and ends them when its last handle closes:
/// however this process ends.
#[cfg(windows)]
mod windows {
    use std::collections::BTreeMap;
    use std::io;
    use std::os::windows::io::AsRawHandle as _;
    use std::os::windows::process::CommandExt as _;
    use std::process::{Child, Command};
    use std::sync::{Mutex, MutexGuard, PoisonError};
    use win32job::{ExtendedLimitInfo, Job};

    /// Creation flags of a process: no Ctrl+C of our console, and no console window of its own.
    const CREATE_NEW_PROCESS_GROUP: u32 = 0x0000_0200;
    const CREATE_NO_WINDOW: u32 = 0x0800_0000;

    /// The jobs whose first process was not waited for, by its identifier.
    static STARTED: Mutex<BTreeMap<u32, Job>> = Mutex::new(BTreeMap::new());

    fn started() -> MutexGuard<'static, BTreeMap<u32, Job>> {
        STARTED.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn start(command: &mut Command) -> io::Result<Child> {
        let mut child = command
            .creation_flags(CREATE_NEW_PROCESS_GROUP | CREATE_NO_WINDOW)
            .spawn()?;
        match job_of(&child) {
            Ok(job) => started().insert(child.id(), job),
            Err(error) => {
                child.kill().ok();
                return Err(error);
            }
        };
        Ok(child)
    }

    /// Children that the process starts before it is in the job are not in it.
    fn job_of(child: &Child) -> io::Result<Job> {
        let mut limits = ExtendedLimitInfo::new();
        limits.limit_kill_on_job_close();
        let job = Job::create_with_limit_info(&limits).map_err(io::Error::other)?;
        let assigned = job.assign_process(child.as_raw_handle() as isize);
        assigned.map_err(io::Error::other)?;
        Ok(job)
    }

    pub fn terminate(child: &Child) {
        kill(child);
    }

    pub fn kill(child: &Child) {
        started().remove(&child.id());
    }

    pub fn forget(child: &Child) {
        if let Some(job) = started().remove(&child.id()) {
            // Without the limit, closing the job leaves the rest of it alone. If that fails, the
            // rest ends too.
            job.set_extended_limit_info(&ExtendedLimitInfo::new()).ok();
        }
    }

    pub fn terminate_all() {
        kill_all();
    }

    pub fn kill_all() {
        started().clear();
    }
}
