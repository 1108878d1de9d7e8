//! pcapng files, from here or from Wireshark.

use super::guess::Guess;
use super::packet::Way;
use super::{Each, FileProblem, ImportError, LONGEST, Problem, Summary, at, fill};
use crate::traffic::Micros;
use crate::traffic::export::PART;
use pcap_file::pcapng::blocks::enhanced_packet::{EnhancedPacketBlock, EnhancedPacketOption};
use pcap_file::pcapng::blocks::interface_description::{
    InterfaceDescriptionBlock, InterfaceDescriptionOption,
};
use pcap_file::pcapng::{Block, PcapNgParser};
use std::io::Read;
use std::ops::ControlFlow;

pub fn read(mut input: impl Read, each: Each<'_>) -> Result<Summary, ImportError> {
    let mut buffer = Vec::new();
    let mut place = 0;
    let mut parser: Option<PcapNgParser> = None;
    let mut guess = Guess::default();
    loop {
        let length = match next_block(&mut input, &mut buffer, parser.as_ref(), place)? {
            0 => break,
            length => length,
        };
        let corrupt = |error: pcap_file::PcapError| {
            at(
                place,
                Problem::File(FileProblem::Corrupt(error.to_string())),
            )
        };
        let flow = match &mut parser {
            None => {
                parser = Some(PcapNgParser::new(&buffer).map_err(corrupt)?.1);
                ControlFlow::Continue(())
            }
            Some(parser) => {
                let (_, block) = parser.next_block(&buffer).map_err(corrupt)?;
                match block {
                    Block::EnhancedPacket(packet) => {
                        let interface = parser.packet_interface(&packet);
                        take(&packet, interface, &mut guess, each)
                    }
                    Block::SimplePacket(_) | Block::Packet(_) => {
                        guess.skip();
                        ControlFlow::Continue(())
                    }
                    _ => ControlFlow::Continue(()),
                }
            }
        };
        if flow.is_break() {
            break;
        }
        place += length as u64;
    }
    guess.finish(each);
    Ok(guess.summary())
}

/// Reads one whole block; its length, or 0 at the end.
fn next_block(
    input: &mut impl Read,
    buffer: &mut Vec<u8>,
    parser: Option<&PcapNgParser>,
    place: u64,
) -> Result<usize, ImportError> {
    let failed = |error| at(place, Problem::Io(error));
    buffer.clear();
    buffer.resize(12, 0);
    match fill(input, buffer).map_err(failed)? {
        0 => return Ok(0),
        12 => {}
        _ => return Err(at(place, Problem::File(FileProblem::Cut))),
    }
    let word = |from: usize| {
        buffer
            .get(from..from + 4)
            .and_then(|word| word.first_chunk())
    };
    let (Some(kind), Some(length), Some(magic)) = (word(0), word(4), word(8)) else {
        return Err(at(place, Problem::File(FileProblem::Cut)));
    };
    // A section header says itself in which order its bytes are.
    let is_section = *kind == [0x0A, 0x0D, 0x0D, 0x0A];
    let big = match (is_section, parser) {
        (true, _) => *magic == [0x1A, 0x2B, 0x3C, 0x4D],
        (false, Some(parser)) => parser.section().endianness == pcap_file::Endianness::Big,
        (false, None) => return Err(at(place, Problem::File(FileProblem::Unknown))),
    };
    let length = match big {
        true => u32::from_be_bytes(*length),
        false => u32::from_le_bytes(*length),
    } as usize;
    if length > LONGEST {
        return Err(at(
            place,
            Problem::File(FileProblem::TooLong(length as u64)),
        ));
    }
    if length < 12 || !length.is_multiple_of(4) {
        return Err(at(
            place,
            Problem::File(FileProblem::Corrupt("block length".into())),
        ));
    }
    // Only as much as is there: a length alone takes no memory.
    let rest = (length - 12) as u64;
    let read = input.by_ref().take(rest).read_to_end(buffer);
    if (read.map_err(failed)? as u64) < rest {
        return Err(at(place, Problem::File(FileProblem::Cut)));
    }
    Ok(length)
}

fn take(
    packet: &EnhancedPacketBlock<'_>,
    interface: Option<&InterfaceDescriptionBlock<'_>>,
    guess: &mut Guess,
    each: Each<'_>,
) -> ControlFlow<()> {
    let Some(interface) = interface else {
        guess.skip();
        return ControlFlow::Continue(());
    };
    let mut way = None;
    let mut part = None;
    for option in &packet.options {
        match option {
            EnhancedPacketOption::Flags(flags) => {
                way = match flags & 3 {
                    1 => Some(Way::In),
                    2 => Some(Way::Out),
                    _ => None,
                };
            }
            EnhancedPacketOption::Comment(comment) => part = part_of(comment),
            _ => {}
        }
    }
    let cut = packet.original_len as usize > packet.data.len();
    // The library hands the number of units over as nanoseconds.
    let units = packet.timestamp.as_nanos();
    let time = time(units, interface);
    let link = u32::from(interface.linktype);
    guess.packet(time, link, &packet.data, way, part, cut, each)
}

/// `netpeer part 2/4` as 2 and 4.
fn part_of(comment: &str) -> Option<(u32, u32)> {
    let (number, count) = comment.strip_prefix(PART)?.split_once('/')?;
    Some((number.parse().ok()?, count.parse().ok()?))
}

/// Microseconds since 1970: what a unit is, and from when it is counted, is up to the
/// interface (options if_tsresol and if_tsoffset).
fn time(units: u128, interface: &InterfaceDescriptionBlock<'_>) -> Micros {
    let mut resolution = 6;
    let mut offset: i128 = 0;
    for option in &interface.options {
        match option {
            InterfaceDescriptionOption::IfTsResol(value) => resolution = *value,
            InterfaceDescriptionOption::IfTsOffset(seconds) => offset = i128::from(*seconds as i64),
            _ => {}
        }
    }
    let exponent = u32::from(resolution & 0x7F);
    let base: u128 = if resolution & 0x80 == 0 { 10 } else { 2 };
    let micros = match base.checked_pow(exponent) {
        Some(per_second) => units.saturating_mul(1_000_000) / per_second,
        None => 0,
    };
    let micros = i128::try_from(micros).unwrap_or(i128::MAX);
    let all = micros.saturating_add(offset.saturating_mul(1_000_000));
    Micros::try_from(all).unwrap_or(Micros::MAX)
}
