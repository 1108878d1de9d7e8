//! The worker's timer. It is more precise than the timeout of a poll, which counts whole
//! milliseconds, and cheaper: a timeout would be set and cancelled for each datagram.

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

    /// A timer that is registered with the poll (timerfd_create(2)).
    pub struct Timer {
        timer: TimerFd,
        at: Option<Instant>,
    }

    impl Timer {
        /// A timer that is not set.
        ///
        /// # Errors
        /// If the system has no timer or descriptor left.
        pub fn new(registry: &Registry, token: Token) -> io::Result<Self> {
            let flags = TimerFlags::TFD_NONBLOCK | TimerFlags::TFD_CLOEXEC;
            let timer = TimerFd::new(ClockId::CLOCK_MONOTONIC, flags)?;
            let fd = timer.as_fd().as_raw_fd();
            registry.watch(&mut SourceFd(&fd), token, Interest::Read)?;
            Ok(Self { timer, at: None })
        }

        /// Sets the timer to `at`, or unsets it. Returns whether that succeeded.
        pub fn set(&mut self, at: Option<Instant>) -> bool {
            if self.at == at {
                return true;
            }
            let set = match at {
                Some(at) => {
                    // 0 would unset the timer.
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

    /// On other systems the timeout of the poll takes the timer's place.
    pub struct Timer;

    impl Timer {
        /// A timer that never expires.
        ///
        /// # Errors
        /// None.
        pub fn new(_registry: &Registry, _token: Token) -> io::Result<Self> {
            Ok(Self)
        }

        /// Does nothing. Returns false.
        pub fn set(&mut self, _at: Option<Instant>) -> bool {
            false
        }
    }
}
