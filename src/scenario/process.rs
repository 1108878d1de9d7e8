//! A scenario in a process of this program, which reads and plays it as in a terminal.

use super::group;
use super::report::{End, Line, Outline, Step};
use crate::jobs::{Job, Running};
use crate::payload::printable;
use crossbeam_channel::{Receiver, Sender};
use std::io::{self, BufRead as _, BufReader, ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// Bytes that are kept of what is printed on the standard error: the last.
const KEPT: usize = 4 << 10;
/// Bytes of a read of it.
const PIECE: usize = 8 << 10;

/// Which scenario is read, and by what.
#[derive(Clone, Debug)]
pub struct Source {
    /// The executable of this program.
    pub program: PathBuf,
    /// An absolute path.
    pub file: PathBuf,
    /// The tag of the language to report in.
    pub lang: &'static str,
}

impl Source {
    /// What the scenario is to do, or what is wrong with the file, and where, in words. Waits
    /// until the program has read it.
    ///
    /// # Errors
    /// If the program cannot be started; where it said neither, what it said instead.
    pub fn outline(&self) -> io::Result<Result<Outline, String>> {
        let mut command = self.command(&["--dry-run"]);
        let printed = command.stdin(Stdio::null()).output()?;
        match Line::read(&String::from_utf8_lossy(&printed.stdout)) {
            Some(Line::Outline(outline)) => Ok(Ok(outline)),
            Some(Line::End(end)) if end.error.is_some() => {
                Ok(Err(end.reason().unwrap_or_default().to_owned()))
            }
            _ => {
                let said = String::from_utf8_lossy(&printed.stderr);
                Err(io::Error::other(printable::words(said.trim())))
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

/// A scenario that is played. Dropping it asks it to end, and does not wait.
#[derive(Debug)]
pub struct Play {
    /// Taken when it is waited for.
    child: Option<Child>,
    steps: Receiver<Step>,
    output: Job<Option<End>>,
    errors: Job<Vec<u8>>,
    end: Option<io::Result<Option<End>>>,
    printed: Option<Vec<u8>>,
}

/// What a scenario came to.
#[derive(Debug)]
pub struct Ended {
    /// The last line of its report; `None` if it broke off.
    pub end: io::Result<Option<End>>,
    /// The last that it and its programs printed on the standard error.
    pub printed: Vec<u8>,
}

impl Play {
    /// Plays a scenario whose programs run in this folder. `wake` is called after each step,
    /// and when all is over.
    ///
    /// # Errors
    /// If the program cannot be started, or the system has no thread left.
    pub fn start(
        source: &Source,
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
                // A scenario has so many steps, and is not to wait for a window that sleeps.
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

    /// The steps that are over since this was asked last.
    pub fn steps(&self) -> impl Iterator<Item = Step> {
        self.steps.try_iter()
    }

    /// What it came to, told once, behind the last step.
    pub fn ended(&mut self) -> Option<Ended> {
        if let Some(ended) = self.output.poll() {
            self.end = Some(ended.into_result());
        }
        if let Some(ended) = self.errors.poll() {
            // Without it, the report is still whole.
            self.printed = Some(ended.into_result().unwrap_or_default());
        }
        // Of a step that came meanwhile too.
        if self.end.is_none() || self.printed.is_none() || !self.steps.is_empty() {
            return None;
        }
        let (end, printed) = (self.end.take()?, self.printed.take()?);
        Some(Ended { end, printed })
    }

    /// Asks it to end: its sessions close, and its programs are ended. Asked again it ends at
    /// once.
    pub fn cancel(&mut self) {
        if let Some(child) = &mut self.child
            && !matches!(child.try_wait(), Ok(Some(_)))
        {
            // The program takes it for a request to end.
            group::terminate(child);
        }
    }
}

impl Drop for Play {
    fn drop(&mut self) {
        self.cancel();
        if let Some(mut child) = self.child.take() {
            // Not cancelled: it waits for a process that ends. Without a thread for it, the
            // process stays in the system's table until this one has ended.
            let wait = move |_: &Running| {
                group::wait(&mut child);
                Ok::<(), io::Error>(())
            };
            Job::start("scenario-end", || {}, wait).ok();
        }
    }
}

/// Hands on the steps of a report; says how it ended.
fn read(output: impl Read, step: &Sender<Step>, job: &Running) -> io::Result<Option<End>> {
    for line in BufReader::new(output).lines() {
        match Line::read(&line?) {
            Some(Line::Step(one)) => {
                // Fails only if nobody asks any more.
                step.send(one).ok();
                job.wake();
            }
            Some(Line::End(end)) => return Ok(Some(end)),
            Some(Line::Outline(_)) | None => {}
        }
    }
    Ok(None)
}

fn last_of(mut source: impl Read) -> io::Result<Vec<u8>> {
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
        let source = Source {
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
