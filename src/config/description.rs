//! Descriptions of messages, with the place of a mistake.

use super::kaitai;
use super::ron_file;
use super::{DescriptionProblem, FileMistake, RonProblem};
use crate::schema::{ReadyMade, Schema, TypeSpec};
use std::path::Path;

/// The ready-made description of this name, or that in the file at this path.
///
/// # Errors
/// Why it cannot be used.
pub fn named(path: &Path) -> Result<Schema, DescriptionProblem> {
    let wrong = |mistake| DescriptionProblem::Mistake(Box::new(mistake));
    if let Some(ready) = path.to_str().and_then(ReadyMade::named) {
        return read(ready.text).map_err(wrong);
    }
    let text = ron_file::text(path)
        .map_err(|error| DescriptionProblem::Unreadable(error.kind(), error.raw_os_error()))?;
    of_file(path, &text).map_err(wrong)
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
    let spec: TypeSpec = ron_file::parse(text)?;
    Schema::new(spec).map_err(|mistake| {
        let problem = RonProblem::Description(mistake.problem);
        ron_file::mistake_in(text, &[mistake.place], problem)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::SchemaProblem;

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
