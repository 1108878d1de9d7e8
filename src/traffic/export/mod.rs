//! Records as files that other programs read.
//!
//! Every format is written record by record: memory does not grow with the log.

pub mod classic;
mod csv;
mod hex_dump;
mod json_lines;
mod pcapng;
mod stamp;
mod standing;

pub use json_lines::Line;
pub use pcapng::PART;

use super::{Describe, Notice, Record};
use jiff::tz::TimeZone;
use pcapng::Pcapng;
use serde::{Deserialize, Serialize};
use stamp::Stamps;
use std::io::{self, Write};
use std::net::SocketAddr;

/// A kind of file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Format {
    /// Packets as a capture on the wire would have them, for Wireshark.
    #[default]
    Pcapng,
    /// One JSON object a line; nothing is lost.
    JsonLines,
    /// A table for spreadsheets (RFC 4180).
    Csv,
    /// The lines of the assistants people know.
    Classic,
    HexDump,
}

impl Format {
    pub const ALL: [Self; 5] = [
        Self::Pcapng,
        Self::JsonLines,
        Self::Csv,
        Self::Classic,
        Self::HexDump,
    ];

    /// How names of such files usually end, without the dot.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Pcapng => "pcapng",
            Self::JsonLines => "jsonl",
            Self::Csv => "csv",
            Self::Classic => "log",
            Self::HexDump => "txt",
        }
    }
}

/// What a file needs to know besides its records.
#[derive(Clone)]
pub struct About {
    /// Where the session stands before the first record, and whether on TCP; notices
    /// among the records change it.
    pub local: Option<SocketAddr>,
    pub tcp: bool,
    /// The zone of times a person reads.
    pub zone: TimeZone,
    /// Words notices.
    pub describe: Describe,
}

/// Writes records in one format.
pub struct Writer<W: Write> {
    format: Format,
    about: About,
    pcapng: Pcapng,
    stamps: Stamps,
    /// One record, before it is given away.
    buffer: Vec<u8>,
    out: W,
    written: u64,
}

impl<W: Write> Writer<W> {
    /// Begins with the format's own header.
    ///
    /// # Errors
    /// What `out` says.
    pub fn new(format: Format, about: About, out: W) -> io::Result<Self> {
        let mut buffer = Vec::new();
        match format {
            Format::Pcapng => pcapng::header(&mut buffer)?,
            Format::Csv => csv::header(&mut buffer),
            Format::JsonLines | Format::Classic | Format::HexDump => {}
        }
        let pcapng = Pcapng::new(about.local, about.tcp);
        let stamps = Stamps::new(about.zone.clone());
        let mut writer = Self {
            stamps,
            format,
            about,
            pcapng,
            buffer,
            out,
            written: 0,
        };
        writer.give_away()?;
        Ok(writer)
    }

    /// A notice that is not to be written, but tells where the session stands.
    pub fn note(&mut self, notice: &Notice) {
        self.pcapng.note(notice);
    }

    /// Writes the record of this row, counted from 0.
    ///
    /// # Errors
    /// What `out` says.
    pub fn write(&mut self, row: u64, record: &Record<'_>) -> io::Result<()> {
        let (buffer, about, stamps) = (&mut self.buffer, &self.about, &mut self.stamps);
        match self.format {
            Format::Pcapng => self.pcapng.write(record, buffer),
            Format::JsonLines => json_lines::write(record, about, buffer)?,
            Format::Csv => csv::write(row, record, about, stamps, buffer),
            Format::Classic => classic::write(record, about, stamps, buffer),
            Format::HexDump => hex_dump::write(row, record, about, stamps, buffer),
        }
        self.give_away()
    }

    /// # Errors
    /// What `out` says.
    pub fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }

    /// # Errors
    /// What `out` says.
    pub fn finish(mut self) -> io::Result<W> {
        self.out.flush()?;
        Ok(self.out)
    }

    /// What it was written to, as it stands.
    pub fn into_inner(self) -> W {
        self.out
    }

    /// Bytes written.
    pub fn written(&self) -> u64 {
        self.written
    }

    /// What another file that goes on from here needs to know.
    pub fn about(&self) -> About {
        let (local, tcp) = self.pcapng.standing();
        About {
            local,
            tcp,
            ..self.about.clone()
        }
    }

    fn give_away(&mut self) -> io::Result<()> {
        self.out.write_all(&self.buffer)?;
        self.written += self.buffer.len() as u64;
        self.buffer.clear();
        Ok(())
    }
}

#[cfg(test)]
mod tests;
