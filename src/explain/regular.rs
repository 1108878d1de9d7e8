//! Syntax errors of regular expressions, in words.

use crate::payload::regular::RegexProblem;
use crate::{say, words::Lang};

pub fn regex_problem(lang: Lang, problem: RegexProblem) -> String {
    match problem {
        RegexProblem::GroupUnclosed => say!(lang, "regex.group_unclosed"),
        RegexProblem::GroupUnopened => say!(lang, "regex.group_unopened"),
        RegexProblem::ClassUnclosed => say!(lang, "regex.class_unclosed"),
        RegexProblem::ClassRange => say!(lang, "regex.class_range"),
        RegexProblem::NothingRepeated => say!(lang, "regex.nothing_repeated"),
        RegexProblem::Count => say!(lang, "regex.count"),
        RegexProblem::LoneBackslash => say!(lang, "regex.lone_backslash"),
        RegexProblem::UnknownEscape => say!(lang, "regex.unknown_escape"),
        RegexProblem::Digits => say!(lang, "regex.digits"),
        RegexProblem::Flags => say!(lang, "regex.flags"),
        RegexProblem::GroupName => say!(lang, "regex.group_name"),
        RegexProblem::TooDeep => say!(lang, "regex.too_deep"),
        RegexProblem::BackReference => say!(lang, "regex.back_reference"),
        RegexProblem::LookAround => say!(lang, "regex.look_around"),
        RegexProblem::Property => say!(lang, "regex.property"),
        RegexProblem::NoUnicode => say!(lang, "regex.no_unicode"),
        RegexProblem::Other => say!(lang, "regex.other"),
    }
}
