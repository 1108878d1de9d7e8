//! A scenario in a child process of this program, which runs it as in a terminal.

use super::report::{Outline, OverallResult, ReportLine, ReportedStep};
use super::reported_run::{ReportPart, ReportedRun, RunExit};
use crate::payload::printable;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The scenario to read, and the program that reads it.
#[derive(Clone, Debug)]
pub struct ScenarioSource {
    /// The executable of this program.
    pub program: PathBuf,
    /// The absolute path of the scenario.
    pub file: PathBuf,
    /// The language tag of the report.
    pub lang: &'static str,
}

impl ScenarioSource {
    /// The outline of the scenario, or the error in the file with its position, as text. Blocks
    /// until the program has read the file.
    ///
    /// # Errors
    /// The program cannot be started, or its report is incomplete: then the error is its standard
    /// error.
    pub fn outline(&self) -> io::Result<Result<Outline, String>> {
        let mut command = self.command(&["--dry-run"]);
        let printed = command.stdin(Stdio::null()).output()?;
        match ReportLine::read(&String::from_utf8_lossy(&printed.stdout)) {
            Some(ReportLine::Outline(outline)) => Ok(Ok(outline)),
            Some(ReportLine::End(end)) if end.error.is_some() => {
                Ok(Err(end.reason().unwrap_or_default().to_owned()))
            }
            _ => {
                let message = String::from_utf8_lossy(&printed.stderr);
                Err(io::Error::other(printable::words(message.trim())))
            }
        }
    }

    fn command(&self, options: &[&str]) -> Command {
        let mut command = Command::new(&self.program);
        command.args(["--lang", self.lang, "run", "--json"]);
        command.args(options).arg("--").arg(&self.file);
        command
    }
}

/// A running scenario.
pub type Play = ReportedRun<ReportedStep, OverallResult>;

/// How a scenario ended.
pub type ScenarioExit = RunExit<OverallResult>;

impl ScenarioSource {
    /// Runs the scenario with `folder` as its working directory. `wake` is called after each step
    /// and at the end.
    ///
    /// # Errors
    /// The program cannot be started, or the system has no thread left.
    pub fn play(
        &self,
        folder: &Path,
        wake: impl Fn() + Send + Clone + 'static,
    ) -> io::Result<Play> {
        let mut command = self.command(&[]);
        command.current_dir(folder);
        ReportedRun::start(command, part, wake)
    }
}

fn part(line: &str) -> Option<ReportPart<ReportedStep, OverallResult>> {
    match ReportLine::read(line)? {
        ReportLine::Step(step) => Some(ReportPart::Step(step)),
        ReportLine::End(end) => Some(ReportPart::End(end)),
        ReportLine::Outline(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::ErrorKind;

    #[test]
    fn a_program_that_is_not_there_is_an_error() {
        let source = ScenarioSource {
            program: "/no/such/program".into(),
            file: "/no/such/file.ron".into(),
            lang: "en",
        };
        let error = source.outline().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotFound);
        let play = source.play(Path::new("/"), || {});
        assert_eq!(play.unwrap_err().kind(), ErrorKind::NotFound);
    }
}
