//! Whole sessions in a world in memory, whose time stands until it is moved. Whatever its
//! sockets do, each byte that passed them is a row, what did not pass is counted, what a rule
//! sent has a cause, and nothing pends for ever.
//!
//! A seed decides everything. One that fails is named; `NETPEER_SEED=7 cargo test simulation`
//! runs it alone.

mod check;
mod datagrams;
mod plan;
mod streams;
mod world;

use super::*;
use crate::connection_id::ConnectionId;
use crate::engine::command::ConnectionCommand;
use crate::engine::sys::clock::Clock;
use crate::engine::worker::simulation::world::{MILLI, Memory};
use crate::kind::Kind;
use crate::traffic::{Body, Micros, Notice};
use std::collections::{BTreeMap, VecDeque};
use std::net::SocketAddr;

const SEEDS: u64 = 300;
/// Turns and nanoseconds after which a session that does not rest never will.
const TURNS: usize = 50_000;
const LONGEST: u64 = 200_000 * MILLI;
/// When the sockets do nothing wrong any more.
const CALM: u64 = 700 * MILLI;
/// Events that wait for a front end.
const CHANNEL: usize = 16;
/// The length of each typed message.
const LENGTH: usize = 37;

/// A row of the session's log.
#[derive(Clone, Debug, PartialEq)]
enum Row {
    Received(SocketAddr, Vec<u8>),
    /// Sent, and whether a rule caused it.
    Sent(SocketAddr, Vec<u8>, bool),
    Notice(Notice),
}

/// A session's front end, and what is to come from it.
struct Face {
    world: Memory,
    commands: Sender<Command>,
    events: Receiver<Event>,
    /// What it will order, and when.
    plan: VecDeque<(u64, Planned)>,
    given: Vec<Command>,
    /// The connections it was told of, and who is at the other end.
    peers: BTreeMap<ConnectionId, SocketAddr>,
    rows: Vec<(Micros, Row)>,
    acknowledged: u64,
    closed: bool,
}

/// What a front end will order: of a connection once it knows of one.
enum Planned {
    Order(Command),
    Send(SocketAddr, Vec<u8>),
    Connection(SocketAddr, ConnectionCommand),
}

/// How a session went.
struct Course {
    kind: Kind,
    echoes: bool,
    impaired: bool,
    face: Face,
    /// Orders that were carried out.
    obeyed: Vec<Command>,
    /// Replies that rules handed over.
    answered: u64,
    died: bool,
}

#[test]
fn sessions_keep_what_they_promise() {
    let only = std::env::var("NETPEER_SEED").ok();
    let only = only.map(|seed| seed.parse::<u64>().unwrap());
    for seed in only.map_or(0..SEEDS, |seed| seed..seed + 1) {
        let outcome = jobs::caught(|| check::all(&course(seed)));
        outcome.unwrap_or_else(|died| panic!("seed {seed}: {died}"));
    }
}

#[test]
fn a_seed_goes_the_same_way_again() {
    for seed in 0..24 {
        let [once, again] = [course(seed), course(seed)];
        assert_eq!(once.face.rows, again.face.rows, "seed {seed}");
    }
}

/// Lets a session go from its beginning to its end.
fn course(seed: u64) -> Course {
    // Where the worker draws for itself.
    fastrand::seed(seed);
    let world = Memory::new(seed);
    let kind = match seed % 4 {
        0 => Kind::Udp,
        1 => Kind::TcpServer,
        2 => Kind::TcpClient,
        _ => Kind::RelayUdp,
    };
    let (echoes, impaired) = match world.lock().random.u8(..4) {
        0 => (false, false),
        1 => (true, false),
        2 => (false, true),
        // Pieces of a stream do not know which of their bytes a rule sent.
        _ => (kind == Kind::Udp, true),
    };
    let echoes = echoes && kind != Kind::RelayUdp;
    let (commands, orders) = crossbeam_channel::unbounded();
    let (facts, events) = crossbeam_channel::bounded(CHANNEL);
    let plan = plan::plan(kind, echoes, impaired, &world);
    let own = Box::new(world.clone());
    let mut worker = Worker::new(own, orders, facts, Box::new(|| {})).unwrap();
    let mut driver = plan::driver(kind, &world);
    let mut face = Face {
        world,
        commands,
        events,
        plan,
        given: Vec::new(),
        peers: BTreeMap::new(),
        rows: Vec::new(),
        acknowledged: 0,
        closed: false,
    };
    let mut ended = live(&mut worker, driver.as_mut(), &mut face);
    let answered = worker
        .parts
        .responder
        .told()
        .map_or(0, |told| told.answered);
    let left = face.commands.len();
    face.read();
    if ended.is_ok() {
        ended = jobs::caught(|| worker.close(driver.as_mut()));
    }
    let died = ended.is_err();
    worker.end(driver, ended);
    face.read();
    let obeyed = face.given[..face.given.len() - left].to_vec();
    Course {
        kind,
        echoes,
        impaired,
        face,
        obeyed,
        answered,
        died,
    }
}

/// Takes turns until the session is over, or one of them panics.
fn live(worker: &mut Worker, driver: &mut dyn Driver, face: &mut Face) -> Result<(), Died> {
    let mut next = jobs::caught(|| worker.start(&mut *driver, None))?;
    for _ in 0..TURNS {
        let Some(ready) = face.wait(next, worker.parts.clock) else {
            return Ok(());
        };
        next = jobs::caught(|| worker.turn(&mut *driver, ready.into_iter()))?;
        // It reads most of the time.
        if next == Next::Over || face.world.lock().random.u8(..3) > 0 {
            face.read();
        }
    }
    panic!("it takes turns for ever: {next:?}");
}

impl Face {
    /// Lets time go by as the worker asks for, and gives orders that are due by then. What
    /// became ready; `None` if the session is over.
    fn wait(&mut self, next: Next, clock: Clock) -> Option<Vec<Readiness>> {
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
        // A turn takes a while.
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

    fn carry_out(&mut self, planned: Planned) {
        let mut known = self.peers.iter().rev();
        let mut id_of = |far: SocketAddr| known.find(|(_, peer)| **peer == far).map(|(id, _)| *id);
        let command = match planned {
            Planned::Order(command) => command,
            Planned::Send(far, bytes) => {
                let nobody = Target::Peer(far.into());
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

    /// Nothing happens any more by itself: all that was sent has gone, or failed. It is
    /// stopped.
    fn rests(&mut self) {
        self.read();
        let sent = sends(&self.given);
        assert_eq!(self.acknowledged, sent, "messages are waited for in vain");
        self.give(Command::Stop);
    }

    /// Takes over what the worker told.
    fn read(&mut self) {
        while let Ok(event) = self.events.try_recv() {
            assert!(!self.closed, "it goes on after its end: {event:?}");
            match event {
                Event::Rows(chunk) => {
                    for place in 0..chunk.len() {
                        let record = chunk.get(place).unwrap();
                        if let (Some(id), Some(peer)) = (record.connection, record.peer()) {
                            self.peers.insert(id, peer.address().unwrap());
                        }
                        let at = |peer: crate::peer::Peer| peer.address().unwrap();
                        let row = match record.body {
                            Body::Received { peer, bytes } => Row::Received(at(peer), bytes.into()),
                            Body::Sent { peer, bytes } => {
                                let by_rule = record.origin.rule == Some("echo");
                                Row::Sent(at(peer), bytes.into(), by_rule)
                            }
                            Body::Notice(notice) => Row::Notice(notice.clone()),
                        };
                        self.rows.push((record.time, row));
                    }
                }
                Event::Acknowledged(news) => self.acknowledged = news.through,
                Event::Closed => self.closed = true,
                _ => {}
            }
        }
    }
}

/// How many of these send a message.
fn sends(commands: &[Command]) -> u64 {
    let sends = commands.iter();
    sends
        .filter(|command| matches!(command, Command::Send { .. }))
        .count() as u64
}

fn nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap()
}
