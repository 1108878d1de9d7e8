//! Checksums that the far end does not accept.

use crate::engine::evidence::{Evidence, Sample};
use crate::explain::doctor::diagnosis::{Certainty, Clue, Cure, Outcome};
use crate::explain::doctor::peer::Target;
use crate::payload::checksum::{ByteOrder, Checksum, Sum};
use crate::payload::hex;
use crate::payload::reading::Reading;

/// Seconds without an answer after which one is missing.
const PATIENCE: f64 = 2.0;
/// The first bytes that a checksum may leave out: a start byte, an address.
const LEFT_OUT: usize = 3;
/// Bits of agreement that are no coincidence, among all algorithms, orders and ranges.
const SURE: usize = 32;

pub fn wrong(evidence: &Evidence) -> Outcome {
    match mistaken(evidence) {
        Some((expected, wrong)) => Outcome::Is(Certainty::Likely, clues(expected, wrong)),
        None => Outcome::DoesNotApply,
    }
}

/// Appends the right checksum in place of the wrong one.
pub fn cure(evidence: &Evidence) -> Option<Cure> {
    let (checksum, wrong) = mistaken(evidence)?;
    Some(Cure::Checksum {
        checksum,
        wrong: wrong.to_vec(),
    })
}

/// The checksum that the peer expects, and a message that has another one.
fn mistaken(evidence: &Evidence) -> Option<(Checksum, &[u8])> {
    let target = Target::of(evidence).filter(|target| target.session().is_some())?;
    let sent = whole_binary(&target.sent());
    // What the peer has not read, it has not refused.
    if sent.is_empty() || !target.is_unanswered(PATIENCE) || target.has_unread() {
        return None;
    }
    let received = whole_binary(&target.received());
    let theirs = sum_of_all(&received);
    let expected = theirs.or_else(|| silent_modbus(&target, &sent))?;
    let is_wrong = |bytes: &&&[u8]| expected.verify(bytes) == Some(false);
    let wrong = *sent.iter().rev().find(is_wrong)?;
    // A message that some rule makes right is of another format, or another part is wrong.
    let is_right = |bytes: &&[u8]| expected.verify(bytes) == Some(true);
    (!sent.iter().any(is_right)).then_some((expected, wrong))
}

fn clues(expected: Checksum, wrong: &[u8]) -> Vec<Clue> {
    let width = expected.sum.width();
    let (payload, value) = wrong
        .split_at_checked(wrong.len().saturating_sub(width))
        .unwrap_or((wrong, &[]));
    let right = expected.of(payload).unwrap_or_default();
    let values = [
        ("name", expected.sum.name().to_owned()),
        ("from", expected.from.to_string()),
        ("right", hex::format(&right)),
        ("value", hex::format(value)),
    ];
    let mut clues = vec![match expected.order {
        ByteOrder::LowFirst => Clue::new("doctor.content.sum_low_first", values),
        ByteOrder::HighFirst => Clue::new("doctor.content.sum_high_first", values),
    }];
    let swapped = right.len() > 1 && right.iter().rev().eq(value);
    if swapped {
        clues.push(Clue::new("doctor.content.sum_swapped", []));
    } else if let Some(ours) = trailing_sum(wrong) {
        let values = [
            ("name", ours.sum.name().to_owned()),
            ("from", ours.from.to_string()),
        ];
        clues.push(Clue::new("doctor.content.sum_ours", values));
    }
    clues
}

/// The messages that are no text, as far as all of their bytes are known.
fn whole_binary<'a>(all: &[&'a Sample]) -> Vec<&'a [u8]> {
    let is_whole = |sample: &&&Sample| sample.is_whole();
    let bytes = all.iter().filter(is_whole).map(|sample| &*sample.bytes);
    bytes
        .filter(|bytes| Reading::of(bytes) == Reading::Binary)
        .collect()
}

/// All checksums that a protocol may have, the best known ones first.
fn candidates() -> impl Iterator<Item = Checksum> {
    (0..=LEFT_OUT).flat_map(|from| {
        Sum::all().flat_map(move |sum| {
            let orders = match sum.width() {
                1 => &[ByteOrder::LowFirst][..],
                _ => &[ByteOrder::LowFirst, ByteOrder::HighFirst],
            };
            orders.iter().map(move |order| Checksum {
                sum,
                order: *order,
                from,
                to: None,
            })
        })
    })
}

/// The checksum with which all of these messages end; `None` if that can be a coincidence.
fn sum_of_all(all: &[&[u8]]) -> Option<Checksum> {
    let mut different = all.to_vec();
    different.sort_unstable();
    different.dedup();
    candidates().find(|checksum| {
        let bits = different.len() * checksum.sum.width() * 8;
        bits >= SURE && different.iter().all(|bytes| holds(*checksum, bytes))
    })
}

fn holds(checksum: Checksum, bytes: &[u8]) -> bool {
    bytes.len() > checksum.sum.width() + checksum.from && checksum.verify(bytes) == Some(true)
}

/// The checksum of two bytes or more with which this message ends, in either order.
pub fn trailing_sum(bytes: &[u8]) -> Option<Checksum> {
    // Among several hundred rules one of sixteen bits is right by chance once in a hundred: only
    // the best known ones count.
    let known = [
        "CRC-16/MODBUS",
        "CRC-16/XMODEM",
        "CRC-16/IBM-3740",
        "CRC-16/KERMIT",
        "CRC-32/ISO-HDLC",
    ];
    let is_known = |checksum: &Checksum| known.contains(&checksum.sum.name());
    candidates()
        .filter(is_known)
        .find(|checksum| holds(*checksum, bytes))
}

/// The checksum of Modbus RTU, if all messages are such requests of eight bytes and nothing comes
/// back: a device is silent about a wrong one (MODBUS over Serial Line V1.02 §2.4.1).
fn silent_modbus(target: &Target<'_>, sent: &[&[u8]]) -> Option<Checksum> {
    // A unit, a function that reads or writes one, an address, and a count or value.
    let is_request = |bytes: &[u8]| match bytes {
        [1..=247, 1..=4, _, _, high, low, _, _] => {
            (1..=2_000).contains(&u16::from_be_bytes([*high, *low]))
        }
        [1..=247, 5, _, _, 0 | 0xFF, 0, _, _] => true,
        _ => false,
    };
    let is_silent = target.received().is_empty();
    // Its own checksum in another order or of another kind shows that one was meant.
    let is_meant = |bytes: &&[u8]| trailing_sum(bytes).is_some() || is_swapped(bytes);
    let all = sent.iter().all(|bytes| is_request(bytes));
    (is_silent && all && sent.iter().any(is_meant)).then(Checksum::default)
}

fn is_swapped(bytes: &[u8]) -> bool {
    let swapped = Checksum {
        order: ByteOrder::HighFirst,
        ..Checksum::default()
    };
    swapped.verify(bytes) == Some(true)
}
