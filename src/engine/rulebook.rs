//! A session's rules with the destinations of their replies.

use crate::engine::sys::remote::Remote;

use crate::automation::Limits;
use crate::automation::rules::{
    ActionKind, Rule, RuleContext, RuleMistake, RulePart, RuleProblem, Rules,
};
use crate::engine::sys::interfaces::Interfaces;

/// The rules of a session, checked, with their limits.
#[derive(Clone, Debug)]
pub struct Rulebook {
    pub(super) rules: Rules,
    pub(super) limits: Limits,
    /// The explicit destination of each action of each rule; `None` replies to the sender.
    elsewhere: Vec<Vec<Option<Remote>>>,
}

impl Rulebook {
    /// Compiles the rules.
    ///
    /// # Errors
    /// The first mistake in an enabled rule.
    pub fn new(
        rules: &[Rule],
        limits: Limits,
        context: impl Into<RuleContext>,
        interfaces: &Interfaces,
    ) -> Result<Self, RuleMistake> {
        let compiled = Rules::new(rules, context)?;
        let mut elsewhere = Vec::with_capacity(rules.len());
        for (place, rule) in rules.iter().enumerate() {
            let mut targets = Vec::with_capacity(rule.then.len());
            for (part, then) in rule.then.iter().enumerate() {
                targets.push(match &then.kind {
                    ActionKind::Reply { to: Some(text), .. } if rule.on => {
                        let target = Remote::parse(text, interfaces);
                        Some(target.ok_or_else(|| RuleMistake {
                            rule: place,
                            part: RulePart::Then(part),
                            problem: RuleProblem::Address(text.clone()),
                        })?)
                    }
                    _ => None,
                });
            }
            elsewhere.push(targets);
        }
        Ok(Self {
            rules: compiled,
            limits,
            elsewhere,
        })
    }

    /// Whether no rule is enabled.
    pub fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }

    /// The compiled rules.
    pub fn rules(&self) -> &Rules {
        &self.rules
    }

    pub(super) fn target(&self, rule: usize, part: usize) -> Option<&Remote> {
        self.elsewhere.get(rule)?.get(part)?.as_ref()
    }
}
