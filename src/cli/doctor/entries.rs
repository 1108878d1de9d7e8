//! The catalogue of the doctor: an entry, the list of all, and the table of the book.

use crate::cli::{CommandOutcome, output, values};
use crate::config::ArgumentMistake;
use crate::explain::doctor::words::{self, Entry};
use crate::explain::doctor::{Situation, Subject};
use crate::t;
use crate::words::Lang;
use clap::Args;
use clap::builder::TypedValueParser;

/// The options of `netpeer explain`.
#[derive(Debug, Args)]
#[command(next_help_heading = "diagnosis")]
pub struct ExplainOptions {
    #[arg(value_name = "ID", value_parser = situations())]
    situation: Option<Situation>,
}

/// The parser of a situation's id.
fn situations() -> impl TypedValueParser<Value = Situation> {
    let parse = |id: &str| Situation::named(id).ok_or(ArgumentMistake::Situation);
    values::completed(parse, Situation::ALL.iter().map(|known| known.id()))
}

/// Runs `netpeer explain`. Exit status: 1 if the output cannot be written.
pub fn explain(options: &ExplainOptions, lang: Lang) -> CommandOutcome {
    let text = match options.situation {
        Some(situation) => whole(lang, situation),
        None => list(lang),
    };
    output::result(text.as_bytes(), lang)
}

/// An entry with all of its parts.
fn whole(lang: Lang, situation: Situation) -> String {
    let Entry {
        what,
        cure,
        capture,
        reproduce,
    } = words::entry(lang, situation);
    let subject = words::subject(lang, situation.subject());
    let mut text = format!("{} ({subject})\n", situation.id());
    for (title, part) in [
        (t!(lang, "diagnose.what"), what),
        (t!(lang, "diagnose.cure_title"), cure),
        (t!(lang, "diagnose.capture"), capture),
        (t!(lang, "diagnose.reproduce"), reproduce),
    ] {
        text.push_str(&format!("\n{title}\n"));
        for line in part.lines() {
            text.push_str(&format!("  {line}\n"));
        }
    }
    text
}

/// Every entry, an id and a line.
fn list(lang: Lang) -> String {
    let ids = Situation::ALL.iter().map(|situation| situation.id());
    let width = ids.map(str::len).max().unwrap_or_default();
    let mut text = String::new();
    for (subject, situations) in by_subject() {
        let heading = words::subject(lang, subject);
        text.push_str(&format!("{heading}\n"));
        for situation in situations {
            let (id, what) = (situation.id(), words::entry(lang, situation).what);
            text.push_str(&format!("  {id:width$}  {what}\n"));
        }
    }
    text
}

/// The table of situations and verdicts, in Markdown.
pub fn table(lang: Lang) -> String {
    let mut text = String::new();
    for (subject, situations) in by_subject() {
        let [id, what, cure] = [
            t!(lang, "diagnose.id"),
            t!(lang, "diagnose.what"),
            t!(lang, "diagnose.cure_title"),
        ];
        let heading = words::subject(lang, subject);
        if !text.is_empty() {
            text.push('\n');
        }
        text.push_str(&format!(
            "**{heading}**\n\n| {id} | {what} | {cure} |\n|---|---|---|\n"
        ));
        for situation in situations {
            let Entry { what, cure, .. } = words::entry(lang, situation);
            let [what, cure] = [what, cure].map(|part| cell(&part));
            text.push_str(&format!("| `{}` | {what} | {cure} |\n", situation.id()));
        }
    }
    text
}

/// A text as one cell of a table: none of its characters has a meaning there.
fn cell(text: &str) -> String {
    let mut cell = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' => cell.push(' '),
            '|' | '<' | '*' | '_' | '`' | '[' | ']' | '\\' => cell.extend(['\\', c]),
            c => cell.push(c),
        }
    }
    cell
}

/// All situations by their subjects, in the order of the catalogue.
fn by_subject() -> Vec<(Subject, Vec<Situation>)> {
    let mut groups: Vec<(Subject, Vec<Situation>)> = Vec::new();
    for situation in Situation::ALL {
        match groups.last_mut() {
            Some((subject, group)) if *subject == situation.subject() => group.push(*situation),
            _ => groups.push((situation.subject(), vec![*situation])),
        }
    }
    groups
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_situation_is_in_the_list_and_in_the_table_once() {
        for lang in Lang::ALL {
            let (list, table) = (list(lang), table(lang));
            for situation in Situation::ALL {
                let id = situation.id();
                let of_list = |line: &&str| line.split_whitespace().next() == Some(id);
                assert_eq!(list.lines().filter(of_list).count(), 1, "{id}");
                let row = format!("| `{id}` | ");
                let of_table = |line: &&str| line.starts_with(&row);
                assert_eq!(table.lines().filter(of_table).count(), 1, "{id}");
            }
        }
    }

    #[test]
    fn each_subject_has_one_group() {
        let groups = by_subject();
        assert_eq!(groups.len(), 5, "{groups:?}");
    }

    #[test]
    fn a_cell_has_no_markup() {
        assert_eq!(cell("a|b\n`nft`"), "a\\|b \\`nft\\`");
    }

    #[test]
    fn an_entry_has_all_of_its_parts() {
        for lang in Lang::ALL {
            let text = whole(lang, Situation::NotBound);
            assert!(text.starts_with("not-bound ("), "{text}");
            assert_eq!(text.matches("\n\n").count(), 4, "{text}");
        }
    }
}
