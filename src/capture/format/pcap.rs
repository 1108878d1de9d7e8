//! The classic capture format of `tcpdump` (draft-ietf-opsawg-pcap).

use super::entry::{FormatEntry, FormatReader};
use crate::capture::import_error::{ImportError, ImportPosition, ImportProblem};
use crate::capture::import_source::ImportSource;
use crate::capture::import_summary::ImportSummary;
use crate::capture::packets::fields::FieldOrder;
use crate::capture::packets::{CapturedPacket, Packets};
use crate::capture::{CaptureFormat, Carrier};
use crate::traffic::{Micros, Record};
use std::ops::ControlFlow;

pub(super) static ENTRY: FormatEntry = FormatEntry {
    extension: "pcap",
    name_key: "format.pcap",
    is_lines: false,
    writes: None,
    reads: Some(&Pcap),
};

struct Pcap;

impl FormatReader for Pcap {
    fn magics(&self) -> &'static [[u8; 4]] {
        const MAGICS: &[[u8; 4]] = &[
            *b"\xA1\xB2\xC3\xD4",
            *b"\xD4\xC3\xB2\xA1",
            *b"\xA1\xB2\x3C\x4D",
            *b"\x4D\x3C\xB2\xA1",
        ];
        MAGICS
    }

    fn read(
        &self,
        mut source: ImportSource<'_>,
        each: &mut dyn FnMut(Record<'_>, Option<Carrier>) -> ControlFlow<()>,
    ) -> Result<ImportSummary, ImportError> {
        let head = source.take(24, 0)?.unwrap_or_default();
        let Some(form) = PcapFormat::of(head) else {
            let (place, problem) = (ImportPosition::Byte(0), ImportProblem::Unrecognised);
            return Err(ImportError::at(place, problem));
        };
        // The upper bits describe checksums after each packet.
        let link = form.order.u32(head, 20).unwrap_or(0) & 0xFFFF;
        let mut packets = Packets::new(ImportSummary::new(CaptureFormat::Pcap), each);
        let read = loop {
            match next(&mut source, form, link, &mut packets) {
                Ok(ControlFlow::Continue(())) => {}
                Ok(ControlFlow::Break(ReadEnd::Receiver)) => return Ok(packets.summary),
                Ok(ControlFlow::Break(ReadEnd::File)) => break Ok(()),
                Err(error) => break Err(error),
            }
        };
        // The packets before an error are delivered.
        packets.end();
        match read {
            Ok(()) => Ok(packets.summary),
            Err(error) => Err(error.after(packets.summary.skipped)),
        }
    }
}

/// Why reading ended without an error.
enum ReadEnd {
    File,
    /// The receiver of the records broke.
    Receiver,
}

/// Takes the next packet.
fn next(
    source: &mut ImportSource<'_>,
    form: PcapFormat,
    link: u32,
    packets: &mut Packets<'_>,
) -> Result<ControlFlow<ReadEnd>, ImportError> {
    let PcapFormat { order, nanos } = form;
    let start = source.at();
    let Some(head) = source.take(16, start)? else {
        return Ok(ControlFlow::Break(ReadEnd::File));
    };
    let field = |at| order.u32(head, at).unwrap_or(0);
    let (seconds, part) = (Micros::from(field(0)), Micros::from(field(4)));
    let (length, original) = (field(8), field(12));
    let place = ImportPosition::Byte(start);
    let Some(bytes) = source.take(length as usize, start)? else {
        let problem = ImportProblem::Cut;
        return Err(ImportError::at(place, problem));
    };
    let micros = if nanos { part / 1_000 } else { part };
    if micros >= 1_000_000 {
        let problem = ImportProblem::Corrupt;
        return Err(ImportError::at(place, problem));
    }
    let captured = CapturedPacket {
        time: seconds * 1_000_000 + micros,
        link,
        inward: None,
        length: original,
        remark: None,
        bytes,
    };
    let pushed = packets.push(&captured, start)?;
    Ok(pushed.map_break(|()| ReadEnd::Receiver))
}

/// The byte order and the time unit, from the magic number.
#[derive(Clone, Copy)]
struct PcapFormat {
    order: FieldOrder,
    /// Whether fractions of seconds are nanoseconds instead of microseconds.
    nanos: bool,
}

impl PcapFormat {
    fn of(head: &[u8]) -> Option<Self> {
        let forms = [(0xA1B2_C3D4, false), (0xA1B2_3C4D, true)];
        forms.into_iter().find_map(|(number, nanos)| {
            let orders = [FieldOrder::Little, FieldOrder::Big];
            let order = orders
                .into_iter()
                .find(|order| order.u32(head, 0) == Some(number))?;
            Some(Self { order, nanos })
        })
    }
}
