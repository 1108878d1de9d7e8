//! Tests that need their own process: an ignored test, run by another one.
#![cfg(target_os = "linux")]

use std::process::Command;
use std::time::Duration;

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

/// As [`run`], with this limit on descriptors.
pub fn with_descriptors(test: &str, descriptors: u32) {
    let limit = format!("ulimit -S -n {descriptors}; exec \"$@\"");
    run(test, &["sh", "-c", &limit, "sh"]);
}

/// The CPU time of this process so far, in steps of 10 ms.
pub fn processor_time() -> Duration {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    // proc_pid_stat(5): after the name, utime and stime are fields 12 and 13, in 1/100 s.
    let (_, fields) = stat.rsplit_once(')').unwrap();
    let fields = fields.split_whitespace().skip(11).take(2);
    let ticks: u64 = fields.map(|field| field.parse::<u64>().unwrap()).sum();
    Duration::from_millis(ticks * 10)
}
