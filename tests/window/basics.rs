//! Opening, sending and receiving in the window.
use super::driver::Window;
use crate::sockets::{far_side, receive};
use egui::{Key, Modifiers};
use netpeer::settings::{Settings, TabSettings};
use netpeer::words::Lang;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::time::Duration;

#[test]
fn every_control_has_its_name_in_both_languages() {
    let names = [
        ("UDP", "UDP"),
        ("TCP 客户端", "TCP client"),
        ("TCP 服务器", "TCP server"),
        ("本地主机", "Local host"),
        ("本地端口", "Local port"),
        ("打开端口", "Open port"),
        ("目标主机", "Target host"),
        ("目标端口", "Target port"),
        ("最近来源", "Last source"),
        ("发送内容", "Message"),
        ("发送", "Send"),
        ("暂停显示", "Pause view"),
        ("清除", "Clear"),
        ("复位计数", "Reset counters"),
        ("新建会话", "New session"),
    ];
    for lang in Lang::ALL {
        let mut window = Window::open(lang);
        let own = |pair: (&'static str, &'static str)| {
            if lang == Lang::Chinese {
                pair.0
            } else {
                pair.1
            }
        };
        for pair in names {
            assert!(window.has(own(pair)), "{}\n{}", own(pair), window.labels());
        }
        window.click("TCP 客户端", "TCP client");
        for pair in [
            ("远程主机", "Remote host"),
            ("远程端口", "Remote port"),
            ("连接对象", "Send to"),
        ] {
            assert!(window.has(own(pair)), "{}\n{}", own(pair), window.labels());
        }
        window.click("TCP 服务器", "TCP server");
        assert!(window.has(own(("连接对象", "Send to"))));
    }
}

#[test]
fn a_datagram_goes_both_ways() {
    for lang in Lang::ALL {
        let mut window = Window::udp(lang);
        let local = window.connect();
        let (socket, peer) = far_side();
        socket.send_to("来自 client".as_bytes(), local).unwrap();
        window.until_says("来自 client");

        window.click("最近来源", "Last source");
        assert_eq!(
            window.value("目标端口", "Target port"),
            peer.port().to_string()
        );
        window.fill("发送内容", "Message", "我已经接收到数据了");
        window.click("发送", "Send");
        assert_eq!(receive(&socket), "我已经接收到数据了".as_bytes());
        window.until_says("我已经接收到数据了");

        window.fill("发送内容", "Message", "by key");
        window.press(Modifiers::COMMAND, Key::Enter);
        assert_eq!(receive(&socket), b"by key");

        window.close_session();
        window.until_closed();
    }
}

#[test]
fn hex_and_escapes_are_sent_as_the_bytes_they_mean() {
    let mut window = Window::udp(Lang::English);
    window.connect();
    let (socket, peer) = far_side();
    window.fill("目标端口", "Target port", &peer.port().to_string());
    window.fill("发送内容", "Message", r"a\n\x41\u{1F600}\\");
    window.click("自动解析转义符", "Parse escapes");
    window.click("发送", "Send");
    assert_eq!(receive(&socket), "a\nA😀\\".as_bytes());
    window.harness.query_hex_format();
    window.fill("发送内容", "Message", "48 65,0x6C");
    window.click("发送", "Send");
    assert_eq!(receive(&socket), b"Hel");
    window.fill("发送内容", "Message", "");
    window.click("发送", "Send");
    assert_eq!(receive(&socket), b"");
}

/// The second segmented control with this word is the one for sending.
trait Formats {
    fn query_hex_format(&mut self);
}

impl Formats for egui_kittest::Harness<'static, netpeer::app::App> {
    fn query_hex_format(&mut self) {
        use egui_kittest::kittest::Queryable as _;
        self.query_all_by_label("HEX")
            .last()
            .expect("the format of sending")
            .click();
        self.run_steps(3);
    }
}

#[test]
fn a_tcp_server_answers_one_client_and_all() {
    for lang in Lang::ALL {
        let mut tab = TabSettings::of_kind(netpeer::session::SessionKind::TcpServer);
        tab.network.local_port = "0".into();
        let mut window = Window::with_settings(
            lang,
            Settings {
                tabs: vec![tab],
                ..Settings::default()
            },
        );
        window.open_session();
        let before = if lang == Lang::Chinese {
            "正在监听 "
        } else {
            "Listening on "
        };
        window.until_says(&format!("{before}127"));
        let local = window.local_address(before);
        let mut first = TcpStream::connect(local).unwrap();
        let mut second = TcpStream::connect(local).unwrap();
        let everybody = if lang == Lang::Chinese {
            "客户端已连接"
        } else {
            "Client connected"
        };
        window.until("both clients", |window| {
            window.says(&second_line(window, everybody))
        });
        for client in [&first, &second] {
            client
                .set_read_timeout(Some(Duration::from_secs(10)))
                .unwrap();
        }
        first.write_all("你好".as_bytes()).unwrap();
        window.until_says("你好");
        window.fill("发送内容", "Message", "to all");
        window.click("发送", "Send");
        let mut text = [0; 6];
        first.read_exact(&mut text).unwrap();
        second.read_exact(&mut text).unwrap();
        assert_eq!(&text, b"to all");

        window.click("连接对象", "Send to");
        window.click_name(&second.local_addr().unwrap().to_string());
        window.fill("发送内容", "Message", "to one");
        window.click("发送", "Send");
        second.read_exact(&mut text).unwrap();
        assert_eq!(&text, b"to one");
        window.click("断开此客户端", "Disconnect client");
        assert_eq!(second.read(&mut text).unwrap(), 0);
        first.set_nonblocking(true).unwrap();
        assert!(
            first.read(&mut text).is_err(),
            "only the chosen one was written to"
        );
    }
}

/// The row of the second client, once it exists.
fn second_line(window: &Window, words: &str) -> String {
    use egui_kittest::kittest::Queryable as _;
    let count = window.harness.query_all_by_label_contains(words).count();
    if count >= 2 {
        words.to_owned()
    } else {
        "not yet".into()
    }
}

#[test]
fn a_tcp_client_connects_sends_and_sees_the_end() {
    for lang in Lang::ALL {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let mut window = Window::open(lang);
        window.click("TCP 客户端", "TCP client");
        window.fill(
            "远程端口",
            "Remote port",
            &listener.local_addr().unwrap().port().to_string(),
        );
        window.open_session();
        let (mut server, _) = listener.accept().unwrap();
        server
            .set_read_timeout(Some(Duration::from_secs(10)))
            .unwrap();
        window.until_says(if lang == Lang::Chinese {
            "已连接 127"
        } else {
            "Connected to 127"
        });
        window.fill("发送内容", "Message", "hello");
        window.click("发送", "Send");
        let mut text = [0; 5];
        server.read_exact(&mut text).unwrap();
        assert_eq!(&text, b"hello");
        drop(server);
        window.until_says("FIN");
        window.until_closed();
    }
}

#[test]
fn what_is_typed_just_before_ctrl_enter_is_sent_too() {
    let mut window = Window::udp(Lang::English);
    window.connect();
    let (socket, peer) = far_side();
    window.fill("目标端口", "Target port", &peer.port().to_string());
    window.fill("发送内容", "Message", "hell");
    // Both in one frame, as with fast typing or a slow machine.
    window.harness.event(egui::Event::Text("o".into()));
    window.press(Modifiers::COMMAND, Key::Enter);
    assert_eq!(receive(&socket), b"hello");
}

#[test]
fn chinese_is_typed_through_an_input_method() {
    use egui::{Event, ImeEvent};
    let mut window = Window::udp(Lang::Chinese);
    window.connect();
    let (socket, peer) = far_side();
    window.fill("目标端口", "Target port", &peer.port().to_string());
    window.fill("发送内容", "Message", "");
    window
        .harness
        .event(Event::Ime(ImeEvent::Commit("你好".into())));
    window.steps();
    assert_eq!(window.value("发送内容", "Message"), "你好");
    window.press(Modifiers::COMMAND, Key::Enter);
    assert_eq!(receive(&socket), "你好".as_bytes());
}

#[test]
fn the_language_changes_at_once() {
    let mut window = Window::open(Lang::Chinese);
    assert!(window.has("打开端口"));
    window.click("中 / EN", "中 / EN");
    window.switch(Lang::English);
    assert!(window.has("Open port") && !window.has("打开端口"));
}

#[test]
fn counters_count_and_are_reset() {
    let mut window = Window::udp(Lang::English);
    let local = window.connect();
    let (socket, _) = far_side();
    socket.send_to(b"12345", local).unwrap();
    window.until_says("In 1 · 5 B");
    window.click("复位计数", "Reset counters");
    assert!(window.says("In 0 · 0 B"));
    assert!(window.says("12345"), "the log stays");
    window.press(Modifiers::COMMAND, Key::L);
    assert!(!window.says("12345"));
}

#[test]
fn an_idle_window_repaints_nothing() {
    let mut window = Window::udp(Lang::Chinese);
    window.connect();
    // `run` fails if the app still requests frames after its settings are saved.
    window.harness.run();
}
