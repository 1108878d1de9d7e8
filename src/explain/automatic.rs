//! What the program did or left undone by itself, in words.

use crate::automation::impair::What;
use crate::automation::{PAUSE, Refusal};
use crate::engine::Interfaces;
use crate::payload::answer::Silence;
use crate::say;
use crate::traffic::Automatic;
use crate::words::{Lang, grouped};

pub fn automatic(lang: Lang, automatic: &Automatic, interfaces: &Interfaces) -> String {
    match automatic {
        Automatic::Refused {
            rule,
            refusal,
            count,
            ..
        } => {
            let reason = refused(lang, *refusal);
            match count {
                1 => say!(lang, "automatic.refused", rule = rule, reason = reason),
                _ => say!(
                    lang,
                    "automatic.refused_many",
                    rule = rule,
                    count = grouped(*count),
                    reason = reason
                ),
            }
        }
        Automatic::Unanswered {
            rule,
            silence,
            count,
            ..
        } => {
            let reason = self::silence(lang, *silence);
            match count {
                1 => say!(lang, "automatic.unanswered", rule = rule, reason = reason),
                _ => say!(
                    lang,
                    "automatic.unanswered_many",
                    rule = rule,
                    count = grouped(*count),
                    reason = reason
                ),
            }
        }
        Automatic::Paused { rule, peer } => {
            let seconds = PAUSE.as_secs();
            say!(
                lang,
                "automatic.paused",
                rule = rule,
                peer = peer,
                seconds = seconds
            )
        }
        Automatic::Resumed {
            rule,
            peer,
            unanswered,
        } => say!(
            lang,
            "automatic.resumed",
            rule = rule,
            peer = peer,
            count = grouped(*unanswered)
        ),
        Automatic::Impaired {
            outgoing, effect, ..
        } => {
            let what = impaired(lang, &effect.what);
            let number = grouped(effect.number);
            match outgoing {
                true => say!(lang, "impair.sent", number = number, what = what),
                false => say!(lang, "impair.received", number = number, what = what),
            }
        }
        Automatic::ImpairedPiece { effect, .. } => {
            let what = impaired(lang, &effect.what);
            match effect.number {
                0 => what,
                number => say!(lang, "impair.piece", number = grouped(number), what = what),
            }
        }
        Automatic::Upstream { local, .. } => {
            say!(lang, "automatic.upstream", local = interfaces.show(*local))
        }
        Automatic::Forgotten { millis, .. } => {
            let seconds = *millis as f64 / 1000.0;
            say!(lang, "automatic.forgotten", seconds = seconds)
        }
        Automatic::ForClient { client, notice } => say!(
            lang,
            "automatic.for_client",
            client = interfaces.show(*client),
            notice = super::notice(lang, notice, interfaces)
        ),
        Automatic::NotPassed { rule, bytes, .. } => say!(
            lang,
            "automatic.not_passed",
            rule = rule,
            bytes = grouped(*bytes as u64)
        ),
        Automatic::Held {
            number,
            rule,
            bytes,
            ..
        } => {
            let bytes = grouped(*bytes as u64);
            match rule {
                Some(rule) => say!(
                    lang,
                    "automatic.held_by",
                    number = number,
                    bytes = bytes,
                    rule = rule
                ),
                None => say!(lang, "automatic.held", number = number, bytes = bytes),
            }
        }
        Automatic::Discarded { number, bytes, .. } => say!(
            lang,
            "automatic.discarded",
            number = number,
            bytes = grouped(*bytes as u64)
        ),
        Automatic::NotHeld { bytes, .. } => {
            say!(lang, "automatic.not_held", bytes = grouped(*bytes as u64))
        }
        Automatic::Drained {
            bytes, finished, ..
        } => {
            let bytes = grouped(*bytes);
            match finished {
                true => say!(lang, "automatic.drained", bytes = bytes),
                false => say!(lang, "automatic.drained_in_part", bytes = bytes),
            }
        }
        Automatic::Replaced { millis, count, .. } => say!(
            lang,
            "automatic.replaced",
            count = grouped(*count),
            seconds = format!("{:.1}", *millis as f64 / 1e3)
        ),
        Automatic::Unserved { count, .. } => {
            say!(lang, "automatic.unserved", count = grouped(*count))
        }
    }
}

/// What a bad network on purpose did to a datagram.
fn impaired(lang: Lang, what: &What) -> String {
    let millis = |micros: u64| format!("{:.1}", micros as f64 / 1e3);
    match what {
        What::Lost => say!(lang, "impair.lost"),
        What::Duplicated => say!(lang, "impair.duplicated"),
        What::Reordered { gap, micros } => say!(
            lang,
            "impair.reordered",
            gap = gap,
            millis = millis(*micros)
        ),
        What::Delayed { micros } => say!(lang, "impair.delayed", millis = millis(*micros)),
        What::Corrupted { bits } => {
            let places: Vec<String> = bits.iter().take(8).map(ToString::to_string).collect();
            let (count, places) = (bits.len(), places.join(" "));
            say!(lang, "impair.corrupted", count = count, places = places)
        }
        What::Truncated { from, to } => say!(lang, "impair.truncated", from = from, to = to),
        What::QueueFull => say!(lang, "impair.queue_full"),
        What::LineFull => say!(lang, "impair.line_full"),
        What::Reset { after } => say!(lang, "impair.reset", bytes = grouped(*after)),
        What::Joined { writes } => say!(lang, "impair.joined", count = grouped(*writes as u64)),
        What::Split { bytes, most } => say!(
            lang,
            "impair.split",
            bytes = grouped(*bytes),
            most = grouped(*most)
        ),
        What::Stalled { micros } => say!(lang, "impair.stalled", millis = millis(*micros)),
        What::ReadSlowly { rate } => say!(lang, "impair.read_slowly", rate = grouped(*rate)),
    }
}

/// Why something received has no answer.
pub fn silence(lang: Lang, silence: Silence) -> String {
    match silence {
        Silence::NotARequest => say!(lang, "silence.not_a_request"),
        Silence::IsAnswer => say!(lang, "silence.is_answer"),
        Silence::Partial => say!(lang, "silence.partial"),
        Silence::Damaged => say!(lang, "silence.damaged"),
        Silence::Broadcast => say!(lang, "silence.broadcast"),
        Silence::OtherUnit => say!(lang, "silence.other_unit"),
        Silence::Transferred => say!(lang, "silence.transferred"),
        Silence::NoSuchBlock => say!(lang, "silence.no_such_block"),
    }
}

/// Why, and what to do.
fn refused(lang: Lang, refusal: Refusal) -> String {
    match refusal {
        Refusal::Rate(rate) => say!(lang, "automatic.rate", rate = rate),
        Refusal::PeerRate(rate) => say!(lang, "automatic.peer_rate", rate = rate),
        Refusal::Broadcast => say!(lang, "automatic.broadcast"),
        Refusal::Multicast => say!(lang, "automatic.multicast"),
        Refusal::PortZero => say!(lang, "automatic.port_zero"),
        Refusal::Own => say!(lang, "automatic.own"),
        Refusal::Larger => say!(lang, "automatic.larger"),
        Refusal::Waiting => say!(lang, "automatic.waiting"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::traffic::Notice;

    #[test]
    fn everything_done_or_left_undone_has_words_in_both_languages() {
        let (peer, rule) = (([127, 0, 0, 1], 4711).into(), "Regel");
        let (number, bytes) = (42, 1234);
        let notice = Notice::Joined { peer };
        let said = [
            (
                Automatic::Upstream {
                    client: peer,
                    local: peer,
                },
                "4711",
            ),
            (
                Automatic::Forgotten {
                    client: peer,
                    millis: 1500,
                },
                "1.5",
            ),
            (
                Automatic::ForClient {
                    client: peer,
                    notice,
                },
                "4711",
            ),
            (
                Automatic::NotPassed {
                    rule: rule.into(),
                    peer,
                    bytes,
                },
                rule,
            ),
            (
                Automatic::Held {
                    number,
                    rule: None,
                    peer,
                    bytes,
                },
                "42",
            ),
            (
                Automatic::Held {
                    number,
                    rule: Some(rule.into()),
                    peer,
                    bytes,
                },
                rule,
            ),
            (
                Automatic::Discarded {
                    number,
                    peer,
                    bytes,
                },
                "42",
            ),
            (
                Automatic::Paused {
                    rule: rule.into(),
                    peer,
                },
                "10",
            ),
            (
                Automatic::Resumed {
                    rule: rule.into(),
                    peer,
                    unanswered: 1234,
                },
                "1,234",
            ),
            (Automatic::NotHeld { peer, bytes }, "234"),
            (Automatic::Unserved { peer, count: 1234 }, "234"),
            (
                Automatic::Drained {
                    peer,
                    bytes: 1234,
                    finished: true,
                },
                "1,234",
            ),
            (
                Automatic::Drained {
                    peer,
                    bytes: 1234,
                    finished: false,
                },
                "1,234",
            ),
            (
                Automatic::Unanswered {
                    rule: rule.into(),
                    peer: Some(peer),
                    silence: Silence::Damaged,
                    count: 1,
                },
                "CRC",
            ),
            (
                Automatic::Unanswered {
                    rule: rule.into(),
                    peer: Some(peer),
                    silence: Silence::Transferred,
                    count: 1234,
                },
                "TFTP",
            ),
        ];
        for lang in Lang::ALL {
            for (done, part) in &said {
                let text = automatic(lang, done, &Interfaces::default());
                assert!(text.contains(part), "{text}");
                assert!(
                    !text.contains("%{") && !text.contains("automatic."),
                    "{text}"
                );
            }
        }
    }
}
