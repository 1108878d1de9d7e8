//! Each promise of the page about security has tests, which are there.

use super::{LANGUAGES, ROOT, page};
use std::collections::BTreeSet;
use std::path::Path;

/// A row of the table of promises: its words, and the names of its tests.
#[derive(Debug)]
struct Promise {
    words: String,
    tests: Vec<String>,
}

/// The rows of the table below this heading.
fn promises(text: &str, heading: &str) -> Vec<Promise> {
    let (_, section) = text.split_once(heading).unwrap();
    let section = section.split("\n## ").next().unwrap();
    let rows = section.lines().filter(|line| line.starts_with("| "));
    // The first one is the head.
    let rows = rows.skip(1).map(|row| {
        let cells = row.trim_start_matches("| ").trim_end_matches('|');
        let (words, tests) = cells.rsplit_once(" | ").unwrap();
        let tests = tests.split('`').skip(1).step_by(2).map(str::to_owned);
        Promise {
            words: words.to_owned(),
            tests: tests.collect(),
        }
    });
    rows.collect()
}

/// The promises of the page, in each language.
fn of_page() -> [Vec<Promise>; 2] {
    ["## What is promised", "## 保证什么"]
        .into_iter()
        .zip(LANGUAGES)
        .map(|(heading, language)| {
            let text = page(format!("docs/{language}/security.md").into()).text;
            promises(&text, &format!("{heading}\n"))
        })
        .collect::<Vec<_>>()
        .try_into()
        .unwrap()
}

/// The names of the tests in the files of this folder.
fn tests_in(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            tests_in(&path, found);
        } else if path.extension().is_some_and(|end| end == "rs") {
            found.extend(tests_of(&std::fs::read_to_string(&path).unwrap()));
        }
    }
}

/// The names of the functions that are tests.
fn tests_of(code: &str) -> Vec<String> {
    let (mut is_test, mut found) = (false, Vec::new());
    for line in code.lines().map(str::trim) {
        if line == "#[test]" {
            is_test = true;
        } else if let Some(name) = line.strip_prefix("fn ") {
            let name = name.split(['(', '<']).next().unwrap_or_default();
            found.extend(std::mem::take(&mut is_test).then(|| name.to_owned()));
        }
    }
    found
}

#[test]
fn each_promise_of_the_security_page_has_its_tests() {
    let mut known = BTreeSet::new();
    for folder in ["src", "tests"] {
        tests_in(&Path::new(ROOT).join(folder), &mut known);
    }
    let [english, chinese] = of_page();
    assert!(english.len() > 30, "{}", english.len());
    let rows = |page: &[Promise]| -> Vec<Vec<String>> {
        page.iter().map(|promise| promise.tests.clone()).collect()
    };
    assert_eq!(rows(&english), rows(&chinese));
    for promise in english.iter().chain(&chinese) {
        assert!(!promise.tests.is_empty(), "no test: {}", promise.words);
        let missing: Vec<_> = promise
            .tests
            .iter()
            .filter(|&name| !known.contains(name))
            .collect();
        assert!(missing.is_empty(), "{}: {missing:?}", promise.words);
    }
}

#[test]
fn a_promise_without_a_test_is_noticed() {
    let text =
        "## Kept\n\n| promise | tests |\n|---|---|\n| a | `one` `two` |\n| b | |\n\n## Next\n";
    let found = promises(text, "## Kept\n");
    let tests = found.iter().map(|promise| promise.tests.len());
    assert_eq!(tests.collect::<Vec<_>>(), [2, 0]);
    let code = "#[cfg(unix)]\n#[test]\n#[ignore]\nfn one() {\nfn helper<T>() {";
    assert_eq!(tests_of(code), ["one"]);
}

#[test]
fn the_port_for_tests_of_the_window_is_not_in_the_packages() {
    let manifest = page("Cargo.toml".into()).text;
    let (_, features) = manifest.split_once("\n[features]\n").unwrap();
    let features = features.split("\n[").next().unwrap();
    let mut named = features.lines().filter_map(|line| line.split_once(" = "));
    assert!(named.all(|(name, _)| name != "default"), "{features}");
    // Each looks for it in the program that it packs.
    for script in ["package", "packages/windows", "packages/macos"] {
        let text = page(format!("scripts/{script}").into()).text;
        assert!(
            text.contains("grep -qa 'egui_inspection-[0-9]'"),
            "{script}"
        );
        assert!(!text.contains("all-features"), "{script}");
    }
}

#[test]
fn the_crate_forbids_unsafe_code_of_its_own() {
    let manifest = page("Cargo.toml".into()).text;
    let (_, lints) = manifest.split_once("\n[lints.rust]\n").unwrap();
    let lints = lints.split("\n[").next().unwrap();
    // `forbid` lets no module allow it (rustc book, lint levels).
    assert!(lints.lines().any(|line| line == "unsafe_code = \"forbid\""));
}
