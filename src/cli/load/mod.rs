//! Many numbered packets, and what becomes of them: `netpeer flood` and `netpeer meter`.
//!
//! ```text
//!   order ──▶ flood ──┐            ┌──▶ each second: stderr
//!                     ├──▶ watch ──┤
//!   field ──▶ meter ──┘            └──▶ figures ──▶ expectation ──▶ stdout, exit status
//! ```

mod expectation;
mod field;
mod figures;
mod flood;
mod meter;
mod order;
mod watch;

use super::{complaint, patience};
use crate::payload::printable;
use std::io::{self, Write as _};

pub use flood::{Flood, flood};
pub use meter::{Meter, meter};

/// Prints what came out; where it cannot be written, on the standard error. Says whether it
/// was written, or nobody wants it any more.
fn publish(text: &str) -> bool {
    let mut output = patience::Writer(io::stdout());
    let words = format!("{}\n", printable::words(text));
    let written = output
        .write_all(words.as_bytes())
        .and_then(|()| output.flush());
    if let Err(error) = &written {
        complaint::say(text);
        if error.kind() != io::ErrorKind::BrokenPipe {
            complaint::say(&format!("netpeer: {error}"));
            return false;
        }
    }
    true
}
