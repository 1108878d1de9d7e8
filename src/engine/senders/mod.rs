//! The automatic senders: periodic messages, poll tables, files and loads.

mod block_ledger;
pub mod file;
pub mod file_reader;
mod load;
pub mod poll;
mod replay_reader;

use crate::automation::{HoldQueue, Repeat};
use crate::engine::command::{
    Activity, Answering, Event, PollEnd, Repeating, SenderCommand, Target,
};
use crate::engine::context::Context;
use crate::engine::context::acknowledgement::Acknowledgements;
use crate::engine::context::poller::Poller;
use crate::engine::context::reason::Reason;
use crate::engine::driver::Driver;
use crate::engine::senders::file::FileSender;
use crate::engine::senders::load::LoadSender;
use crate::payload::message::Message;
use crate::traffic::Operation;
use std::time::{Duration, Instant};

/// Messages per turn of the worker, so that commands are handled in between.
const TURN: usize = 64;
/// Bytes in a peer's queue from which on the sender waits.
const ROOM: usize = 1 << 20;
/// Minimum interval between progress reports.
const INTERVAL: Duration = Duration::from_millis(100);
/// The highest rate in datagrams a second at which each is a packet of its own: one by one, a
/// kernel takes more. Of a packet of segments, a virtual link loses all or none.
const SINGLY: f64 = 50_000.0;

/// The reason of a sender with this rate in datagrams a second; `None` is as fast as possible.
fn reason(rate: Option<f64>) -> Reason {
    Reason {
        segment: rate.is_none_or(|rate| rate > SINGLY),
        ..Reason::default()
    }
}

/// The automatic senders of a session, at most one of each kind: a new command replaces it.
#[derive(Default)]
pub struct Senders {
    repeat: Option<(Target, Repeat)>,
    /// Number of repeat commands so far.
    repeats: u64,
    /// The messages of all repetitions, until the kernel took them.
    repeated: Acknowledgements,
    file: Option<FileSender>,
    flood: Option<LoadSender>,
    /// Number of loads so far.
    floods: u64,
    /// Whether the queue is full or there is no peer: readiness resumes the sender, not the
    /// timer.
    repeat_blocked: bool,
    file_blocked: bool,
    /// The progress to report, and whether it changed since the last report.
    activity: Activity,
    changed: bool,
    report_due: Option<Instant>,
}

impl Senders {
    pub fn command(&mut self, command: SenderCommand, cx: &mut Context<'_>) {
        let now = cx.now;
        match command {
            SenderCommand::Repeat { to, plan } => {
                cx.composer.restart();
                self.repeats += 1;
                self.repeat = Some((to, Repeat::new(plan, now)));
                self.observe_repeat(now);
            }
            SenderCommand::EndRepeat => self.end_repeat(now),
            SenderCommand::SendFile(request) => {
                self.cancel_file(cx);
                self.file = FileSender::start(request, now, cx);
                self.observe_file(now);
            }
            SenderCommand::EndFile => self.cancel_file(cx),
            SenderCommand::Flood(request) => {
                self.floods += 1;
                self.flood = Some(LoadSender::new(request, self.floods, now));
                self.observe_flood(now, false);
            }
            SenderCommand::EndFlood => self.end_flood(now),
            SenderCommand::Poll { to, plan } => cx.poller.follow(to, plan, now),
            SenderCommand::EndPoll => {
                cx.poller.end(PollEnd::Stopped);
                self.report_due = None;
            }
        }
    }

    /// Whether a blocked sender can continue because the kernel took queued bytes. No readiness
    /// reports that.
    pub fn is_released(&self, driver: &dyn Driver) -> bool {
        let repeat = self.repeat.as_ref().filter(|_| self.repeat_blocked);
        let repeats = repeat.is_some_and(|(to, _)| {
            let waiting = driver.backlog(to);
            waiting.is_some_and(|waiting| waiting < ROOM)
        });
        // The end of a repetition waits for its last messages.
        let settles = self.repeat.is_none() && self.repeated.has_news();
        let file = self.file.as_ref().filter(|_| self.file_blocked);
        repeats
            || settles
            || file.is_some_and(|file| {
                let is_waiting = file.is_handed_over() || file.is_ahead();
                if is_waiting && !file.has_news() {
                    return false;
                }
                let waiting = driver.backlog(file.to());
                file.is_handed_over() || waiting.is_none_or(|waiting| waiting < ROOM)
            })
    }

    /// Sends the messages that are due. Returns whether more are due.
    pub fn work(&mut self, driver: &mut dyn Driver, cx: &mut Context<'_>) -> bool {
        let now = cx.now;
        self.observe_repeated();
        let more = self.repeat_work(driver, cx, now);
        let more = self.file_work(driver, cx, now) || more;
        let more = self.flood_work(driver, cx, now) || more;
        poll::work(driver, cx, now);
        self.report(now, cx);
        more
    }

    /// Updates the counters of the rules.
    pub fn observe_answering(&mut self, answering: Option<&Answering>) {
        if self.activity.answering.as_ref() != answering {
            self.activity.answering = answering.cloned();
            self.changed = true;
        }
    }

    /// Records whether the hold queue changed.
    pub fn observe_hold_queue(&mut self, hold_queue: &HoldQueue) {
        self.changed |= hold_queue.has_changed();
    }

    /// Records whether the poll table changed.
    pub fn observe_poller(&mut self, poller: &Poller) {
        self.changed |= poller.has_changed();
    }

    /// When the next message or report is due.
    pub fn deadline(&self, now: Instant) -> Option<Instant> {
        let repeat = self.repeat.as_ref().filter(|_| !self.repeat_blocked);
        let repeat = repeat.and_then(|(_, repeat)| repeat.deadline());
        let file = self.file.as_ref().filter(|_| !self.file_blocked);
        let file = file.and_then(FileSender::deadline);
        let report = self.changed.then(|| self.report_due.unwrap_or(now));
        let flood = self.flood.as_ref().and_then(LoadSender::deadline);
        [repeat, file, flood, report].into_iter().flatten().min()
    }

    /// Ends the senders at the end of the session, except for the file.
    pub fn close(&mut self, cx: &mut Context<'_>) {
        let now = cx.now;
        if self.repeat.is_some() {
            self.end_repeat(now);
        }
        cx.poller.end(PollEnd::Closed);
        if self.activity.repeating.is_some() || cx.poller.is_known() {
            // The final counts, for a front end that asked for a number of messages.
            self.report_due = None;
            self.report(now, cx);
        }
        self.flood = None;
    }

    /// Writes the final row of the file once the sockets are closed: until then, queued bytes may
    /// still be sent.
    pub fn close_file(&mut self, cx: &mut Context<'_>) {
        let Some(mut file) = self.file.take() else {
            return;
        };
        file.update();
        match file.is_given() && file.is_settled() {
            true => file.finished(cx.now, cx),
            false => file.cut_off(cx),
        }
    }

    fn repeat_work(&mut self, driver: &mut dyn Driver, cx: &mut Context<'_>, now: Instant) -> bool {
        let mut count = 0;
        self.repeat_blocked = false;
        while let Some((to, repeat)) = &mut self.repeat {
            if repeat.deadline().is_some_and(|due| due > now) {
                break;
            }
            match driver.backlog(to) {
                // No peer is connected.
                None if matches!(to, Target::All) => {
                    self.repeat_blocked = true;
                    break;
                }
                None => {
                    let (address, cause) = (driver.words(to), driver.why_closed(to));
                    cx.sink.failure(Operation::Send, address, cause);
                    self.end_repeat(now);
                    break;
                }
                Some(waiting) if waiting >= ROOM => {
                    self.repeat_blocked = true;
                    break;
                }
                Some(_) => {}
            }
            if count >= TURN {
                self.observe_repeat(now);
                return true;
            }
            let Some(message) = repeat.due(now) else {
                self.end_repeat(now);
                break;
            };
            count += 1;
            let to = to.clone();
            cx.composer.begin();
            let reason = Reason::followed(self.repeated.accept());
            driver.send(to, &message, reason, cx);
        }
        if count > 0 {
            self.observe_repeat(now);
        }
        false
    }

    fn end_repeat(&mut self, now: Instant) {
        self.observe_repeat(now);
        self.repeat = None;
        if let Some(repeating) = &mut self.activity.repeating {
            repeating.over = true;
        }
        self.report_due = None;
    }

    fn observe_repeat(&mut self, now: Instant) {
        if let Some((_, repeat)) = &self.repeat {
            self.activity.repeating = Some(Repeating {
                order: self.repeats,
                sent: repeat.sent(),
                total: repeat.plan().total(),
                elapsed: repeat.running_for(now),
                moved: repeat.moved(),
                over: false,
                waiting: self.repeated.waiting() as u64,
            });
            self.changed = true;
        }
    }

    /// Updates the number of repeated messages that wait. Those that failed have their rows.
    fn observe_repeated(&mut self) {
        if self.repeated.outcomes().is_none() {
            return;
        }
        let waiting = self.repeated.waiting() as u64;
        if let Some(repeating) = &mut self.activity.repeating {
            repeating.waiting = waiting;
            self.changed = true;
            if repeating.over && waiting == 0 {
                self.report_due = None;
            }
        }
    }

    fn file_work(&mut self, driver: &mut dyn Driver, cx: &mut Context<'_>, now: Instant) -> bool {
        let Some(file) = &mut self.file else {
            return false;
        };
        let mut count = 0;
        self.file_blocked = false;
        file.update();
        let over = loop {
            if file.is_handed_over() {
                file.update();
                self.file_blocked = !file.is_settled();
                break file.is_settled();
            }
            if count >= TURN {
                break false;
            }
            match driver.backlog(file.to()) {
                // The peer may have received everything and closed the connection.
                None if file.is_given() => {
                    file.hand_over();
                    continue;
                }
                None => {
                    // Of several connections, the row of the last one's end says why.
                    if *file.to() != Target::All || !file.has_begun() {
                        let to = file.to();
                        let (address, cause) = (driver.words(to), driver.why_closed(to));
                        cx.sink.failure(Operation::Send, address, cause);
                    }
                    file.stop();
                    continue;
                }
                Some(waiting) if waiting >= ROOM || file.is_ahead() => {
                    self.file_blocked = true;
                    break false;
                }
                Some(_) => {}
            }
            match file.next(now) {
                Ok(Some(bytes)) => {
                    count += 1;
                    let (to, ticket) = (file.to().clone(), file.give(bytes.len()));
                    let reason = Reason {
                        ticket: Some(ticket),
                        ..reason(file.rate())
                    };
                    driver.send(to, &Message::from(bytes), reason, cx);
                }
                Ok(None) if file.is_handed_over() => {}
                Ok(None) => break false,
                Err(cause) => file.failed(cause, cx),
            }
        };
        if over {
            file.finished(now, cx);
        }
        self.observe_file(now);
        if over {
            self.file = None;
            self.activity.file = None;
            self.report_due = None;
        }
        count >= TURN
    }

    fn flood_work(&mut self, driver: &mut dyn Driver, cx: &mut Context<'_>, now: Instant) -> bool {
        let Some(flood) = &mut self.flood else {
            return false;
        };
        let more = flood.work(driver, cx, now);
        match more {
            Some(_) => self.observe_flood(now, false),
            None => self.end_flood(now),
        }
        more.unwrap_or(false)
    }

    fn end_flood(&mut self, now: Instant) {
        self.observe_flood(now, true);
        self.flood = None;
        self.report_due = None;
    }

    fn observe_flood(&mut self, now: Instant, over: bool) {
        if let Some(flood) = &self.flood {
            self.activity.flooding = Some(flood.progress(now, over));
            self.changed = true;
        }
    }

    fn cancel_file(&mut self, cx: &mut Context<'_>) {
        if let Some(mut file) = self.file.take() {
            file.cancelled(cx);
            self.activity.file = None;
            self.changed = true;
            self.report_due = None;
        }
    }

    fn observe_file(&mut self, now: Instant) {
        if let Some(file) = &self.file {
            self.activity.file = Some(file.progress(now));
            self.changed = true;
        }
    }

    fn report(&mut self, now: Instant, cx: &mut Context<'_>) {
        self.observe_hold_queue(cx.hold_queue);
        self.observe_poller(cx.poller);
        if !self.changed || self.report_due.is_some_and(|due| now < due) {
            return;
        }
        if cx.hold_queue.has_changed() {
            self.activity.hold_queue = cx.hold_queue.holding();
        }
        if cx.poller.has_changed() {
            self.activity.polling = cx.poller.report();
        }
        if cx
            .sink
            .offer(Event::Activity(Box::new(self.activity.clone())))
            .is_ok()
        {
            self.changed = false;
        }
        self.report_due = Some(now + INTERVAL);
    }
}
