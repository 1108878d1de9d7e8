//! Ends the process when the X server is gone.
//!
//! Xlib then ends the process by itself (XSetIOErrorHandler(3)). But on the way the toolkit closes
//! its input method, and Xlib waits forever for the server's answer, with the processor busy.

use crate::jobs::Job;
use std::io;
use std::time::Duration;
use x11rb::connection::Connection as _;

/// The time that Xlib has for an end of its own.
const GRACE: Duration = Duration::from_secs(3);

/// Ends the process a moment after the X server is gone, if nothing else has ended it by then.
/// `at_once` is called before that.
///
/// # Errors
/// If the server cannot be reached, or the system has no thread left.
pub fn end_with_it(at_once: impl Fn() + Send + 'static) -> io::Result<()> {
    let (connection, _) = x11rb::connect(None).map_err(io::Error::other)?;
    // It is never cancelled: it waits for the server's end as long as the process lives.
    Job::<()>::start(
        "display",
        || {},
        move |_| {
            // Events that the server sends to every client mean nothing here.
            while connection.wait_for_event().is_ok() {}
            at_once();
            std::thread::sleep(GRACE);
            // The main thread is inside `exit`, so its handlers must not run again.
            signal_hook::low_level::exit(1)
        },
    )?;
    Ok(())
}
