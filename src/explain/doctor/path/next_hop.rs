//! Routes, gateways, and machines in the same network.

use super::broadcast::mistaken_broadcast;
use super::by_hand;
use super::scene::{
    self, Answer, away, failures, has_own, is_gone, is_heard, is_reached, likely, no_answer,
    other_side, outcome, route, seen, shown, unanswered, value,
};
use crate::engine::evidence::{Evidence, GatewayFacts, Neighbour, Unseen};
use crate::explain::doctor::diagnosis::{Certainty, Clue, Outcome};
use crate::explain::doctor::ends::too_wide;
use crate::traffic::{Cause, UndeliveredReason};
use std::io::{self, ErrorKind};
use std::net::{IpAddr, SocketAddr};

/// Errors of Linux for a route (errno(3)).
const UNREACHABLE_NETWORK: i32 = 101;
const INVALID: i32 = 22;

pub(super) fn no_route(evidence: &Evidence) -> Outcome {
    let answer = || -> Answer {
        let Some(to) = other_side(evidence) else {
            return Ok(Outcome::DoesNotApply);
        };
        let Err(code) = seen(&evidence.path.route)? else {
            return Ok(Outcome::IsNot);
        };
        // A session may have chosen the interface for its group.
        let is_chosen = to.ip().is_multicast()
            && scene::session(evidence).is_some()
            && !failures(evidence).any(|failure| failure.cause.code() == Some(UNREACHABLE_NETWORK));
        let needs_scope = matches!(to, SocketAddr::V6(v6) if v6.scope_id() == 0
            && (v6.ip().is_unicast_link_local() || v6.ip().is_multicast()));
        if is_chosen || needs_scope || mistaken_broadcast(evidence).is_some() {
            return Ok(Outcome::DoesNotApply);
        }
        // The loopback address of a session reaches nobody else: a situation of its own.
        let is_bound_here = evidence
            .question
            .local()
            .is_some_and(|local| local.ip().is_loopback());
        if *code == INVALID && is_bound_here && !to.ip().is_loopback() {
            return Ok(Outcome::DoesNotApply);
        }
        if let Some(found) = &evidence.path.prohibition {
            let key = match found.is_rule {
                true => "doctor.clue.forbidden_by_rule",
                false => "doctor.clue.forbidden_by_route",
            };
            return Ok(shown(Clue::new(
                key,
                [
                    value("to", to.ip()),
                    value("kind", &found.kind),
                    value("entry", &found.entry),
                ],
            )));
        }
        let error = match *code {
            UNREACHABLE_NETWORK => "ENETUNREACH",
            113 => "EHOSTUNREACH",
            100 => "ENETDOWN",
            13 => "EACCES",
            INVALID => "EINVAL",
            _ => return Err(Unseen::Unreadable(format!("RTM_GETROUTE {code}"))),
        };
        Ok(shown(Clue::new(
            "doctor.clue.route_error",
            [value("to", to.ip()), value("error", error)],
        )))
    };
    outcome(answer())
}

/// The gateway of the route to a far end, and what is known of it.
fn gateway(evidence: &Evidence) -> Result<Option<(&GatewayFacts, &Neighbour)>, Unseen> {
    if away(evidence).is_none() {
        return Ok(None);
    }
    let Some(gateway) = route(evidence)?.and_then(|route| route.gateway.as_ref()) else {
        return Ok(None);
    };
    Ok(Some((gateway, seen(&evidence.path.next_hop)?)))
}

fn hop_clue(evidence: &Evidence, hop: IpAddr) -> Clue {
    let interface = match evidence.path.route.known() {
        Some(Ok(route)) => route.interface.clone(),
        _ => String::new(),
    };
    // How a hardware address is asked for (RFC 826, RFC 4861).
    let protocol = if hop.is_ipv4() { "ARP" } else { "NDP" };
    Clue::new(
        "doctor.clue.hop_silent",
        [
            value("hop", hop),
            ("interface", interface),
            value("protocol", protocol),
        ],
    )
}

pub(super) fn gateway_dead(evidence: &Evidence) -> Outcome {
    let answer = || -> Answer {
        let Some((gateway, neighbour)) = gateway(evidence)? else {
            return Ok(Outcome::DoesNotApply);
        };
        // These are wrong gateways.
        if gateway.is_own || !gateway.is_on_link {
            return Ok(Outcome::DoesNotApply);
        }
        if is_heard(evidence) {
            return Ok(Outcome::IsNot);
        }
        let clue = hop_clue(evidence, gateway.ip);
        Ok(match neighbour {
            Neighbour::Failed => shown(clue),
            Neighbour::Asked => likely(clue),
            Neighbour::Reachable(_) => Outcome::IsNot,
            _ if is_reached(evidence) => Outcome::IsNot,
            // Nobody is asked in a tunnel.
            Neighbour::Needless => Outcome::Unseen(Unseen::NotHere),
            Neighbour::Permanent(set) => match by_hand::judged(evidence, gateway.ip, set) {
                // A situation of its own: it does answer.
                Outcome::Is(..) => Outcome::IsNot,
                other => other,
            },
            Neighbour::Never if is_undelivered_here(evidence) => shown(clue),
            // What was known long ago may be true no more.
            Neighbour::Stale(_) | Neighbour::Never => Outcome::Unseen(unanswered(evidence)),
        })
    };
    outcome(answer())
}

/// Whether this machine gave up what was to be sent, since the next hop does not answer.
pub(super) fn is_refused(evidence: &Evidence) -> bool {
    is_undelivered_here(evidence) || is_refused_as_silent(evidence)
}

/// Whether this machine itself reported that the next hop does not answer.
fn is_undelivered_here(evidence: &Evidence) -> bool {
    let newest = failures(evidence).next();
    newest.is_some_and(|failure| {
        matches!(
            failure.cause,
            Cause::Undelivered {
                reason: UndeliveredReason::NoHost,
                by: None,
                ..
            }
        )
    })
}

/// Whether the system refused to send, or to connect, with EHOSTUNREACH. A machine that reports
/// this would be a known neighbour.
fn is_refused_as_silent(evidence: &Evidence) -> bool {
    let refused = scene::session(evidence).and_then(|known| known.refused.as_ref());
    let code = refused.and_then(|failure| failure.cause.code());
    code.is_some_and(|code| io::Error::from_raw_os_error(code).kind() == ErrorKind::HostUnreachable)
}

pub(super) fn wrong_gateway(evidence: &Evidence) -> Outcome {
    let answer = || -> Answer {
        let Some((gateway, neighbour)) = gateway(evidence)? else {
            return Ok(Outcome::DoesNotApply);
        };
        let clue = |key| Clue::new(key, [value("gateway", gateway.ip)]);
        if gateway.is_own {
            return Ok(shown(clue("doctor.clue.gateway_is_own")));
        }
        if is_heard(evidence) {
            return Ok(Outcome::IsNot);
        }
        let is_silent = matches!(neighbour, Neighbour::Failed | Neighbour::Asked);
        if !gateway.is_on_link && is_silent {
            return Ok(likely(clue("doctor.clue.gateway_off_link")));
        }
        if has_no_way(evidence) == Some(gateway.ip) {
            return Ok(likely(clue("doctor.clue.gateway_has_no_way")));
        }
        if is_reached(evidence) {
            return Ok(Outcome::IsNot);
        }
        Ok(match neighbour {
            Neighbour::Permanent(set) => match by_hand::judged(evidence, gateway.ip, set) {
                // Right as it is, it may be that of a wrong router.
                Outcome::IsNot => Outcome::Unseen(unanswered(evidence)),
                other => other,
            },
            _ => Outcome::Unseen(unanswered(evidence)),
        })
    };
    outcome(answer())
}

/// The machine that reports that it has no route to the target (RFC 792: type 3 code 0; RFC 4443:
/// type 1 code 0).
fn has_no_way(evidence: &Evidence) -> Option<IpAddr> {
    let reported = failures(evidence).find_map(|failure| match failure.cause {
        Cause::Undelivered {
            reason: UndeliveredReason::NoRoute,
            by,
            ..
        } => by,
        _ => None,
    });
    let by = reported.or_else(|| super::icmp::reported(evidence, &[(3, 0)], &[(1, 0)]));
    by.filter(|by| is_on_way(evidence, *by))
}

/// Whether a machine is another one than the target, which says of itself that it cannot be reached
/// only if a firewall on it rejects packets.
fn is_on_way(evidence: &Evidence, by: IpAddr) -> bool {
    other_side(evidence).is_none_or(|to| to.ip() != by)
}

pub(super) fn host_unreachable(evidence: &Evidence) -> Outcome {
    let answer = || -> Answer {
        let Some(to) = away(evidence) else {
            return Ok(Outcome::DoesNotApply);
        };
        let Some(route) = route(evidence)? else {
            return Ok(Outcome::DoesNotApply);
        };
        if mistaken_broadcast(evidence).is_some() {
            return Ok(Outcome::DoesNotApply);
        }
        if let Some(by) = reports_host(evidence) {
            let clue = Clue::new(
                "doctor.clue.host_reported",
                [value("to", to.ip()), value("by", by)],
            );
            return Ok(match is_heard(evidence) {
                true => Outcome::IsNot,
                false => shown(clue),
            });
        }
        let hop = seen(&evidence.path.next_hop)?;
        if route.gateway.is_some() {
            return Ok(match is_reached(evidence) || is_heard(evidence) {
                true => Outcome::IsNot,
                false => Outcome::Unseen(unanswered(evidence)),
            });
        }
        Ok(match hop {
            // It is there: see the situation of client isolation.
            _ if is_heard(evidence) => Outcome::IsNot,
            Neighbour::Failed => silent(evidence, Certainty::Shown),
            Neighbour::Asked if is_refused(evidence) => silent(evidence, Certainty::Shown),
            Neighbour::Asked => silent(evidence, Certainty::Likely),
            Neighbour::Never if is_undelivered_here(evidence) => silent(evidence, Certainty::Shown),
            Neighbour::Never if is_refused_as_silent(evidence) => {
                silent(evidence, Certainty::Likely)
            }
            _ if is_reached(evidence) => Outcome::IsNot,
            // It answered less than a minute ago, and does not answer now.
            Neighbour::Reachable(_) if is_gone(evidence) => Outcome::Unseen(no_answer(evidence)),
            Neighbour::Reachable(_) => Outcome::IsNot,
            Neighbour::Permanent(set) => by_hand::judged(evidence, to.ip(), set),
            Neighbour::Needless => Outcome::DoesNotApply,
            Neighbour::Stale(_) | Neighbour::Never if is_claimed(evidence) => Outcome::IsNot,
            Neighbour::Stale(_) | Neighbour::Never => Outcome::Unseen(unanswered(evidence)),
        })
    };
    outcome(answer())
}

/// The outcome for a target in the own network that does not answer; names a mask that may be too
/// wide.
fn silent(evidence: &Evidence, certainty: Certainty) -> Outcome {
    let to = other_side(evidence).map(|to| to.ip());
    let mut clues: Vec<Clue> = to.map(|to| hop_clue(evidence, to)).into_iter().collect();
    if let (Some(to), Some(address)) = (to, too_wide(evidence)) {
        let values = [value("to", to), ("address", address)];
        clues.push(Clue::new("doctor.clue.wide_mask", values));
    }
    Outcome::Is(certainty, clues)
}

/// Whether a machine answered when all were asked for the hardware address of the next hop.
fn is_claimed(evidence: &Evidence) -> bool {
    let claimants = evidence.path.claimants.known();
    claimants.is_some_and(|found| !found.is_empty())
}

/// The machine that reports that the target cannot be reached.
fn reports_host(evidence: &Evidence) -> Option<IpAddr> {
    let gateway = match evidence.path.route.known() {
        Some(Ok(route)) => route.gateway.as_ref().map(|gateway| gateway.ip),
        _ => None,
    };
    let reported = failures(evidence).find_map(|failure| match failure.cause {
        Cause::Undelivered {
            reason: UndeliveredReason::NoHost,
            by,
            ..
        } => by,
        _ => None,
    });
    // This machine itself reports a next hop that does not answer, which is seen without it.
    let is_other = |by: &IpAddr| has_own(evidence, *by) != Ok(true);
    let by =
        reported.or_else(|| super::icmp::reported(evidence, &[(3, 1)], &[(1, 3)]).filter(is_other));
    let by = by.filter(|by| is_on_way(evidence, *by));
    // A gateway without a route is another situation.
    by.or_else(|| has_no_way(evidence).filter(|by| Some(*by) != gateway))
}

/// One direction passes, and the other does not: a network keeps its members apart.
pub(super) fn client_isolation(evidence: &Evidence) -> Outcome {
    let answer = || -> Answer {
        let (Some(to), Some(route)) = (away(evidence), route(evidence)?) else {
            return Ok(Outcome::DoesNotApply);
        };
        if route.gateway.is_some() {
            return Ok(Outcome::DoesNotApply);
        }
        let clue = Clue::new("doctor.clue.heard_but_silent", [value("to", to.ip())]);
        Ok(match seen(&evidence.path.next_hop)? {
            Neighbour::Failed if is_heard(evidence) => likely(clue),
            // Both directions pass.
            _ if is_heard(evidence) && is_answered(evidence) => Outcome::IsNot,
            Neighbour::Failed | Neighbour::Asked => Outcome::Unseen(Unseen::NotHere),
            Neighbour::Reachable(_) => Outcome::IsNot,
            _ if is_reached(evidence) => Outcome::IsNot,
            Neighbour::Needless => Outcome::DoesNotApply,
            Neighbour::Permanent(set) => match by_hand::judged(evidence, to.ip(), set) {
                Outcome::Is(..) => Outcome::IsNot,
                other => other,
            },
            Neighbour::Stale(_) | Neighbour::Never if is_claimed(evidence) => Outcome::IsNot,
            Neighbour::Stale(_) | Neighbour::Never => Outcome::Unseen(unanswered(evidence)),
        })
    };
    outcome(answer())
}

/// Whether the other side answers what is sent to it.
fn is_answered(evidence: &Evidence) -> bool {
    scene::session(evidence).is_some_and(|known| known.sent.messages > 0 && known.unanswered == 0)
}

pub(super) fn duplicate_ip(evidence: &Evidence) -> Outcome {
    let answer = || -> Answer {
        let (Some(to), Some(route)) = (away(evidence), route(evidence)?) else {
            return Ok(Outcome::DoesNotApply);
        };
        // Machines beyond a gateway are not seen.
        if route.gateway.is_some() || to.is_ipv6() {
            return Ok(Outcome::DoesNotApply);
        }
        let claimants = seen(&evidence.path.claimants)?;
        match claimants.len() {
            // Both may be out of reach.
            0 => return Ok(Outcome::Unseen(Unseen::NoAnswer)),
            1 => return Ok(Outcome::IsNot),
            _ => {}
        }
        Ok(shown(Clue::new(
            "doctor.clue.claimants",
            [
                value("to", to.ip()),
                ("addresses", claimants.join(" ")),
                value("count", claimants.len()),
            ],
        )))
    };
    outcome(answer())
}
