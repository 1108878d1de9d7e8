//! Rules that drop or reject packets, as far as they may be read.

use super::{Question, Seen, Unseen};
use serde::{Deserialize, Serialize};
use std::time::Instant;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FirewallFacts {
    /// Rules that can concern the traffic in question.
    pub rules: Seen<Vec<FirewallRule>>,
    /// Denials of SELinux or AppArmor that name a program in question.
    pub denials: Seen<Vec<String>>,
    /// Which firewall program runs: `ufw`, `firewalld`; readable without root.
    pub services: Vec<String>,
}

/// A rule of nftables or iptables.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FirewallRule {
    pub table: String,
    pub chain: String,
    /// Where in the kernel: `input`, `output`, `forward`, `prerouting`, `postrouting`.
    pub hook: String,
    /// As the program prints it.
    pub text: String,
    pub verdict: RuleVerdict,
    /// Whether it applies to the traffic in question: `None` if it has conditions that are not
    /// understood, such as a state or a set.
    pub applies: Option<bool>,
    /// Packets that it has counted, if it counts.
    pub packets: Option<u64>,
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
    pub fn gather(_question: &Question, _until: Instant) -> Self {
        Self {
            rules: Seen::Unseen(Unseen::NotHere),
            denials: Seen::Unseen(Unseen::NotHere),
            services: Vec::new(),
        }
    }
}
