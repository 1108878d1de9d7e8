//! A program of somebody else that takes part: started, listened to, ended.

use crossbeam_channel::{Receiver, Sender};
use std::collections::VecDeque;
use std::io::{self, BufRead as _, BufReader, Write as _};
use std::net::SocketAddr;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// Lines that may wait on either way.
const AHEAD: usize = 1024;

/// Dropping it ends it.
pub struct Program {
    pub name: String,
    /// Where it listens, once that is known.
    pub address: Option<SocketAddr>,
    child: Child,
    typed: Sender<String>,
    lines: Receiver<String>,
    /// What it printed and nobody asked for yet.
    printed: VecDeque<String>,
    silent: bool,
}

impl Program {
    /// Starts it, its standard error left as ours.
    ///
    /// # Errors
    /// If the system cannot start it.
    pub fn start(name: &str, program: &str, arguments: &[String]) -> io::Result<Self> {
        let mut command = Command::new(program);
        command.args(arguments);
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        group::apart(&mut command);
        let mut child = command.spawn()?;
        let (Some(input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(io::ErrorKind::BrokenPipe.into());
        };
        let (line, lines) = crossbeam_channel::bounded(AHEAD);
        let (typed, to_type) = crossbeam_channel::bounded(AHEAD);
        let reader = std::thread::Builder::new().name("program".into());
        let reader = reader.spawn(move || read(output, &line));
        // It may not read for long: nobody else waits for that.
        let typist = std::thread::Builder::new().name("typist".into());
        let typist = typist.spawn(move || type_into(input, &to_type));
        let program = Self {
            name: name.to_owned(),
            address: None,
            child,
            typed,
            lines,
            printed: VecDeque::new(),
            silent: false,
        };
        reader.and(typist).map(|_| program)
    }

    /// Takes in what it printed.
    pub fn drain(&mut self) {
        loop {
            match self.lines.try_recv() {
                Ok(line) => self.printed.push_back(line),
                Err(error) => {
                    self.silent |= error.is_disconnected();
                    return;
                }
            }
        }
    }

    /// Types a line.
    ///
    /// # Errors
    /// If it has closed its input, or does not read any more.
    pub fn types(&mut self, line: &str) -> io::Result<()> {
        let typed = self.typed.try_send(line.to_owned());
        typed.map_err(|error| match error.is_full() {
            true => io::ErrorKind::WouldBlock.into(),
            false => io::ErrorKind::BrokenPipe.into(),
        })
    }

    /// The next line it printed that was not asked for yet.
    pub fn next_line(&mut self) -> Option<String> {
        self.printed.pop_front()
    }

    pub fn lines(&self) -> &Receiver<String> {
        &self.lines
    }

    /// Whether it prints nothing more.
    pub fn is_silent(&self) -> bool {
        self.silent
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // It may have ended by itself.
        group::kill(&self.child);
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

fn read(output: ChildStdout, line: &Sender<String>) {
    for text in BufReader::new(output).split(b'\n').map_while(Result::ok) {
        let text = String::from_utf8_lossy(&text);
        let text = text.strip_suffix('\r').unwrap_or(&text).to_owned();
        if line.send(text).is_err() {
            return;
        }
    }
}

fn type_into(mut input: ChildStdin, lines: &Receiver<String>) {
    lines
        .iter()
        .try_for_each(|line| writeln!(input, "{line}"))
        .ok();
}

/// A program with all it starts: a shell's children end with it.
#[cfg(target_os = "linux")]
mod group {
    use nix::sys::signal::{Signal, killpg};
    use nix::unistd::Pid;
    use std::os::unix::process::CommandExt as _;
    use std::process::{Child, Command};

    pub fn apart(command: &mut Command) {
        command.process_group(0);
    }

    pub fn kill(child: &Child) {
        if let Ok(id) = i32::try_from(child.id()) {
            // Nobody may be left of it.
            killpg(Pid::from_raw(id), Signal::SIGKILL).ok();
        }
    }
}

/// Elsewhere only the program itself is known.
#[cfg(not(target_os = "linux"))]
mod group {
    use std::process::{Child, Command};

    pub fn apart(_: &mut Command) {}

    pub fn kill(_: &Child) {}
}
