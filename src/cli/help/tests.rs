//! The help is complete in both languages.

use super::examples::examples;
use super::heading_of_examples;
use crate::cli::Arguments;
use crate::cli::round_trip::split;
use crate::words::Lang;
use crate::words::tests::keys;
use clap::builder::Str;
use clap::{Arg, Command, CommandFactory as _, Parser as _};
use regex::Regex;
use std::collections::BTreeSet;

/// A command and its subcommands, each with its full name. clap repeats all of them below `help`.
fn tree(command: &Command) -> Vec<(String, Command)> {
    fn add(name: String, command: &Command, tree: &mut Vec<(String, Command)>) {
        let below = command.get_subcommands();
        for other in below.filter(|_| command.get_name() != "help") {
            add(format!("{name} {}", other.get_name()), other, tree);
        }
        tree.push((name, command.clone()));
    }
    let mut tree = Vec::new();
    add("netpeer".to_owned(), command, &mut tree);
    tree
}

/// The name of a command in the keys.
fn key(name: &str) -> String {
    let path = name.strip_prefix("netpeer ").unwrap_or(name);
    match path.ends_with("help") {
        true => "help".to_owned(),
        false => path.replace([' ', '-'], "_"),
    }
}

fn is_chinese(text: &str) -> bool {
    text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c))
}

fn help_of(argument: &Arg) -> String {
    argument.get_help().unwrap().to_string()
}

/// Every argument of every command, with the name of its command.
fn arguments(lang: Lang) -> Vec<(String, Arg)> {
    let commands = tree(&Arguments::worded(lang)).into_iter();
    let all = commands.flat_map(|(name, command)| {
        let arguments: Vec<Arg> = command.get_arguments().cloned().collect();
        arguments.into_iter().map(move |each| (name.clone(), each))
    });
    all.collect()
}

#[test]
fn every_command_says_what_it_does_and_has_an_example() {
    for lang in Lang::ALL {
        for (name, command) in tree(&Arguments::worded(lang)) {
            let about = command.get_about().map(ToString::to_string);
            let about = about.unwrap_or_default();
            assert!(!about.is_empty(), "{name}");
            assert_eq!(is_chinese(&about), lang == Lang::Chinese, "{name}: {about}");
            let all: Vec<_> = examples(lang, &key(&name)).collect();
            assert!(!all.is_empty(), "{name}");
            let after = command.get_after_help().unwrap().to_string();
            assert!(after.starts_with(&heading_of_examples(lang)), "{name}");
            for (what, line) in all {
                assert!(after.contains(&what) && after.contains(line), "{line}");
                assert_eq!(is_chinese(&what), lang == Lang::Chinese, "{what}");
            }
        }
    }
}

#[test]
fn every_argument_has_help_and_a_heading_in_both_languages() {
    for lang in Lang::ALL {
        for (name, argument) in arguments(lang) {
            let heading = argument.get_help_heading().unwrap().to_owned();
            for text in [help_of(&argument), heading] {
                assert!(!text.is_empty(), "{name}: {argument}");
                let is_right = is_chinese(&text) == (lang == Lang::Chinese);
                assert!(is_right, "{name}: {argument}: {text}");
            }
        }
    }
}

#[test]
fn every_option_with_a_value_says_its_default() {
    for (lang, begin) in [(Lang::English, "[default: "), (Lang::Chinese, "[默认：")] {
        for (name, argument) in arguments(lang) {
            if argument.get_action().takes_values() && !argument.is_required_set() {
                let help = help_of(&argument);
                assert!(help.contains(begin), "{name}: {argument}: {help}");
            }
        }
    }
}

#[test]
fn the_framing_of_send_says_first_that_it_needs_a_description() {
    for lang in Lang::ALL {
        let mut all = arguments(lang).into_iter();
        let is_meant = |(name, argument): &(String, Arg)| {
            name == "netpeer send" && argument.get_id().as_str() == "framing"
        };
        let (_, argument) = all.find(is_meant).unwrap();
        let help = help_of(&argument);
        let first = help.lines().next().unwrap();
        assert!(first.contains("--describe"), "{help}");
    }
}

#[test]
fn every_quantity_names_its_unit() {
    let units = [
        ("TIME", r"\d(ms|s)\b"),
        ("BYTES", "bytes|字节"),
        ("RATE", r"\d[kM](B/s|bit)"),
        ("PERCENT", r"\d%"),
        ("N", "messages|rows|times|replies|number|条|行|次|种子"),
    ];
    let units = units.map(|(name, unit)| (name, Regex::new(unit).unwrap()));
    let mut seen = BTreeSet::new();
    for lang in Lang::ALL {
        for (name, argument) in arguments(lang) {
            let value = argument.get_value_names().and_then(<[Str]>::first);
            let value = value.map_or("", Str::as_str);
            let value = value.split('|').next().unwrap_or_default();
            let Some((value, unit)) = units.iter().find(|(name, _)| *name == value) else {
                continue;
            };
            let help = help_of(&argument);
            assert!(unit.is_match(&help), "{name}: {argument}: {help}");
            seen.insert(*value);
        }
    }
    assert_eq!(seen.len(), units.len(), "{seen:?}");
}

#[test]
fn no_line_is_wider_than_a_hundred_columns() {
    let width = |line: &str| -> usize {
        let columns = line.chars().map(|c| if c < '\u{2e80}' { 1 } else { 2 });
        columns.sum()
    };
    for lang in Lang::ALL {
        for (name, mut command) in tree(&Arguments::worded(lang)) {
            for line in command.render_help().to_string().lines() {
                let is_example = line.starts_with("      netpeer ");
                assert!(is_example || width(line) <= 100, "{name}: {line}");
            }
        }
    }
}

#[test]
fn clap_says_nothing_of_its_own() {
    for (name, mut command) in tree(&Arguments::worded(Lang::Chinese)) {
        let help = command.render_long_help().to_string();
        for own in [
            "Usage:",
            "Options:",
            "Commands:",
            "Arguments:",
            "Possible values",
            "[default",
            "[possible",
            "[alias",
            "Print ",
        ] {
            assert!(!help.contains(own), "{name}: {own}\n{help}");
        }
        assert!(help.contains("\n用法: "), "{name}: {help}");
    }
}

#[test]
fn both_ways_to_ask_for_help_print_the_same() {
    let commands = tree(&Arguments::worded(Lang::English));
    let names = commands.iter().map(|(name, _)| name.as_str());
    for name in names.filter(|name| !name.ends_with(" help")) {
        let [short, long] = ["-h", "--help"].map(|flag| {
            let words = name.split(' ').chain([flag]);
            let asked = Arguments::worded(Lang::English).try_get_matches_from(words);
            asked.unwrap_err().to_string()
        });
        assert_eq!(short, long);
        let help = long.contains(&heading_of_examples(Lang::English));
        assert!(help, "{name}: {long}");
    }
}

#[test]
fn every_example_is_a_command_line() {
    for (name, _) in tree(&Arguments::worded(Lang::English)) {
        for (_, line) in examples(Lang::English, &key(&name)) {
            let ours = [" | ", " > ", " < "].iter().fold(line, |line, sign| {
                line.split(sign).next().unwrap_or_default()
            });
            // clap returns the output of `netpeer help` as an error.
            if let Err(error) = Arguments::try_parse_from(split(ours)) {
                assert!(!error.use_stderr(), "{line}\n{error}");
            }
        }
    }
}

#[test]
fn every_word_of_the_help_is_used() {
    let known = keys(Lang::Chinese).into_iter();
    let known: BTreeSet<String> = known.filter(|key| key.starts_with("help.")).collect();
    let code = [
        include_str!("mod.rs"),
        include_str!("examples.rs"),
        include_str!("../manual.rs"),
    ]
    .concat();
    let mut used: BTreeSet<String> = known
        .iter()
        .filter(|key| code.contains(&format!("\"{key}\"")))
        .cloned()
        .collect();
    let mut command = Arguments::command();
    command.build();
    for (name, command) in tree(&command) {
        let name = key(&name);
        used.insert(format!("help.about.{name}"));
        if command.get_after_help().is_some() {
            used.insert(format!("help.behind.{name}"));
        }
        for argument in command.get_arguments() {
            let usual = match argument.is_positional() {
                true => "arguments",
                false => "options",
            };
            let (id, heading) = (argument.get_id(), argument.get_help_heading());
            let heading = heading.unwrap_or(usual);
            let own = format!("help.{name}.{id}");
            used.insert(match known.contains(&own) {
                true => own,
                false => format!("help.{heading}.{id}"),
            });
            used.insert(format!("help.headings.{heading}"));
        }
    }
    assert_eq!(known, used);
}
