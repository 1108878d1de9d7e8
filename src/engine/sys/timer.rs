//! Wakes the worker at a moment more exactly than a poll's timeout, which counts whole
//! milliseconds, and cheaper: a timeout is begun and given up again for each datagram.

use std::io;
use std::time::Instant;

#[cfg(target_os = "linux")]
pub use linux::Timer;
#[cfg(not(target_os = "linux"))]
pub use other::Timer;

#[cfg(target_os = "linux")]
mod linux {
    use super::Instant;
    use super::io;
    use crate::engine::sys::poll::{Interest, Registry, Token};
    use mio::unix::SourceFd;
    use nix::sys::time::TimeSpec;
    use nix::sys::timerfd::{ClockId, Expiration, TimerFd, TimerFlags, TimerSetTimeFlags};
    use std::os::fd::{AsFd as _, AsRawFd as _};
    use std::time::Duration;

    /// A timer the poll waits on (timerfd_create(2)).
    pub struct Timer {
        timer: TimerFd,
        at: Option<Instant>,
    }

    impl Timer {
        /// # Errors
        /// If there is no timer or descriptor left.
        pub fn new(registry: &Registry, token: Token) -> io::Result<Self> {
            let flags = TimerFlags::TFD_NONBLOCK | TimerFlags::TFD_CLOEXEC;
            let timer = TimerFd::new(ClockId::CLOCK_MONOTONIC, flags)?;
            let fd = timer.as_fd().as_raw_fd();
            registry.watch(&mut SourceFd(&fd), token, Interest::Read)?;
            Ok(Self { timer, at: None })
        }

        /// Rings at `at`, and not at the moment it was set to before; says whether it
        /// will.
        pub fn set(&mut self, at: Option<Instant>) -> bool {
            if self.at == at {
                return true;
            }
            let set = match at {
                Some(at) => {
                    // Zero would switch it off.
                    let left = at
                        .saturating_duration_since(Instant::now())
                        .max(Duration::from_nanos(1));
                    let once = Expiration::OneShot(TimeSpec::from_duration(left));
                    self.timer.set(once, TimerSetTimeFlags::empty())
                }
                None => self.timer.unset(),
            };
            self.at = at.filter(|_| set.is_ok());
            set.is_ok()
        }
    }
}

#[cfg(not(target_os = "linux"))]
mod other {
    use super::Instant;
    use super::io;
    use crate::engine::sys::poll::{Registry, Token};

    /// Elsewhere the poll's timeout has to do.
    pub struct Timer;

    impl Timer {
        /// # Errors
        /// None.
        pub fn new(_registry: &Registry, _token: Token) -> io::Result<Self> {
            Ok(Self)
        }

        /// Never rings.
        pub fn set(&mut self, _at: Option<Instant>) -> bool {
            false
        }
    }
}
