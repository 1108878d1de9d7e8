//! A check of a learner's program in a child process of this program, as `netpeer learn` does it.

use super::group;
use super::process::last_of;
use crate::course::{CheckLine, CheckProgress, CheckVerdict, ReportedExercise};
use crate::jobs::{Job, Running};
use crate::payload::printable;
use crossbeam_channel::{Receiver, Sender};
use std::io::{self, BufRead as _, BufReader, ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

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

/// A running check. Dropping it asks it to end, without waiting.
#[derive(Debug)]
pub struct ExerciseCheck {
    /// `None` once it was dropped.
    child: Option<Child>,
    progress: Receiver<CheckProgress>,
    output: Job<Option<CheckVerdict>>,
    errors: Job<Vec<u8>>,
    end: Option<io::Result<Option<CheckVerdict>>>,
    printed: Option<Vec<u8>>,
}

/// How a check ended.
#[derive(Debug)]
pub struct CheckExit {
    /// `None` if it could not run, or was ended.
    pub verdict: io::Result<Option<CheckVerdict>>,
    /// The last of its standard error, which includes that of the learner's program; safe to show.
    pub printed: String,
}

impl ExerciseCheck {
    /// Checks the learner's program at this absolute path, with its folder as the working
    /// directory. `wake` is called after each step and at the end.
    ///
    /// # Errors
    /// The program cannot be started, or the system has no thread left.
    pub fn start(
        source: &ExerciseSource,
        learner: &Path,
        wake: impl Fn() + Send + Clone + 'static,
    ) -> io::Result<Self> {
        let mut command = source.command("check");
        let is_python = learner
            .extension()
            .is_some_and(|extension| extension.eq_ignore_ascii_case(PYTHON));
        command.arg(&source.exercise).arg(learner);
        if !is_python {
            // What stands behind it is the command that runs the program.
            command.arg("--").arg(learner);
        }
        if let Some(folder) = learner.parent().filter(|folder| folder.is_dir()) {
            command.current_dir(folder);
        }
        command.stdin(Stdio::null());
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = group::start(&mut command)?;
        let pipes = (child.stdout.take(), child.stderr.take());
        let jobs = match pipes {
            (Some(output), Some(error)) => {
                // Unbounded: the number of steps is limited.
                let (step, progress) = crossbeam_channel::unbounded();
                let read = move |job: &Running| read(output, &step, job);
                let output = Job::start("exercise", wake.clone(), read);
                let errors = Job::start("exercise-error", wake, move |_| last_of(error));
                output.and_then(|output| Ok((progress, output, errors?)))
            }
            _ => Err(ErrorKind::BrokenPipe.into()),
        };
        let (progress, output, errors) = jobs.inspect_err(|_| {
            group::kill(&mut child);
        })?;
        Ok(Self {
            child: Some(child),
            progress,
            output,
            errors,
            end: None,
            printed: None,
        })
    }

    /// The progress since the last call, if there is any.
    pub fn progress(&self) -> Option<CheckProgress> {
        self.progress.try_iter().last()
    }

    /// How the check ended, returned once.
    pub fn ended(&mut self) -> Option<CheckExit> {
        if let Some(ended) = self.output.poll() {
            self.end = Some(ended.into_result());
        }
        if let Some(ended) = self.errors.poll() {
            // Without the standard error, the verdict is still complete.
            self.printed = Some(ended.into_result().unwrap_or_default());
        }
        if self.end.is_none() || self.printed.is_none() {
            return None;
        }
        let (verdict, printed) = (self.end.take()?, self.printed.take()?);
        Some(CheckExit {
            verdict,
            printed: message(&printed),
        })
    }

    /// Asks the check to end: it ends the learner's programs. A second call ends it at once.
    pub fn cancel(&mut self) {
        if let Some(child) = &mut self.child
            && !matches!(child.try_wait(), Ok(Some(_)))
        {
            // The program handles SIGTERM as a request to end.
            group::terminate(child);
        }
    }
}

impl Drop for ExerciseCheck {
    fn drop(&mut self) {
        self.cancel();
        if let Some(mut child) = self.child.take() {
            // Not cancelled: it waits for a process that is ending. Without a thread, the process
            // stays a zombie until this process has ended.
            let wait = move |_: &Running| {
                group::wait(&mut child);
                Ok::<(), io::Error>(())
            };
            Job::start("exercise-end", || {}, wait).ok();
        }
    }
}

/// What a program wrote, safe to show.
fn message(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    printable::words(text.trim()).into_owned()
}

/// Forwards the progress; returns the verdict.
fn read(
    output: impl Read,
    step: &Sender<CheckProgress>,
    job: &Running,
) -> io::Result<Option<CheckVerdict>> {
    for line in BufReader::new(output).lines() {
        match CheckLine::read(&line?) {
            Some(CheckLine::Progress(passed)) => {
                // Fails only if the receiver was dropped.
                step.send(passed).ok();
                job.wake();
            }
            Some(CheckLine::Verdict(verdict)) => return Ok(Some(*verdict)),
            None => {}
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_that_is_not_there_is_an_error() {
        let source = ExerciseSource {
            program: "/no/such/program".into(),
            exercise: "3".into(),
            lang: "en",
        };
        assert_eq!(source.read().unwrap_err().kind(), ErrorKind::NotFound);
        let check = ExerciseCheck::start(&source, Path::new("/a.py"), || {});
        assert_eq!(check.unwrap_err().kind(), ErrorKind::NotFound);
    }
}
