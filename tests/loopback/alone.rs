//! Tests that need a process of their own: one ignored test, run by another.
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

/// The same with that many descriptors.
pub fn with_descriptors(test: &str, descriptors: u32) {
    let limit = format!("ulimit -S -n {descriptors}; exec \"$@\"");
    run(test, &["sh", "-c", &limit, "sh"]);
}

/// The processor time that this process took so far, in steps of 10 ms.
pub fn processor_time() -> Duration {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    // proc_pid_stat(5): behind the name, utime and stime are the 12th and 13th, in 1/100 s.
    let (_, fields) = stat.rsplit_once(')').unwrap();
    let fields = fields.split_whitespace().skip(11).take(2);
    let ticks: u64 = fields.map(|field| field.parse::<u64>().unwrap()).sum();
    Duration::from_millis(ticks * 10)
}
