//! A sample of each suite in tests/torture, which `scripts/torture` runs whole, after its
//! self-test: a judge that notices nothing would call everything right.
#![cfg(target_os = "linux")]

use crate::skips::have;
use std::path::Path;
use std::process::Command;

fn sample(suite: &str) {
    if !have(&["python3", "strace", "gcc", "prlimit", "ip", "nft"]) {
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
fn a_call_that_fails_once_is_handled_or_named() {
    sample("faults");
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
fn networks_that_fail_are_told_as_they_are() {
    sample("network");
}

#[test]
fn the_simulated_network_has_the_moments_of_its_settings() {
    sample("netem");
}

#[test]
fn descriptors_threads_and_memory_stay_flat() {
    sample("soak");
}
