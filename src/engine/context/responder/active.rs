//! The active rules: their decisions about each message, limits, pauses and counters.

use crate::automation::rules::{Inbound, PreparedActionKind, RuleGroup, Rules};
use crate::automation::{Guard, Pause, PauseState, PausedRule, Pauses, Refusal, Reply};
use crate::engine::command::{Answering, LimitedReply};
use crate::engine::context::composer::Composer;
use crate::engine::context::event_sink::EventSink;
use crate::engine::context::inbound_context::{InboundContext, Verdict, recipient};
use crate::engine::context::no_reply_notices::{NoReply, NoReplyNotices};
use crate::engine::context::pending::{Pending, ScheduledAction};
use crate::engine::context::reason::Reason;
use crate::engine::rulebook::Rulebook;
use crate::engine::sys::remote::Remote;
use crate::payload::answer::Silence;
use crate::payload::answer::modbus::Devices;
use crate::payload::template::Request;
use crate::peer::Peer;
use crate::traffic::{Automatic, Notice, Operation};
use std::sync::Arc;
use std::time::Instant;

/// The rules of a session, with their state.
pub(super) struct Active {
    book: Arc<Rulebook>,
    rules: Rules,
    /// Modbus devices with the values that clients wrote.
    devices: Devices,
    pub guard: Guard,
    pub pending: Pending,
    /// Rules paused for a peer after a loop: the two only answered each other.
    pub pauses: Pauses,
    pub suppressed: NoReplyNotices,
    random: fastrand::Rng,
    /// How often each rule applied, by its index.
    applied: Vec<u64>,
    pub counters: Answering,
}

impl Active {
    pub fn new(book: Arc<Rulebook>, now: Instant) -> Self {
        Self {
            rules: book.rules.clone(),
            devices: Devices::default(),
            guard: Guard::new(book.limits, now),
            book,
            pending: Pending::default(),
            pauses: Pauses::default(),
            suppressed: NoReplyNotices::default(),
            random: fastrand::Rng::new(),
            applied: Vec::new(),
            counters: Answering::default(),
        }
    }

    pub fn follow(&mut self, book: Arc<Rulebook>, now: Instant) {
        if book.rules.len() != self.rules.len() {
            // The indices of the counters no longer match the rules.
            self.applied.clear();
        }
        self.guard.set_limits(book.limits, now);
        self.rules = book.rules.clone();
        self.devices.retain(book.rules.modbus_devices());
        self.book = book;
        self.pauses.clear();
        (self.counters.paused, self.counters.limited) = (None, None);
    }

    pub fn on_inbound(
        &mut self,
        inbound: &Inbound<'_>,
        known: InboundContext<'_>,
        composer: &mut Composer,
        sink: &mut EventSink,
    ) -> Verdict {
        let now = known.now;
        // The bytes of a read that only some rules look at come again in its messages.
        let is_loop = !known.peer_connected
            && !inbound.connects
            && inbound.asks != RuleGroup::Passing
            && self.guard.is_loop(inbound.peer, inbound.bytes, now);
        let Some(fired) = self.rules.decide(inbound) else {
            return Verdict::AsItCame;
        };
        let key = (fired.rule, inbound.peer);
        if is_loop {
            let name = Arc::clone(fired.name);
            self.pause(key, name, now, sink);
            return Verdict::AsItCame;
        }
        match self.pauses.silences(fired.rule, inbound.peer, now) {
            PauseState::No => {}
            PauseState::Yes => return Verdict::AsItCame,
            PauseState::Ended(pause) => {
                self.guard.record_unprompted(inbound.peer);
                self.counters.paused = self.pauses.newest();
                sink.notice(resumed(&pause));
            }
        }
        self.counters.applied += 1;
        if self.applied.len() <= fired.rule {
            self.applied.resize(fired.rule + 1, 0);
        }
        let seq = self.applied.get_mut(fired.rule).map_or(0, |count| {
            *count += 1;
            *count
        });
        let name = Arc::clone(fired.name);
        let request = Request {
            stream: known.connection.is_some(),
            ..fired.request(inbound)
        };
        let mut at = now;
        let (mut edited, mut dropped, mut intercepted) = (None, false, false);
        // Bytes of replies so far, and the reasons of replies that were not sent.
        let (mut before, mut refusals, mut silences) = (0, Vec::new(), Vec::new());
        for (part, action) in fired.actions.iter().enumerate() {
            at += action.wait(&mut self.random);
            let due = match &action.kind {
                PreparedActionKind::Close | PreparedActionKind::Reset => {
                    match (known.connection, &action.kind) {
                        (Some(id), PreparedActionKind::Reset) => ScheduledAction::Reset(id),
                        (Some(id), _) => ScheduledAction::Close(id),
                        // Datagrams have no connection.
                        (None, _) => continue,
                    }
                }
                PreparedActionKind::Edit(answer) => {
                    if inbound.toward.is_some() {
                        let limit = known.longest(None);
                        let peer = inbound.peer;
                        let devices = &mut self.devices;
                        match composer.answer(answer, seq, peer, request, limit, devices) {
                            Ok(answers) => {
                                silences.extend(answers.silence);
                                edited = answers.bytes.or(edited);
                            }
                            Err(cause) => {
                                let by = known.connection;
                                sink.failure_of(by, Operation::Send, peer, cause);
                            }
                        }
                    }
                    continue;
                }
                PreparedActionKind::Drop => {
                    dropped = true;
                    continue;
                }
                PreparedActionKind::Hold => {
                    intercepted = true;
                    continue;
                }
                PreparedActionKind::Reply { answer, .. } => {
                    let elsewhere = self.book.target(fired.rule, part);
                    let address = elsewhere.map_or(Some(inbound.peer), Remote::peer);
                    if address == Some(Peer::NAMELESS) {
                        silences.push(Silence::Nameless);
                        continue;
                    }
                    // A reply to a name counts against the sender's limits.
                    let to = address.unwrap_or(inbound.peer);
                    let limit = known.longest(address);
                    let devices = &mut self.devices;
                    let answers = composer.answer(answer, seq, to, request, limit, devices);
                    let answers = match answers {
                        Ok(answers) => answers,
                        Err(cause) => {
                            sink.failure_of(known.connection, Operation::Send, to, cause);
                            continue;
                        }
                    };
                    silences.extend(answers.silence);
                    let Some(bytes) = answers.bytes else {
                        continue;
                    };
                    let reply = Reply {
                        to: recipient(to, known.interfaces),
                        bytes: &bytes,
                        before,
                        request: inbound.bytes.len(),
                        // A name may resolve to any address.
                        on_link: address.is_some_and(|to| known.is_on_link(to)),
                        forgeable: known.forgeable,
                    };
                    let allowed = match !self.pending.has_room(&bytes, at > now) {
                        true => Err(Refusal::Waiting),
                        false => self.guard.allow(&reply, now),
                    };
                    if let Err(refusal) = allowed {
                        refusals.push((refusal, to));
                        continue;
                    }
                    before += bytes.len();
                    let target = elsewhere.map_or_else(|| known.back(to), |to| to.clone().into());
                    let reason = Reason {
                        rule: Some(Arc::clone(&name)),
                        client: known.client,
                        ..Reason::default()
                    };
                    ScheduledAction::Send(target, bytes, reason)
                }
            };
            self.pending.push(at, due, inbound.peer);
        }
        for (refusal, to) in refusals {
            self.refuse(&name, refusal, to, now, sink);
        }
        for silence in silences {
            let why = NoReply::Unanswered(silence);
            self.suppressed.add(&name, why, inbound.peer, now, sink);
        }
        match edited {
            _ if dropped => Verdict::Drop(name),
            edited if intercepted => Verdict::Hold(edited, name),
            Some(bytes) => Verdict::Edited(bytes, name),
            None => Verdict::AsItCame,
        }
    }

    /// Reports a refused reply: the first at once, later ones as a count.
    pub fn refuse(
        &mut self,
        rule: &Arc<str>,
        refusal: Refusal,
        to: Peer,
        now: Instant,
        sink: &mut EventSink,
    ) {
        self.counters.refused += 1;
        if let Refusal::Rate(_) | Refusal::PeerRate(_) | Refusal::Own = refusal {
            let limit = refusal;
            self.counters.limited = Some(LimitedReply { limit, to });
        }
        self.suppressed
            .add(rule, NoReply::Refused(refusal), to, now, sink);
    }

    /// Pauses a rule for this peer.
    fn pause(
        &mut self,
        (rule, peer): (usize, Peer),
        name: Arc<str>,
        now: Instant,
        sink: &mut EventSink,
    ) {
        if self.pauses.begin(rule, Arc::clone(&name), peer, now) {
            self.rules.pause(rule);
        }
        let paused = Automatic::Paused {
            rule: name.to_string(),
            peer,
        };
        sink.notice(Notice::Automatic(Box::new(paused)));
        self.counters.paused = Some(PausedRule { rule: name, peer });
    }

    /// Ends the pauses that are over.
    pub fn resume(&mut self, now: Instant, sink: &mut EventSink) {
        while let Some(over) = self.pauses.due(now) {
            if over.for_all {
                self.rules.resume(over.rule);
            }
            self.counters.paused = self.pauses.newest();
            sink.notice(resumed(&over.pause));
        }
    }
}

fn resumed(pause: &Pause) -> Notice {
    Notice::Automatic(Box::new(Automatic::Resumed {
        rule: pause.rule.to_string(),
        peer: pause.peer,
        unanswered: pause.unanswered,
    }))
}
