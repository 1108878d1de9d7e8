//! What probes show, what their silence leaves open, and what was set by hand.

use super::super::{CHECKS, cure};
use super::machine::{beyond, failed, near, session};
use super::{findings, likely, shown, undelivered};
use crate::engine::evidence::{
    ConnectOutcome, EchoFacts, Evidence, Neighbour, PortFacts, Prohibition, Question, Report, Seen,
    Transport, Unseen,
};
use crate::explain::doctor::diagnosis::{Cure, Outcome};
use crate::explain::doctor::{Situation, found};
use crate::traffic::{Cause, UndeliveredReason};
use std::net::IpAddr;

fn reason(evidence: &Evidence, situation: Situation) -> Option<Unseen> {
    found::reason(CHECKS, evidence, situation)
}

fn is_ruled_out(evidence: &Evidence, situation: Situation) -> bool {
    let (_, check) = CHECKS.iter().find(|(of, _)| *of == situation).unwrap();
    matches!(check(evidence), Outcome::IsNot)
}

fn reported(mut evidence: Evidence, reports: &[([u8; 4], u8, u8)]) -> Evidence {
    let report = |&(by, kind, code): &([u8; 4], u8, u8)| -> Report { (by.into(), kind, code) };
    evidence.path.at_port = Seen::Known(PortFacts {
        answered: false,
        errors: reports.iter().map(report).collect(),
    });
    evidence
}

fn over_tcp(mut evidence: Evidence) -> Evidence {
    evidence.question = Question::Target {
        transport: Transport::Tcp,
        to: evidence.question.to().unwrap(),
        name: None,
    };
    evidence
}

const GATEWAY: [u8; 4] = [192, 168, 1, 1];
const ROUTER: [u8; 4] = [172, 16, 0, 1];
const TARGET: [u8; 4] = [10, 0, 0, 9];

#[test]
fn who_rejects_what_goes_to_the_port_is_found() {
    for code in [9, 10, 13] {
        let evidence = reported(beyond(), &[(ROUTER, 3, code)]);
        assert_eq!(findings(&evidence), shown(Situation::RejectedOnWay));
        assert_eq!(
            findings(&over_tcp(evidence)),
            shown(Situation::RejectedOnWay)
        );
    }
    let mut six = beyond();
    let router: IpAddr = "fd00::1".parse().unwrap();
    six.path.at_port = Seen::Known(PortFacts {
        answered: false,
        errors: vec![(router, 1, 1)],
    });
    assert_eq!(findings(&six), shown(Situation::RejectedOnWay));
    // "Port unreachable" is a router's word for the same.
    let by_gateway = reported(beyond(), &[(GATEWAY, 3, 3)]);
    assert_eq!(findings(&by_gateway), shown(Situation::RejectedOnWay));
    let by_router = reported(beyond(), &[(ROUTER, 3, 3)]);
    assert_eq!(findings(&by_router), likely(Situation::RejectedOnWay));
}

#[test]
fn a_port_that_the_target_reports_is_closed_for_datagrams_and_rejected_for_connections() {
    let evidence = reported(beyond(), &[(TARGET, 3, 3)]);
    assert_eq!(findings(&evidence), shown(Situation::PortUnreachable));
    // TCP answers with a reset.
    assert_eq!(
        findings(&over_tcp(evidence)),
        shown(Situation::RejectedOnWay)
    );
}

#[test]
fn a_target_that_reports_itself_unreachable_is_there_and_rejects() {
    let is_found = |evidence: Evidence| {
        for evidence in [over_tcp(evidence.clone()), evidence] {
            assert_eq!(findings(&evidence), likely(Situation::RejectedOnWay));
            for situation in [Situation::HostUnreachable, Situation::TtlExceeded] {
                assert!(is_ruled_out(&evidence, situation), "{situation:?}");
            }
        }
    };
    for code in [0, 1, 2, 5, 6, 7, 8, 11, 12] {
        is_found(reported(beyond(), &[(TARGET, 3, code)]));
        is_found(reported(near(), &[([192, 168, 1, 9], 3, code)]));
    }
    let six = |code| {
        let mut evidence = session("[::]:9000", "[fd01::9]:7", |_| {});
        evidence.path.at_port = Seen::Known(PortFacts {
            answered: false,
            errors: vec![("fd01::9".parse().unwrap(), 1, code)],
        });
        evidence
    };
    for code in [0, 2, 3] {
        is_found(six(code));
    }
    for code in [1, 5, 6] {
        assert_eq!(findings(&six(code)), shown(Situation::RejectedOnWay));
    }
    let by_router = reported(beyond(), &[(ROUTER, 3, 1)]);
    assert_eq!(findings(&by_router), shown(Situation::HostUnreachable));
}

#[test]
fn the_row_of_a_target_that_reports_itself_unreachable_is_evidence_as_a_probe_is() {
    for reason in [UndeliveredReason::NoHost, UndeliveredReason::NoRoute] {
        let evidence = session("0.0.0.0:9000", "10.0.0.9:7", |known| {
            let cause = undelivered(reason, Some(TARGET));
            failed(known, "10.0.0.9:7", cause);
        });
        assert_eq!(findings(&evidence), likely(Situation::RejectedOnWay));
        for situation in [Situation::HostUnreachable, Situation::WrongGateway] {
            assert!(is_ruled_out(&evidence, situation), "{situation:?}");
        }
    }
}

#[test]
fn silence_after_probes_is_no_reason_to_ask_for_probes() {
    let echo = EchoFacts {
        tried: Some(1500),
        ..EchoFacts::default()
    };
    for mut evidence in [near(), beyond()] {
        let open = |evidence: &Evidence| {
            CHECKS
                .iter()
                .filter(|(_, check)| matches!(check(evidence), Outcome::Unseen(Unseen::NotAsked)))
                .count()
        };
        evidence.path.next_hop = Seen::Known(Neighbour::Stale(String::new()));
        assert!(open(&evidence) > 0);
        evidence.path.echo = Seen::Known(echo.clone());
        evidence.path.claimants = Seen::Known(Vec::new());
        let evidence = reported(evidence, &[]);
        assert_eq!(open(&evidence), 0);
        for situation in [Situation::RejectedOnWay, Situation::PortUnreachable] {
            assert_eq!(reason(&evidence, situation), Some(Unseen::NoAnswer));
        }
    }
    let mut tcp = over_tcp(beyond());
    tcp.peer.connect = Seen::Known(ConnectOutcome::Silent);
    let situation = Situation::RejectedOnWay;
    assert_eq!(reason(&tcp, situation), Some(Unseen::NoAnswer));
    tcp.peer.connect = Seen::Known(ConnectOutcome::Connected);
    for situation in [situation, Situation::WrongGateway, Situation::TtlExceeded] {
        assert!(is_ruled_out(&tcp, situation), "{situation:?}");
    }
}

#[test]
fn an_answer_of_the_port_rules_out_what_would_prevent_it() {
    let mut evidence = beyond();
    evidence.path.at_port = Seen::Known(PortFacts {
        answered: true,
        errors: Vec::new(),
    });
    for situation in [
        Situation::RejectedOnWay,
        Situation::PortUnreachable,
        Situation::HostUnreachable,
        Situation::WrongGateway,
        Situation::TtlExceeded,
    ] {
        assert!(is_ruled_out(&evidence, situation), "{situation:?}");
    }
}

#[test]
fn what_a_session_has_sent_was_probe_enough() {
    let sent = |messages| {
        let evidence = session("0.0.0.0:9000", "10.0.0.9:7", |known| {
            known.sent.messages = messages;
        });
        reason(&evidence, Situation::PortUnreachable)
    };
    assert_eq!(sent(0), Some(Unseen::NotAsked));
    assert_eq!(sent(1), Some(Unseen::NoAnswer));
}

/// A session whose datagram was answered by "port unreachable".
fn refused(to: &str) -> Evidence {
    session("0.0.0.0:9000", to, |known| {
        known.sent.messages = 1;
        let cause = Cause::PortUnreachable {
            code: 111,
            newer: None,
        };
        failed(known, to, cause);
    })
}

#[test]
fn probes_leave_ruled_out_what_a_report_of_the_target_rules_out() {
    let situations = [
        Situation::HostUnreachable,
        Situation::ClientIsolation,
        Situation::RejectedOnWay,
    ];
    let mut evidence = refused("192.168.1.9:7");
    let not_permitted = || Unseen::OtherProgram {
        command: "ping 192.168.1.9".into(),
    };
    let stale = Neighbour::Stale("02:00:00:00:00:01".into());
    for hop in [Neighbour::Reachable(String::new()), stale, Neighbour::Never] {
        evidence.path.next_hop = Seen::Known(hop);
        for echo in [
            Seen::Unseen(Unseen::NotAsked),
            Seen::Unseen(not_permitted()),
            Seen::Known(EchoFacts::default()),
        ] {
            evidence.path.echo = echo;
            assert_eq!(findings(&evidence), shown(Situation::PortUnreachable));
            for situation in situations {
                assert!(is_ruled_out(&evidence, situation), "{situation:?}");
            }
        }
    }
    // It is gone since then.
    evidence.path.claimants = Seen::Known(Vec::new());
    assert!(!is_ruled_out(&evidence, Situation::HostUnreachable));
}

#[test]
fn an_error_that_a_router_may_have_reported_is_no_silence() {
    let mut evidence = refused("10.0.0.9:7");
    evidence.path.echo = Seen::Known(EchoFacts::default());
    for situation in [Situation::RejectedOnWay, Situation::HostUnreachable] {
        let found = reason(&evidence, situation);
        assert!(matches!(found, Some(Unseen::Reporter { .. })), "{found:?}");
    }
    let by_target = reported(evidence, &[(TARGET, 3, 3)]);
    assert!(is_ruled_out(&by_target, Situation::RejectedOnWay));
    assert!(is_ruled_out(&by_target, Situation::HostUnreachable));
}

#[test]
fn a_machine_that_answers_for_its_hardware_address_is_there() {
    let mut evidence = near();
    evidence.path.next_hop = Seen::Known(Neighbour::Stale(String::new()));
    evidence.path.claimants = Seen::Known(vec!["02:00:00:00:00:01".into()]);
    for situation in [Situation::HostUnreachable, Situation::ClientIsolation] {
        assert!(is_ruled_out(&evidence, situation), "{situation:?}");
    }
}

#[test]
fn an_echo_says_nothing_of_a_smaller_time_to_live() {
    let with = |ttl| {
        let mut evidence = session("0.0.0.0:9000", "10.0.0.9:7", |known| {
            known.settings.ttl = Some(ttl);
        });
        evidence.path.echo = Seen::Known(EchoFacts {
            answered: true,
            ..EchoFacts::default()
        });
        is_ruled_out(&evidence, Situation::TtlExceeded)
    };
    assert_eq!((with(2), with(64)), (false, true));
}

#[test]
fn a_hardware_address_that_was_set_by_hand_rules_nothing_out() {
    let set = "02:00:00:00:00:99";
    for (mut evidence, situation) in [
        (near(), Situation::HostUnreachable),
        (beyond(), Situation::WrongGateway),
    ] {
        evidence.path.next_hop = Seen::Known(Neighbour::Permanent(set.into()));
        for claimants in [Seen::Unseen(Unseen::NotAsked), Seen::Known(Vec::new())] {
            evidence.path.claimants = claimants;
            assert_eq!(findings(&evidence), []);
            let Some(Unseen::SetByHand { entry, command }) = reason(&evidence, situation) else {
                panic!("{situation:?}");
            };
            assert!(entry.contains(set), "{entry}");
            assert!(command.starts_with("sudo ip neigh del 192.168.1."));
            assert_eq!(cure(situation, &evidence), None);
        }
        evidence.path.claimants = Seen::Known(vec!["02:00:00:00:00:01".into()]);
        assert_eq!(findings(&evidence), shown(situation));
        let removes = cure(situation, &evidence);
        assert!(matches!(removes, Some(Cure::CopyCommand(_))), "{removes:?}");
        evidence.path.claimants = Seen::Known(vec![set.into()]);
        assert_eq!(findings(&evidence), []);
    }
}

#[test]
fn a_route_or_a_rule_that_forbids_the_target_is_named_with_its_cure() {
    let mut evidence = beyond();
    evidence.path.route = Seen::Known(Err(13));
    for is_rule in [true, false] {
        evidence.path.prohibition = Some(Prohibition {
            is_rule,
            kind: "prohibit".into(),
            entry: "7: from all to 10.0.0.9/32 prohibit".into(),
            command: "sudo ip rule del pref 7".into(),
        });
        assert_eq!(findings(&evidence), shown(Situation::NoRoute));
        assert_eq!(
            cure(Situation::NoRoute, &evidence),
            Some(Cure::CopyCommand("sudo ip rule del pref 7".into()))
        );
    }
    evidence.path.prohibition = None;
    assert_eq!(findings(&evidence), shown(Situation::NoRoute));
    assert_eq!(cure(Situation::NoRoute, &evidence), None);
}

#[test]
fn nobody_who_answers_for_an_address_is_not_one_machine() {
    let mut evidence = near();
    evidence.path.claimants = Seen::Known(Vec::new());
    assert!(!is_ruled_out(&evidence, Situation::DuplicateIp));
    // It answered less than a minute ago, and is gone.
    assert!(!is_ruled_out(&evidence, Situation::HostUnreachable));
    evidence.path.claimants = Seen::Known(vec!["02:00:00:00:00:01".into()]);
    assert!(is_ruled_out(&evidence, Situation::DuplicateIp));
    assert!(is_ruled_out(&evidence, Situation::HostUnreachable));
}

#[test]
fn translation_is_ruled_out_only_if_the_rules_are_known() {
    let mut evidence = near();
    assert!(is_ruled_out(&evidence, Situation::NatSource));
    evidence.firewall.rules = Seen::Unseen(Unseen::TooSlow);
    let found = reason(&evidence, Situation::NatSource);
    assert_eq!(found, Some(Unseen::TooSlow));
}

#[test]
fn a_machine_that_does_not_answer_was_asked_as_its_ip_version_asks() {
    for (to, protocol) in [("192.168.1.9:7", "ARP"), ("[fd01::9]:7", "NDP")] {
        let mut evidence = session("[::]:9000", to, |_| {});
        evidence.path.next_hop = Seen::Known(Neighbour::Failed);
        let situation = Situation::HostUnreachable;
        let (_, check) = CHECKS.iter().find(|(of, _)| *of == situation).unwrap();
        let Outcome::Is(_, clues) = check(&evidence) else {
            panic!("{to}");
        };
        let named = ("protocol", protocol.to_owned());
        assert!(clues[0].values.contains(&named), "{clues:?}");
    }
}
