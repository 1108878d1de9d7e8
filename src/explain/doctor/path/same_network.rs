//! A network that two interfaces of this machine have: packets leave by one of them alone.

use super::next_hop::is_refused;
use super::scene::{Answer, away, is_heard, is_reached, outcome, route as way, seen, shown, value};
use crate::engine::evidence::{Evidence, InterfaceFacts, Neighbour};
use crate::explain::doctor::diagnosis::{Clue, Outcome};
use std::net::IpAddr;

/// The target does not answer at the interface by which packets leave, and another one has its
/// network as well.
pub(super) fn has_two(evidence: &Evidence) -> Outcome {
    let answer = || -> Answer {
        let (Some(to), Some(route)) = (away(evidence), way(evidence)?) else {
            return Ok(Outcome::DoesNotApply);
        };
        let links = seen(&evidence.local.interfaces)?;
        let others = others(links, &route.interface, to.ip());
        if route.gateway.is_some() || others.is_empty() {
            return Ok(Outcome::DoesNotApply);
        }
        let is_silent = match seen(&evidence.path.next_hop)? {
            Neighbour::Failed | Neighbour::Asked => true,
            Neighbour::Never | Neighbour::Stale(_) => is_refused(evidence),
            _ => false,
        };
        if !is_silent || is_heard(evidence) || is_reached(evidence) {
            return Ok(Outcome::IsNot);
        }
        let names: Vec<&str> = others.iter().map(|link| link.name.as_str()).collect();
        let values = [
            value("to", to.ip()),
            value("interface", &route.interface),
            value("others", names.join(", ")),
        ];
        Ok(shown(Clue::new("doctor.clue.same_network", values)))
    };
    outcome(answer())
}

/// The command that makes packets to the target leave by the other interface.
pub(super) fn route(evidence: &Evidence) -> Option<String> {
    let to = away(evidence)?.ip();
    let leaves_by = &way(evidence).ok()??.interface;
    let links = evidence.local.interfaces.known()?;
    let other = others(links, leaves_by, to).into_iter().next()?;
    let (own, _) = other
        .addresses
        .iter()
        .find(|(own, _)| own.is_ipv4() == to.is_ipv4())?;
    cfg!(target_os = "linux")
        .then(|| format!("sudo ip route add {to} dev {} src {own}", other.name))
}

/// The interfaces besides this one that have the network of a machine.
fn others<'a>(links: &'a [InterfaceFacts], but: &str, to: IpAddr) -> Vec<&'a InterfaceFacts> {
    let is_of_link = match to {
        IpAddr::V4(to) => to.is_link_local(),
        IpAddr::V6(to) => to.is_unicast_link_local(),
    };
    let fits = |link: &&InterfaceFacts| {
        link.is_up
            && !link.is_loopback
            && link.name != but
            && !is_of_link
            && link.network_of(to).is_some()
    };
    links.iter().filter(fits).collect()
}
