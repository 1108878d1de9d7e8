//! A scenario in a child process of this program, which runs it as in a terminal.

use super::group;
use super::report::{Outline, OverallResult, ReportLine, ReportedStep};
use crate::jobs::{Job, Running};
use crate::payload::printable;
use crossbeam_channel::{Receiver, Sender};
use std::io::{self, BufRead as _, BufReader, ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// The number of last bytes of the standard error that are kept.
const KEPT: usize = 4 << 10;
/// The buffer of one read of the standard error, in bytes.
const PIECE: usize = 8 << 10;

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

/// A running scenario. Dropping it asks it to end, without waiting.
#[derive(Debug)]
pub struct Play {
    /// `None` once it was dropped.
    child: Option<Child>,
    steps: Receiver<ReportedStep>,
    output: Job<Option<OverallResult>>,
    errors: Job<Vec<u8>>,
    end: Option<io::Result<Option<OverallResult>>>,
    printed: Option<Vec<u8>>,
}

/// How a scenario ended.
#[derive(Debug)]
pub struct ScenarioExit {
    /// The last line of its report; `None` if the report is incomplete.
    pub end: io::Result<Option<OverallResult>>,
    /// The last bytes of its standard error, which includes that of its programs.
    pub printed: Vec<u8>,
}

impl Play {
    /// Runs a scenario with `folder` as its working directory. `wake` is called after each step and
    /// at the end.
    ///
    /// # Errors
    /// The program cannot be started, or the system has no thread left.
    pub fn start(
        source: &ScenarioSource,
        folder: &Path,
        wake: impl Fn() + Send + Clone + 'static,
    ) -> io::Result<Self> {
        let mut command = source.command(&[]);
        command.current_dir(folder).stdin(Stdio::null());
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = group::start(&mut command)?;
        let pipes = (child.stdout.take(), child.stderr.take());
        let jobs = match pipes {
            (Some(output), Some(error)) => {
                // Unbounded: the number of steps is limited, and the scenario must not wait for a
                // hidden window.
                let (step, steps) = crossbeam_channel::unbounded();
                let read = move |job: &Running| read(output, &step, job);
                let output = Job::start("scenario", wake.clone(), read);
                let errors = Job::start("scenario-error", wake, move |_| last_of(error));
                output.and_then(|output| Ok((steps, output, errors?)))
            }
            _ => Err(ErrorKind::BrokenPipe.into()),
        };
        let (steps, output, errors) = jobs.inspect_err(|_| {
            group::kill(&mut child);
        })?;
        Ok(Self {
            child: Some(child),
            steps,
            output,
            errors,
            end: None,
            printed: None,
        })
    }

    /// The steps that have ended since the last call.
    pub fn steps(&self) -> impl Iterator<Item = ReportedStep> {
        self.steps.try_iter()
    }

    /// How the scenario ended, returned once, after its last step.
    pub fn ended(&mut self) -> Option<ScenarioExit> {
        if let Some(ended) = self.output.poll() {
            self.end = Some(ended.into_result());
        }
        if let Some(ended) = self.errors.poll() {
            // Without the standard error, the report is still complete.
            self.printed = Some(ended.into_result().unwrap_or_default());
        }
        // A step that arrived meanwhile comes first.
        if self.end.is_none() || self.printed.is_none() || !self.steps.is_empty() {
            return None;
        }
        let (end, printed) = (self.end.take()?, self.printed.take()?);
        Some(ScenarioExit { end, printed })
    }

    /// Asks the scenario to end: it closes its sessions and ends its programs. A second call ends
    /// it at once.
    pub fn cancel(&mut self) {
        if let Some(child) = &mut self.child
            && !matches!(child.try_wait(), Ok(Some(_)))
        {
            // The program handles SIGTERM as a request to end.
            group::terminate(child);
        }
    }
}

impl Drop for Play {
    fn drop(&mut self) {
        self.cancel();
        if let Some(mut child) = self.child.take() {
            // Not cancelled: it waits for a process that is ending. Without a thread, the process
            // stays a zombie until this process has ended.
            let wait = move |_: &Running| {
                group::wait(&mut child);
                Ok::<(), io::Error>(())
            };
            Job::start("scenario-end", || {}, wait).ok();
        }
    }
}

/// Forwards the steps of a report; returns its last line.
fn read(
    output: impl Read,
    step: &Sender<ReportedStep>,
    job: &Running,
) -> io::Result<Option<OverallResult>> {
    for line in BufReader::new(output).lines() {
        match ReportLine::read(&line?) {
            Some(ReportLine::Step(one)) => {
                // Fails only if the receiver was dropped.
                step.send(one).ok();
                job.wake();
            }
            Some(ReportLine::End(end)) => return Ok(Some(end)),
            Some(ReportLine::Outline(_)) | None => {}
        }
    }
    Ok(None)
}

/// The last bytes of a source, of at most [`KEPT`].
///
/// # Errors
/// Those of reading.
pub(super) fn last_of(mut source: impl Read) -> io::Result<Vec<u8>> {
    let (mut kept, mut piece) = (Vec::new(), vec![0; PIECE]);
    loop {
        let count = match source.read(&mut piece) {
            Ok(0) => return Ok(kept),
            Ok(count) => count,
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        kept.extend_from_slice(piece.get(..count).unwrap_or_default());
        kept.drain(..kept.len().saturating_sub(KEPT));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_what_is_printed_the_last_is_kept() {
        let printed = [vec![b'a'; 3 * PIECE], b"end".to_vec()].concat();
        let kept = last_of(printed.as_slice()).unwrap();
        assert_eq!(kept.len(), KEPT);
        assert!(kept.ends_with(b"aend"));
    }

    #[test]
    fn a_program_that_is_not_there_is_an_error() {
        let source = ScenarioSource {
            program: "/no/such/program".into(),
            file: "/no/such/file.ron".into(),
            lang: "en",
        };
        let error = source.outline().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotFound);
        let play = Play::start(&source, Path::new("/"), || {});
        assert_eq!(play.unwrap_err().kind(), ErrorKind::NotFound);
    }
}
