//! A program of somebody else that takes part: started, listened to, ended. Its threads are
//! cancelled by ending it.

use super::blocking_io;
use super::printed::{OutputStream, Printed};
use crate::jobs::{Died, Job, JobOutcome};
use crate::say;
use crate::scenario::group;
use crate::words::Lang;
use crossbeam_channel::{Receiver, Sender, TryRecvError};
use std::collections::VecDeque;
use std::io::{self, Read, Write as _};
use std::net::SocketAddr;
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::time::Duration;

/// Pieces that may wait on the way from it, and lines on the way to it.
const PRINTED_AHEAD: usize = 64;
const TYPED_AHEAD: usize = 1024;
/// How long a program may take to end when it is asked to.
const TO_END: Duration = Duration::from_millis(500);
/// How long the last words of a program that was ended may take to be shown.
const TO_SHOW: Duration = Duration::from_millis(500);
/// Lines that were used up last, which are remembered.
const REMEMBERED: usize = 5;
/// Bytes of a piece at most.
const PIECE: usize = 8 << 10;

/// What was printed next, and on which output; nothing at the end of that output.
pub type Piece = (OutputStream, Vec<u8>);

/// Why a line could not be typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InputClosed {
    /// It has ended.
    Ended(ExitStatus),
    /// It has closed its input.
    Closed,
    /// It reads none of the lines that wait.
    Busy,
}

/// Dropping it ends it.
pub struct Program {
    pub name: String,
    /// Where it listens, once that is known.
    pub address: Option<SocketAddr>,
    child: Child,
    typed: Sender<String>,
    /// Tells of each line that was written into its input; closed where it closed that.
    written: Receiver<()>,
    /// Lines that were typed and not written yet.
    to_write: usize,
    output: Receiver<Piece>,
    /// What reads its two outputs, the standard error first, and what types into it.
    jobs: [Job<()>; 3],
    printed: Printed,
    used: VecDeque<(Option<usize>, String)>,
    silent: bool,
    /// That it failed was told.
    told: bool,
}

impl Program {
    /// Starts it. What it prints on its standard error goes to ours too.
    ///
    /// # Errors
    /// If the system cannot start it.
    pub fn start(name: &str, program: &str, arguments: &[String]) -> io::Result<Self> {
        let mut command = Command::new(program);
        command.args(arguments);
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
                read(error, OutputStream::Error, &error_piece, pass_on);
                Ok(())
            },
        );
        // It may not read for long: nobody else waits for that.
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
            used: VecDeque::new(),
            silent: false,
            told: false,
        })
    }

    /// The panic after which it is not read or not typed into any more, told once.
    pub fn died(&self) -> Option<Died> {
        let mut ended = self.jobs.iter().filter_map(Job::poll);
        ended.find_map(JobOutcome::died)
    }

    /// Takes in what it printed; of a program that prints without end, a part.
    pub fn drain(&mut self) {
        for _ in 0..PRINTED_AHEAD {
            match self.output.try_recv() {
                Ok((stream, piece)) if piece.is_empty() => self.printed.finish(stream),
                Ok((stream, piece)) => self.printed.take(stream, &piece),
                Err(error) => {
                    self.silent |= error.is_disconnected();
                    return;
                }
            }
        }
    }

    /// Types a line; [`Self::is_typed`] says when it is in its input.
    ///
    /// # Errors
    /// Why it will not read it.
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

    /// Whether all that was typed is in its input; `None` while some of it is not.
    ///
    /// # Errors
    /// Why it will not read it.
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

    /// Tells of lines that were written into its input, while some are not.
    pub fn written(&self) -> Option<&Receiver<()>> {
        (self.to_write > 0).then_some(&self.written)
    }

    /// How it ended, if it has.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        // It is a child of ours: nothing keeps us from asking.
        self.child.try_wait().ok().flatten()
    }

    /// How it ended, if it has and that was a failure; told once.
    pub fn failed(&mut self) -> Option<ExitStatus> {
        let failed = self
            .ended()
            .filter(|status| !status.success() && !self.told);
        self.told |= failed.is_some();
        failed
    }

    /// What it printed and nobody asked for yet.
    pub fn printed(&mut self) -> &mut Printed {
        &mut self.printed
    }

    /// The whole lines of that.
    pub fn waiting(&self) -> impl Iterator<Item = &str> {
        self.printed.waiting()
    }

    /// Remembers a line that the step of this number used up, or the search for its address.
    pub fn note_used(&mut self, step: Option<usize>, line: String) {
        if self.used.len() == REMEMBERED {
            self.used.pop_front();
        }
        self.used.push_back((step, line));
    }

    /// The lines that were used up last, the oldest first.
    pub fn used(&self) -> impl Iterator<Item = &(Option<usize>, String)> {
        self.used.iter()
    }

    pub fn output(&self) -> &Receiver<Piece> {
        &self.output
    }

    /// Whether it prints nothing more, on either output.
    pub fn is_silent(&self) -> bool {
        self.silent
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // Nobody asks for pieces any more, so that no reader waits for room.
        self.output = crossbeam_channel::never();
        group::terminate(&mut self.child);
        // Its outputs close when all of it has ended.
        let [error_reader, reader, _] = &self.jobs;
        if reader.wait(TO_END).is_some() {
            error_reader.wait(TO_END);
        }
        group::kill(&mut self.child);
        error_reader.wait(TO_SHOW);
    }
}

/// How a program ended, in words.
pub fn ended(lang: Lang, name: &str, status: ExitStatus) -> String {
    match status.code() {
        Some(code) => say!(lang, "cli.program_ended", name = name, status = code),
        None => say!(lang, "cli.program_killed", name = name, how = status),
    }
}

/// Hands on what it prints as it comes, to `see` first: a prompt has no line end.
fn read(
    mut source: impl Read,
    stream: OutputStream,
    piece: &Sender<Piece>,
    mut see: impl FnMut(&[u8]),
) {
    let mut bytes = vec![0; PIECE];
    loop {
        let count = match source.read(&mut bytes) {
            Ok(0) => break,
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(_) => break,
        };
        let read = bytes.get(..count).unwrap_or_default();
        see(read);
        // Fails only if nobody asks any more; what is left is still to be seen.
        piece.send((stream, read.to_vec())).ok();
    }
    // Its last line may have no end.
    piece.send((stream, Vec::new())).ok();
}

/// Shows the standard error of a program on ours, as if it wrote there itself.
fn pass_on(bytes: &[u8]) {
    // Where nobody reads it nothing can be done.
    blocking_io::BlockingWriter(io::stderr())
        .write_all(bytes)
        .ok();
}

fn type_into(mut input: ChildStdin, lines: &Receiver<String>, wrote: &Sender<()>) {
    let mut write = |line: String| {
        writeln!(input, "{line}")?;
        // Fails only if nobody asks any more.
        wrote.send(()).ok();
        Ok::<(), io::Error>(())
    };
    lines.iter().try_for_each(&mut write).ok();
}
