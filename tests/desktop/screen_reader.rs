//! A screen reader on an accessibility bus of its own.

use super::driver::Desktop;
use crate::skips::{have, skip};
use std::process::{Command, Stdio};

/// The interpreter that Debian's modules are installed for.
const PYTHON: &str = "/usr/bin/python3";
const SCRIPT: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/tests/desktop/screen_reader.py"
);

#[test]
fn a_screen_reader_uses_the_window() {
    let Some(desktop) = Desktop::start() else {
        return;
    };
    let module = Command::new(PYTHON)
        .args(["-c", "import pyatspi"])
        .stderr(Stdio::null())
        .status();
    if !have(&["dbus-run-session"]) {
        return;
    }
    if !module.is_ok_and(|status| status.success()) {
        skip("python3-pyatspi", "scripts/test installs it");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let output = desktop
        .command("dbus-run-session")
        .args(["--", PYTHON, SCRIPT, env!("CARGO_BIN_EXE_netpeer")])
        .env("XDG_RUNTIME_DIR", folder.path())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}\n{errors}");
}
