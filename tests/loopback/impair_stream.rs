//! The simulated network of TCP connections, with real sockets.

use super::impair::impair;
use super::probe::{DEADLINE, Fact, Probe};
use super::tcp::joined;
use netpeer::automation::impair::{DirectionPlan, EffectKind, Impairment, StreamPlan};
use netpeer::engine::{ConnectionCommand, SessionCommand};
use netpeer::kind::SessionKind;
use netpeer::traffic::{Automatic, Notice};
use std::io::Read as _;
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

fn stream(plan: StreamPlan) -> Impairment {
    Impairment {
        outgoing: DirectionPlan {
            stream: plan,
            ..DirectionPlan::default()
        },
        ..Impairment::default()
    }
}

fn connected(probe: &mut Probe, local: SocketAddr) -> TcpStream {
    let far = TcpStream::connect(local).unwrap();
    far.set_read_timeout(Some(DEADLINE)).unwrap();
    let peer = far.local_addr().unwrap();
    probe.until_fact(&Fact::Notice(Notice::Joined { peer: peer.into() }));
    far
}

#[test]
fn a_stream_is_split_and_loses_nothing() {
    let (mut probe, local) = Probe::tcp_server(true);
    let plan = StreamPlan {
        split: 7,
        ..StreamPlan::default()
    };
    impair(&probe, stream(plan));
    let mut far = connected(&mut probe, local);
    let message: Vec<u8> = (0..100).collect();
    probe.send_all(&message);
    let mut came = vec![0; 100];
    far.read_exact(&mut came).unwrap();
    assert_eq!(came, message);
    let peer = far.local_addr().unwrap();
    probe.until_fact(&Fact::Sent(peer, message[98..].to_vec()));
    let longest = probe.facts.iter().map(|fact| match fact {
        Fact::Sent(_, bytes) => bytes.len(),
        _ => 0,
    });
    assert_eq!(longest.max(), Some(7));
}

#[test]
fn a_stream_is_reset_after_the_given_number_of_bytes() {
    let (mut probe, local) = Probe::tcp_server(true);
    let plan = StreamPlan {
        reset_after: Some(10),
        ..StreamPlan::default()
    };
    impair(&probe, stream(plan));
    let mut far = connected(&mut probe, local);
    probe.send_all(&[7; 64]);
    let peer = far.local_addr().unwrap();
    let unsent = probe.until_notice(|notice| match notice {
        Notice::Reset { peer: of, unsent } if *of == peer => Some(*unsent),
        _ => None,
    });
    assert_eq!(unsent, 54);
    let mut came = Vec::new();
    let error = far.read_to_end(&mut came).unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset);
}

#[test]
fn all_that_goes_before_a_reset_is_written() {
    let (mut probe, local) = Probe::tcp_server(true);
    let plan = StreamPlan {
        reset_after: Some(1_000),
        split: 7,
        ..StreamPlan::default()
    };
    impair(&probe, stream(plan));
    let far = connected(&mut probe, local);
    for _ in 0..300 {
        probe.send_all(b"12345");
    }
    let peer = far.local_addr().unwrap();
    piece_effect(&mut probe, &EffectKind::Reset { after: 1_000 });
    let unsent = probe.until_notice(|notice| match notice {
        Notice::Reset { peer: of, unsent } if *of == peer => Some(*unsent),
        _ => None,
    });
    let sent = probe.facts.iter().map(|fact| match fact {
        Fact::Sent(_, bytes) => bytes.len(),
        _ => 0,
    });
    // Bytes ordered after the reset have no connection.
    assert_eq!((sent.sum::<usize>(), unsent <= 500), (1_000, true));
}

/// Waits for the row of this effect on a stream.
fn piece_effect(probe: &mut Probe, wanted: &EffectKind) {
    probe.until_automatic(|automatic| match automatic {
        Automatic::ImpairedPiece { effect, .. } => (effect.what == *wanted).then_some(()),
        _ => None,
    });
}

#[test]
fn what_is_done_to_a_stream_is_a_row() {
    let (mut probe, local) = Probe::tcp_server(true);
    let mut plan = StreamPlan {
        split: 40,
        ..StreamPlan::default()
    };
    (plan.stall.every, plan.stall.millis) = (40, 5.0);
    impair(&probe, stream(plan));
    let mut far = connected(&mut probe, local);
    probe.send_all(&[7; 100]);
    piece_effect(
        &mut probe,
        &EffectKind::Split {
            bytes: 100,
            most: 40,
        },
    );
    piece_effect(&mut probe, &EffectKind::Stalled { micros: 5_000 });
    let mut came = [0; 100];
    far.read_exact(&mut came).unwrap();
    let slow = Impairment {
        incoming: DirectionPlan {
            stream: StreamPlan {
                slow_read: 1_000,
                ..StreamPlan::default()
            },
            ..DirectionPlan::default()
        },
        ..Impairment::default()
    };
    impair(&probe, slow);
    piece_effect(&mut probe, &EffectKind::ReadSlowly { rate: 1_000 });
}

#[test]
fn bytes_after_a_reset_are_sent_if_the_network_is_no_longer_simulated() {
    let (mut probe, local) = Probe::tcp_server(true);
    let mut plan = StreamPlan {
        reset_after: Some(10),
        ..StreamPlan::default()
    };
    plan.delay.millis = 3_600_000.0;
    impair(&probe, stream(plan));
    let mut far = connected(&mut probe, local);
    let message: Vec<u8> = (0..64).collect();
    probe.send_all(&message);
    probe.link.command(SessionCommand::Impair(None));
    let mut came = vec![0; 64];
    far.read_exact(&mut came).unwrap();
    assert_eq!(came, message);
}

#[test]
fn slow_reading_is_slow_and_loses_nothing() {
    use std::io::Write as _;
    let (mut probe, local) = Probe::tcp_server(true);
    let slow = Impairment {
        incoming: stream(StreamPlan {
            slow_read: 100_000,
            ..StreamPlan::default()
        })
        .outgoing,
        ..Impairment::default()
    };
    impair(&probe, slow);
    let mut far = connected(&mut probe, local);
    let began = Instant::now();
    far.write_all(&[1; 60_000]).unwrap();
    probe.until(|facts| {
        let lengths = facts.iter().map(|fact| match fact {
            Fact::Received(_, bytes) => bytes.len(),
            _ => 0,
        });
        (lengths.sum::<usize>() == 60_000).then_some(())
    });
    // The rate limiter starts with the credit of a tenth of a second.
    assert!(
        began.elapsed() >= Duration::from_millis(400),
        "{:?}",
        began.elapsed()
    );
}

#[test]
fn a_relay_splits_a_stream_and_reads_slowly() {
    use netpeer::engine::Setup;
    use std::io::Write as _;
    let target = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let to = target.local_addr().unwrap();
    let local = "127.0.0.1:0".parse().unwrap();
    let mut probe = Probe::open(Setup::relay(SessionKind::RelayTcp, local, to.into()));
    let local = probe.until_notice(|notice| match notice {
        Notice::Listening { local } => local.address(),
        _ => None,
    });
    let plan = StreamPlan {
        split: 7,
        slow_read: 100_000,
        ..StreamPlan::default()
    };
    impair(&probe, stream(plan));
    let mut client = TcpStream::connect(local).unwrap();
    let (mut far, _) = target.accept().unwrap();
    far.set_read_timeout(Some(DEADLINE)).unwrap();
    let message: Vec<u8> = (0..40_000_u32).map(|byte| byte as u8).collect();
    let began = Instant::now();
    client.write_all(&message).unwrap();
    client.shutdown(std::net::Shutdown::Write).unwrap();
    let mut came = Vec::new();
    far.read_to_end(&mut came).unwrap();
    assert!(came == message, "{} of 40000 bytes", came.len());
    assert!(
        began.elapsed() >= Duration::from_millis(250),
        "{:?}",
        began.elapsed()
    );
    drop((client, far));
    // All rows are read before they are examined.
    let longest = probe.until(|facts| {
        let sent = facts.iter().map(|fact| match fact {
            Fact::Sent(_, bytes) => bytes.len(),
            _ => 0,
        });
        let all: Vec<usize> = sent.collect();
        (all.iter().sum::<usize>() == 40_000).then(|| all.into_iter().max())
    });
    assert_eq!(longest, Some(7));
}

#[test]
fn a_relay_that_is_to_close_still_reads_slowly() {
    use netpeer::engine::Setup;
    use std::io::Write as _;
    let target = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let to = target.local_addr().unwrap();
    let local = "127.0.0.1:0".parse().unwrap();
    let mut probe = Probe::open(Setup::relay(SessionKind::RelayTcp, local, to.into()));
    let local = probe.until_notice(|notice| match notice {
        Notice::Listening { local } => local.address(),
        _ => None,
    });
    let plan = StreamPlan {
        slow_read: 100_000,
        ..StreamPlan::default()
    };
    impair(&probe, stream(plan));
    let mut client = TcpStream::connect(local).unwrap();
    let peer = client.local_addr().unwrap();
    let (mut far, _) = target.accept().unwrap();
    far.set_read_timeout(Some(DEADLINE)).unwrap();
    let began = Instant::now();
    client.write_all(&[1; 60_000]).unwrap();
    client.shutdown(std::net::Shutdown::Write).unwrap();
    far.read_exact(&mut [0]).unwrap();
    joined(&mut probe, peer);
    probe.command(peer, ConnectionCommand::Finish { linger: true });
    // The target receives the FIN at once, and closes too.
    let mut passed = Vec::new();
    far.read_to_end(&mut passed).unwrap();
    drop(far);
    let received = |facts: &[Fact]| {
        let lengths = facts.iter().map(|fact| match fact {
            Fact::Received(_, bytes) => bytes.len(),
            _ => 0,
        });
        lengths.sum::<usize>()
    };
    probe.until(|facts| (received(facts) == 60_000).then_some(()));
    // The rate limiter starts with the credit of a tenth of a second.
    assert!(
        began.elapsed() >= Duration::from_millis(400),
        "{:?}",
        began.elapsed()
    );
    probe.until_fact(&Fact::Notice(Notice::Closed {
        peer: peer.into(),
        unsent: 0,
    }));
    let unsent = probe.until_automatic(|automatic| match automatic {
        Automatic::ForClient {
            notice: Notice::Closed { unsent, .. },
            ..
        } => Some(*unsent),
        _ => None,
    });
    assert_eq!(passed.len() + 1 + unsent, 60_000);
}
