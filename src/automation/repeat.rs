//! Periodic sending: messages in order, repeatedly, each at its time.

use crate::payload::message::Message;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// A longer lag than this is not caught up with: all later deadlines move.
const LATE: Duration = Duration::from_millis(100);

/// Steps to send in order.
#[derive(Clone, Debug)]
pub struct Plan {
    pub steps: Vec<PlannedMessage>,
    /// How often to send all steps; `None` is for ever.
    pub rounds: Option<u64>,
}

/// A message, how often to send it, and the pause after each time.
#[derive(Clone, Debug)]
pub struct PlannedMessage {
    pub message: Arc<Message>,
    pub times: u32,
    pub pause: Duration,
}

impl Plan {
    /// One message at a fixed interval.
    pub fn every(interval: Duration, message: Arc<Message>, count: Option<u64>) -> Self {
        let step = PlannedMessage {
            message,
            times: 1,
            pause: interval,
        };
        Self {
            steps: vec![step],
            rounds: count,
        }
    }

    /// Messages in all; `None` is without end.
    pub fn total(&self) -> Option<u64> {
        let round: u64 = self.steps.iter().map(|step| u64::from(step.times)).sum();
        self.rounds.map(|rounds| rounds.saturating_mul(round))
    }

    /// Whether there is nothing to send.
    fn is_empty(&self) -> bool {
        self.steps.iter().all(|step| step.times == 0) || self.rounds == Some(0)
    }
}

/// A running plan. Its deadlines are absolute: the lag of one message does not delay the next.
#[derive(Debug)]
pub struct Repeat {
    plan: Plan,
    began: Instant,
    /// When the next message is due.
    next: Instant,
    /// The step of the next message, and how often it was sent in this round.
    step: usize,
    times: u32,
    rounds: u64,
    sent: u64,
    moved: Duration,
}

impl Repeat {
    pub fn new(plan: Plan, now: Instant) -> Self {
        Self {
            plan,
            began: now,
            next: now,
            step: 0,
            times: 0,
            rounds: 0,
            sent: 0,
            moved: Duration::ZERO,
        }
    }

    /// The next message, if it is due.
    pub fn due(&mut self, now: Instant) -> Option<Arc<Message>> {
        if self.is_over() || now < self.next {
            return None;
        }
        let late = now.saturating_duration_since(self.next);
        if late > LATE {
            self.moved += late;
            self.next = now;
        }
        while self.current().is_some_and(|step| step.times <= self.times) {
            self.next_step();
        }
        let step = self.current()?.clone();
        self.next += step.pause;
        self.times += 1;
        self.sent += 1;
        if self.times >= step.times {
            self.next_step();
        }
        Some(step.message)
    }

    /// When the next message is due; `None` once all are sent.
    pub fn deadline(&self) -> Option<Instant> {
        (!self.is_over()).then_some(self.next)
    }

    pub fn is_over(&self) -> bool {
        self.plan.is_empty() || self.plan.rounds.is_some_and(|rounds| self.rounds >= rounds)
    }

    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// Messages handed out so far.
    pub fn sent(&self) -> u64 {
        self.sent
    }

    pub fn running_for(&self, now: Instant) -> Duration {
        now.saturating_duration_since(self.began)
    }

    /// Time by which the deadlines were moved because messages could not be sent.
    pub fn moved(&self) -> Duration {
        self.moved
    }

    fn current(&self) -> Option<&PlannedMessage> {
        self.plan.steps.get(self.step)
    }

    fn next_step(&mut self) {
        self.times = 0;
        self.step += 1;
        if self.step >= self.plan.steps.len() {
            self.step = 0;
            self.rounds += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MILLI: Duration = Duration::from_millis(1);

    fn message(text: &str) -> Arc<Message> {
        Arc::new(Message::from(Arc::from(text.as_bytes())))
    }

    fn text(message: &Message) -> String {
        String::from_utf8(message.fixed().unwrap().to_vec()).unwrap()
    }

    /// The messages, with their milliseconds, if asked every `tick`.
    fn played(plan: Plan, tick: Duration, ticks: u32) -> Vec<(u64, String)> {
        let began = Instant::now();
        let mut repeat = Repeat::new(plan, began);
        let mut sent = Vec::new();
        for number in 0..ticks {
            while let Some(message) = repeat.due(began + tick * number) {
                sent.push(((tick * number).as_millis() as u64, text(&message)));
            }
        }
        sent
    }

    #[test]
    fn deadlines_are_absolute() {
        let began = Instant::now();
        let mut repeat = Repeat::new(Plan::every(10 * MILLI, message("a"), None), began);
        for late in [0, 3, 9, 1] {
            let due = repeat.deadline().unwrap();
            assert!(repeat.due(due + late * MILLI).is_some());
        }
        assert_eq!(repeat.deadline(), Some(began + 40 * MILLI));
        assert_eq!((repeat.sent(), repeat.moved()), (4, Duration::ZERO));
    }

    #[test]
    fn a_count_is_kept_and_then_it_is_over() {
        let plan = Plan::every(MILLI, message("a"), Some(3));
        assert_eq!(plan.total(), Some(3));
        let sent = played(plan, MILLI, 50);
        assert_eq!(
            sent.iter().map(|(at, _)| *at).collect::<Vec<_>>(),
            [0, 1, 2]
        );
    }

    #[test]
    fn steps_come_in_order_with_their_pauses() {
        let step = |text, times, pause| PlannedMessage {
            message: message(text),
            times,
            pause: pause * MILLI,
        };
        let plan = Plan {
            steps: vec![step("a", 2, 5), step("never", 0, 1), step("b", 1, 20)],
            rounds: Some(2),
        };
        assert_eq!(plan.total(), Some(6));
        let sent = played(plan, MILLI, 100);
        let expected = [
            (0, "a"),
            (5, "a"),
            (10, "b"),
            (30, "a"),
            (35, "a"),
            (40, "b"),
        ];
        assert_eq!(sent, expected.map(|(at, text)| (at, text.to_owned())));
    }

    #[test]
    fn little_delays_are_caught_up_with_and_long_ones_move_the_rest() {
        let began = Instant::now();
        let mut repeat = Repeat::new(Plan::every(MILLI, message("a"), None), began);
        let count = |repeat: &mut Repeat, at: u32| {
            std::iter::from_fn(|| repeat.due(began + at * MILLI)).count()
        };
        assert_eq!(count(&mut repeat, 50), 51);
        assert_eq!(count(&mut repeat, 1_051), 1);
        assert_eq!(repeat.moved(), 1_000 * MILLI);
        assert_eq!(count(&mut repeat, 1_061), 10);
    }

    #[test]
    fn nothing_to_send_is_over_at_once() {
        let plans = [
            Plan {
                steps: vec![],
                rounds: None,
            },
            Plan::every(MILLI, message("a"), Some(0)),
            Plan {
                steps: vec![PlannedMessage {
                    message: message("a"),
                    times: 0,
                    pause: MILLI,
                }],
                rounds: None,
            },
        ];
        for plan in plans {
            let mut repeat = Repeat::new(plan, Instant::now());
            assert!(repeat.is_over() && repeat.due(Instant::now()).is_none());
        }
    }
}
