//! What the program did or left undone by itself, in words.

use crate::automation::Refusal;
use crate::automation::impair::What;
use crate::say;
use crate::traffic::Automatic;
use crate::words::{Lang, grouped};

pub fn automatic(lang: Lang, automatic: &Automatic) -> String {
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
        Automatic::Paused { rule, peer } => {
            say!(lang, "automatic.paused", rule = rule, peer = peer)
        }
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
    }
}

/// What a bad network on purpose did to a datagram.
fn impaired(lang: Lang, what: &What) -> String {
    let millis = |micros: u64| format!("{:.1}", micros as f64 / 1e3);
    match what {
        What::Lost => say!(lang, "impair.lost"),
        What::Duplicated => say!(lang, "impair.duplicated"),
        What::Reordered { gap, .. } => say!(lang, "impair.reordered", gap = gap),
        What::Delayed { micros } => say!(lang, "impair.delayed", millis = millis(*micros)),
        What::Corrupted { bits } => {
            let places: Vec<String> = bits.iter().take(8).map(ToString::to_string).collect();
            let (count, places) = (bits.len(), places.join(" "));
            say!(lang, "impair.corrupted", count = count, places = places)
        }
        What::Truncated { from, to } => say!(lang, "impair.truncated", from = from, to = to),
        What::QueueFull => say!(lang, "impair.queue_full"),
        What::LineFull => say!(lang, "impair.line_full"),
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
