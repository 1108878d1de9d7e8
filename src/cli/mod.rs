//! Floor 4: the program in a terminal, the second face on the same worker.
//!
//! What is typed behind `netpeer` ([`Arguments`]) becomes a setup and orders; what the
//! worker reports becomes lines. No display is needed and no library of one is touched.
//!
//! ```text
//!   stdin ──▶ input ──┐                          ┌──▶ printer ──▶ stdout: rows
//!   signals ──────────┼──▶ terminal ──▶ worker ──┤
//!   closed stdout ────┘    (Command)     (Event) └──▶ stderr: failures, totals
//! ```
//!
//! What a session does by itself is ordered when it is opened: `answers` and `weather` turn
//! options and files into rules and a bad network. `session` holds one for `terminal`, `send`,
//! `load`, which sends and measures, and `scenario`, which plays files. `recorded` shows and
//! converts recordings, `help` words the options.
//! [`SessionConfig`](crate::config::SessionConfig) goes the other way: from a session to what one
//! would type.
//!
//! Everything waits on channels: nothing polls. When printing is slow, so is the reading
//! of events; the worker then waits, counts that, and the totals tell it.

mod actor;
mod answers;
mod arguments;
mod blocking_io;
mod completed;
mod diagnostics;
mod hangup;
mod help;
mod hex_diff;
mod inbox;
mod input;
mod input_options;
mod interrupts;
mod lines;
mod load;
mod manual;
mod mismatch;
mod options;
mod output;
mod pattern;
mod printed;
mod printer;
mod program;
mod recorded;
mod refusal;
mod remarks;
mod scenario;
mod send;
mod session;
mod stage;
mod terminal;
mod totals;
mod values;
mod weather;
mod writing;

pub use arguments::{Arguments, Command};

use crate::words::Lang;
use std::process::ExitCode;

/// How a command ended, as its exit status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CommandOutcome {
    /// As it should, or because the user ended it: 0.
    Passed,
    /// What was to come did not, or a part of the result is missing: 1.
    Failed,
    /// It could not begin: 2, as for options that are wrong.
    Unusable,
}

impl From<CommandOutcome> for ExitCode {
    fn from(outcome: CommandOutcome) -> Self {
        match outcome {
            CommandOutcome::Passed => Self::SUCCESS,
            CommandOutcome::Failed => Self::FAILURE,
            CommandOutcome::Unusable => Self::from(2),
        }
    }
}

/// Does what was typed, and says how it ended.
pub fn run(command: Command, lang: Option<Lang>) -> ExitCode {
    let lang = lang.unwrap_or_else(of_system);
    let outcome = match command {
        Command::Udp(options) => terminal::talk(options.into(), lang),
        Command::TcpClient(options) => terminal::talk(options.into(), lang),
        Command::TcpServer(options) => terminal::talk(options.into(), lang),
        Command::UnixClient(options) => terminal::talk(options.into(), lang),
        Command::UnixServer(options) => terminal::talk(options.into(), lang),
        Command::UnixDatagram(options) => terminal::talk(options.into(), lang),
        Command::Relay(options) => terminal::talk(options.into(), lang),
        Command::Send(options) => send::send(&options, lang),
        Command::Flood(options) => load::flood(&options, lang),
        Command::Meter(options) => load::meter(&options, lang),
        Command::Run(options) => scenario::run(&options, lang),
        Command::Show(options) => recorded::show(&options, lang),
        Command::Convert(options) => recorded::convert(&options, lang),
        Command::Completions(options) => manual::completions(&options, Arguments::worded(lang)),
        Command::Man(options) => manual::man(&options, Arguments::worded(lang), lang),
    };
    outcome.into()
}

/// The language of the system.
fn of_system() -> Lang {
    sys_locale::get_locale().map_or(Lang::English, |tag| Lang::from_tag(&tag))
}

#[cfg(test)]
mod round_trip;
