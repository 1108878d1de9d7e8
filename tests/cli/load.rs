//! `netpeer flood` and `netpeer meter`.
use super::program::{Ended, Program, run};
use serde_json::Value;
use std::io::Read as _;
use std::net::{Shutdown, TcpListener, UdpSocket};

/// The printed object, whose fields the book names.
fn json(ended: &Ended) -> Value {
    let printed: Value =
        serde_json::from_str(&ended.out).unwrap_or_else(|_| panic!("{}{}", ended.out, ended.err));
    let pages = [
        include_str!("../../docs/en/terminal.md"),
        include_str!("../../docs/zh/terminal.md"),
    ];
    for (name, _) in printed.as_object().into_iter().flatten() {
        let name = format!("`{name}`");
        assert!(pages.iter().all(|page| page.contains(&name)), "{name}");
    }
    printed
}

#[test]
fn a_load_is_sent_and_counted() {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    let to = socket.local_addr().unwrap().to_string();
    let load = ["--rate", "20000", "--count", "2000", "--size", "32"];
    let ended = run(&[&["flood", &to, "--json"], &load[..]].concat());
    assert_eq!((ended.status, ended.err.as_str()), (Some(0), ""));
    let sent = json(&ended);
    assert_eq!(
        (&sent["sent"], &sent["bytes"]),
        (&2000.into(), &64_000.into())
    );
    assert_eq!(
        (&sent["unsent"], &sent["asked"]),
        (&0.into(), &20_000.0.into())
    );
    let mut buffer = [0; 64];
    assert_eq!(socket.recv(&mut buffer).unwrap(), 32);
    assert_eq!(&buffer[..4], b"NPm1");
    let plain = run(&[
        "flood",
        "udp",
        &to,
        "--count",
        "3",
        "--no-header",
        "--size",
        "0",
    ]);
    assert_eq!(plain.status, Some(0));
    assert!(
        plain.out.contains("Sent 3 messages of 0 bytes to"),
        "{}",
        plain.out
    );
}

#[test]
fn what_was_attempted_is_what_was_sent_and_what_was_not() {
    // No program listens there now.
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    let to = socket.local_addr().unwrap().to_string();
    drop(socket);
    let ended = run(&["flood", &to, "--count", "20", "--rate", "1000"]);
    assert_eq!(ended.status, Some(1));
    let number = |after: &str| -> u64 {
        let (_, rest) = ended.out.split_once(after).expect(after);
        let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
        digits.parse().unwrap()
    };
    assert_eq!(number("attempted "), 20);
    assert_eq!(number("= sent ") + number("+ not sent "), 20);
    assert!(
        number("errors reported by the system: ") > 0,
        "{}",
        ended.out
    );
    // The port is free afterwards.
    assert!(ended.err.contains("No program listens on"), "{}", ended.err);
    assert!(!ended.err.contains("stays bound"), "{}", ended.err);
}

#[test]
fn a_load_of_a_stream_goes_to_its_last_byte() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let to = listener.local_addr().unwrap().to_string();
    let reader = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        std::io::copy(&mut stream, &mut std::io::sink()).unwrap()
    });
    let load = ["--rate", "max", "--count", "20000", "--size", "1000"];
    let ended = run(&[&["flood", "tcp", &to, "--json"], &load[..]].concat());
    assert_eq!(ended.status, Some(0), "{}", ended.err);
    assert_eq!(json(&ended)["bytes"], 20_000_000);
    assert_eq!(reader.join().unwrap(), 20_000_000);
}

#[test]
fn a_load_that_the_far_side_ends_is_a_failure() {
    let cases: [(&[&str], &str); 2] = [
        (&["--count", "100000"], " of 100,000 were sent"),
        (&["--for", "20s"], "the far side ended the connection first"),
    ];
    for (most, words) in cases {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let to = listener.local_addr().unwrap().to_string();
        let reader = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut first = [0; 640];
            stream.read_exact(&mut first).unwrap();
            stream.shutdown(Shutdown::Write).unwrap();
            640 + std::io::copy(&mut stream, &mut std::io::sink()).unwrap()
        });
        let load = ["flood", "tcp", &to, "--size", "64", "--json"];
        let ended = run(&[&load[..], most].concat());
        let read = reader.join().unwrap();
        assert_eq!(ended.status, Some(1), "{most:?}: {}", ended.err);
        assert!(ended.err.contains(words), "{most:?}: {}", ended.err);
        let sent = json(&ended);
        assert_eq!(sent["bytes"], read, "{most:?}: {}", ended.out);
        assert_eq!(sent["sent"], read / 64, "{most:?}: {}", ended.out);
        let named = format!("{to} ended its sending (FIN)");
        assert!(ended.err.contains(&named), "{}", ended.err);
        assert!(ended.err.contains("--half-open"), "{}", ended.err);
        assert!(!ended.err.contains("Send to"), "{}", ended.err);
        if most[0] == "--count" {
            assert_eq!(sent["unsent"], 100_000 - read / 64, "{}", ended.out);
        }
    }
}

#[test]
fn a_load_goes_on_half_open() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let to = listener.local_addr().unwrap().to_string();
    let reader = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        stream.shutdown(Shutdown::Write).unwrap();
        std::io::copy(&mut stream, &mut std::io::sink()).unwrap()
    });
    let load = [
        "--count",
        "500",
        "--rate",
        "5000",
        "--size",
        "64",
        "--half-open",
    ];
    let ended = run(&[&["flood", "tcp", &to, "--json"], &load[..]].concat());
    assert_eq!(ended.status, Some(0), "{}", ended.err);
    assert_eq!(json(&ended)["sent"], 500);
    assert_eq!(reader.join().unwrap(), 500 * 64);
}

#[test]
fn no_rate_is_reported_above_the_one_asked_for() {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    let to = socket.local_addr().unwrap().to_string();
    for more in [&["--count", "10"][..], &["--for", "450ms"]] {
        let ended = run(&[&["flood", &to, "--json", "--rate", "20"], more].concat());
        assert_eq!(ended.status, Some(0), "{}", ended.err);
        let sent = json(&ended);
        let number = |name: &str| sent[name].as_f64().unwrap();
        assert!(number("rate") <= 20.001, "{more:?}: {sent}");
        let rate = number("sent") / number("seconds");
        assert!((number("rate") - rate).abs() < 0.001, "{more:?}: {sent}");
    }
    let ended = run(&["flood", &to, "--json", "--count", "1"]);
    let one = json(&ended);
    assert!(one["rate"].is_null() && one["bits_per_second"].is_null());
    let ended = run(&["flood", &to, "--count", "1"]);
    assert!(ended.out.contains(" –/s, –;"), "{}", ended.out);
}

#[test]
fn a_load_ends_after_its_duration_and_each_second_is_printed() {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    let to = socket.local_addr().unwrap().to_string();
    let ended = run(&["flood", &to, "--rate", "100", "--for", "1.3s", "--verbose"]);
    assert_eq!(ended.status, Some(0));
    assert!(ended.err.contains(" s: sent "), "{}", ended.err);
    assert!(ended.out.contains("asked 100/s"), "{}", ended.out);
}

#[test]
fn messages_that_cannot_be_sent_are_reported() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let closed = listener.local_addr().unwrap().to_string();
    drop(listener);
    let cases: [(&[&str], i32); 6] = [
        (&["tcp", &closed], 2),
        (&["sctp", &closed], 2),
        (&[&closed, "--size", "19"], 2),
        (&[&closed, "--size", "65508"], 2),
        (&[&closed, "--rate", "NaN"], 2),
        (&["nowhere"], 2),
    ];
    let ended = run(&["flood", &closed, "--count", "20", "--rate", "100"]);
    assert_eq!(ended.status, Some(1), "{}", ended.out);
    assert!(
        !ended.out.contains("errors reported by the system: 0"),
        "{}",
        ended.out
    );
    for (arguments, status) in cases {
        let ended = run(&[&["flood", "--count", "1"], arguments].concat());
        assert_eq!(ended.status, Some(status), "{arguments:?} {}", ended.err);
        assert!(!ended.err.is_empty());
    }
}

/// An echo program with a simulated network, and its address.
fn far_side(options: &[&str]) -> (Program, String) {
    let echo = ["udp", "--bind", "127.0.0.1:0", "--echo", "--no-limits"];
    let program = Program::run(&[&echo, options].concat());
    let local = program.local().to_string();
    (program, local)
}

#[test]
fn round_trips_and_losses_are_measured() {
    let (_far, to) = far_side(&["--loss", "20%", "--seed", "3"]);
    let load = ["--rate", "2000", "--count", "500", "--size", "64"];
    let meter = ["meter", "--to", &to, "--json", "--wait", "300ms"];
    let expected = [
        "--expect-loss",
        "<1%",
        "--expect-duplicates",
        "=0",
        "--expect-rtt-p99",
        "<0ms",
    ];
    let ended = run(&[&meter[..], &load, &expected].concat());
    assert_eq!(ended.status, Some(1), "{}", ended.err);
    let (_, loss) = ended.err.split_once("expected loss <1%, found ").unwrap();
    assert!(loss.lines().next().unwrap().ends_with('%'), "{loss}");
    let (_, time) = loss.split_once("expected rtt-p99 <0s, found ").unwrap();
    assert!(time.lines().next().unwrap().ends_with('s'), "{time}");
    let figures = json(&ended);
    let number = |name: &str| figures[name].as_u64().unwrap();
    assert_eq!(number("sent"), 500);
    assert_eq!(number("unique") + number("lost"), 500);
    assert!((50..150).contains(&number("lost")), "{figures}");
    assert!(number("longest_burst") > 0);
    assert_eq!(figures["round_trip_us"]["count"], number("received"));
    assert_eq!(figures["passed"], false);
    let met: Vec<&Value> = figures["expectations"].as_array().unwrap().iter().collect();
    assert_eq!(
        (&met[0]["met"], &met[1]["met"]),
        (&false.into(), &true.into())
    );
}

#[test]
fn a_good_network_meets_what_is_expected() {
    let (_far, to) = far_side(&[]);
    let load = ["--rate", "1000", "--count", "200", "--for", "20s"];
    let expected = ["--expect-loss", "=0", "--expect-rtt-p99", "<10s"];
    let ended = run(&[&["meter", "--to", &to], &load[..], &expected].concat());
    assert_eq!(ended.status, Some(0), "{}", ended.err);
    assert!(ended.out.contains("Round trip: min "), "{}", ended.out);
}

#[test]
fn what_comes_is_measured_and_sent_back() {
    let meter = Program::run(&[
        "meter",
        "--bind",
        "127.0.0.1:0",
        "--echo",
        "--count",
        "300",
        "--json",
    ]);
    let line = meter.error_with("Measuring what comes to ");
    let to = line.split_whitespace().last().unwrap().to_owned();
    let ended = run(&[
        "meter", "--to", &to, "--rate", "1000", "--count", "300", "--json", "--wait", "300ms",
    ]);
    let (near, far) = (json(&ended), json(&meter.ended()));
    assert_eq!(
        (&near["sent"], &far["received"]),
        (&300.into(), &300.into())
    );
    assert_eq!((&far["lost"], &far["duplicated"]), (&0.into(), &0.into()));
    assert!(far["sent"].as_u64().unwrap() > 0, "{far}");
}

#[test]
fn a_number_may_stand_elsewhere() {
    let meter = Program::run(&[
        "meter",
        "--bind",
        "127.0.0.1:0",
        "--field",
        "text:seq=",
        "--count",
        "4",
        "--json",
        "--expect-loss",
        "=2",
        "--expect-rtt-p99",
        "<1s",
    ]);
    let line = meter.error_with("Measuring what comes to ");
    let to = line.split_whitespace().last().unwrap();
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    for number in [1, 2, 5, 5] {
        socket
            .send_to(format!("seq={number}").as_bytes(), to)
            .unwrap();
    }
    let ended = meter.ended();
    let figures = json(&ended);
    assert_eq!(
        (&figures["lost"], &figures["duplicated"]),
        (&2.into(), &1.into())
    );
    assert_eq!(figures["longest_burst"], 2);
    // There are no round trips: an expectation that cannot be measured fails.
    assert_eq!(ended.status, Some(1), "{}", ended.err);
    assert_eq!(figures["expectations"][0]["met"], true);
}

#[test]
fn a_reader_that_has_gone_ends_the_measurement_and_the_figures_are_printed() {
    let (meter, output) = Program::with_output(&["meter", "--bind", "127.0.0.1:0"]);
    meter.error_with("Measuring what comes to");
    drop(output);
    let said = meter.error_with("Sent 0, received 0");
    // No packet has no rate.
    assert!(said.contains("(–/s, –)"), "{said}");
}

#[test]
fn a_measurement_that_nobody_answers_and_a_machine_refuses_is_a_failure() {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    let to = socket.local_addr().unwrap().to_string();
    let meter = ["meter", "--to", &to, "--count", "20", "--wait", "200ms"];
    // Nothing answers and nothing refuses: that is a valid measurement.
    let silent = run(&meter);
    assert_eq!(silent.status, Some(0), "{}", silent.err);
    drop(socket);
    let refused = run(&[&meter[..], &["--json"]].concat());
    assert_eq!(refused.status, Some(1), "{}", refused.err);
    assert!(refused.err.contains("nothing came back"), "{}", refused.err);
    assert_eq!(json(&refused)["passed"], false);
}

#[test]
fn no_more_came_back_than_was_sent_by_then() {
    let (_far, to) = far_side(&[]);
    let load = ["--rate", "2000", "--count", "5000", "--wait", "300ms"];
    let ended = run(&[&["meter", "--to", &to], &load[..]].concat());
    let number = |line: &str, before: &str| -> Option<u64> {
        let (_, rest) = line.split_once(before)?;
        let digits = rest.chars().take_while(|c| c.is_ascii_digit() || *c == ',');
        digits
            .filter(char::is_ascii_digit)
            .collect::<String>()
            .parse()
            .ok()
    };
    let mut seconds = 0;
    for line in ended.err.lines().filter(|line| line.starts_with("sent ")) {
        let (sent, received) = (number(line, "sent "), number(line, "received "));
        assert!(sent.is_some() && received <= sent, "{line}");
        seconds += 1;
    }
    assert!(seconds > 0, "{}{}", ended.out, ended.err);
}

#[test]
fn what_is_still_under_way_is_not_yet_lost() {
    let (_far, to) = far_side(&["--delay", "1500ms"]);
    let load = ["--rate", "100", "--count", "250", "--wait", "20s"];
    let ended = run(&[&["meter", "--to", &to], &load[..]].concat());
    assert_eq!(ended.status, Some(0), "{}", ended.err);
    let seconds: Vec<&str> = ended.err.lines().collect();
    assert!(!seconds.is_empty());
    for line in &seconds {
        assert!(line.contains(", lost 0,"), "{line}");
    }
    let pending = |line: &&str| line.contains("not back yet") && !line.contains("not back yet 0,");
    assert!(seconds.iter().any(pending), "{}", ended.err);
}
