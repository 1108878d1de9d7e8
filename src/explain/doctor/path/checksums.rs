//! Packets that the system drops because their checksum is wrong.

use super::scene::{Answer, likely, other_side, outcome, seen, session, to, value};
use crate::engine::evidence::{Evidence, Transport, Unseen};
use crate::explain::doctor::diagnosis::{Clue, Outcome};
use std::net::IpAddr;

pub(super) fn bad_checksum(evidence: &Evidence) -> Outcome {
    let answer = || -> Answer {
        let Some(command) = capture(evidence) else {
            return Ok(Outcome::DoesNotApply);
        };
        if let Some(session) = session(evidence) {
            if !session.open && !session.is_connected {
                return Ok(Outcome::DoesNotApply);
            }
            if session.received.messages > 0 && session.unanswered == 0 {
                return Ok(Outcome::IsNot);
            }
        }
        let counters = counters(evidence);
        let recent = seen(&evidence.local.recent)?;
        let grown = counters.iter().find_map(|(counter, protocol)| {
            let count = recent.grown(counter);
            (count > 0).then_some((count, *protocol))
        });
        if let Some((count, protocol)) = grown {
            return Ok(likely(Clue::new(
                "doctor.clue.bad_checksums",
                [
                    value("count", count),
                    value("protocol", protocol),
                    ("millis", recent.millis()),
                ],
            )));
        }
        let all = seen(&evidence.local.counters)?;
        let known: Vec<u64> = counters
            .iter()
            .filter_map(|(counter, _)| all.of(counter))
            .collect();
        if known.is_empty() {
            return Err(Unseen::NotHere);
        }
        match known.iter().sum::<u64>() {
            0 => Ok(Outcome::IsNot),
            count => Err(Unseen::BadChecksums { count, command }),
        }
    };
    outcome(answer())
}

/// The command that shows the packets in question with their checksums; `None` without a port.
pub(super) fn capture(evidence: &Evidence) -> Option<String> {
    let of_session = session(evidence).and_then(|known| known.local);
    let bound = of_session.or_else(|| evidence.question.local());
    let own = bound.map(|local| local.port()).filter(|&port| port != 0);
    let port = own.or_else(|| to(evidence).map(|to| to.port()))?;
    let transport = evidence.question.transport().word();
    Some(format!(
        "sudo tcpdump -n -vv -i any {transport} port {port}"
    ))
}

/// The counters of the kernel that packets for the question would raise, each with the name of the
/// checksum. That of TCP is for both IP versions; IPv6 has no checksum of its own.
fn counters(evidence: &Evidence) -> Vec<(&'static str, &'static str)> {
    let local = || evidence.question.local().map(|local| local.ip());
    let ip = other_side(evidence).map(|to| to.ip()).or_else(local);
    let [is_v4, is_v6] = match ip {
        Some(IpAddr::V4(_)) => [true, false],
        Some(IpAddr::V6(ip)) if !ip.is_unspecified() => [false, true],
        Some(IpAddr::V6(_)) | None => [true, true],
    };
    let udp = [
        ("Udp.InCsumErrors", "UDP", is_v4),
        ("Udp6InCsumErrors", "UDP", is_v6),
        ("IpExt.InCsumErrors", "IP", is_v4),
    ];
    let tcp = [
        ("Tcp.InCsumErrors", "TCP", true),
        ("IpExt.InCsumErrors", "IP", is_v4),
    ];
    let all: &[(&'static str, &'static str, bool)] = match evidence.question.transport() {
        Transport::Udp => &udp,
        Transport::Tcp => &tcp,
    };
    let meant = all.iter().filter(|(_, _, is_meant)| *is_meant);
    meant.map(|(counter, name, _)| (*counter, *name)).collect()
}
