//! Syntax errors of regular expressions, in words.

use crate::payload::regular::{RegexMistake, RegexProblem};
use crate::{t, words::Lang};

/// Explains where a regular expression is wrong, and why.
pub(super) fn wrong_regex(lang: Lang, mistake: &RegexMistake) -> String {
    let problem = regex_problem(lang, mistake.problem);
    let reason = t!(
        lang,
        "mistake.at",
        position = mistake.at + 1,
        problem = problem
    );
    t!(lang, "rule.regex", reason = reason)
}

pub fn regex_problem(lang: Lang, problem: RegexProblem) -> String {
    match problem {
        RegexProblem::GroupUnclosed => t!(lang, "regex.group_unclosed"),
        RegexProblem::GroupUnopened => t!(lang, "regex.group_unopened"),
        RegexProblem::ClassUnclosed => t!(lang, "regex.class_unclosed"),
        RegexProblem::ClassRange => t!(lang, "regex.class_range"),
        RegexProblem::NothingRepeated => t!(lang, "regex.nothing_repeated"),
        RegexProblem::Count => t!(lang, "regex.count"),
        RegexProblem::LoneBackslash => t!(lang, "regex.lone_backslash"),
        RegexProblem::UnknownEscape => t!(lang, "regex.unknown_escape"),
        RegexProblem::Digits => t!(lang, "regex.digits"),
        RegexProblem::Flags => t!(lang, "regex.flags"),
        RegexProblem::GroupName => t!(lang, "regex.group_name"),
        RegexProblem::TooDeep => t!(lang, "regex.too_deep"),
        RegexProblem::BackReference => t!(lang, "regex.back_reference"),
        RegexProblem::LookAround => t!(lang, "regex.look_around"),
        RegexProblem::Property => t!(lang, "regex.property"),
        RegexProblem::NoUnicode => t!(lang, "regex.no_unicode"),
        RegexProblem::Other => t!(lang, "regex.other"),
    }
}
