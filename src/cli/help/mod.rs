//! The help of the command line in both languages. clap defines the structure; the locales
//! contain the texts:
//!
//! | key | text |
//! |---|---|
//! | `help.about.COMMAND` | a command |
//! | `help.HEADING.ARGUMENT` | an argument, in every command with this heading |
//! | `help.COMMAND.ARGUMENT` | an argument of this command alone |
//! | `help.headings.HEADING` | the heading |
//!
//! The name of a command is its path, as `relay_udp`. The name of a heading is that of
//! `next_help_heading` or `help_heading` in the code, otherwise `arguments` or `options`. The
//! name of an argument is its field.

mod examples;
#[cfg(test)]
mod tests;

use crate::t;
use crate::words::Lang;
use clap::builder::PossibleValue;
use clap::{Arg, Command};
use examples::examples;

/// Options of every command, which are listed last.
const EVERYWHERE: [&str; 4] = ["lang", "no_core_dumps", "help", "version"];

/// The command line with the help texts of this language.
pub fn worded(mut command: Command, lang: Lang) -> Command {
    // Adds the arguments and commands that clap itself generates.
    command.build();
    in_words(command, lang, "")
}

/// Sets the help texts of a command and of its subcommands. `above` is the prefix of its name:
/// `relay_` for `udp`.
fn in_words(command: Command, lang: Lang, above: &str) -> Command {
    let name = command.get_name().replace('-', "_");
    let name = if name == "help" {
        name
    } else {
        format!("{above}{name}")
    };
    let below = match name.as_str() {
        "netpeer" => String::new(),
        // clap repeats the sibling commands below `help`.
        "help" => above.to_owned(),
        _ => format!("{name}_"),
    };
    let about = words(lang, &format!("about.{name}")).unwrap_or_default();
    let usage = t!(lang, "help.usage");
    let template =
        format!("{{about-with-newline}}\n{usage}: {{usage}}\n\n{{all-args}}{{after-help}}");
    let behind = behind(&command, lang, &name);
    let is_leaf = !command.has_subcommands();
    command
        .about(about)
        .help_template(template)
        .subcommand_help_heading(t!(lang, "help.headings.commands"))
        .after_help(behind)
        .next_line_help(is_leaf)
        .mut_args(|argument| described(argument, lang, &name))
        .mut_subcommands(|command| in_words(command, lang, &below))
}

/// The text after the options: the examples, and the command's own text.
fn behind(command: &Command, lang: Lang, name: &str) -> String {
    let mut behind = heading_of_examples(lang);
    for (what, line) in examples(lang, name) {
        behind.push_str(&format!("\n  {what}\n      {line}"));
    }
    let more = words(lang, &format!("behind.{name}"));
    if let (Some(more), Some(text)) = (more, command.get_after_help()) {
        behind.push_str(&format!("\n\n{more}:\n{text}"));
    }
    behind
}

/// The heading of the examples.
pub fn heading_of_examples(lang: Lang) -> String {
    t!(lang, "help.headings.examples") + ":"
}

fn described(argument: Arg, lang: Lang, command: &str) -> Arg {
    let id = argument.get_id().as_str().to_owned();
    let heading = match argument.get_help_heading() {
        Some(heading) => heading.to_owned(),
        None if argument.is_positional() => "arguments".to_owned(),
        None => "options".to_owned(),
    };
    let own = words(lang, &format!("{command}.{id}"));
    let shared = || words(lang, &format!("{heading}.{id}"));
    let mut help = own.or_else(shared).unwrap_or_default();
    if argument.get_action().takes_values() {
        let values = values(&argument, &help, lang);
        help.push_str(&values);
    }
    let heading = words(lang, &format!("headings.{heading}")).unwrap_or_default();
    let is_last = EVERYWHERE.contains(&id.as_str());
    let argument = argument
        .help(help)
        .help_heading(heading)
        .hide_default_value(true)
        .hide_possible_values(true);
    match is_last {
        true => argument.display_order(usize::MAX),
        false => argument,
    }
}

/// The default and the possible values, as far as clap knows them.
fn values(argument: &Arg, help: &str, lang: Lang) -> String {
    let mut text = String::new();
    let usual = argument.get_default_values().iter();
    let usual: Vec<_> = usual.map(|value| value.to_string_lossy()).collect();
    if !usual.is_empty() {
        text.push(' ');
        text.push_str(&t!(lang, "help.default", value = usual.join(" ")));
    }
    let possible = argument.get_possible_values();
    let possible: Vec<&str> = possible.iter().map(PossibleValue::get_name).collect();
    // The help text may already name the values, or say that they are only examples.
    if possible.first().is_some_and(|first| !help.contains(first)) {
        text.push('\n');
        text.push_str(&t!(lang, "help.possible", values = possible.join(", ")));
    }
    text
}

/// The text of the key `help.…`, if it exists.
fn words(lang: Lang, key: &str) -> Option<String> {
    let key = format!("help.{key}");
    let words = t!(lang, key.as_str());
    (words != key).then_some(words)
}
