//! The words of these situations.

use crate::explain::doctor::Situation;

/// The keys of what it is, what to do, how it looks in a packet capture, and how to make it. They
/// name values of the clues. `None` for situations of other subjects.
pub fn words(situation: Situation) -> Option<[&'static str; 4]> {
    let keys = match situation {
        Situation::NobodyListens => [
            "doctor.nobody_listens.what",
            "doctor.nobody_listens.cure",
            "doctor.nobody_listens.capture",
            "doctor.nobody_listens.reproduce",
        ],
        Situation::ListensElsewhere => [
            "doctor.listens_elsewhere.what",
            "doctor.listens_elsewhere.cure",
            "doctor.listens_elsewhere.capture",
            "doctor.listens_elsewhere.reproduce",
        ],
        Situation::PeerStopped => [
            "doctor.peer_stopped.what",
            "doctor.peer_stopped.cure",
            "doctor.peer_stopped.capture",
            "doctor.peer_stopped.reproduce",
        ],
        Situation::PeerDoesNotRead => [
            "doctor.peer_does_not_read.what",
            "doctor.peer_does_not_read.cure",
            "doctor.peer_does_not_read.capture",
            "doctor.peer_does_not_read.reproduce",
        ],
        Situation::PeerReadsTooLittle => [
            "doctor.peer_reads_too_little.what",
            "doctor.peer_reads_too_little.cure",
            "doctor.peer_reads_too_little.capture",
            "doctor.peer_reads_too_little.reproduce",
        ],
        Situation::AnswersFromElsewhere => [
            "doctor.answers_from_elsewhere.what",
            "doctor.answers_from_elsewhere.cure",
            "doctor.answers_from_elsewhere.capture",
            "doctor.answers_from_elsewhere.reproduce",
        ],
        Situation::AnswersToOldPort => [
            "doctor.answers_to_old_port.what",
            "doctor.answers_to_old_port.cure",
            "doctor.answers_to_old_port.capture",
            "doctor.answers_to_old_port.reproduce",
        ],
        Situation::ClosesAtOnce => [
            "doctor.closes_at_once.what",
            "doctor.closes_at_once.cure",
            "doctor.closes_at_once.capture",
            "doctor.closes_at_once.reproduce",
        ],
        Situation::PeerResets => [
            "doctor.peer_resets.what",
            "doctor.peer_resets.cure",
            "doctor.peer_resets.capture",
            "doctor.peer_resets.reproduce",
        ],
        Situation::PeerHalfCloses => [
            "doctor.peer_half_closes.what",
            "doctor.peer_half_closes.cure",
            "doctor.peer_half_closes.capture",
            "doctor.peer_half_closes.reproduce",
        ],
        Situation::TlsToPlain => [
            "doctor.tls_to_plain.what",
            "doctor.tls_to_plain.cure",
            "doctor.tls_to_plain.capture",
            "doctor.tls_to_plain.reproduce",
        ],
        Situation::PlainToTls => [
            "doctor.plain_to_tls.what",
            "doctor.plain_to_tls.cure",
            "doctor.plain_to_tls.capture",
            "doctor.plain_to_tls.reproduce",
        ],
        Situation::OtherProtocol => [
            "doctor.other_protocol.what",
            "doctor.other_protocol.cure",
            "doctor.other_protocol.capture",
            "doctor.other_protocol.reproduce",
        ],
        _ => return None,
    };
    Some(keys)
}
