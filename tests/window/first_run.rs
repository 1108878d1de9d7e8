//! The cards of an empty session, their next steps, and the hint until something arrives.

use super::driver::Window;
use super::painted::Painted;
use crate::sockets::{far_side, receive};
use egui::{Rect, vec2};
use egui_kittest::kittest::Queryable as _;
use netpeer::settings::{SMALLEST, Settings, TabSettings};
use netpeer::words::Lang;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Command, Stdio};
use std::time::Duration;

/// The names of all cards, in Chinese and English.
const CARDS: [(&str, &str); 6] = [
    ("应答客户端", "Answer a client"),
    ("连接服务器", "Talk to a server"),
    ("测试 TCP 客户端", "Test a TCP client"),
    ("做中间人", "Stand in the middle"),
    ("模拟 Modbus 设备", "Be a Modbus device"),
    ("模拟弱网", "Simulate a bad network"),
];
const COPY: (&str, &str) = ("复制命令", "Copy command");
const BACK: (&str, &str) = ("换一项", "Other tasks");
/// The beginning of the hint if only this machine can send.
const REACH: (&str, &str) = (
    "只有本机的程序能发到",
    "Only programs on this machine can send to",
);

/// A window in which this card was chosen.
fn chosen(lang: Lang, card: usize) -> Window {
    let mut window = Window::open(lang);
    let (chinese, english) = CARDS[card];
    window.click(chinese, english);
    window
}

/// A window opened by this card on a port that the system chose, and its address.
fn opened(lang: Lang, card: usize) -> (Window, SocketAddr) {
    let mut window = chosen(lang, card);
    window.fill("本地端口", "Local port", "0");
    window.open_session();
    let names = [("已绑定 ", "Bound to "), ("正在监听 ", "Listening on ")];
    let names = names.map(|(chinese, english)| window.name(chinese, english));
    window.until("the session is open", |window| {
        let is_open = |name: &&str| window.says(&format!("{name}127"));
        names.iter().any(is_open)
    });
    let name = names.iter().find(|name| window.says(&format!("{name}127")));
    let local = window.local_address(name.unwrap());
    (window, local)
}

fn copied(window: &mut Window) -> String {
    window.click(COPY.0, COPY.1);
    window.copied()
}

/// The text and the address in a command that pipes a text into `nc`.
fn piped(line: &str) -> (String, SocketAddr) {
    let (text, rest) = line.split_once(" | nc ").expect(line);
    let text = text.strip_prefix("echo ").expect(line);
    let words: Vec<&str> = rest.trim_start_matches("-u ").split(' ').collect();
    let [host, port] = words[..] else {
        panic!("{line}")
    };
    let address = SocketAddr::new(host.parse().unwrap(), port.parse().unwrap());
    (format!("{text}\n"), address)
}

/// The command of a line that begins with `netpeer`.
fn run(line: &str) -> Command {
    let words = line.strip_prefix("netpeer ").expect(line);
    let mut command = Command::new(env!("CARGO_BIN_EXE_netpeer"));
    let mut is_quoted = false;
    for part in words.split('"') {
        match is_quoted {
            true => command.arg(part),
            false => command.args(part.split_whitespace()),
        };
        is_quoted = !is_quoted;
    }
    command.args(["--lang", "en"]).stdin(Stdio::null());
    command
}

fn stream_to(address: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(address).unwrap();
    let deadline = Some(Duration::from_secs(10));
    stream.set_read_timeout(deadline).unwrap();
    stream
}

#[test]
fn an_empty_session_shows_the_cards_and_one_with_rows_none() {
    for lang in Lang::ALL {
        let mut window = Window::udp(lang);
        for (chinese, english) in CARDS {
            assert!(window.has(window.name(chinese, english)), "{english}");
        }
        window.connect();
        for (chinese, english) in CARDS {
            assert!(!window.has(window.name(chinese, english)), "{english}");
        }
        window.close_session();
        window.until_closed();
        assert!(
            !window.has(window.name(CARDS[0].0, CARDS[0].1)),
            "rows are there"
        );
    }
}

#[test]
fn the_way_back_from_a_card_leads_to_the_others() {
    let mut window = chosen(Lang::English, 0);
    assert!(!window.has(CARDS[1].1));
    window.click(BACK.0, BACK.1);
    assert!(window.has(CARDS[1].1));
    window.click(CARDS[1].0, CARDS[1].1);
    assert!(window.says("1. Start your server at 127.0.0.1:8080"));
    window.click("TCP 服务器", "TCP server");
    assert!(window.has(CARDS[1].1), "the steps are not about this kind");
}

#[test]
fn a_client_is_answered() {
    for lang in Lang::ALL {
        let (mut window, local) = opened(lang, 0);
        let (text, address) = piped(&copied(&mut window));
        assert_eq!(address, local);
        let reach = window.name(REACH.0, REACH.1).to_owned();
        assert!(window.says(&reach), "{}", window.labels());
        let (socket, _) = far_side();
        socket.send_to(text.as_bytes(), address).unwrap();
        window.until("the hint is gone", |window| !window.says(&reach));
        assert!(!window.has(window.name(COPY.0, COPY.1)));
        window.fill("发送内容", "Message", "an answer");
        window.click("发送", "Send");
        assert_eq!(receive(&socket), b"an answer");
    }
}

#[test]
fn a_server_is_talked_to() {
    for lang in Lang::ALL {
        let mut window = chosen(lang, 1);
        assert!(window.is_chosen("TCP 客户端", "TCP client"));
        let line = copied(&mut window);
        assert_eq!(line, "netpeer tcp-server --bind 127.0.0.1:8080 --echo");
        let server = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = server.local_addr().unwrap();
        let port = address.port().to_string();
        window.fill("远程端口", "Remote port", &port);
        assert!(copied(&mut window).contains(&format!("--bind {address} ")));
        window.open_session();
        let (mut stream, _) = server.accept().unwrap();
        let connected = window.name("已连接。在下面输入", "Connected. Type a message");
        window.until_says(connected);
        window.fill("发送内容", "Message", "hello");
        window.click("发送", "Send");
        let mut bytes = [0; 5];
        stream.read_exact(&mut bytes).unwrap();
        assert_eq!(&bytes, b"hello");
        window.until("the hint is gone", |window| !window.says(connected));
    }
}

#[test]
fn a_tcp_client_is_listened_to() {
    for lang in Lang::ALL {
        let (mut window, local) = opened(lang, 2);
        assert!(window.is_chosen("TCP 服务器", "TCP server"));
        let (text, address) = piped(&copied(&mut window));
        assert_eq!(address, local);
        stream_to(address).write_all(text.as_bytes()).unwrap();
        let reach = window.name(REACH.0, REACH.1).to_owned();
        window.until("the hint is gone", |window| !window.says(&reach));
    }
}

#[test]
fn a_relay_stands_in_the_middle() {
    for lang in Lang::ALL {
        let server = TcpListener::bind("127.0.0.1:0").unwrap();
        let mut window = chosen(lang, 3);
        assert!(
            window.has(window.name("全部放行", "Release all")),
            "its page is open"
        );
        assert_eq!(window.value("目标端口", "Target port"), "8080");
        assert_eq!(piped(&copied(&mut window)).1.port(), 9000);
        let port = server.local_addr().unwrap().port().to_string();
        window.fill("目标端口", "Target port", &port);
        window.fill("本地端口", "Local port", "0");
        window.open_session();
        let before = window.name("正在监听 ", "Listening on ");
        window.until_says(&format!("{before}127"));
        let (text, address) = piped(&copied(&mut window));
        let mut client = stream_to(address);
        client.write_all(text.as_bytes()).unwrap();
        let (mut stream, _) = server.accept().unwrap();
        let mut bytes = vec![0; text.len()];
        stream.read_exact(&mut bytes).unwrap();
        assert_eq!(bytes, text.as_bytes());
    }
}

#[test]
fn a_modbus_device_answers_the_copied_line() {
    for lang in Lang::ALL {
        let (mut window, local) = opened(lang, 4);
        let line = copied(&mut window);
        assert!(line.contains(&local.to_string()), "{line}");
        let output = run(&line).output().unwrap();
        let printed = String::from_utf8(output.stdout).unwrap();
        assert!(
            printed.contains("01 03 04 00 00 00 01"),
            "{line}: {printed}"
        );
        window.until_says(window.name("规则“Modbus 设备”", "rule “Modbus device”"));
    }
}

#[test]
fn a_bad_network_echoes_and_loses() {
    for lang in Lang::ALL {
        let (mut window, local) = opened(lang, 5);
        let line = copied(&mut window);
        assert!(line.contains(&local.to_string()), "{line}");
        let faster = line.replace("--rate 20", "--rate 400");
        let mut meter = run(&faster)
            .arg("--json")
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut printed = String::new();
        meter
            .stdout
            .take()
            .unwrap()
            .read_to_string(&mut printed)
            .unwrap();
        assert!(meter.wait().unwrap().success(), "{printed}");
        let json: serde_json::Value = serde_json::from_str(&printed).unwrap();
        let (sent, lost) = (json["sent"].as_u64(), json["lost"].as_u64());
        assert_eq!(sent, Some(100));
        assert!(lost > Some(0) && lost < Some(50), "{printed}");
        // Later rows may stand in its place.
        let loss = window.name("模拟丢包", "simulated loss").to_owned();
        window.fill("过滤", "Filter", &loss);
        window.until_says(window.name("发出的数据报：模拟丢包", "those sent: simulated loss"));
    }
}

#[test]
fn a_card_keeps_the_rules_that_are_there() {
    let mut tab = TabSettings::default();
    tab.rules.on = true;
    tab.rules.rules = vec![netpeer::automation::rules::Rule {
        name: "my own".into(),
        ..Default::default()
    }];
    let settings = Settings {
        tabs: vec![tab],
        ..Settings::default()
    };
    let mut window = Window::with_settings(Lang::English, settings);
    window.click("应答客户端", "Answer a client");
    window.click("自动应答规则", "Auto-reply rules");
    assert!(window.says("my own"), "{}", window.labels());
    assert!(!window.is_ticked("启用", "On"));
}

#[test]
fn every_card_can_be_reached_in_the_smallest_window_and_at_twice_the_size() {
    for lang in Lang::ALL {
        for (width, height) in [SMALLEST, (640.0, 400.0), (1280.0, 800.0)] {
            let mut window = Window::open(lang);
            window.harness.set_size(vec2(width, height));
            window.steps();
            let log = window.place("数据日志", "Log");
            for (chinese, english) in CARDS {
                window
                    .harness
                    .get_by_label(window.name(chinese, english))
                    .focus();
                window.until("it is in sight", |window| {
                    let place = window.place(chinese, english);
                    log.contains_rect(place.shrink(1.0))
                });
            }
            let apart: Vec<Rect> = CARDS.map(|(zh, en)| window.place(zh, en)).to_vec();
            for (at, one) in apart.iter().enumerate() {
                let mut others = apart.iter().skip(at + 1);
                assert!(!others.any(|other| one.intersects(*other)), "{apart:?}");
            }
        }
    }
}

#[test]
fn the_line_below_the_cards_is_in_sight_with_and_without_a_page() {
    for lang in Lang::ALL {
        for (width, height) in [(1280.0, 800.0), (1000.0, 700.0), SMALLEST] {
            let mut window = Window::open(lang);
            window.harness.set_size(vec2(width, height));
            window.steps();
            let has_rail = (width, height) == SMALLEST;
            let (chinese, english) = match has_rail {
                true => (
                    "或展开左侧面板，选择协议和端口，再按“打开端口”（F5）",
                    "or open the left panel, choose a protocol and a port, and press “Open port” (F5)",
                ),
                false => (
                    "也可以在左边选好协议和端口，再按“打开端口”（F5）",
                    "or choose a protocol and a port at the left, and press “Open port” (F5)",
                ),
            };
            let line = window.name(chinese, english);
            assert_eq!(
                Painted::of(&window).places_of(line).len(),
                1,
                "{lang:?} {width}"
            );
            if has_rail {
                continue;
            }
            window.click("自动应答规则", "Auto-reply rules");
            assert_eq!(
                Painted::of(&window).places_of(line).len(),
                1,
                "{lang:?} {width}: a page"
            );
        }
    }
}
