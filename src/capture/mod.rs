//! Capture files: every format is a file in [`mod@format`], with what writes and what reads it.
//!
//! [`export`] writes a part of the log on a thread of its own, [`recorder`] writes what happens
//! as it happens, and [`import`] reads files back.

mod about;
mod behind;
mod capture_format;
mod carrier;
pub mod export;
pub mod format;
pub mod import;
mod import_error;
mod import_source;
mod import_summary;
mod packets;
pub mod recorder;
mod writer;

pub use about::About;
pub use capture_format::CaptureFormat;
pub use carrier::Carrier;
pub use format::{Lost, classic};
pub use writer::CaptureWriter;
