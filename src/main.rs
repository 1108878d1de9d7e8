//! The program `netpeer`: the window and the command line.

use netpeer::stderr;
use std::process::ExitCode;

fn main() -> ExitCode {
    netpeer::run(|reason| stderr::line(&format!("netpeer: {reason}")))
}
