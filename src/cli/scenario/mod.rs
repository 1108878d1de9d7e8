//! `netpeer run`: a scenario, a file of sessions, programs, and steps in order.
//!
//! ```ron
//! (
//!     sessions: {
//!         "assistant": Udp(bind: "127.0.0.1:0"),
//!     },
//!     programs: [
//!         (name: "client", run: ["python3", "tests/peers/client.py", "{assistant.port}"]),
//!     ],
//!     steps: [
//!         Expect(session: "assistant", exact: "client.py", within: "5s"),
//!         Send(session: "assistant", text: "received"),
//!         Prints(program: "client", contains: "received"),
//!     ],
//! )
//! ```
//!
//! `file` is the file format, [`check`] checks its names, [`names`] resolves addresses by name,
//! [`opening`] opens the sessions and starts the programs, [`play`] runs the steps, and `report`
//! prints the results, also as JUnit XML.

mod attempt;
mod check;
mod count;
mod elsewhere;
mod expected_bytes;
mod file;
mod junit;
mod kind_name;
mod listen;
mod load;
#[cfg(test)]
mod made;
mod names;
mod opening;
mod play;
#[cfg(test)]
mod reference;
mod report;
mod sent_content;
mod session;
mod step_outcome;
mod steps;
mod surplus;

use super::inbox_session::InboxSession;
use super::runner::Runner;
use super::{CommandOutcome, diagnostics, values};
use crate::config::ron_file;
use crate::explain;
use crate::payload::printable;
use crate::t;
use crate::traffic::Failure;
use crate::words::Lang;
pub use attempt::{Attempt, attempt, runs_learner};
use clap::Args;
pub use file::Scenario;
pub use names::NamedAddresses;
use report::ScenarioReport;
use std::path::{Path, PathBuf};
use step_outcome::StepResults as _;

/// A minimal scenario for the help.
const SHORT: &str = r#"(
    sessions: { "here": Udp(bind: "127.0.0.1:8080") },
    steps: [
        Expect(session: "here", exact: "hello", within: "10s"),
        Send(session: "here", text: "welcome"),
    ],
)"#;

/// The options of `netpeer run`.
#[derive(Debug, Args)]
#[command(after_help = SHORT)]
pub struct RunOptions {
    #[arg(value_name = "FILE.ron", value_parser = values::path())]
    file: PathBuf,
    #[arg(long)]
    json: bool,
    #[arg(long, conflicts_with = "junit")]
    dry_run: bool,
    #[arg(long, value_name = "OUT.xml", value_parser = values::path())]
    junit: Option<PathBuf>,
}

/// Runs `netpeer run`. Exit status: 0 if the scenario passed, 1 if a step failed, 2 if it could
/// not run.
pub fn run(options: &RunOptions, lang: Lang) -> CommandOutcome {
    let mut report = ScenarioReport::new(options.json, lang);
    let begun = match &options.junit {
        Some(path) => report.begin_junit(path, &options.file),
        None => Ok(()),
    };
    let ended = begun.and_then(|()| {
        let scenario = read(&options.file, lang)?;
        if options.dry_run {
            return Ok(report.outline(&scenario.outline(options.json)));
        }
        played(&scenario, lang, &mut report)?;
        Ok(report.end())
    });
    ended.unwrap_or_else(|message: String| {
        diagnostics::print_line(&message);
        report.unusable(&message)
    })
}

/// Reads a scenario and checks its names.
///
/// # Errors
/// The error in the file with its position, as text.
fn read(file: &Path, lang: Lang) -> Result<Scenario, String> {
    let text = ron_file::text(file).map_err(|error| {
        let message = explain::unreadable(lang, file, &error);
        format!("netpeer: {message}")
    })?;
    read_text(&text, &printable::path(file), lang)
}

/// Reads the text of a scenario and checks its names. `path` is its file in messages.
///
/// # Errors
/// The error in the text with its position, as text.
pub fn read_text(text: &str, path: &str, lang: Lang) -> Result<Scenario, String> {
    let scenario = Scenario::read(text).map_err(|mistake| {
        let message = explain::file_mistake(lang, &mistake);
        format!("netpeer: {path}:{message}")
    })?;
    check::check(&scenario).map_err(|name| {
        let place = check::place(text, &name);
        let name = printable::line(name.as_bytes());
        let path = format!("{path}:{place}");
        t!(lang, "cli.unknown_name", path = path, name = name)
    })?;
    match check::circle(&scenario) {
        Some(name) => Err(t!(lang, "cli.circle", name = name)),
        None => Ok(scenario),
    }
}

/// Runs a scenario.
///
/// # Errors
/// Why it could not run, as text.
fn played(scenario: &Scenario, lang: Lang, report: &mut ScenarioReport) -> Result<(), String> {
    let of_system = |error| diagnostics::not_begun(lang, &error);
    let mut runner = Runner::new(scenario.within.0, |_| {}).map_err(of_system)?;
    opening::enter(&mut runner, scenario, lang).inspect_err(|_| report.skip(&scenario.steps))?;
    for (name, address) in &NamedAddresses::of(&runner).0 {
        diagnostics::print_line(&t!(lang, "cli.entered", name = name, address = address));
    }
    let ended = play::through(&scenario.steps, &mut runner, lang, report);
    runner.close();
    let failures = runner.sessions.iter_mut().flat_map(InboxSession::failures);
    let failures = failures.map(|repeated| repeated.failure);
    for death in failures.filter(Failure::ends_session) {
        report.died(&diagnostics::explained(lang, &death));
        diagnostics::failure(lang, &death);
    }
    ended
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scenario_in_the_help_is_one() {
        let scenario = Scenario::read(SHORT).unwrap();
        assert_eq!(scenario.steps.len(), 2);
    }
}
