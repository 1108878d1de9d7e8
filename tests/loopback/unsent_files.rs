//! Files of which the kernel did not take all, or not at once.

use super::files::{connected, file, send};
use super::impair::impair;
use super::probe::{Fact, Probe};
use super::tcp::connect;
use crate::sockets::far_side;
use netpeer::automation::impair::{DatagramPlan, Delay, DirectionPlan, Impairment};
use netpeer::engine::{Command, Target};
use netpeer::traffic::{Automatic, Cause, Notice};
use std::io::Read as _;
use std::net::SocketAddr;

/// A simulated network that delays what is sent.
pub fn delayed(millis: f64) -> Impairment {
    let delay = Delay {
        millis,
        ..Delay::default()
    };
    let datagrams = DatagramPlan {
        delay,
        ..DatagramPlan::default()
    };
    let outgoing = DirectionPlan {
        datagrams,
        ..DirectionPlan::default()
    };
    Impairment {
        outgoing,
        ..Impairment::default()
    }
}

/// The bytes in the rows of what was sent.
fn bytes_sent(facts: &[Fact]) -> u64 {
    let sent = facts.iter().map(|fact| match fact {
        Fact::Sent(_, bytes) => bytes.len() as u64,
        _ => 0,
    });
    sent.sum()
}

/// The bytes that the last row reports of a file that was not sent whole, and its length.
fn cut_off(probe: &mut Probe) -> (u64, u64) {
    probe.until_notice(|notice| match notice {
        Notice::FileCancelled { bytes, length, .. } => Some((*bytes, *length)),
        _ => None,
    })
}

/// Waits until bytes for this many connections wait.
fn until_queued(probe: &mut Probe, count: usize) {
    probe.until(|facts| {
        let queued = |fact: &Fact| matches!(fact, Fact::Unsent(waiting) if waiting.len() == count);
        facts.iter().any(queued).then_some(())
    });
}

#[test]
fn a_file_is_sent_once_the_simulated_network_let_it_through() {
    let dir = tempfile::tempdir().unwrap();
    let (path, _) = file(&dir, 30_000);
    let (_socket, to) = far_side();
    let (mut probe, _) = Probe::udp("127.0.0.1:0");
    impair(&probe, delayed(100.0));
    send(&probe, Target::Peer(to.into()), &path, 1_000, None);
    let before = probe.until(|facts| {
        let is_end = |fact: &Fact| matches!(fact, Fact::Notice(Notice::FileSent { .. }));
        let end = facts.iter().position(is_end)?;
        Some(bytes_sent(&facts[..end]))
    });
    assert_eq!(before, 30_000);
}

#[test]
fn what_the_simulated_network_still_delays_at_the_end_was_not_sent() {
    let dir = tempfile::tempdir().unwrap();
    let (path, _) = file(&dir, 30_000);
    let (_socket, to) = far_side();
    let (mut probe, _) = Probe::udp("127.0.0.1:0");
    impair(&probe, delayed(60_000.0));
    send(&probe, Target::Peer(to.into()), &path, 1_000, None);
    let is_delayed = |automatic: &Automatic| matches!(automatic, Automatic::Impaired { .. });
    probe.until_automatic(|automatic| is_delayed(automatic).then_some(()));
    probe.link.command(Command::Stop);
    assert_eq!(cut_off(&mut probe), (0, 30_000));
}

#[test]
fn a_file_whose_datagrams_all_fail_was_not_sent() {
    let dir = tempfile::tempdir().unwrap();
    let (path, _) = file(&dir, 30_000);
    let (mut probe, _) = Probe::udp("127.0.0.1:0");
    // A socket of IPv4 sends nothing to IPv6.
    let to: SocketAddr = "[::1]:9".parse().unwrap();
    send(&probe, Target::Peer(to.into()), &path, 1_000, None);
    assert_eq!(cut_off(&mut probe), (0, 30_000));
    let is_failure = |fact: &&Fact| matches!(fact, Fact::Notice(Notice::Failed(_)));
    assert_eq!(probe.facts.iter().filter(is_failure).count(), 30);
}

#[test]
fn after_a_reset_a_file_counts_what_the_kernel_took_and_names_the_peer() {
    let dir = tempfile::tempdir().unwrap();
    let (path, _) = file(&dir, 24 << 20);
    for all in [true, false] {
        let (mut probe, client) = connected();
        let peer = client.local_addr().unwrap();
        let to = match all {
            true => Target::All,
            false => probe.target(peer),
        };
        send(&probe, to, &path, 64 << 10, None);
        until_queued(&mut probe, 1);
        // It has not read everything, so its kernel sends RST.
        drop(client);
        let (bytes, length) = cut_off(&mut probe);
        assert_eq!((bytes, length), (bytes_sent(&probe.facts), 24 << 20));
        let failures = probe.facts.iter().filter_map(|fact| match fact {
            Fact::Notice(Notice::Failed(failure)) => Some(failure),
            _ => None,
        });
        let failures: Vec<_> = failures.collect();
        match (all, failures.as_slice()) {
            // The row of the reset says why.
            (true, []) => {}
            (false, [failure]) => {
                assert_eq!(failure.cause, Cause::NotConnected);
                assert_eq!(failure.address, peer.to_string());
            }
            (_, others) => panic!("{others:?}"),
        }
    }
}

/// Sends a file to two clients, of which one resets its connection. Returns the bytes that were
/// queued for it then, and what the end of the file reports: its bytes, and its refused blocks.
fn to_two_clients() -> (usize, (u64, u64)) {
    let dir = tempfile::tempdir().unwrap();
    let (path, content) = file(&dir, 16 << 20);
    let (mut probe, local) = Probe::tcp_server(true);
    let ((mut reads, _), (resets, _)) = (connect(local), connect(local));
    probe.until_joined(2);
    send(&probe, Target::All, &path, 64 << 10, None);
    until_queued(&mut probe, 2);
    drop(resets);
    let reader = std::thread::spawn(move || {
        let mut got = vec![0; 16 << 20];
        reads.read_exact(&mut got).unwrap();
        got
    });
    let ends = probe.until(|facts| {
        let notices = || {
            facts.iter().filter_map(|fact| match fact {
                Fact::Notice(notice) => Some(notice),
                _ => None,
            })
        };
        let unsent = notices().find_map(|notice| match notice {
            Notice::PeerReset { unsent, .. } => Some(*unsent),
            _ => None,
        });
        let end = notices().find_map(|notice| match notice {
            Notice::FileSent { bytes, refused, .. } => Some((*bytes, *refused)),
            _ => None,
        });
        unsent.zip(end)
    });
    assert!(reader.join().unwrap() == content);
    ends
}

#[test]
fn a_file_that_one_of_two_clients_did_not_get_was_not_sent_whole() {
    // Now and then the kernel takes what is queued for one client before it resets.
    let cut = (0..20).any(|_| {
        let (unsent, (bytes, refused)) = to_two_clients();
        assert_eq!(unsent > 0, refused > 0, "{unsent} and {refused}");
        assert_eq!(unsent > 0, bytes < 16 << 20, "{unsent} and {bytes}");
        unsent > 0
    });
    assert!(cut, "nothing was queued at any reset");
}
