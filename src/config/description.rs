//! Descriptions of messages, with the place of a mistake.

use super::kaitai;
use super::ron_file;
use super::{DescriptionProblem, FileMistake, FramingWord, RonProblem};
use crate::schema::{MOST_FIELDS, ReadyMade, Schema, SchemaMistake, SchemaProblem, TypeSpec};
use crate::traffic::framing::Framing;
use std::path::Path;

/// The most parentheses in the text of a description: a field has those around it, around its valid
/// values and around a choice of types, and types have few. One with more is not read to be refused.
const PARTS: usize = 4 * MOST_FIELDS;

/// The ready-made description of this name, or that in the file at this path.
///
/// # Errors
/// Why it cannot be used.
pub fn named(path: &Path) -> Result<Schema, DescriptionProblem> {
    match path.to_str().and_then(ReadyMade::named) {
        Some(ready) => read(ready.text).map_err(DescriptionProblem::from),
        None => at(path),
    }
}

/// The description in the regular file at this path.
///
/// # Errors
/// Why it cannot be used.
pub fn at(path: &Path) -> Result<Schema, DescriptionProblem> {
    let text = ron_file::regular_text(path)?;
    Ok(of_file(path, &text)?)
}

/// Reads the description in the text of the file at this path, and checks it: in the YAML of
/// Kaitai Struct where the path ends in `.ksy`, otherwise in RON.
///
/// # Errors
/// The first mistake, with its line and column.
pub fn of_file(path: &Path, text: &str) -> Result<Schema, FileMistake> {
    let extension = path.extension();
    match extension.is_some_and(|extension| extension.eq_ignore_ascii_case("ksy")) {
        true => kaitai::read(path, text),
        false => read(text),
    }
}

/// Reads a description in RON, and checks it.
///
/// # Errors
/// The first mistake, with its line and column.
pub fn read(text: &str) -> Result<Schema, FileMistake> {
    if ron_file::has_more_parts(text, PARTS) {
        let problem = RonProblem::Description(SchemaProblem::TooMany(MOST_FIELDS));
        return Err(ron_file::mistake(text, 0, problem));
    }
    let spec: TypeSpec = ron_file::parse(text)?;
    checked(spec).map_err(|mistake| placed(text, mistake))
}

/// Checks a description.
///
/// # Errors
/// The first mistake, with the path to it.
pub fn checked(spec: TypeSpec) -> Result<Schema, SchemaMistake> {
    let schema = Schema::new(spec)?;
    match schema.framing() {
        Some(word) if framing(&schema).is_none() => Err(SchemaMistake {
            place: "meta.framing".to_owned(),
            problem: SchemaProblem::BadFraming(word.to_owned()),
        }),
        _ => Ok(schema),
    }
}

/// A mistake in the description that this text is, with its line and column.
pub fn placed(text: &str, mistake: SchemaMistake) -> FileMistake {
    let problem = RonProblem::Description(mistake.problem);
    ron_file::mistake_in(text, &[mistake.place], problem)
}

/// Where the messages of a description end in a stream, if it says so.
pub fn framing(schema: &Schema) -> Option<Framing> {
    let FramingWord(framing) = schema.framing()?.parse().ok()?;
    Some(framing)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_examples_of_the_book_are_right() {
        for page in [
            include_str!("../../docs/en/fields.md"),
            include_str!("../../docs/zh/fields.md"),
        ] {
            let examples = page.split("```ron\n").skip(1);
            let examples = examples.filter_map(|rest| rest.split_once("```"));
            let read = examples.map(|(text, _)| read(text).map(|schema| schema.name().to_owned()));
            let names: Vec<_> = read.collect::<Result<_, _>>().unwrap();
            assert_eq!(names, ["sensor", "meter", "report"]);
        }
    }

    #[test]
    fn a_description_says_where_messages_end() {
        for (name, expected) in [
            ("dns", Some("length:2")),
            ("modbus_tcp", Some("length:2,offset=4")),
            ("mqtt", Some("varint,offset=1")),
            ("mqtt5", Some("varint,offset=1")),
            ("http", Some("http")),
            ("nmea0183", Some("lines")),
            ("tls", Some("length:2,offset=3")),
            ("ntp", None),
        ] {
            let schema = named(Path::new(name)).unwrap();
            let word = framing(&schema).map(|framing| FramingWord(framing).to_string());
            assert_eq!(word.as_deref(), expected, "{name}");
        }
        let mistake = read("(\n    meta: (framing: \"length:3\"),\n)").unwrap_err();
        let problem = SchemaProblem::BadFraming("length:3".to_owned());
        assert_eq!(mistake.problem, RonProblem::Description(problem));
        assert_eq!(mistake.line, 2);
    }

    #[test]
    fn a_text_of_too_many_fields_is_refused_before_it_is_read() {
        // It is not even whole.
        let text = format!("(seq: [{}", "(id: \"a\"), ".repeat(PARTS));
        let mistake = read(&text).unwrap_err();
        let problem = SchemaProblem::TooMany(MOST_FIELDS);
        assert_eq!(mistake.problem, RonProblem::Description(problem));
    }

    #[test]
    fn a_mistake_has_its_line_and_column() {
        let text = "(\n    seq: [\n        (id: \"a\", type: \"u1\"),\n        (id: \"b\", type: \"u2\"),\n    ],\n)";
        let mistake = read(text).unwrap_err();
        assert_eq!((mistake.line, mistake.column), (4, 9));
        let problem = SchemaProblem::NoByteOrder("u2".to_owned());
        assert_eq!(mistake.problem, RonProblem::Description(problem));
        let inner = "(types: {\"t\": (instances: {\"x\": (value: \"1 +\")})})";
        let mistake = read(inner).unwrap_err();
        assert_eq!((mistake.line, mistake.column), (1, 28));
        let unknown = read("(seq: [(id: \"a\", tipe: \"u1\")])").unwrap_err();
        assert!(
            matches!(unknown.problem, RonProblem::UnknownField { .. }),
            "{unknown:?}"
        );
    }
}
