//! `netpeer learn check`: runs a learner's program opposite an exercise.

use super::exercise::LoadedExercise;
use super::{json_line, verdict};
use crate::cli::scenario::{Attempt, attempt};
use crate::cli::{CommandOutcome, output, values};
use crate::course::{
    CheckLine, CheckProgress, CheckVerdict, CourseResult, CourseVerdict, Mistake, mistake_of,
    sha256,
};
use crate::disk::{Existing, Replacement};
use crate::engine::Clock;
use crate::explain;
use crate::payload::printable;
use crate::t;
use crate::words::Lang;
use clap::Args;
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

/// The largest program in bytes.
const LARGEST: u64 = 64 << 20;
/// What runs a program without a command of its own.
const PYTHON: &str = if cfg!(windows) { "python" } else { "python3" };

/// The options of `netpeer learn check`.
#[derive(Debug, Args)]
pub struct CheckOptions {
    #[arg(value_name = "NUMBER|FILE.ron", value_parser = values::path())]
    exercise: PathBuf,
    #[arg(value_name = "PROGRAM", value_parser = values::path())]
    program: PathBuf,
    #[arg(long, value_name = "FILE", value_parser = values::path())]
    result: Option<PathBuf>,
    #[arg(long, value_name = "TEXT")]
    name: Option<String>,
    #[arg(long)]
    json: bool,
    #[arg(last = true, value_name = "COMMAND")]
    command: Vec<String>,
}

impl CheckOptions {
    /// Runs the check.
    ///
    /// # Errors
    /// Why it could not run, as text.
    pub fn run(&self, lang: Lang) -> Result<CommandOutcome, String> {
        let exercise = LoadedExercise::load(&self.exercise, lang)?;
        let unreadable = |error: &io::Error| {
            let reason = explain::unreadable(lang, &self.program, error);
            t!(lang, "learn.no_file", reason = reason)
        };
        let program = read_program(&self.program).map_err(|error| unreadable(&error))?;
        let command = self
            .command()
            .ok_or_else(|| unreadable(&io::ErrorKind::InvalidInput.into()))?;
        let LoadedExercise {
            name,
            text,
            scenario,
            ..
        } = exercise;
        let mut progress = |passed: CheckProgress| {
            if self.json {
                output::print(&json_line(&CheckLine::Progress(passed)), lang);
            }
        };
        let Attempt { seen, message } = attempt(scenario, &command, lang, &mut progress)?;
        let mistake = mistake_of(&seen);
        let unclocked = |error: io::Error| {
            let reason = explain::reason(lang, &error);
            t!(lang, "learn.no_file", reason = reason)
        };
        let result = CourseResult {
            exercise: name,
            verdict: match mistake {
                None => CourseVerdict::Passed,
                Some(_) => CourseVerdict::Failed,
            },
            mistake: mistake.as_ref().map(|Mistake { name, .. }| *name),
            step: seen.failed.as_ref().map(|failed| failed.number),
            time: now().map_err(unclocked)?,
            program_sha256: sha256(&program),
            exercise_sha256: sha256(text.as_bytes()),
            name: self.name.clone(),
        };
        let printed = match self.json {
            false => {
                let exercise = &result.exercise;
                verdict::text(lang, exercise, mistake.as_ref(), &message).into_bytes()
            }
            true => json_line(&CheckLine::Verdict(Box::new(CheckVerdict {
                result: result.clone(),
                mistake: mistake.clone(),
                message,
            }))),
        };
        let printed = output::result(&printed, lang);
        if let Some(path) = &self.result {
            write_result(path, &result).map_err(|error| {
                let (path, reason) = (printable::path(path), explain::unmade(lang, &error));
                t!(lang, "learn.unwritten", path = path, reason = reason)
            })?;
        }
        Ok(match mistake {
            None => printed,
            Some(_) => CommandOutcome::Failed,
        })
    }

    /// The command that runs the program; `None` if its path is not Unicode.
    fn command(&self) -> Option<Vec<String>> {
        if !self.command.is_empty() {
            return Some(self.command.clone());
        }
        let path = self.program.to_str()?;
        Some(vec![PYTHON.to_owned(), path.to_owned()])
    }
}

fn read_program(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path)?;
    file.take(LARGEST + 1).read_to_end(&mut bytes)?;
    match bytes.len() as u64 > LARGEST {
        true => Err(io::ErrorKind::FileTooLarge.into()),
        false => Ok(bytes),
    }
}

/// The present time in UTC, in whole seconds.
///
/// # Errors
/// The clock is set to a year that has no such text.
fn now() -> io::Result<String> {
    let now = jiff::Timestamp::from_microsecond(Clock::start().now()).map_err(io::Error::other)?;
    Ok(now.strftime("%Y-%m-%dT%H:%M:%SZ").to_string())
}

fn write_result(path: &Path, result: &CourseResult) -> io::Result<()> {
    let mut file = Replacement::create(path, Existing::Replace)?;
    file.write_all(&json_line(result))?;
    file.finish()
}
