//! Capture files: each format has a file of its own in [`mod@format`], with its writer and its
//! reader.
//!
//! [`export`] writes a part of the log on its own thread, [`recorder`] writes records as they
//! happen, and [`import`] reads files.

mod background_writer;
mod capture_context;
mod capture_format;
mod carrier;
pub mod export;
mod fields;
pub mod format;
pub mod import;
mod import_error;
mod import_source;
mod import_summary;
mod known_session;
mod message_row;
mod packets;
pub mod recorder;
mod writer;

pub use capture_context::CaptureContext;
pub use capture_format::CaptureFormat;
pub use carrier::{Carrier, is_in_stream};
pub use fields::{CaptureFields, DescribeFault};
pub use format::{LONGEST_SCENARIO, Lost, SCENARIO_ROWS, ScenarioProblem, classic, points, polled};
pub use known_session::KnownSession;
pub use writer::CaptureWriter;
