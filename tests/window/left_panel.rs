//! The left panel: the session, its peers, and the settings of receiving.

use super::driver::Window;
use super::painted::Painted;
use crate::sockets::{far_side, receive};
use egui::accesskit::Role;
use egui::{Key, Modifiers, Rect, pos2, vec2};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use netpeer::session::SessionKind;
use netpeer::settings::{Settings, TabSettings};
use netpeer::words::Lang;
use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::os::unix::net::UnixListener;
use std::time::Duration;

/// The panel's width, and the heights of the bars above and below it.
const WIDTH: f32 = 240.0;
const TOP: f32 = 40.0;
const BOTTOM: f32 = 30.0;

/// A tab of this kind with free addresses.
fn window_of(lang: Lang, kind: SessionKind, change: impl FnOnce(&mut TabSettings)) -> Window {
    let mut tab = TabSettings::of_kind(kind);
    tab.network.local_port = "0".into();
    change(&mut tab);
    let settings = Settings {
        tabs: vec![tab],
        ..Settings::default()
    };
    Window::with_settings(lang, settings)
}

/// The labels of the buttons that open and close a session of this kind, in Chinese and English.
fn buttons(kind: SessionKind) -> [(&'static str, &'static str); 2] {
    match kind {
        SessionKind::Udp | SessionKind::UnixDatagram => {
            [("打开端口", "Open port"), ("关闭端口", "Close port")]
        }
        SessionKind::TcpClient | SessionKind::UnixClient => {
            [("连接", "Connect"), ("断开", "Disconnect")]
        }
        SessionKind::TcpServer | SessionKind::UnixServer => {
            [("开始监听", "Listen"), ("停止监听", "Stop listening")]
        }
        SessionKind::RelayUdp | SessionKind::RelayTcp => {
            [("开始转发", "Start relay"), ("停止转发", "Stop relay")]
        }
    }
}

#[test]
fn the_button_says_what_it_does_with_each_kind_of_session() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    let _unix_server = UnixListener::bind(path("server")).unwrap();
    for lang in Lang::ALL {
        for kind in SessionKind::here() {
            let mut window = window_of(lang, kind, |tab| {
                tab.network.remote_port = server.local_addr().unwrap().port().to_string();
                tab.network.local_name = path("own");
                tab.network.remote_name = path("server");
            });
            let [opens, closes] = buttons(kind);
            for (button, other) in [(opens, closes), (closes, opens)] {
                let name = window.name(button.0, button.1);
                window.until(name, |window| window.has(name));
                assert!(!window.has(window.name(other.0, other.1)), "{kind:?}");
                window.click_name(name);
            }
            window.until_closed();
        }
    }
}

/// The controls of the panel, each with its name.
fn controls(window: &Window) -> Vec<(String, Rect)> {
    let nodes = window.harness.root().children_recursive();
    let named = nodes.filter_map(|node| {
        let node = node.accesskit_node();
        let (name, place) = (node.label()?, node.bounding_box()?);
        let place = Rect::from_min_max(
            pos2(place.x0 as f32, place.y0 as f32),
            pos2(place.x1 as f32, place.y1 as f32),
        );
        let is_inside = place.left() < WIDTH - 1.0 && place.top() >= TOP;
        (is_inside && node.role() != Role::Label).then_some((name, place))
    });
    named.collect()
}

/// Checks that every control is visible within the panel.
fn fits(window: &Window, height: f32, what: &str) {
    let controls = controls(window);
    assert!(controls.len() > 10, "{what}: {controls:?}");
    for (name, place) in controls {
        let is_inside = place.left() >= 0.0 && place.right() <= WIDTH;
        assert!(is_inside, "{what}, {name}: {place}");
        assert!(place.bottom() <= height - BOTTOM, "{what}, {name}: {place}");
    }
}

#[test]
fn the_panel_has_room_for_each_kind_of_session_in_800_points() {
    for lang in Lang::ALL {
        for kind in SessionKind::here() {
            let window = window_of(lang, kind, |_| {});
            fits(&window, 800.0, &format!("{kind:?} {lang:?}"));
        }
    }
}

#[test]
fn the_fields_stand_further_apart_where_there_is_room() {
    let mut window = window_of(Lang::English, SessionKind::TcpClient, |_| {});
    let apart = |window: &Window| {
        let host = window.place("远程主机", "Remote host");
        window.place("远程端口", "Remote port").top() - host.bottom()
    };
    let tall = apart(&window);
    assert!((tall - 8.0).abs() < 0.5, "{tall}");
    window.harness.set_size(vec2(1280.0, 600.0));
    window.steps();
    let low = apart(&window);
    assert!((low - 4.0).abs() < 0.5, "{low}");
}

#[test]
fn the_panel_has_room_for_a_list_of_senders_too() {
    for lang in Lang::ALL {
        let mut window = window_of(lang, SessionKind::Udp, |_| {});
        let local = window.connect();
        let far: Vec<UdpSocket> = (0..12).map(|_| far_side().0).collect();
        for socket in &far {
            socket.send_to(b"here", local).unwrap();
        }
        let heading = window.name("最近的对端 12", "Recent peers 12");
        window.until_says(heading);
        window.steps();
        fits(&window, 800.0, &format!("{lang:?}"));
        let first = sender(&far[0].local_addr().unwrap(), lang);
        assert!(window.has(&first), "{}", window.labels());
    }
}

/// The name of the button with the menu of this sender of datagrams.
fn sender(peer: &SocketAddr, lang: Lang) -> String {
    match lang {
        Lang::Chinese => format!("{peer} 的菜单"),
        Lang::English => format!("Menu of {peer}"),
    }
}

#[test]
fn long_addresses_and_paths_keep_the_panel_as_wide_as_it_is() {
    for lang in Lang::ALL {
        let long = "a-long-folder/".repeat(20);
        for kind in SessionKind::here() {
            let window = window_of(lang, kind, |tab| {
                tab.network.local_host = "fe80::1ff:fe23:4567:890a%a-long-interface".into();
                tab.network.remote_host = "fe80::1ff:fe23:4567:890a%a-long-interface".into();
                tab.network.local_name = format!("/tmp/{long}s.sock");
                tab.network.remote_name = format!("/tmp/{long}s.sock");
            });
            for (name, place) in controls(&window) {
                assert!(place.right() <= WIDTH, "{kind:?}, {name}: {place}");
            }
        }
    }
}

#[test]
fn a_low_window_scrolls_the_panel_to_what_the_keys_go_to() {
    let mut window = window_of(Lang::English, SessionKind::TcpServer, |_| {});
    window.harness.set_size(vec2(800.0, 400.0));
    window.steps();
    let last = |window: &Window| window.place("校验", "Verify");
    assert!(last(&window).top() > 400.0 - BOTTOM, "out of sight");
    window.harness.get_by_label("Verify").focus();
    window.until("it is in sight", move |window| {
        last(window).bottom() <= 400.0 - BOTTOM
    });
}

#[test]
fn the_panel_is_resized_by_keys_and_its_width_kept() {
    let dir = tempfile::tempdir().unwrap();
    let left = |window: &Window| window.place("数据日志", "Log").left();
    let mut window = Window::in_dir(Lang::English, dir.path());
    assert!((left(&window) - WIDTH).abs() < 1.0);
    window.harness.get_by_label("Resize the left panel").focus();
    window.steps();
    window.press(Modifiers::NONE, Key::ArrowRight);
    let wider = left(&window);
    assert!((wider - WIDTH - 20.0).abs() < 1.0, "{wider}");
    window.close();
    let mut window = Window::in_dir(Lang::English, dir.path());
    assert_eq!(left(&window), wider);
    // A width beyond its bounds is not taken.
    window.harness.get_by_label("Resize the left panel").focus();
    window.steps();
    for (key, bound) in [(Key::ArrowLeft, WIDTH), (Key::ArrowRight, 1280.0 / 3.0)] {
        for _ in 0..20 {
            window.press(Modifiers::NONE, key);
        }
        assert!((left(&window) - bound).abs() < 1.0, "{}", left(&window));
    }
}

/// The bar by which the panel scrolls, where it is painted so that it can be seen.
fn bar(window: &Window) -> Option<Rect> {
    let painted = Painted::of(window);
    let bars = painted.rects.iter().filter(|(_, rect, _)| {
        let place = rect.rect;
        let is_bar = place.width() <= 10.0 && place.height() > 60.0;
        is_bar && place.left() >= WIDTH - 20.0 && place.right() <= WIDTH && rect.fill.a() > 100
    });
    bars.map(|(_, rect, _)| rect.rect)
        .min_by(|a, b| a.height().total_cmp(&b.height()))
}

#[test]
fn a_window_lower_than_the_panel_has_a_bar_that_can_be_seen() {
    for lang in Lang::ALL {
        for kind in SessionKind::here() {
            let mut window = window_of(lang, kind, |_| {});
            assert_eq!(bar(&window), None, "{kind:?} {lang:?}");
            window.harness.set_size(vec2(1280.0, 360.0));
            window.steps();
            let bar = bar(&window).unwrap_or_else(|| panic!("{kind:?} {lang:?}"));
            assert!(bar.height() < 360.0 - TOP - BOTTOM, "{kind:?}: {bar}");
        }
    }
}

/// Presses an item of the menu of the client at this address.
fn choose(window: &mut Window, client: &TcpStream, (chinese, english): (&str, &str)) {
    let address = client.local_addr().unwrap();
    let part = window
        .name("@ #", "Menu of @ #")
        .replace('@', &address.to_string());
    window.until_says(&part);
    let menu = window.row(&part);
    window.click_name(&menu);
    window.click(chinese, english);
}

fn send(window: &mut Window, text: &str) {
    window.fill("发送内容", "Message", text);
    window.click("发送", "Send");
}

fn read<const N: usize>(stream: &mut TcpStream) -> [u8; N] {
    let mut bytes = [0; N];
    stream.read_exact(&mut bytes).unwrap();
    bytes
}

#[test]
fn the_menu_of_a_client_acts_on_that_client_alone() {
    for lang in Lang::ALL {
        let mut window = window_of(lang, SessionKind::TcpServer, |_| {});
        window.open_session();
        let listening = window.name("正在监听 ", "Listening on ");
        window.until_says(&format!("{listening}127"));
        let local = window.local_address(listening);
        let [mut first, mut second, mut third] = [0; 3].map(|_| {
            let client = TcpStream::connect(local).unwrap();
            let deadline = Some(Duration::from_secs(10));
            client.set_read_timeout(deadline).unwrap();
            client
        });
        choose(&mut window, &first, ("只发给它", "Send only to this one"));
        send(&mut window, "one");
        assert_eq!(&read::<3>(&mut first), b"one");
        window.until_says(window.name("客户端连接 3", "Connections 3"));
        window.click("全部", "All");
        send(&mut window, "all");
        for client in [&mut first, &mut second, &mut third] {
            assert_eq!(&read::<3>(client), b"all");
        }
        choose(&mut window, &first, ("结束发送（FIN）", "Half-close (FIN)"));
        assert_eq!(first.read(&mut [0]).unwrap(), 0);
        first.write_all(b"goes on").unwrap();
        window.until_says("goes on");
        choose(&mut window, &second, ("断开此客户端", "Disconnect client"));
        assert_eq!(second.read(&mut [0]).unwrap(), 0);
        until_left(&mut window, &second);
        choose(&mut window, &third, ("复位（RST）", "Reset (RST)"));
        let reset = third.read(&mut [0]).unwrap_err();
        assert_eq!(reset.kind(), ErrorKind::ConnectionReset);
        until_left(&mut window, &third);
    }
}

/// Waits until the line of this client says that it left.
fn until_left(window: &mut Window, client: &TcpStream) {
    let line = line_of(window, client);
    let left = window.name(" · 已离开", " · left");
    window.until("it left", move |window| {
        window.says(&line) && window.row(&line).ends_with(left)
    });
}

/// How the line of this client begins.
fn line_of(window: &Window, client: &TcpStream) -> String {
    let line = window.name("@：收", "@: 0 in");
    line.replace('@', &client.local_addr().unwrap().to_string())
}

#[test]
fn no_line_moves_away_from_under_the_pointer_when_a_client_leaves() {
    for lang in Lang::ALL {
        let mut window = window_of(lang, SessionKind::TcpServer, |_| {});
        window.open_session();
        let listening = window.name("正在监听 ", "Listening on ");
        window.until_says(&format!("{listening}127"));
        let local = window.local_address(listening);
        let [first, second] = [0; 2].map(|_| TcpStream::connect(local).unwrap());
        let line = line_of(&window, &second);
        window.until_says(&line);
        let place = |window: &Window| window.control(&window.row(&line)).rect();
        let stood = place(&window);
        window.control(&window.row(&line)).hover();
        window.steps();
        first.shutdown(Shutdown::Both).unwrap();
        until_left(&mut window, &first);
        assert_eq!(place(&window), stood, "under the pointer");
        let third = TcpStream::connect(local).unwrap();
        window.until_says(&line_of(&window, &third));
        assert_eq!(place(&window), stood, "a new one follows");
        window.harness.event(egui::Event::PointerGone);
        window.steps();
        assert!(place(&window).top() < stood.top(), "the pointer is gone");
    }
}

#[test]
fn the_log_is_filtered_to_a_sender_and_answers_go_to_it() {
    for lang in Lang::ALL {
        let mut window = window_of(lang, SessionKind::Udp, |_| {});
        let local = window.connect();
        let (one, address) = far_side();
        let (other, _) = far_side();
        one.send_to(b"from one", local).unwrap();
        other.send_to(b"from another", local).unwrap();
        window.until_says("from another");
        let menu = sender(&address, lang);
        window.click_name(&menu);
        window.click("只看它的行", "Show only its rows");
        window.until("the other hidden", |window| !window.says("from another"));
        assert!(window.says("from one"));
        window.click_name(&menu);
        window.click("只发给它", "Send only to this one");
        send(&mut window, "answer");
        assert_eq!(receive(&one), b"answer");
        let counted = match lang {
            Lang::Chinese => format!("{address}：收 1（8 B），发 1（6 B）"),
            Lang::English => format!("{address}: 1 in (8 B), 1 out (6 B)"),
        };
        window.until_says(&counted);
        assert!(window.is_chosen(&counted, &counted), "it is the target");
    }
}

#[test]
fn only_the_senders_in_sight_are_drawn_and_the_keys_reach_the_others() {
    let mut window = window_of(Lang::English, SessionKind::Udp, |_| {});
    let local = window.connect();
    let far: Vec<UdpSocket> = (0..40).map(|_| far_side().0).collect();
    for socket in &far {
        socket.send_to(b"here", local).unwrap();
    }
    window.until_says("Recent peers 40");
    let drawn = window.labels().matches("Menu of ").count();
    assert!((3..16).contains(&drawn), "{drawn}");
    let peers = far.iter().map(|socket| socket.local_addr().unwrap());
    let peers: Vec<SocketAddr> = peers.collect();
    let menus: Vec<String> = peers
        .iter()
        .map(|peer| sender(peer, Lang::English))
        .collect();
    window.harness.get_by_label(&menus[0]).focus();
    window.steps();
    for menu in &menus[1..] {
        // The line itself, then its menu.
        window.press(Modifiers::NONE, Key::Tab);
        window.press(Modifiers::NONE, Key::Tab);
        let node = window.harness.get_by_label(menu);
        assert!(node.accesskit_node().is_focused(), "{menu}");
    }
    for menu in menus[..39].iter().rev() {
        window.press(Modifiers::SHIFT, Key::Tab);
        window.press(Modifiers::SHIFT, Key::Tab);
        let node = window.harness.get_by_label(menu);
        assert!(node.accesskit_node().is_focused(), "{menu} again");
    }
}

#[test]
fn a_key_opens_the_menu_of_a_peer() {
    let mut window = window_of(Lang::English, SessionKind::Udp, |_| {});
    let local = window.connect();
    let (socket, address) = far_side();
    socket.send_to(b"here", local).unwrap();
    let line = format!("{address}: 1 in (4 B), 0 out (0 B)");
    window.until("the sender", |window| window.has(&line));
    window.harness.get_by_label(&line).focus();
    window.steps();
    window.press(Modifiers::SHIFT, Key::F10);
    assert!(window.has("Show only its rows"));
    window.press(Modifiers::NONE, Key::Escape);
    assert!(!window.has("Show only its rows"));
    assert!(window.harness.get_by_label(&line).is_focused());
}
