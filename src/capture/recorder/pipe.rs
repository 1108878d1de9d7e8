//! Records to a program that reads as it happens, such as Wireshark: through a named pipe
//! (FIFO, fifo(7)), or through an open file, such as the standard output.

use super::RecordingRequest;
use crate::capture::{CaptureContext, CaptureWriter};
use crate::traffic::Record;
use std::fs::File;
use std::io::{self, ErrorKind, Write as _};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// The interval of checks for a reader of the pipe: the system does not report one.
pub const LOOK: Duration = Duration::from_millis(100);
/// The longest wait for room before the end of the recording is checked.
const WAIT: Duration = Duration::from_millis(100);
/// The number of such waits that the end of a recording grants a program that does not read.
const LAST_WAITS: u32 = 20;

/// Whether this path is a named pipe: recording starts when a program reads it. Linux only.
#[cfg(target_os = "linux")]
pub fn is_pipe(path: &Path) -> bool {
    use std::os::unix::fs::FileTypeExt as _;
    std::fs::metadata(path).is_ok_and(|known| known.file_type().is_fifo())
}

#[cfg(not(target_os = "linux"))]
pub fn is_pipe(_path: &Path) -> bool {
    false
}

/// A recording to a pipe or an open file.
pub struct Pipe {
    writer: CaptureWriter<Outlet>,
    path: Arc<Path>,
}

impl Pipe {
    /// Opens the output of a recording.
    ///
    /// # Errors
    /// If the pipe cannot be opened, except because it has no reader yet.
    pub fn open(
        request: &RecordingRequest,
        context: CaptureContext,
        ends: Arc<AtomicBool>,
    ) -> io::Result<Self> {
        let out = Outlet {
            file: request.open.clone(),
            unread: Vec::new(),
            ends,
            waits: 0,
        };
        let mut pipe = Self {
            writer: CaptureWriter::new(request.format, context, out)?,
            path: Arc::clone(&request.path),
        };
        pipe.look()?;
        Ok(pipe)
    }

    /// Whether the pipe has no reader yet; nothing is recorded until then.
    pub fn is_waiting(&self) -> bool {
        self.writer.out().file.is_none()
    }

    /// Checks whether the pipe has a reader, and starts writing to it.
    ///
    /// # Errors
    /// Those of opening the pipe.
    pub fn look(&mut self) -> io::Result<()> {
        if self.is_waiting()
            && let Some(file) = open(&self.path)?
        {
            self.writer.out_mut().begin(file)?;
        }
        Ok(())
    }

    /// Writes a record; without a reader, it only updates the state of connections.
    ///
    /// # Errors
    /// [`ErrorKind::BrokenPipe`] if the reader has closed the pipe.
    pub fn write(&mut self, row: u64, record: &Record<'_>) -> io::Result<()> {
        match self.is_waiting() {
            true => {
                self.writer.pass_over(record);
                Ok(())
            }
            false => self.writer.write(row, record),
        }
    }

    /// Writes all buffered bytes.
    ///
    /// # Errors
    /// Those of [`Self::write`].
    pub fn flush(&mut self) -> io::Result<()> {
        self.writer.flush()
    }

    /// # Errors
    /// Those of [`Self::write`]; [`ErrorKind::NotConnected`] if the pipe never had a reader.
    pub fn finish(&mut self) -> io::Result<()> {
        match self.is_waiting() {
            true => Err(ErrorKind::NotConnected.into()),
            false => {
                self.writer.end()?;
                self.flush()
            }
        }
    }
}

/// The output that a program reads.
struct Outlet {
    /// `None` until there is a reader.
    file: Option<Arc<File>>,
    /// The bytes before the first record, kept until there is a reader.
    unread: Vec<u8>,
    /// Set when the recording should end.
    ends: Arc<AtomicBool>,
    /// The number of waits since the last successful write.
    waits: u32,
}

impl Outlet {
    fn begin(&mut self, file: File) -> io::Result<()> {
        self.file = Some(Arc::new(file));
        let unread = std::mem::take(&mut self.unread);
        self.write_all(&unread)
    }

    /// Waits until the program has read something; at the end of the recording, not for ever.
    fn wait(&mut self, file: &File) -> io::Result<()> {
        self.waits += 1;
        if self.ends.load(Ordering::Acquire) && self.waits > LAST_WAITS {
            return Err(ErrorKind::BrokenPipe.into());
        }
        until_room(file)
    }
}

impl io::Write for Outlet {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let Some(file) = self.file.clone() else {
            self.unread.extend_from_slice(bytes);
            return Ok(bytes.len());
        };
        let mut out: &File = &file;
        loop {
            match out.write(bytes) {
                Err(error) if error.kind() == ErrorKind::WouldBlock => self.wait(&file)?,
                written => {
                    self.waits = 0;
                    return written;
                }
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Opens the pipe if it has a reader; a blocking open would wait for one.
#[cfg(target_os = "linux")]
fn open(path: &Path) -> io::Result<Option<File>> {
    use nix::errno::Errno;
    use nix::fcntl::OFlag;
    use std::os::unix::fs::{FileTypeExt as _, OpenOptionsExt as _};
    let mut options = File::options();
    options.write(true).custom_flags(OFlag::O_NONBLOCK.bits());
    match options.open(path) {
        // Another file may have replaced the pipe.
        Ok(file) if !file.metadata()?.file_type().is_fifo() => Err(ErrorKind::InvalidInput.into()),
        Ok(file) => Ok(Some(file)),
        Err(error) if error.raw_os_error() == Some(Errno::ENXIO as i32) => Ok(None),
        Err(error) => Err(error),
    }
}

#[cfg(not(target_os = "linux"))]
fn open(_path: &Path) -> io::Result<Option<File>> {
    Err(ErrorKind::InvalidInput.into())
}

/// Waits until there is room to write, or [`WAIT`] has passed.
#[cfg(target_os = "linux")]
fn until_room(file: &File) -> io::Result<()> {
    use nix::errno::Errno;
    use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
    use std::os::fd::AsFd as _;
    let millis = u16::try_from(WAIT.as_millis()).unwrap_or(u16::MAX);
    let mut watched = [PollFd::new(file.as_fd(), PollFlags::POLLOUT)];
    match poll(&mut watched, PollTimeout::from(millis)) {
        Ok(_) | Err(Errno::EINTR) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

#[cfg(not(target_os = "linux"))]
fn until_room(_file: &File) -> io::Result<()> {
    std::thread::sleep(WAIT / 10);
    Ok(())
}
