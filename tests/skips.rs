//! Tests that are left out where something is missing.
#![cfg(target_os = "linux")]

use std::process::{Command, Stdio};

/// The requirements that CI may lack, a name a line.
const LIST: &str = include_str!("may_skip.txt");

/// Says why a test is left out: `name` is missing.
///
/// # Panics
/// In CI (`CI=true`), unless the list names it.
pub fn skip(name: &str, reason: &str) {
    eprintln!("skipped: {name}: {reason}");
    let in_ci = std::env::var("CI").is_ok_and(|ci| ci == "true");
    assert!(!in_ci || is_listed(name), "CI lacks {name}: {reason}");
}

fn is_listed(name: &str) -> bool {
    let mut listed = LIST.lines().filter(|line| !line.starts_with('#'));
    listed.any(|line| line.split_whitespace().next() == Some(name))
}

/// Whether these tools are installed; otherwise the test is to be left out.
pub fn have(tools: &[&str]) -> bool {
    let missing = tools.iter().find(|tool| {
        let found = Command::new("which")
            .arg(tool)
            .stdout(Stdio::null())
            .status();
        found.is_ok_and(|status| !status.success())
    });
    if let Some(tool) = missing {
        skip(tool, "scripts/test installs it");
    }
    missing.is_none()
}

#[test]
fn only_what_the_list_names_may_be_missing_in_ci() {
    assert!(is_listed("network-namespaces"));
    assert!(!is_listed("Xvfb") && !is_listed("weston") && !is_listed(""));
}
