//! Counts are of what they say: loads of scenarios, measurements that do not wait, and messages.
use super::program::{Program, run};
use super::scenarios::played;
use serde_json::Value;
use std::io::Write as _;
use std::net::{SocketAddr, TcpListener, TcpStream, UdpSocket};

#[test]
fn a_load_that_the_kernel_refuses_fails_its_step() {
    // A socket at a loopback address reaches no other machine.
    let text = r#"(within: "30s", sessions: {"c": Udp(bind: "127.0.0.1:0")}, steps: [
        Flood(session: "c", to: "10.1.1.1:9", count: 3),
        Assert(session: "c", sent: 0),
    ])"#;
    let ended = played(text, &[]);
    assert_eq!(ended.status, Some(1), "{}{}", ended.out, ended.err);
    for words in [
        "✗  1 Flood c 3 × 64 B",
        "Not sent in time: 3 of 3.",
        "This happened 3 times.",
        "failed: 1 of 2 steps",
    ] {
        assert!(ended.out.contains(words), "{words}: {}", ended.out);
    }
    let remarks = ended.out.matches("Not sent to 10.1.1.1:9").count();
    assert_eq!(remarks, 1, "{}", ended.out);
}

#[test]
fn a_load_of_a_stream_passes_once_the_kernel_took_its_last_byte() {
    let text = |millis: u32, within: &str| {
        format!(
            r#"(within: "60s", sessions: {{
                "s": TcpServer(bind: "127.0.0.1:0"),
                "c": TcpClient(to: "s", conditions: (outgoing: (stream: (delay: (millis: {millis}))))),
            }}, steps: [
                Flood(session: "c", count: 3, within: "{within}"),
                Close("c"),
                Expect(session: "s", count: 192, within: "20s"),
            ])"#
        )
    };
    // What is not written yet would be discarded by the close.
    let taken = played(&text(300, "20s"), &[]);
    assert_eq!(taken.status, Some(0), "{}{}", taken.out, taken.err);
    let late = text(20_000, "200ms");
    let (late, _) = late.split_once("Close").unwrap();
    let ended = played(&format!("{late}])"), &[]);
    assert_eq!(ended.status, Some(1), "{}{}", ended.out, ended.err);
    let words = "Not sent in time: 3 of 3.";
    assert!(ended.out.contains(words), "{}", ended.out);
}

#[test]
fn a_load_that_the_simulated_network_drops_or_doubles_passes() {
    let text = r#"(within: "60s", sessions: {
        "s": Udp(bind: "127.0.0.1:0"),
        "lossy": Udp(bind: "127.0.0.1:0", conditions: (outgoing: (datagrams: (loss: Random(percent: 100))))),
        "double": Udp(bind: "127.0.0.1:0", conditions: (outgoing: (datagrams: (duplicate: 100, delay: (millis: 200))))),
    }, steps: [
        Flood(session: "lossy", to: "s", count: 5, within: "20s"),
        Assert(session: "lossy", sent: 0, dropped_on_purpose: 5),
        Flood(session: "double", to: "s", count: 3, within: "20s"),
        Assert(session: "double", sent: 6),
    ])"#;
    let ended = played(text, &[]);
    assert_eq!(ended.status, Some(0), "{}{}", ended.out, ended.err);
    assert!(ended.out.contains("4 of 4"), "{}", ended.out);
}

#[test]
fn a_load_like_the_one_before_it_has_its_own_end() {
    let text = r#"(within: "60s", sessions: {"s": Udp(bind: "127.0.0.1:0"), "c": Udp(bind: "127.0.0.1:0")}, steps: [
        Flood(session: "c", to: "s", count: 1, within: "20s"),
        Flood(session: "c", to: "s", count: 1, within: "20s"),
        Assert(session: "c", sent: 2),
    ])"#;
    let ended = played(text, &[]);
    assert_eq!(ended.status, Some(0), "{}{}", ended.out, ended.err);
}

#[test]
fn a_measurement_that_does_not_wait_for_echoes_knows_what_it_sent() {
    let echo = Program::run(&["udp", "--bind", "127.0.0.1:0", "--echo", "--no-limits"]);
    let to = echo.local().to_string();
    // Nobody listens there.
    let closed = UdpSocket::bind("127.0.0.1:0").unwrap();
    let closed = closed.local_addr().unwrap().to_string();
    for (to, count) in [(&to, 200_u64), (&closed, 2)] {
        let number = count.to_string();
        let load = ["--wait", "0s", "--count", &number, "--rate", "1000"];
        let ended = run(&[&["meter", "--to", to, "--json"], &load[..]].concat());
        let figures: Value = serde_json::from_str(&ended.out).unwrap();
        let figure = |name: &str| figures[name].as_u64().unwrap();
        assert_eq!(figure("sent"), count, "{figures}");
        assert_eq!(figure("sent_bytes"), count * 64, "{figures}");
        assert!(figure("received") <= count, "{figures}");
        assert!(!ended.err.contains(" were sent"), "{}", ended.err);
    }
}

/// Runs a server with these options for a client that writes this text and stays.
fn served(options: &[&str], text: &[u8]) -> (Option<i32>, String) {
    let server = ["tcp-server", "--bind", "127.0.0.1:0", "--for", "30s"];
    let server = Program::run(&[&server[..], options].concat());
    let mut stream = TcpStream::connect(server.local()).unwrap();
    stream.write_all(text).unwrap();
    let ended = server.ended();
    drop(stream);
    (ended.status, ended.err)
}

#[test]
fn a_number_of_messages_is_one_of_messages_where_there_is_a_framing() {
    let options = ["--count", "3", "--framing", "lines"];
    let (status, err) = served(&options, b"a\nb\nc\nd\n");
    assert_eq!(status, Some(0), "{err}");
    assert!(!err.contains("came"), "{err}");
    // A silence ends the message, and nothing follows.
    let (status, err) = served(&["--count", "1", "--framing", "gap:20ms"], b"once");
    assert_eq!(status, Some(0), "{err}");
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let to = listener.local_addr().unwrap().to_string();
    let client = Program::run(&[&["tcp-client", &to, "--for", "30s"], &options[..]].concat());
    let (mut stream, _) = listener.accept().unwrap();
    stream.write_all(b"a\nb\nc\n").unwrap();
    let ended = client.ended();
    assert_eq!(ended.status, Some(0), "{}", ended.err);
    let udp = ["udp", "--bind", "127.0.0.1:0", "--for", "30s"];
    let udp = Program::run(&[&udp[..], &options].concat());
    let local: SocketAddr = udp.local();
    let sender = UdpSocket::bind("127.0.0.1:0").unwrap();
    // Each datagram is framed by itself: the end of the first is no message.
    sender.send_to(b"a\nb\nunfinished", local).unwrap();
    sender.send_to(b"c\n", local).unwrap();
    let ended = udp.ended();
    assert_eq!(ended.status, Some(0), "{}", ended.err);
    assert!(ended.out.contains("unfinished"), "{}", ended.out);
}
