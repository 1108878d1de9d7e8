//! Numbered packets for load and measurement: `netpeer flood` and `netpeer meter`.

mod expectation;
mod field;
mod figures;
mod flood;
mod meter;
mod order;
mod watch;

use super::diagnostics;
use super::output::{self, PrintOutcome};
use crate::payload::printable;
use crate::words::Lang;

pub use flood::{FloodOptions, flood};
pub use meter::{MeterOptions, meter};

/// Prints results, on the standard error if the standard output fails. Returns `false` only for
/// that failure, not if the reader has gone.
fn publish(text: &str, lang: Lang) -> bool {
    let line = format!("{}\n", printable::words(text));
    let printed = output::print(line.as_bytes(), lang);
    if printed != PrintOutcome::Whole {
        diagnostics::print_line(text);
    }
    printed != PrintOutcome::Failed
}
