//! The way to a sender that is waited for.

use super::super::super::{Certainty, Situation, judge};
use super::machine::waiting;
use super::{findings, shown};
use crate::engine::evidence::{
    Evidence, Neighbour, Permission, Question, Seen, SessionFacts, Transport, Unseen,
};
use std::net::IpAddr;

#[test]
fn what_is_wrong_with_the_way_to_a_sender_is_likely_its_reason_and_no_more() {
    let mut evidence = waiting("192.168.1.9:0");
    let own = IpAddr::from([192, 168, 1, 5]);
    let diagnosis = judge(&evidence);
    let reason = |situation| {
        let mut unknown = diagnosis.unknown.iter();
        let missing = unknown.find(|missing| missing.situation == situation);
        missing.map(|missing| &missing.reason)
    };
    let at_sender = Unseen::AtSender {
        from: [192, 168, 1, 9].into(),
        to: own,
    };
    assert_eq!(reason(Situation::AsymmetricRoute), Some(&at_sender));
    // What concerns messages that are sent to a target.
    assert_eq!(reason(Situation::PortUnreachable), None);
    evidence.path.next_hop = Seen::Known(Neighbour::Failed);
    assert_eq!(findings(&evidence), shown(Situation::HostUnreachable));
    let found = judge(&evidence).findings;
    let found = found
        .iter()
        .find(|found| found.situation == Situation::HostUnreachable);
    let found = found.map(|found| (found.certainty, found.clues.len()));
    assert_eq!(found, Some((Certainty::Likely, 2)));
}

#[test]
fn what_nobody_can_tell_without_a_sender_says_that_none_is_known() {
    let question = Question::Port {
        transport: Transport::Udp,
        local: "127.0.0.1:9".parse().unwrap(),
        from: None,
    };
    let evidence = Evidence::gather(question, None, Permission::default());
    let unknown = judge(&evidence).unknown;
    for situation in [
        Situation::DuplicateIp,
        Situation::AsymmetricRoute,
        Situation::NatSource,
    ] {
        let mut reasons = unknown.iter().filter(|known| known.situation == situation);
        let reason = reasons.next().map(|missing| &missing.reason);
        assert_eq!(reason, Some(&Unseen::SenderUnknown), "{situation:?}");
    }
    let mut heard = evidence;
    let mut session = SessionFacts::default();
    session.received.messages = 1;
    heard.session = Some(session);
    let mut unknown = judge(&heard).unknown.into_iter();
    let is_open = unknown.any(|missing| missing.reason == Unseen::SenderUnknown);
    assert!(!is_open, "those who send are known");
}
