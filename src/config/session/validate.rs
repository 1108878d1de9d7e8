//! Whether a session can be meant as it is written.

use super::{ConfigMistake, ConfigProblem, Field, SessionConfig, VERSION};
use crate::engine::{Interfaces, Remote, Rulebook};
use crate::kind::{Addresses, Role};
use crate::peer::Peer;
use std::time::Duration;

/// The shortest time after which a client connects again.
const SHORTEST: Duration = Duration::from_millis(1);

impl SessionConfig {
    /// Whether it can be opened and followed. `interfaces` gives the numbers of those that
    /// rules name.
    ///
    /// # Errors
    /// Every field that cannot be meant, in the order of the fields.
    pub fn validate(&self, interfaces: &Interfaces) -> Result<(), Vec<ConfigMistake>> {
        let role = self.kind.role();
        let newer = (self.version > VERSION).then_some(ConfigProblem::Newer);
        let of_reconnect = self.reconnect.and_then(|pause| match role {
            Role::Client if pause.0 >= SHORTEST => None,
            Role::Client => Some(ConfigProblem::TooShort),
            Role::Datagrams | Role::Server | Role::Relay => Some(ConfigProblem::Foreign),
        });
        let is_group = || self.groups.iter().all(|group| group.group.is_multicast());
        let of_groups = match self.kind.has_groups() {
            _ if self.groups.is_empty() => None,
            false => Some(ConfigProblem::Foreign),
            true => (!is_group()).then_some(ConfigProblem::NotGroup),
        };
        let book = Rulebook::new(&self.rules, self.limits, self.charset, interfaces);
        let plan = self.conditions.as_ref().and_then(|plan| plan.check().err());
        let framing = self.framing.as_ref().and_then(|way| way.check().err());
        let found = [
            (Field::Version, newer),
            (Field::Local, self.of_local()),
            (Field::Remote, self.of_remote()),
            (Field::Target, self.of_target()),
            (Field::Reconnect, of_reconnect),
            (Field::Groups, of_groups),
            (Field::Rules, book.err().map(ConfigProblem::Rule)),
            (Field::Conditions, plan.map(ConfigProblem::Plan)),
            (Field::Framing, framing.map(ConfigProblem::Framing)),
        ];
        let mistake = |(field, problem): (Field, Option<ConfigProblem>)| {
            let problem = problem?;
            Some(ConfigMistake { field, problem })
        };
        let mistakes: Vec<ConfigMistake> = found.into_iter().filter_map(mistake).collect();
        match mistakes.is_empty() {
            true => Ok(()),
            false => Err(mistakes),
        }
    }

    fn of_local(&self) -> Option<ConfigProblem> {
        let is_named = match (self.local, self.kind.role()) {
            (None, Role::Server | Role::Relay) => return Some(ConfigProblem::Missing),
            (None, Role::Datagrams) if self.kind.addresses() == Addresses::Internet => {
                return Some(ConfigProblem::Missing);
            }
            (None, _) => return None,
            // A client's own end has no name.
            (Some(_), Role::Client) if self.kind.addresses() == Addresses::Named => {
                return Some(ConfigProblem::Foreign);
            }
            (Some(Peer::Ip(_)), _) => false,
            (Some(Peer::Named(_) | Peer::Unnamed(_)), _) => true,
        };
        self.of_addresses(is_named)
    }

    fn of_remote(&self) -> Option<ConfigProblem> {
        match (&self.remote, self.kind.role()) {
            (None, Role::Client | Role::Relay) => Some(ConfigProblem::Missing),
            (None, Role::Datagrams | Role::Server) => None,
            (Some(_), Role::Datagrams | Role::Server) => Some(ConfigProblem::Foreign),
            (Some(remote), _) => self.of_addresses(matches!(remote, Remote::Named(_))),
        }
    }

    fn of_target(&self) -> Option<ConfigProblem> {
        let target = self.target.as_ref()?;
        match self.kind.role() {
            Role::Datagrams => self.of_addresses(matches!(target, Remote::Named(_))),
            Role::Client | Role::Server | Role::Relay => Some(ConfigProblem::Foreign),
        }
    }

    /// What is wrong with an address of this sort for sessions of this kind.
    fn of_addresses(&self, is_named: bool) -> Option<ConfigProblem> {
        match (self.kind.addresses(), is_named) {
            (Addresses::Internet, true) => Some(ConfigProblem::NotAddress),
            (Addresses::Named, false) => Some(ConfigProblem::NotName),
            (Addresses::Internet, false) | (Addresses::Named, true) => None,
        }
    }
}
