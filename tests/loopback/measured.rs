//! The meter of a session that has a simulated network itself.
#![cfg(target_os = "linux")]

use super::front_end::FrontEnd;
use crate::sockets::server;
use netpeer::automation::Load;
use netpeer::automation::impair::{DatagramPlan, Delay, DirectionPlan, Impairment, Loss};
use netpeer::engine::{FloodRequest, SenderCommand, SessionCommand, Setup, Target};
use netpeer::session::Session;
use netpeer::traffic::framing::Framing;
use netpeer::traffic::meter::{Meter, MeterSummary, NumberField};
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;

const COUNT: u64 = 400;

/// A measuring session with this simulated network, and a running load.
fn measuring(conditions: Impairment) -> FrontEnd {
    let (mut front_end, _) = FrontEnd::udp();
    front_end.session.meter = Some(Box::new(Meter::new(NumberField::Header)));
    let conditions = Some(Arc::new(conditions));
    front_end.link.command(SessionCommand::Impair(conditions));
    front_end.link.command(SenderCommand::Flood(FloodRequest {
        to: Target::Endpoint(server("").into()),
        load: Load {
            rate: Some(2_000.0),
            count: Some(COUNT),
        },
        size: 64,
        flow: Some(0xA1),
    }));
    front_end
}

fn figures(session: &Session) -> MeterSummary {
    session.meter.as_ref().unwrap().own_totals()
}

fn unique(session: &Session) -> u64 {
    figures(session).counts.unique
}

fn jitter() -> Delay {
    Delay {
        millis: 20.0,
        jitter: 20.0,
        ..Delay::default()
    }
}

/// A simulated network for sent datagrams.
fn outgoing(datagrams: DatagramPlan) -> Impairment {
    Impairment {
        seed: 5,
        outgoing: DirectionPlan {
            datagrams,
            ..DirectionPlan::default()
        },
        ..Impairment::default()
    }
}

#[test]
fn replies_to_packets_that_were_sent_out_of_order_are_all_ours() {
    let mut front_end = measuring(outgoing(DatagramPlan {
        loss: Loss::EveryNth(20),
        delay: jitter(),
        ..DatagramPlan::default()
    }));
    // Every twentieth is dropped; all others are echoed.
    let back = COUNT - COUNT / 20;
    front_end.until("every reply", |session| {
        session.totals.received.records == back
    });
    let figures = figures(&front_end.session);
    assert!(figures.counts.reordered > 0, "{figures:?}");
    assert_eq!(figures.unnumbered.records, 0, "{figures:?}");
    assert_eq!(
        (figures.counts.unique, figures.on_purpose),
        (back, COUNT / 20)
    );
    assert_eq!(figures.counts.missing_of(COUNT), COUNT / 20);
    let times = figures.round_trip.unwrap();
    assert_eq!(times.count, back, "{times:?}");
}

/// A simulated network for received datagrams.
fn incoming(datagrams: DatagramPlan) -> Impairment {
    Impairment {
        seed: 5,
        incoming: DirectionPlan {
            datagrams,
            ..DirectionPlan::default()
        },
        ..Impairment::default()
    }
}

#[test]
fn datagrams_the_simulated_network_loses_on_arrival_are_lost() {
    let mut front_end = measuring(incoming(DatagramPlan {
        loss: Loss::EveryNth(4),
        ..DatagramPlan::default()
    }));
    let through = COUNT - COUNT / 4;
    front_end.until("every reply", |session| {
        session.totals.received.records == COUNT && unique(session) >= through
    });
    let counts = figures(&front_end.session).counts;
    assert_eq!((counts.unique, counts.duplicated), (through, 0));
    assert_eq!(counts.missing_of(COUNT), COUNT / 4);
    assert_eq!((counts.bursts.longest, counts.reordered), (1, 0));
}

#[test]
fn datagrams_delayed_or_duplicated_on_arrival_count_when_they_are_delivered() {
    let delay = Delay {
        millis: 30.0,
        ..Delay::default()
    };
    let mut front_end = measuring(incoming(DatagramPlan {
        duplicate: 100.0,
        delay,
        ..DatagramPlan::default()
    }));
    front_end.until("every reply and its copy", |session| {
        figures(session).counts.received.records == 2 * COUNT
    });
    let figures = figures(&front_end.session);
    assert_eq!((figures.counts.unique, figures.counts.lost), (COUNT, 0));
    assert_eq!(figures.counts.duplicated, COUNT);
    // The kernel's clock and ours may differ slightly.
    let times = figures.round_trip.unwrap();
    assert!(times.min >= 29_000, "{times:?}");
}

#[test]
fn replies_that_come_out_of_order_on_purpose_are_reordered_and_not_lost() {
    let mut front_end = measuring(incoming(DatagramPlan {
        delay: jitter(),
        ..DatagramPlan::default()
    }));
    front_end.until("every reply", |session| unique(session) == COUNT);
    let figures = figures(&front_end.session);
    assert_eq!((figures.counts.lost, figures.counts.duplicated), (0, 0));
    assert!(figures.counts.reordered > 0, "{figures:?}");
}

/// A server that sends back all that comes, cut in other places.
fn stream_echo() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        stream.set_nodelay(true).unwrap();
        let mut bytes = [0; 37];
        while let Ok(count @ 1..) = stream.read(&mut bytes) {
            if stream.write_all(&bytes[..count]).is_err() {
                break;
            }
        }
    });
    address
}

#[test]
fn messages_of_a_framed_stream_are_measured_not_its_reads() {
    let length = Framing::LengthPrefix {
        width: 2,
        big_endian: true,
        offset: 0,
        includes_header: false,
        adjust: 0,
    };
    for (framing, size) in [(length, 66), (Framing::Cobs, 64), (Framing::Fixed(64), 64)] {
        let setup = Setup::tcp_client(stream_echo().into());
        let (mut front_end, _) = FrontEnd::open(setup);
        let meter = Meter::of_messages(NumberField::Header, framing.clone().into());
        front_end.session.meter = Some(Box::new(meter));
        front_end
            .link
            .command(SessionCommand::Frame(framing.clone().into()));
        front_end.link.command(SenderCommand::Flood(FloodRequest {
            to: Target::All,
            load: Load {
                rate: Some(2_000.0),
                count: Some(COUNT),
            },
            size: 64,
            flow: Some(0xA1),
        }));
        front_end.until("every reply", |session| unique(session) == COUNT);
        let figures = figures(&front_end.session);
        let counts = figures.counts;
        assert_eq!((counts.lost, counts.duplicated), (0, 0), "{framing:?}");
        assert_eq!(counts.sent.records, COUNT, "{framing:?}");
        assert_eq!(counts.received.bytes, COUNT * size, "{framing:?}");
        assert_eq!(figures.unnumbered.records, 0, "{framing:?}");
        assert_eq!(figures.round_trip.map(|times| times.count), Some(COUNT));
    }
}
