//! Rules in words: what is wrong with one, and why one does not apply.

use super::input::among;
use super::regular::regex_problem;
use crate::automation::rules::{LONGEST_DELAY, Outcome, Problem, Why};
use crate::payload::template::Variable;
use crate::say;
use crate::words::Lang;

/// What is wrong with a part of a rule, and what it should be.
pub fn rule_problem(lang: Lang, problem: &Problem) -> String {
    match problem {
        Problem::Empty => say!(lang, "rule.empty"),
        Problem::Bytes(bytes) => {
            let variables = [&Variable::QUOTING[..], &Variable::WRITTEN[..]].concat();
            among(lang, bytes, &variables)
        }
        Problem::Regex(mistake) => {
            let problem = regex_problem(lang, mistake.problem);
            let position = mistake.at + 1;
            let reason = say!(lang, "mistake.at", position = position, problem = problem);
            say!(lang, "rule.regex", reason = reason)
        }
        Problem::RegexTooLarge => say!(lang, "rule.regex_too_large"),
        Problem::Length => say!(lang, "rule.length"),
        Problem::Source(text) => say!(lang, "rule.source", text = text),
        Problem::Address(text) => say!(lang, "rule.address", text = text),
        Problem::EveryZero => say!(lang, "rule.every_zero"),
        Problem::NoParts => say!(lang, "rule.no_parts"),
        Problem::Delay => say!(lang, "rule.delay", most = LONGEST_DELAY),
        Problem::NoDeeds => say!(lang, "rule.no_deeds"),
    }
}

/// What became of a rule in a trial.
pub fn outcome(lang: Lang, outcome: &Outcome) -> String {
    match outcome {
        Outcome::Off => say!(lang, "rule.off"),
        Outcome::Fires => say!(lang, "rule.fires"),
        Outcome::Behind => say!(lang, "rule.behind"),
        Outcome::Not(why) => not(lang, *why),
    }
}

fn not(lang: Lang, why: Why) -> String {
    match why {
        Why::Differs {
            at,
            found,
            expected,
        } => say!(
            lang,
            "rule.differs",
            position = at + 1,
            found = format!("0x{found:02X}"),
            expected = format!("0x{expected:02X}")
        ),
        Why::Length { found, expected } => {
            say!(lang, "rule.length_is", found = found, expected = expected)
        }
        Why::Short { found, least } => say!(lang, "rule.short", found = found, least = least),
        Why::Long { found, most } => say!(lang, "rule.long", found = found, most = most),
        Why::NotFound => say!(lang, "rule.not_found"),
        Why::NoMatch => say!(lang, "rule.no_match"),
        Why::From => say!(lang, "rule.from_elsewhere"),
        Why::Toward => say!(lang, "rule.other_way"),
        Why::Count { count, every } => say!(lang, "rule.count", count = count, every = every),
        Why::NoneHolds => say!(lang, "rule.none_holds"),
        Why::Holds => say!(lang, "rule.holds"),
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
            let problem = Problem::Regex(regular::mistake(pattern));
            let said = rule_problem(Lang::Chinese, &problem);
            let reason = said.split_once('：').unwrap().1;
            let words = |c: char| c.is_ascii_lowercase();
            // Names like \p{Han} and flags are no English.
            assert!(
                !reason.split(|c| !words(c)).any(|word| word.len() > 4),
                "{said}"
            );
            let said = rule_problem(Lang::English, &problem);
            assert!(said.contains("Character "), "{said}");
        }
        let said = rule_problem(Lang::English, &Problem::Regex(regular::mistake("你(")));
        assert!(
            said.contains("Character 2: the ) to this ( is missing"),
            "{said}"
        );
    }
}
