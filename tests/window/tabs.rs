//! The tabs of the window, and their saved settings.
use super::driver::Window;
use crate::sockets::far_side;
use egui::accesskit::Role;
use egui::epaint::{CircleShape, Shape};
use egui::{Color32, Key, Modifiers, ViewportCommand, ViewportId, vec2};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use netpeer::session::SessionKind;
use netpeer::settings::{Settings, TabSettings};
use netpeer::words::Lang;
use std::net::{TcpStream, UdpSocket};
use std::time::{Duration, Instant};

#[test]
fn each_tab_is_a_session_of_its_own() {
    let mut window = Window::udp(Lang::English);
    let first = window.connect();
    window.press(Modifiers::COMMAND, Key::N);
    window.fill("本地端口", "Local port", "0");
    let second = window.connect();
    assert_ne!(first, second);
    far_side().0.send_to(b"for the first", first).unwrap();
    far_side().0.send_to(b"for the second", second).unwrap();
    window.until_says("for the second");
    assert!(!window.says("for the first"));
    window.press(Modifiers::CTRL, Key::Tab);
    window.until_says("for the first");
}

#[test]
fn closing_a_tab_frees_its_port() {
    let mut window = Window::udp(Lang::English);
    let local = window.connect();
    window.press(Modifiers::COMMAND, Key::W);
    assert!(window.is_closed(), "an empty tab stays");
    window.until("the port is free", |_| UdpSocket::bind(local).is_ok());
}

#[test]
#[cfg(target_os = "linux")]
fn a_tab_added_beside_a_relay_proposes_neither_its_port_nor_a_relay_to_itself() {
    // Nothing else is at these addresses of the loopback network.
    for (lang, host) in Lang::ALL.into_iter().zip(["127.0.80.1", "127.0.80.2"]) {
        let mut window = Window::open(lang);
        window.click("转发", "Relay");
        window.fill("本地主机", "Local host", host);
        window.open_session();
        let stop = window.name("停止转发", "Stop relay").to_owned();
        window.until("the relay is open", |window| window.has(&stop));
        window.press(Modifiers::COMMAND, Key::N);
        assert_eq!(window.value("本地端口", "Local port"), "8081");
        assert_eq!(window.value("目标端口", "Target port"), "8888");
    }
}

#[test]
fn f5_connects_and_disconnects() {
    let mut window = Window::udp(Lang::English);
    window.press(Modifiers::NONE, Key::F5);
    window.until_says("Bound to 127");
    window.press(Modifiers::NONE, Key::F5);
    window.until_says("Closed");
}

#[test]
fn everything_returns_on_the_next_start() {
    let dir = tempfile::tempdir().unwrap();
    let mut window = Window::in_dir(Lang::Chinese, dir.path());
    window.click("TCP 客户端", "TCP client");
    window.fill("远程主机", "Remote host", "192.168.1.5");
    window.fill("发送内容", "Message", "记住我");
    window.press(Modifiers::COMMAND, Key::N);
    window.click("TCP 服务器", "TCP server");
    window.fill("本地端口", "Local port", "9000");
    window.click("中 / EN", "中 / EN");
    window.until("the settings file", |_| {
        std::fs::read_to_string(dir.path().join("settings.ron"))
            .is_ok_and(|text| text.contains("9000") && text.contains("English"))
    });
    drop(window);

    let mut window = Window::in_dir(Lang::Chinese, dir.path());
    window.switch(Lang::English);
    assert_eq!(window.value("本地端口", "Local port"), "9000");
    window.press(Modifiers::CTRL, Key::Tab);
    assert_eq!(window.value("远程主机", "Remote host"), "192.168.1.5");
    assert_eq!(window.value("发送内容", "Message"), "记住我");
}

#[test]
fn what_two_windows_on_the_same_settings_have_is_all_there_afterwards() {
    let dir = tempfile::tempdir().unwrap();
    {
        let mut window = Window::in_dir(Lang::English, dir.path());
        window.fill("发送内容", "Message", "common");
        window.close();
    }
    let mut first = Window::in_dir(Lang::English, dir.path());
    let mut second = Window::in_dir(Lang::English, dir.path());
    first.press(Modifiers::COMMAND, Key::N);
    first.fill("发送内容", "Message", "typed in the first");
    until_saved(&mut first, dir.path(), "typed in the first");
    second.fill("发送内容", "Message", "typed in the second");
    until_saved(&mut second, dir.path(), "typed in the second");
    first.fill("发送内容", "Message", "typed in the first again");
    first.close();
    second.close();
    let found = netpeer::settings::load(&dir.path().join("settings.ron"));
    assert!(found.set_aside.is_none());
    let mut texts: Vec<String> = found
        .settings
        .tabs
        .iter()
        .map(|tab| tab.send.composition.text.clone())
        .collect();
    texts.sort();
    assert_eq!(texts, ["typed in the first again", "typed in the second"]);
}

/// Waits until the saved settings contain this text, without further input.
fn until_saved(window: &mut Window, dir: &std::path::Path, part: &str) {
    let file = dir.join("settings.ron");
    window.until(part, |_| {
        std::fs::read_to_string(&file).is_ok_and(|text| text.contains(part))
    });
}

#[test]
fn what_a_click_or_a_key_changes_is_saved_by_itself() {
    let dir = tempfile::tempdir().unwrap();
    let mut window = Window::in_dir(Lang::Chinese, dir.path());
    window.click("中 / EN", "中 / EN");
    until_saved(&mut window, dir.path(), "English");
    window.press(Modifiers::COMMAND, Key::N);
    until_saved(&mut window, dir.path(), "active: 1");
}

#[test]
fn a_save_that_failed_is_reported_and_tried_again() {
    let dir = tempfile::tempdir().unwrap();
    // The previous file is kept under this name.
    let obstacle = dir.path().join("settings.ron.bak");
    std::fs::write(dir.path().join("settings.ron"), "()").unwrap();
    std::fs::create_dir(&obstacle).unwrap();
    let mut window = Window::in_dir(Lang::English, dir.path());
    window.fill("本地端口", "Local port", "7777");
    window.until_says("Settings were not saved");
    assert!(window.says("--config"), "{}", window.labels());
    std::fs::remove_dir(&obstacle).unwrap();
    window.click("知道了", "OK");
    until_saved(&mut window, dir.path(), "7777");
}

#[test]
fn the_active_tab_is_in_sight_in_a_window_that_is_made_small() {
    let mut window = Window::udp(Lang::English);
    for _ in 0..3 {
        window.connect();
        window.press(Modifiers::COMMAND, Key::N);
        window.fill("本地端口", "Local port", "0");
    }
    let title = format!("UDP {}", window.connect());
    let (width, height) = netpeer::settings::SMALLEST;
    window.harness.set_size(egui::vec2(width, height));
    // Scrolling to it takes a moment.
    window.until("the active tab", |window| {
        let tab = window.place(&title, &title);
        tab.right() <= window.place("新建会话", "New session").left()
    });
}

/// A window with these tabs, the first of which is active.
fn with_tabs(lang: Lang, titles: &[&str]) -> Window {
    let tab = |title: &&str| TabSettings {
        title: (*title).to_owned(),
        ..TabSettings::default()
    };
    let settings = Settings {
        tabs: titles.iter().map(tab).collect(),
        ..Settings::default()
    };
    Window::with_settings(lang, settings)
}

/// The titles from left to right.
fn order(window: &Window) -> Vec<String> {
    let tabs = window.harness.query_all_by_role(Role::Tab);
    let mut tabs: Vec<_> = tabs
        .map(|tab| (tab.rect().left(), tab.accesskit_node().label()))
        .collect();
    tabs.sort_by(|a, b| a.0.total_cmp(&b.0));
    tabs.into_iter().filter_map(|(_, title)| title).collect()
}

#[test]
fn a_tab_is_moved_by_dragging_by_keys_and_by_its_menu() {
    for lang in Lang::ALL {
        let mut window = with_tabs(lang, &["one", "two", "three"]);
        let middle = |window: &Window, title: &str| {
            let tab = window.harness.get_by_role_and_label(Role::Tab, title);
            tab.rect().center()
        };
        let (from, to) = (middle(&window, "one"), middle(&window, "three"));
        window.harness.hover_at(from);
        window.harness.drag_at(from);
        window.harness.hover_at(to + vec2(4.0, 0.0));
        window.steps();
        window.harness.drop_at(to + vec2(4.0, 0.0));
        window.steps();
        assert_eq!(order(&window), ["two", "three", "one"]);
        // It is still the active one.
        window.press(Modifiers::COMMAND | Modifiers::SHIFT, Key::PageUp);
        assert_eq!(order(&window), ["two", "one", "three"]);
        let tab = window.harness.get_by_role_and_label(Role::Tab, "two");
        tab.click_secondary();
        window.steps();
        window.click("标签右移", "Move tab right");
        assert_eq!(order(&window), ["one", "two", "three"]);
        window.press(Modifiers::COMMAND | Modifiers::SHIFT, Key::PageUp);
        assert_eq!(order(&window), ["one", "two", "three"], "it is the first");
    }
}

#[test]
fn all_tabs_are_listed_where_there_are_several() {
    for lang in Lang::ALL {
        let mut window = with_tabs(lang, &["one"]);
        let all = window.name("所有会话", "All sessions").to_owned();
        assert!(!window.has(&all));
        window.press(Modifiers::COMMAND, Key::N);
        window.click_name(&all);
        let listed = window.harness.query_all_by_label_contains("one · UDP");
        listed.last().unwrap().click();
        window.steps();
        let tab = window.harness.get_by_role_and_label(Role::Tab, "one");
        assert_eq!(tab.accesskit_node().is_selected(), Some(true));
    }
}

#[test]
fn a_double_click_on_a_tab_renames_it() {
    for lang in Lang::ALL {
        let mut window = with_tabs(lang, &["one"]);
        window.double_click("one");
        let field = window.name("标签名称", "Name of the tab").to_owned();
        assert!(window.harness.get_by_label(&field).is_focused());
        window.press(Modifiers::COMMAND, Key::A);
        window.harness.get_by_label(&field).type_text("boiler");
        window.steps();
        window.press(Modifiers::NONE, Key::Enter);
        assert_eq!(order(&window), ["boiler"]);
    }
}

/// The title that the last frame gave to the window, if it gave one.
fn new_title(window: &Window) -> Option<String> {
    let viewports = &window.harness.output().viewport_output;
    let commands = viewports.get(&ViewportId::ROOT)?.commands.iter();
    commands
        .filter_map(|command| match command {
            ViewportCommand::Title(title) => Some(title.clone()),
            _ => None,
        })
        .next_back()
}

/// The next title that is given to the window.
fn next_title(window: &mut Window) -> String {
    let deadline = Instant::now() + Duration::from_secs(10);
    loop {
        window.harness.step();
        if let Some(title) = new_title(window) {
            return title;
        }
        assert!(Instant::now() < deadline, "{}", window.labels());
    }
}

#[test]
fn the_window_is_called_after_the_active_session_and_its_connections() {
    for (lang, server, program) in [
        (Lang::Chinese, "TCP 服务器", "网络调试助手"),
        (Lang::English, "TCP server", "netpeer"),
    ] {
        let mut tab = TabSettings::of_kind(SessionKind::TcpServer);
        tab.network.local_port = "0".into();
        let settings = Settings {
            tabs: vec![tab],
            ..Settings::default()
        };
        let mut window = Window::with_settings(lang, settings);
        let opens = window.name("开始监听", "Listen");
        window.harness.get_by_label(opens).click();
        let title = next_title(&mut window);
        let rest = title.strip_prefix(&format!("● {server} :")).expect(&title);
        let port = rest.strip_suffix(&format!(" – {program}")).expect(&title);
        let port: u16 = port.parse().unwrap();
        let mut clients = Vec::new();
        for count in 1..=2 {
            clients.push(TcpStream::connect(("127.0.0.1", port)).unwrap());
            let expected = format!("● {server} :{port} ({count}) – {program}");
            assert_eq!(next_title(&mut window), expected);
        }
        for _ in 0..5 {
            window.harness.step();
            assert_eq!(new_title(&window), None, "it is the same");
        }
    }
}

/// The sign before the title of the tab.
fn dot(window: &Window) -> CircleShape {
    let tab = window.harness.get_by_role(Role::Tab).rect();
    let shapes = window.harness.output().shapes.iter();
    let circles = shapes.filter_map(|shape| match &shape.shape {
        Shape::Circle(circle) => Some(*circle),
        _ => None,
    });
    let mut circles = circles.filter(|circle| tab.contains(circle.center));
    circles.next().expect("a dot")
}

#[test]
fn a_tab_shows_in_shapes_and_words_that_it_is_open_recorded_and_impaired() {
    for (lang, words) in [
        (
            Lang::Chinese,
            ["弱网模拟", "已打开 · 正在录制到文件 · 弱网模拟"],
        ),
        (
            Lang::English,
            [
                "simulated network",
                "open · recording to a file · simulated network",
            ],
        ),
    ] {
        let dir = tempfile::tempdir().unwrap();
        let mut tab = TabSettings::default();
        tab.network.local_port = "0".into();
        tab.bad_network.on = true;
        tab.receive.recording.on = true;
        tab.receive
            .recording
            .path
            .set(&dir.path().join("log.pcapng"));
        let settings = Settings {
            tabs: vec![tab],
            ..Settings::default()
        };
        let mut window = Window::with_settings(lang, settings);
        let said = |window: &Window| {
            let tab = window.harness.get_by_role(Role::Tab);
            let said = tab.accesskit_node().description();
            said.unwrap_or_default()
        };
        assert_eq!(said(&window), words[0]);
        assert_eq!(dot(&window).fill, Color32::TRANSPARENT);
        let width = |window: &Window| window.harness.get_by_role(Role::Tab).rect().width();
        let before = width(&window);
        window.connect();
        window.until(words[1], |window| said(window) == words[1]);
        assert_ne!(dot(&window).fill, Color32::TRANSPARENT);
        assert!(width(&window) > before, "it has one more sign");
    }
}

#[test]
fn the_tab_of_a_client_and_of_a_relay_names_the_far_side() {
    let far = far_side().1;
    for kind in [SessionKind::RelayUdp, SessionKind::RelayTcp] {
        let mut tab = TabSettings::of_kind(kind);
        tab.network.local_port = "0".into();
        tab.network.remote_port = far.port().to_string();
        let settings = Settings {
            tabs: vec![tab],
            ..Settings::default()
        };
        let mut window = Window::with_settings(Lang::English, settings);
        window.open_session();
        let behind = format!(" → {far}");
        window.until(&behind, |window| {
            let titles = order(window);
            let title = titles.first().unwrap();
            title.starts_with("Relay :") && title.ends_with(&behind)
        });
    }
    let server = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = server.local_addr().unwrap();
    let window = &mut Window::tcp_client(Lang::English, address);
    let title = format!("TCP client {address}");
    window.until(&title, |window| order(window) == [title.as_str()]);
}
