//! Remarks about options that have no effect in a session, or whose replies stay on this machine.

use super::diagnostics;
use crate::automation::impair::Impairment;
use crate::automation::{Capabilities, InactiveReason};
use crate::config::SessionConfig;
use crate::config::named_network;
use crate::config::session::MulticastGroup;
use crate::explain;
use crate::peer::Peer;
use crate::t;
use crate::words::Lang;

/// Prints a line for each group that cannot arrive at the local address, for each rule and
/// impairment without effect, for a relay that other machines can use, and for each rule whose replies the limits keep from other machines.
pub fn remark(config: &SessionConfig, lang: Lang) {
    let place = config.place();
    let local = config.local.and_then(Peer::address);
    for MulticastGroup { group, .. } in &config.groups {
        let unheard = local.and_then(|local| explain::unheard(lang, local.ip(), *group));
        if let Some(words) = unheard {
            diagnostics::print_line(&format!("netpeer: {words}"));
        }
    }
    if let Some(local) = local.filter(|_| config.is_open_relay()) {
        let local = local.to_string();
        diagnostics::print_line(&t!(lang, "cli.open_relay", local = local));
    }
    for rule in config.rules.iter().filter(|rule| rule.on) {
        if let Some(idle) = place.idle_in(rule) {
            let why = explain::idle(lang, idle);
            diagnostics::print_line(&t!(lang, "cli.idle_rule", rule = rule.name, why = why));
        }
        if rule.amplifies() && keeps_larger_here(config) {
            diagnostics::print_line(&t!(lang, "cli.larger_rule", rule = rule.name));
        }
    }
    let conditions = config.conditions.as_ref();
    let conditions = conditions.map(|conditions| idle_among(place, conditions));
    for idle in conditions.into_iter().flatten() {
        let why = explain::idle(lang, idle);
        diagnostics::print_line(&t!(lang, "cli.idle_network", why = why));
    }
}

/// The parts of a simulated network without effect. Named networks are for streams and datagrams,
/// so that one of both is without effect in every session: that is no mistake of the user.
fn idle_among(place: Capabilities, conditions: &Impairment) -> Vec<InactiveReason> {
    let other = named_network::recognised(conditions, !place.is_stream);
    let is_named = other.is_some_and(|known| !known.has_others);
    let of_other = [InactiveReason::Datagrams, InactiveReason::Stream];
    let mut idle = place.idle_among(conditions);
    idle.retain(|reason| !(is_named && of_other.contains(reason)));
    idle
}

/// Whether other machines can reach the session, and its limits keep replies of more than three
/// times the request from them.
fn keeps_larger_here(config: &SessionConfig) -> bool {
    let local = config.local.and_then(Peer::address);
    let is_reached = local.is_some_and(|local| !local.ip().is_loopback());
    is_reached && !config.kind.is_stream() && !config.limits.larger
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::named_network::named_networks;

    #[test]
    fn a_named_network_is_not_reported_for_its_part_of_other_sessions() {
        let datagrams = Capabilities {
            is_stream: false,
            relay: false,
        };
        let relay = Capabilities {
            is_stream: true,
            relay: true,
        };
        for network in named_networks() {
            let mut conditions = network.impairment.clone();
            for place in [datagrams, relay] {
                assert_eq!(idle_among(place, &conditions), [], "{:?}", network.name);
            }
            conditions.outgoing.stream.split = 7;
            conditions.outgoing.datagrams.duplicate = 5.0;
            let found = [datagrams, relay].map(|place| idle_among(place, &conditions));
            let expected = [[InactiveReason::Stream], [InactiveReason::Datagrams]];
            assert_eq!(found, expected, "{:?}", network.name);
        }
    }
}
