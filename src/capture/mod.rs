//! Capture files: every format is a file in [`mod@format`], with what writes and what reads it.
//!
//! [`export`] writes a part of the log on a thread of its own, [`recorder`] writes what happens
//! as it happens, and [`import`] reads files back.

mod behind;
mod carrier;
pub mod export;
pub mod format;
pub mod import;
mod packets;
pub mod recorder;
mod writer;

pub use carrier::Carrier;
pub use format::{CaptureFormat, Lost, classic};
pub use writer::{About, CaptureWriter};
