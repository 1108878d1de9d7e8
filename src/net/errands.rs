//! What the worker does by itself once it was told: messages again and again, and files.

use super::file_errand::FileErrand;
use super::flood_errand::FloodErrand;
use super::messages::{Answering, Command, Doing, Event, Repeating, Target};
use super::reason::Reason;
use super::role::{Desk, Role};
use crate::automation::{Custody, Repeat};
use crate::payload::message::Message;
use crate::traffic::{Cause, Operation};
use std::time::{Duration, Instant};

/// Messages sent before the worker looks at its orders again.
const TURN: usize = 64;
/// Bytes that may wait in a peer's queue before the next message has to.
const ROOM: usize = 1 << 20;
/// How often progress is told.
const INTERVAL: Duration = Duration::from_millis(100);

/// At most one of each at a time: another order replaces it.
#[derive(Default)]
pub struct Errands {
    repeat: Option<(Target, Repeat)>,
    file: Option<FileErrand>,
    flood: Option<FloodErrand>,
    /// Nobody is there to send to, or the queue is full: what changes that wakes the
    /// worker, no time does.
    repeat_blocked: bool,
    file_blocked: bool,
    /// What was told last, and what is to be told.
    doing: Doing,
    changed: bool,
    report_due: Option<Instant>,
}

impl Errands {
    /// Takes what concerns it, and returns the rest.
    pub fn order(&mut self, command: Command, desk: &mut Desk<'_>) -> Option<Command> {
        let now = Instant::now();
        match command {
            Command::Repeat { to, plan } => {
                desk.composer.restart();
                self.repeat = Some((to, Repeat::new(plan, now)));
                self.note_repeat(now);
            }
            Command::EndRepeat => self.end_repeat(now),
            Command::SendFile(order) => {
                self.cancel_file(desk);
                self.file = FileErrand::start(order, now, desk);
                self.note_file(now);
            }
            Command::EndFile => self.cancel_file(desk),
            Command::Flood(order) => {
                self.flood = Some(FloodErrand::new(order, now));
                self.note_flood(now, false);
            }
            Command::EndFlood => self.end_flood(now),
            other => return Some(other),
        }
        None
    }

    /// Sends what is due; says whether more is.
    pub fn work(&mut self, role: &mut dyn Role, desk: &mut Desk<'_>) -> bool {
        let now = Instant::now();
        let more = self.repeat_work(role, desk, now);
        let more = self.file_work(role, desk, now) || more;
        let more = self.flood_work(role, desk, now) || more;
        self.report(now, desk);
        more
    }

    /// What rules did changed.
    pub fn note_answering(&mut self, answering: Option<&Answering>) {
        if self.doing.answering.as_ref() != answering {
            self.doing.answering = answering.cloned();
            self.changed = true;
        }
    }

    /// What a relay keeps may have changed.
    pub fn note_custody(&mut self, custody: &Custody) {
        self.changed |= custody.has_changed();
    }

    /// When there is something to do next, if nothing becomes ready before.
    pub fn deadline(&self) -> Option<Instant> {
        let repeat = self.repeat.as_ref().filter(|_| !self.repeat_blocked);
        let repeat = repeat.and_then(|(_, repeat)| repeat.deadline());
        let file = self.file.as_ref().filter(|_| !self.file_blocked);
        let file = file.and_then(FileErrand::deadline);
        let report = self
            .changed
            .then(|| self.report_due.unwrap_or_else(Instant::now));
        let flood = self.flood.as_ref().and_then(FloodErrand::deadline);
        [repeat, file, flood, report].into_iter().flatten().min()
    }

    /// The session ends.
    pub fn close(&mut self, role: &dyn Role, desk: &mut Desk<'_>) {
        self.repeat = None;
        self.flood = None;
        if let Some(file) = &mut self.file {
            // What waits ends with the session.
            let waiting = role.backlog(file.to()).unwrap_or(0);
            file.take_back(waiting);
        }
        self.cancel_file(desk);
    }

    fn repeat_work(&mut self, role: &mut dyn Role, desk: &mut Desk<'_>, now: Instant) -> bool {
        let mut count = 0;
        self.repeat_blocked = false;
        while let Some((to, repeat)) = &mut self.repeat {
            if repeat.deadline().is_some_and(|due| due > now) {
                break;
            }
            match role.backlog(to) {
                // Nobody is there yet, or not again.
                None if matches!(to, Target::All) => {
                    self.repeat_blocked = true;
                    break;
                }
                None => {
                    let address = to.to_string();
                    desk.outbox
                        .failure(Operation::Send, address, Cause::NotConnected);
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
                self.note_repeat(now);
                return true;
            }
            let Some(message) = repeat.due(now) else {
                self.end_repeat(now);
                break;
            };
            count += 1;
            let to = to.clone();
            desk.composer.begin();
            role.send(to, &message, Reason::default(), desk);
        }
        if count > 0 {
            self.note_repeat(now);
        }
        false
    }

    fn end_repeat(&mut self, now: Instant) {
        self.note_repeat(now);
        self.repeat = None;
        if let Some(repeating) = &mut self.doing.repeating {
            repeating.over = true;
        }
        self.report_due = None;
    }

    fn note_repeat(&mut self, now: Instant) {
        if let Some((_, repeat)) = &self.repeat {
            self.doing.repeating = Some(Repeating {
                sent: repeat.sent(),
                total: repeat.plan().total(),
                elapsed: repeat.running_for(now),
                moved: repeat.moved(),
                over: false,
            });
            self.changed = true;
        }
    }

    fn file_work(&mut self, role: &mut dyn Role, desk: &mut Desk<'_>, now: Instant) -> bool {
        let Some(file) = &mut self.file else {
            return false;
        };
        let mut count = 0;
        self.file_blocked = false;
        let over = loop {
            if count >= TURN {
                break false;
            }
            match role.backlog(file.to()) {
                None => {
                    file.failed(Cause::NotConnected, desk);
                    break true;
                }
                Some(0) if file.is_handed_over() => {
                    file.finished(now, desk);
                    break true;
                }
                Some(waiting) if waiting >= ROOM || file.is_handed_over() => {
                    self.file_blocked = true;
                    break false;
                }
                Some(_) => {}
            }
            match file.next(now) {
                Ok(Some(bytes)) => {
                    count += 1;
                    let to = file.to().clone();
                    let (length, unsent) = (bytes.len(), desk.outbox.unsent());
                    role.send(to, &Message::from(bytes), Reason::default(), desk);
                    file.note(length, desk.outbox.unsent() == unsent);
                }
                Ok(None) if file.is_handed_over() => {}
                Ok(None) => break false,
                Err(cause) => {
                    file.failed(cause, desk);
                    break true;
                }
            }
        };
        self.note_file(now);
        if over {
            self.file = None;
            self.doing.file = None;
            self.report_due = None;
        }
        count >= TURN
    }

    fn flood_work(&mut self, role: &mut dyn Role, desk: &mut Desk<'_>, now: Instant) -> bool {
        let Some(flood) = &mut self.flood else {
            return false;
        };
        let more = flood.work(role, desk, now);
        match more {
            Some(_) => self.note_flood(now, false),
            None => self.end_flood(now),
        }
        more.unwrap_or(false)
    }

    fn end_flood(&mut self, now: Instant) {
        self.note_flood(now, true);
        self.flood = None;
        self.report_due = None;
    }

    fn note_flood(&mut self, now: Instant, over: bool) {
        if let Some(flood) = &self.flood {
            self.doing.flooding = Some(flood.progress(now, over));
            self.changed = true;
        }
    }

    fn cancel_file(&mut self, desk: &mut Desk<'_>) {
        if let Some(file) = self.file.take() {
            file.cancelled(desk);
            self.doing.file = None;
            self.changed = true;
            self.report_due = None;
        }
    }

    fn note_file(&mut self, now: Instant) {
        if let Some(file) = &self.file {
            self.doing.file = Some(file.progress(now));
            self.changed = true;
        }
    }

    fn report(&mut self, now: Instant, desk: &mut Desk<'_>) {
        self.note_custody(desk.custody);
        if !self.changed || self.report_due.is_some_and(|due| now < due) {
            return;
        }
        if desk.custody.has_changed() {
            self.doing.held = desk.custody.holding();
        }
        if desk
            .outbox
            .offer(Event::Doing(Box::new(self.doing.clone())))
            .is_ok()
        {
            self.changed = false;
        }
        self.report_due = Some(now + INTERVAL);
    }
}
