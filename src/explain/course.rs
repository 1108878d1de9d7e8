//! The mistakes of learners in words.

use super::failure::Explanation;
use crate::course::{Bilingual, Evidence, Mistake, MistakeName as Name};
use crate::payload::printable;
use crate::t;
use crate::words::Lang;

/// The mistake, what shows it, and what to do.
pub fn course_mistake(lang: Lang, mistake: &Mistake) -> Explanation {
    let [what, cure] = keys(mistake.name);
    Explanation {
        what: t!(lang, what),
        detail: detail(lang, &mistake.evidence),
        cure: t!(lang, cure),
    }
}

/// The text in this language.
pub fn in_language(text: &Bilingual, lang: Lang) -> &str {
    match lang {
        Lang::English => &text.en,
        Lang::Chinese => &text.zh,
    }
}

fn detail(lang: Lang, evidence: &Evidence) -> String {
    match evidence {
        Evidence::None => String::new(),
        Evidence::Cut { received, of } => t!(
            lang,
            "course.evidence.cut",
            received = received,
            of = of,
            lost = of.saturating_sub(*received)
        ),
        Evidence::Size { bytes, of } => {
            t!(lang, "course.evidence.size", bytes = bytes, of = of)
        }
        Evidence::Port { port, expected } => t!(
            lang,
            "course.evidence.port",
            port = port,
            expected = expected
        ),
        Evidence::Exception { text, line } => {
            // The program wrote both.
            let [text, line] = [text, line].map(|part| printable::line(part.as_bytes()));
            match line.is_empty() {
                true => text,
                false => t!(lang, "course.evidence.exception", text = text, line = line),
            }
        }
        Evidence::Encoding(charset) => {
            t!(lang, "course.evidence.encoding", name = charset.full_name())
        }
        Evidence::Status(Some(status)) => {
            t!(lang, "course.evidence.status", status = status)
        }
        Evidence::Status(None) => t!(lang, "course.evidence.signal"),
    }
}

/// The keys of the mistake, and of what to do.
fn keys(name: Name) -> [&'static str; 2] {
    match name {
        Name::AddressNotHere => [
            "course.address_not_here.what",
            "course.address_not_here.cure",
        ],
        Name::AddressNotPair => [
            "course.address_not_pair.what",
            "course.address_not_pair.cure",
        ],
        Name::BlocksInAccept => [
            "course.blocks_in_accept.what",
            "course.blocks_in_accept.cure",
        ],
        Name::BoundToLoopback => [
            "course.bound_to_loopback.what",
            "course.bound_to_loopback.cure",
        ],
        Name::BoundToWrongPort => [
            "course.bound_to_wrong_port.what",
            "course.bound_to_wrong_port.cure",
        ],
        Name::BroadcastNotPermitted => [
            "course.broadcast_not_permitted.what",
            "course.broadcast_not_permitted.cure",
        ],
        Name::ByteOrder => ["course.byte_order.what", "course.byte_order.cure"],
        Name::BytesNotDecoded => [
            "course.bytes_not_decoded.what",
            "course.bytes_not_decoded.cure",
        ],
        Name::ChecksumByteOrder => [
            "course.checksum_byte_order.what",
            "course.checksum_byte_order.cure",
        ],
        Name::ChecksumComputed => [
            "course.checksum_computed.what",
            "course.checksum_computed.cure",
        ],
        Name::ChecksumMissing => [
            "course.checksum_missing.what",
            "course.checksum_missing.cure",
        ],
        Name::ChecksumNotChecked => [
            "course.checksum_not_checked.what",
            "course.checksum_not_checked.cure",
        ],
        Name::ChecksumRange => ["course.checksum_range.what", "course.checksum_range.cure"],
        Name::ChecksumWrong => ["course.checksum_wrong.what", "course.checksum_wrong.cure"],
        Name::Crashed => ["course.crashed.what", "course.crashed.cure"],
        Name::CutReceive => ["course.cut_receive.what", "course.cut_receive.cure"],
        Name::DigitsAsText => ["course.digits_as_text.what", "course.digits_as_text.cure"],
        Name::ExitStatus => ["course.exit_status.what", "course.exit_status.cure"],
        Name::ExitedEarly => ["course.exited_early.what", "course.exited_early.cure"],
        Name::IgnoresEnd => ["course.ignores_end.what", "course.ignores_end.cure"],
        Name::LengthPrefix => ["course.length_prefix.what", "course.length_prefix.cure"],
        Name::Loops => ["course.loops.what", "course.loops.cure"],
        Name::NoHalfClose => ["course.no_half_close.what", "course.no_half_close.cure"],
        Name::NoLineEnd => ["course.no_line_end.what", "course.no_line_end.cure"],
        Name::NoRetry => ["course.no_retry.what", "course.no_retry.cure"],
        Name::NoTimeOut => ["course.no_time_out.what", "course.no_time_out.cure"],
        Name::NotBound => ["course.not_bound.what", "course.not_bound.cure"],
        Name::NotConnected => ["course.not_connected.what", "course.not_connected.cure"],
        Name::NotEnded => ["course.not_ended.what", "course.not_ended.cure"],
        Name::NotJoined => ["course.not_joined.what", "course.not_joined.cure"],
        Name::NotListening => ["course.not_listening.what", "course.not_listening.cure"],
        Name::NothingArrived => ["course.nothing_arrived.what", "course.nothing_arrived.cure"],
        Name::NothingPrinted => ["course.nothing_printed.what", "course.nothing_printed.cure"],
        Name::OneReadOneMessage => [
            "course.one_read_one_message.what",
            "course.one_read_one_message.cure",
        ],
        Name::Other => ["course.other.what", "course.other.cure"],
        Name::PairOfRecvfrom => [
            "course.pair_of_recvfrom.what",
            "course.pair_of_recvfrom.cure",
        ],
        Name::PeerGone => ["course.peer_gone.what", "course.peer_gone.cure"],
        Name::PortByteOrder => ["course.port_byte_order.what", "course.port_byte_order.cure"],
        Name::PortInUse => ["course.port_in_use.what", "course.port_in_use.cure"],
        Name::PortNotNumber => ["course.port_not_number.what", "course.port_not_number.cure"],
        Name::PrintedOther => ["course.printed_other.what", "course.printed_other.cure"],
        Name::Refused => ["course.refused.what", "course.refused.cure"],
        Name::Representation => ["course.representation.what", "course.representation.cure"],
        Name::TextNotEncoded => [
            "course.text_not_encoded.what",
            "course.text_not_encoded.cure",
        ],
        Name::TimeOutNotHandled => [
            "course.time_out_not_handled.what",
            "course.time_out_not_handled.cure",
        ],
        Name::WaitsForInput => ["course.waits_for_input.what", "course.waits_for_input.cure"],
        Name::WrongContent => ["course.wrong_content.what", "course.wrong_content.cure"],
        Name::WrongEncoding => ["course.wrong_encoding.what", "course.wrong_encoding.cure"],
        Name::WrongLineEnd => ["course.wrong_line_end.what", "course.wrong_line_end.cure"],
        Name::WrongSize => ["course.wrong_size.what", "course.wrong_size.cure"],
        Name::WrongSource => ["course.wrong_source.what", "course.wrong_source.cure"],
        Name::WrongTarget => ["course.wrong_target.what", "course.wrong_target.cure"],
        Name::WrongTransport => ["course.wrong_transport.what", "course.wrong_transport.cure"],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_program_wrote_is_safe() {
        let mistake = Mistake {
            name: Name::Crashed,
            evidence: Evidence::Exception {
                text: "ValueError: \u{1b}[2J".to_owned(),
                line: "x()".to_owned(),
            },
        };
        for lang in Lang::ALL {
            let words = course_mistake(lang, &mistake);
            assert!(words.detail.contains("ValueError") && words.detail.contains("x()"));
            assert!(!words.detail.contains('\u{1b}'), "{}", words.detail);
        }
    }
}
