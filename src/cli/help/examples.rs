//! The examples in the help of every command.

use crate::t;
use crate::words::Lang;

/// The command, the key of the description, and the command line.
const EXAMPLES: [(&str, &str, &str); 57] = [
    (
        "netpeer",
        "help.example.udp",
        "netpeer udp --bind 127.0.0.1:8080",
    ),
    (
        "netpeer",
        "help.example.tcp_client",
        "netpeer tcp-client 127.0.0.1:9000 --ending lf",
    ),
    (
        "netpeer",
        "help.example.send",
        "netpeer send udp 127.0.0.1:8888 hello --expect hello --within 2s",
    ),
    (
        "netpeer",
        "help.example.relay_impaired",
        "netpeer relay udp --bind 127.0.0.1:8080 --to 127.0.0.1:8888 --loss 5% --delay 50ms",
    ),
    (
        "netpeer",
        "help.example.record",
        "netpeer tcp-server --bind 127.0.0.1:9000 --record session.pcapng",
    ),
    (
        "udp",
        "help.example.udp",
        "netpeer udp --bind 127.0.0.1:8080",
    ),
    (
        "udp",
        "help.example.repeat",
        "netpeer udp --to 127.0.0.1:8888 --message 'hi ${seq}' --variables --repeat 100ms --times 10",
    ),
    (
        "udp",
        "help.example.echo_impaired",
        "netpeer udp --bind 127.0.0.1:9000 --echo --no-limits --loss 5% --delay 50ms±10ms --seed 7",
    ),
    (
        "tcp_client",
        "help.example.type_requests",
        "netpeer tcp-client example.com:80 --escapes --ending crlf",
    ),
    (
        "tcp_client",
        "help.example.half_close",
        "netpeer tcp-client 127.0.0.1:9000 --binary --half-close < request.txt",
    ),
    (
        "tcp_client",
        "help.example.reconnect",
        "netpeer tcp-client 127.0.0.1:9000 --reconnect 2s",
    ),
    (
        "tcp_server",
        "help.example.record",
        "netpeer tcp-server --bind 127.0.0.1:9000 --record session.pcapng",
    ),
    (
        "tcp_server",
        "help.example.serve_http",
        "netpeer tcp-server --bind 127.0.0.1:8080 --ready http",
    ),
    (
        "tcp_server",
        "help.example.pieces",
        "netpeer tcp-server --bind 127.0.0.1:9000 --split 7 --slow-read 10kB/s",
    ),
    (
        "unix_client",
        "help.example.unix_client",
        "netpeer unix-client /tmp/demo.sock --ending lf",
    ),
    (
        "unix_server",
        "help.example.echo",
        "netpeer unix-server --bind /tmp/demo.sock --echo",
    ),
    (
        "unix_datagram",
        "help.example.unix_datagram",
        "netpeer unix-datagram --bind @name --to /tmp/peer.sock",
    ),
    (
        "relay",
        "help.example.relay",
        "netpeer relay udp --bind 127.0.0.1:8080 --to 127.0.0.1:8888",
    ),
    (
        "relay",
        "help.example.relay_record",
        "netpeer relay tcp --bind 127.0.0.1:8080 --to example.com:80 --record session.pcapng",
    ),
    (
        "relay_udp",
        "help.example.relay",
        "netpeer relay udp --bind 127.0.0.1:8080 --to 127.0.0.1:8888",
    ),
    (
        "relay_udp",
        "help.example.relay_impaired",
        "netpeer relay udp --bind 127.0.0.1:8080 --to 127.0.0.1:8888 --loss 5% --delay 50ms",
    ),
    (
        "relay_tcp",
        "help.example.relay_record",
        "netpeer relay tcp --bind 127.0.0.1:8080 --to example.com:80 --record session.pcapng",
    ),
    (
        "relay_tcp",
        "help.example.relay_reset",
        "netpeer relay tcp --bind 127.0.0.1:8080 --to 127.0.0.1:9000 --reset-after 1000 --impair-incoming",
    ),
    (
        "send",
        "help.example.send",
        "netpeer send udp 127.0.0.1:8888 hello --expect hello --within 2s",
    ),
    (
        "send",
        "help.example.send_print",
        r"netpeer send tcp example.com:80 'GET / HTTP/1.0\r\n\r\n' --escapes --within 5s",
    ),
    (
        "send",
        "help.example.send_hex",
        "netpeer send 127.0.0.1:8888 '01 03 00 00 00 01' --hex --checksum CRC-16/MODBUS --expect-hex '01 03 02 ?? ?? ?? ??'",
    ),
    (
        "flood",
        "help.example.flood",
        "netpeer flood udp 127.0.0.1:9000 --rate 10000 --count 100000 --size 64",
    ),
    (
        "meter",
        "help.example.meter_to",
        "netpeer meter --to 127.0.0.1:9000 --rate 1000 --count 5000 --expect-loss '<1%' --expect-rtt-p99 '<5ms'",
    ),
    (
        "meter",
        "help.example.meter_bind",
        "netpeer meter --bind 127.0.0.1:9000 --field text:seq= --for 10s --json",
    ),
    (
        "run",
        "help.example.run",
        "netpeer run hello.ron --junit results.xml",
    ),
    ("learn", "help.example.learn", "netpeer learn"),
    (
        "learn_show",
        "help.example.learn_show",
        "netpeer learn show 3",
    ),
    (
        "learn_start",
        "help.example.learn_start",
        "netpeer learn start 3 --to course",
    ),
    (
        "learn_check",
        "help.example.learn_check",
        "netpeer learn check 3 course/03-udp-recvfrom.py",
    ),
    (
        "learn_check",
        "help.example.learn_check_c",
        "netpeer learn check 3 server.c --result result.json --name Ann -- ./server",
    ),
    (
        "show",
        "help.example.show",
        "netpeer show session.pcapng 'from:127.0.0.1 len:>5'",
    ),
    (
        "convert",
        "help.example.convert",
        "netpeer convert session.pcapng received.csv dir:rx",
    ),
    ("fields", "help.example.fields", "netpeer fields dns"),
    (
        "fields",
        "help.example.fields_lua",
        "netpeer fields modbus_tcp --as lua --port tcp:502 --output modbus.lua",
    ),
    (
        "fields",
        "help.example.fields_python",
        "netpeer fields mqtt --as python > mqtt_messages.py",
    ),
    (
        "doctor",
        "help.example.doctor_udp",
        "netpeer doctor udp 192.168.1.9:8080",
    ),
    (
        "doctor",
        "help.example.doctor_port",
        "netpeer doctor port udp 0.0.0.0:8080",
    ),
    (
        "doctor_udp",
        "help.example.doctor_udp",
        "netpeer doctor udp 192.168.1.9:8080",
    ),
    (
        "doctor_udp",
        "help.example.doctor_probe",
        "netpeer doctor udp 192.168.1.9:8080 --probe --json",
    ),
    (
        "doctor_tcp",
        "help.example.doctor_tcp",
        "netpeer doctor tcp example.com:80 --probe",
    ),
    (
        "doctor_port",
        "help.example.doctor_port",
        "netpeer doctor port udp 0.0.0.0:8080",
    ),
    (
        "doctor_port_udp",
        "help.example.doctor_port",
        "netpeer doctor port udp 0.0.0.0:8080",
    ),
    (
        "doctor_port_tcp",
        "help.example.doctor_port_tcp",
        "netpeer doctor port tcp 127.0.0.1:9000",
    ),
    (
        "explain",
        "help.example.explain",
        "netpeer explain not-bound",
    ),
    ("explain", "help.example.explain_all", "netpeer explain"),
    (
        "code",
        "help.example.code_python",
        "netpeer code python udp --bind 127.0.0.1:9000",
    ),
    (
        "code",
        "help.example.code_c",
        "netpeer code c --output peer.c tcp-server --bind 127.0.0.1:9000 --framing length:2 --checksum modbus",
    ),
    (
        "completions",
        "help.example.completions_bash",
        "netpeer completions bash > ~/.local/share/bash-completion/completions/netpeer",
    ),
    (
        "completions",
        "help.example.completions_fish",
        "netpeer completions fish > ~/.config/fish/completions/netpeer.fish",
    ),
    ("man", "help.example.man", "netpeer man udp | man -l -"),
    (
        "man",
        "help.example.man_chinese",
        "netpeer man --lang zh > netpeer.1",
    ),
    ("help", "help.example.help", "netpeer help relay udp"),
];

/// The description and the command line of each example of a command.
pub fn examples(lang: Lang, command: &str) -> impl Iterator<Item = (String, &'static str)> {
    let of_command = EXAMPLES.iter().filter(move |(of, ..)| *of == command);
    of_command.map(move |(_, words, line)| (t!(lang, *words), *line))
}
