//! Peers that say nothing, and what is known of them.

use super::{PEER, address, found, known, row, rows, tcp, udp};
use crate::engine::evidence::{Evidence, Owner, Seen, Unseen};
use crate::explain::doctor::diagnosis::Certainty;
use crate::explain::doctor::found::unknown;
use crate::explain::doctor::{Cure, Situation, judge, peer};

#[test]
fn a_connected_peer_that_sends_nothing_may_not_have_flushed() {
    let mut evidence = tcp(&[], &[]);
    let expected = Unseen::NothingSent {
        peer: PEER.to_owned(),
    };
    assert_eq!(unknown(&evidence, Situation::HeldBack), Some(expected));
    known(&mut evidence).is_server = true;
    assert_eq!(judge(&evidence).unknown[0].situation, Situation::HeldBack);
    for other in [
        tcp(&[b"hello\n"], &[]),
        tcp(&[], &[b"hello\n"]),
        udp(&[], &[]),
    ] {
        assert_eq!(unknown(&other, Situation::HeldBack), None);
    }
}

#[test]
fn what_another_machine_acknowledged_is_with_its_program() {
    let mut evidence = tcp(&[b"STATUS\r\n"], &[]);
    evidence.peer.is_here = false;
    let hidden = Unseen::NotPermitted {
        command: "sudo nft list ruleset".to_owned(),
    };
    evidence.firewall.rules = Seen::Unseen(hidden.clone());
    let expected = Unseen::Acknowledged {
        peer: PEER.to_owned(),
    };
    let found = unknown(&evidence, Situation::PeerDoesNotRead);
    assert_eq!(found, Some(expected));
    // What passes in both directions is dropped by no rule.
    for situation in [
        Situation::DropIn,
        Situation::DropOut,
        Situation::DropByState,
    ] {
        assert_eq!(unknown(&evidence, situation), None, "{situation:?}");
    }
    known(&mut evidence).unsent = 8;
    assert_eq!(unknown(&evidence, Situation::DropOut), Some(hidden));
    let found = unknown(&evidence, Situation::PeerDoesNotRead);
    assert_eq!(found, Some(Unseen::NotHere), "some of it waits");
}

#[test]
fn an_answer_from_elsewhere_may_be_dropped_by_a_firewall_that_is_not_seen() {
    let mut evidence = udp(&[b"hello"], &[]);
    evidence.firewall.rules = Seen::Known(Vec::new());
    assert_eq!(unknown(&evidence, Situation::AnswersFromElsewhere), None);
    let hidden = Unseen::NotPermitted {
        command: "sudo nft list ruleset".to_owned(),
    };
    evidence.firewall.rules = Seen::Unseen(hidden.clone());
    let found = unknown(&evidence, Situation::AnswersFromElsewhere);
    assert_eq!(found, Some(hidden));
}

#[test]
fn a_program_at_the_same_port_of_another_address_may_be_meant() {
    let mut evidence = tcp(&[b"HELLO\n"], &[b"HTTP/1.1 400 Bad Request\r\n"]);
    let expected = [(Situation::OtherProtocol, Certainty::Shown)];
    assert_eq!(found(&evidence), expected);
    assert_eq!(peer::cure(Situation::OtherProtocol, &evidence), None);
    let port = address(PEER).port();
    let mut other = row(&format!("[::1]:{port}"), true);
    rows(&mut evidence).push(other.clone());
    assert_eq!(
        peer::cure(Situation::OtherProtocol, &evidence),
        None,
        "one program"
    );
    other.owner = other.owner.map(|owner| Owner { pid: 7, ..owner });
    rows(&mut evidence).push(other);
    assert_eq!(found(&evidence), expected);
    let cure = peer::cure(Situation::OtherProtocol, &evidence);
    let instead = format!("[::1]:{port}").parse().unwrap();
    assert_eq!(cure, Some(Cure::SendTo(instead)));
}

#[test]
fn a_program_that_receives_by_the_other_transport_is_named() {
    let mut evidence = tcp(&[], &[]);
    known(&mut evidence).connections.clear();
    known(&mut evidence).is_connected = false;
    rows(&mut evidence).retain(|row| !row.is_tcp);
    let names = |evidence: &Evidence| {
        let findings = judge(evidence).findings;
        let finding = findings
            .iter()
            .find(|finding| finding.situation == Situation::NobodyListens);
        let clues = finding.map_or(&[][..], |finding| finding.clues.as_slice());
        clues.iter().map(|clue| clue.key).collect::<Vec<_>>()
    };
    let key = "doctor.peer.other_transport";
    assert!(!names(&evidence).contains(&key), "{:?}", names(&evidence));
    rows(&mut evidence).push(row(PEER, false));
    assert!(names(&evidence).contains(&key), "{:?}", names(&evidence));
}
