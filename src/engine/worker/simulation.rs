//! Simulation tests: whole sessions with simulated sockets on a virtual clock. Whatever the
//! sockets do, each byte that passed them is a row, lost bytes are counted, every reply of a
//! rule has a cause, no message stays pending for ever, and no queue exceeds its bound.
//!
//! Unix datagram sessions are not simulated: their driver opens the system's socket, not one of
//! [`World`].
//!
//! One seed determines a run. A failure names its seed; `NETPEER_SEEDS=7..8 cargo test simulation`
//! runs that seed alone. Seeds that failed once are kept (`KEPT`) and run each time.

mod bounds;
mod check;
mod datagram_end;
mod datagrams;
mod front_end;
mod memory;
mod plan;
mod stream_end;
mod streams;
mod world;

use super::*;
use crate::engine::sys::limits::SEND_QUEUE;
use crate::engine::worker::simulation::bounds::Queue;
use crate::engine::worker::simulation::check::Progress;
use crate::engine::worker::simulation::front_end::{FrontEnd, SimulationRow};
use crate::engine::worker::simulation::memory::{CALL, Memory};
use crate::kind::SessionKind;
use crate::peer::Peer;
use crate::traffic::Micros;
use std::collections::BTreeMap;
use std::ops::Range;

/// The kinds of session that take turns.
const KINDS: [SessionKind; 7] = [
    SessionKind::Udp,
    SessionKind::TcpServer,
    SessionKind::TcpClient,
    SessionKind::RelayUdp,
    SessionKind::RelayTcp,
    SessionKind::UnixServer,
    SessionKind::UnixClient,
];
/// One seed of this number has more traffic than the queues hold.
const CROWDED: u64 = 40;
/// The seeds of an ordinary run; `scripts/torture` runs more.
const SEEDS: Range<u64> = 0..300;
/// Seeds that showed a fault once.
const KEPT: [u64; 0] = [];
/// Upper bound of the mean time of a seed in milliseconds, in a longer run than the ordinary one.
const TIME: f64 = 10.0;
/// Upper bound of turns: a session that exceeds it never comes to rest.
const TURNS: usize = 50_000;
/// Capacity of the event channel.
const CHANNEL: usize = 16;

/// The result of a run.
struct Course {
    kind: SessionKind,
    echoes: bool,
    impaired: bool,
    /// Length of each user message in bytes.
    length: usize,
    front_end: FrontEnd,
    /// Commands the worker carried out.
    obeyed: Vec<Command>,
    /// Replies of rules.
    answered: u64,
    died: bool,
    /// The most that each queue held.
    peaks: BTreeMap<Queue, usize>,
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
    // Beside other tests, as in an ordinary run, the mean says little.
    let is_measured = count > SEEDS.end;
    assert!(!is_measured || each <= TIME, "a seed takes {each:.2} ms");
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
    for kind in KINDS {
        let seeds = (0..2_000).filter(|seed| kind_of(*seed) == kind);
        let mut courses = seeds.map(course);
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
        assert!(jobs::caught(|| check::all(&course)).is_err(), "{kind:?}");
        course.front_end.rows.clone_from(&rows);
        course.front_end.rows.push(rows[place].clone());
        assert!(jobs::caught(|| check::all(&course)).is_err(), "{kind:?}");
    }
}

#[test]
fn a_seed_goes_the_same_way_again() {
    for seed in (0..24).chain([CROWDED - 1, 2 * CROWDED - 1]) {
        let [once, again] = [course(seed), course(seed)];
        assert_eq!(once.front_end.rows, again.front_end.rows, "seed {seed}");
    }
}

/// The bounds are no idle ones: crowded sessions reach them.
#[test]
fn queues_fill_up_to_their_bounds_and_no_further() {
    let long = plan::length(SessionKind::Udp, true);
    for (kind, queue, least) in [
        (SessionKind::Udp, Queue::Datagrams, SEND_QUEUE - long),
        (SessionKind::TcpServer, Queue::Connection, SEND_QUEUE - CALL),
        (SessionKind::RelayTcp, Queue::Relayed, bounds::ROOM + 1),
        (SessionKind::RelayUdp, Queue::Intercepted, bounds::PACKETS),
        (SessionKind::TcpClient, Queue::Channel, CHANNEL),
        (SessionKind::UnixServer, Queue::Events, 1),
        (SessionKind::UnixClient, Queue::Chunk, CALL),
    ] {
        let seeds = (0..700).map(|round| CROWDED - 1 + CROWDED * round);
        let mut peaks = seeds.filter(|seed| kind_of(*seed) == kind).map(|seed| {
            let course = course(seed);
            check::all(&course);
            course.peaks.get(&queue).copied().unwrap_or(0)
        });
        assert!(peaks.any(|peak| peak >= least), "{queue:?} of {kind:?}");
    }
}

#[test]
fn a_queue_beyond_its_bound_is_noticed() {
    let mut peaks = BTreeMap::new();
    bounds::check(&[(Queue::Datagrams, 7, 7)], &mut peaks);
    assert_eq!(peaks, BTreeMap::from([(Queue::Datagrams, 7)]));
    let noticed = jobs::caught(|| bounds::check(&[(Queue::Datagrams, 8, 7)], &mut peaks));
    assert!(noticed.unwrap_err().0.contains("Datagrams"));
}

#[test]
fn a_datagram_that_the_network_duplicates_is_two_rows() {
    let shown = |course: &Course, (from, bytes): &(Peer, Vec<u8>)| {
        let row = SimulationRow::Received(*from, bytes.clone());
        let rows = course.front_end.rows.iter();
        rows.filter(|(_, shown)| *shown == row).count()
    };
    for kind in [SessionKind::Udp, SessionKind::RelayUdp] {
        let seeds = (0..2_000).filter(|seed| kind_of(*seed) == kind);
        let twice = seeds.map(course).find_map(|course| {
            check::all(&course);
            let inside = course.front_end.world.lock();
            let long = inside
                .duplicated
                .iter()
                .filter(|(_, bytes)| bytes.len() > 8);
            // The receive buffer may be full at either time, or the session over.
            long.map(|twice| shown(&course, twice))
                .max()
                .filter(|rows| *rows > 1)
        });
        assert_eq!(twice, Some(2), "{kind:?}");
    }
}

fn kind_of(seed: u64) -> SessionKind {
    KINDS[(seed % KINDS.len() as u64) as usize]
}

/// Runs one session to its end.
fn course(seed: u64) -> Course {
    // Seeds the worker's own random numbers.
    fastrand::seed(seed);
    let crowded = seed % CROWDED == CROWDED - 1;
    let world = Memory::new(seed, crowded);
    let kind = kind_of(seed);
    let (echoes, impaired) = match world.lock().random.u8(..4) {
        0 => (false, false),
        1 => (true, false),
        2 => (false, true),
        // The stream shaper's segments do not record which bytes a rule sent.
        _ => (kind == SessionKind::Udp, true),
    };
    let is_relay = matches!(kind, SessionKind::RelayUdp | SessionKind::RelayTcp);
    // Of the echoes on a stream, a full queue leaves some out.
    let echoes = echoes && !is_relay && !(crowded && kind.traits().is_stream);
    let (commands, receiver) = crossbeam_channel::unbounded();
    let (facts, events) = crossbeam_channel::bounded(CHANNEL);
    let stalls = plan::crowd(&world);
    let plan = plan::plan(kind, echoes, impaired, &world);
    let own = Box::new(world.clone());
    let mut worker = Worker::new(own, receiver, facts, Box::new(|| {})).unwrap();
    let mut driver = plan::driver(kind, &world);
    let mut front_end = FrontEnd {
        world,
        commands,
        events,
        plan,
        stalls,
        given: Vec::new(),
        peers: BTreeMap::new(),
        rows: Vec::new(),
        acknowledged: 0,
        unsent: 0,
        closed: false,
    };
    let mut progress = Progress::default();
    let mut ended = live(
        kind,
        &mut worker,
        driver.as_mut(),
        &mut front_end,
        &mut progress,
    );
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
        length: plan::length(kind, crowded),
        front_end,
        obeyed,
        answered,
        died,
        peaks: progress.peaks,
    }
}

/// Takes turns until the session is over or a turn panics.
fn live(
    kind: SessionKind,
    worker: &mut Worker,
    driver: &mut dyn Driver,
    front_end: &mut FrontEnd,
    progress: &mut Progress,
) -> Result<(), Died> {
    let mut next = jobs::caught(|| worker.start(&mut *driver, None))?;
    for _ in 0..TURNS {
        let Some(ready) = front_end.wait(next, worker.parts.clock) else {
            return Ok(());
        };
        next = jobs::caught(|| worker.turn(&mut *driver, ready.into_iter()))?;
        let held = bounds::held(kind, worker, driver, front_end);
        bounds::check(&held, &mut progress.peaks);
        if next == Next::Over || front_end.keeps_up() {
            front_end.read();
        }
        let answers = worker.parts.responder.counters();
        let answered = answers.map_or(0, |answers| answers.answered);
        progress.check(kind, answered, front_end);
    }
    panic!("it takes turns for ever: {next:?}");
}

fn nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap()
}
