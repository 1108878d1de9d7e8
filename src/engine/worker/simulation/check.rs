//! The invariants of every turn and of every finished run.

use super::Course;
use super::bounds::Queue;
use super::front_end::{FrontEnd, SimulationRow, sends};
use crate::automation::impair::EffectKind;
use crate::engine::command::{Command, Target};
use crate::engine::worker::simulation::memory::FAULT;
use crate::kind::SessionKind;
use crate::peer::Peer;
use crate::traffic::{Automatic, Cause, Failure, Micros, Notice, Operation};
use std::collections::BTreeMap;

type Pieces<'a> = Vec<(Peer, &'a [u8])>;

/// What the checks of a run know after the turns so far.
#[derive(Default)]
pub(super) struct Progress {
    /// Number of rows that were checked.
    rows: usize,
    /// Time of the last of them.
    time: Micros,
    received: PassedBytes,
    sent: PassedBytes,
    /// Messages that the rows account for.
    counted: i64,
    /// The most that each queue held.
    pub peaks: BTreeMap<Queue, usize>,
}

/// The bytes of one direction that passed the sockets, with those that rows show.
#[derive(Default)]
struct PassedBytes {
    /// Number of datagrams that rows show.
    shown: usize,
    /// Number of pieces that are part of the streams.
    taken: usize,
    /// The bytes of each stream, and the number of those that rows show.
    streams: BTreeMap<Peer, (Vec<u8>, usize)>,
}

impl Progress {
    /// What holds after every turn, whether or not the front end read anything: no row is of
    /// something that has not passed yet, no message is counted twice, and time does not go back.
    pub fn check(&mut self, kind: SessionKind, answered: u64, front_end: &FrontEnd) {
        let inside = front_end.world.lock();
        let is_stream = kind.traits().is_stream;
        let rows = &front_end.rows;
        for (time, row) in rows.iter().skip(self.rows) {
            match row {
                SimulationRow::Received(from, bytes) => {
                    self.received.show(is_stream, (*from, bytes), &inside.read);
                }
                SimulationRow::Sent(to, bytes, _) => {
                    self.sent.show(is_stream, (*to, bytes), &inside.written);
                }
                SimulationRow::Notice(_) => {}
            }
            assert!(*time >= self.time, "time goes back");
            self.time = *time;
            self.counted += weight(row);
        }
        self.rows = rows.len();
        if kind == SessionKind::Udp {
            let (counted, ordered) = (self.counted, (sends(&front_end.given) + answered) as i64);
            // What the simulated network duplicated counts below nought until its copy is a row.
            assert!(counted <= ordered, "{counted} counted of {ordered}");
        }
    }
}

impl PassedBytes {
    /// A row shows these bytes.
    fn show(&mut self, is_stream: bool, (peer, bytes): (Peer, &[u8]), passed: &[(Peer, Vec<u8>)]) {
        let is_passed = match is_stream {
            true => {
                for (peer, bytes) in &passed[self.taken..] {
                    self.streams.entry(*peer).or_default().0.extend(bytes);
                }
                self.taken = passed.len();
                let (stream, shown) = self.streams.entry(peer).or_default();
                let rest = &stream[*shown..];
                *shown += bytes.len();
                rest.starts_with(bytes)
            }
            false => {
                self.shown += 1;
                let passed = passed.get(self.shown - 1);
                passed.is_some_and(|(from, piece)| (*from, &piece[..]) == (peer, bytes))
            }
        };
        assert!(is_passed, "a row of what has not passed, {peer}");
    }
}

pub(super) fn all(course: &Course) {
    ends(course);
    rows_are_what_passed(course);
    replies_have_causes(course);
    // Bytes in progress during a panic are not counted.
    if course.died {
        return;
    }
    match course.kind {
        SessionKind::Udp => sent_is_counted(course),
        SessionKind::TcpServer
        | SessionKind::TcpClient
        | SessionKind::UnixServer
        | SessionKind::UnixClient
            if !course.echoes =>
        {
            bytes_are_counted(course);
        }
        _ => {}
    }
    losses_are_reported(course);
}

/// The session ended, a panic is a row, and every message is acknowledged.
fn ends(course: &Course) {
    assert!(course.front_end.closed, "it has no end");
    let panics = notices(course).filter_map(|notice| match notice {
        Notice::Failed(Failure {
            operation: Operation::Run,
            cause: Cause::Died { reason },
            ..
        }) => Some(reason.as_str()),
        _ => None,
    });
    let expected = course.died.then_some(FAULT);
    assert_eq!(panics.collect::<Vec<_>>(), Vec::from_iter(expected));
    assert_eq!(course.front_end.acknowledged, sends(&course.obeyed));
}

/// Each datagram that passed a socket is a row, in order; so are the bytes of each stream.
fn rows_are_what_passed(course: &Course) {
    let (mut received, mut sent) = (Pieces::new(), Pieces::new());
    for row in rows(course) {
        match row {
            SimulationRow::Received(from, bytes) => received.push((*from, bytes)),
            SimulationRow::Sent(to, bytes, _) => sent.push((*to, bytes)),
            SimulationRow::Notice(_) => {}
        }
    }
    let inside = course.front_end.world.lock();
    for (shown, passed) in [(received, &inside.read), (sent, &inside.written)] {
        let passed: Pieces<'_> = passed
            .iter()
            .map(|(peer, piece)| (*peer, &piece[..]))
            .collect();
        match course.kind.traits().is_stream {
            true => assert!(
                joined(&shown) == joined(&passed),
                "rows are not what passed"
            ),
            false => assert!(shown == passed, "rows are not what passed"),
        }
    }
}

fn joined(pieces: &[(Peer, &[u8])]) -> BTreeMap<Peer, Vec<u8>> {
    let mut joined: BTreeMap<Peer, Vec<u8>> = BTreeMap::new();
    for (peer, bytes) in pieces {
        joined.entry(*peer).or_default().extend(*bytes);
    }
    joined
}

/// Each echo has a message of that peer before it as its cause, one for each echo.
fn replies_have_causes(course: &Course) {
    let is_stream = course.kind.traits().is_stream;
    let mut came: BTreeMap<Peer, Vec<&[u8]>> = BTreeMap::new();
    let mut streams: BTreeMap<Peer, (Vec<u8>, usize)> = BTreeMap::new();
    for row in rows(course) {
        match row {
            SimulationRow::Received(from, bytes) if is_stream => {
                streams.entry(*from).or_default().0.extend(bytes);
            }
            SimulationRow::Received(from, bytes) => came.entry(*from).or_default().push(bytes),
            SimulationRow::Sent(to, bytes, true) if is_stream => {
                let (came, echoed) = streams.entry(*to).or_default();
                assert!(
                    came[*echoed..].starts_with(bytes),
                    "an echo of nothing, {to}"
                );
                *echoed += bytes.len();
            }
            SimulationRow::Sent(to, bytes, true) => {
                let came = came.entry(*to).or_default();
                let cause = came.iter().position(|came| came == bytes);
                let cause = cause.unwrap_or_else(|| panic!("an echo of nothing, {to}"));
                // The simulated network may duplicate both.
                if !course.impaired {
                    came.remove(cause);
                }
            }
            SimulationRow::Sent(_, _, false) | SimulationRow::Notice(_) => {}
        }
    }
}

/// Sent = rows + failures + losses in the simulated network + packets unsent at the end.
fn sent_is_counted(course: &Course) {
    let ordered = sends(&course.obeyed) + course.answered;
    let counted: i64 = rows(course).map(weight).sum();
    assert_eq!(counted, ordered as i64, "sent and counted");
}

/// Messages that this row accounts for.
fn weight(row: &SimulationRow) -> i64 {
    match row {
        SimulationRow::Sent(..) => 1,
        SimulationRow::Received(..) => 0,
        SimulationRow::Notice(Notice::Failed(failure)) => i64::from(matches!(
            failure.operation,
            Operation::Send | Operation::Resolve
        )),
        SimulationRow::Notice(Notice::Unbound { unsent, .. }) => *unsent as i64,
        SimulationRow::Notice(Notice::Automatic(automatic)) => match &**automatic {
            Automatic::Impaired {
                outgoing: true,
                effect,
                ..
            } => match &effect.what {
                EffectKind::Duplicated => -1,
                what => i64::from(what.is_loss()),
            },
            _ => 0,
        },
        SimulationRow::Notice(_) => 0,
    }
}

/// The same for the bytes of each peer.
fn bytes_are_counted(course: &Course) {
    let mut left: BTreeMap<String, i64> = BTreeMap::new();
    for command in &course.obeyed {
        let Command::Send { to, .. } = command else {
            continue;
        };
        let peer = match to {
            Target::Connection(id) => course.front_end.peers[id],
            to => to.peer().unwrap(),
        };
        *left.entry(peer.to_string()).or_default() += course.length as i64;
    }
    for row in rows(course) {
        let (peer, bytes) = match row {
            SimulationRow::Sent(to, bytes, _) => (to.to_string(), bytes.len()),
            SimulationRow::Notice(
                Notice::Closed { peer, unsent }
                | Notice::Reset { peer, unsent }
                | Notice::PeerReset { peer, unsent },
            ) => (peer.to_string(), *unsent),
            // A message without a connection to its peer, or those that a full queue left out.
            SimulationRow::Notice(Notice::Failed(failure))
                if failure.operation == Operation::Send =>
            {
                let bytes = match failure.cause {
                    Cause::LeftOut { bytes, .. } => bytes as usize,
                    _ => course.length,
                };
                (failure.address.clone(), bytes)
            }
            SimulationRow::Received(..) | SimulationRow::Notice(_) => continue,
        };
        *left.entry(peer).or_default() -= bytes as i64;
    }
    left.retain(|_, bytes| *bytes != 0);
    assert!(left.is_empty(), "bytes not accounted for: {left:?}");
}

/// Datagrams dropped by full receive buffers are reported, as far as the sockets reported them.
fn losses_are_reported(course: &Course) {
    let reported = notices(course).map(|notice| match notice {
        Notice::Failed(Failure {
            cause: Cause::Dropped { count, .. },
            ..
        }) => *count,
        _ => 0,
    });
    let inside = course.front_end.world.lock();
    let lost = inside
        .datagrams
        .iter()
        .map(|socket| u64::from(socket.reported));
    assert_eq!(
        reported.sum::<u64>(),
        lost.sum::<u64>(),
        "lost and reported"
    );
}

fn rows(course: &Course) -> impl Iterator<Item = &SimulationRow> {
    course.front_end.rows.iter().map(|(_, row)| row)
}

fn notices(course: &Course) -> impl Iterator<Item = &Notice> {
    rows(course).filter_map(|row| match row {
        SimulationRow::Notice(notice) => Some(notice),
        SimulationRow::Received(..) | SimulationRow::Sent(..) => None,
    })
}
