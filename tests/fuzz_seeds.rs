//! The committed inputs of the fuzz targets pass the checks that `scripts/fuzz` makes of others.
#![cfg(target_os = "linux")]

#[path = "fuzz/src/lib.rs"]
mod checks;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz")
}

/// What is in a folder, without extensions.
fn names(folder: &Path) -> BTreeSet<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    let stems = paths.map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned());
    stems.collect()
}

#[test]
fn seeds_pass_the_checks_of_their_target() {
    for (name, check) in checks::TARGETS {
        // What is made once takes time.
        check(b"");
        let seeds = std::fs::read_dir(folder().join("seeds").join(name)).unwrap();
        let mut count = 0;
        for seed in seeds {
            let path = seed.unwrap().path();
            // Where one fails, it is the last.
            println!("{}", path.display());
            checks::run(check, &std::fs::read(&path).unwrap());
            count += 1;
        }
        assert!(count > 0, "{name} has no seed");
    }
}

#[test]
fn any_input_may_be_cut_or_empty() {
    for (name, check) in checks::TARGETS {
        check(b"");
        for seed in std::fs::read_dir(folder().join("seeds").join(name)).unwrap() {
            let bytes = std::fs::read(seed.unwrap().path()).unwrap();
            for end in [0, 1, bytes.len() / 2] {
                println!("{name}: {end} of {bytes:?}");
                checks::run(check, &bytes[..end.min(bytes.len())]);
            }
        }
    }
}

#[test]
fn every_target_has_its_program_and_seeds() {
    let known: BTreeSet<String> = checks::TARGETS.map(|(name, _)| name.to_owned()).into();
    assert_eq!(names(&folder().join("targets")), known);
    assert_eq!(names(&folder().join("seeds")), known);
    let manifest = std::fs::read_to_string(folder().join("Cargo.toml")).unwrap();
    let programs = manifest
        .lines()
        .filter_map(|line| line.strip_prefix("path = \"targets/"));
    let programs = programs.map(|name| name.trim_end_matches(".rs\"").to_owned());
    assert_eq!(programs.collect::<BTreeSet<_>>(), known);
}
