//! What a session sends instead of lines that are typed.

use super::values;
use crate::config::units::ByteRate;
use clap::Args;
use std::path::PathBuf;

/// Bytes of a datagram: what fits into an Ethernet frame whatever is in between.
const DATAGRAM: usize = 1_400;
/// Bytes of a stream that are sent at a time.
const PIECE: usize = 64 << 10;

/// Options that say how what is typed is written.
const WORDED: [&str; 6] = [
    "hex",
    "escapes",
    "variables",
    "ending",
    "checksum",
    "repeat",
];

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
    /// How many bytes are sent at a time: at most, where they come in pieces.
    pub fn block(&self, is_stream: bool) -> usize {
        let usual = if is_stream { PIECE } else { DATAGRAM };
        self.block.unwrap_or(usual)
    }
}
