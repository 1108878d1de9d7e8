//! Simulation tests: whole sessions with simulated sockets on a virtual clock. Whatever the
//! sockets do, each byte that passed them is a row, lost bytes are counted, every reply of a
//! rule has a cause, and no message stays pending for ever.
//!
//! One seed determines a run. A failure names its seed; `NETPEER_SEEDS=7..8 cargo test simulation`
//! runs that seed alone. Seeds that failed once are kept (`KEPT`) and run each time.

mod check;
mod datagram_end;
mod datagrams;
mod memory;
mod plan;
mod stream_end;
mod streams;
mod world;

use super::*;
use crate::connection_id::ConnectionId;
use crate::engine::command::ConnectionCommand;
use crate::engine::sys::clock::Clock;
use crate::engine::worker::simulation::memory::{MILLI, Memory};
use crate::kind::SessionKind;
use crate::traffic::{Body, Micros, Notice};
use std::collections::{BTreeMap, VecDeque};
use std::net::SocketAddr;
use std::ops::Range;

/// The seeds of an ordinary run; `scripts/torture` runs more.
const SEEDS: Range<u64> = 0..300;
/// Seeds that showed a fault once.
const KEPT: [u64; 0] = [];
/// Upper bounds of turns and nanoseconds: a session that exceeds them never comes to rest.
const TURNS: usize = 50_000;
const LONGEST: u64 = 200_000 * MILLI;
/// Virtual time after which sockets have no more faults.
const CALM: u64 = 700 * MILLI;
/// Capacity of the event channel.
const CHANNEL: usize = 16;
/// Length of each user message in bytes.
const LENGTH: usize = 37;

/// A row of the session's log.
#[derive(Clone, Debug, PartialEq)]
enum SimulationRow {
    Received(SocketAddr, Vec<u8>),
    /// Sent bytes; the flag is set if a rule caused them.
    Sent(SocketAddr, Vec<u8>, bool),
    Notice(Notice),
}

/// The front end of a session, with its planned commands.
struct FrontEnd {
    world: Memory,
    commands: Sender<Command>,
    events: Receiver<Event>,
    /// Planned commands with their times in nanoseconds.
    plan: VecDeque<(u64, Planned)>,
    given: Vec<Command>,
    /// The connections known from rows, with their peers.
    peers: BTreeMap<ConnectionId, SocketAddr>,
    rows: Vec<(Micros, SimulationRow)>,
    acknowledged: u64,
    closed: bool,
}

/// A planned command. One to a connection resolves its peer to a known connection.
enum Planned {
    Command(Command),
    Send(SocketAddr, Vec<u8>),
    Connection(SocketAddr, ConnectionCommand),
}

/// The result of a run.
struct Course {
    kind: SessionKind,
    echoes: bool,
    impaired: bool,
    front_end: FrontEnd,
    /// Commands the worker carried out.
    obeyed: Vec<Command>,
    /// Replies of rules.
    answered: u64,
    died: bool,
}

#[test]
fn sessions_keep_what_they_promise() {
    let chosen = seeds(std::env::var("NETPEER_SEEDS").ok().as_deref());
    let began = Instant::now();
    let failed: Vec<String> = KEPT
        .into_iter()
        .chain(chosen.clone())
        .filter_map(|seed| {
            let died = jobs::caught(|| check::all(&course(seed))).err()?;
            Some(format!("seed {seed}: {died}"))
        })
        .collect();
    let (count, time) = (chosen.end - chosen.start, began.elapsed());
    let each = time.as_secs_f64() * 1e3 / count.max(1) as f64;
    println!(
        "simulation: {count} seeds, {} failed, {each:.2} ms each",
        failed.len()
    );
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

/// The seeds that a text such as `300..20300` names.
fn seeds(text: Option<&str>) -> Range<u64> {
    let Some(text) = text else {
        return SEEDS;
    };
    let (first, end) = text.split_once("..").expect("NETPEER_SEEDS=FIRST..END");
    first.parse().unwrap()..end.parse().unwrap()
}

/// Every kind of session passes something, and rows that are made up or left out are noticed.
#[test]
fn a_row_too_many_or_too_few_is_noticed() {
    let passed = |(_, row): &(Micros, SimulationRow)| !matches!(row, SimulationRow::Notice(_));
    for kind in 0..5 {
        let mut courses = (0..300).map(|round| course(kind + 5 * round));
        let mut course = courses
            .find(|course| {
                course
                    .front_end
                    .rows
                    .iter()
                    .filter(|row| passed(row))
                    .count()
                    > 5
            })
            .expect("sessions pass something");
        check::all(&course);
        let rows = course.front_end.rows.clone();
        let place = rows.iter().position(passed).unwrap();
        course.front_end.rows.remove(place);
        assert!(jobs::caught(|| check::all(&course)).is_err(), "kind {kind}");
        course.front_end.rows.clone_from(&rows);
        course.front_end.rows.push(rows[place].clone());
        assert!(jobs::caught(|| check::all(&course)).is_err(), "kind {kind}");
    }
}

#[test]
fn a_seed_goes_the_same_way_again() {
    for seed in 0..24 {
        let [once, again] = [course(seed), course(seed)];
        assert_eq!(once.front_end.rows, again.front_end.rows, "seed {seed}");
    }
}

/// Runs one session to its end.
fn course(seed: u64) -> Course {
    // Seeds the worker's own random numbers.
    fastrand::seed(seed);
    let world = Memory::new(seed);
    let kind = match seed % 5 {
        0 => SessionKind::Udp,
        1 => SessionKind::TcpServer,
        2 => SessionKind::TcpClient,
        3 => SessionKind::RelayUdp,
        _ => SessionKind::RelayTcp,
    };
    let (echoes, impaired) = match world.lock().random.u8(..4) {
        0 => (false, false),
        1 => (true, false),
        2 => (false, true),
        // The stream shaper's segments do not record which bytes a rule sent.
        _ => (kind == SessionKind::Udp, true),
    };
    let is_relay = matches!(kind, SessionKind::RelayUdp | SessionKind::RelayTcp);
    let echoes = echoes && !is_relay;
    let (commands, receiver) = crossbeam_channel::unbounded();
    let (facts, events) = crossbeam_channel::bounded(CHANNEL);
    let plan = plan::plan(kind, echoes, impaired, &world);
    let own = Box::new(world.clone());
    let mut worker = Worker::new(own, receiver, facts, Box::new(|| {})).unwrap();
    let mut driver = plan::driver(kind, &world);
    let mut front_end = FrontEnd {
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
    let mut ended = live(kind, &mut worker, driver.as_mut(), &mut front_end);
    let answered = worker
        .parts
        .responder
        .counters()
        .map_or(0, |counters| counters.answered);
    let left = front_end.commands.len();
    front_end.read();
    if ended.is_ok() {
        ended = jobs::caught(|| worker.close(driver.as_mut()));
    }
    let died = ended.is_err();
    worker.end(driver, ended);
    front_end.read();
    let obeyed = front_end.given[..front_end.given.len() - left].to_vec();
    Course {
        kind,
        echoes,
        impaired,
        front_end,
        obeyed,
        answered,
        died,
    }
}

/// Takes turns until the session is over or a turn panics.
fn live(
    kind: SessionKind,
    worker: &mut Worker,
    driver: &mut dyn Driver,
    front_end: &mut FrontEnd,
) -> Result<(), Died> {
    let mut next = jobs::caught(|| worker.start(&mut *driver, None))?;
    for _ in 0..TURNS {
        let Some(ready) = front_end.wait(next, worker.parts.clock) else {
            return Ok(());
        };
        next = jobs::caught(|| worker.turn(&mut *driver, ready.into_iter()))?;
        // The front end usually keeps up.
        if next == Next::Over || front_end.world.lock().random.u8(..3) > 0 {
            front_end.read();
            let answers = worker.parts.responder.counters();
            check::so_far(
                kind,
                answers.map_or(0, |answers| answers.answered),
                front_end,
            );
        }
    }
    panic!("it takes turns for ever: {next:?}");
}

impl FrontEnd {
    /// Advances the time as the worker requests and gives the commands due by then. Returns the
    /// ready sockets; `None` if the session is over.
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

    fn carry_out(&mut self, planned: Planned) {
        let mut known = self.peers.iter().rev();
        let mut id_of = |far: SocketAddr| known.find(|(_, peer)| **peer == far).map(|(id, _)| *id);
        let command = match planned {
            Planned::Command(command) => command,
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

    /// The session is at rest: every message was sent or failed. Stops it.
    fn rests(&mut self) {
        self.read();
        let sent = sends(&self.given);
        assert_eq!(self.acknowledged, sent, "messages are waited for in vain");
        self.give(Command::Stop);
    }

    /// Reads the pending events.
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
                            Body::Received { peer, bytes } => {
                                SimulationRow::Received(at(peer), bytes.into())
                            }
                            Body::Sent { peer, bytes } => {
                                let by_rule = record.origin.rule == Some("echo");
                                SimulationRow::Sent(at(peer), bytes.into(), by_rule)
                            }
                            Body::Notice(notice) => SimulationRow::Notice(notice.clone()),
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

/// Number of send commands.
fn sends(commands: &[Command]) -> u64 {
    let sends = commands.iter();
    sends
        .filter(|command| matches!(command, Command::Send { .. }))
        .count() as u64
}

fn nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap()
}
