//! A sample of the torture suites, which `scripts/torture` runs whole.
#![cfg(target_os = "linux")]

use crate::skips::have;
use std::process::Command;

/// Runs a suite with the built program, and returns whether it passed and what it printed.
fn suite(name: &str, option: &str) -> (bool, String) {
    let mut command = Command::new("python3");
    command.arg(format!("tests/torture/{name}.py")).arg(option);
    command.args(["--program", env!("CARGO_BIN_EXE_netpeer")]);
    let output = command.output().unwrap();
    let printed = [output.stdout, output.stderr].concat();
    let printed = String::from_utf8_lossy(&printed).into_owned();
    (output.status.success(), printed)
}

#[test]
fn a_call_that_fails_once_is_handled_or_named() {
    if have(&["python3", "strace", "gcc"]) {
        let (passed, printed) = suite("faults", "--sample");
        assert!(passed, "{printed}");
    }
}

#[test]
fn the_judge_of_faults_notices_defects() {
    if have(&["python3"]) {
        let (passed, printed) = suite("faults", "--self-test");
        assert!(passed, "{printed}");
    }
}
