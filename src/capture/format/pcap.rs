//! The older captures of `tcpdump` (draft-ietf-opsawg-pcap).

use crate::capture::import::source::Source;
use crate::capture::import::{ImportError, Kind, Place, Problem, Summary};
use crate::capture::packets::fields::Order;
use crate::capture::packets::{Captured, Packets};
use crate::traffic::{Micros, Record};
use std::io::Read;
use std::ops::ControlFlow;

/// What the first four bytes say.
#[derive(Clone, Copy)]
pub(in crate::capture) struct Form {
    order: Order,
    /// Whether parts of a second are nanoseconds, not microseconds.
    nanos: bool,
}

impl Form {
    pub(in crate::capture) fn of(magic: [u8; 4]) -> Option<Self> {
        let forms = [(0xA1B2_C3D4, false), (0xA1B2_3C4D, true)];
        forms.into_iter().find_map(|(number, nanos)| {
            let orders = [Order::Little, Order::Big];
            let order = orders
                .into_iter()
                .find(|order| order.u32(&magic, 0) == Some(number))?;
            Some(Self { order, nanos })
        })
    }
}

pub(in crate::capture) fn read<R: Read>(
    source: &mut Source<R>,
    form: Form,
    each: &mut dyn FnMut(Record<'_>) -> ControlFlow<()>,
) -> Result<Summary, ImportError> {
    let order = form.order;
    let mut head = [0; 24];
    source.fill(&mut head, 0)?;
    // The upper bits tell of checksums behind each packet.
    let link = order.u32(&head, 20).unwrap_or(0) & 0xFFFF;
    let mut packets = Packets::new(Summary::new(Kind::Pcap), each);
    let mut bytes = Vec::new();
    loop {
        let start = source.at();
        let mut head = [0; 16];
        if !source.fill(&mut head, start)? {
            break;
        }
        let field = |at| order.u32(&head, at).unwrap_or(0);
        let (seconds, part) = (Micros::from(field(0)), Micros::from(field(4)));
        let (length, original) = (field(8), field(12));
        source.take(&mut bytes, length as usize, start)?;
        let micros = if form.nanos { part / 1_000 } else { part };
        if micros >= 1_000_000 {
            let (place, problem) = (Place::Byte(start), Problem::Corrupt);
            return Err(ImportError { place, problem });
        }
        let captured = Captured {
            time: seconds * 1_000_000 + micros,
            link,
            inward: None,
            length: original,
            remark: None,
            bytes: &bytes,
        };
        if packets.push(&captured, start)?.is_break() {
            break;
        }
    }
    packets.end();
    Ok(packets.summary)
}
