//! The desktop's file dialog at the end of the program: where the desktop has no portal for it, it
//! is a program of its own, zenity(1), which would outlive this one.

/// Ends the dialogs that this process has started.
#[cfg(target_os = "linux")]
pub fn end() {
    use nix::sys::signal::{Signal, kill};
    use nix::unistd::Pid;
    let processes = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    for process in processes {
        let id = process.file_name();
        let id = id.to_str().and_then(|id| id.parse::<i32>().ok());
        let stat = std::fs::read_to_string(process.path().join("stat")).unwrap_or_default();
        if let Some(id) = id.filter(|_| is_dialog_of(&stat, std::process::id())) {
            // It may have ended by itself.
            kill(Pid::from_raw(id), Signal::SIGTERM).ok();
        }
    }
}

#[cfg(not(target_os = "linux"))]
pub fn end() {}

/// Whether `/proc/PID/stat` (proc(5)) is that of a dialog with this parent.
#[cfg(target_os = "linux")]
fn is_dialog_of(stat: &str, parent: u32) -> bool {
    let Some((head, rest)) = stat.rsplit_once(')') else {
        return false;
    };
    let name = head.split_once('(').map(|(_, name)| name);
    let its_parent = rest.split_whitespace().nth(1);
    let is_child = its_parent.is_some_and(|its| its.parse::<u32>().is_ok_and(|its| its == parent));
    name == Some("zenity") && is_child
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn only_the_dialogs_of_this_process_end_with_it() {
        assert!(is_dialog_of("77 (zenity) S 40 40 40 0", 40));
        assert!(!is_dialog_of("77 (zenity) S 41 40 40 0", 40));
        assert!(!is_dialog_of("77 (a (zenity) S 40 40", 40));
        assert!(!is_dialog_of("77 (python3) S 40 40 40 0", 40));
        assert!(!is_dialog_of("", 40));
    }
}
