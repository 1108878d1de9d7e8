//! Interfaces of a receiver that waits for a peer that nobody has named.

use super::machine::{bound, interface, known, machine, port, session, with};
use super::{findings, first, likely, shown, unknown};
use crate::engine::evidence::{Evidence, InterfaceFacts, Transport};
use crate::explain::doctor::Situation;

const UDP: Transport = Transport::Udp;
const TCP: Transport = Transport::Tcp;

/// A session at all addresses that waits, with this change of its only network card.
fn waiting(
    transport: Transport,
    local: &str,
    change: impl FnOnce(&mut InterfaceFacts),
) -> Evidence {
    let mut evidence = session(transport, local, None, |_| {});
    let eth = known(&mut evidence.local.interfaces).last_mut();
    change(eth.unwrap());
    evidence
}

fn is_off(eth: &mut InterfaceFacts) {
    eth.is_up = false;
}

fn is_unplugged(eth: &mut InterfaceFacts) {
    eth.has_carrier = Some(false);
}

/// A bridge of containers, of which none runs.
fn bridge() -> InterfaceFacts {
    InterfaceFacts {
        has_carrier: Some(false),
        ..interface("docker0", &["172.17.0.1/16"])
    }
}

#[test]
fn the_only_card_that_cannot_receive_is_the_verdict_of_who_waits() {
    for (transport, local) in [
        (UDP, "0.0.0.0:9000"),
        (UDP, "[::]:9000"),
        (TCP, "0.0.0.0:9000"),
    ] {
        let off = waiting(transport, local, is_off);
        assert_eq!(first(&off), shown(Situation::InterfaceDown));
        let mut unplugged = waiting(transport, local, is_unplugged);
        assert_eq!(first(&unplugged), shown(Situation::NoCarrier));
        with(&mut unplugged, bridge());
        assert_eq!(first(&unplugged), shown(Situation::NoCarrier));
    }
    let mut program = machine(port(TCP, "0.0.0.0:80"), vec![bound(TCP, "0.0.0.0:80")]);
    is_off(known(&mut program.local.interfaces).last_mut().unwrap());
    assert_eq!(first(&program), shown(Situation::InterfaceDown));
}

#[test]
fn a_card_without_an_address_receives_no_connection_and_perhaps_a_broadcast() {
    let bare = |eth: &mut InterfaceFacts| eth.addresses.retain(|(ip, _)| ip.is_ipv6());
    let tcp = waiting(TCP, "0.0.0.0:9000", bare);
    assert_eq!(first(&tcp), shown(Situation::NoAddress));
    let udp = waiting(UDP, "0.0.0.0:9000", bare);
    assert_eq!(first(&udp), likely(Situation::NoAddress));
    assert_eq!(first(&waiting(TCP, "[::]:9000", bare)), None);
}

#[test]
fn a_card_that_is_off_beside_one_that_works_is_a_remark() {
    let mut evidence = session(UDP, "0.0.0.0:9000", None, |_| {});
    with(&mut evidence, bridge());
    assert_eq!(findings(&evidence), []);
    let cards = [Situation::InterfaceDown, Situation::NoCarrier];
    assert!(!unknown(&evidence).iter().any(|one| cards.contains(one)));
    type Change = fn(&mut InterfaceFacts);
    let faults: [(Change, Situation); 2] = [
        (is_off, Situation::InterfaceDown),
        (is_unplugged, Situation::NoCarrier),
    ];
    for (change, situation) in faults {
        let mut other = evidence.clone();
        let mut second = interface("eth1", &["10.0.0.5/24"]);
        change(&mut second);
        with(&mut other, second);
        assert_eq!(findings(&other), []);
        assert!(unknown(&other).contains(&situation));
    }
    // A device that was never used, such as that of a module.
    let mut unused = interface("ifb0", &[]);
    is_off(&mut unused);
    with(&mut evidence, unused);
    assert!(!unknown(&evidence).iter().any(|one| cards.contains(one)));
}

#[test]
fn a_bridge_with_a_container_leaves_the_card_likely() {
    let mut evidence = waiting(UDP, "0.0.0.0:9000", is_off);
    with(&mut evidence, interface("docker0", &["172.17.0.1/16"]));
    assert_eq!(first(&evidence), likely(Situation::InterfaceDown));
}

#[test]
fn who_receives_or_waits_on_the_loopback_needs_no_card() {
    for mut evidence in [
        waiting(UDP, "127.0.0.1:9000", is_off),
        waiting(TCP, "[::1]:9000", is_off),
    ] {
        assert_eq!(findings(&evidence), []);
        known(&mut evidence.local.interfaces).truncate(1);
        assert_eq!(findings(&evidence), []);
    }
    let mut heard = waiting(UDP, "0.0.0.0:9000", is_off);
    heard.session.as_mut().unwrap().received.messages = 1;
    assert_eq!(findings(&heard), []);
    let mut reached = waiting(TCP, "0.0.0.0:9000", is_off);
    reached.session.as_mut().unwrap().is_connected = true;
    assert_eq!(findings(&reached), []);
    // A container without a network has no card at all.
    let mut alone = session(UDP, "0.0.0.0:9000", None, |_| {});
    known(&mut alone.local.interfaces).truncate(1);
    assert_eq!(findings(&alone), []);
}
