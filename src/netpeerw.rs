//! The window's program for Windows: it has no console, so a failure to open is a message box.
#![cfg_attr(windows, windows_subsystem = "windows")]

use std::process::ExitCode;

fn main() -> ExitCode {
    netpeer::run(|reason| {
        rfd::MessageDialog::new()
            .set_level(rfd::MessageLevel::Error)
            .set_title("netpeer")
            .set_description(reason)
            .show();
    })
}
