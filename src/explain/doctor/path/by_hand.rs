//! Hardware addresses that were set by hand: the kernel uses them without asking (ip-neighbour(8)).

use super::scene::{shown, value};
use crate::engine::evidence::{Evidence, Neighbour, Unseen};
use crate::explain::doctor::diagnosis::{Clue, Outcome};
use std::net::IpAddr;

/// Whether the entry of a next hop is wrong: another machine answers for its address. One that
/// nobody answers for may be right, since not all devices speak ARP.
pub(super) fn judged(evidence: &Evidence, hop: IpAddr, set: &str) -> Outcome {
    let claimants = evidence
        .path
        .claimants
        .known()
        .map_or(&[][..], Vec::as_slice);
    if claimants.iter().any(|found| found == set) {
        return Outcome::IsNot;
    }
    if claimants.is_empty() {
        return Outcome::Unseen(Unseen::SetByHand {
            entry: format!("{hop} lladdr {set} PERMANENT"),
            command: removal(evidence, hop),
        });
    }
    shown(Clue::new(
        "doctor.clue.wrong_by_hand",
        [
            value("hop", hop),
            value("set", set),
            ("found", claimants.join(" ")),
        ],
    ))
}

/// The command that removes a wrong entry of the next hop.
pub(super) fn command(evidence: &Evidence) -> Option<String> {
    let Neighbour::Permanent(set) = evidence.path.next_hop.known()? else {
        return None;
    };
    let route = evidence.path.route.known()?.as_ref().ok()?;
    let hop = match &route.gateway {
        Some(gateway) => gateway.ip,
        None => evidence.question.other_side()?.ip().to_canonical(),
    };
    let is_wrong = matches!(judged(evidence, hop, set), Outcome::Is(..));
    is_wrong.then(|| removal(evidence, hop))
}

fn removal(evidence: &Evidence, hop: IpAddr) -> String {
    let interface = match evidence.path.route.known() {
        Some(Ok(route)) => route.interface.as_str(),
        _ => "",
    };
    format!("sudo ip neigh del {hop} dev {interface}")
}
