//! Rules that drop or reject packets, as far as they may be read.

#[cfg(any(target_os = "linux", test))]
mod condition;
mod denial;
#[cfg(any(target_os = "linux", test))]
mod iptables;
#[cfg(any(target_os = "linux", test))]
mod nft;
#[cfg(any(target_os = "linux", test))]
mod packet;
mod reverse_path;
#[cfg(any(target_os = "linux", test))]
mod ruleset;
mod source;
#[cfg(any(target_os = "linux", test))]
mod statement;
#[cfg(test)]
mod tests;

pub use denial::Denial;
pub use reverse_path::ReversePath;
pub(super) use reverse_path::named;

use super::{Question, Seen, SessionFacts};
use crate::engine::sys::clock::Clock;
use serde::{Deserialize, Serialize};
use std::net::IpAddr;
use std::time::{Duration, Instant};

/// The longest time for the programs that list rules.
const PATIENCE: Duration = Duration::from_millis(500);

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FirewallFacts {
    /// Rules that decide, or may decide, on the traffic in question, in the order in which packets
    /// meet them.
    pub rules: Seen<Vec<FirewallRule>>,
    /// Denials of SELinux or AppArmor that name the port in question, or this process.
    pub denials: Seen<Vec<Denial>>,
    /// Which firewall program runs: `ufw`, `firewalld`; readable without root.
    pub services: Vec<String>,
    /// The check of source addresses.
    pub reverse_path: Seen<ReversePath>,
}

/// The direction of packets, as this machine sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Direction {
    In,
    Out,
}

/// A rule of nftables or iptables.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FirewallRule {
    /// Of the packets that meet it.
    pub direction: Direction,
    /// The table with its family: `inet filter`.
    pub table: String,
    /// The chain by which packets come to it, and the one in which it stands.
    pub base: String,
    pub chain: String,
    /// Where in the kernel: `input`, `output`, `prerouting`, `postrouting`, `ingress`, `egress`.
    pub hook: String,
    /// As the program prints it.
    pub text: String,
    pub verdict: RuleVerdict,
    /// Whether it applies to the traffic in question: `None` if it has conditions that are not
    /// understood, such as a named set. A rule that does not apply is not listed.
    pub applies: Option<bool>,
    /// Whether the state of a flow is among its conditions.
    pub by_state: bool,
    /// Packets that it has counted, if it counts.
    pub packets: Option<u64>,
    /// The source address that it gives to packets, if it names one.
    pub source: Option<IpAddr>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RuleVerdict {
    Accept,
    Drop,
    Reject,
    /// It changes an address or a port.
    Translate,
    Other,
}

impl FirewallFacts {
    /// Gathers within `until`, and within a second.
    pub fn gather(question: &Question, session: Option<&SessionFacts>, until: Instant) -> Self {
        let clock = Clock::start();
        let soon = until.min(clock.instant() + PATIENCE);
        let watch = reverse_path::Watch::begin(&clock);
        let services = source::services();
        let rules = source::rules(question, session, &services, soon);
        let denials = denial::read(question, &clock);
        Self {
            rules,
            denials,
            services,
            reverse_path: watch.end(&clock, until),
        }
    }
}
