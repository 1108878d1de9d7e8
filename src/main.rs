//! The program `netpeer`: parses the arguments and starts the window or the command line.

use netpeer::cli::{self, Arguments};
use netpeer::start::{self, Wishes};
use netpeer::stderr;
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments = Arguments::read();
    let lang = arguments.lang();
    if let Some(command) = arguments.command {
        return cli::run(command, lang);
    }
    let (config, new) = (arguments.config, arguments.new);
    match start::window(Wishes { config, lang, new }) {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            stderr::line(&format!("netpeer: {reason}"));
            ExitCode::FAILURE
        }
    }
}
