//! Syntax errors of a filter, in words.

use super::mistake;
use super::regular::regex_problem;
use crate::payload::TextMistake;
use crate::traffic::{FilterMistake, FilterProblem, UnknownKey};
use crate::{t, words::Lang};

/// The hint that a word of a filter is no key or field.
pub fn unknown_key(lang: Lang, unknown: &UnknownKey) -> String {
    let word = format!("{}:", unknown.word);
    match &unknown.similar {
        Some(key) => {
            let key = format!("{key}:");
            t!(lang, "filter.similar_key", word = word, key = key)
        }
        None => {
            let keys = UnknownKey::keys().collect::<Vec<_>>().join(" ");
            t!(lang, "filter.unknown_key", word = word, keys = keys)
        }
    }
}

pub fn filter_mistake(lang: Lang, wrong: &FilterMistake) -> String {
    let problem = match &wrong.problem {
        FilterProblem::Hex(problem) => {
            let (at, problem) = (wrong.at, *problem);
            return mistake(lang, &TextMistake { at, problem });
        }
        FilterProblem::UnclosedQuotation => t!(lang, "filter.unclosed_quotation"),
        FilterProblem::SignedNumber(text) => {
            let number = text.trim_start_matches(['-', '!', '－', '！']);
            t!(lang, "filter.signed_number", text = text, number = number)
        }
        FilterProblem::UnclosedRegex => t!(lang, "filter.unclosed_regex"),
        FilterProblem::Regex(problem) => {
            let reason = regex_problem(lang, *problem);
            t!(lang, "filter.regex", reason = reason)
        }
        FilterProblem::RegexTooLarge => t!(lang, "filter.regex_too_large"),
        FilterProblem::TooManyRegexes(most) => t!(lang, "filter.too_many_regexes", most = most),
        FilterProblem::Address(text) => t!(lang, "filter.address", text = text),
        FilterProblem::Direction(text) => t!(lang, "filter.direction", text = text),
        FilterProblem::Length(text) => t!(lang, "filter.length", text = text),
        FilterProblem::Field(text) => t!(lang, "filter.field", text = text),
        FilterProblem::Time(text) => t!(lang, "filter.time", text = text),
    };
    t!(
        lang,
        "mistake.at",
        position = wrong.at + 1,
        problem = problem
    )
}
