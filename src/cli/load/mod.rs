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
use super::output::{self, Written};
use crate::payload::printable;

pub use flood::{Flood, flood};
pub use meter::{Meter, meter};

/// Prints what came out; where it cannot be written, on the standard error. Says whether it
/// was written, or nobody wants it any more.
fn publish(text: &str) -> bool {
    let printed = output::print(format!("{}\n", printable::words(text)).as_bytes());
    if printed != Written::Whole {
        complaint::say(text);
    }
    printed != Written::Failed
}
