//! Descriptions in the YAML of Kaitai Struct, with the files that they import.

use super::{DescriptionProblem, FileMistake, RonProblem, ron_file};
use crate::payload::printable;
use crate::schema::{KsyFile, KsyImport, KsyMistake, KsyPlaces, Schema, SchemaProblem, TextPlace};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The most files that one description imports, directly or not.
const FILES: usize = 32;

/// A file that was imported.
struct Imported {
    path: PathBuf,
    places: KsyPlaces,
    /// The import of the description that led to it.
    at: TextPlace,
}

/// Reads a description, and checks it. The files that it imports are those of that name in its
/// folder, whatever their folders are in the text.
///
/// # Errors
/// The first mistake, with its line and column; one in an imported file stands where the
/// description imports that, and names it.
pub(super) fn read(path: &Path, text: &str) -> Result<Schema, FileMistake> {
    let file = KsyFile::read(text).map_err(of_reader)?;
    let KsyFile {
        mut spec,
        imports: mut wanted,
        places,
    } = file;
    let mut files: BTreeMap<String, Imported> = BTreeMap::new();
    while let Some(KsyImport { name, at }) = wanted.pop() {
        let is_itself = path.file_stem().is_some_and(|own| own == name.as_str());
        if is_itself || spec.types.contains_key(&name) {
            continue;
        }
        if files.len() >= FILES {
            let problem = SchemaProblem::TooMany(FILES);
            return Err(of_reader(KsyMistake { at, problem }));
        }
        let path = path.with_file_name(format!("{name}.ksy"));
        let wrong = |problem| in_import(&path, at, problem);
        let text = ron_file::regular_text(&path).map_err(|error| {
            wrong(DescriptionProblem::Unreadable(
                error.kind(),
                error.raw_os_error(),
            ))
        })?;
        let inner = KsyFile::read_imported(&text)
            .map_err(|mistake| wrong(DescriptionProblem::Mistake(of_reader(mistake).into())))?;
        wanted.extend(
            inner
                .imports
                .into_iter()
                .map(|import| KsyImport { at, ..import }),
        );
        spec.types.insert(name.clone(), inner.spec);
        let places = inner.places;
        files.insert(name, Imported { path, places, at });
    }
    Schema::new(spec).map_err(|mistake| {
        let inner = mistake.place.strip_prefix("types.").and_then(|place| {
            let (name, rest) = place.split_once('.').unwrap_or((place, ""));
            Some((files.get(name)?, rest))
        });
        match inner {
            None => found(&places, &mistake.place, mistake.problem),
            Some((file, place)) => {
                let inner = found(&file.places, place, mistake.problem);
                in_import(
                    &file.path,
                    file.at,
                    DescriptionProblem::Mistake(inner.into()),
                )
            }
        }
    })
}

fn of_reader(mistake: KsyMistake) -> FileMistake {
    at(mistake.at, "", RonProblem::Description(mistake.problem))
}

/// A mistake in the part of a file at this path.
fn found(places: &KsyPlaces, path: &str, problem: SchemaProblem) -> FileMistake {
    at(places.find(path), path, RonProblem::Description(problem))
}

/// A mistake in the imported file at this path.
fn in_import(path: &Path, place: TextPlace, problem: DescriptionProblem) -> FileMistake {
    let path = printable::path(path);
    at(place, "", RonProblem::DescriptionFile { path, problem })
}

fn at(place: TextPlace, path: &str, problem: RonProblem) -> FileMistake {
    FileMistake {
        line: place.line,
        column: place.column,
        path: path.to_owned(),
        problem,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::Tree;

    const SHELL: &str = "meta:\n  id: shell\n  imports:\n    - /common/kernel\nseq:\n  - id: inner\n    type: kernel(3)\n";

    /// The result of reading the description, and its folder.
    fn shell(kernel: Option<&str>) -> Result<Schema, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("shell.ksy");
        if let Some(kernel) = kernel {
            std::fs::write(folder.path().join("kernel.ksy"), kernel).unwrap();
        }
        let folder = printable::path(folder.path());
        read(&path, SHELL).map_err(|mistake| mistake.to_string().replace(&folder, ""))
    }

    #[test]
    fn an_imported_file_is_a_type() {
        let kernel = "meta:\n  id: kernel\n  endian: le\nparams:\n  - id: n\n    type: u1\nseq:\n  - id: x\n    type: u2\n    repeat: expr\n    repeat-expr: n\n";
        let schema = shell(Some(kernel)).unwrap();
        let mut tree = Tree::default();
        let bytes = [1, 0, 2, 0, 3, 0];
        assert_eq!((schema.decode(&bytes, &mut tree), tree.fault()), (0, None));
        let line = "inner.x[0]=1  inner.x[1]=2  inner.x[2]=3";
        assert_eq!(schema.summary(&tree, &bytes, 200), line);
    }

    #[test]
    fn a_mistake_in_an_imported_file_names_it_and_its_line() {
        let missing = shell(None).unwrap_err();
        assert!(missing.starts_with("4:7: /kernel.ksy: "), "{missing}");
        for (kernel, line, words) in [
            (
                "seq:\n  - id: x\n    type: u2\n",
                "kernel.ksy:2:",
                "Type “u2” needs",
            ),
            (
                "seq:\n  - id: x\n    size: _root.y\n",
                "kernel.ksy:3:",
                "`_root`",
            ),
            ("seq: 4\n", "kernel.ksy:1:", "A list is expected"),
            ("meta:\n  imports:\n    - none\n", "none.ksy: ", ""),
        ] {
            let kernel = format!("{kernel}params:\n  - id: n\n");
            let found = shell(Some(&kernel)).unwrap_err();
            let begin = format!("4:7: /{line}");
            assert!(found.starts_with(&begin), "{found}");
            assert!(found.contains(words), "{found}");
        }
    }

    #[test]
    fn files_that_import_each_other_are_read_once() {
        let kernel = "meta:\n  imports:\n    - shell\n    - kernel\nparams:\n  - id: n\nseq:\n  - id: more\n    type: shell\n    repeat: eos\n";
        assert_eq!(shell(Some(kernel)).map(|schema| schema.prefix()), Ok(0));
    }
}
