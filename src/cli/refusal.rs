//! The errors of clap in the user's language.

use crate::config::ArgumentMistake;
use crate::explain;
use crate::payload::printable;
use crate::t;
use crate::words::{Lang, listed};
use clap::error::{ContextKind, ContextValue, ErrorKind};
use std::error::Error as _;

/// The message: the error, suggestions, and the usage. English messages follow clap's; rare
/// errors are clap's in both languages.
pub fn words(lang: Lang, error: &clap::Error) -> String {
    translated(lang, error).unwrap_or_else(|| error.to_string())
}

/// The usage of a command whose positional arguments clap does not distinguish.
pub fn usage(lang: Lang, written: &str) -> String {
    let usage = t!(lang, "argument.usage", usage = written);
    format!("netpeer: {usage}")
}

fn translated(lang: Lang, error: &clap::Error) -> Option<String> {
    if error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
        // In English only the help is printed, as clap does.
        let is_missing = t!(lang, "argument.no_command");
        return (lang == Lang::Chinese).then(|| format!("{is_missing}\n\n{error}"));
    }
    let what = what(lang, error)?;
    let mut text = t!(lang, "argument.error", what = what);
    for (number, tip) in tips(lang, error).iter().enumerate() {
        text.push_str(if number == 0 { "\n\n" } else { "\n" });
        text.push_str(&t!(lang, "argument.tip", tip = tip));
    }
    // The usage shows the argument that clap suggests.
    if let Some(ContextValue::StyledStr(usage)) = error.get(ContextKind::Usage)
        && is_similar(error)
    {
        let usage = usage.to_string();
        let usage = usage.strip_prefix("Usage: ").unwrap_or(&usage);
        text.push_str("\n\n");
        text.push_str(&t!(lang, "argument.usage", usage = usage));
    }
    text.push_str("\n\n");
    text.push_str(&t!(lang, "argument.help"));
    Some(text)
}

fn what(lang: Lang, error: &clap::Error) -> Option<String> {
    let argument = text(error, ContextKind::InvalidArg);
    let value = text(error, ContextKind::InvalidValue);
    let mut list = Vec::new();
    let what = match error.kind() {
        ErrorKind::UnknownArgument => {
            let argument = argument?;
            t!(lang, "argument.unknown", argument = argument)
        }
        ErrorKind::InvalidSubcommand => {
            let command = text(error, ContextKind::InvalidSubcommand)?;
            t!(lang, "argument.unknown_command", command = command)
        }
        ErrorKind::InvalidValue => {
            let known = texts(error, ContextKind::ValidValue);
            if !known.is_empty() {
                let known = listed(lang, &known);
                list.push(t!(lang, "argument.possible", known = known));
            }
            let (argument, value) = (argument?, value?);
            match value.is_empty() {
                true => t!(lang, "argument.no_value", argument = argument),
                false => t!(
                    lang,
                    "argument.bad_value",
                    value = value,
                    argument = argument
                ),
            }
        }
        ErrorKind::ValueValidation => {
            let (argument, value, source) = (argument?, value?, error.source()?);
            let why = match source.downcast_ref::<ArgumentMistake>() {
                Some(mistake) => explain::argument_mistake(lang, mistake),
                None => source.to_string(),
            };
            t!(
                lang,
                "argument.wrong_value",
                value = value,
                argument = argument,
                why = why
            )
        }
        ErrorKind::TooManyValues => {
            let (argument, value) = (argument?, value?);
            t!(
                lang,
                "argument.too_many",
                value = value,
                argument = argument
            )
        }
        ErrorKind::MissingRequiredArgument => {
            list = texts(error, ContextKind::InvalidArg);
            t!(lang, "argument.missing")
        }
        ErrorKind::MissingSubcommand => {
            let known = listed(lang, texts(error, ContextKind::ValidSubcommand));
            list.push(t!(lang, "argument.commands", known = known));
            let command = text(error, ContextKind::InvalidSubcommand)?;
            t!(lang, "argument.missing_command", command = command)
        }
        ErrorKind::ArgumentConflict => {
            let argument = argument?;
            list = texts(error, ContextKind::PriorArg);
            match text(error, ContextKind::PriorArg) {
                Some(other) if other == argument => {
                    t!(lang, "argument.twice", argument = argument)
                }
                Some(other) => {
                    t!(
                        lang,
                        "argument.conflict",
                        argument = argument,
                        other = other
                    )
                }
                None if list.is_empty() => return None,
                None => t!(lang, "argument.conflicts", argument = argument),
            }
        }
        ErrorKind::InvalidUtf8 => t!(lang, "argument.not_utf8"),
        _ => return None,
    };
    let list = list.iter().map(|line| format!("\n  {line}"));
    Some(what + &list.collect::<String>())
}

/// The suggestions.
fn tips(lang: Lang, error: &clap::Error) -> Vec<String> {
    let mut tips = Vec::new();
    if is_negative(error) {
        return vec![t!(lang, "argument.negative")];
    }
    let quoted = |names: Vec<String>| {
        let names: Vec<String> = names.iter().map(|name| format!("'{name}'")).collect();
        (!names.is_empty()).then(|| (names.len(), listed(lang, &names)))
    };
    match quoted(texts(error, ContextKind::SuggestedSubcommand)) {
        Some((1, name)) => tips.push(t!(lang, "argument.like_command", name = name)),
        Some((_, names)) => tips.push(t!(lang, "argument.like_commands", names = names)),
        None => {}
    }
    if let Some(name) = text(error, ContextKind::SuggestedArg).filter(|_| is_similar(error)) {
        tips.push(t!(lang, "argument.like_argument", name = name));
    }
    if let Some(value) = text(error, ContextKind::SuggestedValue) {
        tips.push(t!(lang, "argument.like_value", value = value));
    }
    if let Some(ContextValue::StyledStrs(others)) = error.get(ContextKind::Suggested) {
        tips.extend(others.iter().map(|other| tip(lang, &other.to_string())));
    }
    tips
}

/// Whether an unknown argument is a negative number: a value, and no option.
fn is_negative(error: &clap::Error) -> bool {
    let argument = text(error, ContextKind::InvalidArg).unwrap_or_default();
    let number = argument.strip_prefix('-').unwrap_or_default();
    error.kind() == ErrorKind::UnknownArgument && number.starts_with(|c: char| c.is_ascii_digit())
}

/// Whether the suggested argument, if any, can be what was meant: at most a third of it is typed
/// differently. clap suggests `--count` for `--colour`.
fn is_similar(error: &clap::Error) -> bool {
    let typed = text(error, ContextKind::InvalidArg).unwrap_or_default();
    let Some(suggested) = text(error, ContextKind::SuggestedArg) else {
        return true;
    };
    let (typed, suggested) = (
        typed.trim_start_matches('-'),
        suggested.trim_start_matches('-'),
    );
    let distance = strsim::damerau_levenshtein(typed, suggested);
    distance * 3 <= suggested.chars().count()
}

/// A suggestion that clap gives only as a sentence: the names in it are in quotation marks.
fn tip(lang: Lang, sentence: &str) -> String {
    let parts: Vec<&str> = sentence.split('\'').collect();
    match parts.as_slice() {
        ["to pass ", value, _, written, ""] => t!(
            lang,
            "argument.as_value",
            value = printable::line(value.as_bytes()),
            written = printable::line(written.as_bytes())
        ),
        ["", written, " exists"] => t!(lang, "argument.elsewhere", written = written),
        _ => sentence.to_owned(),
    }
}

/// A text of an error on one line. It may contain typed text.
fn text(error: &clap::Error, kind: ContextKind) -> Option<String> {
    match error.get(kind) {
        Some(ContextValue::String(text)) => Some(printable::line(text.as_bytes())),
        _ => None,
    }
}

/// The texts of an error that has several; otherwise empty.
fn texts(error: &clap::Error, kind: ContextKind) -> Vec<String> {
    let line = |text: &String| printable::line(text.as_bytes());
    match error.get(kind) {
        Some(ContextValue::Strings(texts)) => texts.iter().map(line).collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::Arguments;
    use clap::Parser as _;

    fn refused(line: &str) -> clap::Error {
        let words = std::iter::once("netpeer").chain(line.split(' '));
        Arguments::try_parse_from(words).unwrap_err()
    }

    /// Wrong command lines, and a part of the Chinese message.
    const WRONG: [(&str, &str); 19] = [
        ("udp --bogus", "不认识的参数“--bogus”"),
        ("udp --repat 1s", "有相近的参数“--repeat”"),
        ("udpp", "没有命令“udpp”"),
        ("udpp", "有相近的命令：'udp'"),
        ("udp --count 0", "应为不小于 1 的整数"),
        ("udp --for 5", "数字加单位"),
        ("udp --loss 200", "允许 0% 到 100%"),
        ("udp --bind 127.0.0.1:80x", "“80x”"),
        ("udp --ending foo", "可以写：none、lf、crlf、cr"),
        ("udp --bind", "“--bind <ADDR[:PORT]>”后面缺少值"),
        ("udp --json=1", "“--json”不带值"),
        ("tcp-client", "缺少必需的参数：\n  <HOST:PORT>"),
        ("relay --lang zh", "缺少子命令"),
        ("udp --hex --escapes", "不能与“--escapes”同时使用"),
        ("udp --file x --hex", "不能与“--hex”同时使用"),
        (
            "udp --no-limits --answer-own --allow-larger",
            "不能与以下参数同时使用：\n",
        ),
        ("udp --json --json", "只能写一次"),
        ("udp --lang fr", "可选的语言"),
        ("meter --bind :0 --expect-loss 3", "数目或百分比"),
    ];

    #[test]
    fn mistakes_are_explained_in_chinese() {
        for (line, wording) in WRONG {
            let words = words(Lang::Chinese, &refused(line));
            assert!(words.contains(wording), "{line}: {words}");
            for english in ["error:", "Usage:", "For more", "tip:"] {
                assert!(!words.contains(english), "{line}: {words}");
            }
        }
        let help = refused("relay");
        let words = words(Lang::Chinese, &help);
        assert!(words.starts_with("错误：缺少子命令"), "{words}");
        assert!(words.contains("udp") && words.contains("tcp"), "{words}");
    }

    #[test]
    fn mistakes_are_explained_in_english_as_clap_does() {
        for (line, _) in WRONG {
            let error = refused(line);
            let clap = error.to_string();
            assert_eq!(words(Lang::English, &error), clap.trim_end(), "{line}");
        }
        let help = refused("relay");
        assert_eq!(words(Lang::English, &help), help.to_string());
    }

    #[test]
    fn a_negative_value_is_explained_as_one() {
        for line in [
            "udp --for -1s",
            "tcp-client --count -5 h:1",
            "udp --repeat -0.5s",
        ] {
            for (lang, wording) in [
                (Lang::English, "counts, times and rates are never negative"),
                (Lang::Chinese, "数目、时间和速率都不能是负数"),
            ] {
                let words = words(lang, &refused(line));
                assert!(words.contains(wording), "{words}");
                assert!(!words.contains("to pass"), "{words}");
            }
        }
    }

    #[test]
    fn only_a_similar_argument_is_called_similar() {
        for (line, similar) in [
            ("udp --repat 1s", true),
            ("udp --bnd", true),
            ("udp --forx 1s", true),
            ("udp --recrod x", true),
            ("udp --xolour 5", false),
            ("show x --colour", false),
        ] {
            for (lang, tip) in [(Lang::English, "similar"), (Lang::Chinese, "相近")] {
                let words = words(lang, &refused(line));
                assert_eq!(words.contains(tip), similar, "{line}: {words}");
                assert!(similar || !words.contains("--count"), "{line}: {words}");
            }
        }
    }

    #[test]
    fn what_was_typed_stands_on_one_line() {
        for line in ["udp --count 1\n2", "udp --a\nb", "ud\np"] {
            for lang in Lang::ALL {
                let words = words(lang, &refused(line));
                assert!(words.contains('␊'), "{words}");
            }
        }
    }
}
