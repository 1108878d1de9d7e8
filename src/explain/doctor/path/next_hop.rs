//! Routes, gateways, and machines in the same network.

use super::broadcast::mistaken_broadcast;
use super::scene::{
    self, Answer, away, failures, has_own, is_heard, likely, outcome, route, seen, shown, to, value,
};
use crate::engine::evidence::{Evidence, GatewayFacts, Neighbour, RuleVerdict, Unseen};
use crate::explain::doctor::diagnosis::{Clue, Outcome};
use crate::traffic::{Cause, UndeliveredReason};
use std::net::{IpAddr, SocketAddr};

/// Errors of Linux for a route (errno(3)).
const UNREACHABLE_NETWORK: i32 = 101;
const INVALID: i32 = 22;

pub(super) fn no_route(evidence: &Evidence) -> Outcome {
    let answer = || -> Answer {
        let Some(to) = to(evidence) else {
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
    Clue::new(
        "doctor.clue.hop_silent",
        [value("hop", hop), ("interface", interface)],
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
            Neighbour::Reachable(_) | Neighbour::Needless => Outcome::IsNot,
            Neighbour::Never if is_undelivered_here(evidence) => shown(clue),
            // What was known long ago may be true no more.
            Neighbour::Stale(_) | Neighbour::Never => Outcome::Unseen(Unseen::NotAsked),
        })
    };
    outcome(answer())
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
        let is_answered = evidence.path.echo.known().is_some_and(|echo| echo.answered);
        Ok(match is_answered {
            true => Outcome::IsNot,
            false => Outcome::Unseen(Unseen::NotAsked),
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
    reported.or_else(|| super::icmp::reported(evidence, &[(3, 0)], &[(1, 0)]))
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
            let echo = seen(&evidence.path.echo)?;
            return Ok(match echo.answered || is_heard(evidence) {
                true => Outcome::IsNot,
                false => Outcome::Unseen(Unseen::NotHere),
            });
        }
        let clue = hop_clue(evidence, to.ip());
        Ok(match hop {
            // It is there: see the situation of client isolation.
            _ if is_heard(evidence) => Outcome::IsNot,
            Neighbour::Failed => shown(clue),
            Neighbour::Asked => likely(clue),
            Neighbour::Never if is_undelivered_here(evidence) => shown(clue),
            Neighbour::Reachable(_) => Outcome::IsNot,
            Neighbour::Needless => Outcome::DoesNotApply,
            Neighbour::Stale(_) | Neighbour::Never => Outcome::Unseen(Unseen::NotAsked),
        })
    };
    outcome(answer())
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
    let by = reported.or_else(|| super::icmp::reported(evidence, &[(3, 1)], &[(1, 3)]));
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
            Neighbour::Failed | Neighbour::Asked => Outcome::Unseen(Unseen::NotHere),
            Neighbour::Reachable(_) => Outcome::IsNot,
            Neighbour::Needless => Outcome::DoesNotApply,
            Neighbour::Stale(_) | Neighbour::Never => Outcome::Unseen(Unseen::NotAsked),
        })
    };
    outcome(answer())
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
        if claimants.len() < 2 {
            return Ok(Outcome::IsNot);
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

/// Our own address belongs to another interface than the one by which packets leave.
pub(super) fn asymmetric(evidence: &Evidence) -> Outcome {
    let answer = || -> Answer {
        let (Some(to), Some(route)) = (away(evidence), route(evidence)?) else {
            return Ok(Outcome::DoesNotApply);
        };
        if is_heard(evidence) {
            return Ok(Outcome::IsNot);
        }
        let Some(own) = seen(&evidence.path.way_back)? else {
            // Routers may choose another way back.
            return Ok(Outcome::Unseen(Unseen::NotHere));
        };
        // Addresses of these are reached by all others.
        let is_anywhere = own == "lo" || own.starts_with("dummy");
        Ok(match is_anywhere {
            true => Outcome::Unseen(Unseen::NotHere),
            false => likely(Clue::new(
                "doctor.clue.leaves_elsewhere",
                [
                    value("to", to.ip()),
                    value("own", own),
                    value("interface", &route.interface),
                ],
            )),
        })
    };
    outcome(answer())
}

pub(super) fn nat_source(evidence: &Evidence) -> Outcome {
    let answer = || -> Answer {
        let (Some(to), Some(route)) = (away(evidence), route(evidence)?) else {
            return Ok(Outcome::DoesNotApply);
        };
        if is_heard(evidence) {
            return Ok(Outcome::IsNot);
        }
        if let Some(source) = translated(evidence, route.source)? {
            return Ok(likely(Clue::new(
                "doctor.clue.source_rewritten",
                [value("source", source)],
            )));
        }
        let Some(gateway) = &route.gateway else {
            return Ok(Outcome::IsNot);
        };
        let mut senders = scene::session(evidence)
            .into_iter()
            .flat_map(|known| &known.senders);
        let from_gateway = senders.find(|sender| sender.ip().to_canonical() == gateway.ip);
        Ok(match from_gateway {
            Some(sender) => likely(Clue::new(
                "doctor.clue.gateway_speaks",
                [value("sender", sender), value("to", to)],
            )),
            None => Outcome::Unseen(Unseen::NotHere),
        })
    };
    outcome(answer())
}

/// The address of another machine that a rule of this machine gives to our packets.
fn translated(evidence: &Evidence, source: Option<IpAddr>) -> Result<Option<IpAddr>, Unseen> {
    let Some(rules) = evidence.firewall.rules.known() else {
        return Ok(None);
    };
    let given = rules.iter().find_map(|rule| {
        let is_certain = rule.applies == Some(true) && rule.verdict == RuleVerdict::Translate;
        rule.source.filter(|_| is_certain)
    });
    match given.filter(|given| Some(*given) != source) {
        Some(given) => Ok((!has_own(evidence, given)?).then_some(given)),
        None => Ok(None),
    }
}
