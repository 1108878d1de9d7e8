//! A relay in the window: where messages go is in sight, in the log and on the page.

use super::driver::Window;
use super::painted::Painted;
use crate::sockets::{far_side, receive};
use egui::vec2;
use netpeer::session::SessionKind;
use netpeer::settings::{SMALLEST, Settings, TabSettings};
use netpeer::words::Lang;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::time::Duration;

/// An open relay, its target, and a client whose first message was passed on.
fn opened(lang: Lang) -> (Window, SocketAddr, UdpSocket) {
    let (target, to) = far_side();
    let mut tab = TabSettings::of_kind(SessionKind::RelayUdp);
    tab.network.local_port = "0".into();
    tab.network.remote_port = to.port().to_string();
    let settings = Settings {
        tabs: vec![tab],
        ..Settings::default()
    };
    let mut window = Window::with_settings(lang, settings);
    window.connect();
    let (client, _) = far_side();
    client.send_to(b"first", window.bound()).unwrap();
    assert_eq!(receive(&target), b"first");
    (window, to, client)
}

#[test]
fn an_intercepted_message_shows_its_way_and_its_content() {
    for lang in Lang::ALL {
        let (mut window, to, client) = opened(lang);
        window.click("已拦截数据", "Intercepted data");
        window.click("全部拦截", "Intercept all");
        window.until("it holds", |window| {
            window.is_ticked("全部拦截", "Intercept all")
        });
        // The log shows less of it.
        let content = "temperature=21.5 pressure=1013 hPa!";
        client.send_to(content.as_bytes(), window.bound()).unwrap();
        let release = window.name("放行 #1", "Release #1").to_owned();
        window.until("it is listed", |window| window.has(&release));
        let from = client.local_addr().unwrap();
        let length = window.name("35 字节", "35 B");
        let painted = Painted::of(&window);
        let route = format!("{from} → {to}");
        for line in [format!("#1  {length}"), route, content.to_owned()] {
            let places = painted.places_of(&line);
            assert_eq!(places.len(), 1, "{line}: {:?}", painted.whole());
        }
    }
}

#[test]
fn the_other_end_is_in_sight_beside_a_page() {
    for lang in Lang::ALL {
        let (mut window, to, _client) = opened(lang);
        window.until_says(&to.to_string());
        window.click("已拦截数据", "Intercepted data");
        let port = to.port().to_string();
        let painted = Painted::of(&window);
        let mut texts = painted.whole().into_iter();
        let is_other = |text: &str| text.starts_with("→ ") && text.ends_with(&port);
        assert!(texts.any(|(text, _)| is_other(text)), "{}", window.labels());
    }
}

#[test]
fn the_other_end_is_shortened_before_the_content_is_cut() {
    for lang in Lang::ALL {
        let (mut window, to, client) = opened(lang);
        window.harness.set_size(vec2(SMALLEST.0, SMALLEST.1));
        window.steps();
        // It has no room beside a whole address.
        let content = "temperature=21.5 mbar!";
        client.send_to(content.as_bytes(), window.bound()).unwrap();
        let count = |window: &Window, text: &str| Painted::of(window).places_of(text).len();
        window.until("both rows", |window| count(window, content) == 2);
        assert_eq!(count(&window, &format!("→ :{}", to.port())), 1);
        assert!(count(&window, &format!("→ {to}")) > 0, "beside a short one");
    }
}

/// The next bytes, as many as `expected` has.
fn expect(stream: &mut TcpStream, expected: &[u8]) {
    let deadline = Some(Duration::from_secs(10));
    stream.set_read_timeout(deadline).unwrap();
    let mut bytes = vec![0; expected.len()];
    stream.read_exact(&mut bytes).unwrap();
    assert_eq!(bytes, expected);
}

#[test]
fn a_clients_request_stands_in_one_line_with_the_targets_reply() {
    for lang in Lang::ALL {
        let target = TcpListener::bind("127.0.0.1:0").unwrap();
        let mut tab = TabSettings::of_kind(SessionKind::RelayTcp);
        tab.network.local_port = "0".into();
        tab.network.remote_port = target.local_addr().unwrap().port().to_string();
        let settings = Settings {
            tabs: vec![tab],
            ..Settings::default()
        };
        let mut window = Window::with_settings(lang, settings);
        window.open_session();
        let before = window.name("正在监听 ", "Listening on ").to_owned();
        window.until_says(&format!("{before}127"));
        window.click("分帧", "Messages");
        window.click("按行", "lines");
        let mut client = TcpStream::connect(window.local_address(&before)).unwrap();
        let (mut far, _) = target.accept().unwrap();
        client.write_all(b"tem").unwrap();
        expect(&mut far, b"tem");
        client.write_all(b"p?\n").unwrap();
        expect(&mut far, b"p?\n");
        far.write_all(b"temp=21\n").unwrap();
        expect(&mut client, b"temp=21\n");
        window.click("按消息显示", "Show messages");
        window.until_says(": temp?");
        // Both directions are listed, as they came and as they were passed on.
        let count = |window: &Window, text: &str| Painted::of(window).places_of(text).len();
        window.until("all four", |window| count(window, "temp=21") == 2);
        assert_eq!(count(&window, "temp?"), 2, "{}", window.labels());
        window.click("按对话显示", "Show conversation");
        window.until_says(": temp?   →  temp=21");
        assert_eq!(count(&window, "temp?"), 0, "what was passed on");
        assert!(!window.says(": temp=21"), "{}", window.labels());
        // What the end of a connection cut off.
        client.write_all(b"open").unwrap();
        expect(&mut far, b"open");
        drop(client);
        window.until_says(window.name(": （未完）open", ": (unfinished) open"));
    }
}
