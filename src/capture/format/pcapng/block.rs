//! Writes pcapng blocks. The header blocks come from `pcap-file`. Packet blocks are built here,
//! in the output buffer: `pcap-file` would copy each packet twice.

use super::packet::{LONGEST, PacketDirection};
use crate::capture::packets::Remark;
use crate::traffic::Micros;
use pcap_file::pcapng::PcapNgWriter;
use pcap_file::pcapng::blocks::interface_description::{
    InterfaceDescriptionBlock, InterfaceDescriptionOption,
};
use pcap_file::pcapng::blocks::section_header::{SectionHeaderBlock, SectionHeaderOption};
use pcap_file::{DataLink, Endianness, PcapError};
use std::io;

/// The type of an enhanced packet block (§4.3).
const PACKET: u32 = 6;
/// The bytes before the packet data: type, length, interface, time, captured and original length.
const HEAD: usize = 28;

/// Appends the section header and its one interface: raw IP packets, with times in microseconds.
///
/// # Errors
/// None in practice: those of writing to memory.
pub(super) fn push_head(out: &mut Vec<u8>) -> io::Result<()> {
    let error = |error| match error {
        PcapError::IoError(error) => error,
        error => io::Error::other(error),
    };
    let program = concat!("netpeer ", env!("CARGO_PKG_VERSION"));
    let section = SectionHeaderBlock {
        endianness: Endianness::Little,
        options: vec![SectionHeaderOption::UserApplication(program.into())],
        ..SectionHeaderBlock::default()
    };
    let mut interface = InterfaceDescriptionBlock::new(DataLink::RAW, LONGEST as u32);
    interface.options = vec![
        InterfaceDescriptionOption::IfName("netpeer".into()),
        InterfaceDescriptionOption::IfTsResol(6),
    ];
    let mut writer = PcapNgWriter::with_section_header(out, section).map_err(error)?;
    writer.write_pcapng_block(interface).map_err(error)?;
    Ok(())
}

/// Appends a packet that `write` provides, with its direction and its remark. The original packet
/// had `missing` bytes more.
pub(super) fn push(
    out: &mut Vec<u8>,
    time: Micros,
    (direction, missing): (PacketDirection, usize),
    remark: Remark,
    write: impl FnOnce(&mut Vec<u8>),
) {
    let start = out.len();
    let mut head = [0; HEAD];
    // The two halves of the timestamp, high first (§4.3).
    let time = time.cast_unsigned();
    let halves = [(time >> 32) as u32, time as u32];
    set(&mut head, 0, PACKET);
    set(&mut head, 12, halves[0]);
    set(&mut head, 16, halves[1]);
    out.extend_from_slice(&head);
    write(out);
    let length = (out.len() - start - HEAD) as u32;
    pad(out);
    if remark != Remark::default() {
        push_option(out, 1, remark.to_string().as_bytes());
    }
    let flags = match direction {
        PacketDirection::In => 1_u32,
        PacketDirection::Out => 2,
    };
    push_option(out, 2, &flags.to_le_bytes());
    out.extend_from_slice(&[0; 4]);
    let whole = (out.len() - start + 4) as u32;
    out.extend_from_slice(&whole.to_le_bytes());
    if let Some(block) = out.get_mut(start..) {
        set(block, 4, whole);
        set(block, 20, length);
        set(block, 24, length + missing as u32);
    }
}

fn set(block: &mut [u8], at: usize, value: u32) {
    if let Some(place) = block.get_mut(at..at + 4) {
        place.copy_from_slice(&value.to_le_bytes());
    }
}

/// Appends an option (§3.5): code, length, and the value padded to a multiple of four bytes.
fn push_option(out: &mut Vec<u8>, code: u16, value: &[u8]) {
    out.extend_from_slice(&code.to_le_bytes());
    out.extend_from_slice(&(value.len() as u16).to_le_bytes());
    out.extend_from_slice(value);
    pad(out);
}

/// Pads to four bytes. The buffer begins at a multiple of four bytes of the file, so its own
/// length decides.
fn pad(out: &mut Vec<u8>) {
    out.resize(out.len().next_multiple_of(4), 0);
}
