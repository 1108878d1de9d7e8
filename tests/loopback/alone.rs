//! Tests that need a process of their own: one ignored test, run by another.
#![cfg(target_os = "linux")]

use std::process::Command;

/// Runs the ignored test of this name in a process started by the command `wrapped_by`.
pub fn run(test: &str, wrapped_by: &[&str]) {
    let itself = std::env::current_exe().unwrap();
    let itself = itself.to_str().unwrap();
    let mut words = wrapped_by.iter().copied().chain([itself]);
    let output = Command::new(words.next().unwrap())
        .args(words)
        .args(["--exact", test, "--ignored", "--nocapture"])
        .output()
        .unwrap();
    let said = format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(
        output.status.success() && said.contains("1 passed"),
        "{said}"
    );
}

/// The same with that many descriptors.
pub fn with_descriptors(test: &str, descriptors: u32) {
    let limit = format!("ulimit -S -n {descriptors}; exec \"$@\"");
    run(test, &["sh", "-c", &limit, "sh"]);
}
