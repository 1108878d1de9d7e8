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

use super::complaint;
use std::io::{self, Write as _};

pub use flood::{Flood, flood};
pub use meter::{Meter, meter};

/// Prints what came out; where nobody reads it, on the standard error.
fn publish(text: &str) {
    if writeln!(io::stdout(), "{text}").is_err() {
        complaint::say(text);
    }
}
