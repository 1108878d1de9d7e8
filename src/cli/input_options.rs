//! The options for input other than typed lines: bytes, or a file.

use super::values;
use crate::config::units::ByteRate;
use clap::Args;
use std::path::PathBuf;

/// The size of a datagram in bytes: it fits into an Ethernet frame, even with tunnels on the path.
const DATAGRAM: usize = 1_400;
/// The maximum number of bytes of a stream that are sent at a time.
const PIECE: usize = 64 << 10;

/// Options for the format of typed text.
const WORDED: [&str; 6] = [
    "hex",
    "escapes",
    "variables",
    "ending",
    "checksum",
    "repeat",
];

/// The options of the input.
#[derive(Debug, Args)]
#[command(next_help_heading = "messages")]
pub struct InputOptions {
    #[arg(long, group = "bytes", conflicts_with_all = WORDED)]
    pub binary: bool,
    #[arg(long, value_name = "FILE", value_parser = values::path(), group = "bytes", conflicts_with_all = WORDED)]
    pub file: Option<PathBuf>,
    #[arg(
        long,
        value_name = "RATE",
        requires = "file",
        allow_hyphen_values = true
    )]
    pub file_rate: Option<ByteRate>,
    #[arg(long, value_name = "BYTES", requires = "bytes", value_parser = values::bytes(1, PIECE))]
    block: Option<usize>,
}

impl InputOptions {
    /// The number of bytes sent at a time. A read of the standard input may return fewer.
    pub fn block(&self, is_stream: bool) -> usize {
        let usual = if is_stream { PIECE } else { DATAGRAM };
        self.block.unwrap_or(usual)
    }
}
