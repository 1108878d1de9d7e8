//! What the program knows of its build: the commit, for `--version`.

use std::path::Path;
use std::process::Command;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-env-changed=NETPEER_COMMIT");
    let version = env!("CARGO_PKG_VERSION");
    let version = match commit() {
        Some(commit) => format!("{version} ({commit})"),
        None => version.to_owned(),
    };
    println!("cargo::rustc-env=NETPEER_VERSION={version}");
}

/// The commit that is built: as given by whoever packs an archive of the sources, or as git has
/// it. Builds for debugging do not ask: each commit would have them compiled anew.
fn commit() -> Option<String> {
    let given = std::env::var("NETPEER_COMMIT").ok();
    if let Some(given) = given.filter(|commit| !commit.is_empty()) {
        return Some(given);
    }
    // A repository of something else may lie around an unpacked archive.
    if std::env::var("PROFILE").as_deref() != Ok("release") || !Path::new(".git").exists() {
        return None;
    }
    let folder = git(&["rev-parse", "--absolute-git-dir"])?;
    let head = format!("{folder}/logs/HEAD");
    for changed in [head.as_str(), "src", "assets", "Cargo.toml"] {
        if Path::new(changed).exists() {
            println!("cargo::rerun-if-changed={changed}");
        }
    }
    git(&[
        "describe",
        "--always",
        "--dirty",
        "--abbrev=12",
        "--exclude=*",
    ])
}

fn git(words: &[&str]) -> Option<String> {
    let output = Command::new("git").args(words).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?.trim().to_owned();
    (output.status.success() && !text.is_empty()).then_some(text)
}
