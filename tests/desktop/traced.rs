//! The files, folders and sockets that the window touches are those that the book lists.

use super::driver::{CONNECT, Desktop, Running, far_side, free_local, line_of, settings_of, until};
use crate::skips::have;
use crate::trace::{List, Own, Part, beyond, trace};
use netpeer::settings::{file_in, save};
use std::process::{Command, Stdio};

#[test]
fn the_window_touches_what_the_book_lists_and_nothing_else() {
    if !have(&["strace"]) {
        return;
    }
    let Some(desktop) = Desktop::start() else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path().canonicalize().unwrap();
    let (local, far) = (free_local(), far_side());
    let config = folder.join("config");
    std::fs::create_dir(&config).unwrap();
    let port = far.local_addr().unwrap().port();
    save(&file_in(&config), &settings_of(local, port)).unwrap();
    let to = tempfile::NamedTempFile::new().unwrap();
    let mut strace = desktop.command("strace");
    trace(&mut strace, &folder, to.path());
    strace.args(["--lang", "en", "--config"]).arg(&config);
    // The usual place of the bus.
    strace.env("XDG_RUNTIME_DIR", "/run/user/0");
    strace.env_remove("DBUS_SESSION_BUS_ADDRESS");
    strace.stdout(Stdio::null()).stderr(Stdio::null());
    let mut strace = Running(strace.spawn().unwrap());
    let window = until("the window", || {
        let windows = desktop.xdotool(&["search", "--onlyvisible", "--class", "netpeer"]);
        windows.lines().next().map(str::to_owned)
    });
    desktop.xdotool(&["windowfocus", "--sync", &window]);
    desktop.click(CONNECT);
    until("the port to be bound", || line_of(local).map(drop));
    far.send_to(b"a row", local).unwrap();
    // The program, which strace began with: strace itself would end without it.
    let text = std::fs::read_to_string(to.path()).unwrap();
    let program = text.split(' ').next().unwrap();
    let asked = Command::new("kill").args(["-TERM", program]).status();
    assert!(asked.unwrap().success());
    let status = until("the end", || strace.0.try_wait().unwrap());
    assert!(status.success(), "{status}");
    let text = std::fs::read_to_string(to.path()).unwrap();
    let list = List::of_book();
    let own = Own {
        files: &["config…"],
        binds: &[&local.to_string()],
        ..Own::default()
    };
    let beyond = beyond(&list, Part::Window, &folder, own, &text);
    assert!(beyond.is_empty(), "{}", beyond.join("\n"));
}
