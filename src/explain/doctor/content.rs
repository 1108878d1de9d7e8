//! Situations of what is said.

mod binary;
mod checksum;
mod escapes;
mod full_width;
mod json;
mod line_end;
mod lines;
mod modbus;
mod request;
#[cfg(test)]
mod tests;
mod text;
mod tried;

use super::diagnosis::Cure;
use super::{Check, Situation};
use crate::engine::evidence::Evidence;

/// The tests, those that explain others first.
pub(super) const CHECKS: &[Check] = &[
    (Situation::UnfinishedRequest, request::is_unfinished),
    (Situation::WebSocketClient, request::is_of_web_socket),
    (Situation::BadRequest, request::is_bad),
    (Situation::ModbusFraming, modbus::is_of_other_framing),
    (Situation::LiteralEscapes, escapes::are_literal),
    (Situation::FullWidthSigns, full_width::has_signs),
    (Situation::InvalidJson, json::is_invalid),
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
        Situation::NoLineEnd => unset(evidence, lines::missing_line_end(evidence)?),
        Situation::OtherLineEnd => unset(evidence, lines::peer_line_end(evidence)?),
        Situation::WrongChecksum => checksum::cure(evidence),
        Situation::DigitsAsText => Some(Cure::SendAsHex),
        Situation::LiteralEscapes => Some(Cure::Escapes),
        _ => None,
    }
}

/// The cure that sets a line end, unless it is set.
pub(super) fn unset(evidence: &Evidence, name: String) -> Option<Cure> {
    let session = evidence.session.as_ref();
    let is_set = session.is_some_and(|session| session.settings.line_end == name);
    (!is_set).then_some(Cure::LineEnd(name))
}
