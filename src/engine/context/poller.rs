//! The poller: which request of a poll table is due, and which reply answers which request.

mod reply;

use crate::automation::rules::{Inbound, PreparedPayload};
use crate::automation::{PollSchedule, PollTiming};
use crate::connection_id::FarSide;
use crate::engine::command::{
    PlannedPoll, PollEnd, PollPlan, PollProblem, PolledLine, Polling, Target,
};
use crate::engine::sys::interfaces::Interfaces;
use crate::schema::Tree;
use crate::traffic::messages::RequestQueue;
use crate::traffic::{Micros, RecordKind};
use std::sync::Arc;
use std::time::Instant;

/// The poll table of a session, if there is one.
#[derive(Default)]
pub struct Poller {
    active: Option<Box<ActivePoll>>,
    /// Whether the state changed since it was taken last.
    changed: bool,
    /// Whether the queue is full or there is no peer: no request is sent until that changes.
    pub blocked: bool,
}

struct ActivePoll {
    to: Target,
    plan: Arc<PollPlan>,
    schedule: PollSchedule,
    queue: RequestQueue<u32>,
    /// The state of each line, in the order of the plan, and when its request was sent.
    lines: Vec<(PolledLine, Micros)>,
    /// Number of requests of all lines.
    count: u64,
    end: Option<PollEnd>,
    /// Kept to spare allocations.
    tree: Tree,
}

/// A request to be sent.
pub struct PollRequest {
    pub id: u32,
    pub message: PreparedPayload,
    /// Its number among all of the table, from 1.
    pub number: u64,
}

impl Poller {
    /// Sets the plan. A running table with the same target goes on: lines that the plan still has
    /// keep their state and their deadlines.
    pub fn follow(&mut self, to: Target, plan: Arc<PollPlan>, now: Instant) {
        let running = self.active.take().filter(|active| active.is_running());
        let mut active = match running.filter(|active| active.to == to) {
            Some(active) => active,
            None => Box::new(ActivePoll::new(to, &plan)),
        };
        active.follow(plan, now);
        (self.active, self.changed) = (Some(active), true);
    }

    /// Ends the table. Its state stays known.
    pub fn end(&mut self, why: PollEnd) {
        if let Some(active) = self.running() {
            active.end = Some(why);
            active.queue.clear();
            self.changed = true;
        }
    }

    /// Where the requests go, while the table runs.
    pub fn target(&self) -> Option<&Target> {
        let active = self.active.as_ref()?;
        active.is_running().then_some(&active.to)
    }

    /// The next request to be sent; [`Self::sent`] or [`Self::failed`] follows.
    pub fn next(&mut self, now: Instant) -> Option<PollRequest> {
        let active = self.running()?;
        // A line that the plan does not have is not scheduled.
        let due = active.schedule.due(now)?;
        active.count += 1;
        let number = active.count;
        let line = active.plan.lines.iter().find(|line| line.id == due.id)?;
        let message = line.request.as_ref()?.message.clone();
        let id = due.id;
        if let Some((state, _)) = active.line(id) {
            state.requests += 1;
            state.missed += due.missed;
        }
        self.changed = true;
        Some(PollRequest {
            id,
            message,
            number,
        })
    }

    /// Records that these bytes are about to be sent as the request of this line.
    pub fn sent(&mut self, id: u32, bytes: &[u8], time: Micros) {
        let Some(active) = self.running() else {
            return;
        };
        let sent = RecordKind::Sent;
        active.queue.ask(&active.plan.pairing, id, sent, bytes);
        if let Some((_, sent)) = active.line(id) {
            *sent = time;
        }
    }

    /// Records that the request of this line was not sent.
    pub fn failed(&mut self, id: u32, problem: PollProblem) {
        let Some(active) = self.running() else {
            return;
        };
        active.schedule.answered(id);
        active.queue.forget(&id);
        if let Some((line, _)) = active.line(id) {
            line.unsent += 1;
            line.problem = Some(problem);
        }
        self.changed = true;
    }

    /// Whether the last request of this line could not be made.
    pub fn is_unmade(&self, id: u32) -> bool {
        let lines = self.active.iter().flat_map(|active| &active.lines);
        let mut found = lines.filter(|(line, _)| line.id == id);
        let last = found.next().and_then(|(line, _)| line.problem.as_ref());
        matches!(last, Some(PollProblem::NotMade(_)))
    }

    /// Ends the wait of the requests whose timeout has passed.
    pub fn expire(&mut self, now: Instant) {
        let Some(active) = self.running() else {
            return;
        };
        let mut any = false;
        while let Some(id) = active.schedule.expired(now) {
            any = true;
            active.queue.forget(&id);
            if let Some((line, _)) = active.line(id) {
                line.timeouts += 1;
                line.problem = Some(PollProblem::Timeout);
            }
        }
        self.changed |= any;
    }

    /// Looks for the request that a received message answers.
    pub fn on_inbound(
        &mut self,
        from: FarSide,
        inbound: &Inbound<'_>,
        time: Micros,
        interfaces: &Interfaces,
    ) {
        let Some(active) = self.running().filter(|_| !inbound.connects) else {
            return;
        };
        if !is_of(&active.to, from, interfaces) {
            return;
        }
        let message = inbound.content();
        let (pairing, received) = (&active.plan.pairing, RecordKind::Received);
        let Some(id) = active.queue.reply(pairing, received, message) else {
            return;
        };
        active.schedule.answered(id);
        active.take_reply(id, message, time);
        self.changed = true;
    }

    /// When a request is due, or a timeout passes.
    pub fn deadline(&self) -> Option<Instant> {
        let active = self.active.as_ref().filter(|active| active.is_running())?;
        let due = active.schedule.next_due().filter(|_| !self.blocked);
        due.into_iter().chain(active.schedule.next_timeout()).min()
    }

    /// Whether there is or was a table.
    pub fn is_known(&self) -> bool {
        self.active.is_some()
    }

    /// Whether there is something to report.
    pub fn has_changed(&self) -> bool {
        self.changed
    }

    /// The state to report, which then counts as unchanged.
    pub fn report(&mut self) -> Option<Arc<Polling>> {
        self.changed = false;
        let active = self.active.as_ref()?;
        Some(Arc::new(Polling {
            lines: active.lines.iter().map(|(line, _)| line.clone()).collect(),
            end: active.end,
        }))
    }

    fn running(&mut self) -> Option<&mut ActivePoll> {
        let active = self.active.as_deref_mut()?;
        active.is_running().then_some(active)
    }
}

impl ActivePoll {
    fn new(to: Target, plan: &Arc<PollPlan>) -> Self {
        Self {
            to,
            plan: Arc::clone(plan),
            schedule: PollSchedule::default(),
            queue: RequestQueue::default(),
            lines: Vec::new(),
            count: 0,
            end: None,
            tree: Tree::default(),
        }
    }

    fn is_running(&self) -> bool {
        self.end.is_none()
    }

    fn follow(&mut self, plan: Arc<PollPlan>, now: Instant) {
        let timing = |line: &PlannedPoll| -> Option<(u32, PollTiming)> {
            Some((line.id, line.request.as_ref()?.timing))
        };
        let timings = plan.lines.iter().filter_map(timing);
        self.schedule.set(timings, plan.overlaps, now);
        let mut before = std::mem::take(&mut self.lines);
        let kept = plan.lines.iter().map(|line| {
            let known = before.iter().position(|(known, _)| known.id == line.id);
            match known {
                Some(place) => before.swap_remove(place),
                None => {
                    let new = PolledLine {
                        id: line.id,
                        ..PolledLine::default()
                    };
                    (new, 0)
                }
            }
        });
        self.lines = kept.collect();
        self.plan = plan;
    }

    fn line(&mut self, id: u32) -> Option<&mut (PolledLine, Micros)> {
        self.lines.iter_mut().find(|(line, _)| line.id == id)
    }
}

/// Whether a message from there may answer a request to this target.
fn is_of(to: &Target, from: FarSide, interfaces: &Interfaces) -> bool {
    let address = match to {
        Target::Connection(id) => return from.connection == Some(*id),
        // Nobody knows which peer of several answers, nor the address of a name.
        Target::All => return true,
        Target::Peer(peer) => Some(*peer),
        Target::Endpoint(_) => to.peer(),
    };
    let Some(peer) = address else { return true };
    let reaches_others = peer.address().is_some_and(|address| {
        let ip = address.ip();
        ip.is_unspecified() || ip.is_multicast() || interfaces.is_broadcast(ip)
    });
    reaches_others || peer == from.peer
}

#[cfg(test)]
mod tests;
