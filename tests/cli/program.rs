//! The program as a child process of a test.
use std::io::{BufRead as _, BufReader, Read, Write as _};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

pub const DEADLINE: Duration = Duration::from_secs(30);

/// The program without a display; its lines are read as it prints them.
pub struct Program {
    child: Child,
    input: Option<ChildStdin>,
    out: Receiver<String>,
    err: Receiver<String>,
}

/// The result of a program that has ended.
pub struct Ended {
    pub status: Option<i32>,
    pub out: String,
    pub err: String,
}

impl Program {
    pub fn run(arguments: &[&str]) -> Self {
        let mut child = command(arguments).spawn().unwrap();
        let out = lines(child.stdout.take().unwrap());
        Self::of(child, out)
    }

    /// Starts the program with a signal ignored.
    pub fn ignoring(signal: &str, arguments: &[&str]) -> Self {
        let program = command(arguments);
        let script = format!("trap '' {signal}; exec \"$0\" \"$@\"");
        let mut shell = Command::new("sh");
        shell.args(["-c", &script]).arg(program.get_program());
        shell.args(program.get_args());
        let pipes = shell.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = pipes.stderr(Stdio::piped()).spawn().unwrap();
        let out = lines(child.stdout.take().unwrap());
        Self::of(child, out)
    }

    /// Starts the program by a shell command in this folder. The command begins with `netpeer`.
    pub fn typed(line: &str, folder: &Path) -> Self {
        let program = Path::new(env!("CARGO_BIN_EXE_netpeer"));
        let folders = std::env::var("PATH").unwrap();
        let folders = format!("{}:{folders}", program.parent().unwrap().display());
        let line = line.replacen("netpeer", "exec netpeer --lang en", 1);
        let mut shell = piped("sh");
        shell.args(["-c", &line]).env("PATH", folders);
        let mut child = shell.current_dir(folder).spawn().unwrap();
        let out = lines(child.stdout.take().unwrap());
        Self::of(child, out)
    }

    /// Starts the program in the network namespace of this process.
    pub fn in_network_of(process: &str, arguments: &[&str]) -> Self {
        let program = command(arguments);
        let mut nsenter = Command::new("nsenter");
        nsenter.args(["--target", process, "--net"]);
        nsenter.arg(program.get_program()).args(program.get_args());
        let pipes = nsenter.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = pipes.stderr(Stdio::piped()).spawn().unwrap();
        let out = lines(child.stdout.take().unwrap());
        Self::of(child, out)
    }

    /// Starts the program and returns its standard output.
    pub fn with_output(arguments: &[&str]) -> (Self, std::process::ChildStdout) {
        let mut child = command(arguments).spawn().unwrap();
        let output = child.stdout.take().unwrap();
        (Self::of(child, channel().1), output)
    }

    fn of(mut child: Child, out: Receiver<String>) -> Self {
        let (input, err) = (child.stdin.take(), lines(child.stderr.take().unwrap()));
        Self {
            child,
            input,
            out,
            err,
        }
    }

    pub fn types(&mut self, line: &str) {
        writeln!(self.input.as_mut().unwrap(), "{line}").unwrap();
    }

    /// Writes its whole input to a pipe; the receiver gets a value once the program has read it.
    pub fn is_given(&mut self, input: &[u8]) -> Receiver<()> {
        let (mut pipe, input) = (self.input.take().unwrap(), input.to_vec());
        let (took, taken) = channel();
        std::thread::spawn(move || {
            // The program may end before it has read everything.
            pipe.write_all(&input).ok();
            drop(pipe);
            took.send(()).ok();
        });
        taken
    }

    pub fn ends_input(&mut self) {
        self.input = None;
    }

    /// The next line that contains `part`.
    pub fn line_with(&self, part: &str) -> String {
        let lines = std::iter::repeat_with(|| self.out.recv_timeout(DEADLINE));
        let mut lines = lines.map(|line| line.unwrap_or_else(|_| panic!("waited for {part}")));
        lines.find(|line| line.contains(part)).unwrap()
    }

    /// The next line on the standard error that contains `part`.
    pub fn error_with(&self, part: &str) -> String {
        let lines = std::iter::repeat_with(|| self.err.recv_timeout(DEADLINE));
        let mut lines = lines.map(|line| line.unwrap_or_else(|_| panic!("waited for {part}")));
        lines.find(|line| line.contains(part)).unwrap()
    }

    /// The next line on the standard error that contains `part`, if it comes within this time.
    pub fn error_within(&self, part: &str, time: Duration) -> Option<String> {
        let until = Instant::now() + time;
        let left = || until.saturating_duration_since(Instant::now());
        let lines = std::iter::from_fn(|| self.err.recv_timeout(left()).ok());
        let mut lines = lines;
        lines.find(|line| line.contains(part))
    }

    /// The address that it reports as bound.
    pub fn local(&self) -> SocketAddr {
        local_in(&self.line_with("]# 127.0.0.1:"))
    }

    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Sends it a signal.
    pub fn send_signal(&self, signal: &str) {
        let id = self.id().to_string();
        let status = Command::new("kill").args(["-s", signal, &id]).status();
        assert!(status.unwrap().success());
    }

    /// Waits until it has ended.
    pub fn ended(mut self) -> Ended {
        let (out, err) = (rest(&self.out), rest(&self.err));
        let status = self.child.wait().unwrap().code();
        Ended { status, out, err }
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // In a test that passes it has already ended.
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// Runs the program to its end, with empty input.
pub fn run(arguments: &[&str]) -> Ended {
    let mut program = Program::run(arguments);
    program.ends_input();
    program.ended()
}

pub fn local_in(line: &str) -> SocketAddr {
    line.split_whitespace()
        .find_map(|word| word.parse().ok())
        .unwrap()
}

/// The address of a server that answers each datagram with the prefix `re:`.
pub fn echo() -> SocketAddr {
    crate::sockets::server("re:")
}

fn command(arguments: &[&str]) -> Command {
    let mut command = piped(env!("CARGO_BIN_EXE_netpeer"));
    command.args(["--lang", "en"]).args(arguments);
    command
}

/// A command with pipes and without a display.
fn piped(program: &str) -> Command {
    let mut command = Command::new(program);
    command
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .env_remove("DISPLAY")
        .env_remove("WAYLAND_DISPLAY")
        .env("PYTHONUTF8", "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

fn lines(source: impl Read + Send + 'static) -> Receiver<String> {
    let (line, lines) = channel();
    std::thread::spawn(move || {
        BufReader::new(source)
            .lines()
            .map_while(Result::ok)
            .try_for_each(|text| line.send(text))
    });
    lines
}

/// All remaining lines, until the program ends.
fn rest(lines: &Receiver<String>) -> String {
    let mut text = String::new();
    loop {
        match lines.recv_timeout(DEADLINE) {
            Ok(line) => text.extend([&line, "\n"]),
            Err(std::sync::mpsc::RecvTimeoutError::Disconnected) => return text,
            Err(std::sync::mpsc::RecvTimeoutError::Timeout) => panic!("it did not end: {text}"),
        }
    }
}
