//! The Modbus device in the terminal, with Python as the client.

use super::program::Program;
use std::process::Command;

/// A Python client tries every function of the device that this session is.
fn is_as_expected(session: &[&str], frames: &str) {
    let device = ["--bind", "127.0.0.1:0", "--ready", "modbus"];
    let program = Program::run(&[session, &device].concat());
    let local = program.local().to_string();
    let output = Command::new("python3")
        .args(["tests/peers/modbus_client.py", frames, &local])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{session:?}: {said}");
    assert_eq!(String::from_utf8_lossy(&output.stdout), "as expected\n");
}

#[test]
fn a_python_client_reads_and_writes_over_tcp() {
    is_as_expected(&["tcp-server"], "tcp");
    is_as_expected(&["tcp-server", "--framing", "mbap"], "tcp");
}

#[test]
fn a_python_client_reads_and_writes_over_rtu() {
    is_as_expected(&["udp"], "rtu");
}
