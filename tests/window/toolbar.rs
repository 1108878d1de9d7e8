//! The toolbar above the log.

use super::driver::Window;
use super::painted::Painted;
use crate::sockets::far_side;
use egui::{Key, Modifiers, Rect, vec2};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use netpeer::settings::SMALLEST;
use netpeer::words::Lang;

const FILTER: (&str, &str) = ("过滤", "Filter");

/// The controls of the toolbar that exist in this window.
fn controls(window: &Window) -> Vec<(&'static str, Rect)> {
    let mut names = vec![
        FILTER,
        ("收 0", "In 0"),
        ("发 0", "Out 0"),
        ("事件 0", "Events 0"),
        ("暂停显示", "Pause view"),
    ];
    match window.has("更多") || window.has("More") {
        true => names.push(("更多", "More")),
        false => names.extend([
            ("跳到时间", "Go to time"),
            ("导出…", "Export…"),
            ("清除", "Clear"),
        ]),
    }
    let place = |(chinese, english)| (english, window.place(chinese, english));
    names.into_iter().map(place).collect()
}

#[test]
fn no_control_is_cut_or_covers_another() {
    for lang in Lang::ALL {
        for (size, zoom) in [
            ((1280.0, 800.0), 1.0),
            (SMALLEST, 1.0),
            ((1010.0, 568.0), 1.9),
            ((853.0, 533.0), 1.5),
            ((673.0, 421.0), 1.9),
            ((640.0, 400.0), 2.0),
        ] {
            let mut window = Window::open(lang);
            window.harness.set_pixels_per_point(zoom);
            window.harness.set_size(vec2(size.0, size.1));
            window.steps();
            let whole = Rect::from_min_size(egui::Pos2::ZERO, vec2(size.0, size.1));
            let controls = controls(&window);
            for (name, rect) in &controls {
                assert!(whole.contains_rect(*rect), "{size:?} {name} {rect}");
            }
            for pair in controls.windows(2) {
                let [(name, left), (next, right)] = pair else {
                    unreachable!()
                };
                let apart = left.right() <= right.left() + 0.5;
                assert!(apart, "{size:?} {name} {left}, {next} {right}");
            }
            let filter = window.place(FILTER.0, FILTER.1);
            assert!(filter.width() >= 100.0, "{size:?} {filter}");
        }
    }
}

#[test]
fn the_filter_takes_the_room_that_is_left() {
    let mut window = Window::open(Lang::English);
    let narrow = window.place(FILTER.0, FILTER.1).width();
    window.harness.set_size(vec2(1600.0, 800.0));
    window.steps();
    let wide = window.place(FILTER.0, FILTER.1).width();
    assert!((wide - narrow - 320.0).abs() < 1.0, "{narrow} {wide}");
}

#[test]
fn a_filter_and_its_mistake_move_nothing_and_are_explained() {
    for lang in Lang::ALL {
        let mut window = Window::udp(lang);
        let local = window.connect();
        let (socket, _) = far_side();
        socket.send_to(b"stays here", local).unwrap();
        window.until_says("stays here");
        let row = window.row("stays here");
        let places = |window: &Window| {
            let row = window.harness.get_by_label(&row).rect();
            (
                row,
                window.place(FILTER.0, FILTER.1),
                window.place("数据日志", "Log"),
            )
        };
        let before = places(&window);
        window.fill(FILTER.0, FILTER.1, "stays");
        window.until("an answer", |window| {
            window.says("匹配 1 条") || window.says("1 match in 2 rows")
        });
        // The socket's row, which was above it, is hidden.
        assert_eq!(before.2, places(&window).2);
        window.fill(FILTER.0, FILTER.1, "len:many");
        let reason = match lang {
            Lang::Chinese => "“many”不是长度",
            Lang::English => "“many” is not a length",
        };
        window.until_says(reason);
        assert_eq!(before, places(&window));
        let name = match lang {
            Lang::Chinese => FILTER.0,
            Lang::English => FILTER.1,
        };
        let field = window.harness.get_by_label(name);
        let description = field.accesskit_node().description().unwrap_or_default();
        assert!(description.contains(reason), "{description}");
    }
}

#[test]
fn a_paused_view_offers_the_way_to_what_came_since() {
    for lang in Lang::ALL {
        let mut window = Window::udp(lang);
        let local = window.connect();
        window.click("暂停显示", "Pause view");
        let (socket, _) = far_side();
        socket.send_to(b"meanwhile", local).unwrap();
        let pill = match lang {
            Lang::Chinese => "↓ 1 条新消息",
            Lang::English => "↓ 1 new",
        };
        window.until("the pill", |window| window.has(pill));
        assert!(!window.says("meanwhile"));
        window.click_name(pill);
        assert!(window.says("meanwhile") && !window.has(pill));
        assert!(window.has("暂停显示") || window.has("Pause view"));
    }
}

#[test]
fn the_menu_of_a_small_window_has_what_is_left_out() {
    let mut window = Window::udp(Lang::English);
    window.connect();
    window.harness.set_size(vec2(640.0, 400.0));
    window.steps();
    window.click("更多", "More");
    window.click("跳到时间", "Go to time");
    window.value("时间", "Go to this time");
    window.press(Modifiers::NONE, Key::Escape);
    window.click("更多", "More");
    window.click("清除", "Clear");
    assert!(window.has("Events 0"), "{}", window.labels());
}

#[test]
fn the_log_keeps_its_place_whatever_opens_beside_it() {
    let mut window = Window::udp(Lang::English);
    let local = window.connect();
    let (socket, _) = far_side();
    for number in 0..200 {
        let payload = format!("number {number}");
        socket.send_to(payload.as_bytes(), local).unwrap();
    }
    window.until_says("number 199");
    let row = window.row(": number 199");
    window.click_name(&row);
    for _ in 0..3 {
        window.press(Modifiers::NONE, Key::PageUp);
    }
    let top = |window: &Window| window.row("bytes: number");
    let before = top(&window);
    assert!(!before.contains("number 0"), "{before}");
    window.click("自动应答规则", "Auto-reply rules");
    assert_eq!(top(&window), before, "a page");
    window.click("关闭此页", "Close page");
    assert_eq!(top(&window), before, "no page");
    window.fill(FILTER.0, FILTER.1, "number");
    window.until_says("200 matches in 201 rows");
    assert_eq!(top(&window), before, "a filter");
    window.fill(FILTER.0, FILTER.1, "len:many");
    window.until_says("is not a length");
    assert_eq!(top(&window), before, "a mistake");
    window.click("清除过滤", "Clear filter");
    window.steps();
    assert_eq!(top(&window), before, "no filter");
    window.drop_file(std::path::Path::new("/no/such/file"));
    assert!(window.has("OK"), "{}", window.labels());
    assert_eq!(top(&window), before, "a message");
    window.click_name("OK");
    assert_eq!(top(&window), before, "no message");
}

#[test]
fn rows_that_came_into_sight_are_not_new() {
    for lang in Lang::ALL {
        let mut window = Window::udp(lang);
        let local = window.connect();
        let (socket, _) = far_side();
        let send = |numbers: std::ops::Range<u32>| {
            for number in numbers {
                let payload = format!("number {number}");
                socket.send_to(payload.as_bytes(), local).unwrap();
            }
        };
        send(0..200);
        window.until_says("number 199");
        let row = window.row(": number 199");
        window.click_name(&row);
        send(200..230);
        let new = |count: u32| match lang {
            Lang::Chinese => format!("↓ {count} 条新消息"),
            Lang::English => format!("↓ {count} new"),
        };
        window.until("the number of new rows", |window| window.has(&new(30)));
        for _ in 0..5 {
            window.press(Modifiers::NONE, Key::ArrowDown);
        }
        assert!(window.has(&new(25)), "{}", window.labels());
    }
}

#[test]
fn the_way_to_new_rows_covers_no_text() {
    for lang in Lang::ALL {
        let mut window = Window::udp(lang);
        let local = window.connect();
        let (socket, _) = far_side();
        let send = |count: usize| {
            for _ in 0..count {
                let payload = "a long row ".repeat(40);
                socket.send_to(payload.as_bytes(), local).unwrap();
            }
        };
        send(100);
        let all = window.name("收 100", "In 100").to_owned();
        window.until("all rows", |window| window.has(&all));
        let row = window.row("a long row");
        window.click_name(&row);
        send(30);
        let pill = window.name("↓ 30 条新消息", "↓ 30 new").to_owned();
        window.until("the number of new rows", |window| window.has(&pill));
        let place = window.harness.get_by_label(&pill).rect();
        for (_, text, clip) in &Painted::of(&window).texts {
            let shown = text.visual_bounding_rect().intersect(*clip);
            let is_apart = !shown.is_positive() || !shown.shrink(1.0).intersects(place);
            assert!(is_apart || text.galley.text() == pill, "{shown} {place}");
        }
    }
}
