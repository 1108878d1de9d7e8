//! Resolves each import to a file and finds import cycles between files.

use super::source_files::{SourceFile, files};
use regex::Regex;
use std::collections::{BTreeSet, HashMap, HashSet};

/// The import that may close a cycle: the types of these files contain each other.
const RECURSIVE: (&str, &str) = ("traffic/automatic.rs", "traffic/notice/mod.rs");

#[test]
fn files_have_no_import_cycle() {
    let cycles = cycles(&files());
    assert!(cycles.is_empty(), "\n{}", cycles.join("\n"));
}

#[test]
fn a_cycle_through_a_re_export_is_found() {
    let found = |import: &str| {
        cycles(&[
            SourceFile::new("a/mod.rs".into(), "mod b;\nmod c;\npub use b::{A, B};"),
            SourceFile::new("a/b.rs".into(), "use crate::a::c::C;"),
            SourceFile::new("a/c.rs".into(), import),
        ])
    };
    let cycle = ["a/b.rs -> a/c.rs", "a/c.rs -> a/b.rs"];
    assert_eq!(found("use super::B;"), cycle);
    // The module itself defines this one.
    assert!(found("use super::D;").is_empty());
}

/// The imports that are part of a cycle, as `file -> file`. A file's imports from the modules that
/// contain it do not count.
fn cycles(files: &[SourceFile]) -> Vec<String> {
    let by_modules: HashMap<&[String], &SourceFile> = files
        .iter()
        .map(|file| (file.modules.as_slice(), file))
        .collect();
    let export = Regex::new(r"(?m)^pub(?:\([\w: ]*\))? use (\w+)::(\w+|\{[^}]*\});").unwrap();
    let inner = Regex::new(r"(?:^|[^\w:])(\w+)::(\w+|\{[^;}]*)").unwrap();
    let mut exports = HashMap::new();
    for file in files {
        for path in paths_below(file, &file.code, &export) {
            let is_module = by_modules.contains_key(&path[..path.len() - 1]);
            let name = [&file.modules[..], &path[path.len() - 1..]].concat();
            if is_module && !by_modules.contains_key(name.as_slice()) {
                exports.insert(name, path);
            }
        }
    }
    let mut edges = BTreeSet::new();
    for file in files {
        let code = export.replace_all(&file.code, "");
        let imports = file.imports().into_iter();
        for path in imports.chain(paths_below(file, &code, &inner)) {
            let path = defined(path, &exports);
            let mut lengths = (1..=path.len()).rev();
            let Some(other) = lengths.find_map(|length| by_modules.get(&path[..length])) else {
                continue;
            };
            let edge = (file.path.to_str().unwrap(), other.path.to_str().unwrap());
            let may = file.path.ends_with(RECURSIVE.0) && other.path.ends_with(RECURSIVE.1);
            if !may && !file.modules.starts_with(&other.modules) {
                edges.insert(edge);
            }
        }
    }
    loop {
        let count = edges.len();
        let from: HashSet<&str> = edges.iter().map(|(from, _)| *from).collect();
        let to: HashSet<&str> = edges.iter().map(|(_, to)| *to).collect();
        edges.retain(|edge| to.contains(edge.0) && from.contains(edge.1));
        if edges.len() == count {
            break;
        }
    }
    // The remaining files also contain paths between cycles.
    let cyclic = edges.iter().filter(|(from, to)| reaches(&edges, to, from));
    cyclic.map(|(from, to)| format!("{from} -> {to}")).collect()
}

/// Whether a file imports another one, directly or through others.
fn reaches(edges: &BTreeSet<(&str, &str)>, from: &str, to: &str) -> bool {
    let (mut seen, mut next) = (HashSet::new(), vec![from]);
    while let Some(file) = next.pop() {
        let imports = edges.iter().filter(|edge| edge.0 == file);
        let files = imports.map(|edge| edge.1);
        next.extend(files.filter(|other| seen.insert(*other)));
    }
    seen.contains(to)
}

/// The paths `a::b` that a pattern finds in a file, with `a` as a child module of the file's.
fn paths_below(file: &SourceFile, code: &str, pattern: &Regex) -> Vec<Vec<String>> {
    let mut paths = Vec::new();
    for part in pattern.captures_iter(code) {
        let names = part[2].split(|letter: char| !letter.is_alphanumeric() && letter != '_');
        for name in names.filter(|name| !name.is_empty()) {
            let mut path = file.modules.clone();
            path.extend([part[1].to_owned(), name.to_owned()]);
            paths.push(path);
        }
    }
    paths
}

/// A path with its re-exports resolved.
fn defined(mut path: Vec<String>, exports: &HashMap<Vec<String>, Vec<String>>) -> Vec<String> {
    let export = |path: &[String]| {
        let mut lengths = 1..=path.len();
        lengths.find_map(|length| Some((length, exports.get(&path[..length])?.clone())))
    };
    while let Some((length, whole)) = export(&path) {
        path = [&whole[..], &path[length..]].concat();
    }
    path
}
