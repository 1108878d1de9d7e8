//! A check of a learner's program in a child process of this program, as `netpeer learn` does it.

use super::reported_run::{ReportPart, ReportedRun, RunExit};
use crate::course::{CheckLine, CheckProgress, CheckVerdict, ReportedExercise};
use crate::payload::printable;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The extension of programs that Python runs; others run by themselves.
const PYTHON: &str = "py";

/// An exercise, and the program that runs it.
#[derive(Clone, Debug)]
pub struct ExerciseSource {
    /// The executable of this program.
    pub program: PathBuf,
    /// The name of a ready-made exercise, or the absolute path of a file.
    pub exercise: PathBuf,
    /// The language tag of messages.
    pub lang: &'static str,
}

impl ExerciseSource {
    /// What the exercise is. Blocks until the program has read it.
    ///
    /// # Errors
    /// The program cannot be started, or cannot use the exercise: then the error is its standard
    /// error, which may be shown.
    pub fn read(&self) -> io::Result<ReportedExercise> {
        let mut command = self.command("show");
        command.arg("--").arg(&self.exercise);
        let printed = command.stdin(Stdio::null()).output()?;
        let line = String::from_utf8_lossy(&printed.stdout);
        serde_json::from_str(&line).map_err(|_| io::Error::other(message(&printed.stderr)))
    }

    fn command(&self, word: &str) -> Command {
        let mut command = Command::new(&self.program);
        command.args(["--lang", self.lang, "learn", word, "--json"]);
        command
    }
}

/// A running check.
pub type ExerciseCheck = ReportedRun<CheckProgress, CheckVerdict>;

/// How a check ended.
#[derive(Debug)]
pub struct CheckExit {
    /// `None` if it could not run, or was ended.
    pub verdict: io::Result<Option<CheckVerdict>>,
    /// The last of its standard error, which includes that of the learner's program; safe to show.
    pub printed: String,
}

impl From<RunExit<CheckVerdict>> for CheckExit {
    fn from(ended: RunExit<CheckVerdict>) -> Self {
        Self {
            verdict: ended.end,
            printed: message(&ended.printed),
        }
    }
}

impl ExerciseSource {
    /// Checks the learner's program at this absolute path, with its folder as the working
    /// directory. `wake` is called after each step and at the end.
    ///
    /// # Errors
    /// The program cannot be started, or the system has no thread left.
    pub fn check(
        &self,
        learner: &Path,
        wake: impl Fn() + Send + Clone + 'static,
    ) -> io::Result<ExerciseCheck> {
        let mut command = self.command("check");
        let is_python = learner
            .extension()
            .is_some_and(|extension| extension.eq_ignore_ascii_case(PYTHON));
        command.arg(&self.exercise).arg(learner);
        if !is_python {
            // What stands behind it is the command that runs the program.
            command.arg("--").arg(learner);
        }
        if let Some(folder) = learner.parent().filter(|folder| folder.is_dir()) {
            command.current_dir(folder);
        }
        ReportedRun::start(command, part, wake)
    }
}

fn part(line: &str) -> Option<ReportPart<CheckProgress, CheckVerdict>> {
    Some(match CheckLine::read(line)? {
        CheckLine::Progress(passed) => ReportPart::Step(passed),
        CheckLine::Verdict(verdict) => ReportPart::End(*verdict),
    })
}

/// What a program wrote, safe to show.
fn message(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    printable::words(text.trim()).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::ErrorKind;

    #[test]
    fn a_program_that_is_not_there_is_an_error() {
        let source = ExerciseSource {
            program: "/no/such/program".into(),
            exercise: "3".into(),
            lang: "en",
        };
        assert_eq!(source.read().unwrap_err().kind(), ErrorKind::NotFound);
        let check = source.check(Path::new("/a.py"), || {});
        assert_eq!(check.unwrap_err().kind(), ErrorKind::NotFound);
    }
}
