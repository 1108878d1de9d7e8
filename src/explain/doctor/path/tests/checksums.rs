//! Packets with wrong checksums.

use super::machine::{port, session};
use super::{CHECKS, findings, likely};
use crate::engine::evidence::{
    Evidence, KernelCounters, Question, Recent, Seen, Transport, Unseen,
};
use crate::explain::doctor::{Situation, found};

/// The counters, and by how much they grew in the look.
fn counted(evidence: &mut Evidence, all: &[(&str, u64)], grown: &[(&str, u64)]) {
    let counters = |pairs: &[(&str, u64)]| {
        let pairs = pairs
            .iter()
            .map(|(name, count)| ((*name).to_owned(), *count));
        KernelCounters(pairs.collect())
    };
    evidence.local.counters = Seen::Known(counters(all));
    evidence.local.recent = Seen::Known(Recent {
        seconds: 0.25,
        counters: counters(grown),
        ..Recent::default()
    });
}

fn reason(evidence: &Evidence) -> Option<Unseen> {
    found::reason(CHECKS, evidence, Situation::BadChecksum)
}

#[test]
fn a_wrong_checksum_is_likely_while_its_counter_grows_and_named_by_a_command_after() {
    for (local, counter, other) in [
        ("0.0.0.0:9000", "Udp.InCsumErrors", "Udp6InCsumErrors"),
        ("[fd00::5]:9000", "Udp6InCsumErrors", "Udp.InCsumErrors"),
        ("[::]:9000", "Udp6InCsumErrors", "Tcp.InCsumErrors"),
        ("[::]:9000", "Udp.InCsumErrors", "Tcp.InCsumErrors"),
        ("0.0.0.0:9000", "IpExt.InCsumErrors", "Tcp.InCsumErrors"),
    ] {
        let mut evidence = port(local);
        counted(&mut evidence, &[(counter, 7)], &[(counter, 1)]);
        assert_eq!(
            findings(&evidence),
            likely(Situation::BadChecksum),
            "{local}"
        );
        counted(&mut evidence, &[(counter, 7)], &[]);
        assert_eq!(findings(&evidence), []);
        let command = "sudo tcpdump -n -vv -i any udp port 9000".to_owned();
        let expected = Unseen::BadChecksums { count: 7, command };
        assert_eq!(reason(&evidence), Some(expected));
        counted(&mut evidence, &[(counter, 0), (other, 7)], &[(other, 7)]);
        assert_eq!((findings(&evidence), reason(&evidence)), (vec![], None));
    }
    let mut tcp = port("0.0.0.0:9000");
    tcp.question = Question::Port {
        transport: Transport::Tcp,
        local: "0.0.0.0:9000".parse().unwrap(),
        from: None,
    };
    counted(&mut tcp, &[], &[("Tcp.InCsumErrors", 2)]);
    assert_eq!(findings(&tcp), likely(Situation::BadChecksum));
}

#[test]
fn a_session_that_is_answered_blames_no_checksum() {
    for (received, unanswered, is_found) in [(0, 0, true), (3, 1, true), (3, 0, false)] {
        let mut evidence = session("0.0.0.0:9000", "192.168.1.9:7", |known| {
            known.received.messages = received;
            known.unanswered = unanswered;
        });
        let counter = "Udp.InCsumErrors";
        counted(&mut evidence, &[(counter, 7)], &[(counter, 1)]);
        let found = findings(&evidence) == likely(Situation::BadChecksum);
        assert_eq!(found, is_found, "{received} {unanswered}");
    }
}
