//! What the program did or left undone by itself, in words.

use crate::automation::Refusal;
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
