//! Captions stand in columns: the fields behind them begin at the same place.

use super::driver::Window;
use super::painted::Painted;
use egui::accesskit::Role;
use egui::{Rangef, Rect};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use netpeer::session::SessionKind;
use netpeer::settings::{Settings, TabSettings};
use netpeer::words::Lang;

/// Captions of the left panel, in Chinese and English.
const LEFT: [(&str, &str); 10] = [
    ("本地主机", "Local host"),
    ("本地端口", "Local port"),
    ("远程主机", "Remote host"),
    ("远程端口", "Remote port"),
    ("目标主机", "Target host"),
    ("目标端口", "Target port"),
    ("本地名称", "Local name"),
    ("服务器名称", "Server name"),
    ("显示", "Show as"),
    ("编码", "Encoding"),
];

/// Captions of the page of the simulated network.
const NETWORK: [(&str, &str); 10] = [
    ("丢包", "Loss"),
    ("重复", "Duplicate"),
    ("乱序", "Reorder"),
    ("延迟", "Delay"),
    ("误码", "Corrupt"),
    ("截断", "Truncate"),
    ("限速", "Rate"),
    ("拆分", "Split"),
    ("合并", "Join"),
    ("停顿", "Stall"),
];

/// Where the fields begin that stand behind these captions, within these places across.
fn starts(window: &Window, captions: &[(&str, &str)], across: Rangef) -> Vec<(String, f32)> {
    let painted = Painted::of(window);
    let mut found = Vec::new();
    for (_, text, _) in &painted.texts {
        let words = text.galley.text();
        let is_caption = |(chinese, english): &(&str, &str)| words == window.name(chinese, english);
        if !captions.iter().any(is_caption) || !across.contains(text.pos.x) {
            continue;
        }
        let place = text.galley.rect.translate(text.pos.to_vec2());
        let behind = painted.rects.iter().filter(|(_, rect, _)| {
            let is_in_line = rect.rect.y_range().contains(place.center().y);
            let is_field = rect.stroke.width > 0.0 && rect.rect.height() < 40.0;
            let is_behind = rect.rect.left() > place.left() && rect.rect.right() <= across.max;
            is_in_line && is_field && is_behind
        });
        let left = behind.map(|(_, rect, _)| rect.rect.left());
        if let Some(first) = left.min_by(f32::total_cmp) {
            assert!(first >= place.right() + 4.0, "{words} covers its field");
            found.push((words.to_owned(), first));
        }
    }
    found
}

#[track_caller]
fn in_a_column(starts: &[(String, f32)], count: usize, what: &str) {
    assert!(starts.len() >= count, "{what}: {starts:?}");
    for (words, start) in starts {
        assert!(
            (start - starts[0].1).abs() < 0.5,
            "{what}, {words}: {starts:?}"
        );
    }
}

fn window_of(lang: Lang, kind: SessionKind) -> Window {
    let settings = Settings {
        tabs: vec![TabSettings::of_kind(kind)],
        ..Settings::default()
    };
    Window::with_settings(lang, settings)
}

#[test]
fn the_fields_of_the_left_panel_begin_at_one_place() {
    for lang in Lang::ALL {
        let mut of_all = Vec::new();
        for kind in SessionKind::here() {
            let window = window_of(lang, kind);
            let starts = starts(&window, &LEFT, Rangef::new(0.0, 240.0));
            in_a_column(&starts, 2, &format!("{lang:?} {kind:?}"));
            of_all.extend(starts);
        }
        in_a_column(&of_all, 24, &format!("{lang:?}, all kinds"));
    }
}

#[test]
fn the_fields_of_the_simulated_network_begin_at_one_place() {
    for lang in Lang::ALL {
        let mut of_all = Vec::new();
        for kind in [SessionKind::Udp, SessionKind::TcpClient] {
            let mut window = window_of(lang, kind);
            window.click("弱网模拟", "Simulated network");
            let starts = starts(&window, &NETWORK, Rangef::new(640.0, 1280.0));
            in_a_column(&starts, 4, &format!("{lang:?} {kind:?}"));
            of_all.extend(starts);
        }
        in_a_column(&of_all, 10, &format!("{lang:?}, both kinds"));
    }
}

#[test]
fn the_headings_of_the_left_panel_begin_at_one_place() {
    for lang in Lang::ALL {
        let window = window_of(lang, SessionKind::Udp);
        let headings = [
            ("网络设置", "Network settings"),
            ("最近的对端", "Recent peers"),
            ("接收设置", "Receive settings"),
        ];
        let painted = Painted::of(&window);
        for (chinese, english) in headings {
            let name = window.name(chinese, english);
            let mut texts = painted.texts.iter();
            let heading = texts.find(|(_, text, _)| text.galley.text() == name);
            let (_, text, _) = heading.expect("a heading");
            assert!((text.pos.x - 12.0).abs() < 0.5, "{name}: {}", text.pos.x);
        }
    }
}

#[test]
fn the_numbers_of_the_settings_stand_in_a_column_behind_their_names() {
    for lang in Lang::ALL {
        let mut window = Window::open(lang);
        window.click("程序设置", "Program settings");
        let painted = Painted::of(&window);
        let mut columns = Vec::new();
        for (chinese, english) in [
            ("每个会话的日志内存上限", "Log in memory of each session"),
            ("关闭后保留日志", "Keep logs after closing for"),
            ("UDP 接收缓冲", "UDP receive buffer"),
        ] {
            let name = window.name(chinese, english);
            let mut nodes = window.harness.query_all_by_label(name);
            let number = nodes.find(|node| node.accesskit_node().role() == Role::SpinButton);
            let number = number.expect(name).rect();
            let is_before = |words: &Rect| {
                number.y_range().contains(words.center().y) && words.right() < number.left()
            };
            let words = painted.places_of(name);
            assert!(words.iter().any(is_before), "{name}: {number} {words:?}");
            columns.push((number.left(), number.right()));
        }
        assert!(columns.iter().all(|column| *column == columns[0]));
    }
}
