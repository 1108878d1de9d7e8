//! The command line: the front end in a terminal.
//!
//! [`Arguments`] become a setup and commands; events of the worker become lines. It needs no
//! display and loads no library for one.
//!
//! ```text
//!   stdin ──▶ input ──┐                          ┌──▶ printer ──▶ stdout: rows
//!   signals ──────────┼──▶ terminal ──▶ worker ──┤
//!   closed stdout ────┘    (Command)     (Event) └──▶ stderr: failures, totals
//! ```
//!
//! `answers` and `impairment` turn options and files into rules and a simulated network. `sandbox` restricts
//! the process to what its session needs. `session`
//! holds one session for `terminal`, `send`, `load` (which sends and measures) and `scenario`
//! (which runs files). `recorded` shows and converts capture files, `fields` lists descriptions and
//! writes code for them, `doctor` says why nothing comes back, `learn` runs the exercises of the
//! course, `code` writes programs for the other side, `help` has the help texts.
//! [`SessionConfig`](crate::config::SessionConfig) is the way back: it writes the command line of
//! a session.
//!
//! Everything waits on channels without polling. When printing is slow, events are read slowly
//! too; the worker then waits and counts the time, which the totals report.

mod answers;
mod arguments;
mod blocking_io;
mod code;
mod code_options;
mod code_output;
mod completed;
mod description;
mod diagnostics;
mod doctor;
mod expected_answer;
mod failures;
mod fields;
pub mod fields_expectation;
mod hangup;
mod help;
mod hex_diff;
mod impairment;
mod inbox;
mod inbox_session;
mod input;
mod input_options;
mod interrupts;
mod learn;
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
mod runner;
mod sandbox;
mod scenario;
mod send;
mod session;
mod terminal;
mod text_options;
mod totals;
mod transcript;
mod values;
mod written_fields;

pub use arguments::{Arguments, CliCommand};
pub use scenario::Scenario;

use crate::words::Lang;
use std::process::ExitCode;

/// The result of a command, as its exit status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CommandOutcome {
    /// Success, also if the user ended it: status 0.
    Passed,
    /// An expectation was not met, or a part of the result is missing: status 1.
    Failed,
    /// The command could not start: status 2, as for wrong options.
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

/// Runs a command and returns its exit status.
pub fn run(command: CliCommand, lang: Option<Lang>) -> ExitCode {
    let lang = lang.unwrap_or_else(of_system);
    let outcome = match command {
        CliCommand::Udp(options) => terminal::run(options.into(), lang),
        CliCommand::TcpClient(options) => terminal::run(options.into(), lang),
        CliCommand::TcpServer(options) => terminal::run(options.into(), lang),
        CliCommand::UnixClient(options) => terminal::run(options.into(), lang),
        CliCommand::UnixServer(options) => terminal::run(options.into(), lang),
        CliCommand::UnixDatagram(options) => terminal::run(options.into(), lang),
        CliCommand::Relay(options) => terminal::run(options.into(), lang),
        CliCommand::Send(options) => send::send(&options, lang),
        CliCommand::Flood(options) => load::flood(&options, lang),
        CliCommand::Meter(options) => load::meter(&options, lang),
        CliCommand::Run(options) => scenario::run(&options, lang),
        CliCommand::Learn(options) => learn::run(&options, lang),
        CliCommand::Show(options) => recorded::show(&options, lang),
        CliCommand::Convert(options) => recorded::convert(&options, lang),
        CliCommand::Fields(options) => fields::fields(&options, lang),
        CliCommand::Doctor(options) => doctor::doctor(&options, lang),
        CliCommand::Explain(options) => doctor::explain(&options, lang),
        CliCommand::Code(options) => code::code(&options, lang),
        CliCommand::Completions(options) => {
            manual::completions(&options, Arguments::worded(lang), lang)
        }
        CliCommand::Man(options) => manual::man(&options, Arguments::worded(lang), lang),
    };
    outcome.into()
}

/// The language of the system.
fn of_system() -> Lang {
    sys_locale::get_locale().map_or(Lang::English, |tag| Lang::from_tag(&tag))
}

#[cfg(test)]
mod round_trip;
