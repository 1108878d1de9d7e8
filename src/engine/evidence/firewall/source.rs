//! The programs that list the rules, run as children.

use super::FirewallRule;
use crate::engine::evidence::{Question, Seen, SessionFacts, Unseen};
use std::time::Instant;

/// Firewall programs that run, as far as that can be seen without root.
pub(super) fn services() -> Vec<String> {
    let mut services = Vec::new();
    let is_on = |text: String| text.lines().any(|line| line.trim() == "ENABLED=yes");
    if std::fs::read_to_string("/etc/ufw/ufw.conf").is_ok_and(is_on) {
        services.push("ufw".to_owned());
    }
    if std::path::Path::new("/run/firewalld").exists() {
        services.push("firewalld".to_owned());
    }
    services
}

#[cfg(not(target_os = "linux"))]
pub(super) fn rules(
    _question: &Question,
    _session: Option<&SessionFacts>,
    _services: &[String],
    _until: Instant,
) -> Seen<Vec<FirewallRule>> {
    Seen::Unseen(Unseen::NotHere)
}

/// The rules that concern the packets in question.
#[cfg(target_os = "linux")]
pub(super) fn rules(
    question: &Question,
    session: Option<&SessionFacts>,
    services: &[String],
    until: Instant,
) -> Seen<Vec<FirewallRule>> {
    use crate::engine::evidence::local::outgoing_ports;
    use crate::engine::sys::interfaces::Interfaces;
    let interfaces = Interfaces::read();
    let packets = super::packet::packets(question, session, &interfaces, outgoing_ports());
    let chains = match linux::listed(until) {
        Ok(chains) => chains,
        Err(Unseen::NotPermitted { .. }) => {
            let command = linux::command(services).to_owned();
            return Seen::Unseen(Unseen::NotPermitted { command });
        }
        Err(reason) => return Seen::Unseen(reason),
    };
    match super::ruleset::concerning(&chains, &packets) {
        Ok(rules) => Seen::Known(rules),
        Err(_) => Seen::Unseen(Unseen::Unreadable("too many rules".to_owned())),
    }
}

#[cfg(target_os = "linux")]
mod linux {
    use super::super::ruleset::{Chain, Family};
    use super::super::{iptables, nft};
    use crate::engine::evidence::Unseen;
    use crate::engine::sys::child::{self, ChildFailure};
    use std::time::Instant;

    /// The command by which root sees the rules.
    pub(super) fn command(services: &[String]) -> &'static str {
        match services.first().map(String::as_str) {
            Some("ufw") => "sudo ufw status verbose",
            Some("firewalld") => "sudo firewall-cmd --list-all",
            _ => "sudo nft list ruleset",
        }
    }

    pub(super) fn listed(until: Instant) -> Result<Vec<Chain>, Unseen> {
        let mut chains = Vec::new();
        let mut is_listed = false;
        if let Some(text) = printed("nft", &["list", "ruleset"], until)? {
            let form = || Unseen::Unreadable("nft list ruleset".to_owned());
            chains.extend(nft::chains(&text).ok_or_else(form)?);
            is_listed = true;
        }
        // nft does not show the tables of the older iptables, and is not everywhere.
        for (names, program, family) in [
            (
                "/proc/net/ip_tables_names",
                "iptables-legacy-save",
                Family::V4,
            ),
            (
                "/proc/net/ip6_tables_names",
                "ip6tables-legacy-save",
                Family::V6,
            ),
        ] {
            let has_tables =
                std::fs::read_to_string(names).is_ok_and(|names| !names.trim().is_empty());
            if is_listed && !has_tables {
                continue;
            }
            for program in [program, &program.replace("-legacy", "")] {
                if let Some(text) = printed(program, &["-c"], until)? {
                    let form = || Unseen::Unreadable(program.to_owned());
                    chains.extend(iptables::chains(&text, family).ok_or_else(form)?);
                    is_listed = true;
                    break;
                }
            }
        }
        match is_listed {
            true => Ok(chains),
            false => Err(Unseen::NotHere),
        }
    }

    /// What a program prints; `None` if it is not installed.
    fn printed(
        program: &str,
        arguments: &[&str],
        until: Instant,
    ) -> Result<Option<String>, Unseen> {
        /// More than 100,000 rules.
        const LONGEST: usize = 16 << 20;
        match child::output(program, arguments, LONGEST, until) {
            Ok(bytes) => Ok(Some(String::from_utf8_lossy(&bytes).into_owned())),
            Err(ChildFailure::Missing) => Ok(None),
            Err(ChildFailure::TooSlow) => Err(Unseen::TooSlow),
            Err(ChildFailure::TooLong) => Err(Unseen::Unreadable(program.to_owned())),
            Err(ChildFailure::Failed(message)) => {
                let lower = message.to_ascii_lowercase();
                let is_denied = ["not permitted", "denied", "must be root"]
                    .iter()
                    .any(|sign| lower.contains(sign));
                match is_denied {
                    true => Err(Unseen::NotPermitted {
                        command: String::new(),
                    }),
                    false => Err(Unseen::Unreadable(message)),
                }
            }
        }
    }
}
