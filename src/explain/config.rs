//! What is wrong with a session as it is written, in words.

use super::framing::framing_mistake;
use super::impair::plan_mistake;
use super::rule::rule_problem;
use crate::config::session::{ConfigMistake, ConfigProblem};
use crate::say;
use crate::words::Lang;

/// The field, and why it cannot be meant.
pub fn config_mistake(lang: Lang, mistake: &ConfigMistake) -> String {
    let why = match &mistake.problem {
        ConfigProblem::Newer => say!(lang, "config.newer"),
        ConfigProblem::Missing => say!(lang, "config.missing"),
        ConfigProblem::Foreign => say!(lang, "config.foreign"),
        ConfigProblem::NotName => say!(lang, "config.not_name"),
        ConfigProblem::NotAddress => say!(lang, "config.not_address"),
        ConfigProblem::NotGroup => say!(lang, "config.not_group"),
        ConfigProblem::TooShort => say!(lang, "config.too_short"),
        ConfigProblem::Rule(mistake) => {
            let why = rule_problem(lang, &mistake.problem);
            say!(lang, "config.rule", number = mistake.rule + 1, why = why)
        }
        ConfigProblem::Plan(mistake) => plan_mistake(lang, *mistake),
        ConfigProblem::Framing(mistake) => framing_mistake(lang, *mistake),
    };
    say!(
        lang,
        "config.mistake",
        field = mistake.field.key(),
        why = why
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::session::Field;

    #[test]
    fn the_field_is_named_in_both_languages() {
        let mistake = ConfigMistake {
            field: Field::Local,
            problem: ConfigProblem::Missing,
        };
        assert_eq!(
            config_mistake(Lang::English, &mistake),
            "`local`: sessions of this kind need it"
        );
        assert_eq!(
            config_mistake(Lang::Chinese, &mistake),
            "`local`：这种会话必须填写此项"
        );
    }
}
