//! Evidence made by hand: each situation, its neighbours, and machines without a fault.

mod checksums;
mod groups;
mod machine;
mod own_network;
mod probes;
mod refused;
mod sender;
mod sizes;

use super::super::{Certainty, Situation, Subject};
use super::{CHECKS, cure};
use crate::engine::evidence::{
    EchoFacts, Evidence, FragmentFacts, GatewayFacts, Neighbour, Sample, Seen, Unseen,
};
use crate::explain::doctor::diagnosis::Cure;
use crate::explain::doctor::found;
use crate::traffic::{Cause, UndeliveredReason};
use machine::{beyond, failed, link, near, port, session};
use std::net::IpAddr;

/// What is found, the first being the verdict. Every finding has its words.
fn findings(evidence: &Evidence) -> Vec<(Situation, Certainty)> {
    let mut found = found::findings(CHECKS, evidence);
    found.sort_by_key(|(_, certainty)| *certainty);
    found
}

fn shown(situation: Situation) -> Vec<(Situation, Certainty)> {
    vec![(situation, Certainty::Shown)]
}

fn likely(situation: Situation) -> Vec<(Situation, Certainty)> {
    vec![(situation, Certainty::Likely)]
}

fn undelivered(reason: UndeliveredReason, by: Option<[u8; 4]>) -> Cause {
    Cause::Undelivered {
        reason,
        by: by.map(IpAddr::from),
        code: 113,
    }
}

#[test]
fn every_situation_has_one_check() {
    for &situation in Situation::ALL {
        let is_it = situation.subject() == Subject::Path;
        let checks = CHECKS.iter().filter(|(of, _)| *of == situation).count();
        assert_eq!(checks, usize::from(is_it), "{situation:?}");
    }
}

#[test]
fn nothing_is_found_where_nothing_is_wrong() {
    for evidence in [near(), beyond(), port("0.0.0.0:9000"), port("[::]:9000")] {
        assert_eq!(findings(&evidence), []);
        let mut unseen = evidence;
        unseen.path.route = Seen::Unseen(Unseen::TooSlow);
        unseen.path.next_hop = Seen::Unseen(Unseen::TooSlow);
        unseen.path.groups = Seen::Unseen(Unseen::TooSlow);
        unseen.path.fragments = Seen::Unseen(Unseen::TooSlow);
        unseen.local.interfaces = Seen::Unseen(Unseen::TooSlow);
        assert_eq!(findings(&unseen), []);
    }
    for to in [
        "192.168.1.9:7",
        "10.0.0.9:7",
        "239.1.2.3:7",
        "[ff02::1%2]:7",
    ] {
        let evidence = session("0.0.0.0:9000", to, |_| {});
        assert_eq!(findings(&evidence), [], "{to}");
    }
}

#[test]
fn an_error_of_the_route_is_no_route() {
    let mut evidence = beyond();
    evidence.path.route = Seen::Known(Err(101));
    assert_eq!(findings(&evidence), shown(Situation::NoRoute));
    evidence.path.route = Seen::Known(Err(5));
    assert_eq!(findings(&evidence), []);
}

#[test]
fn a_silent_next_hop_is_the_host_or_the_gateway() {
    let mut host = near();
    host.path.next_hop = Seen::Known(Neighbour::Failed);
    assert_eq!(findings(&host), shown(Situation::HostUnreachable));
    host.path.next_hop = Seen::Known(Neighbour::Asked);
    assert_eq!(findings(&host), likely(Situation::HostUnreachable));
    for harmless in [
        Neighbour::Never,
        Neighbour::Stale(String::new()),
        Neighbour::Needless,
    ] {
        host.path.next_hop = Seen::Known(harmless);
        assert_eq!(findings(&host), []);
    }
    let mut gateway = beyond();
    gateway.path.next_hop = Seen::Known(Neighbour::Failed);
    assert_eq!(findings(&gateway), shown(Situation::GatewayDead));
}

#[test]
fn a_gateway_is_wrong_if_it_is_ours_or_elsewhere_or_says_so() {
    let with = |is_on_link, is_own| {
        let mut evidence = beyond();
        if let Seen::Known(Ok(route)) = &mut evidence.path.route {
            route.gateway = Some(GatewayFacts {
                ip: [192, 168, 1, 1].into(),
                is_on_link,
                is_own,
            });
        }
        evidence
    };
    assert_eq!(findings(&with(true, true)), shown(Situation::WrongGateway));
    let mut elsewhere = with(false, false);
    assert_eq!(findings(&elsewhere), []);
    elsewhere.path.next_hop = Seen::Known(Neighbour::Failed);
    assert_eq!(findings(&elsewhere), likely(Situation::WrongGateway));
    let says = |by| {
        session("0.0.0.0:9000", "10.0.0.9:7", |known| {
            failed(
                known,
                "10.0.0.9:7",
                undelivered(UndeliveredReason::NoRoute, Some(by)),
            );
        })
    };
    let gateway = says([192, 168, 1, 1]);
    assert_eq!(findings(&gateway), likely(Situation::WrongGateway));
    // A router behind it does not know the way.
    let other = says([172, 16, 0, 1]);
    assert_eq!(findings(&other), shown(Situation::HostUnreachable));
}

#[test]
fn reports_of_routers_are_found_until_the_target_answers() {
    for (cause, situation) in [
        (
            undelivered(UndeliveredReason::NoHost, Some([172, 16, 0, 1])),
            Situation::HostUnreachable,
        ),
        (
            undelivered(UndeliveredReason::Prohibited, Some([172, 16, 0, 1])),
            Situation::RejectedOnWay,
        ),
        (
            undelivered(UndeliveredReason::Expired, Some([172, 16, 0, 1])),
            Situation::TtlExceeded,
        ),
        (
            Cause::PortUnreachable {
                code: 111,
                newer: None,
            },
            Situation::PortUnreachable,
        ),
    ] {
        let reported = |address: &str, senders: &[&str]| {
            session("0.0.0.0:9000", "10.0.0.9:7", |known| {
                failed(known, address, cause.clone());
                known.senders = senders.iter().map(|it| it.parse().unwrap()).collect();
            })
        };
        assert_eq!(findings(&reported("10.0.0.9:7", &[])), shown(situation));
        assert_eq!(findings(&reported("10.0.0.8:7", &[])), []);
        assert_eq!(findings(&reported("10.0.0.9:7", &["10.0.0.9:7"])), []);
    }
}

#[test]
fn a_time_to_live_of_one_does_not_pass_a_gateway() {
    let with = |to: &str, ttl| session("0.0.0.0:9000", to, |known| known.settings.ttl = Some(ttl));
    let evidence = with("10.0.0.9:7", 1);
    assert_eq!(findings(&evidence), shown(Situation::TtlExceeded));
    assert_eq!(
        cure(Situation::TtlExceeded, &evidence),
        Some(Cure::SetTtl(64))
    );
    assert_eq!(findings(&with("10.0.0.9:7", 64)), []);
    assert_eq!(findings(&with("192.168.1.9:7", 1)), []);
}

#[test]
fn few_reports_for_many_datagrams_are_limited() {
    let sent = |messages| {
        let evidence = session("0.0.0.0:9000", "10.0.0.9:7", |known| {
            known.sent.messages = messages;
            let cause = Cause::PortUnreachable {
                code: 111,
                newer: None,
            };
            failed(known, "10.0.0.9:7", cause);
        });
        findings(&evidence).len()
    };
    assert_eq!((sent(2), sent(50)), (1, 2));
    let mut others = session("0.0.0.0:9000", "10.0.0.9:7", |known| {
        known.sent.messages = 50;
        let cause = Cause::PortUnreachable {
            code: 111,
            newer: None,
        };
        failed(known, "10.0.0.9:7", cause);
    });
    let known = others.session.as_mut().unwrap();
    known.newest_sent = vec![Sample {
        peer: "10.0.0.8:7".parse().unwrap(),
        bytes: Vec::new(),
        length: 0,
    }];
    let found = findings(&others);
    assert_eq!(
        found,
        shown(Situation::PortUnreachable),
        "most went to others"
    );
}

#[test]
fn large_packets_that_vanish_are_a_hole_unless_somebody_says_so() {
    let echo = |largest, fragmented, errors: &[([u8; 4], u8, u8)]| {
        let mut evidence = beyond();
        evidence.path.echo = Seen::Known(EchoFacts {
            answered: largest > 0,
            tried: Some(1500),
            largest: (largest > 0).then_some(largest),
            fragmented: Some(fragmented),
            errors: errors
                .iter()
                .map(|(by, kind, code)| (IpAddr::from(*by), *kind, *code))
                .collect(),
        });
        evidence
    };
    assert_eq!(
        findings(&echo(1280, false, &[])),
        likely(Situation::MtuHole)
    );
    assert_eq!(findings(&echo(1280, false, &[([10, 0, 0, 1], 3, 4)])), []);
    assert_eq!(
        findings(&echo(1500, false, &[])),
        likely(Situation::FragmentLost)
    );
    assert_eq!(findings(&echo(1500, true, &[])), []);
    assert_eq!(findings(&echo(0, false, &[])), []);
    // Short messages are not lost to it.
    let mut short = session("0.0.0.0:9000", "10.0.0.9:7", |_| {});
    short.path.echo = echo(1280, false, &[]).path.echo;
    assert_eq!(findings(&short), []);
}

#[test]
fn fragments_that_wait_are_lost_and_those_of_long_ago_are_not() {
    let mut evidence = port("0.0.0.0:9000");
    let mut with = |waiting, completed, failed| {
        evidence.path.fragments = Seen::Known(FragmentFacts {
            waiting,
            completed,
            failed,
        });
        findings(&evidence)
    };
    assert_eq!(with(1, 5, 0), likely(Situation::FragmentLost));
    assert_eq!(with(0, 0, 2), []);
    assert_eq!(with(0, 5, 2), []);
}

#[test]
fn two_hardware_addresses_are_two_machines() {
    let mut evidence = near();
    let claimants = |count| vec!["02:00:00:00:00:01".to_owned(); count];
    evidence.path.claimants = Seen::Known(claimants(2));
    assert_eq!(findings(&evidence), shown(Situation::DuplicateIp));
    evidence.path.claimants = Seen::Known(claimants(1));
    assert_eq!(findings(&evidence), []);
}

#[test]
fn an_address_of_another_interface_leaves_elsewhere() {
    let mut evidence = session("10.8.0.2:9000", "10.0.0.9:7", |_| {});
    evidence.path.way_back = Seen::Known(Some("tun0".into()));
    assert_eq!(findings(&evidence), likely(Situation::AsymmetricRoute));
    evidence.path.way_back = Seen::Known(Some("lo".into()));
    assert_eq!(findings(&evidence), []);
}

#[test]
fn messages_of_the_gateway_instead_of_the_target_are_translated() {
    let heard = |senders: &[&str]| {
        let evidence = session("0.0.0.0:9000", "10.0.0.9:7", |known| {
            known.senders = senders.iter().map(|it| it.parse().unwrap()).collect();
        });
        findings(&evidence)
    };
    assert_eq!(heard(&["192.168.1.1:7"]), likely(Situation::NatSource));
    assert_eq!(heard(&["192.168.1.1:7", "10.0.0.9:7"]), []);
    assert_eq!(heard(&["192.168.1.7:7"]), []);
}

#[test]
fn one_who_is_heard_but_does_not_answer_is_kept_apart() {
    let mut evidence = session("0.0.0.0:9000", "192.168.1.9:7", |known| {
        known.senders = vec!["192.168.1.9:5353".parse().unwrap()];
    });
    evidence.path.next_hop = Seen::Known(Neighbour::Failed);
    assert_eq!(findings(&evidence), likely(Situation::ClientIsolation));
}

#[test]
fn the_last_address_of_another_mask_is_no_broadcast_address() {
    let to = |to: &str, mask: &str| {
        let mut evidence = session("0.0.0.0:9000", to, |_| {});
        evidence.path.next_hop = Seen::Known(Neighbour::Failed);
        link(&mut evidence, mask);
        evidence
    };
    let wide = to("192.168.1.255:7", "192.168.1.5/16");
    assert_eq!(findings(&wide), likely(Situation::BroadcastAddress));
    let right = "192.168.255.255:7".parse().unwrap();
    assert_eq!(
        cure(Situation::BroadcastAddress, &wide),
        Some(Cure::SendTo(right))
    );
    let mut machine = to("192.168.1.255:7", "192.168.1.5/16");
    machine.path.next_hop = Seen::Known(Neighbour::Reachable(String::new()));
    assert_eq!(findings(&machine), []);
    let other = to("192.168.7.255:7", "192.168.1.5/16");
    assert_eq!(findings(&other), shown(Situation::HostUnreachable));
}

#[test]
fn broadcasts_need_their_option() {
    let mut evidence = session("0.0.0.0:9000", "192.168.1.255:7", |known| {
        known.settings.broadcast = Some(false);
    });
    evidence.path.is_broadcast = true;
    assert_eq!(findings(&evidence), shown(Situation::BroadcastDenied));
    evidence.session.as_mut().unwrap().settings.broadcast = Some(true);
    assert_eq!(findings(&evidence), []);
}

#[test]
fn a_group_is_joined_where_its_messages_come() {
    let group: IpAddr = [239, 1, 2, 3].into();
    let joined = |mut evidence: Evidence, names: &[&str]| {
        let groups = names.iter().map(|&name| (group, name.to_owned()));
        evidence.path.groups = Seen::Known(groups.collect());
        findings(&evidence)
    };
    let bound = || port("239.1.2.3:9000");
    assert_eq!(joined(bound(), &[]), shown(Situation::NotJoined));
    assert_eq!(joined(bound(), &["eth0"]), []);
    assert_eq!(joined(bound(), &["lo"]), likely(Situation::JoinedElsewhere));
    let same_port = || session("0.0.0.0:7", "239.1.2.3:7", |_| {});
    assert_eq!(joined(same_port(), &[]), likely(Situation::NotJoined));
    // It may wait for answers that are not sent to the group.
    let other_port = session("0.0.0.0:9000", "239.1.2.3:7", |_| {});
    assert_eq!(joined(other_port, &[]), []);
}

#[test]
fn a_group_with_a_time_to_live_of_zero_stays_here() {
    let with = |ttl| {
        let evidence = session("0.0.0.0:9000", "239.1.2.3:7", |known| {
            known.settings.multicast_ttl = Some(ttl);
        });
        findings(&evidence)
    };
    assert_eq!(with(0), shown(Situation::MulticastTtl));
    assert_eq!((with(1), with(4)), (vec![], vec![]));
}

#[test]
fn an_address_of_a_link_needs_the_link() {
    let to = |to: &str| findings(&session("[::]:9000", to, |_| {}));
    assert_eq!(to("[fe80::9]:7"), shown(Situation::MulticastScope));
    assert_eq!(to("[ff01::1]:7"), shown(Situation::MulticastScope));
    // There is one network only.
    assert_eq!(to("[ff02::1]:7"), []);
    let mut two = session("[::]:9000", "[ff02::1]:7", |_| {});
    machine::second(&mut two);
    assert_eq!(findings(&two), likely(Situation::MulticastScope));
}
