//! Blocking reads and writes on standard streams that are set to non-blocking. Programs in one
//! terminal share this flag, so another program may set it.

#[cfg(unix)]
use std::io::ErrorKind;
use std::io::{self, Read, Write};

/// Reads, and waits until data is available.
pub struct BlockingReader<R>(pub R);

/// Writes, and waits until the stream accepts data.
pub struct BlockingWriter<W>(pub W);

#[cfg(unix)]
impl<R: Read + std::os::fd::AsFd> Read for BlockingReader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            match self.0.read(buffer) {
                Err(error) if error.kind() == ErrorKind::WouldBlock => {
                    wait(&self.0, IoReadiness::Readable)?;
                }
                read => return read,
            }
        }
    }
}

#[cfg(unix)]
impl<W: Write + std::os::fd::AsFd> Write for BlockingWriter<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        loop {
            match self.0.write(bytes) {
                Err(error) if error.kind() == ErrorKind::WouldBlock => {
                    wait(&self.0, IoReadiness::Writable)?;
                }
                written => return written,
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        loop {
            match self.0.flush() {
                Err(error) if error.kind() == ErrorKind::WouldBlock => {
                    wait(&self.0, IoReadiness::Writable)?;
                }
                flushed => return flushed,
            }
        }
    }
}

#[cfg(unix)]
#[derive(Clone, Copy)]
enum IoReadiness {
    Readable,
    Writable,
}

#[cfg(target_os = "linux")]
fn wait(stream: &impl std::os::fd::AsFd, ready: IoReadiness) -> io::Result<()> {
    use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
    let flags = match ready {
        IoReadiness::Readable => PollFlags::POLLIN,
        IoReadiness::Writable => PollFlags::POLLOUT,
    };
    match poll(&mut [PollFd::new(stream.as_fd(), flags)], PollTimeout::NONE) {
        Ok(_) | Err(nix::Error::EINTR) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

#[cfg(all(unix, not(target_os = "linux")))]
fn wait(_stream: &impl std::os::fd::AsFd, _ready: IoReadiness) -> io::Result<()> {
    std::thread::sleep(std::time::Duration::from_millis(10));
    Ok(())
}

#[cfg(not(unix))]
impl<R: Read> Read for BlockingReader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer)
    }
}

#[cfg(not(unix))]
impl<W: Write> Write for BlockingWriter<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}
