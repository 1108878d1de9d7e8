//! `netpeer fields`: lists the fields of a description, or writes code that reads them.

use super::{CommandOutcome, code_output, description, diagnostics, output, values};
use crate::config::ArgumentMistake;
use crate::engine::endpoint::parse_port;
use crate::explain;
use crate::payload::printable;
use crate::schema::{CodeLanguage, DissectorPort, READY_MADE, Schema};
use crate::settings::descriptions::{OwnDescription, OwnDescriptions};
use crate::t;
use crate::words::Lang;
use clap::Args;
use clap::builder::TypedValueParser;
use std::path::PathBuf;

/// The options of `netpeer fields`.
#[derive(Debug, Args)]
pub struct FieldsOptions {
    #[arg(value_name = "NAME|FILE", value_parser = values::path())]
    description: Option<PathBuf>,
    #[arg(long = "as", value_name = "LANGUAGE", value_parser = languages(), requires = "description")]
    language: Option<CodeLanguage>,
    #[arg(long, value_name = "PORT", value_parser = dissector_port, requires = "language")]
    port: Vec<DissectorPort>,
    #[arg(long, value_name = "FILE", value_parser = values::path(), requires = "language")]
    output: Option<PathBuf>,
    #[arg(long, requires = "output")]
    force: bool,
}

/// The most fields that are listed: a few types in each other have any number of paths.
const MOST: usize = 10_000;

/// The parser of a language that code is written in.
fn languages() -> impl TypedValueParser<Value = CodeLanguage> {
    let parse = |text: &str| {
        let mut all = CodeLanguage::ALL.into_iter();
        let found = all.find(|language| language.word() == text);
        found.ok_or(ArgumentMistake::CodeLanguage)
    };
    values::completed(parse, CodeLanguage::ALL.map(CodeLanguage::word))
}

/// A port of a dissector: `udp:5000`, `tcp:502`, or `5000` for both.
fn dissector_port(text: &str) -> Result<DissectorPort, ArgumentMistake> {
    let (udp, tcp, number) = match text.split_once(':') {
        Some(("udp", number)) => (true, false, number),
        Some(("tcp", number)) => (false, true, number),
        _ => (true, true, text),
    };
    let number = parse_port(number).map_err(|problem| ArgumentMistake::Port {
        text: number.to_owned(),
        problem,
    })?;
    Ok(DissectorPort { udp, tcp, number })
}

/// Runs `netpeer fields`. Exit status: 1 if the output cannot be written, or the list lacks kept
/// descriptions; 2 if the description cannot be used, or not be expressed in the language.
pub fn fields(options: &FieldsOptions, lang: Lang) -> CommandOutcome {
    options.run(lang).unwrap_or_else(diagnostics::unusable)
}

impl FieldsOptions {
    fn run(&self, lang: Lang) -> Result<CommandOutcome, String> {
        let Some(path) = &self.description else {
            return Ok(list(lang));
        };
        let schema = description::schema(path, lang)?;
        let Some(language) = self.language else {
            return Ok(output::result(table(&schema).as_bytes(), lang));
        };
        if language == CodeLanguage::Python && !self.port.is_empty() {
            return Err(t!(lang, "cli.ports_of_lua"));
        }
        let framing = crate::config::description::framing(&schema);
        let framing = framing.and_then(|framing| framing.for_code());
        let code = schema.code(language, &self.port, framing.as_ref());
        let code = code.map_err(|refusal| {
            let why = explain::code_refusal(lang, language.word(), &refusal);
            format!("netpeer: {why}")
        })?;
        let output = self.output.as_deref();
        Ok(code_output::write(output, self.force, &code, lang))
    }
}

/// Prints the ready-made descriptions and those that the user keeps, a name and a title, or the
/// first mistake, a line.
fn list(lang: Lang) -> CommandOutcome {
    let folder = description::own();
    let (own, missing) = match folder.as_ref().map(|folder| (folder, folder.read())) {
        None => (OwnDescriptions::default(), None),
        Some((_, Ok(own))) => {
            let count = own.list.len();
            let cut = own
                .is_cut
                .then(|| t!(lang, "descriptions.cut", count = count));
            (own, cut.map(|cut| format!("netpeer: {cut}")))
        }
        Some((folder, Err(error))) => {
            let path = printable::path(folder.path());
            let reason = explain::reason(lang, &error);
            let missing = t!(lang, "cli.unlisted", path = path, reason = reason);
            (OwnDescriptions::default(), Some(missing))
        }
    };
    // Without those whose name means another one.
    let is_meant = |own: &OwnDescription| {
        let meant = folder.as_ref().and_then(|folder| folder.named(&own.name));
        meant.as_ref() == Some(&own.path)
    };
    let own = own.list.into_iter().filter(is_meant).map(|own| {
        let title = own.read.unwrap_or_else(|problem| {
            let path = printable::path(&own.path);
            explain::description_problem(lang, &path, &problem)
        });
        [own.name, title]
    });
    let ready = READY_MADE.map(|ready| [ready.name, ready.title].map(str::to_owned));
    let text = aligned(ready.into_iter().chain(own));
    let printed = output::result(text.as_bytes(), lang);
    match missing {
        None => printed,
        Some(missing) => {
            diagnostics::print_line(&missing);
            CommandOutcome::Failed
        }
    }
}

/// The fields of a description, a path, a type, a unit and a text a line.
fn table(schema: &Schema) -> String {
    let mut fields = schema.listed(MOST + 1);
    let is_cut = fields.len() > MOST;
    fields.truncate(MOST);
    let rows = fields.into_iter().map(|field| {
        [
            field.path,
            field.kind,
            field.unit.unwrap_or_default(),
            field.doc.unwrap_or_default(),
        ]
    });
    let mut text = aligned(rows);
    if is_cut {
        text.push_str("…\n");
    }
    text
}

/// Rows whose columns begin below each other.
fn aligned<const N: usize>(rows: impl IntoIterator<Item = [String; N]>) -> String {
    let safe = |cells: [String; N]| cells.map(|cell| printable::line(cell.as_bytes()));
    let rows: Vec<[String; N]> = rows.into_iter().map(safe).collect();
    let mut widths = [0; N];
    for row in &rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = cell.chars().count().max(*width);
        }
    }
    let mut text = String::new();
    for row in &rows {
        let mut line = String::new();
        for (width, cell) in widths.into_iter().zip(row) {
            line.push_str(&format!("{cell:width$}  "));
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::{Arguments, CliCommand};
    use clap::Parser as _;

    fn options(line: &str) -> FieldsOptions {
        let words = ["netpeer", "fields"].into_iter().chain(line.split(' '));
        match Arguments::try_parse_from(words).unwrap().command {
            Some(CliCommand::Fields(options)) => options,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_port_is_of_one_transport_or_of_both() {
        let port = |udp, tcp, number| DissectorPort { udp, tcp, number };
        let read = options("dns --as lua --port udp:53 --port tcp:54 --port 55");
        let ports = [
            port(true, false, 53),
            port(false, true, 54),
            port(true, true, 55),
        ];
        assert_eq!(read.port, ports);
        for text in ["", "0", "udp:", "sctp:1", "70000"] {
            assert!(dissector_port(text).is_err(), "{text}");
        }
    }

    #[test]
    fn options_of_code_need_a_language() {
        for line in ["--as lua", "dns --port 53", "dns --output a", "dns --as c"] {
            let words = ["netpeer", "fields"].into_iter().chain(line.split(' '));
            assert!(Arguments::try_parse_from(words).is_err(), "{line}");
        }
    }

    #[test]
    fn the_list_has_a_line_for_each_field_and_is_safe() {
        let text = r#"(seq: [
            (id: "a", type: "u1", unit: "°C", doc: "one\ntwo\u{1B}"),
            (id: "long_name", type: "b3"),
        ])"#;
        let table = table(&Schema::read(text).unwrap());
        assert_eq!(table, "a          u1  °C  one␊two␛\nlong_name  b3\n");
    }
}
