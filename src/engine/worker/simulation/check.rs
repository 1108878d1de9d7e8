//! The invariants of every finished run.

use super::{Course, FrontEnd, LENGTH, SimulationRow, sends};
use crate::automation::impair::EffectKind;
use crate::engine::command::{Command, Target};
use crate::engine::worker::simulation::memory::FAULT;
use crate::kind::SessionKind;
use crate::peer::Peer;
use crate::traffic::{Automatic, Cause, Failure, Micros, Notice, Operation};
use std::collections::BTreeMap;
use std::net::SocketAddr;

type Pieces = Vec<(SocketAddr, Vec<u8>)>;

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
        SessionKind::TcpServer | SessionKind::TcpClient if !course.echoes => {
            bytes_are_counted(course)
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
    let (received, sent) = pieces(&course.front_end.rows);
    let inside = course.front_end.world.lock();
    if course.kind.traits().is_stream {
        assert_eq!(joined(&received), joined(&inside.read));
        assert_eq!(joined(&sent), joined(&inside.written));
    } else {
        assert_eq!(received, inside.read);
        assert_eq!(sent, inside.written);
    }
}

/// What holds after every turn: no row is of something that has not passed yet, no message is
/// counted twice, and time does not go back.
pub(super) fn so_far(kind: SessionKind, answered: u64, front_end: &FrontEnd) {
    let rows = &front_end.rows;
    let (received, sent) = pieces(rows);
    let inside = front_end.world.lock();
    for (shown, passed) in [(&received, &inside.read), (&sent, &inside.written)] {
        if kind.traits().is_stream {
            let passed = joined(passed);
            for (peer, shown) in joined(shown) {
                let passed = passed.get(&peer).map_or(&[][..], Vec::as_slice);
                assert!(
                    passed.starts_with(&shown),
                    "a row of what has not passed, {peer}"
                );
            }
        } else {
            assert!(passed.starts_with(shown), "a row of what has not passed");
        }
    }
    assert!(rows.is_sorted_by_key(|(time, _)| *time), "time goes back");
    if kind == SessionKind::Udp {
        let ordered = (sends(&front_end.given) + answered) as i64;
        let counted = counted(rows.iter().map(|(_, row)| row));
        // What the simulated network duplicated counts below nought until its copy is a row.
        assert!(counted <= ordered, "{counted} counted of {ordered}");
    }
}

/// The received pieces of these rows, and the sent ones.
fn pieces(rows: &[(Micros, SimulationRow)]) -> (Pieces, Pieces) {
    let (mut received, mut sent) = (Pieces::new(), Pieces::new());
    for (_, row) in rows {
        match row {
            SimulationRow::Received(from, bytes) => received.push((*from, bytes.clone())),
            SimulationRow::Sent(to, bytes, _) => sent.push((*to, bytes.clone())),
            SimulationRow::Notice(_) => {}
        }
    }
    (received, sent)
}

fn joined(pieces: &[(SocketAddr, Vec<u8>)]) -> BTreeMap<SocketAddr, Vec<u8>> {
    let mut joined: BTreeMap<SocketAddr, Vec<u8>> = BTreeMap::new();
    for (peer, bytes) in pieces {
        joined.entry(*peer).or_default().extend(bytes);
    }
    joined
}

/// Each echo has a message of that peer before it as its cause, one for each echo.
fn replies_have_causes(course: &Course) {
    let is_stream = course.kind.traits().is_stream;
    let mut came: BTreeMap<SocketAddr, Vec<Vec<u8>>> = BTreeMap::new();
    let mut echoed: BTreeMap<SocketAddr, Vec<u8>> = BTreeMap::new();
    for row in rows(course) {
        match row {
            SimulationRow::Received(from, bytes) => {
                came.entry(*from).or_default().push(bytes.clone())
            }
            SimulationRow::Sent(to, bytes, true) if is_stream => {
                let echoed = echoed.entry(*to).or_default();
                echoed.extend(bytes);
                let came = came.get(to).map(|came| came.concat()).unwrap_or_default();
                assert!(came.starts_with(echoed), "an echo of nothing: {row:?}");
            }
            SimulationRow::Sent(to, bytes, true) => {
                let came = came.entry(*to).or_default();
                let cause = came.iter().position(|came| came == bytes);
                let cause = cause.unwrap_or_else(|| panic!("an echo of nothing: {row:?}"));
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
    assert_eq!(counted(rows(course)), ordered as i64, "sent and counted");
}

/// Messages that these rows account for.
fn counted<'rows>(rows: impl Iterator<Item = &'rows SimulationRow>) -> i64 {
    let mut counted = 0;
    for row in rows {
        counted += match row {
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
        };
    }
    counted
}

/// The same for the bytes of each peer.
fn bytes_are_counted(course: &Course) {
    let mut left: BTreeMap<String, i64> = BTreeMap::new();
    for command in &course.obeyed {
        let Command::Send { to, .. } = command else {
            continue;
        };
        let peer = match to {
            Target::Connection(id) => Peer::from(course.front_end.peers[id]),
            to => to.peer().unwrap(),
        };
        *left.entry(peer.to_string()).or_default() += LENGTH as i64;
    }
    for row in rows(course) {
        let (peer, bytes) = match row {
            SimulationRow::Sent(to, bytes, _) => (Peer::from(*to).to_string(), bytes.len()),
            SimulationRow::Notice(
                Notice::Closed { peer, unsent }
                | Notice::Reset { peer, unsent }
                | Notice::PeerReset { peer, unsent },
            ) => (peer.to_string(), *unsent),
            // A message without a connection to its peer.
            SimulationRow::Notice(Notice::Failed(failure))
                if failure.operation == Operation::Send =>
            {
                (failure.address.clone(), LENGTH)
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
