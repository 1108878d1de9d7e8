//! Programs that take part in a scenario: what they print, and where they listen.

use super::scenarios::played;

#[test]
fn what_a_program_says_on_its_standard_error_is_printed_too() {
    let script = "echo listening on 127.0.0.1:4321 >&2; printf 'your name: ' >&2; \
                  read name; echo hi $name; echo bye $name >&2; exec sleep 60";
    let text = format!(
        r#"(sessions: {{}}, programs: [(name: "p", run: ["sh", "-c", "{script}"], address: "on (.*)", within: "20s")], steps: [
            Prints(program: "p", contains: "your name", within: "20s"),
            Type(program: "p", line: "Bob {{p.port}}"),
            Prints(program: "p", exact: "hi Bob 4321", within: "20s"),
            Prints(program: "p", exact: "bye Bob 4321", within: "20s"),
        ])"#
    );
    let ended = played(&text, &[]);
    // Both outputs are pipes: which line is read first is not known.
    assert!(ended.out.contains("✓  1 "), "{}{}", ended.out, ended.err);
    assert!(ended.out.contains("4 of 4"), "{}{}", ended.out, ended.err);
    assert!(ended.err.contains("bye Bob 4321"), "{}", ended.err);
}

#[test]
fn a_port_alone_is_one_of_this_machine() {
    let code = "import socket; s = socket.create_server(('127.0.0.1', 0)); \
                print('port', s.getsockname()[1], flush=True); c, _ = s.accept(); \
                c.sendall(b'hi'); input()";
    let port = crate::ports::quiet();
    let text = format!(
        r#"(
            sessions: {{
                "near": Udp(bind: "{port}"),
                "far": Udp(bind: "0"),
                "client": TcpClient(to: "{{p.port}}"),
            }},
            programs: [(name: "p", run: ["python3", "-c", "{code}"], address: r"port (\d+)", within: "20s")],
            steps: [
                Expect(session: "client", exact: "hi", from: "{{p.port}}", within: "20s"),
                Send(session: "far", to: "{port}", text: "one"),
                Expect(session: "near", exact: "one", from: "{{far.port}}", within: "20s"),
            ],
        )"#
    );
    let ended = played(&text, &[]);
    assert!(ended.out.contains("3 of 3"), "{}{}", ended.out, ended.err);
    let text = r#"(sessions: {"a": Udp(bind: "65536")}, steps: [])"#;
    let ended = played(text, &[]);
    assert_eq!(ended.status, Some(2), "{}", ended.err);
    assert!(ended.err.contains("65536"), "{}", ended.err);
}
