//! Faults of a session that asks.

use super::machine::{address, bound, grown, interface, known, machine, session, with};
use super::{cure, first, likely, shown, unknown};
use crate::engine::evidence::{
    Evidence, JoinedGroup, MissedDatagram, Question, Seen, SocketRow, Transport, Unseen,
};
use crate::explain::doctor::{Cure, Situation, Subject, judge};
use crate::traffic::{Cause, Failure, Operation};

const UDP: Transport = Transport::Udp;
const TCP: Transport = Transport::Tcp;

/// A session that was not opened for this cause.
fn refused(transport: Transport, local: &str, cause: Cause) -> Evidence {
    let mut evidence = session(transport, local, None, |facts| {
        facts.open = false;
        facts.failures = vec![Failure {
            operation: Operation::Bind,
            address: local.to_owned(),
            cause,
        }];
    });
    known(&mut evidence.local.sockets).clear();
    evidence
}

fn in_use() -> Cause {
    Cause::PortInUse {
        holder: None,
        free: None,
        code: 98,
    }
}

#[test]
fn a_session_that_is_not_open_says_why() {
    let mut evidence = refused(UDP, "0.0.0.0:9000", Cause::System { code: 1 });
    assert_eq!(first(&evidence), shown(Situation::NotBound));
    known(&mut evidence.local.sockets).push(bound(UDP, "127.0.0.1:9000"));
    let taken = first(&evidence);
    assert_eq!(taken, shown(Situation::NotBound), "the cause was another");
    let mut evidence = refused(UDP, "0.0.0.0:9000", in_use());
    known(&mut evidence.local.sockets).push(bound(UDP, "127.0.0.1:9000"));
    assert_eq!(first(&evidence), shown(Situation::PortTaken));
    let evidence = refused(
        UDP,
        "192.0.2.9:9000",
        Cause::NotLocal {
            own: Vec::new(),
            code: 99,
        },
    );
    assert_eq!(first(&evidence), shown(Situation::NotLocal));
}

#[test]
fn a_port_that_another_program_has_is_the_only_finding_of_a_closed_session() {
    for (transport, command) in [
        (UDP, "sudo ss -lunp 'sport = :9000'"),
        (TCP, "sudo ss -ltnp 'sport = :9000'"),
    ] {
        let mut evidence = refused(transport, "0.0.0.0:9000", in_use());
        assert!(cure(Situation::NotBound, &evidence).is_some(), "it is free");
        known(&mut evidence.local.sockets).push(bound(transport, "0.0.0.0:9000"));
        let found = |evidence: &Evidence| -> Vec<Situation> {
            let all = judge(evidence).findings;
            let all = all.iter().map(|finding| finding.situation);
            all.filter(|one| one.subject() == Subject::Local).collect()
        };
        assert_eq!(found(&evidence), [Situation::PortTaken]);
        assert_eq!(cure(Situation::NotBound, &evidence), None);
        assert_eq!(cure(Situation::PortTaken, &evidence), None, "it is named");
        known(&mut evidence.local.sockets)[0].owner = None;
        assert_eq!(found(&evidence), [Situation::PortTaken]);
        let named = Some(Cure::CopyCommand(command.to_owned()));
        assert_eq!(cure(Situation::PortTaken, &evidence), named);
    }
}

#[test]
fn a_closed_connection_keeps_the_port() {
    let cause = Cause::Lingering {
        seconds: 40,
        free: None,
        code: 98,
    };
    let mut evidence = refused(TCP, "127.0.0.1:9000", cause);
    assert_eq!(first(&evidence), shown(Situation::NotBound), "it is over");
    known(&mut evidence.local.sockets).push(SocketRow {
        state: 0x06,
        inode: 0,
        lingers: Some(40),
        remote: Some(address("127.0.0.1:80")),
        owner: None,
        ..bound(TCP, "127.0.0.1:9000")
    });
    assert_eq!(first(&evidence), shown(Situation::TimeWait));
}

#[test]
fn a_process_without_descriptors_is_told() {
    let mut evidence = session(TCP, "0.0.0.0:9000", None, |_| {});
    known(&mut evidence.local.limits).open_files = Some(1023);
    assert_eq!(first(&evidence), shown(Situation::DescriptorLimit));
    known(&mut evidence.local.limits).open_files = Some(1000);
    assert_eq!(first(&evidence), None);
    let failed = session(TCP, "0.0.0.0:9000", None, |facts| {
        facts.failures = vec![Failure {
            operation: Operation::Accept,
            address: String::new(),
            cause: Cause::OutOfDescriptors {
                pause_millis: 100,
                code: 24,
            },
        }];
    });
    assert_eq!(first(&failed), likely(Situation::DescriptorLimit));
    // It is open already.
    let mut datagrams = session(UDP, "0.0.0.0:9000", None, |_| {});
    known(&mut datagrams.local.limits).open_files = Some(1023);
    assert_eq!(first(&datagrams), None);
}

#[test]
fn a_session_on_loopback_does_not_reach_another_machine() {
    let evidence = session(UDP, "127.0.0.1:9000", Some("192.168.1.9:80"), |_| {});
    assert_eq!(first(&evidence), shown(Situation::LoopbackOnly));
    let all = Some(Cure::BindTo(address("0.0.0.0:9000")));
    assert_eq!(cure(Situation::LoopbackOnly, &evidence), all);
    let mut evidence = session(UDP, "127.0.0.1:9000", None, |_| {});
    assert!(unknown(&evidence).contains(&Situation::LoopbackOnly));
    grown(&mut evidence, "Udp.NoPorts", 3, "eth0");
    assert_eq!(first(&evidence), likely(Situation::LoopbackOnly));
    // One may be that of any program, and those of the other IP version are not for this address.
    let mut few = session(UDP, "127.0.0.1:9000", None, |_| {});
    grown(&mut few, "Udp.NoPorts", 2, "eth0");
    assert_eq!(first(&few), None);
    let mut other = session(UDP, "127.0.0.1:9000", None, |_| {});
    grown(&mut other, "Udp6NoPorts", 3, "eth0");
    assert!(unknown(&other).contains(&Situation::LoopbackOnly));
    // Any program of the machine may have reset a connection.
    let mut resets = session(TCP, "127.0.0.1:9000", None, |_| {});
    grown(&mut resets, "Tcp.OutRsts", 9, "eth0");
    assert_eq!(first(&resets), None);
    assert!(unknown(&resets).contains(&Situation::LoopbackOnly));
    // On this machine, programs that have nothing to do with it send to closed ports too.
    let mut evidence = session(UDP, "127.0.0.1:9000", None, |_| {});
    grown(&mut evidence, "Udp.NoPorts", 3, "lo");
    assert_eq!(first(&evidence), None);
    assert!(unknown(&evidence).contains(&Situation::WrongPort));
}

#[test]
fn a_session_at_one_address_does_not_get_what_is_sent_to_many() {
    let quiet = |local: &str, to| session(UDP, local, to, |_| {});
    let one = quiet("192.168.1.5:9000", None);
    assert_eq!(first(&one), None);
    assert!(unknown(&one).contains(&Situation::BoundToOneAddress));
    let mut broadcast = one.clone();
    known(&mut broadcast.local.missed).push(MissedDatagram {
        from: address("192.168.1.9:4000"),
        to: address("192.168.1.255:9000"),
    });
    assert_eq!(first(&broadcast), shown(Situation::BoundToOneAddress));
    let all = Some(Cure::BindTo(address("0.0.0.0:9000")));
    assert_eq!(cure(Situation::BoundToOneAddress, &broadcast), all);
    let joined = session(UDP, "[fd01::5]:9000", None, |facts| {
        facts.groups = vec![JoinedGroup {
            group: address("[ff15::7]:0").ip(),
            interface: None,
        }];
    });
    assert_eq!(first(&joined), likely(Situation::BoundToOneAddress));
    let all = Some(Cure::BindTo(address("[::]:9000")));
    assert_eq!(cure(Situation::BoundToOneAddress, &joined), all);
    // It waits for the answer of one machine, or is bound to all, or something came.
    let heard = session(UDP, "192.168.1.5:9000", None, |facts| {
        facts.received.messages = 1;
    });
    let to_one = quiet("192.168.1.5:9000", Some("192.168.1.9:80"));
    for other in [to_one, quiet("0.0.0.0:9000", None), heard] {
        assert!(!unknown(&other).contains(&Situation::BoundToOneAddress));
    }
    // Another system delivers them.
    let mut elsewhere = joined;
    elsewhere.local.missed = Seen::Unseen(Unseen::NotHere);
    assert_eq!(first(&elsewhere), None);
}

#[test]
fn where_the_sender_is_decides_about_a_session_that_waits() {
    let waiting = |local: &str, sender: &str| {
        let mut evidence = session(UDP, local, None, |_| {});
        if let Question::Session { from, .. } = &mut evidence.question {
            *from = Some(address(sender));
        }
        with(&mut evidence, interface("eth1", &["10.0.0.5/24"]));
        evidence
    };
    let loopback = waiting("127.0.0.1:9000", "192.168.1.9:0");
    assert_eq!(first(&loopback), shown(Situation::LoopbackOnly));
    let other = waiting("192.168.1.5:9000", "10.0.0.9:0");
    assert_eq!(first(&other), likely(Situation::OtherInterface));
    let version = waiting("0.0.0.0:9000", "[fd01::9]:0");
    assert_eq!(first(&version), shown(Situation::V4AgainstV6));
    for (local, sender) in [
        ("127.0.0.1:9000", "127.0.0.1:0"),
        ("192.168.1.5:9000", "192.168.1.9:0"),
        ("0.0.0.0:9000", "10.0.0.9:4000"),
        // They stand for no one machine.
        ("127.0.0.1:9000", "0.0.0.0:0"),
        ("127.0.0.1:9000", "239.1.1.1:0"),
    ] {
        assert_eq!(first(&waiting(local, sender)), None, "{local} {sender}");
    }
}

#[test]
fn a_session_at_one_address_does_not_hear_another_interface() {
    let mut evidence = session(UDP, "192.168.1.5:9000", None, |_| {});
    with(&mut evidence, interface("eth1", &["10.0.0.5/24"]));
    grown(&mut evidence, "Udp.NoPorts", 3, "eth1");
    assert_eq!(first(&evidence), likely(Situation::OtherInterface));
    let mut evidence = session(UDP, "192.168.1.5:9000", Some("10.0.0.9:80"), |_| {});
    with(&mut evidence, interface("eth1", &["10.0.0.5/24"]));
    assert_eq!(first(&evidence), likely(Situation::OtherInterface));
    // On its own interface, the port is another.
    let mut evidence = session(UDP, "192.168.1.5:9000", None, |_| {});
    grown(&mut evidence, "Udp.NoPorts", 3, "eth0");
    assert_eq!(first(&evidence), likely(Situation::WrongPort));
}

#[test]
fn a_session_of_one_version_does_not_reach_the_other() {
    let evidence = session(UDP, "[::]:9000", Some("192.168.1.9:80"), |facts| {
        facts.settings.v6_only = Some(true);
    });
    assert_eq!(first(&evidence), shown(Situation::V6Only));
    let evidence = session(UDP, "0.0.0.0:9000", Some("[fd01::9]:80"), |_| {});
    assert_eq!(first(&evidence), shown(Situation::V4AgainstV6));
}

/// A socket of another program that is connected to this address.
fn connected(transport: Transport, to: &str) -> SocketRow {
    SocketRow {
        remote: Some(address(to)),
        state: 1,
        ..bound(transport, "[::1]:40000")
    }
}

#[test]
fn datagrams_to_another_port_of_the_other_version_are_no_evidence() {
    let mut evidence = session(UDP, "127.0.0.1:9000", None, |_| {});
    grown(&mut evidence, "Udp6NoPorts", 3, "lo");
    for (transport, to) in [
        (UDP, "[::1]:9001"),
        (TCP, "[::1]:9000"),
        (UDP, "[fd01::5]:9000"),
        (UDP, "127.0.0.1:9000"),
    ] {
        known(&mut evidence.local.sockets).push(connected(transport, to));
    }
    assert_eq!(first(&evidence), None);
    assert!(unknown(&evidence).contains(&Situation::LocalhostIsV6));
}

#[test]
fn a_sender_to_this_port_at_the_other_loopback_address_is_not_heard() {
    let mut evidence = session(UDP, "127.0.0.1:9000", None, |_| {});
    known(&mut evidence.local.sockets).push(connected(UDP, "[::1]:9000"));
    assert_eq!(first(&evidence), likely(Situation::LocalhostIsV6));
    let mut heard = evidence.clone();
    heard.session.as_mut().unwrap().received.messages = 1;
    assert_eq!(first(&heard), None);
    let mut received = evidence.clone();
    known(&mut received.local.sockets).push(bound(UDP, "[::1]:9000"));
    assert_eq!(first(&received), None, "somebody receives there");
    // localhost is IPv4, and the program has chosen ::1.
    known(&mut evidence.local.localhost).reverse();
    assert_eq!(first(&evidence), likely(Situation::V4AgainstV6));
    let mut reverse = session(UDP, "[::1]:9000", None, |_| {});
    known(&mut reverse.local.sockets).push(connected(UDP, "127.0.0.1:9000"));
    assert_eq!(first(&reverse), likely(Situation::V4AgainstV6));
}

#[test]
fn a_shared_port_of_ours_is_shown() {
    let mut evidence = session(UDP, "0.0.0.0:9000", None, |_| {});
    known(&mut evidence.local.sockets).push(bound(UDP, "0.0.0.0:9000"));
    assert_eq!(first(&evidence), shown(Situation::PortShared));
}

#[test]
fn settings_that_hide_messages_are_told() {
    let hidden = session(UDP, "0.0.0.0:9000", None, |facts| {
        facts.received.messages = 3;
        facts.settings.hidden_rows = 3;
    });
    assert_eq!(first(&hidden), shown(Situation::HiddenByFilter));
    let clear = Some(Cure::ClearFilter);
    assert_eq!(cure(Situation::HiddenByFilter, &hidden), clear);
    let simulated = session(UDP, "0.0.0.0:9000", None, |facts| {
        facts.settings.is_impaired = true;
    });
    assert_eq!(first(&simulated), likely(Situation::SimulatedNetwork));
    let stepped = session(UDP, "0.0.0.0:9000", None, |facts| {
        facts.clock_steps = vec![-3600.0];
    });
    assert_eq!(first(&stepped), likely(Situation::ClockStep));
    let mut answered = stepped.clone();
    answered.session.as_mut().unwrap().received.messages = 3;
    assert_eq!(first(&answered), None, "who is answered waits for nothing");
    let no_step = session(UDP, "0.0.0.0:9000", None, |_| {});
    let ruled_out = judge(&no_step).ruled_out;
    assert!(
        !ruled_out.contains(&Situation::ClockStep),
        "none was recorded"
    );
    // A question of a command has no session.
    let asked = machine(stepped.question.clone(), vec![bound(UDP, "0.0.0.0:9000")]);
    assert_eq!(first(&asked), None);
}

#[test]
fn a_message_that_was_refused_is_a_finding_where_no_other_one_says_why() {
    let too_long = Cause::TooLong {
        length: 70_000,
        limit: 65_507,
    };
    for cause in [
        Cause::System { code: 101 },
        too_long,
        Cause::NoAddressOfFamily { ipv6: true },
    ] {
        let mut evidence = session(UDP, "192.168.1.5:9000", Some("192.168.1.9:80"), |facts| {
            facts.refused = Some(Failure {
                operation: Operation::Send,
                address: "192.168.1.9:80".to_owned(),
                cause,
            });
        });
        assert_eq!(first(&evidence), shown(Situation::SendRefused));
        evidence.path.route = Seen::Known(Err(101));
        let findings = judge(&evidence).findings;
        let has = |situation| findings.iter().any(|found| found.situation == situation);
        assert!(has(Situation::NoRoute) && !has(Situation::SendRefused));
    }
    let sound = session(UDP, "192.168.1.5:9000", Some("192.168.1.9:80"), |facts| {
        facts.sent.messages = 1;
    });
    assert_eq!(first(&sound), None);
}

#[test]
fn a_port_that_needs_a_right_is_the_only_finding_and_its_command_gives_it() {
    let privileged = Cause::Privileged {
        free_from: 1024,
        code: 13,
    };
    for transport in [Transport::Udp, Transport::Tcp] {
        let evidence = refused(transport, "0.0.0.0:514", privileged.clone());
        let diagnosis = judge(&evidence);
        let verdict = diagnosis.findings.first().unwrap();
        assert_eq!(verdict.situation, Situation::PrivilegedPort);
        assert_eq!(diagnosis.findings.len(), 1, "{:?}", diagnosis.findings);
        if cfg!(target_os = "linux") {
            let command = verdict.cure.as_ref().and_then(Cure::command);
            let expected = "sudo sysctl -w net.ipv4.ip_unprivileged_port_start=514";
            assert_eq!(command, Some(expected));
        }
    }
}
