//! Sessions in the terminal.
use super::program::{DEADLINE, Program, echo, local_in, run};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream, UdpSocket};
use std::process::Command;

#[test]
#[cfg(target_os = "linux")]
fn a_group_that_cannot_arrive_at_the_local_address_is_remarked() {
    let remark = |bind: &str| {
        let session = ["udp", "--bind", bind, "--for", "50ms"];
        let ended = run(&[&session[..], &["--join", "239.0.0.1%lo"]].concat());
        assert_eq!(ended.status, Some(0), "{}", ended.err);
        let mut lines = ended.err.lines();
        let line = lines.find(|line| line.starts_with("netpeer: ") && line.contains("239.0.0.1"));
        line.map(str::to_owned)
    };
    let words = remark("127.0.0.1:0").expect("a remark");
    assert!(
        words.contains("Nothing sent to 239.0.0.1 can arrive") && words.contains("0.0.0.0"),
        "{words}"
    );
    for bind in ["0.0.0.0:0", "239.0.0.1:0"] {
        assert_eq!(remark(bind), None);
    }
}

#[test]
fn json_lines_are_those_of_the_export() {
    let to = echo().to_string();
    let arguments = [
        "udp",
        "--bind",
        "127.0.0.1:0",
        "--to",
        &to,
        "--json",
        "--message",
        "hi",
        "--count",
        "1",
    ];
    let ended = run(&arguments);
    assert_eq!(ended.status, Some(0));
    let lines: Vec<serde_json::Value> = ended
        .out
        .lines()
        .map(|line| serde_json::from_str(line).expect(line))
        .collect();
    let kinds: Vec<&str> = lines
        .iter()
        .map(|line| line["kind"].as_str().unwrap())
        .collect();
    assert_eq!(kinds, ["event", "sent", "received", "event"]);
    assert_eq!(lines[1]["peer"], *to);
    assert_eq!(
        (&lines[2]["hex"], &lines[2]["length"]),
        (&"72653a6869".into(), &5.into())
    );
    assert!(
        lines[0]["notice"]["Bound"]["local"].is_string(),
        "{}",
        lines[0]
    );
}

#[test]
fn a_request_to_end_gives_the_totals() {
    let program = Program::run(&["udp", "--bind", "127.0.0.1:0"]);
    let local = program.local();
    UdpSocket::bind("127.0.0.1:0")
        .unwrap()
        .send_to(b"four", local)
        .unwrap();
    program.line_with("four");
    program.send_signal("INT");
    let ended = program.ended();
    assert_eq!(ended.status, Some(0));
    assert!(
        ended.out.contains("Closed, the port is free again"),
        "{}",
        ended.out
    );
    let totals = "Received 1 (4 bytes), sent 0 (0 bytes), dropped by the kernel 0, truncated 0";
    assert!(ended.err.contains(totals), "{}", ended.err);
}

#[test]
fn what_nohup_ignores_stays_ignored() {
    let program = Program::ignoring("HUP", &["udp", "--bind", "127.0.0.1:0"]);
    let local = program.local();
    program.send_signal("HUP");
    let peer = UdpSocket::bind("127.0.0.1:0").unwrap();
    peer.send_to(b"still there", local).unwrap();
    program.line_with("still there");
    program.send_signal("TERM");
    assert_eq!(program.ended().status, Some(0));
}

#[test]
fn a_reader_that_has_gone_ends_it_though_nothing_comes() {
    let (program, output) = Program::with_output(&["udp", "--bind", "127.0.0.1:0"]);
    let mut line = String::new();
    BufReader::new(output).read_line(&mut line).unwrap();
    assert!(line.contains("Bound"), "{line}");
    let ended = program.ended();
    assert_eq!(ended.status, Some(0));
    assert!(ended.err.contains("Received 0 (0 bytes)"), "{}", ended.err);
}

#[test]
fn a_slow_output_stops_the_reading_and_the_totals_say_so() {
    let (mut program, mut output) = Program::with_output(&[
        "tcp-server",
        "--bind",
        "127.0.0.1:0",
        "--count",
        "100000000",
    ]);
    program.ends_input();
    let mut first = [0; 512];
    let count = output.read(&mut first).unwrap();
    let local = local_in(std::str::from_utf8(&first[..count]).unwrap());
    let mut peer = TcpStream::connect(local).unwrap();
    // Once the relay accepts no more data, it reads no more on the other side.
    peer.set_write_timeout(Some(std::time::Duration::from_secs(2)))
        .unwrap();
    let block = [b'a'; 1 << 16];
    let mut sent = 0;
    while let Ok(count) = peer.write(&block) {
        sent += count;
        assert!(sent < 1 << 30, "it reads although nobody reads it");
    }
    let reader = std::thread::spawn(move || std::io::copy(&mut output, &mut std::io::sink()));
    peer.shutdown(Shutdown::Write).unwrap();
    let mut end = [0; 1];
    peer.set_read_timeout(Some(DEADLINE)).unwrap();
    assert_eq!(peer.read(&mut end).unwrap(), 0);
    program.send_signal("INT");
    let ended = program.ended();
    assert_eq!(ended.status, Some(0));
    assert!(
        ended.err.contains("reading waited for that"),
        "{}",
        ended.err
    );
    assert!(reader.join().unwrap().unwrap() > sent as u64);
}

#[test]
fn what_could_deceive_a_terminal_is_written_out() {
    let program = Program::run(&["udp", "--bind", "127.0.0.1:0", "--count", "1"]);
    let local = program.local();
    let peer = UdpSocket::bind("127.0.0.1:0").unwrap();
    peer.send_to("\u{1b}[2Jgone \u{202e}txt".as_bytes(), local)
        .unwrap();
    let ended = program.ended();
    assert!(ended.out.contains("␛[2Jgone \\u{202E}txt"), "{}", ended.out);
}

#[test]
fn a_server_and_a_client_talk() {
    let mut server = Program::run(&["tcp-server", "--bind", "127.0.0.1:0"]);
    server.types("from the server");
    let local = server.local().to_string();
    let mut client = Program::run(&["tcp-client", &local, "--ending", "lf"]);
    client.types("from the client");
    server.line_with("from the client");
    client.line_with("from the server");
    client.send_signal("INT");
    assert_eq!(client.ended().status, Some(0));
    server.line_with("gets offline");
    server.send_signal("INT");
    assert_eq!(server.ended().status, Some(0));
}

#[test]
fn a_message_is_repeated_the_given_number_of_times() {
    let peer = UdpSocket::bind("127.0.0.1:0").unwrap();
    let to = peer.local_addr().unwrap().to_string();
    let ended = run(&[
        "udp",
        "--to",
        &to,
        "--message",
        "tick",
        "--repeat",
        "5ms",
        "--times",
        "3",
        "--once",
    ]);
    assert_eq!(ended.status, Some(0));
    assert!(ended.err.contains("sent 3 (12 bytes)"), "{}", ended.err);
}

#[test]
fn what_cannot_begin_is_explained_with_status_2() {
    let taken = UdpSocket::bind("127.0.0.1:0").unwrap();
    let taken = taken.local_addr().unwrap().to_string();
    let ended = run(&["udp", "--bind", &taken]);
    assert_eq!(ended.status, Some(2));
    assert!(
        ended.err.contains("is in use by") && ended.err.contains("next free port"),
        "{}",
        ended.err
    );
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let closed = listener.local_addr().unwrap().to_string();
    drop(listener);
    let ended = run(&["tcp-client", &closed]);
    assert_eq!(ended.status, Some(2));
    assert!(
        ended.err.contains("refused the connection"),
        "{}",
        ended.err
    );
}

#[test]
fn options_that_are_wrong_end_with_status_2() {
    let wrong: [&[&str]; 8] = [
        &["udp", "--bind", "1.2.3"],
        &["udp", "--to", "127.0.0.1"],
        &["udp", "--times", "3"],
        &["udp", "--for", "10"],
        &["udp", "--hex", "--escapes"],
        &["udp", "--record", "file.doc"],
        &["udp", "--hex", "--message", "0g"],
        &["tcp-server"],
    ];
    for arguments in wrong {
        let ended = run(arguments);
        assert_eq!(
            (ended.status, ended.out.as_str()),
            (Some(2), ""),
            "{arguments:?}"
        );
        assert!(!ended.err.is_empty());
    }
}

#[test]
fn wrong_options_are_reported_in_the_language_asked_for() {
    for (lang, option, address) in [
        ("en", "unexpected argument '--bogus'", "A port is"),
        ("zh", "不认识的参数“--bogus”", "端口号是"),
    ] {
        let ended = run(&["udp", "--bogus", "--lang", lang]);
        assert_eq!(ended.status, Some(2));
        assert!(ended.err.contains(option), "{}", ended.err);
        for command in ["send", "flood"] {
            let arguments = [command, "udp", "127.0.0.1:80x", "x", "--lang", lang];
            let words = if command == "send" { 4 } else { 3 };
            let ended = run(&[&arguments[..words], &arguments[4..]].concat());
            assert_eq!(ended.status, Some(2));
            assert!(ended.err.contains(address), "{}", ended.err);
        }
    }
}

#[test]
fn shells_and_man_are_served() {
    let completions = run(&["completions", "bash"]);
    assert!(completions.out.contains("tcp-server") && completions.status == Some(0));
    let page = run(&["man", "send"]);
    assert!(page.out.contains("expect") && page.status == Some(0));
    assert_eq!(run(&["man", "nothing"]).status, Some(2));
}

#[test]
fn a_help_that_cannot_be_written_is_status_1() {
    for asked in [
        "--help",
        "--version",
        "udp --help",
        "man",
        "completions bash",
    ] {
        for (output, status) in [("/dev/full", 1), ("/dev/null", 0)] {
            let line = format!("netpeer {asked} >{output}");
            let mut program = Program::typed(&line, std::path::Path::new("."));
            program.ends_input();
            let ended = program.ended();
            assert_eq!(ended.status, Some(status), "{line}: {}", ended.err);
            assert_eq!(ended.err.is_empty(), status == 0, "{line}: {}", ended.err);
        }
    }
}

#[test]
fn an_output_that_cannot_be_written_ends_the_session_before_the_next_row() {
    let line = "netpeer tcp-server --bind 127.0.0.1:0 >/dev/full";
    let program = Program::typed(line, std::path::Path::new("."));
    let ended = program.ended();
    assert_eq!(ended.status, Some(1), "{}", ended.err);
    assert!(ended.err.contains("the disk is full"), "{}", ended.err);
}

#[test]
fn repeated_failures_are_printed_once_a_second() {
    let closed = UdpSocket::bind("127.0.0.1:0").unwrap();
    let to = closed.local_addr().unwrap().to_string();
    drop(closed);
    let ticks = ["--repeat", "2ms", "--times", "100", "--once"];
    let ended = run(&[&["udp", "--to", &to, "--message", "x"], &ticks[..]].concat());
    // The datagram was sent, and refused by ICMP.
    assert_eq!(ended.status, Some(1));
    let rows = ended.out.matches("ICMP port unreachable").count();
    let said = ended.err.matches("ICMP port unreachable").count();
    assert!(rows > 50 && said <= 2, "{rows} {}", ended.err);
    let refused = format!("at least {rows} of the datagrams");
    assert!(ended.err.contains(&refused), "{rows}: {}", ended.err);
    let more = format!("the same failed {} more times", rows - said);
    assert!(said == 2 || ended.err.contains(&more), "{}", ended.err);
    let quiet = run(&[&["udp", "--to", &to, "--message", "x", "-q"], &ticks[..]].concat());
    let said = quiet.err.matches("ICMP port unreachable").count();
    assert!((1..10).contains(&said), "{}", quiet.err);
    assert!(quiet.err.contains("the same failed "), "{}", quiet.err);
}

#[test]
fn without_descriptors_it_does_not_say_that_it_goes_on() {
    // The first limits leave the program nothing, the last ones nearly enough.
    let mut said = 0;
    for descriptors in 4..12 {
        let limit = format!("--nofile={descriptors}:{descriptors}");
        let netpeer = env!("CARGO_BIN_EXE_netpeer");
        let words = ["--lang", "en", "udp", "--bind", "127.0.0.1:0", "--once"];
        let shell = Command::new("prlimit")
            .args([&limit, netpeer])
            .args(words)
            .stdin(std::process::Stdio::null())
            .output()
            .unwrap();
        let err = String::from_utf8_lossy(&shell.stderr);
        if shell.status.code() != Some(2) || !err.contains("EMFILE") {
            continue;
        }
        said += 1;
        assert!(!err.contains("goes on"), "{descriptors}: {err}");
        assert!(err.contains("ulimit -n"), "{descriptors}: {err}");
    }
    assert!(said > 0);
}

#[test]
fn from_loopback_another_machine_is_out_of_reach_and_it_says_so() {
    // An address of TEST-NET-1 (RFC 5737): no host answers, and no packet leaves the machine.
    let words = ["udp", "--bind", "127.0.0.1:0", "--to", "192.0.2.77:9"];
    let ended = run(&[&words[..], &["--message", "x", "--once"]].concat());
    let err = &ended.err;
    let is_named = err.contains("bound to loopback");
    assert!(is_named && !err.contains("goes on"), "{err}");
}

#[test]
fn nobody_can_listen_on_an_address_of_several_machines() {
    for (lang, words) in [
        ("en", "so nobody can connect to it"),
        ("zh", "没有人能连接它"),
    ] {
        for command in [
            &["tcp-server"][..],
            &["relay", "tcp", "--to", "127.0.0.1:9"],
        ] {
            for address in ["[ff02::1%lo]:0", "224.0.0.1:0", "255.255.255.255:0"] {
                let bind = ["--lang", lang, "--for", "1s", "--bind", address];
                let ended = run(&[command, &bind].concat());
                assert_eq!(
                    ended.status,
                    Some(2),
                    "{address}: {}{}",
                    ended.out,
                    ended.err
                );
                assert!(ended.err.contains(words), "{}", ended.err);
            }
        }
    }
}
