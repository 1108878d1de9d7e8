//! The rate at which the steps of a scenario run.

use super::scenarios::played;
use std::process::{Command, Stdio};
use std::time::Instant;

/// A scenario of this many steps: half of them send, and half expect the sent message.
fn steps(sessions: &str, to: &str, count: usize, within: &str) -> String {
    let pairs = (0..count / 2).map(|number| {
        format!(
            "Send(session: \"near\", {to}text: \"m{number};\"),\n\
             Expect(session: \"far\", exact: \"m{number};\"),\n"
        )
    });
    let steps: String = pairs.collect();
    format!("(within: \"{within}\", sessions: {{{sessions}}}, steps: [\n{steps}])")
}

const UDP: (&str, &str) = (r#""near": Udp(), "far": Udp()"#, r#"to: "far", "#);
const TCP: (&str, &str) = (r#""near": TcpClient(to: "far"), "far": TcpServer()"#, "");

#[test]
fn steps_do_not_wait_for_rows_to_gather() {
    for (sessions, to) in [UDP, TCP] {
        // With a delay of 10 ms between steps, they would take 10 s.
        let ended = played(&steps(sessions, to, 2_000, "5s"), &[]);
        assert_eq!(ended.status, Some(0), "{}", ended.err);
        assert!(ended.out.contains("2000 of 2000"), "{}", ended.err);
    }
}

/// `cargo test --release --test all step_rate -- --ignored --nocapture`
#[test]
#[ignore = "measures the steps a second, alone and in release mode"]
fn steps_a_second() {
    const STEPS: usize = 40_000;
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("steps.ron");
    for (name, (sessions, to)) in [("UDP", UDP), ("TCP", TCP)] {
        std::fs::write(&file, steps(sessions, to, STEPS, "10m")).unwrap();
        let mut program = Command::new(env!("CARGO_BIN_EXE_netpeer"));
        program.arg("run").arg(&file).stdout(Stdio::null());
        // From the start of the program to its end.
        let begun = Instant::now();
        let status = program.status().unwrap();
        let rate = STEPS as f64 / begun.elapsed().as_secs_f64();
        eprintln!("{name}: {rate:.0} steps a second");
        assert!(status.success());
        assert!(rate >= 20_000.0 || cfg!(debug_assertions), "{name}: {rate}");
    }
}
