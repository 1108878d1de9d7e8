//! The hold queue of a relay.

use super::probe::{DEADLINE, Fact, Probe};
use super::relay::{follow, open, relay, rule, written};
use super::tcp::connect;
use crate::sockets::{far_side, receive_from};
use netpeer::automation::InterceptedEntry;
use netpeer::automation::rules::{ActionKind, BytePattern, Condition};
use netpeer::engine::{RelayCommand, Setup};
use netpeer::kind::SessionKind;
use netpeer::traffic::{Automatic, Notice};
use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpListener};

/// The messages on hold, once there are `count` of them.
fn intercepted(probe: &mut Probe, count: usize) -> Vec<InterceptedEntry> {
    probe.until(|facts| {
        let last = facts.iter().rev().find_map(|fact| match fact {
            Fact::Activity(activity) => Some(activity),
            _ => None,
        })?;
        (last.hold_queue.packets.len() == count).then(|| last.hold_queue.packets.to_vec())
    })
}

#[test]
fn datagrams_are_intercepted_both_ways_and_released_one_by_one() {
    let (mut probe, local, target) = relay();
    let (client, address) = far_side();
    client.send_to(b"hello", local).unwrap();
    let (_, from) = receive_from(&target);
    probe.link.command(RelayCommand::HoldAll(true));
    client.send_to(b"one", local).unwrap();
    client.send_to(b"two", local).unwrap();
    intercepted(&mut probe, 2);
    target.send_to(b"back", from).unwrap();
    let all = intercepted(&mut probe, 3);
    let target_address = target.local_addr().unwrap();
    assert_eq!(
        (all[1].from, all[1].to),
        (address.into(), target_address.into())
    );
    assert_eq!(
        (all[2].from, all[2].to),
        (target_address.into(), address.into())
    );
    assert_eq!((all[2].length, &*all[2].begin), (4, b"back".as_slice()));
    let number = Some(all[1].number);
    probe.link.command(RelayCommand::Release { number });
    assert_eq!(receive_from(&target), ("two".into(), from));
    let number = Some(all[0].number);
    probe.link.command(RelayCommand::Discard { number });
    probe.until_automatic(|automatic| {
        matches!(automatic, Automatic::Discarded { bytes: 3, .. }).then_some(())
    });
    probe.link.command(RelayCommand::HoldAll(false));
    client.send_to(b"free", local).unwrap();
    assert_eq!(receive_from(&target).0, "free");
    probe.link.command(RelayCommand::Release { number: None });
    assert_eq!(receive_from(&client).0, "back");
    intercepted(&mut probe, 0);
}

#[test]
fn a_rule_may_hold_what_it_edited() {
    let (mut probe, local, target) = relay();
    let (client, peer) = far_side();
    let acts = vec![
        ActionKind::Edit(written("edited ${data}")),
        ActionKind::Hold,
    ];
    follow(
        &probe,
        &[rule("r", Condition::Is(BytePattern::text("stop")), acts)],
    );
    client.send_to(b"stop", local).unwrap();
    client.send_to(b"go", local).unwrap();
    assert_eq!(receive_from(&target).0, "go", "a datagram may overtake");
    let number = intercepted(&mut probe, 1)[0].number;
    let expected = Automatic::Intercepted {
        number,
        rule: Some("r".into()),
        peer: peer.into(),
        bytes: 11,
    };
    probe.until_automatic(|automatic| (*automatic == expected).then_some(()));
    probe.link.command(RelayCommand::Release { number: None });
    assert_eq!(receive_from(&target).0, "edited stop");
    let target = target.local_addr().unwrap();
    probe.until_fact(&Fact::Sent(target, b"edited stop".to_vec()));
    assert_eq!(probe.replies, [("r".into(), b"edited stop".to_vec())]);
}

#[test]
fn messages_beyond_the_room_to_hold_are_dropped_with_a_row() {
    let (mut probe, local, target) = relay();
    let (client, peer) = far_side();
    probe.link.command(RelayCommand::HoldAll(true));
    for number in 0..1_001_u32 {
        client.send_to(&number.to_be_bytes(), local).unwrap();
        if number % 100 == 0 {
            probe.until_fact(&Fact::Received(peer, number.to_be_bytes().to_vec()));
        }
    }
    let dropped = Automatic::NotIntercepted {
        peer: peer.into(),
        bytes: 4,
    };
    probe.until_automatic(|automatic| (*automatic == dropped).then_some(()));
    intercepted(&mut probe, 1_000);
    probe.link.command(RelayCommand::Release { number: None });
    assert_eq!(receive_from(&target).0.as_bytes(), [0; 4]);
    let sent = |fact: &&Fact| matches!(fact, Fact::Sent(..));
    probe.until(|facts| (facts.iter().filter(sent).count() == 1_000).then_some(()));
}

#[test]
fn the_bytes_of_a_connection_wait_for_those_before_them_and_so_does_its_end() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let target = listener.local_addr().unwrap();
    let local = "127.0.0.1:0".parse().unwrap();
    let (mut probe, local) = open(Setup::relay(SessionKind::RelayTcp, local, target.into()));
    let stop = Condition::Contains(BytePattern::text("stop"));
    follow(&probe, &[rule("r", stop, vec![ActionKind::Hold])]);
    let (mut client, peer) = connect(local);
    let (mut far, _) = listener.accept().unwrap();
    far.set_read_timeout(Some(DEADLINE)).unwrap();
    for text in ["before,", "stop,", "after,", "stop!"] {
        client.write_all(text.as_bytes()).unwrap();
        probe.until_fact(&Fact::Received(peer, text.as_bytes().to_vec()));
    }
    client.shutdown(Shutdown::Write).unwrap();
    probe.until_fact(&Fact::Notice(Notice::PeerFinished { peer: peer.into() }));
    let all = intercepted(&mut probe, 3);
    assert_eq!(
        all.iter().map(|entry| entry.is_queued).collect::<Vec<_>>(),
        [false, true, false]
    );
    let number = Some(all[2].number);
    probe.link.command(RelayCommand::Release { number });
    let number = Some(all[0].number);
    probe.link.command(RelayCommand::Release { number });
    let mut text = String::new();
    far.read_to_string(&mut text).unwrap();
    assert_eq!(text, "before,stop,after,stop!");
}
