//! The front end of a simulated session: it gives planned commands, and reads rows.

use super::nanos;
use crate::connection_id::ConnectionId;
use crate::engine::command::{Command, ConnectionCommand, Event, Target};
use crate::engine::sys::clock::Clock;
use crate::engine::sys::poll::Readiness;
use crate::engine::worker::Next;
use crate::engine::worker::simulation::memory::{MILLI, Memory};
use crate::peer::Peer;
use crate::traffic::{Body, Micros, Notice};
use crossbeam_channel::{Receiver, Sender};
use std::collections::{BTreeMap, VecDeque};
use std::ops::Range;
use std::time::Instant;

/// Upper bound of nanoseconds: a session that exceeds it never comes to rest.
const LONGEST: u64 = 200_000 * MILLI;
/// Virtual time after which sockets have no more faults.
const CALM: u64 = 700 * MILLI;

/// A row of the session's log.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum SimulationRow {
    Received(Peer, Vec<u8>),
    /// Sent bytes; the flag is set if a rule caused them.
    Sent(Peer, Vec<u8>, bool),
    Notice(Notice),
}

/// The front end of a session, with its planned commands.
pub(super) struct FrontEnd {
    pub world: Memory,
    pub commands: Sender<Command>,
    pub events: Receiver<Event>,
    /// Planned commands with their times in nanoseconds.
    pub plan: VecDeque<(u64, Planned)>,
    /// The time in nanoseconds during which it reads nothing.
    pub stalls: Range<u64>,
    pub given: Vec<Command>,
    /// The connections known from rows, with their peers.
    pub peers: BTreeMap<ConnectionId, Peer>,
    pub rows: Vec<(Micros, SimulationRow)>,
    pub acknowledged: u64,
    /// The longest write queue in the worker's last report, in bytes.
    pub unsent: usize,
    pub closed: bool,
}

/// A planned command. One to a connection resolves its peer to a known connection.
pub(super) enum Planned {
    Command(Command),
    Send(Peer, Vec<u8>),
    Connection(Peer, ConnectionCommand),
}

impl FrontEnd {
    /// Advances the time as the worker requests and gives the commands due by then. Returns the
    /// ready sockets; `None` if the session is over.
    pub fn wait(&mut self, next: Next, clock: Clock) -> Option<Vec<Readiness>> {
        let left = |due: Instant| nanos(due.saturating_duration_since(clock.instant()));
        let mut inside = self.world.lock();
        let now = inside.now();
        assert!(now < LONGEST, "it never rests: {next:?}");
        inside.calm |= now >= CALM;
        let due = match next {
            Next::Over => return None,
            Next::AtOnce => Some(now),
            Next::After(pause) => Some(now + nanos(pause)),
            Next::Ready(_) if inside.is_ready() => Some(now),
            Next::Ready(due) => {
                let due = due.map(|due| now + left(due));
                let order = self.plan.front().map(|(at, _)| *at);
                [due, order, inside.next()].into_iter().flatten().min()
            }
        };
        // A turn takes time.
        let turn = inside.random.u64(1_000..20_000);
        drop(inside);
        if due.is_none() {
            self.rests();
        }
        let now = due.unwrap_or(now).max(now) + turn;
        self.world.advance(now);
        while self.plan.front().is_some_and(|(at, _)| *at <= now) {
            if let Some((_, planned)) = self.plan.pop_front() {
                self.carry_out(planned);
            }
        }
        Some(self.world.ready())
    }

    /// Whether it reads after this turn: usually it keeps up.
    pub fn keeps_up(&self) -> bool {
        let mut inside = self.world.lock();
        !self.stalls.contains(&inside.now()) && inside.random.u8(..3) > 0
    }

    fn carry_out(&mut self, planned: Planned) {
        let mut known = self.peers.iter().rev();
        let mut id_of = |far: Peer| known.find(|(_, peer)| **peer == far).map(|(id, _)| *id);
        let command = match planned {
            Planned::Command(command) => command,
            Planned::Send(far, bytes) => {
                let nobody = Target::Peer(far);
                Command::send(id_of(far).map_or(nobody, Target::Connection), bytes)
            }
            Planned::Connection(far, command) => match id_of(far) {
                Some(id) => Command::Connection(id, command),
                None => return,
            },
        };
        self.give(command);
    }

    fn give(&mut self, command: Command) {
        self.given.push(command.clone());
        self.commands.send(command).unwrap();
    }

    /// The session is at rest: every message was sent or failed. Stops it.
    fn rests(&mut self) {
        self.read();
        let sent = sends(&self.given);
        assert_eq!(self.acknowledged, sent, "messages are waited for in vain");
        self.give(Command::Stop);
    }

    /// Reads the pending events.
    pub fn read(&mut self) {
        while let Ok(event) = self.events.try_recv() {
            assert!(!self.closed, "it goes on after its end: {event:?}");
            match event {
                Event::Rows(chunk) => {
                    for place in 0..chunk.len() {
                        let record = chunk.get(place).unwrap();
                        if let (Some(id), Some(peer)) = (record.connection, record.peer()) {
                            self.peers.insert(id, peer);
                        }
                        let row = match record.body {
                            Body::Received { peer, bytes } => {
                                SimulationRow::Received(peer, bytes.into())
                            }
                            Body::Sent { peer, bytes } => {
                                let by_rule = record.origin.rule == Some("echo");
                                SimulationRow::Sent(peer, bytes.into(), by_rule)
                            }
                            Body::Notice(notice) => SimulationRow::Notice(notice.clone()),
                        };
                        self.rows.push((record.time, row));
                    }
                }
                Event::Acknowledged(news) => self.acknowledged = news.through,
                Event::Unsent(queues) => {
                    let longest = queues.iter().map(|queued| queued.bytes).max();
                    self.unsent = longest.unwrap_or(0);
                }
                Event::Closed => self.closed = true,
                _ => {}
            }
        }
    }
}

/// Number of send commands.
pub(super) fn sends(commands: &[Command]) -> u64 {
    let sends = commands.iter();
    sends
        .filter(|command| matches!(command, Command::Send { .. }))
        .count() as u64
}
