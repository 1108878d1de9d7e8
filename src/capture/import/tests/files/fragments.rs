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

/// The rows of a file with these packets, and what was no row.
fn read(packets: &[&Vec<u8>]) -> (Vec<super::super::Row>, Vec<(SkipReason, u64)>) {
    let mut file = PcapngFile::new(false);
    file.interface(101, &[]);
    for packet in packets {
        file.packet(0, 9, packet);
    }
    let (rows, result) = imported(&file.bytes);
    (rows, result.unwrap().skipped)
}

#[test]
fn fragments_that_a_capture_has_twice_are_no_parts_of_a_missing_packet() {
    let whole = datagram(9, (1, 5), 2, &payload());
    let fragments = fragments(&payload());
    let [first, second, third] = &fragments[..] else {
        panic!("three fragments");
    };
    // Each twice, as on several interfaces.
    let each = read(&[first, first, second, second, third, third]);
    let repeated = |count| vec![(SkipReason::RepeatedFragment, count)];
    assert_eq!(each, (vec![whole.clone()], repeated(3)));
    let some = read(&[first, second, third, third, first]);
    assert_eq!(some, (vec![whole.clone()], repeated(2)));
    // A whole one that comes twice is two rows, as one without fragments is.
    let twice = read(&[first, second, third, first, second, third]);
    assert_eq!(twice, (vec![whole.clone(), whole], vec![]));
}

#[test]
fn a_fragment_of_another_packet_with_the_same_number_is_one_without_the_others() {
    let whole = datagram(9, (1, 5), 2, &payload());
    let fragments = fragments(&payload());
    let [first, second, third] = &fragments[..] else {
        panic!("three fragments");
    };
    let mut other = second.clone();
    other[100] ^= 1;
    let rows = read(&[first, second, third, &other]);
    assert_eq!(rows, (vec![whole], vec![(SkipReason::Fragment, 1)]));
    // A repeated part of a packet that is never whole.
    let parts = read(&[first, first, second]);
    let skipped = vec![(SkipReason::Fragment, 2), (SkipReason::RepeatedFragment, 1)];
    assert_eq!(parts, (vec![], skipped));
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
