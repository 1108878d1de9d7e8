//! The left panel: the session, and the settings of receiving.

use super::driver::Window;
use super::painted::Painted;
use crate::sockets::far_side;
use egui::accesskit::Role;
use egui::{Key, Modifiers, Rect, pos2, vec2};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use netpeer::session::SessionKind;
use netpeer::settings::{Settings, TabSettings};
use netpeer::words::Lang;
use std::net::{SocketAddr, TcpListener, UdpSocket};

/// The panel's width, and the heights of the bars above and below it.
const WIDTH: f32 = 240.0;
const TOP: f32 = 40.0;
const BOTTOM: f32 = 30.0;

/// A tab of this kind with free addresses.
pub fn window_of(lang: Lang, kind: SessionKind, change: impl FnOnce(&mut TabSettings)) -> Window {
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
    #[cfg(unix)]
    let _unix_server = std::os::unix::net::UnixListener::bind(path("server")).unwrap();
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
fn a_port_of_five_digits_is_seen_whole_beside_who_can_reach_it() {
    for (lang, host) in Lang::ALL.into_iter().flat_map(|lang| {
        let hosts = ["127.0.0.1", "0.0.0.0", "::", "192.168.1.5"];
        hosts.map(|host| (lang, host))
    }) {
        for kind in [
            SessionKind::Udp,
            SessionKind::TcpServer,
            SessionKind::RelayTcp,
        ] {
            let window = window_of(lang, kind, |tab| {
                tab.network.local_host = host.into();
                tab.network.local_port = "65535".into();
            });
            let painted = Painted::of(&window);
            assert!(!painted.places_of("65535").is_empty(), "{kind:?} {host}");
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
pub fn sender(peer: &SocketAddr, lang: Lang) -> String {
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
            // It stands clear of the words beside it.
            let painted = Painted::of(&window);
            for (words, place) in painted.whole() {
                let inside = TOP..360.0 - BOTTOM;
                if place.left() < WIDTH - 20.0 && inside.contains(&place.center().y) {
                    assert!(place.right() + 2.0 <= bar.left(), "{words}: {place} {bar}");
                }
            }
        }
    }
}
