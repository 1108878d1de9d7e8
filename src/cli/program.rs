//! A program that takes part in a scenario: it is started, its output read, and ended. Its
//! threads end with it.

use super::blocking_io;
use super::printed::{OutputStream, Printed};
use super::transcript::Transcript;
use crate::jobs::{Died, Job, JobOutcome};
use crate::scenario::group;
use crate::t;
use crate::words::Lang;
use crossbeam_channel::{Receiver, Sender, TryRecvError};
use std::collections::VecDeque;
use std::io::{self, Read, Write as _};
use std::net::SocketAddr;
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::time::Duration;

/// The capacity of the channels: pieces of output, and lines of input.
const PRINTED_AHEAD: usize = 64;
const TYPED_AHEAD: usize = 1024;
/// The time-out of a program that was asked to end.
const TO_END: Duration = Duration::from_millis(500);
/// How long to wait for the last output of a program that was ended.
const TO_SHOW: Duration = Duration::from_millis(500);
/// How many used lines are remembered.
const REMEMBERED: usize = 5;
/// The maximum size of a piece of output, in bytes.
const PIECE: usize = 8 << 10;

/// Printed bytes; none at the end of the output.
pub struct PrintedPiece {
    stream: OutputStream,
    bytes: Vec<u8>,
}

/// A printed line that was used up.
pub struct UsedLine {
    /// The number of the step; `None` if the search for the program's address used it.
    pub step: Option<usize>,
    pub line: String,
}

/// Why a line could not be typed into a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InputClosed {
    /// The program has ended.
    Ended(ExitStatus),
    /// The program has closed its input.
    Closed,
    /// The program does not read the waiting lines.
    Busy,
}

/// A running program, which is killed on drop.
pub struct Program {
    pub name: String,
    /// The address it listens on, once known.
    pub address: Option<SocketAddr>,
    child: Child,
    typed: Sender<String>,
    /// Receives a value for each line written into its input; disconnected once the input is
    /// closed.
    written: Receiver<()>,
    /// The number of typed lines that are not written yet.
    to_write: usize,
    output: Receiver<PrintedPiece>,
    /// The threads for its standard error, its standard output, and its input.
    jobs: [Job<()>; 3],
    printed: Printed,
    transcript: Transcript,
    used: VecDeque<UsedLine>,
    silent: bool,
    /// Whether its failure was reported.
    failure_reported: bool,
}

impl Program {
    /// Starts a program with these variables besides our environment. Its standard error is also
    /// forwarded to ours.
    ///
    /// # Errors
    /// The system cannot start it.
    pub fn start(
        name: &str,
        program: &str,
        arguments: &[String],
        variables: &[(String, String)],
    ) -> io::Result<Self> {
        let mut command = Command::new(program);
        command.args(arguments);
        command.envs(variables.iter().map(|(name, value)| (name, value)));
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        command.stderr(Stdio::piped());
        let mut child = group::start(&mut command)?;
        let (input, output, error) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
        let (Some(input), Some(output), Some(error)) = (input, output, error) else {
            return Err(io::ErrorKind::BrokenPipe.into());
        };
        let (piece, pieces) = crossbeam_channel::bounded(PRINTED_AHEAD);
        let (typed, to_type) = crossbeam_channel::bounded(TYPED_AHEAD);
        let (wrote, written) = crossbeam_channel::unbounded();
        let error_piece = piece.clone();
        let reader = Job::start(
            "program",
            || {},
            move |_| {
                read(output, OutputStream::Output, &piece, |_| {});
                Ok(())
            },
        );
        let error_reader = Job::start(
            "program-error",
            || {},
            move |_| {
                read(error, OutputStream::Error, &error_piece, print_through);
                Ok(())
            },
        );
        // A thread of its own, because the program may not read for long.
        let typist = Job::start(
            "typist",
            || {},
            move |_| {
                type_into(input, &to_type, &wrote);
                Ok(())
            },
        );
        let jobs = reader.and_then(|reader| Ok([error_reader?, reader, typist?]));
        let jobs = jobs.inspect_err(|_| group::kill(&mut child))?;
        Ok(Self {
            name: name.to_owned(),
            address: None,
            child,
            typed,
            written,
            to_write: 0,
            output: pieces,
            jobs,
            printed: Printed::default(),
            transcript: Transcript::default(),
            used: VecDeque::new(),
            silent: false,
            failure_reported: false,
        })
    }

    /// The panic of one of its threads, returned once.
    pub fn died(&self) -> Option<Died> {
        let mut ended = self.jobs.iter().filter_map(Job::poll);
        ended.find_map(JobOutcome::died)
    }

    /// Collects printed output, at most [`PRINTED_AHEAD`] pieces: a program may print without end.
    pub fn drain(&mut self) {
        for _ in 0..PRINTED_AHEAD {
            match self.output.try_recv() {
                Ok(piece) if piece.bytes.is_empty() => self.printed.finish(piece.stream),
                Ok(piece) => {
                    self.transcript.add(piece.stream, &piece.bytes);
                    self.printed.take(piece.stream, &piece.bytes);
                }
                Err(error) => {
                    self.silent |= error.is_disconnected();
                    return;
                }
            }
        }
    }

    /// Types a line into the program; [`Self::is_typed`] says when it is written into its input.
    ///
    /// # Errors
    /// Why the program will not read it.
    pub fn types(&mut self, line: &str) -> Result<(), InputClosed> {
        if let Some(status) = self.ended() {
            return Err(InputClosed::Ended(status));
        }
        let typed = self.typed.try_send(line.to_owned());
        typed.map_err(|error| match error.is_full() {
            true => InputClosed::Busy,
            false => InputClosed::Closed,
        })?;
        self.to_write += 1;
        Ok(())
    }

    /// Whether every typed line is written into its input; `None` while some are not.
    ///
    /// # Errors
    /// Why the program will not read them.
    pub fn is_typed(&mut self) -> Option<Result<(), InputClosed>> {
        while self.to_write > 0 {
            match self.written.try_recv() {
                Ok(()) => self.to_write -= 1,
                Err(TryRecvError::Empty) => return None,
                Err(TryRecvError::Disconnected) => {
                    self.to_write = 0;
                    let ended = self.ended().map(InputClosed::Ended);
                    return Some(Err(ended.unwrap_or(InputClosed::Closed)));
                }
            }
        }
        Some(Ok(()))
    }

    /// The channel of written lines, while some are not written.
    pub fn written(&self) -> Option<&Receiver<()>> {
        (self.to_write > 0).then_some(&self.written)
    }

    /// The exit status, if it has ended.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        // wait(2) does not fail for a child of this process.
        self.child.try_wait().ok().flatten()
    }

    /// The exit status, if it has ended with a failure; returned once.
    pub fn failed(&mut self) -> Option<ExitStatus> {
        let failed = self
            .ended()
            .filter(|status| !status.success() && !self.failure_reported);
        self.failure_reported |= failed.is_some();
        failed
    }

    /// The identifier of its process, which is also that of its group.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// The end of all that it has printed.
    pub fn transcript(&self) -> &Transcript {
        &self.transcript
    }

    /// The printed output that no step has used up.
    pub fn printed(&mut self) -> &mut Printed {
        &mut self.printed
    }

    /// The complete lines of that output.
    pub fn waiting(&self) -> impl Iterator<Item = &str> {
        self.printed.waiting()
    }

    /// Remembers a line that was used up.
    pub fn observe_used(&mut self, used: UsedLine) {
        if self.used.len() == REMEMBERED {
            self.used.pop_front();
        }
        self.used.push_back(used);
    }

    /// The lines that were used up last, oldest first.
    pub fn used(&self) -> impl Iterator<Item = &UsedLine> {
        self.used.iter()
    }

    /// The channel of its printed output.
    pub fn output(&self) -> &Receiver<PrintedPiece> {
        &self.output
    }

    /// Whether both outputs are closed.
    pub fn is_silent(&self) -> bool {
        self.silent
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // Drops the receiver, so that no reading thread waits for space.
        self.output = crossbeam_channel::never();
        group::terminate(&mut self.child);
        // Both outputs close once the whole process group has ended.
        let [error_reader, reader, _] = &self.jobs;
        if reader.wait(TO_END).is_some() {
            error_reader.wait(TO_END);
        }
        group::kill(&mut self.child);
        error_reader.wait(TO_SHOW);
    }
}

/// The message about the end of a program.
pub fn ended(lang: Lang, name: &str, status: ExitStatus) -> String {
    match status.code() {
        Some(code) => t!(lang, "cli.program_ended", name = name, status = code),
        None => t!(lang, "cli.program_killed", name = name, how = status),
    }
}

/// Forwards output as it is printed, because a prompt has no line ending. `see` is called first.
fn read(
    mut source: impl Read,
    stream: OutputStream,
    pieces: &Sender<PrintedPiece>,
    mut see: impl FnMut(&[u8]),
) {
    let mut buffer = vec![0; PIECE];
    // Fails only if the receiver was dropped. Reading continues for `see`.
    let report = |bytes| pieces.send(PrintedPiece { stream, bytes }).ok();
    loop {
        let count = match source.read(&mut buffer) {
            Ok(0) => break,
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(_) => break,
        };
        let read = buffer.get(..count).unwrap_or_default();
        see(read);
        report(read.to_vec());
    }
    // The last line may have no line ending.
    report(Vec::new());
}

/// Forwards the standard error of a program to ours.
fn print_through(bytes: &[u8]) {
    // A failure of the standard error cannot be reported.
    blocking_io::BlockingWriter(io::stderr())
        .write_all(bytes)
        .ok();
}

fn type_into(mut input: ChildStdin, lines: &Receiver<String>, wrote: &Sender<()>) {
    let mut write = |line: String| {
        writeln!(input, "{line}")?;
        // Fails only if the receiver was dropped.
        wrote.send(()).ok();
        Ok::<(), io::Error>(())
    };
    lines.iter().try_for_each(&mut write).ok();
}
