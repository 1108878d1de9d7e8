//! What to do next, where a session is silent and no cause was seen.

use super::diagnosis::{Cure, Missing, NextStep};
use super::{Situation, Subject, content, ends};
use crate::engine::evidence::{Evidence, Transport, Unseen};
use crate::payload::charset::Charset;

/// Seconds without an answer after which a session is silent.
const PATIENCE: f64 = 1.0;

/// What a receiver waits for in vain, the most frequent cause first.
const WAITS: &[Situation] = &[
    Situation::BadChecksum,
    Situation::WrongPort,
    Situation::DropIn,
    Situation::RejectIn,
    Situation::DropByState,
    Situation::InterfaceDown,
    Situation::NoCarrier,
    Situation::BoundToOneAddress,
    Situation::OtherInterface,
];
/// The same of one that only programs of this machine reach.
const WAITS_ON_LOOPBACK: &[Situation] = &[
    Situation::LoopbackOnly,
    Situation::LocalhostIsV6,
    Situation::WrongPort,
];
/// What keeps a connected peer silent.
const IS_CONNECTED: &[Situation] = &[
    Situation::NoLineEnd,
    Situation::OtherLineEnd,
    Situation::PeerDoesNotRead,
    Situation::PeerStopped,
    Situation::WrongEncoding,
];
/// What keeps a connection from being made.
const CONNECTS: &[Situation] = &[
    Situation::ConnectUnanswered,
    Situation::NobodyListens,
    Situation::DropOut,
    Situation::RejectOut,
];
/// What keeps datagrams from being answered.
const SENDS: &[Situation] = &[
    Situation::BadChecksum,
    Situation::WrongPort,
    Situation::PortUnreachable,
    Situation::PeerStopped,
    Situation::HostUnreachable,
    Situation::DropIn,
    Situation::DropOut,
];

/// Whether nothing came that was waited for. A question of a command is asked for that reason.
pub(super) fn is_silent(evidence: &Evidence) -> bool {
    let Some(session) = &evidence.session else {
        return true;
    };
    let patience = session.late_after(PATIENCE);
    let waited = session.since_sent.is_none_or(|since| since >= patience);
    session.received.messages == 0 || session.unanswered > 0 && waited
}

/// The step that tells most often.
pub(super) fn of(evidence: &Evidence, unknown: &[Missing]) -> Option<NextStep> {
    let preferred = preferred(evidence).iter();
    let mut all: Vec<&Missing> = unknown.iter().filter(|one| one.is_near()).collect();
    let preferred =
        preferred.filter_map(|wanted| unknown.iter().find(|one| one.situation == *wanted));
    all.extend(preferred.filter(|one| tells_much(evidence, one)));
    all.extend(unknown);
    all.into_iter().find_map(|missing| step(evidence, missing))
}

/// Whether a preferred step is to come first.
fn tells_much(evidence: &Evidence, missing: &Missing) -> bool {
    match (&missing.reason, missing.situation) {
        // Few programs take no line that ends with CR LF: the other ends come last.
        (Unseen::LineEnd { end }, _) => end == "crlf",
        // Of what was sent to this machine, more is known.
        (Unseen::OtherProgram { .. }, Situation::WrongPort) => evidence.question.to().is_none(),
        _ => true,
    }
}

fn preferred(evidence: &Evidence) -> &'static [Situation] {
    let question = &evidence.question;
    let session = evidence.session.as_ref();
    let is_local = question
        .local()
        .is_some_and(|local| local.ip().to_canonical().is_loopback());
    match (question.to(), question.transport()) {
        (None, _) if is_local => WAITS_ON_LOOPBACK,
        (None, _) => WAITS,
        (Some(_), Transport::Tcp) if session.is_some_and(|known| known.is_connected) => {
            IS_CONNECTED
        }
        (Some(_), Transport::Tcp) => CONNECTS,
        (Some(_), Transport::Udp) => SENDS,
    }
}

/// What to do about this one; `None` if nothing can be done.
fn step(evidence: &Evidence, missing: &Missing) -> Option<NextStep> {
    let command = match &missing.reason {
        // Nothing can be run, or looked at again.
        Unseen::NotHere | Unseen::TooSlow | Unseen::Unreadable(_) | Unseen::Rule(_) => return None,
        Unseen::NotPermitted { command }
        | Unseen::OtherProgram { command }
        | Unseen::OneAddress { command, .. }
        | Unseen::WatchSender { command, .. }
        | Unseen::WatchAnswers { command, .. }
        | Unseen::WatchArrivals { command, .. }
        | Unseen::Strays { command, .. } => Some(command.clone()),
        _ => None,
    };
    let there = at_the_other_end(evidence, missing);
    let is_there = there.is_some();
    let cure = match there.or(command) {
        Some(command) => Some(Cure::CopyCommand(command)),
        None => match &missing.reason {
            Unseen::LineEnd { end } => line_end(evidence, end),
            Unseen::EncodingSent { .. } => Some(Cure::Encoding(Charset::Utf8.name().to_owned())),
            Unseen::EscapeSent { .. } => Some(Cure::Escapes),
            Unseen::OneNetwork { instead, .. } => Some(Cure::SendTo(*instead)),
            _ => None,
        },
    };
    Some(NextStep {
        situation: missing.situation,
        reason: missing.reason.clone(),
        is_there,
        is_firewall: missing.situation.subject() == Subject::Firewall,
        at: at(evidence),
        cure,
    })
}

/// The command that shows on the machine of the target whether a program has the port: datagrams
/// went there, and nothing told it.
fn at_the_other_end(evidence: &Evidence, missing: &Missing) -> Option<String> {
    let is_port = missing.situation == Situation::PortUnreachable;
    let is_silent = missing.reason == Unseen::NoAnswer;
    let to = evidence.question.to().filter(|_| is_port && is_silent)?;
    Some(format!("ss -lun 'sport = :{}'", to.port()))
}

/// The transport, and the port that is known: that of a receiver that waits, or of the target.
fn at(evidence: &Evidence) -> (Transport, Option<u16>) {
    let question = &evidence.question;
    let address = question.to().or(question.local());
    let port = address.map(|address| address.port());
    (question.transport(), port.filter(|&port| port != 0))
}

/// The line end to try, unless it is set.
fn line_end(evidence: &Evidence, end: &str) -> Option<Cure> {
    ends::session(evidence)?;
    content::unset(evidence, end.to_owned())
}

#[cfg(test)]
mod tests {
    use super::super::peer::tests::{tcp, udp};
    use super::super::words::{self, AskedFrom};
    use super::super::{Diagnosis, judge};
    use super::*;
    use crate::engine::evidence::{Question, Seen};
    use crate::words::Lang;

    const RULES: &str = "sudo nft list ruleset";

    /// A silent server at all addresses, as an ordinary user sees it.
    fn waiting(transport: Transport) -> Evidence {
        let mut evidence = udp(&[], &[]);
        let local = "0.0.0.0:9000".parse().ok();
        evidence.question = Question::Session {
            transport,
            local,
            to: None,
            from: None,
        };
        let session = evidence.session.as_mut().unwrap();
        (session.local, session.is_server) = (local, true);
        evidence.firewall.rules = Seen::Unseen(Unseen::NotPermitted {
            command: RULES.to_owned(),
        });
        evidence
    }

    fn without_findings(evidence: &Evidence) -> Diagnosis {
        let mut diagnosis = judge(evidence);
        // Other sources are those of the machine that runs this.
        diagnosis.findings.clear();
        diagnosis.next = of(evidence, &diagnosis.unknown);
        diagnosis
    }

    #[test]
    fn a_server_that_waits_is_led_to_the_firewall_first() {
        for transport in [Transport::Udp, Transport::Tcp] {
            let diagnosis = without_findings(&waiting(transport));
            assert!(diagnosis.is_silent);
            let next = diagnosis.next.as_ref().unwrap();
            assert_eq!(next.cure, Some(Cure::CopyCommand(RULES.to_owned())));
            assert!(next.is_firewall && !next.is_there);
            for (lang, left) in [
                (Lang::English, "an ordinary user may not read"),
                (Lang::Chinese, "普通用户"),
            ] {
                let nothing = words::nothing(lang, &diagnosis);
                assert!(nothing.contains(left), "{nothing}");
                let step = words::next_step(lang, next, AskedFrom::Window);
                assert!(!step.starts_with("diagnose."), "{step}");
            }
        }
    }

    #[test]
    fn a_receiver_that_gets_messages_has_no_next_step() {
        let mut evidence = waiting(Transport::Udp);
        let session = evidence.session.as_mut().unwrap();
        session.received.messages = 3;
        let diagnosis = judge(&evidence);
        assert!(!diagnosis.is_silent && diagnosis.next.is_none());
        let session = evidence.session.as_mut().unwrap();
        (session.unanswered, session.since_sent) = (1, Some(0.2));
        assert!(!is_silent(&evidence), "an answer may be on its way");
        evidence.session.as_mut().unwrap().since_sent = Some(9.0);
        assert!(is_silent(&evidence));
    }

    #[test]
    fn a_connected_peer_is_asked_with_a_line_end() {
        let evidence = tcp(&[b"AT"], &[]);
        let next = without_findings(&evidence).next.unwrap();
        let end = "crlf".to_owned();
        assert_eq!(next.reason, Unseen::LineEnd { end });
        assert_eq!(next.cure, Some(Cure::LineEnd("crlf".to_owned())));
        for lang in Lang::ALL {
            let step = words::next_step(lang, &next, AskedFrom::Window);
            assert!(step.contains("CR LF"), "{step}");
        }
        let mut is_set = evidence;
        is_set.session.as_mut().unwrap().settings.line_end = "crlf".to_owned();
        assert_eq!(without_findings(&is_set).next.unwrap().cure, None);
    }

    #[test]
    fn the_other_side_of_datagrams_is_asked_whether_it_listens() {
        let missing = |situation, reason| Missing { situation, reason };
        let unknown = [
            missing(Situation::DropIn, Unseen::NotHere),
            missing(Situation::HostUnreachable, Unseen::NotAsked),
            missing(Situation::PortUnreachable, Unseen::NoAnswer),
        ];
        let next = of(&udp(&[b"hello"], &[]), &unknown).unwrap();
        assert!(next.is_there);
        let command = "ss -lun 'sport = :9000'".to_owned();
        assert_eq!(next.cure, Some(Cure::CopyCommand(command)));
        assert_eq!(of(&udp(&[], &[]), &unknown[..1]), None, "nothing to do");
    }
}
