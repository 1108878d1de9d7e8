//! What the kernel tells of connections, sample by sample: the last numbers, and the changes as
//! events.

use super::ConnectionLife;
use super::event::{Basis, LifeEvent, LifeStep};
use crate::engine::evidence::{ConnectionFacts, ConnectionSample, Seen, Unseen, WaitingConnection};
use crate::traffic::Micros;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;

/// The most changes that are kept of one connection; the newest ones.
const MOST: usize = 64;
/// The most connections with samples.
const CONNECTIONS: usize = 64;
/// The interval of samples while numbers change by themselves.
const INTERVAL: Duration = Duration::from_secs(1);
/// States in which nothing happens by itself: ESTABLISHED and CLOSE_WAIT.
const CALM: [u8; 2] = [1, 8];
const TIME_WAIT: u8 = 6;

/// The samples of the connections of a session.
#[derive(Debug, Default)]
pub struct KernelWatch {
    views: BTreeMap<(SocketAddr, SocketAddr), KernelView>,
    /// Why the last sample has no numbers.
    unseen: Option<Unseen>,
}

/// What is known of one connection from samples.
#[derive(Clone, Debug, Default)]
pub struct KernelView {
    /// The numbers of the last sample; `None` if the connection was not in it.
    pub facts: Option<ConnectionFacts>,
    /// The time that the kernel keeps it for, if it is over.
    pub waiting: Option<WaitingConnection>,
    /// When it was last in a sample.
    pub seen: Micros,
    events: Vec<LifeEvent>,
    state: Option<u8>,
    is_window_closed: bool,
    retransmissions: u32,
}

impl KernelWatch {
    /// Takes a sample of this time.
    pub fn take(&mut self, sample: &ConnectionSample, now: Micros) {
        for view in self.views.values_mut() {
            (view.facts, view.waiting) = (None, None);
        }
        self.unseen = match &sample.connections {
            Seen::Known(_) => None,
            Seen::Unseen(reason) => Some(reason.clone()),
        };
        for facts in sample.connections.known().into_iter().flatten() {
            if let Some(view) = self.view((facts.local, facts.peer)) {
                view.live(facts, now);
            }
        }
        for waiting in sample.waiting.known().into_iter().flatten() {
            if let Some(view) = self.view((waiting.local, waiting.peer)) {
                view.wait(*waiting, now);
            }
        }
    }

    /// The view of these ends. When there are too many, the one seen longest ago is dropped.
    fn view(&mut self, ends: (SocketAddr, SocketAddr)) -> Option<&mut KernelView> {
        if !self.views.contains_key(&ends) && self.views.len() >= CONNECTIONS {
            let oldest = self.views.iter().min_by_key(|(_, view)| view.seen);
            let oldest = oldest.map(|(ends, _)| *ends)?;
            self.views.remove(&oldest);
        }
        Some(self.views.entry(ends).or_default())
    }

    /// What is known of this connection.
    pub fn of(&self, life: &ConnectionLife) -> Option<&KernelView> {
        let view = self.views.get(&life.ends()?)?;
        // Another connection may have had the same ends before.
        (view.seen >= life.began()).then_some(view)
    }

    /// Why the last sample has no numbers.
    pub fn unseen(&self) -> Option<&Unseen> {
        self.unseen.as_ref()
    }

    /// After how long the numbers will have changed without a new row; `None` if they stay.
    pub fn next(&self) -> Option<Duration> {
        self.views.values().filter_map(KernelView::next).min()
    }
}

impl KernelView {
    /// The changes since `began`, oldest first.
    pub fn events(&self, began: Micros) -> impl Iterator<Item = &LifeEvent> {
        self.events.iter().filter(move |event| event.time >= began)
    }

    fn live(&mut self, facts: &ConnectionFacts, now: Micros) {
        self.seen = now;
        let total = facts.total_retransmits;
        let before = std::mem::replace(&mut self.retransmissions, total);
        // The counter begins anew with another connection of the same ends.
        let count = total.checked_sub(before).unwrap_or(total);
        if count > 0 {
            self.add(now, LifeStep::Retransmitted { count, total });
        }
        if let Some(window) = facts.window {
            let is_closed =
                facts.unsent.is_some_and(|unsent| unsent > 0) && window < u64::from(facts.mss);
            let was_closed = std::mem::replace(&mut self.is_window_closed, is_closed);
            match (was_closed, is_closed) {
                (false, true) => self.add(now, LifeStep::WindowClosed { window }),
                (true, false) => self.add(now, LifeStep::WindowOpened { window }),
                _ => {}
            }
        }
        self.change(facts.state, now);
        self.facts = Some(facts.clone());
    }

    fn wait(&mut self, waiting: WaitingConnection, now: Micros) {
        self.seen = now;
        self.change(waiting.state, now);
        self.waiting = Some(waiting);
    }

    fn change(&mut self, state: u8, now: Micros) {
        /// ESTABLISHED: a row says it.
        const ESTABLISHED: u8 = 1;
        let before = self.state.replace(state);
        if before != Some(state) && state != ESTABLISHED {
            self.add(now, LifeStep::State(state));
        }
    }

    fn add(&mut self, time: Micros, step: LifeStep) {
        if self.events.len() >= MOST {
            self.events.remove(0);
        }
        let basis = Basis::Kernel;
        self.events.push(LifeEvent { time, step, basis });
    }

    fn next(&self) -> Option<Duration> {
        let waiting = self.waiting.map(|waiting| match waiting.state {
            TIME_WAIT => Duration::from_millis(waiting.left_ms.into()).max(INTERVAL),
            _ => INTERVAL,
        });
        let is_moving = self
            .facts
            .as_ref()
            .is_some_and(|facts| facts.queued > 0 || !CALM.contains(&facts.state));
        waiting.or(is_moving.then_some(INTERVAL))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(port: u16) -> SocketAddr {
        ([127, 0, 0, 1], port).into()
    }

    fn facts() -> ConnectionFacts {
        ConnectionFacts {
            local: address(1),
            peer: address(2),
            state: 1,
            unread: 0,
            queued: 0,
            unsent: Some(0),
            window: Some(65_536),
            acknowledged: None,
            progress: None,
            mss: 1_448,
            probes: 0,
            retransmits: 0,
            total_retransmits: 0,
            last_received_ms: 0,
            last_acknowledged_ms: 0,
            rtt_us: 100,
            rtt_deviation_us: 50,
            congestion_window: 10,
        }
    }

    fn sample(facts: &[ConnectionFacts], waiting: &[WaitingConnection]) -> ConnectionSample {
        ConnectionSample {
            connections: Seen::Known(facts.to_vec()),
            waiting: Seen::Known(waiting.to_vec()),
        }
    }

    fn view(watch: &KernelWatch) -> &KernelView {
        watch.views.get(&(address(1), address(2))).unwrap()
    }

    fn steps(watch: &KernelWatch) -> Vec<LifeStep> {
        let events = view(watch).events(0);
        events.map(|event| event.step.clone()).collect()
    }

    #[test]
    fn a_calm_connection_has_numbers_no_events_and_needs_no_further_sample() {
        let mut watch = KernelWatch::default();
        watch.take(&sample(&[facts()], &[]), 1);
        watch.take(&sample(&[facts()], &[]), 2);
        assert_eq!(steps(&watch), []);
        assert_eq!(watch.next(), None);
        assert_eq!(view(&watch).facts.as_ref(), Some(&facts()));
    }

    #[test]
    fn a_closed_window_and_retransmissions_are_events_once() {
        let mut watch = KernelWatch::default();
        let full = ConnectionFacts {
            queued: 9_000,
            unsent: Some(9_000),
            window: Some(0),
            total_retransmits: 3,
            ..facts()
        };
        watch.take(&sample(std::slice::from_ref(&full), &[]), 1);
        watch.take(&sample(std::slice::from_ref(&full), &[]), 2);
        assert_eq!(watch.next(), Some(INTERVAL), "the window may open");
        let more = ConnectionFacts {
            total_retransmits: 5,
            ..facts()
        };
        watch.take(&sample(&[more], &[]), 3);
        let expected = [
            LifeStep::Retransmitted { count: 3, total: 3 },
            LifeStep::WindowClosed { window: 0 },
            LifeStep::Retransmitted { count: 2, total: 5 },
            LifeStep::WindowOpened { window: 65_536 },
        ];
        assert_eq!(steps(&watch), expected);
        let times: Vec<Micros> = view(&watch).events(3).map(|event| event.time).collect();
        assert_eq!(times, [3, 3]);
    }

    #[test]
    fn a_small_window_with_nothing_to_send_is_not_closed() {
        let mut watch = KernelWatch::default();
        let small = ConnectionFacts {
            window: Some(10),
            ..facts()
        };
        watch.take(&sample(&[small], &[]), 1);
        assert_eq!(steps(&watch), []);
    }

    #[test]
    fn time_wait_is_sampled_again_when_it_ends() {
        let mut watch = KernelWatch::default();
        watch.take(&sample(&[facts()], &[]), 1);
        let waiting = WaitingConnection {
            local: address(1),
            peer: address(2),
            state: TIME_WAIT,
            left_ms: 59_000,
        };
        watch.take(&sample(&[], &[waiting]), 2);
        assert_eq!(steps(&watch), [LifeStep::State(TIME_WAIT)]);
        assert_eq!(view(&watch).facts, None);
        assert_eq!(watch.next(), Some(Duration::from_secs(59)));
        watch.take(&sample(&[], &[]), 3);
        assert_eq!(watch.next(), None);
    }

    #[test]
    fn a_system_that_tells_nothing_says_why() {
        let mut watch = KernelWatch::default();
        let nothing = ConnectionSample {
            connections: Seen::Unseen(Unseen::NotHere),
            waiting: Seen::Unseen(Unseen::NotHere),
        };
        watch.take(&nothing, 1);
        assert_eq!(watch.unseen(), Some(&Unseen::NotHere));
        assert_eq!(watch.next(), None);
    }
}
