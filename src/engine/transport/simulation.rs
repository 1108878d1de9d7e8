//! Simulation tests of streams: in-memory sockets and a virtual clock. Whatever the sockets and
//! the simulated network do, each byte is a row or counted, and nothing waits for ever.

use crate::automation::impair::{DirectionPlan, Impairment, StreamPlan};
use crate::connection_id::ConnectionId;
use crate::engine::context::reason::Reason;
use crate::engine::context::test_context::TestContext;
use crate::engine::sys::poll::{Readiness, Registry, Token};
use crate::engine::sys::stream_socket::StreamSocket;
use crate::engine::transport::connection::Connection;
use crate::engine::transport::stream::StreamDriver;
use crate::engine::transport::table::Table;
use crate::peer::Peer;
use crate::traffic::{Body, Notice};
use proptest::prelude::*;
use std::io::{self, ErrorKind, IoSlice};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

/// The script and the state of the peer.
#[derive(Debug, Default)]
struct ScriptedPeer {
    /// The bytes it sends, and how many of them were read.
    incoming: Vec<u8>,
    read: usize,
    /// The bytes written to it.
    outgoing: Vec<u8>,
    ends: bool,
    /// An error after this number of bytes.
    read_error: Option<(usize, ErrorKind)>,
    write_error: Option<(usize, ErrorKind)>,
    /// The maximum number of bytes of each call, in rotation; 0 means EAGAIN.
    steps: Vec<usize>,
    reads: usize,
    writes: usize,
    ended_by_us: bool,
    sends_at_once: bool,
}

impl ScriptedPeer {
    /// The maximum number of bytes of the `at`th call.
    fn most(&self, at: usize) -> io::Result<usize> {
        let most = self.steps[at % self.steps.len()];
        match most {
            0 => Err(ErrorKind::WouldBlock.into()),
            most => Ok(most),
        }
    }
}

/// How many of `length` bytes may pass before the error, `at` bytes having passed already.
fn before(error: Option<(usize, ErrorKind)>, at: usize, length: usize) -> io::Result<usize> {
    match error {
        Some((place, kind)) if place <= at => Err(kind.into()),
        Some((place, _)) => Ok(length.min(place - at)),
        None => Ok(length),
    }
}

struct ScriptedSocket(Arc<Mutex<ScriptedPeer>>);

impl StreamSocket for ScriptedSocket {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut wire = self.0.lock().unwrap();
        wire.reads += 1;
        let most = wire.most(wire.reads)?;
        let rest = wire.incoming.len() - wire.read;
        let length = before(wire.read_error, wire.read, most.min(rest).min(buffer.len()))?;
        if length == 0 {
            return match wire.ends {
                true => Ok(0),
                false => Err(ErrorKind::WouldBlock.into()),
            };
        }
        let begin = wire.read;
        buffer[..length].copy_from_slice(&wire.incoming[begin..begin + length]);
        wire.read += length;
        Ok(length)
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut wire = self.0.lock().unwrap();
        wire.writes += 1;
        let most = wire.most(wire.writes)?;
        let length = before(wire.write_error, wire.outgoing.len(), most.min(bytes.len()))?;
        wire.outgoing.extend_from_slice(&bytes[..length]);
        Ok(length)
    }

    fn write_vectored(&mut self, pieces: &[IoSlice<'_>]) -> io::Result<usize> {
        let joined: Vec<u8> = pieces.iter().flat_map(|piece| piece.to_vec()).collect();
        self.write(&joined)
    }

    fn shutdown_write(&self) -> io::Result<()> {
        self.0.lock().unwrap().ended_by_us = true;
        Ok(())
    }

    fn take_error(&self) -> io::Result<Option<io::Error>> {
        Ok(None)
    }

    fn reset_on_close(&self) -> io::Result<()> {
        Ok(())
    }

    fn send_at_once(&self, on: bool) {
        self.0.lock().unwrap().sends_at_once = on;
    }

    fn receive_buffer(&self) -> Option<usize> {
        None
    }

    fn connected_from(&self) -> io::Result<Option<Peer>> {
        self.local().map(Some)
    }

    fn local(&self) -> io::Result<Peer> {
        Ok(([127, 0, 0, 1], 1).into())
    }

    fn watch(&mut self, _: &Registry, _: Token) -> io::Result<()> {
        Ok(())
    }
}

/// The outcome of a stream.
#[derive(Debug, Default)]
struct StreamOutcome {
    received: Vec<u8>,
    sent: Vec<u8>,
    /// The bytes the stream queued.
    accepted: Vec<u8>,
    /// The unsent bytes in the row of its end; `None` if it is still open.
    unsent: Option<usize>,
}

/// Runs a stream until it comes to rest.
fn run(
    wire: &Arc<Mutex<ScriptedPeer>>,
    messages: &[Vec<u8>],
    plan: StreamPlan,
    finish: bool,
) -> StreamOutcome {
    let mut test = TestContext::new();
    let peer = SocketAddr::from(([127, 0, 0, 1], 9));
    let both = DirectionPlan {
        stream: plan,
        ..DirectionPlan::default()
    };
    let conditions = Impairment {
        outgoing: both.clone(),
        incoming: both,
        ..Impairment::default()
    };
    test.parts
        .impair
        .set(Some(Arc::new(conditions)), test.parts.now);
    let mut table = Table::new(64);
    let socket = Box::new(ScriptedSocket(Arc::clone(wire)));
    let connection = Connection::new(socket, (peer.into(), ConnectionId::next()), None);
    let number = table.add(
        [(connection.id, connection.peer)],
        StreamDriver::new(connection, false, true),
    );
    let (mut rounds, mut accepted) = (0, Vec::new());
    // The stream takes up the simulated network first, so that all bytes pass through it.
    table.work(&mut test.cx());
    for message in messages {
        if let Some(stream) = table.get_mut(number) {
            let bytes = message.as_slice().into();
            stream
                .enqueue(bytes, Reason::default(), test.parts.now)
                .unwrap();
            accepted.extend(message);
        }
        table.list(number);
    }
    if finish && let Some(stream) = table.get_mut(number) {
        stream.finish(false);
    }
    loop {
        rounds += 1;
        assert!(
            rounds < 100_000,
            "it goes on for ever: {:?}",
            wire.lock().unwrap()
        );
        let before = progress(wire);
        while table.work(&mut test.cx()) {
            test.flush();
            rounds += 1;
            assert!(
                rounds < 100_000,
                "it goes on for ever: {:?}",
                wire.lock().unwrap()
            );
        }
        test.flush();
        // The kernel reports readiness of blocked sockets.
        let steps = wire.lock().unwrap().steps.len();
        let mut moved = progress(wire) != before;
        for _ in 0..=steps {
            let Some(stream) = table.get_mut(number) else {
                break;
            };
            stream.connection.ready(Readiness {
                token: Token(0),
                readable: true,
                writable: true,
                error: false,
            });
            table.list(number);
            let before = progress(wire);
            while table.work(&mut test.cx()) {
                test.flush();
            }
            moved |= progress(wire) != before;
        }
        match table.deadline() {
            _ if table.is_empty() => break,
            _ if moved => {}
            Some(due) => test.parts.now = test.parts.now.max(due),
            None => break,
        }
    }
    let mut rows = StreamOutcome {
        accepted,
        ..StreamOutcome::default()
    };
    for chunk in test.rows() {
        for place in 0..chunk.len() {
            match chunk.get(place).unwrap().body {
                Body::Received { bytes, .. } => rows.received.extend(bytes),
                Body::Sent { bytes, .. } => rows.sent.extend(bytes),
                Body::Notice(
                    Notice::Closed { unsent, .. }
                    | Notice::Reset { unsent, .. }
                    | Notice::PeerReset { unsent, .. },
                ) => rows.unsent = Some(*unsent),
                Body::Notice(_) => {}
            }
        }
    }
    rows
}

fn progress(wire: &Arc<Mutex<ScriptedPeer>>) -> (usize, usize) {
    let wire = wire.lock().unwrap();
    (wire.read, wire.outgoing.len())
}

fn error() -> impl Strategy<Value = Option<(usize, ErrorKind)>> {
    let kinds = prop_oneof![
        Just(ErrorKind::ConnectionReset),
        Just(ErrorKind::BrokenPipe),
        Just(ErrorKind::TimedOut),
    ];
    proptest::option::weighted(0.3, (0_usize..200, kinds))
}

prop_compose! {
    fn wires()(
        incoming in proptest::collection::vec(any::<u8>(), 0..300),
        ends: bool,
        read_error in error(),
        write_error in error(),
        mut steps in proptest::collection::vec(0_usize..80, 0..6),
    ) -> ScriptedPeer {
        // At least one call of a rotation makes progress.
        steps.push(50);
        ScriptedPeer { incoming, ends, read_error, write_error, steps, ..ScriptedPeer::default() }
    }
}

fn plans() -> impl Strategy<Value = StreamPlan> {
    let bad = (0_usize..20, 0_u64..3_000, 0_u64..5_000).prop_map(|(split, slow_read, rate)| {
        let mut plan = StreamPlan {
            split,
            slow_read,
            ..StreamPlan::default()
        };
        plan.rate.bits_per_second = rate * 8;
        plan
    });
    prop_oneof![Just(StreamPlan::default()), bad]
}

proptest! {
    #[test]
    fn every_byte_is_a_row_or_counted(
        wire in wires(),
        messages in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 1..60), 0..6),
        plan in plans(),
        finish: bool,
    ) {
        let wire = Arc::new(Mutex::new(wire));
        let rows = run(&wire, &messages, plan, finish);
        let wire = wire.lock().unwrap();
        prop_assert!(wire.sends_at_once, "small writes would wait for an acknowledgement");
        prop_assert_eq!(&rows.received[..], &wire.incoming[..wire.read]);
        prop_assert_eq!(&rows.sent, &wire.outgoing);
        prop_assert!(rows.accepted.starts_with(&rows.sent), "it was sent in another order");
        let unsent = rows.accepted.len() - rows.sent.len();
        match rows.unsent {
            Some(counted) => prop_assert_eq!(counted, unsent),
            // It is still open: all bytes were written and read.
            None => prop_assert_eq!((unsent, wire.read), (0, wire.incoming.len())),
        }
        if wire.read_error.is_none() && wire.write_error.is_none() && rows.unsent.is_some() {
            prop_assert_eq!(unsent, 0, "it ended without a fault");
        }
    }
}
