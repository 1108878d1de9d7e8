//! What others may see of the window: its files, and its memory.

use super::driver::{CONNECT, Desktop, Running, far_side, free_local, line_of, settings_of, until};
use crate::cli::core_dumps::{DUMPING, core_limits, is_readable};
use crate::cli::permissions::open_to_others;
use crate::cli::unprivileged::without_rights;
use netpeer::settings::{file_in, save};
use std::fs::{Permissions, set_permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A shell that takes no permission away from new files.
const OPEN_TO_ALL: [&str; 4] = ["sh", "-c", "umask 0; exec \"$@\"", "sh"];

/// Opens the window with the settings in `config` by the words `before`, which run a command in
/// their own process. Returns it and its window.
fn opened(
    desktop: &Desktop,
    before: &[&str],
    options: &[&str],
    config: &Path,
) -> (Running, String) {
    let mut command = desktop.command(before[0]);
    command
        .args(&before[1..])
        .arg(env!("CARGO_BIN_EXE_netpeer"));
    command.args(options).args(["--lang", "en", "--config"]);
    let program = Running(command.arg(config).spawn().unwrap());
    let window = until("the window", || {
        let windows = desktop.xdotool(&["search", "--onlyvisible", "--class", "netpeer"]);
        windows.lines().next().map(str::to_owned)
    });
    (program, window)
}

fn end(mut program: Running) {
    let id = program.0.id().to_string();
    assert!(Command::new("kill").arg(id).status().unwrap().success());
    let status = until("the end", || program.0.try_wait().unwrap());
    assert!(status.success(), "{status}");
}

#[test]
fn what_the_window_keeps_is_for_its_owner_alone_whatever_the_umask() {
    let Some(desktop) = Desktop::start() else {
        return;
    };
    let nothing = Vec::<PathBuf>::new();
    let dir = tempfile::tempdir().unwrap();
    let made = dir.path().join("made");
    let config = made.join("config");
    let settings = file_in(&config);
    // It makes the folders and the settings.
    let (program, _) = opened(&desktop, &OPEN_TO_ALL, &[], &config);
    end(program);
    assert!(settings.exists());
    assert_eq!(open_to_others(&made), nothing);
    // It writes a log, and again settings that were open to all.
    let local = free_local();
    save(&settings, &settings_of(local, 9)).unwrap();
    set_permissions(&settings, Permissions::from_mode(0o666)).unwrap();
    let (program, window) = opened(&desktop, &OPEN_TO_ALL, &[], &config);
    desktop.xdotool(&["windowfocus", "--sync", &window]);
    desktop.click(CONNECT);
    until("the port to be bound", || line_of(local).map(drop));
    far_side().send_to(&[b'x'; 4_096], local).unwrap();
    let journal = config.join("journal");
    until("the row in the log", || {
        let folder = std::fs::read_dir(&journal).ok()?.next()?.ok()?.path();
        let mut files = std::fs::read_dir(folder).ok()?.map_while(Result::ok);
        let is_it = |file: std::fs::DirEntry| file.metadata().is_ok_and(|file| file.len() > 4_096);
        files.any(is_it).then_some(())
    });
    assert_eq!(open_to_others(&journal), nothing);
    end(program);
    assert_eq!(open_to_others(&made), nothing);
}

#[test]
fn the_window_may_write_no_core_file_and_is_not_looked_into() {
    let Some(before) = without_rights() else {
        return;
    };
    let Some(desktop) = Desktop::start() else {
        return;
    };
    let dir = tempfile::tempdir().unwrap();
    let before = [&DUMPING[..], before].concat();
    let words = &before[DUMPING.len()..];
    let (program, _) = opened(&desktop, &before, &[], dir.path());
    assert!(is_readable(program.0.id(), words));
    end(program);
    let (program, _) = opened(&desktop, &before, &["--no-core-dumps"], dir.path());
    let limits = core_limits(program.0.id()).unwrap();
    assert_eq!(limits, ["0", "0"]);
    assert!(!is_readable(program.0.id(), words));
    end(program);
}
