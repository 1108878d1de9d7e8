//! Tests of IP packets in fragments.

use super::{PcapngFile, datagram, imported, udp};
use crate::traffic::SkipReason;

/// The fragments of a datagram with this payload, the first one first.
fn fragments(payload: &[u8]) -> Vec<Vec<u8>> {
    let packet = udp((1, 5), (2, 7), payload);
    let (header, rest) = packet.split_at(20);
    let pieces: Vec<&[u8]> = rest.chunks(1_480).collect();
    let fragment = |(place, piece): (usize, &&[u8])| {
        let mut fragment = header.to_vec();
        fragment[2..4].copy_from_slice(&(20 + piece.len() as u16).to_be_bytes());
        let more = if place + 1 < pieces.len() { 0x2000 } else { 0 };
        let field = more | (place * 1_480 / 8) as u16;
        fragment[6..8].copy_from_slice(&field.to_be_bytes());
        fragment.extend(*piece);
        fragment
    };
    pieces.iter().enumerate().map(fragment).collect()
}

fn payload() -> Vec<u8> {
    (0..3_000_u32).map(|at| at as u8).collect()
}

#[test]
fn fragments_are_put_together_in_any_order() {
    let mut file = PcapngFile::new(false);
    file.interface(101, &[]);
    for fragment in fragments(&payload()).iter().rev() {
        file.packet(0, 9, fragment);
    }
    let (rows, result) = imported(&file.bytes);
    assert_eq!(rows, [datagram(9, (1, 5), 2, &payload())]);
    assert_eq!(result.unwrap().skipped, []);
}

#[test]
fn the_first_of_cut_fragments_is_a_row_and_the_others_are_counted_as_cut() {
    for backward in [false, true] {
        let mut file = PcapngFile::new(false);
        file.interface(101, &[]);
        let mut fragments = fragments(&payload());
        if backward {
            fragments.reverse();
        }
        for fragment in &fragments {
            // The last one is shorter than that.
            let captured = fragment.len().min(128);
            file.cut_packet(0, 9, &fragment[..captured], fragment.len());
        }
        let (rows, result) = imported(&file.bytes);
        let mut expected = datagram(9, (1, 5), 2, &payload()[..100]);
        expected.2.truncated = true;
        expected.2.whole = Some(3_000);
        assert_eq!(rows, [expected]);
        assert_eq!(result.unwrap().skipped, [(SkipReason::CutFragment, 2)]);
    }
}
