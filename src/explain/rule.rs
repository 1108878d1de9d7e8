//! Rules in words: invalid parts, and why a rule does not apply.

use super::description::formula_mistake;
use super::input::among;
use super::regular::wrong_regex;
use crate::automation::rules::{LONGEST_DELAY, MismatchReason, RuleOutcome, RuleProblem};
use crate::payload::answer::modbus::NotARegister;
use crate::payload::template::Variable;
use crate::t;
use crate::words::Lang;

/// Explains the mistake in a part of a rule, and the valid values.
pub fn rule_problem(lang: Lang, problem: &RuleProblem) -> String {
    match problem {
        RuleProblem::Empty => t!(lang, "rule.empty"),
        RuleProblem::Bytes(bytes) => {
            let variables = [&Variable::QUOTING[..], &Variable::WRITTEN[..]].concat();
            among(lang, bytes, &variables)
        }
        RuleProblem::Regex(mistake) => wrong_regex(lang, mistake),
        RuleProblem::RegexTooLarge => t!(lang, "rule.regex_too_large"),
        RuleProblem::Length => t!(lang, "rule.length"),
        RuleProblem::Source(text) => t!(lang, "rule.source", text = text),
        RuleProblem::Address(text) => t!(lang, "rule.address", text = text),
        RuleProblem::EveryZero => t!(lang, "rule.every_zero"),
        RuleProblem::NoParts => t!(lang, "rule.no_parts"),
        RuleProblem::Register(NotARegister { address, value }) => {
            t!(lang, "rule.register", address = address, value = value)
        }
        RuleProblem::Delay => t!(lang, "rule.delay", most = LONGEST_DELAY),
        RuleProblem::NoGroup { group, most } => match most {
            Some(most) => t!(lang, "rule.no_group", group = group, most = most),
            None => t!(lang, "rule.no_groups", group = group),
        },
        RuleProblem::NoDescription => t!(lang, "rule.no_description"),
        RuleProblem::UnknownField(word) => t!(lang, "description.no_such_field", word = word),
        RuleProblem::FieldValue(text) => t!(lang, "filter.field", text = text),
        RuleProblem::Field(mistake) => formula_mistake(lang, mistake),
        RuleProblem::NoActions => t!(lang, "rule.no_actions"),
    }
}

/// Describes the outcome of a rule in a dry run.
pub fn outcome(lang: Lang, outcome: &RuleOutcome) -> String {
    match outcome {
        RuleOutcome::Off => t!(lang, "rule.off"),
        RuleOutcome::Fires => t!(lang, "rule.fires"),
        RuleOutcome::Behind => t!(lang, "rule.behind"),
        RuleOutcome::Not(why) => not(lang, *why),
    }
}

fn not(lang: Lang, why: MismatchReason) -> String {
    match why {
        MismatchReason::Differs {
            at,
            found,
            expected,
        } => t!(
            lang,
            "rule.differs",
            position = at + 1,
            found = format!("0x{found:02X}"),
            expected = format!("0x{expected:02X}")
        ),
        MismatchReason::Length { found, expected } => {
            t!(lang, "rule.length_is", found = found, expected = expected)
        }
        MismatchReason::Short { found, least } => {
            t!(lang, "rule.short", found = found, least = least)
        }
        MismatchReason::Long { found, most } => t!(lang, "rule.long", found = found, most = most),
        MismatchReason::NotFound => t!(lang, "rule.not_found"),
        MismatchReason::Message => t!(lang, "rule.no_connecting"),
        MismatchReason::Checksum => t!(lang, "rule.bad_checksum"),
        MismatchReason::Field { test } => t!(lang, "rule.field", number = test + 1),
        MismatchReason::NoMatch => t!(lang, "rule.no_match"),
        MismatchReason::From => t!(lang, "rule.from_elsewhere"),
        MismatchReason::Toward => t!(lang, "rule.other_way"),
        MismatchReason::Count { count, every } => {
            t!(lang, "rule.count", count = count, every = every)
        }
        MismatchReason::NoneHolds => t!(lang, "rule.none_holds"),
        MismatchReason::Holds => t!(lang, "rule.holds"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::payload::regular;
    use regex::bytes::Regex;

    #[test]
    fn a_regular_expression_is_explained_in_the_language_of_the_reader() {
        let wrong = [
            "(",
            "a)",
            "[a",
            "[z-a]",
            "*",
            "a{2,1}",
            "a\\",
            "\\y",
            "(?z)",
            "(?P<>a)",
            "(a)\\1",
            "(?=a)",
            "\\p{Nothing}",
            "(?-u)你",
        ];
        for pattern in wrong {
            if Regex::new(pattern).is_ok() {
                continue;
            }
            let problem = RuleProblem::Regex(regular::mistake(pattern));
            let message = rule_problem(Lang::Chinese, &problem);
            let reason = message.split_once('：').unwrap().1;
            let words = |c: char| c.is_ascii_lowercase();
            // Names like \p{Han} and flags are not English words.
            assert!(
                !reason.split(|c| !words(c)).any(|word| word.len() > 4),
                "{message}"
            );
            let message = rule_problem(Lang::English, &problem);
            assert!(message.contains("Character "), "{message}");
        }
        let message = rule_problem(Lang::English, &RuleProblem::Regex(regular::mistake("你(")));
        assert!(
            message.contains("Character 2: the ) for this ( is missing"),
            "{message}"
        );
    }
}
