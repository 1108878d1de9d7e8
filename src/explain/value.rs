//! Mistakes in a value of a written file, in words.

use super::rule::rule_problem;
use crate::automation::FASTEST;
use crate::config::ValueMistake;
use crate::payload::printable;
use crate::t;
use crate::words::{Lang, listed};

/// The reason why a value cannot be used.
pub fn value_mistake(lang: Lang, mistake: &ValueMistake) -> String {
    match mistake {
        ValueMistake::Duration(text) => t!(lang, "cli.no_span", text = text),
        ValueMistake::Network(text) => t!(lang, "config.no_network", text = text),
        ValueMistake::Repeated(name) => t!(lang, "ron.twice", name = name),
        ValueMistake::EmptyName => t!(lang, "ron.no_name"),
        ValueMistake::UnprintableName(name) => {
            let name = printable::line(name.as_bytes());
            t!(lang, "ron.bad_name", name = name)
        }
        ValueMistake::OutOfRange { field, least, most } => {
            let field = format!("`{field}`");
            t!(
                lang,
                "bad.mistake",
                field = field,
                least = least,
                most = most
            )
        }
        ValueMistake::OneOf { step, fields } => {
            let fields: Vec<String> = fields.iter().map(|field| format!("`{field}`")).collect();
            t!(
                lang,
                "cli.one_of",
                step = step,
                fields = listed(lang, &fields)
            )
        }
        ValueMistake::Hex(wrong) => format!("`hex`: {}", super::input::mistake(lang, wrong)),
        ValueMistake::Regex(problem) => rule_problem(lang, problem),
        ValueMistake::Checksum { known } => {
            let known = t!(lang, "argument.checksums", known = listed(lang, known));
            format!("`checksum`: {known}")
        }
        ValueMistake::ChecksumOfCount => t!(lang, "cli.sum_of_count"),
        ValueMistake::ChecksumOfFields => t!(lang, "cli.sum_of_fields"),
        ValueMistake::NoSteps => t!(lang, "cli.no_steps"),
        ValueMistake::NoProgram => t!(lang, "cli.no_program"),
        ValueMistake::NoGroup => t!(lang, "cli.no_group"),
        ValueMistake::Rule {
            number,
            name,
            problem,
        } => {
            let problem = rule_problem(lang, problem);
            match name.is_empty() {
                true => t!(
                    lang,
                    "cli.bad_nameless_rule",
                    number = number,
                    problem = problem
                ),
                false => t!(
                    lang,
                    "cli.bad_rule",
                    number = number,
                    rule = name,
                    problem = problem
                ),
            }
        }
        ValueMistake::Size { least, most } => {
            t!(lang, "cli.bad_size", least = least, most = most)
        }
        ValueMistake::Rate => t!(lang, "cli.bad_rate", most = FASTEST),
    }
}
