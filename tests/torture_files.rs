//! Samples of the suites in tests/torture about files and long runs.
#![cfg(target_os = "linux")]

use crate::skips::have;
use std::path::Path;
use std::process::Command;

/// Runs the self-test of a suite and then its sample: a judge that notices nothing would call
/// everything right.
fn sample(suite: &str) {
    if !have(&["python3", "strace", "gcc", "prlimit"]) {
        return;
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/torture");
    for mode in ["--self-test", "--sample"] {
        let run = Command::new("python3")
            .arg(folder.join(format!("{suite}.py")))
            .args([mode, "--program", env!("CARGO_BIN_EXE_netpeer")])
            .env("PYTHONUTF8", "1")
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .output()
            .unwrap();
        let table = String::from_utf8_lossy(&run.stdout);
        let complaint = String::from_utf8_lossy(&run.stderr);
        assert!(run.status.success(), "{suite} {mode}:\n{table}{complaint}");
    }
}

#[test]
fn killed_at_any_moment_it_loses_nothing_that_was_recorded_or_written() {
    sample("crash");
}

#[test]
fn after_a_loss_of_power_it_loses_nothing_that_was_reported() {
    sample("power");
}

#[test]
fn on_disks_that_fail_it_says_so_and_counts_each_loss() {
    sample("disks");
}

#[test]
fn long_runs_use_no_more_at_their_end() {
    sample("soak");
}
