//! What was sent as probes, and what came back.

use super::diagnosis::Clue;
use crate::engine::evidence::{ConnectOutcome, Evidence, Report, Seen, Transport, Unseen};
use std::net::IpAddr;

/// A fact for each probe; none if none were allowed, or there is nobody to ask.
pub(super) fn facts(evidence: &Evidence) -> Vec<Clue> {
    let Some(to) = evidence.question.other_side() else {
        return Vec::new();
    };
    let ip = to.ip().to_canonical();
    let at_port = match evidence.question.transport() {
        Transport::Tcp => connection(evidence, &to.to_string()),
        Transport::Udp => datagram(evidence, &to.to_string()),
    };
    let accepts = evidence.peer.accepts_tcp == Seen::Known(true);
    let by_tcp =
        accepts.then(|| Clue::new("doctor.clue.connection_made", [("to", to.to_string())]));
    let all = [echo(evidence, ip), hardware(evidence, ip), at_port, by_tcp];
    all.into_iter().flatten().collect()
}

/// Whether a probe was made, be it in vain.
fn is_made<T>(probe: &Seen<T>) -> bool {
    !matches!(probe, Seen::Unseen(Unseen::NotAsked | Unseen::NotHere))
}

fn echo(evidence: &Evidence, ip: IpAddr) -> Option<Clue> {
    let to = ("to", ip.to_string());
    let probe = &evidence.path.echo;
    Some(match probe {
        Seen::Known(echo) if echo.answered => Clue::new("doctor.clue.echo_answered", [to]),
        Seen::Known(echo) => match echo.errors.first() {
            Some(report) => reported("doctor.clue.echo_reported", to, report),
            None => Clue::new("doctor.clue.echo_silent", [to]),
        },
        Seen::Unseen(Unseen::OtherProgram { .. } | Unseen::NotPermitted { .. }) => {
            Clue::new("doctor.clue.echo_forbidden", [to])
        }
        Seen::Unseen(_) if is_made(probe) => Clue::new("doctor.clue.echo_unsent", [to]),
        Seen::Unseen(_) => return None,
    })
}

/// Who answered for the hardware address of the next hop.
fn hardware(evidence: &Evidence, ip: IpAddr) -> Option<Clue> {
    let gateway = match evidence.path.route.known() {
        Some(Ok(route)) => route.gateway.as_ref().map(|gateway| gateway.ip),
        _ => None,
    };
    let hop = ("hop", gateway.unwrap_or(ip).to_string());
    let probe = &evidence.path.claimants;
    Some(match probe {
        Seen::Known(found) if found.is_empty() => Clue::new("doctor.clue.arp_silent", [hop]),
        Seen::Known(found) => {
            let addresses = ("addresses", found.join(" "));
            Clue::new("doctor.clue.arp_answered", [hop, addresses])
        }
        Seen::Unseen(Unseen::NotPermitted { .. }) => Clue::new("doctor.clue.arp_forbidden", [hop]),
        Seen::Unseen(_) if is_made(probe) => Clue::new("doctor.clue.arp_unsent", [hop]),
        Seen::Unseen(_) => return None,
    })
}

fn connection(evidence: &Evidence, to: &str) -> Option<Clue> {
    let outcome = evidence.peer.connect.known()?;
    let to = ("to", to.to_owned());
    let reports = evidence.path.at_port.known().map(|port| &port.errors);
    if let Some(report) = reports.and_then(|reports| reports.first()) {
        return Some(reported("doctor.clue.connection_reported", to, report));
    }
    let key = match outcome {
        ConnectOutcome::Connected => "doctor.clue.connection_made",
        ConnectOutcome::Refused => "doctor.clue.connection_refused",
        ConnectOutcome::Silent => "doctor.clue.connection_silent",
        ConnectOutcome::Failed(_) => "doctor.clue.connection_failed",
    };
    Some(Clue::new(key, [to]))
}

fn datagram(evidence: &Evidence, to: &str) -> Option<Clue> {
    let to = ("to", to.to_owned());
    let sent = evidence.session.as_ref().map(|session| session.sent);
    let is_target = evidence.question.to().is_some();
    let has_sent = is_target && sent.is_some_and(|sent| sent.messages > 0);
    Some(match evidence.path.at_port.known() {
        Some(port) if port.answered => Clue::new("doctor.clue.datagram_answered", [to]),
        Some(port) => match port.errors.first() {
            Some(report) => reported("doctor.clue.datagram_reported", to, report),
            None => Clue::new("doctor.clue.datagram_silent", [to]),
        },
        // What it has sent was probe enough.
        None if has_sent && is_made(&evidence.path.echo) => {
            Clue::new("doctor.clue.datagram_spared", [to])
        }
        None => return None,
    })
}

fn reported(key: &'static str, to: (&'static str, String), (by, kind, code): &Report) -> Clue {
    Clue::new(
        key,
        [
            to,
            ("by", by.to_string()),
            ("kind", kind.to_string()),
            ("code", code.to_string()),
        ],
    )
}

#[cfg(test)]
mod tests {
    use super::super::words;
    use super::*;
    use crate::engine::evidence::{EchoFacts, Permission, PortFacts, Question};
    use crate::explain::doctor::judge;
    use crate::words::Lang;

    fn asked(transport: Transport) -> Evidence {
        let question = Question::Target {
            transport,
            to: ([192, 0, 2, 9], 7).into(),
            name: None,
        };
        let mut evidence = Evidence::gather(question, None, Permission::default());
        evidence.path.echo = Unseen::NotAsked.into();
        evidence.path.claimants = Unseen::NotAsked.into();
        evidence.path.at_port = Unseen::NotAsked.into();
        evidence
    }

    fn line(evidence: &Evidence, lang: Lang) -> Option<String> {
        words::probed(lang, &judge(evidence))
    }

    #[test]
    fn what_came_back_is_one_line_in_both_languages() {
        for transport in [Transport::Udp, Transport::Tcp] {
            let mut evidence = asked(transport);
            evidence.path.echo = Seen::Known(EchoFacts::default());
            evidence.path.claimants = Seen::Known(Vec::new());
            let report = (IpAddr::from([192, 0, 2, 9]), 3, 3);
            evidence.path.at_port = Seen::Known(PortFacts {
                answered: false,
                errors: vec![report],
            });
            evidence.peer.connect = Seen::Known(ConnectOutcome::Refused);
            for lang in Lang::ALL {
                let line = line(&evidence, lang).unwrap();
                assert!(!line.contains("doctor.") && !line.contains("%{"), "{line}");
                assert!(
                    line.contains("192.0.2.9:7") && line.contains("ARP"),
                    "{line}"
                );
            }
        }
    }

    #[test]
    fn every_outcome_has_its_words() {
        let mut evidence = asked(Transport::Tcp);
        for outcome in [
            ConnectOutcome::Connected,
            ConnectOutcome::Refused,
            ConnectOutcome::Silent,
            ConnectOutcome::Failed(5),
        ] {
            evidence.peer.connect = Seen::Known(outcome);
            let line = line(&evidence, Lang::English).unwrap();
            assert!(line.contains("192.0.2.9:7"), "{line}");
        }
        let mut evidence = asked(Transport::Udp);
        evidence.path.at_port = Seen::Known(PortFacts::default());
        evidence.path.echo = Unseen::TooSlow.into();
        evidence.path.claimants = Seen::Known(vec!["02:00:00:00:00:01".into()]);
        let line = line(&evidence, Lang::English).unwrap();
        assert!(line.contains("02:00:00:00:00:01"), "{line}");
    }

    #[test]
    fn without_probes_nothing_is_said_of_them() {
        assert_eq!(line(&asked(Transport::Udp), Lang::English), None);
        assert_eq!(line(&asked(Transport::Tcp), Lang::Chinese), None);
    }
}
