//! Syntax errors of regular expressions, in words.

use crate::payload::regular::RegexProblem;
use crate::{t, words::Lang};

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
