//! Reads pcapng captures of Wireshark and our own (draft-ietf-opsawg-pcapng).
//!
//! Blocks are parsed here: `pcap-file` rejects valid blocks whose options lack an end marker,
//! and allocates a block before its bytes are read.

use crate::capture::format::entry::FormatReader;
use crate::capture::import_error::{ImportError, ImportPosition, ImportProblem, LONGEST};
use crate::capture::import_source::ImportSource;
use crate::capture::import_summary::ImportSummary;
use crate::capture::packets::fields::{FieldOrder, InterfaceClock};
use crate::capture::packets::{CapturedPacket, Packets, Remark};
use crate::capture::{CaptureFormat, Carrier};
use crate::traffic::Record;
use std::ops::ControlFlow;

const SECTION: u32 = 0x0A0D_0D0A;
/// The byte-order magic of a section header.
const MAGIC: u32 = 0x1A2B_3C4D;
/// The size of a block's type and its two length fields, in bytes.
const FRAME: usize = 12;
/// The most interfaces of one section; a file with more is rejected.
const INTERFACES: usize = 1 << 16;

/// An interface of a section.
#[derive(Clone, Copy)]
struct InterfaceDescription {
    link: u32,
    /// The snapshot length: the most bytes captured of a packet; 0 means all.
    snap: u32,
    clock: InterfaceClock,
}

/// The state of a section that later blocks depend on.
struct Section {
    order: FieldOrder,
    interfaces: Vec<InterfaceDescription>,
}

pub(super) struct Pcapng;

impl FormatReader for Pcapng {
    fn magics(&self) -> &'static [[u8; 4]] {
        const MAGICS: &[[u8; 4]] = &[*b"\n\r\r\n"];
        MAGICS
    }

    fn read(
        &self,
        mut source: ImportSource<'_>,
        each: &mut dyn FnMut(Record<'_>, Option<Carrier>) -> ControlFlow<()>,
    ) -> Result<ImportSummary, ImportError> {
        let mut packets = Packets::new(ImportSummary::new(CaptureFormat::Pcapng), each);
        let mut section = Section {
            order: FieldOrder::Little,
            interfaces: Vec::new(),
        };
        loop {
            let start = source.at();
            let block = match next(&mut source, &mut section, start) {
                Ok(Some((kind, body))) => section.block(kind, body, &mut packets, start),
                Ok(None) => break,
                Err(error) => Err(error),
            };
            match block {
                Ok(ControlFlow::Continue(())) => {}
                Ok(ControlFlow::Break(())) => return Ok(packets.summary),
                Err(error) => {
                    // The packets before the error are delivered.
                    packets.end();
                    return Err(error.after(packets.summary.skipped));
                }
            }
        }
        packets.end();
        Ok(packets.summary)
    }
}

/// Takes the next block and returns its type and body; `None` at the end of the file.
fn next<'s>(
    source: &'s mut ImportSource<'_>,
    section: &mut Section,
    start: u64,
) -> Result<Option<(u32, &'s [u8])>, ImportError> {
    let corrupt = corrupt(start);
    let head = source.peek(FRAME, corrupt.place)?;
    if head.is_empty() {
        return Ok(None);
    }
    if head.len() < FRAME {
        let (place, problem) = (corrupt.place, ImportProblem::Cut);
        return Err(ImportError::at(place, problem));
    }
    // The block type of a section header is the same in both byte orders.
    if FieldOrder::Little.u32(head, 0) == Some(SECTION) {
        section.order = [FieldOrder::Little, FieldOrder::Big]
            .into_iter()
            .find(|order| order.u32(head, 8) == Some(MAGIC))
            .ok_or_else(|| corrupt.clone())?;
    }
    let order = section.order;
    let (kind, length) = match (order.u32(head, 0), order.u32(head, 4)) {
        (Some(kind), Some(length)) => (kind, length as usize),
        _ => return Err(corrupt),
    };
    if length <= LONGEST && (length % 4 != 0 || length < FRAME) {
        return Err(corrupt);
    }
    let block = source.take(length, start)?.unwrap_or_default();
    let body = block.get(8..length - 4).unwrap_or_default();
    if order.u32(block, length - 4) != Some(length as u32) {
        return Err(corrupt);
    }
    Ok(Some((kind, body)))
}

fn corrupt(start: u64) -> ImportError {
    let (place, problem) = (ImportPosition::Byte(start), ImportProblem::Corrupt);
    ImportError::at(place, problem)
}

impl Section {
    fn block(
        &mut self,
        kind: u32,
        body: &[u8],
        packets: &mut Packets<'_>,
        start: u64,
    ) -> Result<ControlFlow<()>, ImportError> {
        let captured = match kind {
            SECTION => {
                // Another major version is another format.
                let known = body.len() >= 16 && self.order.u16(body, 4) == Some(1);
                self.interfaces.clear();
                if known {
                    return packets.section(self.is_own(body));
                }
                None
            }
            1 => self.interface(body).map(|()| None),
            2 => self.packet(body, true).map(Some),
            3 => self.simple(body).map(Some),
            6 => self.packet(body, false).map(Some),
            _ => Some(None),
        };
        match captured {
            Some(Some(captured)) => packets.push(&captured, start),
            Some(None) => Ok(ControlFlow::Continue(())),
            None => Err(corrupt(start)),
        }
    }

    /// Whether a section header names this program (§4.1, `shb_userappl`).
    fn is_own(&self, body: &[u8]) -> bool {
        let options = body.get(16..).unwrap_or_default();
        let mut options = self.order.options(options);
        options.any(|(code, value)| code == 4 && value.starts_with(b"netpeer "))
    }

    /// Parses an interface description block (§4.2).
    fn interface(&mut self, body: &[u8]) -> Option<()> {
        let order = self.order;
        let mut interface = InterfaceDescription {
            link: order.u16(body, 0)?.into(),
            snap: order.u32(body, 4)?,
            clock: InterfaceClock::default(),
        };
        for (code, value) in order.options(body.get(8..)?) {
            match (code, value) {
                (9, [resolution]) => interface.clock.resolution = *resolution,
                (14, value) => {
                    interface.clock.offset = order.u64(value, 0)?.cast_signed();
                }
                _ => {}
            }
        }
        let room = self.interfaces.len() < INTERFACES;
        room.then(|| self.interfaces.push(interface))
    }

    /// Parses an enhanced packet block (§4.3), or the obsolete packet block, whose interface
    /// field is half as long.
    fn packet<'a>(&self, body: &'a [u8], obsolete: bool) -> Option<CapturedPacket<'a>> {
        let order = self.order;
        let number = if obsolete {
            order.u16(body, 0)?.into()
        } else {
            order.u32(body, 0)?
        };
        let interface = self.interfaces.get(number as usize)?;
        let (high, low) = (order.u32(body, 4)?, order.u32(body, 8)?);
        let (length, original) = (order.u32(body, 12)? as usize, order.u32(body, 16)?);
        let rest = body.get(20..)?;
        let bytes = rest.get(..length)?;
        let mut captured = CapturedPacket {
            time: interface
                .clock
                .micros(u64::from(high) << 32 | u64::from(low)),
            link: interface.link,
            inward: None,
            length: original,
            remark: None,
            bytes,
        };
        let options = rest.get(length.next_multiple_of(4)..).unwrap_or_default();
        for (code, value) in order.options(options) {
            match code {
                1 => captured.remark = Remark::parse(value).or(captured.remark),
                2 => {
                    captured.inward = match order.u32(value, 0)? & 3 {
                        1 => Some(true),
                        2 => Some(false),
                        _ => None,
                    };
                }
                _ => {}
            }
        }
        Some(captured)
    }

    /// Parses a simple packet block (§4.4): it belongs to the first interface and has no time.
    fn simple<'a>(&self, body: &'a [u8]) -> Option<CapturedPacket<'a>> {
        let interface = self.interfaces.first()?;
        let original = self.order.u32(body, 0)?;
        let snapped = match interface.snap {
            0 => original,
            snap => original.min(snap),
        };
        let rest = body.get(4..)?;
        Some(CapturedPacket {
            time: 0,
            link: interface.link,
            inward: None,
            length: original,
            remark: None,
            bytes: rest.get(..snapped as usize)?,
        })
    }
}
