//! A program of somebody else that takes part: started, listened to, ended.

use crossbeam_channel::Receiver;
use std::collections::VecDeque;
use std::io::{self, BufRead as _, BufReader, Write as _};
use std::net::SocketAddr;
use std::process::{Child, ChildStdin, Command, Stdio};

/// Lines that may wait.
const AHEAD: usize = 1024;

/// Dropping it ends it.
pub struct Program {
    pub name: String,
    /// Where it listens, once that is known.
    pub address: Option<SocketAddr>,
    child: Child,
    input: ChildStdin,
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
        let mut child = Command::new(program)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let (Some(input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(io::ErrorKind::BrokenPipe.into());
        };
        let (line, lines) = crossbeam_channel::bounded(AHEAD);
        let reader = std::thread::Builder::new()
            .name("program".into())
            .spawn(move || {
                for text in BufReader::new(output).split(b'\n').map_while(Result::ok) {
                    let text = String::from_utf8_lossy(&text);
                    let text = text.strip_suffix('\r').unwrap_or(&text).to_owned();
                    if line.send(text).is_err() {
                        return;
                    }
                }
            });
        let program = Self {
            name: name.to_owned(),
            address: None,
            child,
            input,
            lines,
            printed: VecDeque::new(),
            silent: false,
        };
        reader.map(|_| program)
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
    /// If it has ended or closed its input.
    pub fn types(&mut self, line: &str) -> io::Result<()> {
        writeln!(self.input, "{line}")
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
        self.child.kill().ok();
        self.child.wait().ok();
    }
}
