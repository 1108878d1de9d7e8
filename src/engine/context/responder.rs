//! The responder: applies the rules to every received message and schedules their actions.

use crate::automation::rules::{Inbound, PreparedAct, Rules};
use crate::automation::{Guard, Pause, Pauses, Refusal, Reply, Silenced};
use crate::connection_id::ConnectionId;
use crate::engine::command::{Answering, Target};
use crate::engine::context::composer::Composer;
use crate::engine::context::event_sink::EventSink;
use crate::engine::context::inbound_context::{InboundContext, Verdict, reaches};
use crate::engine::context::no_reply_notices::{NoReply, NoReplyNotices};
use crate::engine::context::pending::{Due, Pending};
use crate::engine::context::reason::Reason;
use crate::engine::rulebook::Rulebook;
use crate::engine::sys::interfaces::Interfaces;
use crate::engine::sys::remote::Remote;
use crate::payload::answer::Silence;
use crate::payload::template::Request;
use crate::peer::Peer;
use crate::traffic::{Automatic, Notice, Operation};
use std::sync::Arc;
use std::time::Instant;

/// Applies the rules of a session, if there are any.
#[derive(Default)]
pub struct Responder {
    active: Option<Box<Active>>,
    /// Whether every peer is a client, having opened its connection: a reply then makes no loop.
    pub serves: bool,
    /// Number of changes of the rules.
    version: u64,
}

struct Active {
    book: Arc<Rulebook>,
    rules: Rules,
    guard: Guard,
    pending: Pending,
    /// Rules paused for a peer after a loop: the two only answered each other.
    pauses: Pauses,
    withheld: NoReplyNotices,
    random: fastrand::Rng,
    /// How often each rule applied, by its index.
    applied: Vec<u64>,
    told: Answering,
}

impl Responder {
    /// Sets the rules. `None` cancels pending replies. Otherwise pending replies, limiter state
    /// and counters are kept: the editor sends the rules on every keystroke.
    pub fn follow(&mut self, book: Option<Arc<Rulebook>>, now: Instant) {
        self.version += 1;
        self.active = match (self.active.take(), book) {
            (Some(mut active), Some(book)) => {
                active.follow(book, now);
                Some(active)
            }
            (None, Some(book)) => Some(Box::new(Active::new(book, now))),
            (_, None) => None,
        };
    }

    /// Applies the rules to a received message and schedules their actions; [`Self::next`] returns
    /// these when they are due. The result is the verdict for a relay.
    pub fn on_inbound(
        &mut self,
        inbound: &Inbound<'_>,
        known: InboundContext<'_>,
        composer: &mut Composer,
        sink: &mut EventSink,
    ) -> Verdict {
        match &mut self.active {
            Some(active) => active.on_inbound(inbound, known, composer, sink),
            None => Verdict::AsItCame,
        }
    }

    /// The next action that is due.
    pub fn next(&mut self, now: Instant) -> Option<Due> {
        let active = self.active.as_mut()?;
        let (due, asker) = active.pending.next(now)?;
        if let Due::Send(to, bytes, _) = &due {
            active.told.answered += 1;
            let address = match to {
                // A reply on a connection always goes to the peer that triggered it.
                Target::Connection(_) => Some(asker),
                to => to.peer(),
            };
            if let Some(address) = address {
                active.guard.replied(address, bytes, now);
            }
            if address != Some(asker) {
                active.guard.forwarded(asker, bytes, now);
            }
        }
        Some(due)
    }

    /// Records that the user sends to this peer, or to all. The loop breaker takes it into account.
    pub fn typed(&mut self, to: Option<Peer>, now: Instant) {
        if let Some(active) = &mut self.active {
            active.guard.typed(to, now);
        }
    }

    /// Reports suppressed replies and ends pauses that are over.
    pub fn tell(&mut self, now: Instant, sink: &mut EventSink) {
        if let Some(active) = &mut self.active {
            active.withheld.tell(now, sink);
            active.resume(now, sink);
        }
    }

    /// Whether a rule's reply may go to the resolved address of its name; writes a row if not.
    /// User-initiated sends are not limited.
    pub fn admits(
        &mut self,
        to: Peer,
        bytes: &Arc<[u8]>,
        reason: &Reason,
        now: Instant,
        interfaces: &Interfaces,
        sink: &mut EventSink,
    ) -> bool {
        let (Some(active), Some(rule)) = (&mut self.active, &reason.rule) else {
            return true;
        };
        let (broadcast, own) = reaches(to, interfaces);
        match active.guard.admits(to, broadcast, own) {
            Ok(()) => {
                active.guard.replied(to, bytes, now);
                true
            }
            Err(refusal) => {
                active.refuse(rule, refusal, to, now, sink);
                false
            }
        }
    }

    /// When the responder has work again.
    pub fn deadline(&self) -> Option<Instant> {
        let active = self.active.as_ref()?;
        let deadlines = [
            active.pending.deadline(),
            active.withheld.deadline(),
            active.pauses.deadline(),
        ];
        deadlines.into_iter().flatten().min()
    }

    /// A number that changes with the rules. A change may have cancelled pending replies.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// Whether a reply to this connection is pending.
    pub fn owes(&self, id: ConnectionId) -> bool {
        let active = self.active.as_ref();
        active.is_some_and(|active| active.pending.is_owed(id))
    }

    /// The counters of the rules; `None` without rules.
    pub fn told(&self) -> Option<&Answering> {
        self.active.as_ref().map(|active| &active.told)
    }

    /// Reports the remaining suppressed replies at the end of the session.
    pub fn close(&mut self, sink: &mut EventSink) {
        if let Some(mut active) = self.active.take() {
            active.withheld.close(sink);
        }
    }
}

impl Active {
    fn new(book: Arc<Rulebook>, now: Instant) -> Self {
        Self {
            rules: book.rules.clone(),
            guard: Guard::new(book.limits, now),
            book,
            pending: Pending::default(),
            pauses: Pauses::default(),
            withheld: NoReplyNotices::default(),
            random: fastrand::Rng::new(),
            applied: Vec::new(),
            told: Answering::default(),
        }
    }

    fn follow(&mut self, book: Arc<Rulebook>, now: Instant) {
        if book.rules.len() != self.rules.len() {
            // The indices of the counters no longer match the rules.
            self.applied.clear();
        }
        self.guard.limit(book.limits, now);
        self.rules = book.rules.clone();
        self.book = book;
        self.pauses.clear();
        (self.told.paused, self.told.limited) = (None, None);
    }

    fn on_inbound(
        &mut self,
        inbound: &Inbound<'_>,
        known: InboundContext<'_>,
        composer: &mut Composer,
        sink: &mut EventSink,
    ) -> Verdict {
        let now = known.now;
        let is_loop = !known.served && self.guard.is_loop(inbound.peer, inbound.bytes, now);
        let Some(fired) = self.rules.decide(inbound) else {
            return Verdict::AsItCame;
        };
        let talk = (fired.rule, inbound.peer);
        if is_loop {
            let name = Arc::clone(fired.name);
            self.pause(talk, name, now, sink);
            return Verdict::AsItCame;
        }
        match self.pauses.silences(fired.rule, inbound.peer, now) {
            Silenced::No => {}
            Silenced::Yes => return Verdict::AsItCame,
            Silenced::Ended(pause) => {
                self.guard.spare(inbound.peer);
                self.told.paused = self.pauses.newest();
                sink.notice(resumed(&pause));
            }
        }
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
        let (mut edited, mut dropped, mut held) = (None, false, false);
        // Bytes of replies so far, and the reasons of replies that were not sent.
        let (mut before, mut refusals, mut silences) = (0, Vec::new(), Vec::new());
        for (part, deed) in fired.deeds.iter().enumerate() {
            at += deed.wait(&mut self.random);
            let due = match &deed.act {
                PreparedAct::Close | PreparedAct::Reset => match (known.connection, &deed.act) {
                    (Some(id), PreparedAct::Reset) => Due::Reset(id),
                    (Some(id), _) => Due::Close(id),
                    // Datagrams have no connection.
                    (None, _) => continue,
                },
                PreparedAct::Edit(answer) => {
                    if inbound.toward.is_some() {
                        let limit = known.longest(None);
                        match composer.answer(answer, seq, inbound.peer, request, limit) {
                            Ok(answers) => {
                                silences.extend(answers.silence);
                                edited = answers.bytes.or(edited);
                            }
                            Err(cause) => {
                                let (by, peer) = (known.connection, inbound.peer);
                                sink.failure_of(by, Operation::Send, peer, cause);
                            }
                        }
                    }
                    continue;
                }
                PreparedAct::Drop => {
                    dropped = true;
                    continue;
                }
                PreparedAct::Hold => {
                    held = true;
                    continue;
                }
                PreparedAct::Reply { answer, .. } => {
                    let elsewhere = self.book.target(fired.rule, part);
                    let address = elsewhere.map_or(Some(inbound.peer), Remote::peer);
                    if address == Some(Peer::NAMELESS) {
                        silences.push(Silence::Nameless);
                        continue;
                    }
                    // A reply to a name counts against the sender's limits.
                    let to = address.unwrap_or(inbound.peer);
                    let limit = known.longest(address);
                    let answers = match composer.answer(answer, seq, to, request, limit) {
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
                    let (broadcast, own) = reaches(to, known.interfaces);
                    let reply = Reply {
                        to,
                        bytes: &bytes,
                        before,
                        request: inbound.bytes.len(),
                        broadcast,
                        own,
                        // A name may resolve to any address.
                        near: address.is_some_and(|to| known.is_near(to)),
                        forgeable: known.forgeable,
                    };
                    let allowed = match !self.pending.has_room(&bytes) {
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
                        other: None,
                        client: known.client,
                        ticket: None,
                    };
                    Due::Send(target, bytes, reason)
                }
            };
            self.pending.push(at, due, inbound.peer);
        }
        for (refusal, to) in refusals {
            self.refuse(&name, refusal, to, now, sink);
        }
        for silence in silences {
            let why = NoReply::Unanswered(silence);
            self.withheld.add(&name, why, inbound.peer, now, sink);
        }
        match edited {
            _ if dropped => Verdict::Drop(name),
            edited if held => Verdict::Hold(edited, name),
            Some(bytes) => Verdict::Edited(bytes, name),
            None => Verdict::AsItCame,
        }
    }

    /// Reports a refused reply: the first at once, later ones as a count.
    fn refuse(
        &mut self,
        rule: &Arc<str>,
        refusal: Refusal,
        to: Peer,
        now: Instant,
        sink: &mut EventSink,
    ) {
        self.told.refused += 1;
        if let Refusal::Rate(_) | Refusal::PeerRate(_) | Refusal::Own = refusal {
            self.told.limited = Some((refusal, to));
        }
        self.withheld
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
        self.told.paused = Some((name, peer));
    }

    /// Ends the pauses that are over.
    fn resume(&mut self, now: Instant, sink: &mut EventSink) {
        while let Some((rule, all, pause)) = self.pauses.due(now) {
            if all {
                self.rules.resume(rule);
            }
            self.told.paused = self.pauses.newest();
            sink.notice(resumed(&pause));
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

#[cfg(test)]
mod tests;
