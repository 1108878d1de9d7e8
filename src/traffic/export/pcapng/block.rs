//! The blocks of a pcapng file.

use crate::traffic::Micros;
use pcap_file::DataLink;
use pcap_file::pcapng::PcapNgBlock as _;
use pcap_file::pcapng::PcapNgWriter;
use pcap_file::pcapng::blocks::interface_description::{
    InterfaceDescriptionBlock, InterfaceDescriptionOption,
};
use pcap_file::{Endianness, PcapError};
use std::io;

/// From whose side a packet is seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    In,
    Out,
}

/// LINKTYPE_RAW: a packet begins with its IP header.
const RAW: u32 = 101;
/// Times count microseconds: ten to the minus sixth.
const MICROSECONDS: u8 = 6;
const ENHANCED_PACKET: u32 = 6;

/// The section header and the one interface, little-endian.
pub fn header(out: &mut Vec<u8>) -> io::Result<()> {
    let failed = |error: PcapError| io::Error::other(error);
    let writer = PcapNgWriter::with_endianness(&mut *out, Endianness::Little);
    let interface = InterfaceDescriptionBlock {
        linktype: DataLink::from(RAW),
        snaplen: 0,
        options: vec![
            InterfaceDescriptionOption::IfName("netpeer".into()),
            InterfaceDescriptionOption::IfTsResol(MICROSECONDS),
        ],
    };
    let mut writer = writer.map_err(failed)?;
    writer
        .write_block(&interface.into_block())
        .map_err(failed)?;
    Ok(())
}

/// An enhanced packet block. Written here, not by the library: a million a second count.
pub fn packet(out: &mut Vec<u8>, time: Micros, way: Way, packet: &[u8], comment: Option<&str>) {
    let begin = out.len();
    let time = u64::try_from(time).unwrap_or(0);
    let length = packet.len() as u32;
    let words = [
        ENHANCED_PACKET,
        0,
        0,
        (time >> 32) as u32,
        time as u32,
        length,
        length,
    ];
    words.iter().for_each(|word| push(out, *word));
    out.extend_from_slice(packet);
    pad(out);
    if let Some(comment) = comment {
        option(out, 1, comment.as_bytes());
    }
    let flags: u32 = match way {
        Way::In => 1,
        Way::Out => 2,
    };
    option(out, 2, &flags.to_le_bytes());
    push(out, 0);
    let total = (out.len() - begin + 4) as u32;
    push(out, total);
    if let Some(place) = out.get_mut(begin + 4..begin + 8) {
        place.copy_from_slice(&total.to_le_bytes());
    }
}

fn push(out: &mut Vec<u8>, word: u32) {
    out.extend_from_slice(&word.to_le_bytes());
}

fn option(out: &mut Vec<u8>, code: u16, value: &[u8]) {
    out.extend_from_slice(&code.to_le_bytes());
    out.extend_from_slice(&(value.len() as u16).to_le_bytes());
    out.extend_from_slice(value);
    pad(out);
}

/// Blocks are filled up to whole words; what was before this one was whole.
fn pad(out: &mut Vec<u8>) {
    while !out.len().is_multiple_of(4) {
        out.push(0);
    }
}
