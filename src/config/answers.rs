//! The rules that options of a command line mean, and rules made ready to be followed.

use super::ValueMistake;
use crate::automation::Limits;
use crate::automation::rules::{
    ActionKind, Condition, ReplyContent, Rule, RuleAction, RuleContext, RuleMistake, preset,
};
use crate::engine::{Interfaces, Rulebook};
use std::sync::Arc;

/// The rule of `--echo`.
pub fn echo() -> Rule {
    Rule {
        name: "echo".into(),
        ..Rule::default()
    }
}

/// The rule of `--reply`.
pub fn reply(text: &str) -> Rule {
    let what = ReplyContent::Written(preset::composition(text));
    Rule {
        name: "reply".into(),
        on: true,
        when: Condition::Always,
        then: vec![RuleAction {
            kind: ActionKind::Reply { what, to: None },
            ..RuleAction::default()
        }],
    }
}

/// Rules made ready to be followed.
///
/// # Errors
/// [`ValueMistake::Rule`] for the first rule that cannot be followed.
pub fn book(
    rules: &[Rule],
    limits: Limits,
    context: impl Into<RuleContext>,
) -> Result<Arc<Rulebook>, ValueMistake> {
    let book = Rulebook::new(rules, limits, context, &Interfaces::read());
    book.map(Arc::new).map_err(|mistake| named(rules, mistake))
}

/// The mistake with the number and the name of its rule.
pub fn named(rules: &[Rule], mistake: RuleMistake) -> ValueMistake {
    let name = rules.get(mistake.rule).map(|rule| rule.name.clone());
    ValueMistake::Rule {
        number: mistake.rule + 1,
        name: name.unwrap_or_default(),
        problem: mistake.problem,
    }
}
