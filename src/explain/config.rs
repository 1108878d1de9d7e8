//! Mistakes in a session's configuration, in words.

use super::framing::framing_mistake;
use super::impair::plan_mistake;
use super::value::value_mistake;
use crate::config::session::ConfigProblem;
use crate::t;
use crate::words::Lang;

/// Names the field as it is written in a file or on the command line, and explains why its value
/// is invalid.
pub fn config_mistake(lang: Lang, field: &str, problem: &ConfigProblem) -> String {
    quoted_mistake(lang, &format!("`{field}`"), problem)
}

/// The same with a name of the field that has its quotation marks.
pub fn quoted_mistake(lang: Lang, field: &str, problem: &ConfigProblem) -> String {
    let why = match problem {
        ConfigProblem::Newer => t!(lang, "config.newer"),
        ConfigProblem::Missing => t!(lang, "config.missing"),
        ConfigProblem::Foreign => t!(lang, "config.foreign"),
        ConfigProblem::NotName => t!(lang, "config.not_name"),
        ConfigProblem::NotAddress => t!(lang, "config.not_address"),
        ConfigProblem::NotGroup => t!(lang, "config.not_group"),
        ConfigProblem::GroupVersion => t!(lang, "config.group_version"),
        ConfigProblem::TooShort => t!(lang, "config.too_short"),
        ConfigProblem::Rule(mistake) => value_mistake(lang, mistake),
        ConfigProblem::Plan(mistake) => plan_mistake(lang, *mistake),
        ConfigProblem::Framing(mistake) => framing_mistake(lang, *mistake),
    };
    t!(lang, "app.named", name = field, value = why)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_field_is_named_in_both_languages() {
        let message = |lang| config_mistake(lang, "--bind", &ConfigProblem::Missing);
        assert_eq!(
            message(Lang::English),
            "`--bind`: sessions of this kind need it"
        );
        assert_eq!(message(Lang::Chinese), "`--bind`：这种会话必须填写此项");
    }
}
