//! The rules of a machine, and the way of a packet through them.

use super::condition::{Condition, Field, all_hold, both};
use super::packet::Packet;
use super::{Direction, FirewallRule, RuleVerdict};
use std::net::IpAddr;

/// The most rules that are looked at, and that are kept.
const MOST_VISITED: usize = 100_000;
const MOST_KEPT: usize = 256;
/// The deepest chain of jumps; the kernel allows 16.
const DEEPEST: usize = 16;

/// Which packets a table sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Family {
    V4,
    V6,
    Both,
    /// None that carry UDP or TCP through this machine's sockets: ARP, bridges.
    Neither,
}

/// What a rule does with a packet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Action {
    Accept,
    Drop,
    Reject,
    Jump(String),
    Goto(String),
    Return,
    /// It changes an address: of the source, if that is named.
    Translate(Option<IpAddr>),
    /// It lets the packet pass on, such as a counter.
    Nothing,
    /// It is not understood, and may end the way.
    Other,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Rule {
    pub(super) text: String,
    pub(super) conditions: Vec<Condition>,
    pub(super) action: Action,
    pub(super) packets: Option<u64>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Chain {
    pub(super) family: Family,
    /// With its family: `inet filter`.
    pub(super) table: String,
    pub(super) name: String,
    /// Where packets enter it; `None` if only jumps lead to it.
    pub(super) hook: Option<String>,
    pub(super) drops_by_default: bool,
    pub(super) rules: Vec<Rule>,
}

/// There are too many rules to judge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TooMany;

/// Follows each packet through all chains; returns the rules that decide, or may decide, in the
/// order in which packets meet them.
pub(super) fn concerning(
    chains: &[Chain],
    packets: &[Packet],
) -> Result<Vec<FirewallRule>, TooMany> {
    let mut found = Vec::new();
    let mut visited = 0;
    for packet in packets {
        let hooks: &[&str] = match packet.direction {
            Direction::In => &["ingress", "prerouting", "input"],
            Direction::Out => &["output", "postrouting", "egress"],
        };
        let mut walk = Walk {
            chains,
            packet,
            found: Vec::new(),
            visited,
        };
        for hook in hooks {
            // A changed address or port leads elsewhere.
            let is_changed = walk
                .found
                .iter()
                .any(|rule| rule.hook == "prerouting" && rule.verdict == RuleVerdict::Translate);
            let applies = (*hook != "input" || !is_changed).then_some(true);
            let is_here =
                |chain: &&Chain| chain.hook.as_deref() == Some(hook) && chain.sees(packet);
            for chain in chains.iter().filter(is_here) {
                walk.base(chain, applies)?;
            }
        }
        visited = walk.visited;
        found.append(&mut walk.found);
    }
    match found.len() <= MOST_KEPT {
        true => Ok(found),
        false => Err(TooMany),
    }
}

impl Chain {
    fn sees(&self, packet: &Packet) -> bool {
        match self.family {
            Family::V4 => !packet.is_ipv6,
            Family::V6 => packet.is_ipv6,
            Family::Both => true,
            Family::Neither => false,
        }
    }
}

/// Whether the way of a packet through a base chain ends.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Flow {
    Next,
    Ends,
}

/// How a packet comes to a chain.
#[derive(Clone, Copy)]
struct Entry<'a> {
    base: &'a Chain,
    applies: Option<bool>,
    by_state: bool,
    depth: usize,
}

struct Walk<'a> {
    chains: &'a [Chain],
    packet: &'a Packet,
    found: Vec<FirewallRule>,
    visited: usize,
}

impl<'a> Walk<'a> {
    fn base(&mut self, base: &'a Chain, applies: Option<bool>) -> Result<(), TooMany> {
        let entry = Entry {
            base,
            applies,
            by_state: false,
            depth: 0,
        };
        if self.through(base, entry)? == Flow::Next && base.drops_by_default {
            let policy = Rule {
                text: "policy drop".to_owned(),
                conditions: Vec::new(),
                action: Action::Drop,
                packets: None,
            };
            self.keep(base, &policy, RuleVerdict::Drop, entry)?;
        }
        Ok(())
    }

    fn through(&mut self, chain: &'a Chain, mut entry: Entry<'a>) -> Result<Flow, TooMany> {
        for rule in &chain.rules {
            self.visited += 1;
            if self.visited > MOST_VISITED {
                return Err(TooMany);
            }
            let applies = both(entry.applies, all_hold(&rule.conditions, self.packet));
            if applies == Some(false) {
                continue;
            }
            let is_state = |condition: &Condition| condition.field == Field::State;
            let here = Entry {
                applies,
                by_state: entry.by_state || rule.conditions.iter().any(is_state),
                ..entry
            };
            let verdict = match &rule.action {
                Action::Nothing => continue,
                Action::Return if applies == Some(true) => return Ok(Flow::Next),
                Action::Return => {
                    entry.applies = None;
                    continue;
                }
                Action::Jump(to) | Action::Goto(to) => {
                    let Some(target) = self.chain(to, entry.base) else {
                        // An extension that is not known.
                        self.keep(chain, rule, RuleVerdict::Other, here)?;
                        continue;
                    };
                    let flow = self.jump(target, here)?;
                    let leaves = matches!(rule.action, Action::Goto(_));
                    if applies == Some(true) && (leaves || flow == Flow::Ends) {
                        return Ok(flow);
                    }
                    if leaves {
                        entry.applies = None;
                    }
                    continue;
                }
                Action::Accept => RuleVerdict::Accept,
                Action::Drop => RuleVerdict::Drop,
                Action::Reject => RuleVerdict::Reject,
                Action::Translate(_) => RuleVerdict::Translate,
                Action::Other => RuleVerdict::Other,
            };
            self.keep(chain, rule, verdict, here)?;
            if applies == Some(true) && verdict != RuleVerdict::Other {
                return Ok(Flow::Ends);
            }
        }
        Ok(Flow::Next)
    }

    fn chain(&self, name: &str, base: &Chain) -> Option<&'a Chain> {
        let mut chains = self.chains.iter();
        chains.find(|chain| chain.name == name && chain.table == base.table)
    }

    fn jump(&mut self, to: &'a Chain, entry: Entry<'a>) -> Result<Flow, TooMany> {
        if entry.depth >= DEEPEST {
            return Err(TooMany);
        }
        let depth = entry.depth + 1;
        self.through(to, Entry { depth, ..entry })
    }

    fn keep(
        &mut self,
        chain: &Chain,
        rule: &Rule,
        verdict: RuleVerdict,
        entry: Entry<'a>,
    ) -> Result<(), TooMany> {
        if self.found.len() >= MOST_KEPT {
            return Err(TooMany);
        }
        self.found.push(FirewallRule {
            direction: self.packet.direction,
            table: chain.table.clone(),
            base: entry.base.name.clone(),
            chain: chain.name.clone(),
            hook: entry.base.hook.clone().unwrap_or_default(),
            text: rule.text.clone(),
            verdict,
            applies: entry.applies,
            by_state: entry.by_state,
            packets: rule.packets,
            source: match rule.action {
                Action::Translate(source) => source,
                _ => None,
            },
        });
        Ok(())
    }
}
