//! What is wrong with a value of a written file, in words.

use super::rule::rule_problem;
use crate::automation::FASTEST;
use crate::config::ValueMistake;
use crate::payload::printable;
use crate::say;
use crate::words::Lang;

/// The reason why a value cannot be used.
pub fn value_mistake(lang: Lang, mistake: &ValueMistake) -> String {
    match mistake {
        ValueMistake::Duration(text) => say!(lang, "cli.no_span", text = text),
        ValueMistake::Repeated(name) => say!(lang, "ron.twice", name = name),
        ValueMistake::EmptyName => say!(lang, "ron.no_name"),
        ValueMistake::UnprintableName(name) => {
            let name = printable::line(name.as_bytes());
            say!(lang, "ron.bad_name", name = name)
        }
        ValueMistake::OutOfRange { field, least, most } => {
            let field = format!("`{field}`");
            say!(
                lang,
                "bad.mistake",
                field = field,
                least = least,
                most = most
            )
        }
        ValueMistake::OneOf { step, fields } => {
            let fields: Vec<String> = fields.iter().map(|field| format!("`{field}`")).collect();
            say!(lang, "cli.one_of", step = step, fields = fields.join(", "))
        }
        ValueMistake::Hex(wrong) => format!("`hex`: {}", super::input::mistake(lang, wrong)),
        ValueMistake::Regex(problem) => rule_problem(lang, problem),
        ValueMistake::Checksum { known } => {
            let known = say!(lang, "argument.checksums", known = known.join(", "));
            format!("`checksum`: {known}")
        }
        ValueMistake::ChecksumOfCount => say!(lang, "cli.sum_of_count"),
        ValueMistake::NoSteps => say!(lang, "cli.no_steps"),
        ValueMistake::NoProgram => say!(lang, "cli.no_program"),
        ValueMistake::NoGroup => say!(lang, "cli.no_group"),
        ValueMistake::Rule {
            number,
            name,
            problem,
        } => {
            let problem = rule_problem(lang, problem);
            match name.is_empty() {
                true => say!(
                    lang,
                    "cli.bad_nameless_rule",
                    number = number,
                    problem = problem
                ),
                false => say!(
                    lang,
                    "cli.bad_rule",
                    number = number,
                    rule = name,
                    problem = problem
                ),
            }
        }
        ValueMistake::Size { least, most } => {
            say!(lang, "cli.bad_size", least = least, most = most)
        }
        ValueMistake::Rate => say!(lang, "cli.bad_rate", most = FASTEST),
    }
}
