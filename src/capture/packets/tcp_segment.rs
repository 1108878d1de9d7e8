//! The parts of a TCP segment that an import uses (RFC 9293 §3.1).

use etherparse::{TcpHeader, TcpHeaderSlice, TcpSlice};

/// A segment whose options may be truncated.
pub(super) struct TcpSegment<'a> {
    pub(super) source_port: u16,
    pub(super) destination_port: u16,
    pub(super) sequence_number: u32,
    pub(super) acknowledgment_number: u32,
    pub(super) syn: bool,
    pub(super) ack: bool,
    pub(super) fin: bool,
    pub(super) rst: bool,
    /// The length of the header in bytes, as it says itself.
    pub(super) header_length: usize,
    pub(super) payload: &'a [u8],
}

impl<'a> TcpSegment<'a> {
    pub(super) fn new(tcp: &TcpSlice<'a>) -> Self {
        Self::of(&tcp.to_header(), tcp.header_slice().len(), tcp.payload())
    }

    /// The segment of which only these bytes were captured, which end within its options; `None`
    /// if even the fields before them are not all there.
    pub(super) fn without_options(bytes: &[u8]) -> Option<Self> {
        let mut fixed: [u8; TcpHeader::MIN_LEN] = *bytes.first_chunk()?;
        let words = fixed[12] >> 4;
        // The parser wants the options that the data offset announces.
        fixed[12] = 5 << 4 | fixed[12] & 0x0F;
        let header = TcpHeaderSlice::from_slice(&fixed).ok()?.to_header();
        (words >= 5).then(|| Self::of(&header, usize::from(words) * 4, &[]))
    }

    fn of(header: &TcpHeader, header_length: usize, payload: &'a [u8]) -> Self {
        Self {
            source_port: header.source_port,
            destination_port: header.destination_port,
            sequence_number: header.sequence_number,
            acknowledgment_number: header.acknowledgment_number,
            syn: header.syn,
            ack: header.ack,
            fin: header.fin,
            rst: header.rst,
            header_length,
            payload,
        }
    }
}
