//! A child process whose time and output are bounded.

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use std::io::{ErrorKind, Read};
use std::os::fd::AsFd;
use std::process::{Child, ChildStderr, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

/// The longest error message that is kept, in bytes.
const LONGEST_ERROR: usize = 4096;
/// How much is read at once.
const STEP: usize = 1 << 16;

/// Why a program gave no output.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChildFailure {
    /// There is no such program in the usual places.
    Missing,
    /// It did not end in time.
    TooSlow,
    /// It printed more than it may.
    TooLong,
    /// It ended with an error: what it printed on its standard error.
    Failed(String),
}

/// Runs a program and returns its standard output, at most `longest` bytes. The program is
/// searched in `PATH` and in the folders of system programs, which the `PATH` of users may lack.
/// It is killed if it has not ended by `until`.
///
/// # Errors
/// See [`ChildFailure`].
pub fn output(
    program: &str,
    arguments: &[&str],
    longest: usize,
    until: Instant,
) -> Result<Vec<u8>, ChildFailure> {
    let mut child = start(program, arguments)?;
    let read = read(&mut child, longest, until);
    if read.is_err() {
        // It may have ended meanwhile.
        let _ = child.kill();
    }
    let (out, error) = read?;
    // The pipes are closed: it is about to end.
    let status = loop {
        match child.try_wait() {
            Ok(Some(status)) => break status,
            Ok(None) if Instant::now() < until => std::thread::sleep(Duration::from_millis(1)),
            Ok(None) => {
                let _ = child.kill();
                return Err(ChildFailure::TooSlow);
            }
            Err(error) => return Err(ChildFailure::Failed(error.to_string())),
        }
    };
    match status.success() {
        true => Ok(out),
        false => Err(ChildFailure::Failed(
            String::from_utf8_lossy(&error).trim().to_owned(),
        )),
    }
}

fn start(program: &str, arguments: &[&str]) -> Result<Child, ChildFailure> {
    for folder in ["", "/usr/sbin/", "/sbin/"] {
        let started = Command::new(format!("{folder}{program}"))
            .args(arguments)
            .env("LC_ALL", "C")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn();
        match started {
            Ok(child) => return Ok(child),
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(ChildFailure::Failed(error.to_string())),
        }
    }
    Err(ChildFailure::Missing)
}

/// Reads both outputs until the program closes them.
fn read(
    child: &mut Child,
    longest: usize,
    until: Instant,
) -> Result<(Vec<u8>, Vec<u8>), ChildFailure> {
    let (mut out, mut error) = (child.stdout.take(), child.stderr.take());
    let (mut printed, mut said) = (Vec::new(), Vec::new());
    let mut buffer = vec![0; STEP];
    while out.is_some() || error.is_some() {
        let (out_ready, error_ready) = ready(out.as_ref(), error.as_ref(), until)?;
        if let Some(file) = out.as_mut().filter(|_| out_ready) {
            let read = next(file, &mut buffer)?;
            printed.extend_from_slice(read);
            if printed.len() > longest {
                return Err(ChildFailure::TooLong);
            }
            if read.is_empty() {
                out = None;
            }
        }
        if let Some(file) = error.as_mut().filter(|_| error_ready) {
            let read = next(file, &mut buffer)?;
            let room = LONGEST_ERROR.saturating_sub(said.len()).min(read.len());
            said.extend_from_slice(read.get(..room).unwrap_or_default());
            if read.is_empty() {
                error = None;
            }
        }
    }
    Ok((printed, said))
}

/// Waits until one of the outputs can be read, or has ended; returns which.
fn ready(
    out: Option<&ChildStdout>,
    error: Option<&ChildStderr>,
    until: Instant,
) -> Result<(bool, bool), ChildFailure> {
    let left = until.saturating_duration_since(Instant::now());
    if left.is_zero() {
        return Err(ChildFailure::TooSlow);
    }
    // Rounded up, so that it does not spin in the last millisecond.
    let wait = PollTimeout::try_from(left.as_millis().saturating_add(1));
    let wait = wait.unwrap_or(PollTimeout::MAX);
    let files = [out.map(AsFd::as_fd), error.map(AsFd::as_fd)];
    let open = files.into_iter().flatten();
    let mut polled: Vec<_> = open
        .map(|file| PollFd::new(file, PollFlags::POLLIN))
        .collect();
    match poll(&mut polled, wait) {
        Ok(_) | Err(Errno::EINTR) => {}
        Err(errno) => return Err(ChildFailure::Failed(errno.to_string())),
    }
    let mut polled = polled.iter().map(|file| file.any().unwrap_or(false));
    let out_ready = out.is_some() && polled.next().unwrap_or(false);
    let error_ready = error.is_some() && polled.next().unwrap_or(false);
    Ok((out_ready, error_ready))
}

/// The next bytes; none at the end.
fn next<'a>(file: &mut dyn Read, buffer: &'a mut [u8]) -> Result<&'a [u8], ChildFailure> {
    match file.read(buffer) {
        Ok(count) => Ok(buffer.get(..count).unwrap_or_default()),
        Err(error) => Err(ChildFailure::Failed(error.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(script: &str, longest: usize) -> Result<Vec<u8>, ChildFailure> {
        let until = Instant::now() + Duration::from_secs(5);
        output("sh", &["-c", script], longest, until)
    }

    #[test]
    fn output_is_returned_whole() {
        assert_eq!(run("echo one; echo two >&2", 100).unwrap(), b"one\n");
        let much = run("yes | head -c 300000", 300_000).unwrap();
        assert_eq!(much.len(), 300_000);
    }

    #[test]
    fn an_error_says_what_the_program_printed() {
        let failed = run("echo not permitted >&2; exit 1", 100).unwrap_err();
        assert_eq!(failed, ChildFailure::Failed("not permitted".to_owned()));
        let flood = run("yes error | head -c 90000 >&2; exit 1", 9);
        assert!(matches!(flood, Err(ChildFailure::Failed(_))));
    }

    #[test]
    fn a_program_that_is_too_slow_or_too_talkative_is_ended() {
        assert_eq!(run("yes", 1000).unwrap_err(), ChildFailure::TooLong);
        let began = Instant::now();
        let until = began + Duration::from_millis(50);
        for script in ["exec sleep 60", "exec >&- 2>&-; exec sleep 60"] {
            let slow = output("sh", &["-c", script], 100, until).unwrap_err();
            assert_eq!(slow, ChildFailure::TooSlow, "{script}");
        }
        assert!(began.elapsed() < Duration::from_secs(20));
    }

    #[test]
    fn a_program_that_does_not_exist_is_missing() {
        let missing = output("no-such-program", &[], 1, Instant::now());
        assert_eq!(missing.unwrap_err(), ChildFailure::Missing);
    }
}
