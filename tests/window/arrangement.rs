//! The places of the controls: none is cut off, and no two overlap.

use super::dock::PAGES;
use super::driver::Window;
use crate::sockets::far_side;
use egui::accesskit::Role;
use egui::{Rangef, Rect, vec2};
use egui_kittest::kittest::{AccessKitNode, NodeT as _};
use netpeer::session::SessionKind;
use netpeer::settings::{SMALLEST, Settings, TabSettings};
use netpeer::words::Lang;

/// The last one is 1280×800 at a zoom of 200 %.
const SIZES: [(f32, f32); 4] = [(1366.0, 768.0), (1000.0, 700.0), SMALLEST, TWICE];
const TWICE: (f32, f32) = (640.0, 400.0);
const KINDS: [SessionKind; 4] = [
    SessionKind::Udp,
    SessionKind::TcpClient,
    SessionKind::TcpServer,
    SessionKind::RelayTcp,
];
/// The height of a row of the log.
const ROW: f32 = 22.0;

/// A control of a named region of the window.
struct Control {
    region: String,
    name: String,
    place: Rect,
}

fn controls(window: &Window) -> Vec<Control> {
    let nodes = window.harness.root().children_recursive();
    let found = nodes.filter_map(|node| {
        let accessible = node.accesskit_node();
        accessible.bounding_box()?;
        let is_control = matches!(
            accessible.role(),
            Role::Button
                | Role::CheckBox
                | Role::RadioButton
                | Role::ComboBox
                | Role::SpinButton
                | Role::Tab
                | Role::TextInput
                | Role::MultilineTextInput
        );
        let above = std::iter::successors(accessible.parent(), AccessKitNode::parent);
        let mut regions = above.filter(|node| {
            let role = node.role();
            matches!(
                role,
                Role::Region | Role::Toolbar | Role::Status | Role::TabList
            )
        });
        // The rail and the strip beside the log are in none.
        let region = regions.next().and_then(|region| region.label());
        is_control.then(|| Control {
            region: region.unwrap_or_default(),
            name: accessible.label().unwrap_or_default(),
            place: node.rect(),
        })
    });
    found.collect()
}

/// The faults of a window of this size: controls that are cut off at the sides, or covered. One
/// that lies within another control, as a button within a field does, belongs to it.
fn faults(window: &Window, size: (f32, f32), what: &str) -> Vec<String> {
    let controls = controls(window);
    assert!(controls.len() > 15, "{what}: {} controls", controls.len());
    let whole = Rect::from_min_size(egui::Pos2::ZERO, vec2(size.0, size.1));
    let log = window.place("数据日志", "Log");
    let left = window.name("网络与接收设置", "Network and receive settings");
    // Scrolled content may be out of sight above or below.
    let scrolled = [
        left,
        window.name("日志旁的页面", "Page beside the log"),
        window.name("日志区域", "Log area"),
    ];
    let scrolls = |region: &str| scrolled.contains(&region);
    let beside_left = [
        window.name("发送区", "Composer"),
        window.name("日志工具栏", "Tools of the log"),
        scrolled[1],
        scrolled[2],
    ];
    let mut faults = Vec::new();
    for (at, control) in controls.iter().enumerate() {
        let Control {
            region,
            name,
            place,
        } = control;
        let across = match region.as_str() {
            region if region == left => Rangef::new(0.0, log.left()),
            region if beside_left.contains(&region) => Rangef::new(log.left(), size.0),
            _ => Rangef::new(0.0, size.0),
        };
        let is_cut = place.left() < across.min - 0.5 || place.right() > across.max + 0.5;
        if is_cut || !scrolls(region) && !whole.expand(0.5).contains_rect(*place) {
            faults.push(format!("{what}: {region}: {name} is cut off: {place}"));
        }
        let within = |a: Rect, b: Rect| a.expand(0.5).contains_rect(b);
        for other in &controls[at + 1..] {
            let is_apart = other.region != *region && (scrolls(region) || scrolls(&other.region));
            let is_part = within(*place, other.place) || within(other.place, *place);
            if !is_apart && !is_part && place.shrink(1.0).intersects(other.place) {
                let (other, there) = (&other.name, other.place);
                faults.push(format!(
                    "{what}: {region}: {name} {place} overlaps {other} {there}"
                ));
            }
        }
    }
    faults
}

fn window_of(lang: Lang, kind: SessionKind, (width, height): (f32, f32)) -> Window {
    let mut tab = TabSettings::of_kind(kind);
    tab.network.local_port = "0".into();
    let settings = Settings {
        tabs: vec![tab],
        ..Settings::default()
    };
    let mut window = Window::with_settings(lang, settings);
    window.harness.set_size(vec2(width, height));
    window.steps();
    window
}

fn open_left(window: &mut Window) {
    window.click("显示网络与接收设置", "Show network and receive settings");
}

#[test]
fn no_control_of_a_panel_is_cut_off_or_covered() {
    let mut found = Vec::new();
    for lang in Lang::ALL {
        for size in SIZES {
            for kind in KINDS {
                let mut window = window_of(lang, kind, size);
                let what = format!("{kind:?} {size:?} {lang:?}");
                found.extend(faults(&window, size, &what));
                if size == TWICE {
                    open_left(&mut window);
                    found.extend(faults(&window, size, &format!("{what} with the panel")));
                }
            }
        }
    }
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn no_control_of_a_page_is_cut_off_or_covered() {
    let mut found = Vec::new();
    for lang in Lang::ALL {
        for size in SIZES {
            let mut window = window_of(lang, SessionKind::Udp, size);
            for (chinese, english) in PAGES {
                window.click(chinese, english);
                let what = format!("{english} {size:?} {lang:?}");
                found.extend(faults(&window, size, &what));
            }
        }
    }
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn at_twice_the_size_five_rows_of_the_log_show() {
    for lang in Lang::ALL {
        for kind in [
            SessionKind::Udp,
            SessionKind::TcpClient,
            SessionKind::TcpServer,
            SessionKind::RelayUdp,
        ] {
            let mut window = window_of(lang, kind, TWICE);
            let rows = |window: &Window| window.place("数据日志", "Log").height() / ROW;
            assert!(rows(&window) >= 5.0, "{lang:?} {kind:?}: {}", rows(&window));
            for (chinese, english) in PAGES {
                window.click(chinese, english);
                assert!(rows(&window) >= 5.0, "{english}: {}", rows(&window));
            }
        }
        let mut window = window_of(lang, SessionKind::Udp, TWICE);
        open_left(&mut window);
        let local = window.connect();
        open_left(&mut window);
        let (socket, _) = far_side();
        for number in 0..9 {
            let text = format!("row number {number}");
            socket.send_to(text.as_bytes(), local).unwrap();
        }
        window.until_says("row number 8");
        let log = window.place("数据日志", "Log");
        let shown = (0..9).filter(|number| {
            let row = format!("row number {number}");
            window.says(&row) && {
                let row = window.row(&row);
                log.expand(1.0).contains_rect(window.place(&row, &row))
            }
        });
        let shown = shown.count();
        assert!(shown >= 5, "{lang:?}: {shown}");
    }
}

#[test]
fn at_twice_the_size_the_left_panel_opens_and_closes_by_keys() {
    let mut window = window_of(Lang::English, SessionKind::Udp, TWICE);
    assert!(!window.has("Local port"));
    let focused = |window: &Window, name: &str| {
        let nodes = window.harness.root().children_recursive();
        let mut nodes = nodes.filter(|node| node.accesskit_node().is_focused());
        nodes.any(|node| node.accesskit_node().label().as_deref() == Some(name))
    };
    let name = "Show network and receive settings";
    for _ in 0..2 {
        window.press(egui::Modifiers::NONE, egui::Key::F6);
    }
    assert!(focused(&window, name), "F6 goes to the rail");
    window.press(egui::Modifiers::NONE, egui::Key::Enter);
    assert!(window.has("Local port") && window.is_chosen(name, name));
    window.press(egui::Modifiers::NONE, egui::Key::Enter);
    assert!(!window.has("Local port"));
}
