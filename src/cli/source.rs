//! What a session sends instead of lines that are typed.

use super::values;
use crate::config::amounts::ByteRate;
use clap::Args;
use std::path::PathBuf;

/// Bytes of a datagram: what fits into an Ethernet frame whatever is in between.
const DATAGRAM: usize = 1_400;
/// Bytes of a stream that are sent at a time.
const PIECE: usize = 64 << 10;

#[derive(Debug, Args)]
#[command(next_help_heading = "What is sent")]
pub struct Source {
    /// Send the bytes of the standard input as they come, instead of lines
    #[arg(long, group = "bytes", conflicts_with_all = ["hex", "escapes", "variables", "ending", "checksum", "repeat"])]
    pub binary: bool,
    /// Send this file, instead of the standard input
    #[arg(long, value_name = "FILE", value_parser = values::path(), group = "bytes", conflicts_with = "repeat")]
    pub file: Option<PathBuf>,
    /// Send the file at most this fast: 10MB/s [default: as fast as it goes]
    #[arg(
        long,
        value_name = "RATE",
        requires = "file",
        allow_hyphen_values = true
    )]
    pub file_rate: Option<ByteRate>,
    /// Send at most so many bytes at a time of --binary or --file [default: 1400, a datagram; 65536 of a stream]
    #[arg(long, value_name = "BYTES", requires = "bytes", value_parser = values::bytes(1, PIECE))]
    block: Option<usize>,
}

impl Source {
    /// How many bytes are sent at a time: at most, where they come in pieces.
    pub fn block(&self, is_stream: bool) -> usize {
        let usual = if is_stream { PIECE } else { DATAGRAM };
        self.block.unwrap_or(usual)
    }
}
