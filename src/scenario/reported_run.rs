//! A child process of this program that reports what it does, a line at a time.

use super::group;
use crate::jobs::{Job, Running};
use crossbeam_channel::{Receiver, Sender};
use std::io::{self, BufRead as _, BufReader, ErrorKind, Read};
use std::process::{Child, Command, Stdio};

/// The number of last bytes of the standard error that are kept.
const KEPT: usize = 4 << 10;
/// The buffer of one read of the standard error, in bytes.
const PIECE: usize = 8 << 10;

/// What a line of the report says.
#[derive(Debug)]
pub enum ReportPart<Step, End> {
    Step(Step),
    /// The last line.
    End(End),
}

/// A running process. Dropping it asks it to end, without waiting.
#[derive(Debug)]
pub struct ReportedRun<Step, End> {
    /// `None` once it was dropped.
    child: Option<Child>,
    steps: Receiver<Step>,
    output: Job<Option<End>>,
    errors: Job<Vec<u8>>,
    end: Option<io::Result<Option<End>>>,
    printed: Option<Vec<u8>>,
}

/// How a process ended.
#[derive(Debug)]
pub struct RunExit<End> {
    /// The last line of its report; `None` if the report is incomplete.
    pub end: io::Result<Option<End>>,
    /// The last bytes of its standard error, which includes that of its programs.
    pub printed: Vec<u8>,
}

impl<Step: Send + 'static, End: Send + 'static> ReportedRun<Step, End> {
    /// Starts a command whose lines `read` understands; `None` is a line to leave out. `wake` is
    /// called after each step and at the end.
    ///
    /// # Errors
    /// The program cannot be started, or the system has no thread left.
    pub(super) fn start(
        mut command: Command,
        read: fn(&str) -> Option<ReportPart<Step, End>>,
        wake: impl Fn() + Send + Clone + 'static,
    ) -> io::Result<Self> {
        command.stdin(Stdio::null());
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = group::start(&mut command)?;
        let pipes = (child.stdout.take(), child.stderr.take());
        let jobs = match pipes {
            (Some(output), Some(error)) => {
                // Unbounded: the number of steps is limited, and the process must not wait for a
                // hidden window.
                let (step, steps) = crossbeam_channel::unbounded();
                let forward = move |job: &Running| forward(output, read, &step, job);
                let output = Job::start("report", wake.clone(), forward);
                let errors = Job::start("report-error", wake, move |_| last_of(error));
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
    pub fn steps(&self) -> impl Iterator<Item = Step> {
        self.steps.try_iter()
    }

    /// How the process ended, returned once, after its last step.
    pub fn ended(&mut self) -> Option<RunExit<End>> {
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
        Some(RunExit { end, printed })
    }
}

impl<Step, End> ReportedRun<Step, End> {
    /// Asks the process to end: it closes its sessions and ends its programs. A second call ends
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

impl<Step, End> Drop for ReportedRun<Step, End> {
    fn drop(&mut self) {
        self.cancel();
        if let Some(mut child) = self.child.take() {
            // Not cancelled: it waits for a process that is ending. Without a thread, the process
            // stays a zombie until this process has ended.
            let wait = move |_: &Running| {
                group::wait(&mut child);
                Ok::<(), io::Error>(())
            };
            Job::start("report-end", || {}, wait).ok();
        }
    }
}

/// Forwards the steps of a report; returns its last line.
fn forward<Step, End>(
    output: impl Read,
    read: fn(&str) -> Option<ReportPart<Step, End>>,
    step: &Sender<Step>,
    job: &Running,
) -> io::Result<Option<End>> {
    for line in BufReader::new(output).lines() {
        match read(&line?) {
            Some(ReportPart::Step(one)) => {
                // Fails only if the receiver was dropped.
                step.send(one).ok();
                job.wake();
            }
            Some(ReportPart::End(end)) => return Ok(Some(end)),
            None => {}
        }
    }
    Ok(None)
}

/// The last bytes of a source, of at most [`KEPT`].
///
/// # Errors
/// Those of reading.
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
}
