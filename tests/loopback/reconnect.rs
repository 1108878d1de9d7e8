//! Clients that reconnect whenever they have no connection.

use super::probe::{Fact, Probe, client};
use super::tcp::closed_port;
use netpeer::engine::{Command, Setup};
use netpeer::traffic::{Automatic, Notice};
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener};
use std::time::Duration;

fn again(remote: SocketAddr, pause: u64) -> Probe {
    Probe::open(Setup {
        reconnect: Some(Duration::from_millis(pause)),
        ..client(remote)
    })
}

/// The number of matching rows so far.
fn count(probe: &Probe, wanted: impl Fn(&Notice) -> bool) -> usize {
    let is_wanted = |fact: &&Fact| matches!(fact, Fact::Notice(notice) if wanted(notice));
    probe.facts.iter().filter(is_wanted).count()
}

#[test]
fn a_client_connects_again_when_its_connection_is_lost() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let server = listener.local_addr().unwrap();
    let mut probe = again(server, 10);
    for round in 0..3_usize {
        let (mut stream, _) = listener.accept().unwrap();
        probe.until(|facts| {
            let connected = |fact: &&Fact| matches!(fact, Fact::Notice(Notice::Connected { .. }));
            (facts.iter().filter(connected).count() == round + 1).then_some(())
        });
        // A message sent meanwhile uses the open connection.
        probe.send_all(b"here");
        let mut buffer = [0; 4];
        stream.read_exact(&mut buffer).unwrap();
        stream.write_all(&[b'0' + round as u8; 2]).unwrap();
        let expected = (round + 1) * 2;
        probe.until(|facts| {
            let lengths = facts.iter().map(|fact| match fact {
                Fact::Received(_, bytes) => bytes.len(),
                _ => 0,
            });
            (lengths.sum::<usize>() == expected).then_some(())
        });
    }
    assert_eq!(probe.received(), b"001122");
    probe.link.command(Command::Stop);
    probe.until_fact(&Fact::Closed);
    let lost = |notice: &Notice| {
        matches!(notice, Notice::Automatic(automatic)
            if matches!(**automatic, Automatic::Reconnecting { attempts: 0, .. }))
    };
    assert!(count(&probe, lost) >= 2);
}

/// On Windows a refused attempt takes two seconds.
#[cfg(unix)]
#[test]
fn attempts_that_fail_alike_are_one_failure_and_a_few_counts() {
    let server = closed_port();
    let mut probe = again(server, 1);
    probe.until_automatic(|automatic| match automatic {
        Automatic::Reconnecting { attempts: 16, .. } => Some(()),
        _ => None,
    });
    assert_eq!(
        count(&probe, |notice| matches!(notice, Notice::Failed(_))),
        1
    );
    let attempts = |notice: &Notice| matches!(notice, Notice::Automatic(_));
    assert_eq!(count(&probe, attempts), 5);
    let connecting = |notice: &Notice| matches!(notice, Notice::Connecting { .. });
    assert_eq!(count(&probe, connecting), 1);
    // A message without a connection is reported as not sent.
    probe.send_all(b"lost");
    assert_eq!(probe.until_acknowledged(1), [1]);
    let listener = TcpListener::bind(server).unwrap();
    listener.accept().unwrap();
    let failed = probe.until_automatic(|automatic| match automatic {
        Automatic::Reconnected { peer, attempts } if *peer == server => Some(*attempts),
        _ => None,
    });
    assert!(failed >= 16, "{failed}");
}

#[test]
fn a_client_that_waits_to_connect_again_ends_at_once() {
    let mut probe = again(closed_port(), 3_600_000);
    probe.until_automatic(|automatic| match automatic {
        Automatic::Reconnecting { attempts: 1, .. } => Some(()),
        _ => None,
    });
    probe.link.command(Command::Stop);
    probe.until_fact(&Fact::Closed);
}
