//! A link that goes down while a session uses it.
use super::namespaces::{self, arrived, listens, received};
use crate::cli::program::Program;
use crate::loopback::alone::processor_time;
use crate::loopback::probe::{Fact, Probe, client};
use netpeer::explain;
use netpeer::traffic::{Cause, Failure, Notice, Operation};
use netpeer::words::Lang;
use std::net::SocketAddr;
use std::time::Duration;

const FAR: &str = "10.77.0.2:9000";

/// Both send a datagram to each other.
fn talk(probe: &mut Probe, program: &mut Program, text: &str) {
    probe.send(FAR.parse().unwrap(), text.as_bytes());
    assert_eq!(received(program)["text"], text);
    let answer = format!("{text} too");
    program.types(&answer);
    arrived(probe, &answer);
}

/// Checks the message, in both languages, about a datagram without a route.
fn is_explained(failure: &Failure) {
    assert_eq!(failure.operation, Operation::Send);
    assert_eq!(failure.address, FAR);
    // ENETDOWN, ENETUNREACH or EHOSTUNREACH (errno(3)).
    let code = failure.cause.code();
    assert!(matches!(code, Some(100 | 101 | 113)), "{failure:?}");
    let said = |lang| explain::failure(lang, failure);
    let (english, chinese) = (said(Lang::English), said(Lang::Chinese));
    let (in_english, in_chinese) = match (&failure.cause, code) {
        (Cause::Undelivered { .. }, _) => ("does not answer in its network", "没有应答"),
        (_, Some(100)) => ("interface is down", "网卡没有启用"),
        (_, Some(101)) => ("There is no route to", "没有可用的路由"),
        _ => ("cannot be reached", "无法到达"),
    };
    assert!(english.what.contains(in_english), "{english:?}");
    assert!(chinese.what.contains(in_chinese), "{chinese:?}");
    assert!(!english.cure.is_empty() && !chinese.cure.is_empty());
    assert!(english.detail.contains('E'), "{}", english.detail);
}

#[test]
fn an_interface_that_is_down_is_reported_and_one_that_is_up_again_used_in_a_subprocess() {
    namespaces::run("netns::link::near_end");
}

#[test]
#[ignore = "run by the test above, in a network namespace"]
fn near_end() {
    let mut program = listens(&namespaces::far(), &["--bind", "0.0.0.0:9000"]);
    for local in ["10.77.0.1:9001", "0.0.0.0:9002", "[::]:9003"] {
        let (mut probe, _) = Probe::udp(local);
        talk(&mut probe, &mut program, "before");
        let failures = 20;
        let before = processor_time();
        namespaces::here("ip link set near down");
        for _ in 0..failures {
            probe.send(FAR.parse().unwrap(), b"lost");
        }
        let reported = probe.until(|facts| {
            let failures_of = facts.iter().filter_map(|fact| match fact {
                Fact::Notice(Notice::Failed(failure)) => Some(failure.clone()),
                _ => None,
            });
            let reported: Vec<Failure> = failures_of.collect();
            (reported.len() == failures).then_some(reported)
        });
        reported.iter().for_each(is_explained);
        namespaces::here("ip link set near up");
        namespaces::until_up();
        talk(&mut probe, &mut program, "after");
        let spent = processor_time() - before;
        assert!(spent < Duration::from_millis(500), "{spent:?}");
        let lost = Fact::Sent(FAR.parse().unwrap(), b"lost".to_vec());
        assert!(!probe.facts.contains(&lost), "no row says it was sent");
        probe.link.join();
    }
}

#[test]
fn a_link_that_is_down_at_the_other_end_is_reported_and_the_session_lives_in_a_subprocess() {
    namespaces::run("netns::link::far_end");
}

#[test]
#[ignore = "run by the test above, in a network namespace"]
fn far_end() {
    let mut program = listens(&namespaces::far(), &["--bind", "0.0.0.0:9000"]);
    for local in ["10.77.0.1:9001", "[::]:9002"] {
        let (mut probe, _) = Probe::udp(local);
        talk(&mut probe, &mut program, "before");
        namespaces::there("ip link set far down");
        namespaces::here("until ip link show near | grep -q 'state DOWN'; do :; done");
        let before = processor_time();
        // The kernel accepts it, and sends ARP requests for three seconds.
        probe.send(FAR.parse().unwrap(), b"lost");
        is_explained(&probe.until_failure());
        let spent = processor_time() - before;
        assert!(spent < Duration::from_millis(300), "{spent:?}");
        namespaces::there("ip link set far up");
        namespaces::until_up();
        talk(&mut probe, &mut program, "after");
        probe.link.join();
    }
}

#[test]
fn a_connection_outlives_a_link_that_goes_down_in_a_subprocess() {
    namespaces::run("netns::link::connection");
}

#[test]
#[ignore = "run by the test above, in a network namespace"]
fn connection() {
    let server = ["tcp-server", "--json", "--for", "60s", "--bind", FAR];
    let mut program = Program::in_network_of(&namespaces::far(), &server);
    program.line_with("\"Listening\"");
    let remote: SocketAddr = FAR.parse().unwrap();
    let mut probe = Probe::open(client(remote));
    probe.until_notice(|notice| matches!(notice, Notice::Connected { .. }).then_some(()));
    for end in ["near", "far"] {
        let change = if end == "near" {
            namespaces::here
        } else {
            namespaces::there
        };
        change(&format!("ip link set {end} down"));
        let before = processor_time();
        probe.send(remote, end.as_bytes());
        program.types(&format!("from {end}"));
        // The kernel accepts data sent meanwhile, and retransmits it.
        probe.until_fact(&Fact::Sent(remote, end.into()));
        program.line_with("\"kind\":\"sent\"");
        change(&format!("ip link set {end} up"));
        namespaces::until_up();
        assert_eq!(received(&program)["text"], end);
        arrived(&mut probe, &format!("from {end}"));
        let spent = processor_time() - before;
        assert!(spent < Duration::from_millis(300), "{spent:?}");
    }
    let failed = |fact: &Fact| matches!(fact, Fact::Notice(Notice::Failed(_)));
    assert!(!probe.facts.iter().any(failed));
}

#[test]
fn a_connection_without_a_route_is_explained_in_a_subprocess() {
    namespaces::run("netns::link::no_connection");
}

#[test]
#[ignore = "run by the test above, in a network namespace"]
fn no_connection() {
    namespaces::here("ip link set near down");
    let mut probe = Probe::open(client(FAR.parse().unwrap()));
    let failure = probe.until_failure();
    assert_eq!(failure.operation, Operation::Connect);
    is_explained(&Failure {
        operation: Operation::Send,
        ..failure
    });
}
