//! A session that can be meant as it is written.

use super::{ConfigMistake, ConfigProblem, MulticastGroup, SessionConfig, SessionField, VERSION};
use crate::automation::rules::{RuleContext, RuleMistake};
use crate::config::answers;
use crate::engine::{Command, Interfaces, Remote, Rulebook};
use crate::kind::Addresses;
use crate::peer::Peer;
use crate::traffic::MessageSchema;
use crate::traffic::framing::Framing;
use std::sync::Arc;
use std::time::Duration;

/// The shortest time after which a client connects again.
const SHORTEST: Duration = Duration::from_millis(1);

/// A session without mistakes.
#[derive(Clone, Debug)]
pub struct ValidSession {
    pub config: SessionConfig,
    /// The commands its worker receives as it begins.
    pub commands: Vec<Command>,
}

impl SessionConfig {
    /// Compiles the rules; `None` without rules. `described` is the description of its messages,
    /// `interfaces` gives the indexes of those that rules name.
    ///
    /// # Errors
    /// The first mistake in an enabled rule.
    pub fn book(
        &self,
        described: Option<Arc<MessageSchema>>,
        interfaces: &Interfaces,
    ) -> Result<Option<Arc<Rulebook>>, RuleMistake> {
        if self.rules.is_empty() {
            return Ok(None);
        }
        let context = RuleContext {
            charset: self.charset,
            described,
        };
        let book = Rulebook::new(&self.rules, self.limits, context, interfaces)?;
        Ok(Some(Arc::new(book)))
    }

    /// Checks every field; `book` is the result of [`Self::book`].
    ///
    /// # Errors
    /// Every field that cannot be meant, in the order of the fields.
    pub fn validated(
        self,
        book: Result<Option<Arc<Rulebook>>, RuleMistake>,
    ) -> Result<ValidSession, Vec<ConfigMistake>> {
        let newer = (self.version > VERSION).then_some(ConfigProblem::Newer);
        let local = self.local.map(|local| !matches!(local, Peer::Ip(_)));
        let is_name = |to: &Remote| matches!(to, Remote::Named(_));
        let (remote, target) = (self.remote.as_ref(), self.target.as_ref());
        let short = self.reconnect.is_some_and(|pause| pause.0 < SHORTEST);
        let stray = |group: &MulticastGroup| !group.group.is_multicast();
        let stray = self.groups.iter().any(stray);
        // A socket of IPv4 has no groups of IPv6 (ipv6(7)); one of IPv6 may have both.
        let is_v4 = self.local.and_then(Peer::address);
        let is_v4 = is_v4.is_some_and(|local| local.is_ipv4());
        let other = is_v4 && self.groups.iter().any(|group| group.group.is_ipv6());
        let (book, rule) = match book {
            Ok(book) => (book, None),
            Err(mistake) => (None, Some(answers::named(&self.rules, mistake))),
        };
        let plan = self.conditions.as_ref().and_then(|plan| plan.check().err());
        let in_datagrams = !self.kind.is_stream();
        let framing = |way: Option<&Framing>| {
            let mistake = way.and_then(|way| way.check_in(in_datagrams).err());
            mistake.map(ConfigProblem::Framing)
        };
        let found = [
            (SessionField::Version, newer),
            (
                SessionField::Local,
                self.of_address(SessionField::Local, local),
            ),
            (
                SessionField::Remote,
                self.of_address(SessionField::Remote, remote.map(is_name)),
            ),
            (
                SessionField::Target,
                self.of_address(SessionField::Target, target.map(is_name)),
            ),
            (
                SessionField::Allow,
                self.of_presence(SessionField::Allow, !self.allow.is_empty()),
            ),
            (
                SessionField::Reconnect,
                self.of_presence(SessionField::Reconnect, self.reconnect.is_some())
                    .or(short.then_some(ConfigProblem::TooShort)),
            ),
            (
                SessionField::Groups,
                self.of_presence(SessionField::Groups, !self.groups.is_empty())
                    .or(stray.then_some(ConfigProblem::NotGroup))
                    .or(other.then_some(ConfigProblem::GroupVersion)),
            ),
            (SessionField::Rules, rule.map(ConfigProblem::Rule)),
            (SessionField::Conditions, plan.map(ConfigProblem::Plan)),
            (SessionField::Framing, framing(self.framing.as_ref())),
            (
                SessionField::FramingSent,
                self.of_presence(SessionField::FramingSent, self.framing_sent.is_some())
                    .or_else(|| framing(self.framing_sent.as_ref())),
            ),
        ];
        let mistake = |(field, problem): (SessionField, Option<ConfigProblem>)| {
            let problem = problem?;
            Some(ConfigMistake { field, problem })
        };
        let mistakes: Vec<ConfigMistake> = found.into_iter().filter_map(mistake).collect();
        match mistakes.is_empty() {
            true => Ok(ValidSession {
                commands: self.commands(book),
                config: self,
            }),
            false => Err(mistakes),
        }
    }

    /// Whether a field is there that should not be, or the other way round.
    fn of_presence(&self, field: SessionField, is_given: bool) -> Option<ConfigProblem> {
        match is_given {
            true if !field.is_of(self.kind) => Some(ConfigProblem::Foreign),
            false if field.is_needed(self.kind) => Some(ConfigProblem::Missing),
            _ => None,
        }
    }

    /// The error of an address, if it is given: the name of a Unix socket, or none.
    fn of_address(&self, field: SessionField, is_named: Option<bool>) -> Option<ConfigProblem> {
        let presence = self.of_presence(field, is_named.is_some());
        if presence.is_some() {
            return presence;
        }
        match (self.kind.addresses(), is_named?) {
            (Addresses::Internet, true) => Some(ConfigProblem::NotAddress),
            (Addresses::Named, false) => Some(ConfigProblem::NotName),
            (Addresses::Internet, false) | (Addresses::Named, true) => None,
        }
    }
}
