//! The options of the composer: as chips, or behind one button.

use super::composer::of_kind;
use super::driver::Window;
use super::painted::Painted;
use egui::{Rect, vec2};
use netpeer::session::SessionKind;
use netpeer::settings::{SMALLEST, Settings, TabSettings};
use netpeer::words::Lang;

#[test]
fn a_chip_writes_what_its_menu_lists() {
    let mut window = Window::udp(Lang::English);
    window.click_name("Parse escapes: options");
    let escape = window.row(r"\x41");
    window.click_name(&escape);
    assert!(window.is_ticked("自动解析转义符", "Parse escapes"));
    assert!(!window.is_ticked("解析变量", "Variables"));
    window.click_name("Variables: options");
    window.click_name("${uuid}");
    assert!(window.is_ticked("解析变量", "Variables"));
    assert_eq!(window.value("发送内容", "Message"), r"\x41${uuid}");
}

#[test]
fn the_chips_say_what_is_chosen() {
    for lang in Lang::ALL {
        let mut window = Window::udp(lang);
        window.click("行尾", "Line end");
        window.click_name("CR  \\r");
        assert_eq!(window.value("行尾", "Line end"), "CR  \\r");
        window.click("发送编码", "Send as");
        window.click_name("Shift_JIS");
        assert_eq!(window.value("发送编码", "Send as"), "Shift_JIS");
    }
}

#[test]
fn hexadecimal_has_no_encoding_and_no_line_end() {
    let mut tab = TabSettings::default();
    tab.send.composition.format = netpeer::payload::composition::TextFormat::Hex;
    let settings = Settings {
        tabs: vec![tab],
        ..Settings::default()
    };
    let window = Window::with_settings(Lang::English, settings);
    for name in ["Send as", "Line end", "Parse escapes"] {
        assert!(!window.is_enabled(name, name), "{name}");
    }
    for name in ["Variables", "Append checksum", "Repeat every"] {
        assert!(window.is_enabled(name, name), "{name}");
    }
}

#[test]
fn in_a_small_window_the_options_fold_and_everything_is_in_reach() {
    for lang in Lang::ALL {
        for kind in [SessionKind::Udp, SessionKind::TcpServer] {
            // The second size is 1280×800 at 200 %.
            for (width, height) in [SMALLEST, (640.0, 400.0)] {
                let mut window = of_kind(lang, kind);
                window.harness.set_size(vec2(width, height));
                window.steps();
                let names = [
                    ("选项", "Options"),
                    ("历史和片段", "History and snippets"),
                    ("发送内容", "Message"),
                    ("发送", "Send"),
                ];
                let places = names.map(|(chinese, english)| window.place(chinese, english));
                let whole = Rect::from_min_size(egui::Pos2::ZERO, vec2(width, height));
                for (at, place) in places.iter().enumerate() {
                    assert!(whole.contains_rect(*place), "{:?} {place}", names[at]);
                    for other in &places[at + 1..] {
                        assert!(!place.shrink(0.5).intersects(*other), "{:?}", names[at]);
                    }
                }
                let [options, stored, ..] = places;
                assert_eq!(options.y_range(), stored.y_range(), "one row");
                window.click("选项", "Options");
                window.click("自动解析转义符", "Parse escapes");
                assert!(window.is_ticked("自动解析转义符", "Parse escapes"));
                window.click("循环发送 每：选项", "Repeat every: options");
                window.fill("循环间隔", "Interval", "250");
                assert_eq!(window.value("循环间隔", "Interval"), "250");
            }
        }
    }
}

#[test]
fn the_options_stand_in_one_row_beside_the_target_or_below_it() {
    for lang in Lang::ALL {
        for width in [1050.0, 1280.0, 1920.0] {
            let mut window = of_kind(lang, SessionKind::Udp);
            window.harness.set_size(vec2(width, 800.0));
            window.steps();
            let line = |chinese, english| window.place(chinese, english).center().y;
            let options = line("发送编码", "Send as");
            let [repeat, stored] = [
                line("循环发送 每", "Repeat every"),
                line("历史和片段", "History and snippets"),
            ];
            let is_near = |y: f32| (y - options).abs() < 2.0;
            assert!(is_near(repeat) && is_near(stored), "{width}");
            let target = line("目标端口", "Target port");
            assert_eq!(is_near(target), width >= 1280.0, "{width}");
        }
    }
}

#[test]
fn chips_say_their_details_where_these_have_room_and_move_no_row() {
    for lang in Lang::ALL {
        for (width, is_roomy) in [(1280.0, false), (1920.0, true)] {
            let mut window = of_kind(lang, SessionKind::Udp);
            window.harness.set_size(vec2(width, 800.0));
            window.steps();
            let before = window.place("发送内容", "Message");
            let says = |window: &Window, words: &str| {
                let painted = Painted::of(window);
                painted
                    .whole()
                    .iter()
                    .any(|(text, _)| text.ends_with(words))
            };
            assert!(!says(&window, "1000 ms"), "it is off");
            for (chinese, english) in [
                ("自动解析转义符", "Parse escapes"),
                ("解析变量", "Variables"),
                ("自动发送附加位", "Append checksum"),
                ("循环发送 每", "Repeat every"),
            ] {
                window.click(chinese, english);
            }
            assert!(says(&window, "1000 ms") || !is_roomy, "{width}");
            assert_eq!(window.place("发送内容", "Message"), before, "{width}");
        }
    }
}

#[test]
fn beside_the_left_panel_of_a_small_window_the_composer_has_one_row() {
    for lang in Lang::ALL {
        let mut window = of_kind(lang, SessionKind::Udp);
        window.harness.set_size(vec2(SMALLEST.0, SMALLEST.1));
        window.steps();
        if !window.has(window.name("本地端口", "Local port")) {
            window.click("显示网络与接收设置", "Show network and receive settings");
        }
        let line = |chinese, english| window.place(chinese, english).center().y;
        let target = line("目标端口", "Target port");
        for (chinese, english) in [("选项", "Options"), ("历史和片段", "History and snippets")]
        {
            assert!((line(chinese, english) - target).abs() < 2.0, "{english}");
        }
        // What has no room there is one of the options.
        window.click("选项", "Options");
        window.click("目标跟随最近来源", "Follow the last source");
        assert!(window.is_ticked("目标跟随最近来源", "Follow the last source"));
    }
}
