//! The window's program for Windows: it has no console, so a failure to open is a message box.
#![cfg_attr(windows, windows_subsystem = "windows")]

use netpeer::cli::{self, Arguments};
use netpeer::start::{self, Wishes};
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments = Arguments::read();
    let lang = arguments.lang();
    if let Some(command) = arguments.command {
        return cli::run(command, lang);
    }
    let (config, new) = (arguments.config, arguments.new);
    let Err(reason) = start::window(Wishes { config, lang, new }) else {
        return ExitCode::SUCCESS;
    };
    rfd::MessageDialog::new()
        .set_level(rfd::MessageLevel::Error)
        .set_title("netpeer")
        .set_description(reason)
        .show();
    ExitCode::FAILURE
}
