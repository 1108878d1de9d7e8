//! Facts about the build for the program: the commit, for `--version`; on Windows also the icon and
//! the properties that the system shows.

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
    // The system that is built for, which need not be this one.
    if std::env::var("CARGO_CFG_TARGET_OS").as_deref() == Ok("windows") {
        match resources(&version) {
            Ok(()) => {}
            Err(error) => println!("cargo::error=the Windows resources: {error}"),
        }
    }
}

/// Icon, version and manifest. Firewalls ask by the description.
fn resources(version: &str) -> std::io::Result<()> {
    let (icon, manifest) = (
        "assets/package/icons/netpeer.ico",
        "assets/package/netpeer.manifest",
    );
    println!("cargo::rerun-if-changed={icon}");
    println!("cargo::rerun-if-changed={manifest}");
    winresource::WindowsResource::new()
        .set_icon(icon)
        .set_manifest_file(manifest)
        .set("ProductName", "netpeer")
        .set("FileDescription", "netpeer: UDP and TCP assistant")
        .set("ProductVersion", version)
        .set("LegalCopyright", "The netpeer authors, MIT OR Apache-2.0")
        .compile()
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
