//! A receiver that is bound to one address, while messages are sent to many machines.

use super::Answer;
use super::addresses::at;
use super::scene::{self, clue, likely, shown};
use crate::engine::evidence::{Evidence, Seen, Unseen, bound_to_one as address};
use crate::explain::doctor::diagnosis::Outcome;
use std::net::SocketAddr;

/// Broadcasts, or datagrams to a group, come for the port, and the receiver gets none of them.
pub(super) fn bound_to_one(evidence: &Evidence) -> Answer {
    let session = scene::session(evidence);
    let broadcasts = &evidence.path.broadcasts;
    let Some(local) = address(&evidence.question, session, &evidence.local, broadcasts)? else {
        let all = scene::receiver(evidence).filter(|local| local.ip().is_unspecified());
        return Ok(match all.filter(|_| !scene::is_tcp(evidence)) {
            Some(_) => Outcome::IsNot,
            None => Outcome::DoesNotApply,
        });
    };
    let missed = match &evidence.local.missed {
        Seen::Known(missed) => missed.first(),
        // Such a receiver gets them on this system.
        Seen::Unseen(Unseen::NotHere) => return Ok(Outcome::DoesNotApply),
        Seen::Unseen(_) => None,
    };
    if let Some(missed) = missed {
        let values = vec![
            ("from", missed.from.to_string()),
            ("to", missed.to.to_string()),
        ];
        return Ok(shown(vec![at(local), clue("doctor.clue.missed", values)]));
    }
    match session.and_then(|known| known.groups.first()) {
        Some(joined) => {
            let values = vec![("group", joined.group.to_string())];
            Ok(likely(vec![
                at(local),
                clue("doctor.clue.joined_in_vain", values),
            ]))
        }
        // The counter of such datagrams (IgnoredMulti) counts those for every port of the machine.
        None => Err(Unseen::OneAddress {
            local: local.to_string(),
            command: capture(evidence, local),
        }),
    }
}

/// The command that shows whether such datagrams come.
fn capture(evidence: &Evidence, local: SocketAddr) -> String {
    let links = evidence.local.interfaces.known();
    let mut all = links.into_iter().flatten();
    let interface = match all.find(|link| link.has(local.ip())) {
        Some(link) => format!("-i {} ", link.name),
        None => String::new(),
    };
    let port = local.port();
    format!("sudo tcpdump -n {interface}'(broadcast or multicast) and udp port {port}'")
}
