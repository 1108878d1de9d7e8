//! The state of the simulated system, and its events as time goes on.

use crate::engine::sys::poll::{Readiness, Token};
use crate::engine::sys::resolver::ResolvedName;
use crate::engine::worker::simulation::datagrams::Datagrams;
use crate::engine::worker::simulation::streams::{PeerEvent, Wire};
use crate::peer::Peer;
use crate::traffic::Cause;
use std::collections::{BTreeMap, VecDeque};
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Nanoseconds in a millisecond.
pub const MILLI: u64 = 1_000_000;
/// The most bytes that one call to a stream socket takes or gives.
pub const CALL: usize = 256 << 10;
/// The percentage of datagrams that the network delivers twice.
const DUPLICATED: u8 = 5;
/// The length of payloads up to which every byte is random.
const RANDOM: usize = 200;
/// The message of an injected panic.
pub const FAULT: &str = "a fault on purpose";

/// A shared handle, for the worker and the test.
#[derive(Clone)]
pub struct Memory(Arc<Mutex<SimulationState>>);

/// A scheduled event.
pub enum ScheduledEvent {
    /// A datagram arrives at the socket of this number.
    Datagram(usize, SocketAddr, Vec<u8>),
    /// The network delivers it once more.
    Duplicate(usize, SocketAddr, Vec<u8>),
    /// The socket of this number becomes writable again.
    Room(usize),
    /// A client connects.
    Client(Peer),
    /// The peer of this connection acts.
    Stream(usize, PeerEvent),
    /// The resolver answers.
    Found(String),
}

pub struct SimulationState {
    pub random: fastrand::Rng,
    pub moved: &'static AtomicU64,
    later: BTreeMap<(u64, u64), ScheduledEvent>,
    count: u64,
    ready: BTreeMap<usize, Readiness>,
    /// Sockets have no more faults.
    pub calm: bool,
    /// There is more traffic than the queues hold.
    pub crowded: bool,
    /// Until this time in nanoseconds the kernel takes no bytes.
    pub jam: u64,
    /// Number of calls until one panics.
    pub panics: Option<u32>,
    pub datagrams: Vec<Datagrams>,
    pub streams: Vec<Wire>,
    pub listener: Option<Token>,
    pub backlog: VecDeque<usize>,
    pub asked: Vec<String>,
    pub answers: VecDeque<ResolvedName>,
    /// Bytes the worker read from each peer and wrote to it, in order.
    pub read: Vec<(Peer, Vec<u8>)>,
    pub written: Vec<(Peer, Vec<u8>)>,
    /// Datagrams that the network delivered once more.
    pub duplicated: Vec<(Peer, Vec<u8>)>,
}

impl Memory {
    pub fn new(seed: u64, crowded: bool) -> Self {
        Self(Arc::new(Mutex::new(SimulationState {
            random: fastrand::Rng::with_seed(seed),
            // A clock is copied everywhere; the test leaks a few bytes for each seed.
            moved: Box::leak(Box::new(AtomicU64::new(0))),
            later: BTreeMap::new(),
            count: 0,
            ready: BTreeMap::new(),
            calm: false,
            crowded,
            jam: 0,
            panics: None,
            datagrams: Vec::new(),
            streams: Vec::new(),
            listener: None,
            backlog: VecDeque::new(),
            asked: Vec::new(),
            answers: VecDeque::new(),
            read: Vec::new(),
            written: Vec::new(),
            duplicated: Vec::new(),
        })))
    }

    /// Locks the state. An injected panic leaves it consistent.
    pub fn lock(&self) -> MutexGuard<'_, SimulationState> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Locks the state for a socket call, which may panic as planned.
    pub fn call(&self) -> MutexGuard<'_, SimulationState> {
        let mut inside = self.lock();
        let left = inside.panics.map(|left| left.saturating_sub(1));
        inside.panics = left.filter(|left| *left > 0);
        if left == Some(0) {
            drop(inside);
            panic!("{FAULT}");
        }
        inside
    }

    /// Advances the time to `to` and runs the events scheduled until then.
    pub fn advance(&self, to: u64) {
        let mut inside = self.lock();
        while let Some(entry) = inside.later.first_entry() {
            let at = entry.key().0;
            if at > to {
                break;
            }
            let happening = entry.remove();
            let now = inside.now().max(at);
            inside.moved.store(now, Ordering::Relaxed);
            inside.happen(happening);
        }
        let now = inside.now().max(to);
        inside.moved.store(now, Ordering::Relaxed);
    }

    /// The sockets that became ready since the last call.
    pub fn ready(&self) -> Vec<Readiness> {
        let ready = std::mem::take(&mut self.lock().ready);
        ready.into_values().collect()
    }
}

impl SimulationState {
    /// Nanoseconds since the start.
    pub fn now(&self) -> u64 {
        self.moved.load(Ordering::Relaxed)
    }

    /// Time of the next scheduled event.
    pub fn next(&self) -> Option<u64> {
        self.later.keys().next().map(|(at, _)| *at)
    }

    pub fn is_ready(&self) -> bool {
        !self.ready.is_empty()
    }

    /// Schedules an event `after` nanoseconds from now; events of one time keep their order.
    pub fn later(&mut self, after: u64, happening: ScheduledEvent) {
        self.count += 1;
        self.later
            .insert((self.now() + after, self.count), happening);
    }

    /// Schedules an event within the next `within` milliseconds, at random.
    pub fn soon(&mut self, within: u64, happening: ScheduledEvent) {
        self.soon_after(0, within, happening);
    }

    /// The same, of the milliseconds that follow `begin` nanoseconds.
    pub fn soon_after(&mut self, begin: u64, within: u64, happening: ScheduledEvent) {
        let after = self.random.u64(0..within * MILLI);
        self.later(begin + after, happening);
    }

    /// Nanoseconds for which the kernel still takes no bytes.
    pub fn jam_left(&self) -> u64 {
        self.jam.saturating_sub(self.now())
    }

    /// The most bytes that this call to a stream socket takes or gives.
    pub fn most(&mut self) -> usize {
        match (self.calm, self.crowded) {
            (true, _) => CALL,
            (false, true) => self.random.usize(1..=CALL),
            (false, false) => self.random.usize(1..80),
        }
    }

    /// Whether a fault occurs now, with this probability in percent.
    pub fn fault(&mut self, percent: u8) -> bool {
        !self.calm && self.random.u8(..100) < percent
    }

    /// Random letters and digits, which no encoding changes. Long payloads repeat them.
    pub fn letters(&mut self, length: usize) -> Vec<u8> {
        let letters = std::iter::repeat_with(|| self.random.alphanumeric() as u8);
        let mut letters: Vec<u8> = letters.take(length.min(RANDOM)).collect();
        while letters.len() < length {
            let more = (length - letters.len()).min(letters.len());
            letters.extend_from_within(..more);
        }
        letters
    }

    /// Reports readiness of this token to the worker.
    pub fn mark(&mut self, token: Option<Token>, [readable, writable, error]: [bool; 3]) {
        let Some(token) = token else {
            return;
        };
        let ready = self.ready.entry(token.0).or_insert(Readiness {
            token,
            readable: false,
            writable: false,
            error: false,
        });
        ready.readable |= readable;
        ready.writable |= writable;
        ready.error |= error;
    }

    /// Schedules a few sends of the peer, perhaps followed by a FIN or a reset.
    pub fn begin_script(&mut self, number: usize) {
        let mut at = 0;
        let sends = match self.crowded {
            true => 4,
            false => self.random.usize(0..6),
        };
        for _ in 0..sends {
            at += self.random.u64(0..60 * MILLI);
            let length = match self.crowded {
                true => self.random.usize(CALL / 4..CALL),
                false => self.random.usize(1..RANDOM),
            };
            let bytes = self.letters(length);
            self.later(at, ScheduledEvent::Stream(number, PeerEvent::Bytes(bytes)));
        }
        at += self.random.u64(0..60 * MILLI);
        if self.crowded {
            // The queues fill up before the connection ends.
            at += 500 * MILLI;
        }
        match self.random.u8(..10) {
            0..5 => self.later(at, ScheduledEvent::Stream(number, PeerEvent::End)),
            5..7 => self.later(at, ScheduledEvent::Stream(number, PeerEvent::Reset)),
            _ => {}
        }
    }

    fn arrives(&mut self, number: usize, from: SocketAddr, bytes: Vec<u8>) {
        let socket = self.datagrams.get_mut(number);
        let token = socket.and_then(|socket| socket.arrives(from, bytes));
        self.mark(token, [true, false, false]);
    }

    fn happen(&mut self, happening: ScheduledEvent) {
        match happening {
            ScheduledEvent::Datagram(number, from, bytes) => {
                if self.fault(DUPLICATED) {
                    let copy = ScheduledEvent::Duplicate(number, from, bytes.clone());
                    self.soon(20, copy);
                }
                self.arrives(number, from, bytes);
            }
            ScheduledEvent::Duplicate(number, from, bytes) => {
                self.duplicated.push((from.into(), bytes.clone()));
                self.arrives(number, from, bytes);
            }
            ScheduledEvent::Room(number) => {
                let token = self.datagrams[number].has_room();
                self.mark(token, [false, true, false]);
            }
            ScheduledEvent::Client(peer) => {
                self.streams.push(Wire::made(peer));
                let number = self.streams.len() - 1;
                self.backlog.push_back(number);
                self.begin_script(number);
                self.mark(self.listener, [true, false, false]);
            }
            ScheduledEvent::Stream(number, event) => {
                let is_made = matches!(event, PeerEvent::Made);
                let Some(ready) = self.streams[number].does(event) else {
                    return;
                };
                if is_made {
                    self.begin_script(number);
                }
                self.mark(self.streams[number].token, ready);
            }
            ScheduledEvent::Found(host) => {
                self.asked.retain(|asked| *asked != host);
                let addresses = match self.random.u8(..4) {
                    0 => Err(Cause::NoSuchHost {
                        detail: String::new(),
                    }),
                    _ => Ok(vec![Ipv4Addr::new(10, 0, 3, 1).into()]),
                };
                self.answers.push_back(ResolvedName { host, addresses });
            }
        }
    }
}
