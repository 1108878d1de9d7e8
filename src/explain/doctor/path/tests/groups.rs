//! Groups on a machine with several interfaces.

use super::machine::{port, second};
use super::{findings, likely};
use crate::engine::evidence::{Evidence, KernelCounters, Question, Recent, Seen, Unseen};
use crate::explain::doctor::found::unknown;
use crate::explain::doctor::{Cure, Situation, judge};
use std::net::IpAddr;

/// A port of this group, which is joined on eth0 and might come by eth1.
fn joined(group: &str) -> Evidence {
    let ip: IpAddr = group.parse().unwrap();
    let mut evidence = port(&std::net::SocketAddr::new(ip, 9000).to_string());
    second(&mut evidence);
    evidence.path.groups = Seen::Known(vec![(ip, "eth0".into())]);
    evidence
}

/// What the kernel counted in the look, and the packets by each interface.
fn looked(evidence: &mut Evidence, grown: &[(&str, u64)], came: &[(&str, u64)]) {
    let owned = |pairs: &[(&str, u64)]| {
        let pairs = pairs
            .iter()
            .map(|(name, count)| ((*name).to_owned(), *count));
        pairs.collect()
    };
    evidence.local.recent = Seen::Known(Recent {
        seconds: 0.25,
        counters: KernelCounters(owned(grown)),
        received: owned(came),
    });
}

#[test]
fn the_command_that_names_the_interface_stands_first() {
    for group in ["239.1.2.3", "ff15::7"] {
        let evidence = joined(group);
        let diagnosis = judge(&evidence);
        assert_eq!(diagnosis.findings, []);
        let first = diagnosis.unknown.first().unwrap();
        assert_eq!(first.situation, Situation::JoinedElsewhere);
        let expected = Unseen::WhichInterface {
            group: group.to_owned(),
            joined: "eth0".to_owned(),
            command: format!("sudo tcpdump -n -i any host {group} and udp port 9000"),
        };
        assert_eq!(first.reason, expected);
    }
}

#[test]
fn packets_for_nobody_by_another_interface_are_likely_those_of_the_group() {
    let four = [("Ip.InReceives", 12), ("Ip.InDelivers", 2)];
    let six = [("Ip6InMcastPkts", 10), ("Ip6InDelivers", 0)];
    for (group, grown) in [("239.1.2.3", four), ("ff15::7", six)] {
        let mut evidence = joined(group);
        looked(&mut evidence, &grown, &[("eth1", 12)]);
        assert_eq!(findings(&evidence), likely(Situation::JoinedElsewhere));
        for (harmless, came) in [
            // More than a little comes where it is joined, or most is of something else.
            (grown, [("eth0", 3), ("eth1", 12)]),
            (grown, [("lo", 0), ("eth1", 40)]),
            (
                [grown[0], (grown[1].0, grown[0].1 - 2)],
                [("lo", 0), ("eth1", 3)],
            ),
            // It was not counted which interface they came by.
            (grown, [("lo", 12), ("eth1", 2)]),
        ] {
            looked(&mut evidence, &harmless, &came);
            assert_eq!(findings(&evidence), [], "{group} {harmless:?} {came:?}");
        }
    }
    let mut explained = joined("239.1.2.3");
    let grown = [("Ip.InReceives", 12), ("TcpExt.IPReversePathFilter", 12)];
    looked(&mut explained, &grown, &[("eth1", 12)]);
    assert_eq!(findings(&explained), []);
}

#[test]
fn the_reports_of_neighbours_over_ipv6_are_no_sender() {
    for (count, expected) in [(8, vec![]), (9, likely(Situation::JoinedElsewhere))] {
        let mut evidence = joined("ff15::7");
        looked(
            &mut evidence,
            &[("Ip6InMcastPkts", count)],
            &[("eth1", count)],
        );
        assert_eq!(findings(&evidence), expected, "{count}");
    }
}

#[test]
fn a_receiver_without_a_group_may_wait_for_one() {
    let reason = |evidence: &Evidence| unknown(evidence, Situation::NotJoined);
    let mut evidence = port("0.0.0.0:9000");
    assert_eq!(reason(&evidence), Some(Unseen::NoGroup { count: 0 }));
    looked(
        &mut evidence,
        &[("Ip.InReceives", 5), ("Ip.InDelivers", 3)],
        &[],
    );
    assert_eq!(reason(&evidence), Some(Unseen::NoGroup { count: 2 }));
    // A rule of the firewall may drop them as well: a capture tells.
    let first = judge(&evidence).unknown.remove(0);
    assert_ne!(first.situation, Situation::NotJoined);
    assert_eq!(
        reason(&port("192.168.1.5:9000")),
        None,
        "bound to one address"
    );
    // A group in place of the sender.
    if let Question::Port { from, .. } = &mut evidence.question {
        *from = Some(([239, 1, 2, 3], 0).into());
    }
    assert_eq!(findings(&evidence), likely(Situation::NotJoined));
    let cure = super::cure(Situation::NotJoined, &evidence);
    assert_eq!(cure, Some(Cure::JoinGroup([239, 1, 2, 3].into())));
}
