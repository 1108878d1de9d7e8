//! Capture files: `netpeer show` prints their rows, `netpeer convert` writes them in another
//! format.
//!
//! ```text
//!   file or stdin ──▶ input ──▶ import ──▶ sieve ──┬──▶ show ─────▶ printer ──▶ stdout
//!                                                  └──▶ convert ──▶ writer ───▶ file or stdout
//! ```
//!
//! Both read row by row: memory does not grow with the file. Rows from a pipe are written before
//! the next read may block.

mod conversion;
mod convert;
mod input;
mod output;
mod report;
mod selection;
mod show;

pub use convert::{ConvertOptions, convert};
pub use output::{ConversionOutput, unwritten};
pub use show::{ShowOptions, show};
