//! Shell completions and manual pages.

use super::{CommandOutcome, diagnostics, help, output, values};
use crate::explain;
use crate::t;
use crate::words::Lang;
use clap::builder::StringValueParser;
use clap::{Args, Command};
use clap_complete::Shell;
use std::io;

/// The shell to complete for.
#[derive(Debug, Args)]
pub struct CompletionsOptions {
    #[arg(value_enum)]
    shell: Shell,
}

/// The commands that have a manual page.
const PAGES: [&str; 28] = [
    "udp",
    "tcp-client",
    "tcp-server",
    "unix-client",
    "unix-server",
    "unix-datagram",
    "relay",
    "relay-udp",
    "relay-tcp",
    "send",
    "flood",
    "meter",
    "run",
    "learn",
    "learn-show",
    "learn-start",
    "learn-check",
    "show",
    "convert",
    "fields",
    "doctor",
    "doctor-udp",
    "doctor-tcp",
    "doctor-port",
    "explain",
    "code",
    "completions",
    "man",
];

/// The page to print.
#[derive(Debug, Args)]
pub struct ManOptions {
    #[arg(value_parser = values::completed(StringValueParser::new(), PAGES))]
    command: Vec<String>,
}

/// Prints the completion script for a shell.
pub fn completions(
    options: &CompletionsOptions,
    mut command: Command,
    lang: Lang,
) -> CommandOutcome {
    let mut script = Vec::new();
    clap_complete::generate(options.shell, &mut command, "netpeer", &mut script);
    output::result(&script, lang)
}

/// Prints the manual page of the program, or of one of its commands.
pub fn man(options: &ManOptions, command: Command, lang: Lang) -> CommandOutcome {
    let Some(page) = page(&command, &options.command).cloned() else {
        let name = options.command.join(" ");
        diagnostics::print_line(&t!(lang, "argument.no_page", name = name));
        return CommandOutcome::Unusable;
    };
    let mut text = Vec::new();
    match clap_mangen::Man::new(page).render(&mut text) {
        Ok(()) => output::result(
            headed(&String::from_utf8_lossy(&text), lang).as_bytes(),
            lang,
        ),
        Err(error) => refused(&error, lang),
    }
}

/// The command of these names, such as `relay udp`, or of the name of its page: `relay-udp`.
fn page<'a>(command: &'a Command, names: &[String]) -> Option<&'a Command> {
    names.iter().try_fold(command, |command, name| {
        let name = name.strip_prefix("netpeer-").unwrap_or(name);
        let joined = || {
            let (name, below) = name.split_once('-')?;
            command.find_subcommand(name)?.find_subcommand(below)
        };
        command.find_subcommand(name).or_else(joined)
    })
}

/// A manual page with headings in this language: clap_mangen writes English ones.
fn headed(page: &str, lang: Lang) -> String {
    let examples = help::heading_of_examples(lang);
    // The section has a heading, so the line above the examples is removed.
    let mut page =
        unfilled(page).replace(&format!(".SH EXTRA\n.nf\n{examples}\n"), ".SH EXTRA\n.nf\n");
    for (name, heading) in [
        ("NAME", t!(lang, "help.page.name")),
        ("SYNOPSIS", t!(lang, "help.page.synopsis")),
        ("DESCRIPTION", t!(lang, "help.page.description")),
        ("EXTRA", t!(lang, "help.page.examples")),
        ("VERSION", t!(lang, "help.page.version")),
    ] {
        page = page.replace(&format!(".SH {name}\n"), &format!(".SH {heading}\n"));
    }
    page
}

/// The manual page with its examples neither filled nor adjusted (groff_man(7)).
fn unfilled(page: &str) -> String {
    let heading = ".SH EXTRA\n";
    let Some((before, after)) = page.split_once(heading) else {
        return page.to_owned();
    };
    let end = after.find("\n.SH ").map_or(after.len(), |at| at + 1);
    let (examples, rest) = after.split_at(end);
    format!("{before}{heading}.nf\n{examples}.fi\n{rest}")
}

fn refused(error: &io::Error, lang: Lang) -> CommandOutcome {
    diagnostics::print_line(&format!("netpeer: {}", explain::reason(lang, error)));
    CommandOutcome::Failed
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::Arguments;

    #[test]
    fn every_page_is_found_by_the_names_it_has() {
        let command = Arguments::worded(Lang::English);
        for (names, title) in [
            (&["relay", "udp"][..], "netpeer-relay-udp"),
            (&["relay-udp"], "netpeer-relay-udp"),
            (&["netpeer-relay-udp"], "netpeer-relay-udp"),
            (&["tcp-client"], "netpeer-tcp-client"),
        ] {
            let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
            let found = page(&command, &names).unwrap();
            assert_eq!(found.get_display_name(), Some(title), "{names:?}");
        }
        assert!(page(&command, &["relay-sctp".to_owned()]).is_none());
        for name in PAGES {
            assert!(page(&command, &[name.to_owned()]).is_some(), "{name}");
        }
        let below = command.get_subcommands().map(Command::get_name);
        let mut below = below.filter(|name| *name != "help");
        assert!(below.all(|name| PAGES.contains(&name)));
    }

    #[test]
    fn shells_complete_the_values_that_are_known() {
        let mut command = Arguments::worded(Lang::English);
        let mut script = Vec::new();
        clap_complete::generate(Shell::Bash, &mut command, "netpeer", &mut script);
        let script = String::from_utf8(script).unwrap();
        for values in [
            "\"udp tcp-client tcp-server",
            "\"zh en\"",
            "\"pcapng jsonl csv log txt\"",
            "\"pcapng pcap jsonl\"",
            " udp tcp unix unix-datagram\"",
            " relay-udp relay-tcp send",
        ] {
            assert!(script.contains(values), "{values}");
        }
    }

    #[test]
    fn the_lines_of_examples_stay_as_they_are() {
        let page = ".SH NAME\nx\n.SH EXTRA\nExamples:\n  a\n      b\n.SH VERSION\n1\n";
        let page = headed(page, Lang::English);
        let examples = ".nf\n  a\n      b\n.fi\n.SH VERSION\n";
        assert!(page.contains(examples), "{page}");
    }
}
