//! How much of what was typed may be on its way.

use crate::automation::impair::What;
use crate::traffic::{Automatic, Body, Cause, Failure, Notice, Operation, Record};
use std::collections::{HashSet, VecDeque};
use std::net::SocketAddr;

/// Bytes ordered and not yet taken by the kernel, at which no more input is taken.
const LIMIT: usize = 1 << 20;
/// Messages at which it is not either: those that are empty take room, too.
const MANY: usize = 1 << 14;

/// Counts what was ordered against what the kernel took, so that a long file as input
/// is read only as fast as it goes out, and so that the end can wait for the last of it.
#[derive(Debug)]
pub struct Credit {
    under_way: usize,
    /// What was ordered and has not gone, the oldest first.
    pending: VecDeque<Pending>,
    /// Copies that go by the way, of which no one was ordered.
    copies: u64,
    /// Lines that were refused, by number; `None` is the first message.
    refused: Vec<Option<u64>>,
    /// Refused or lost besides those.
    lost: u64,
    /// Datagrams that went, and that the far machine or a router refused (ICMP).
    turned_away: u64,
    /// Those whose connections took something.
    sent_to: HashSet<SocketAddr>,
    /// A peer reset its connection after something was sent: it may not have read that.
    reset: bool,
    /// It is not known which of those under way a failure was about.
    is_vague: bool,
    tcp: bool,
}

#[derive(Debug)]
struct Pending {
    /// The number of the line it was, counted from 1.
    line: Option<u64>,
    /// Bytes that the kernel has not taken.
    left: usize,
}

/// What was ordered and did not go.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Unsent {
    pub count: u64,
    /// There may be more.
    pub at_least: bool,
    /// The numbers of the lines, where all of them are known and they are few.
    pub lines: Vec<u64>,
}

/// Line numbers that are said at most.
const SAID: usize = 20;

impl Credit {
    /// For datagrams, where each message is a row, or for streams.
    pub fn new(tcp: bool) -> Self {
        Self {
            under_way: 0,
            pending: VecDeque::new(),
            copies: 0,
            refused: Vec::new(),
            lost: 0,
            turned_away: 0,
            sent_to: HashSet::new(),
            reset: false,
            is_vague: false,
            tcp,
        }
    }

    /// A line, or the first message, of so many bytes was ordered to be sent to so many. One
    /// with variables has no length before it goes.
    pub fn ordered(&mut self, line: Option<u64>, bytes: Option<usize>, receivers: usize) {
        self.is_vague |= bytes.is_none() && self.tcp;
        let left = bytes.unwrap_or(1) * receivers;
        self.under_way += left;
        // Nothing of a stream is no row.
        if !self.tcp || left > 0 {
            self.pending.push_back(Pending { line, left });
        }
    }

    /// Takes a fact in.
    pub fn note(&mut self, record: &Record<'_>) {
        match record.body {
            // What a rule sends was never ordered.
            Body::Sent { .. } if record.origin.rule.is_some() => {}
            Body::Sent { peer, bytes } => {
                if self.tcp {
                    self.sent_to.insert(peer);
                }
                self.went(bytes.len());
            }
            // Of these no row will tell that they went.
            Body::Notice(Notice::Automatic(automatic)) => {
                if let Automatic::Impaired {
                    outgoing: true,
                    effect,
                    ..
                } = &**automatic
                {
                    match effect.what {
                        What::Duplicated => self.copies += 1,
                        // On purpose: it is as good as sent.
                        _ if effect.what.is_loss() => {
                            self.pop();
                        }
                        _ => {}
                    }
                }
            }
            Body::Notice(Notice::Failed(failure)) => self.failed(failure),
            Body::Notice(
                notice @ (Notice::PeerReset { peer, unsent }
                | Notice::Reset { peer, unsent }
                | Notice::Closed { peer, unsent }),
            ) if self.tcp => {
                let by_peer = matches!(notice, Notice::PeerReset { .. });
                let was_sent_to = self.sent_to.remove(peer);
                self.reset |= was_sent_to && by_peer;
                self.give_up(*unsent, was_sent_to);
            }
            Body::Received { .. } | Body::Notice(_) => {}
        }
    }

    /// Whether more may be ordered.
    pub fn has_room(&self) -> bool {
        self.under_way < LIMIT && self.pending.len() < MANY
    }

    /// How many datagrams went and were refused; at least, as systems limit how many they
    /// tell (RFC 1812 §4.3.2.8).
    pub fn turned_away(&self) -> u64 {
        self.turned_away
    }

    /// Whether a peer reset its connection after something was sent. What it had not read by
    /// then is lost, and nobody knows how much that is (RFC 9293 §3.10.7).
    pub fn is_reset(&self) -> bool {
        self.reset
    }

    /// Whether nothing is under way any more.
    pub fn is_even(&self) -> bool {
        self.pending.is_empty()
    }

    /// What did not go, when nothing goes any more.
    pub fn unsent(&self) -> Unsent {
        let waiting = self.pending.iter().map(|pending| pending.line);
        let lines = self.refused.iter().copied().chain(waiting);
        let numbers: Option<Vec<u64>> = lines.clone().collect();
        let known = |numbers: &Vec<u64>| self.lost == 0 && !self.is_vague && numbers.len() <= SAID;
        Unsent {
            count: lines.count() as u64 + self.lost,
            at_least: self.is_vague && self.tcp,
            lines: numbers.filter(known).unwrap_or_default(),
        }
    }

    fn failed(&mut self, failure: &Failure) {
        if !matches!(failure.operation, Operation::Send | Operation::Resolve) {
            return;
        }
        match failure.cause {
            // An answer to something that went.
            Cause::PortUnreachable { .. } | Cause::TooBig { .. } => self.turned_away += 1,
            Cause::LeftOut { messages, .. } => self.lost += messages,
            // The end of the connection follows, with all it had not taken.
            Cause::System { .. } if self.tcp => {}
            // The system's errors may be of the call, or of something that went before.
            Cause::System { .. } if self.pending.is_empty() => {}
            Cause::System { .. } | Cause::ChecksumRange { .. } => {
                self.is_vague = true;
                self.refuse();
            }
            // It is refused as it is ordered, before those ahead of it have gone.
            Cause::TooLong { length, .. } | Cause::QueueFull { length, .. } => {
                let is_it = |pending: &Pending| pending.left == length;
                let place = self.pending.iter().position(is_it);
                self.is_vague |= place.is_none();
                if let Some(refused) = place.and_then(|place| self.pending.remove(place)) {
                    self.under_way = self.under_way.saturating_sub(refused.left);
                    self.pending.push_front(Pending { left: 0, ..refused });
                }
                self.refuse();
            }
            _ => self.refuse(),
        }
    }

    fn refuse(&mut self) {
        if let Some(pending) = self.pop() {
            self.lose(pending);
        }
    }

    /// Remembers its line, as long as lines may still be said by number.
    fn lose(&mut self, pending: Pending) {
        match self.refused.len() <= SAID {
            true => self.refused.push(pending.line),
            false => self.lost += 1,
        }
    }

    /// A connection is gone with what it had not taken. Where others stand, it is not known
    /// whose the rest is; where nothing was ordered for it, it is a rule's.
    fn give_up(&mut self, unsent: usize, was_sent_to: bool) {
        self.under_way = 0;
        if self.pending.is_empty() && unsent > 0 && was_sent_to {
            self.lost += 1;
        }
        for pending in std::mem::take(&mut self.pending) {
            self.lose(pending);
        }
    }

    fn pop(&mut self) -> Option<Pending> {
        let pending = self.pending.pop_front()?;
        self.under_way = self.under_way.saturating_sub(pending.left);
        Some(pending)
    }

    fn went(&mut self, bytes: usize) {
        if !self.tcp {
            if self.copies > 0 {
                self.copies -= 1;
            } else {
                self.pop();
            }
            return;
        }
        self.under_way = self.under_way.saturating_sub(bytes);
        let mut went = bytes;
        while let Some(first) = self.pending.front_mut() {
            if first.left > went {
                first.left -= went;
                break;
            }
            went -= first.left;
            self.pending.pop_front();
        }
    }
}

#[cfg(test)]
mod tests;
