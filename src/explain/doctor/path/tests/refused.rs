//! Messages that the system refused to send.

use super::machine::{failed, session};
use super::{CHECKS, findings, likely};
use crate::engine::evidence::{Neighbour, Seen};
use crate::explain::doctor::diagnosis::Outcome;
use crate::explain::doctor::{Situation, words};
use crate::traffic::Cause;
use crate::words::Lang;

#[test]
fn a_refusal_to_send_tells_of_a_neighbour_that_nobody_remembers() {
    let refused = |code| {
        let mut evidence = session("0.0.0.0:9000", "192.168.1.9:7", |known| {
            failed(known, "192.168.1.9:7", Cause::System { code });
            known.refused = known.failures.first().cloned();
        });
        evidence.path.next_hop = Seen::Known(Neighbour::Never);
        evidence
    };
    // EHOSTUNREACH and ENETUNREACH of this system.
    let silent = if cfg!(windows) { 10_065 } else { 113 };
    let other = if cfg!(windows) { 10_051 } else { 101 };
    if cfg!(any(windows, target_os = "linux")) {
        let is_silent = findings(&refused(silent));
        assert_eq!(is_silent, likely(Situation::HostUnreachable));
    }
    assert_eq!(findings(&refused(other)), []);
    let mut known = refused(silent);
    known.path.next_hop = Seen::Known(Neighbour::Stale(String::new()));
    assert_eq!(findings(&known), [], "the machine itself may report it");
}

#[test]
fn arp_is_named_for_ipv4_alone() {
    for (to, is_six) in [("192.168.1.9:7", false), ("[fd01::9]:7", true)] {
        let mut evidence = session("[::]:9000", to, |_| {});
        evidence.path.next_hop = Seen::Known(Neighbour::Failed);
        let mut all = CHECKS.iter();
        let (_, check) = all
            .find(|(of, _)| *of == Situation::HostUnreachable)
            .unwrap();
        let Outcome::Is(certainty, clues) = check(&evidence) else {
            panic!("{to}");
        };
        let finding = crate::explain::doctor::Finding {
            situation: Situation::HostUnreachable,
            certainty,
            clues,
            cure: None,
        };
        for lang in Lang::ALL {
            let words = words::finding(lang, &finding);
            let text = format!("{} {} {}", words.what, words.seen.concat(), words.cure);
            assert_eq!(text.contains("ARP"), !is_six, "{text}");
        }
    }
}
