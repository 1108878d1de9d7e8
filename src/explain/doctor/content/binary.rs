//! Numbers in messages: their byte order, and digits in their place.

use super::checksum::trailing_sum;
use crate::engine::evidence::{Evidence, Sample, Unseen};
use crate::explain::doctor::diagnosis::{Certainty, Clue, Outcome};
use crate::explain::doctor::peer::Target;
use crate::payload::checksum::ByteOrder;
use crate::payload::hex;
use crate::payload::reading::Reading;

/// Seconds without an answer after which one is missing.
const PATIENCE: f64 = 2.0;
/// The fewest bytes that digits stand for.
const FEWEST: usize = 4;

/// A length at the beginning of messages.
#[derive(Clone, Copy, PartialEq, Eq)]
struct LengthField {
    /// Its size in bytes: 2 or 4.
    width: usize,
    order: ByteOrder,
    /// Whether it counts itself.
    is_whole: bool,
}

pub fn byte_order(evidence: &Evidence) -> Outcome {
    let Some(target) = Target::of(evidence).filter(|target| target.session().is_some()) else {
        return Outcome::DoesNotApply;
    };
    let (sent, received) = (target.sent(), target.received());
    let Some(ours) = length_field(&sent) else {
        return Outcome::IsNot;
    };
    let other = match ours.order {
        ByteOrder::LowFirst => ByteOrder::HighFirst,
        ByteOrder::HighFirst => ByteOrder::LowFirst,
    };
    if let Some(theirs) = length_field(&received) {
        let differs = theirs.width == ours.width && theirs.order != ours.order;
        if !differs || !target.is_unanswered(PATIENCE) {
            return Outcome::IsNot;
        }
        return match target.has_all() {
            true => Outcome::Is(Certainty::Likely, vec![clue(&sent, ours, other)]),
            false => Outcome::Unseen(Unseen::NothingBack),
        };
    }
    let may_wait = ours.order == ByteOrder::LowFirst
        && received.is_empty()
        && target.is_tcp
        && target.is_connected();
    match (may_wait, target.is_unanswered(PATIENCE)) {
        (false, _) => Outcome::IsNot,
        (true, false) => Outcome::DoesNotApply,
        // A peer that reads the length in network byte order waits for millions of bytes, and one
        // that never answers looks the same.
        (true, true) => {
            let [bytes, ours, peer] = readings(&sent, ours, other);
            Outcome::Unseen(Unseen::LengthSent { bytes, ours, peer })
        }
    }
}

/// The bytes of the length in the last message, and the number that they are in either order.
fn readings(sent: &[&Sample], ours: LengthField, other: ByteOrder) -> [String; 3] {
    let last = sent.last().map_or(&[][..], |sample| &sample.bytes);
    let read = |order| number(last, LengthField { order, ..ours }).unwrap_or_default();
    [
        hex::format(last.get(..ours.width).unwrap_or_default()),
        read(ours.order).to_string(),
        read(other).to_string(),
    ]
}

fn clue(sent: &[&Sample], ours: LengthField, other: ByteOrder) -> Clue {
    let [bytes, own, peer] = readings(sent, ours, other);
    let values = [("bytes", bytes), ("ours", own), ("peer", peer)];
    match ours.order {
        ByteOrder::LowFirst => Clue::new("doctor.content.length_low_first", values),
        ByteOrder::HighFirst => Clue::new("doctor.content.length_high_first", values),
    }
}

/// The length field that all of these messages have, in one order only; `None` if that can be a
/// coincidence.
fn length_field(all: &[&Sample]) -> Option<LengthField> {
    if all.is_empty() {
        return None;
    }
    let mut lengths: Vec<u64> = all.iter().map(|sample| sample.length).collect();
    lengths.sort_unstable();
    lengths.dedup();
    let candidates = [4, 2].into_iter().flat_map(|width| {
        [ByteOrder::LowFirst, ByteOrder::HighFirst]
            .into_iter()
            .flat_map(move |order| {
                [false, true].map(|is_whole| LengthField {
                    width,
                    order,
                    is_whole,
                })
            })
    });
    let holds = |field: &LengthField, sample: &&Sample| {
        let own = if field.is_whole {
            0
        } else {
            field.width as u64
        };
        let said = number(&sample.bytes, *field).and_then(|said| said.checked_add(own));
        said == Some(sample.length) && sample.length > field.width as u64
    };
    // Two bytes happen to be right too often: two lengths must be.
    let is_enough = |field: &LengthField| field.width == 4 || lengths.len() > 1;
    let mut found = candidates
        .filter(|field| is_enough(field) && all.iter().all(|sample| holds(field, sample)));
    let field = found.next()?;
    // A palindrome, such as 00 00, has no order.
    let is_plain = |sample: &&Sample| {
        let bytes = sample.bytes.get(..field.width).unwrap_or_default();
        bytes.iter().rev().ne(bytes)
    };
    all.iter().all(is_plain).then_some(field)
}

fn number(bytes: &[u8], field: LengthField) -> Option<u64> {
    let bytes = bytes.get(..field.width)?;
    let add = |number: u64, byte: &u8| number << 8 | u64::from(*byte);
    Some(match field.order {
        ByteOrder::HighFirst => bytes.iter().fold(0, add),
        ByteOrder::LowFirst => bytes.iter().rev().fold(0, add),
    })
}

pub fn digits_as_text(evidence: &Evidence) -> Outcome {
    let Some(target) = Target::of(evidence).filter(|target| target.session().is_some()) else {
        return Outcome::DoesNotApply;
    };
    let (sent, received) = (target.sent(), target.received());
    let digits = sent
        .iter()
        .rev()
        .find_map(|sample| Some((sample, meant(sample)?)));
    let Some((sample, bytes)) = digits else {
        return Outcome::IsNot;
    };
    let answers_binary = !received.is_empty()
        && received
            .iter()
            .all(|came| Reading::of(&came.bytes) == Reading::Binary);
    let sum = trailing_sum(&bytes);
    // The device speaks of what it has read.
    let is_silent = received.is_empty() && target.is_unanswered(PATIENCE) && !target.has_unread();
    if !(answers_binary || is_silent && sum.is_some()) {
        return Outcome::IsNot;
    }
    let text = String::from_utf8_lossy(&sample.bytes);
    let values = [
        ("text", text.trim().chars().take(40).collect()),
        ("length", sample.length.to_string()),
        ("count", bytes.len().to_string()),
    ];
    let mut clues = vec![Clue::new("doctor.content.digits", values)];
    clues.extend(sum.map(|sum| {
        Clue::new(
            "doctor.content.digits_sum",
            [("name", sum.sum.name().to_owned())],
        )
    }));
    Outcome::Is(Certainty::Likely, clues)
}

/// The bytes that hexadecimal digits stand for, where they are written in pairs, as `01 03 00`, or
/// end with a checksum: a number in one piece may be a number.
fn meant(sample: &Sample) -> Option<Vec<u8>> {
    let text = std::str::from_utf8(&sample.bytes).ok()?.trim();
    if let Ok(bytes) = hex::parse(text)
        && text.bytes().all(|byte| byte.is_ascii_hexdigit())
    {
        let is_backed = bytes.len() >= FEWEST && trailing_sum(&bytes).is_some();
        return is_backed.then_some(bytes);
    }
    let is_pair = |part: &str| part.len() == 2 && part.bytes().all(|b| b.is_ascii_hexdigit());
    let parts = text.split([' ', ',', '-', ':']).map(|part| {
        let byte = u8::from_str_radix(part, 16).ok();
        byte.filter(|_| is_pair(part))
    });
    let bytes: Vec<u8> = parts.collect::<Option<_>>()?;
    (bytes.len() >= FEWEST).then_some(bytes)
}
