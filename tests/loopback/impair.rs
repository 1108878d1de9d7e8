//! The simulated network of datagrams, with real sockets.

use super::probe::{Fact, Probe};
use super::rules::follow;
use crate::sockets::{far_side, receive};
use netpeer::automation::impair::{
    DatagramPlan, Delay, DirectionPlan, Effect, EffectKind, Impairment, Loss,
};
use netpeer::automation::rules::Rule;
use netpeer::automation::{Limits, rules};
use netpeer::engine::SessionCommand;
use netpeer::kind::SessionKind;
use netpeer::traffic::{Automatic, Notice};
use std::sync::Arc;
use std::time::{Duration, Instant};

pub fn impair(probe: &Probe, conditions: Impairment) {
    conditions.check().unwrap();
    let conditions = Some(Arc::new(conditions));
    probe.link.command(SessionCommand::Impair(conditions));
}

fn outgoing(datagrams: DatagramPlan) -> Impairment {
    Impairment {
        seed: 17,
        outgoing: DirectionPlan {
            datagrams,
            ..DirectionPlan::default()
        },
        ..Impairment::default()
    }
}

/// The effects reported so far.
fn effects(facts: &[Fact]) -> Vec<Effect> {
    let effect = |fact: &Fact| match fact {
        Fact::Notice(Notice::Automatic(notice)) => match &**notice {
            Automatic::Impaired { effect, .. } => Some(effect.clone()),
            _ => None,
        },
        _ => None,
    };
    facts.iter().filter_map(effect).collect()
}

#[test]
fn every_third_is_lost_and_each_loss_is_a_row() {
    let (mut probe, _) = Probe::udp("127.0.0.1:0");
    let (socket, to) = far_side();
    let loss = Loss::EveryNth(3);
    impair(
        &probe,
        outgoing(DatagramPlan {
            loss,
            ..DatagramPlan::default()
        }),
    );
    (1..=9_u8).for_each(|number| probe.send(to, &[number]));
    let came: Vec<u8> = (0..6).map(|_| receive(&socket)[0]).collect();
    assert_eq!(came, [1, 2, 4, 5, 7, 8]);
    probe.until_fact(&Fact::Sent(to, vec![8]));
    let lost = probe.until(|facts| Some(effects(facts)).filter(|all| all.len() == 3));
    let expected = [3, 6, 9].map(|number| Effect {
        number,
        what: EffectKind::Lost,
    });
    assert_eq!(lost, expected);
}

#[test]
fn the_same_seed_hits_the_same_datagrams() {
    let lost = |seed| {
        let (mut probe, _) = Probe::udp("127.0.0.1:0");
        let (_socket, to) = far_side();
        let loss = Loss::Random {
            percent: 50.0,
            correlation: 0.0,
        };
        let plan = DatagramPlan {
            loss,
            ..DatagramPlan::default()
        };
        impair(
            &probe,
            Impairment {
                seed,
                ..outgoing(plan)
            },
        );
        (0..=63_u8).for_each(|number| probe.send(to, &[number]));
        // Every datagram was either sent or dropped.
        probe.until(|facts| {
            let sent = |fact: &&Fact| matches!(fact, Fact::Sent(..));
            let all = facts.iter().filter(sent).count() + effects(facts).len();
            (all == 64).then(|| effects(facts))
        })
    };
    let (one, again, other) = (lost(1), lost(1), lost(2));
    assert_eq!(one, again);
    assert_ne!(one, other);
}

#[test]
fn a_delayed_datagram_goes_later_and_at_once_when_the_network_is_no_longer_simulated() {
    let (probe, _) = Probe::udp("127.0.0.1:0");
    let (socket, to) = far_side();
    let delay = |millis| DatagramPlan {
        delay: Delay {
            millis,
            ..Delay::default()
        },
        ..DatagramPlan::default()
    };
    impair(&probe, outgoing(delay(80.0)));
    let began = Instant::now();
    probe.send(to, b"late");
    assert_eq!(receive(&socket), b"late");
    assert!(began.elapsed() >= Duration::from_millis(80));
    impair(&probe, outgoing(delay(3_600_000.0)));
    probe.send(to, b"in an hour");
    probe.link.command(SessionCommand::Impair(None));
    assert_eq!(receive(&socket), b"in an hour");
}

#[test]
fn rules_do_not_see_datagrams_lost_on_arrival() {
    let (mut probe, local) = Probe::udp("127.0.0.1:0");
    let echo = Rule {
        name: "echo".into(),
        when: rules::Condition::Always,
        ..Rule::default()
    };
    follow(&probe, &[echo], Limits::none());
    let loss = Loss::EveryNth(2);
    let incoming = outgoing(DatagramPlan {
        loss,
        ..DatagramPlan::default()
    })
    .outgoing;
    impair(
        &probe,
        Impairment {
            incoming,
            ..Impairment::default()
        },
    );
    let (socket, address) = far_side();
    for number in 1..=4_u8 {
        socket.send_to(&[number], local).unwrap();
    }
    let came: Vec<u8> = (0..2).map(|_| receive(&socket)[0]).collect();
    assert_eq!(came, [1, 3]);
    // A delivered datagram is still a row.
    probe.until_fact(&Fact::Received(address, vec![4]));
}

#[test]
fn a_relay_loses_in_both_directions() {
    use netpeer::engine::Setup;
    let (target, to) = far_side();
    let local = "127.0.0.1:0".parse().unwrap();
    let mut probe = Probe::open(Setup::relay(SessionKind::RelayUdp, local, to.into()));
    let local = probe.until_notice(|notice| match notice {
        Notice::Bound { local, .. } => local.address(),
        _ => None,
    });
    let every = |nth| DirectionPlan {
        datagrams: DatagramPlan {
            loss: Loss::EveryNth(nth),
            ..DatagramPlan::default()
        },
        ..DirectionPlan::default()
    };
    let conditions = Impairment {
        outgoing: every(3),
        incoming: every(2),
        ..Impairment::default()
    };
    impair(&probe, conditions);
    let (client, address) = far_side();
    for number in 1..=6_u8 {
        client.send_to(&[number], local).unwrap();
    }
    let mut buffer = [0; 8];
    let mut came = Vec::new();
    for _ in 0..4 {
        let (_, upstream) = target.recv_from(&mut buffer).unwrap();
        came.push(buffer[0]);
        target.send_to(&buffer[..1], upstream).unwrap();
    }
    assert_eq!(came, [1, 2, 4, 5]);
    let back: Vec<u8> = (0..2).map(|_| receive(&client)[0]).collect();
    assert_eq!(back, [1, 4]);
    // The rows name the client in both directions.
    let peers = probe.until(|facts| {
        let peer = |fact: &Fact| match fact {
            Fact::Notice(Notice::Automatic(notice)) => match **notice {
                Automatic::Impaired { peer, .. } => Some(peer),
                _ => None,
            },
            _ => None,
        };
        let peers: Vec<netpeer::peer::Peer> = facts.iter().filter_map(peer).collect();
        (peers.len() == 4).then_some(peers)
    });
    assert_eq!(peers, [address; 4]);
}
