//! Situations of what is said.

mod binary;
mod checksum;
mod lines;
#[cfg(test)]
mod tests;
mod text;

use super::diagnosis::Cure;
use super::{Check, Situation};
use crate::engine::evidence::Evidence;

/// The tests, those that explain others first.
pub(super) const CHECKS: &[Check] = &[
    (Situation::WrongEncoding, text::wrong_encoding),
    (Situation::ByteOrderMark, text::byte_order_mark),
    (Situation::OtherLineEnd, lines::other_line_end),
    (Situation::ByteOrder, binary::byte_order),
    (Situation::WrongChecksum, checksum::wrong),
    (Situation::DigitsAsText, binary::digits_as_text),
    (Situation::NoLineEnd, lines::no_line_end),
];

/// What can be done with one click.
pub(super) fn cure(situation: Situation, evidence: &Evidence) -> Option<Cure> {
    match situation {
        Situation::WrongEncoding => {
            let charset = text::peer_encoding(evidence)?;
            Some(Cure::Encoding(charset.name().to_owned()))
        }
        Situation::NoLineEnd => Some(Cure::LineEnd("lf".to_owned())),
        Situation::OtherLineEnd => lines::peer_line_end(evidence).map(Cure::LineEnd),
        Situation::WrongChecksum => checksum::cure(evidence),
        Situation::DigitsAsText => Some(Cure::SendAsHex),
        _ => None,
    }
}
