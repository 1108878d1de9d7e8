//! Large packets that a session waits for.

use super::machine::session;
use super::{CHECKS, findings, likely};
use crate::engine::evidence::{EchoFacts, Evidence, Sample, Seen, Unseen};
use crate::explain::doctor::{Situation, found, judge};

/// A session whose short messages were answered, the longest answer having this length, and whose
/// newest messages were not.
fn answered(to: &str, longest: u64, unanswered: u64) -> Evidence {
    session("[::]:9000", to, |known| {
        let peer = to.parse().unwrap();
        known.senders = vec![peer];
        known.received.messages = 3;
        known.sent.messages = 3 + unanswered;
        known.unanswered = unanswered;
        known.since_sent = Some(5.0);
        known.newest_received = vec![Sample {
            peer,
            bytes: vec![b'x'; 4],
            length: longest,
        }];
    })
}

fn reason(evidence: &Evidence, situation: Situation) -> Option<Unseen> {
    found::reason(CHECKS, evidence, situation)
}

fn probed(mut evidence: Evidence, largest: u32) -> Evidence {
    evidence.path.echo = Seen::Known(EchoFacts {
        answered: true,
        tried: Some(1500),
        largest: Some(largest),
        fragmented: None,
        errors: Vec::new(),
    });
    evidence
}

#[test]
fn a_message_that_alone_is_not_answered_names_the_command_that_tells() {
    if !cfg!(target_os = "linux") {
        return;
    }
    for (to, command) in [
        ("10.0.0.9:7", "ping -M do -s 1472 10.0.0.9"),
        ("[fd01::9]:7", "ping -M do -s 1452 fd01::9"),
    ] {
        let evidence = answered(to, 40, 1);
        let expected = Unseen::LargerUnanswered {
            longest: 40,
            command: command.to_owned(),
        };
        assert_eq!(reason(&evidence, Situation::MtuHole), Some(expected));
        let unknown = judge(&evidence).unknown;
        assert_eq!(unknown[0].situation, Situation::MtuHole);
        for other in [answered(to, 40, 0), answered(to, 1_490, 1)] {
            let reason = reason(&other, Situation::MtuHole);
            assert_eq!(reason, Some(Unseen::NotAsked), "{to}");
        }
        let mut denied = answered(to, 40, 0);
        denied.path.echo = Seen::Unseen(Unseen::NotPermitted {
            command: "sudo ping".into(),
        });
        let command = command.to_owned();
        let expected = Unseen::OtherProgram { command };
        assert_eq!(reason(&denied, Situation::MtuHole), Some(expected));
    }
}

#[test]
fn a_hole_explains_a_missing_answer_and_not_one_that_came() {
    let missing = probed(answered("10.0.0.9:7", 40, 1), 1280);
    assert_eq!(findings(&missing), likely(Situation::MtuHole));
    let came = probed(answered("10.0.0.9:7", 40, 0), 1280);
    assert_eq!(findings(&came), []);
    let large_came = probed(answered("10.0.0.9:7", 1_400, 1), 1280);
    assert_eq!(findings(&large_came), []);
    let no_hole = probed(answered("10.0.0.9:7", 40, 1), 1500);
    assert_eq!(
        (findings(&no_hole), reason(&no_hole, Situation::MtuHole)),
        (vec![], None)
    );
    // What it asked for is not known.
    let silent = probed(session("0.0.0.0:9000", "10.0.0.9:7", |_| {}), 1280);
    let expected = Some(Unseen::NoAnswer);
    assert_eq!(
        (findings(&silent), reason(&silent, Situation::MtuHole)),
        (vec![], expected)
    );
}
