//! Watches whether a session that waits for something gets it.

use crate::kind::{Addresses, SessionRole};
use crate::session::Session;

/// The seconds of silence after which a diagnosis is offered.
const PATIENCE: u64 = 10;

/// What a silent session waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Silence {
    /// It has sent more than answers, and nothing came since.
    NoAnswer,
    /// It is connected, and nothing has ever come.
    Unheard,
}

/// The counters of a session at the last change, and since when it waits.
#[derive(Debug, Default)]
pub struct SilenceWatch {
    /// `None` while the session is not open, or is none that waits.
    counted: Option<Counted>,
    waits: Option<(Silence, u64)>,
    dismissed: bool,
}

/// Messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Counted {
    received: u64,
    sent: u64,
    /// What had been received and sent when the session opened.
    at_opening: (u64, u64),
    /// Whether the far side spoke first: what is sent answers it.
    answers: bool,
}

impl SilenceWatch {
    /// Takes the counters of the session in this second since the program began.
    pub fn follow(&mut self, session: &Session, second: u64) {
        let kind = session.kind();
        let waits = session.is_open()
            && kind.addresses() == Addresses::Internet
            && kind.role() != SessionRole::Relay;
        if !waits {
            *self = Self::default();
            return;
        }
        let received = session.totals.received.records;
        let sent = session.totals.sent.records;
        let is_connected = !session.connections().is_empty();
        self.count((received, sent), is_connected, second);
        // Nobody is left who could answer.
        if kind.is_stream() && !is_connected {
            self.waits = None;
        }
    }

    fn count(&mut self, (received, sent): (u64, u64), is_connected: bool, second: u64) {
        let now = |at_opening, answers| Counted {
            received,
            sent,
            at_opening,
            answers,
        };
        let begun = now((received, sent), false);
        let Some(before) = self.counted else {
            self.counted = Some(begun);
            return self.wait(is_connected.then_some(Silence::Unheard), second);
        };
        // Counters can be reset, which is the beginning of another count.
        if received < before.received || sent < before.sent {
            (self.counted, self.waits) = (Some(begun), None);
        } else if received > before.received {
            let has_asked = matches!(self.waits, Some((Silence::NoAnswer, _)));
            let is_first = before.received == before.at_opening.0;
            let answers = before.answers || (is_first && !has_asked);
            *self = Self {
                counted: Some(now(before.at_opening, answers)),
                ..Self::default()
            };
        } else if sent > before.sent {
            let (first_received, first_sent) = before.at_opening;
            let all_answer =
                before.answers && sent - first_sent <= received.saturating_sub(first_received);
            self.wait((!all_answer).then_some(Silence::NoAnswer), second);
        }
        let is_unheard = is_connected && before.received == before.at_opening.0;
        match self.waits {
            Some((Silence::Unheard, _)) if !is_connected => self.waits = None,
            None if is_unheard && received == before.received => {
                self.wait(Some(Silence::Unheard), second);
            }
            _ => {}
        }
    }

    /// Begins to wait, unless it waits already.
    fn wait(&mut self, silence: Option<Silence>, second: u64) {
        self.waits = self.waits.or(silence.map(|silence| (silence, second)));
    }

    /// What to offer a diagnosis of.
    pub fn offer(&self, second: u64) -> Option<Silence> {
        let (silence, since) = self.waits.filter(|_| !self.dismissed)?;
        (second.saturating_sub(since) > PATIENCE).then_some(silence)
    }

    /// The second in which an offer appears if nothing comes before.
    pub fn due(&self, second: u64) -> Option<u64> {
        let (_, since) = self.waits.filter(|_| !self.dismissed)?;
        let due = since + PATIENCE + 1;
        (due > second).then_some(due)
    }

    /// Offers nothing more, until something comes or the session opens again.
    pub fn dismiss(&mut self) {
        self.dismissed = true;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_message_without_an_answer_counts_and_not_the_last() {
        let mut watch = SilenceWatch::default();
        for second in 0..=11 {
            watch.count((0, second), false, second);
            let offered = watch.offer(second);
            assert_eq!(offered, None, "{second}");
        }
        watch.count((0, 12), false, 12);
        assert_eq!(watch.offer(12), Some(Silence::NoAnswer));
        watch.count((1, 12), false, 13);
        assert_eq!(watch.offer(40), None);
        watch.count((1, 13), false, 41);
        assert_eq!(watch.due(41), Some(52));
        assert_eq!(watch.offer(52), Some(Silence::NoAnswer));
    }

    #[test]
    fn what_answers_the_far_side_waits_for_nothing() {
        let mut watch = SilenceWatch::default();
        watch.count((4, 2), false, 0);
        watch.count((5, 2), false, 1);
        watch.count((5, 3), false, 2);
        assert_eq!((watch.offer(60), watch.due(2)), (None, None));
        // It comes and is answered in one second.
        watch.count((6, 4), false, 61);
        assert_eq!(watch.offer(100), None);
        watch.count((6, 5), false, 100);
        assert_eq!(
            watch.offer(111),
            Some(Silence::NoAnswer),
            "more than was asked"
        );
    }

    #[test]
    fn a_session_that_only_listens_is_not_offered_anything() {
        let mut watch = SilenceWatch::default();
        for second in 0..100 {
            watch.count((0, 0), false, second);
            assert_eq!((watch.offer(second), watch.due(second)), (None, None));
        }
    }

    #[test]
    fn a_connection_that_never_says_anything_is_offered_and_one_that_has_not() {
        let mut watch = SilenceWatch::default();
        watch.count((5, 0), false, 0);
        watch.count((5, 0), true, 3);
        assert_eq!(watch.offer(13), None);
        assert_eq!(watch.offer(14), Some(Silence::Unheard));
        watch.count((5, 0), false, 15);
        assert_eq!(watch.offer(30), None, "it is closed");
        watch.count((5, 0), true, 31);
        watch.count((6, 0), true, 32);
        watch.count((6, 0), true, 33);
        assert_eq!(watch.offer(90), None);
    }

    #[test]
    fn a_dismissed_offer_comes_back_after_something_came() {
        let mut watch = SilenceWatch::default();
        watch.count((0, 0), false, 0);
        watch.count((0, 1), false, 0);
        watch.dismiss();
        assert_eq!((watch.offer(20), watch.due(1)), (None, None));
        watch.count((1, 1), false, 21);
        watch.count((1, 2), false, 22);
        assert_eq!(watch.offer(33), Some(Silence::NoAnswer));
    }

    #[test]
    fn counters_that_were_reset_begin_again() {
        let mut watch = SilenceWatch::default();
        watch.count((3, 9), false, 0);
        watch.count((3, 10), false, 1);
        watch.count((0, 0), false, 2);
        assert_eq!(watch.offer(50), None);
    }
}
