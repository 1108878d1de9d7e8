//! Records as a file other programs read.
//!
//! Every format appends what a record says to a buffer of bytes, which goes out when it
//! is large: the memory needed does not grow with the number of records.

pub mod classic;
mod csv;
mod hex_dump;
pub(super) mod json_lines;
mod last_line;
pub(super) mod pcap;
pub(super) mod pcapng;
mod stamp;
#[cfg(test)]
pub(super) mod tests;

use crate::payload::reading::Reading;
use crate::traffic::stream_text::{Reader, Streamed};
use crate::traffic::{Body, Chunk, Describe, Notice, Record, Upstreams};
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use std::io;
use std::net::SocketAddr;

/// Bytes at the beginning of a file by which its format is known.
const HEAD: u64 = 64;
/// Bytes gathered before they are handed on.
const GATHERED: usize = 64 << 10;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Format {
    /// What the well-known assistants write: a line for each record, its payload below.
    Classic,
    /// A table for spreadsheets (RFC 4180), in UTF-8 with a byte order mark.
    Csv,
    /// One JSON object a line: comes back whole.
    JsonLines,
    /// Offsets, hexadecimal and ASCII, sixteen bytes a line.
    HexDump,
    #[default]
    /// For Wireshark: the payloads in made-up IP packets with the true addresses.
    Pcapng,
}

impl Format {
    pub const ALL: [Self; 5] = [
        Self::Pcapng,
        Self::JsonLines,
        Self::Csv,
        Self::Classic,
        Self::HexDump,
    ];

    /// The format whose files have names that end so.
    pub fn of_extension(extension: &str) -> Option<Self> {
        let mut all = Self::ALL.into_iter();
        all.find(|format| format.extension() == extension)
    }

    /// Whether more may be written behind what a file holds, which is not empty: it begins as
    /// this format does, and, where programs read it, ends with a whole block or line.
    ///
    /// # Errors
    /// Those of reading it.
    pub fn can_follow(self, file: &mut (impl io::Read + io::Seek)) -> io::Result<bool> {
        match self {
            Self::Pcapng => pcapng::ends_whole(file),
            Self::Classic => begins(file, classic::is_head),
            Self::Csv => Ok(begins(file, csv::is_head)? && last_line::is_ended(file)?),
            Self::JsonLines => {
                let is_object = |head: &[u8]| head.trim_ascii_start().starts_with(b"{\"");
                Ok(begins(file, is_object)? && last_line::is_whole_json(file)?)
            }
            Self::HexDump => begins(file, hex_dump::is_head),
        }
    }

    /// The positions of a chunk's records in the order a file has them: a capture is in that
    /// of their times, as other programs expect, and the rest in that of the log.
    pub fn positions(self, chunk: &Chunk) -> Vec<usize> {
        match self {
            Self::Pcapng => chunk.captured(),
            _ => (0..chunk.len()).collect(),
        }
    }

    /// The end of a file's name, without the dot.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Classic => "log",
            Self::Csv => "csv",
            Self::JsonLines => "jsonl",
            Self::HexDump => "txt",
            Self::Pcapng => "pcapng",
        }
    }
}

/// Whether what a file begins with is so.
fn begins(
    file: &mut (impl io::Read + io::Seek),
    is_so: impl Fn(&[u8]) -> bool,
) -> io::Result<bool> {
    let mut head = Vec::new();
    file.seek(io::SeekFrom::Start(0))?;
    io::Read::read_to_end(&mut io::Read::take(file, HEAD), &mut head)?;
    Ok(is_so(&head))
}

/// What the records do not say themselves: the state at the first of them.
#[derive(Clone)]
pub struct About {
    /// Our own address, where it is known.
    pub local: Option<SocketAddr>,
    /// Whether payloads are reads and writes of a stream, not datagrams. A recording may
    /// begin before that is known: notices tell.
    pub tcp: bool,
    /// From where a relay speaks to its target.
    pub upstreams: Upstreams,
    /// In which times of day are given; JSON lines and pcapng are in UTC.
    pub zone: TimeZone,
    /// Words a notice.
    pub describe: Describe,
    /// How payloads read as text.
    pub reader: Reader,
    /// Bytes that the file holds already, which what is written follows.
    pub before: u64,
}

/// What a format has to remember between two records.
enum Shape {
    Classic {
        /// Whether we connected to the peer, so that the peer is nobody's client.
        connected: bool,
    },
    Csv,
    JsonLines,
    HexDump,
    Pcapng(Box<pcapng::Capture>),
}

/// Writes records one after the other. What is gathered is lost without
/// [`finish`](Self::finish).
pub struct Writer<W> {
    out: W,
    about: About,
    shape: Shape,
    buffer: Vec<u8>,
    handed_on: u64,
}

impl<W: io::Write> Writer<W> {
    /// Writes what stands before the first record.
    ///
    /// # Errors
    /// Those of `out`; nothing more should be written then.
    pub fn new(format: Format, about: About, out: W) -> io::Result<Self> {
        let mut buffer = Vec::new();
        let shape = match format {
            Format::Classic => Shape::Classic { connected: false },
            Format::Csv => {
                if about.before == 0 {
                    csv::push_head(&mut buffer);
                }
                Shape::Csv
            }
            Format::JsonLines => Shape::JsonLines,
            Format::HexDump => Shape::HexDump,
            Format::Pcapng => {
                pcapng::push_head(&mut buffer)?;
                Shape::Pcapng(Box::new(pcapng::Capture::new(&about)))
            }
        };
        let mut writer = Self {
            out,
            about,
            shape,
            buffer,
            handed_on: 0,
        };
        writer.hand_on()?;
        Ok(writer)
    }

    /// A record that is not to be written, but tells of addresses, connections and the
    /// encoding of those that are.
    pub fn pass_over(&mut self, record: &Record<'_>) {
        self.read(record);
        if let Body::Notice(notice) = record.body {
            match &mut self.shape {
                Shape::Pcapng(capture) => capture.note(notice),
                Shape::Classic { connected } => classic::note(connected, notice),
                Shape::Csv | Shape::JsonLines | Shape::HexDump => {}
            }
        }
    }

    /// How a record reads behind those before it.
    fn read(&mut self, record: &Record<'_>) -> Streamed {
        match record.body {
            Body::Notice(Notice::Bound { .. }) => self.about.tcp = false,
            Body::Notice(
                Notice::Listening { .. } | Notice::Connected { .. } | Notice::Joined { .. },
            ) => self.about.tcp = true,
            _ => {}
        }
        let in_stream = self.about.tcp && !record.arrival.is_datagram();
        match &self.shape {
            Shape::HexDump | Shape::Pcapng(_) => Streamed::alone(Reading::Empty),
            Shape::Classic { .. } | Shape::Csv | Shape::JsonLines => {
                self.about.reader.read(record, in_stream)
            }
        }
    }

    /// Writes a record; `row` is its number in the log, counted from 0.
    ///
    /// # Errors
    /// Those of the output.
    pub fn write(&mut self, row: u64, record: &Record<'_>) -> io::Result<()> {
        let read = self.read(record);
        let (buffer, about) = (&mut self.buffer, &self.about);
        match &mut self.shape {
            Shape::Classic { connected } => {
                if let Body::Notice(notice) = record.body {
                    classic::note(connected, notice);
                }
                classic::push(buffer, record, &read, *connected, about);
            }
            Shape::Csv => csv::push(buffer, row, record, &read, about),
            Shape::JsonLines => json_lines::push(buffer, record, &read, &about.describe)?,
            Shape::HexDump => hex_dump::push(buffer, record, about),
            Shape::Pcapng(capture) => capture.push(buffer, record),
        }
        if self.buffer.len() >= GATHERED {
            self.hand_on()?;
        }
        Ok(())
    }

    /// # Errors
    /// Those of the output.
    pub fn flush(&mut self) -> io::Result<()> {
        self.hand_on()?;
        self.out.flush()
    }

    /// Writes what was gathered, and gives the output back.
    ///
    /// # Errors
    /// Those of the output.
    pub fn finish(mut self) -> io::Result<W> {
        self.flush()?;
        Ok(self.out)
    }

    /// What it was written to, as it stands: what was gathered is lost.
    pub fn into_inner(self) -> W {
        self.out
    }

    /// What another file that goes on from here needs to know.
    pub fn about(&self) -> About {
        let about = self.about.clone();
        match &self.shape {
            Shape::Pcapng(capture) => capture.standing(about),
            _ => about,
        }
    }

    /// How long the file is so far, in bytes.
    pub fn written(&self) -> u64 {
        self.handed_on + self.buffer.len() as u64
    }

    fn hand_on(&mut self) -> io::Result<()> {
        self.out.write_all(&self.buffer)?;
        self.handed_on += self.buffer.len() as u64;
        self.buffer.clear();
        // One huge record does not keep its room.
        self.buffer.shrink_to(2 * GATHERED);
        Ok(())
    }
}
