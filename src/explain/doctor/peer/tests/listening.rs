//! Whether somebody listens.

use super::{FAR, LONG, PEER, address, evidence, found, known, owner, row, rows, session, udp};
use crate::engine::evidence::{ConnectOutcome, Evidence, Seen, SocketRow, Transport, Unseen};
use crate::explain::doctor::diagnosis::{Certainty, Outcome};
use crate::explain::doctor::{Cure, Finding, Situation, peer, words};
use crate::traffic::{Cause, Failure, Operation};
use crate::words::Lang;

#[cfg(target_os = "linux")]
#[test]
fn nobody_listens_where_no_socket_is() {
    let is = |certainty| [(Situation::NobodyListens, certainty)];
    let unreachable = Cause::PortUnreachable {
        code: 111,
        newer: None,
    };
    let refused = Cause::System { code: 111 };
    for (transport, cause) in [(Transport::Udp, unreachable), (Transport::Tcp, refused)] {
        let mut evidence = evidence(transport, PEER, Some(session(&[LONG], &[])));
        rows(&mut evidence).clear();
        assert_eq!(found(&evidence), is(Certainty::Likely));
        known(&mut evidence).failures = vec![Failure {
            operation: Operation::Connect,
            address: PEER.into(),
            cause,
        }];
        assert_eq!(found(&evidence), is(Certainty::Shown));
        known(&mut evidence).senders = vec![address(PEER)];
        assert_eq!(found(&evidence), [], "a rule leads the packets elsewhere");
    }
    // A container has the port.
    let mut inside = evidence(Transport::Tcp, PEER, None);
    let row = &mut rows(&mut inside)[0];
    row.owner.as_mut().unwrap().is_elsewhere = true;
    assert_eq!(found(&inside), []);
}

#[test]
fn a_call_of_listen_is_advised_for_streams_alone() {
    let cures = |evidence: &Evidence| {
        let Outcome::Is(certainty, clues) = peer::listener::nobody(evidence) else {
            panic!("somebody listens");
        };
        let finding = Finding {
            situation: Situation::NobodyListens,
            certainty,
            clues,
            cure: None,
        };
        Lang::ALL.map(|lang| words::finding(lang, &finding).cure)
    };
    for transport in [Transport::Udp, Transport::Tcp] {
        let mut here = evidence(transport, PEER, None);
        rows(&mut here).clear();
        for cure in cures(&here) {
            assert_eq!(cure.contains("bind"), transport == Transport::Tcp, "{cure}");
        }
    }
    let mut far = evidence(Transport::Tcp, FAR, None);
    far.peer.connect = Seen::Known(ConnectOutcome::Refused);
    for cure in cures(&far) {
        assert!(cure.contains("bind") && !cure.contains("%{"), "{cure}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn another_machine_that_refuses_has_likely_no_listener() {
    let mut far = evidence(Transport::Tcp, FAR, Some(session(&[], &[])));
    assert_eq!(found(&far), []);
    let failure = |code| Failure {
        operation: Operation::Connect,
        address: FAR.into(),
        cause: Cause::System { code },
    };
    known(&mut far).failures = vec![failure(113)];
    assert_eq!(found(&far), []);
    let expected = [(Situation::NobodyListens, Certainty::Likely)];
    known(&mut far).failures = vec![failure(111)];
    assert_eq!(found(&far), expected);
    // The target of before refused.
    known(&mut far).failures[0].address = "192.0.2.8:9000".into();
    assert_eq!(found(&far), []);
    known(&mut far).failures.clear();
    far.peer.connect = Seen::Known(ConnectOutcome::Refused);
    assert_eq!(found(&far), expected);
}

#[test]
fn a_connection_that_nothing_answers_is_said_without_another_cause() {
    let unanswered = [(Situation::ConnectUnanswered, Certainty::Shown)];
    let mut far = evidence(Transport::Tcp, FAR, None);
    assert_eq!(found(&far), []);
    far.peer.connect = Seen::Known(ConnectOutcome::Silent);
    assert_eq!(found(&far), unanswered);
    far.peer.connect = Seen::Known(ConnectOutcome::Connected);
    assert_eq!(found(&far), []);
    // A session that tried it.
    let mut tried = evidence(Transport::Tcp, FAR, Some(session(&[], &[])));
    let failure = |operation| Failure {
        operation,
        address: FAR.into(),
        cause: Cause::TimedOut { millis: 5_000 },
    };
    known(&mut tried).failures = vec![failure(Operation::Connect)];
    assert_eq!(found(&tried), unanswered);
    known(&mut tried).failures[0].address = "192.0.2.8:9000".into();
    assert_eq!(found(&tried), [], "another target was silent");
    known(&mut tried).failures = vec![failure(Operation::Resolve)];
    assert_eq!(
        found(&tried),
        [],
        "the resolver is silent, and not the peer"
    );
    // Any cause says more.
    let mut stopped = evidence(Transport::Tcp, PEER, None);
    rows(&mut stopped)[0].owner = Some(owner(true));
    stopped.peer.connect = Seen::Known(ConnectOutcome::Silent);
    let diagnosis = crate::explain::doctor::judge(&stopped);
    let said: Vec<_> = diagnosis.findings.iter().map(|one| one.situation).collect();
    assert!(said.contains(&Situation::PeerStopped), "{said:?}");
    assert!(!said.contains(&Situation::ConnectUnanswered), "{said:?}");
}

#[test]
fn a_program_at_another_address_or_a_like_port_is_meant() {
    let mut other = evidence(Transport::Udp, PEER, Some(session(&[LONG], &[])));
    *rows(&mut other) = vec![row("127.0.0.2:9000", false)];
    assert_eq!(
        found(&other),
        [(Situation::ListensElsewhere, Certainty::Shown)]
    );
    let cure = peer::cure(Situation::ListensElsewhere, &other);
    assert_eq!(cure, Some(Cure::SendTo(address("127.0.0.2:9000"))));
    let mut like = evidence(Transport::Udp, PEER, Some(session(&[LONG], &[])));
    rows(&mut like).clear();
    like.local.others = vec![row("0.0.0.0:9001", false), row("0.0.0.0:7777", false)];
    assert_eq!(
        found(&like),
        [(Situation::ListensElsewhere, Certainty::Likely)]
    );
    let cure = peer::cure(Situation::ListensElsewhere, &like);
    assert_eq!(cure, Some(Cure::SendTo(address("127.0.0.1:9001"))));
    // Two of them: either may be meant.
    like.local.others.push(row("0.0.0.0:9002", false));
    assert_eq!(
        found(&like),
        [(Situation::NobodyListens, Certainty::Likely)]
    );
    // Another situation.
    *rows(&mut like) = vec![row("[::1]:9000", false)];
    assert_eq!(found(&like), []);
}

#[test]
fn a_stopped_program_answers_nothing() {
    let mut stopped = udp(&[LONG], &[]);
    rows(&mut stopped)[0].owner = Some(owner(true));
    assert_eq!(
        found(&stopped)[0],
        (Situation::PeerStopped, Certainty::Shown)
    );
    let cure = peer::cure(Situation::PeerStopped, &stopped);
    assert_eq!(cure, Some(Cure::CopyCommand("kill -CONT 42".into())));
    // Another process with the same socket runs.
    rows(&mut stopped).push(row(PEER, false));
    assert_eq!(found(&stopped), []);
    rows(&mut stopped).clear();
    rows(&mut stopped).push(SocketRow {
        owner: None,
        ..row(PEER, false)
    });
    let unseen = peer::listener::is_stopped(&stopped);
    assert!(matches!(
        unseen,
        Outcome::Unseen(Unseen::NotPermitted { .. })
    ));
}
