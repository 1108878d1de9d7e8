//! The columns of the log.

use super::driver::Window;
use super::painted::Painted;
use crate::sockets::far_side;
use egui::{Key, Modifiers, Pos2, Rect, Shape, pos2, vec2};
use egui_kittest::kittest::Queryable as _;
use netpeer::words::Lang;

fn edge(window: &Window) -> Rect {
    window.place("“对端”列宽", "Width of column “Peer”")
}

#[test]
fn a_column_is_as_wide_as_it_is_dragged_and_stays_so() {
    for lang in Lang::ALL {
        let dir = tempfile::tempdir().unwrap();
        let mut window = Window::in_dir(lang, dir.path());
        // An empty log has no columns.
        window.fill("本地端口", "Local port", "0");
        window.connect();
        let before = edge(&window).center();
        let to = before + vec2(40.0, 0.0);
        window.harness.hover_at(before);
        window.harness.drag_at(before);
        window.harness.hover_at(to);
        window.harness.drop_at(to);
        window.steps();
        let moved = |window: &Window| edge(window).center().x - before.x;
        assert!((moved(&window) - 40.0).abs() < 1.0, "{}", moved(&window));
        window.close();
        let mut window = Window::in_dir(lang, dir.path());
        window.connect();
        assert!((moved(&window) - 40.0).abs() < 1.0, "{}", moved(&window));
    }
}

#[test]
fn a_narrow_log_leaves_columns_out_and_none_stands_outside() {
    let mut window = Window::udp(Lang::English);
    let local = window.connect();
    let (socket, _) = far_side();
    socket.send_to(b"a row", local).unwrap();
    window.until_says("a row");
    assert!(window.has("Width of column “Interval”"));
    let (width, height) = netpeer::settings::SMALLEST;
    window.harness.set_size(vec2(width, height));
    window.steps();
    window.click_name("Show network and receive settings");
    assert!(!window.has("Width of column “Interval”"));
    let log = window.place("数据日志", "Log");
    assert!(edge(&window).right() < log.right(), "{log}");
}

#[test]
fn the_menu_of_the_titles_hides_a_column_and_shows_all_again() {
    for (lang, peer, edge) in [
        (Lang::Chinese, "对端", "“对端”列宽"),
        (Lang::English, "Peer", "Width of column “Peer”"),
    ] {
        let dir = tempfile::tempdir().unwrap();
        let mut window = Window::in_dir(lang, dir.path());
        window.fill("本地端口", "Local port", "0");
        // The titles stand above rows, not above the cards of an empty session.
        window.connect();
        let menu = |window: &mut Window| {
            let titles = window.name("日志的列", "Columns of the log").to_owned();
            window.harness.get_by_label(&titles).click_secondary();
            window.steps();
        };
        assert!(window.has(edge));
        menu(&mut window);
        window.click_name(peer);
        assert!(!window.has(edge));
        window.close();
        let mut window = Window::in_dir(lang, dir.path());
        window.connect();
        assert!(!window.has(edge), "it stays hidden");
        menu(&mut window);
        window.click("恢复默认列", "Reset columns");
        assert!(window.has(edge));
    }
}

/// Where the title of a column is painted.
fn title(window: &Window, text: &str) -> f32 {
    let shapes = window.harness.output().shapes.iter();
    let mut texts = shapes.filter_map(|shape| match &shape.shape {
        Shape::Text(painted) if painted.galley.text() == text => Some(painted.pos.x),
        _ => None,
    });
    texts.next().unwrap_or_else(|| panic!("{text}"))
}

#[test]
fn a_column_is_moved_in_the_menu_of_the_titles_and_stays_there() {
    for (lang, peer, gap, left) in [
        (Lang::Chinese, "对端", "间隔", "“对端”左移"),
        (Lang::English, "Peer", "Interval", "Move “Peer” left"),
    ] {
        let dir = tempfile::tempdir().unwrap();
        let mut window = Window::in_dir(lang, dir.path());
        window.fill("本地端口", "Local port", "0");
        window.connect();
        assert!(title(&window, gap) < title(&window, peer));
        window.click("日志的列", "Columns of the log");
        // Beyond the direction, then beyond the interval.
        window.click_name(left);
        window.click_name(left);
        window.press(Modifiers::NONE, Key::Escape);
        assert!(!window.has(left));
        assert!(title(&window, peer) < title(&window, gap));
        window.close();
        let mut window = Window::in_dir(lang, dir.path());
        window.connect();
        assert!(title(&window, peer) < title(&window, gap));
        window.click("日志的列", "Columns of the log");
        window.click("恢复默认列", "Reset columns");
        assert!(title(&window, gap) < title(&window, peer));
    }
}

#[test]
fn a_column_is_moved_by_dragging_its_title() {
    let mut window = Window::udp(Lang::English);
    window.connect();
    let height = window.place("日志的列", "Columns of the log").center().y;
    let of = |window: &Window, text: &str| pos2(title(window, text) + 5.0, height);
    let drag = |window: &mut Window, from: Pos2, to: Pos2| {
        window.harness.hover_at(from);
        window.harness.drag_at(from);
        window.harness.hover_at(to);
        window.steps();
        window.harness.drop_at(to);
        window.steps();
    };
    let (time, length) = (of(&window, "Time"), of(&window, "Length"));
    drag(&mut window, time, length + vec2(60.0, 0.0));
    let left =
        |window: &Window| ["Interval", "Peer", "Length", "Time"].map(|text| title(window, text));
    assert!(left(&window).is_sorted(), "{:?}", left(&window));
    let (time, gap) = (of(&window, "Time"), of(&window, "Interval"));
    drag(&mut window, time, gap);
    assert!(title(&window, "Time") < title(&window, "Interval"));
    // No menu was opened by that.
    assert!(!window.has("Reset columns"));
}

#[test]
fn rows_are_as_high_as_is_chosen_and_show_the_chosen_time() {
    for lang in Lang::ALL {
        let dir = tempfile::tempdir().unwrap();
        let mut window = Window::in_dir(lang, dir.path());
        window.fill("本地端口", "Local port", "0");
        let local = window.connect();
        far_side().0.send_to(b"a row", local).unwrap();
        window.until_says(": a row");
        let height = |window: &Window| {
            let row = window.row(": a row");
            window.harness.get_by_label(&row).rect().height()
        };
        assert_eq!(height(&window), 22.0);
        window.click("日志的列", "Columns of the log");
        window.click("紧凑的行", "Compact rows");
        assert_eq!(height(&window), 18.0);
        window.click("宽松的行", "Roomy rows");
        assert_eq!(height(&window), 25.0);
        let times = [
            (
                ("时间到微秒", "Time to the microsecond"),
                ".000000".len(),
                0,
            ),
            (("日期和时间", "Date and time"), ".000".len(), 2),
            (("时间到毫秒", "Time to the millisecond"), ".000".len(), 0),
        ];
        for ((chinese, english), digits, dashes) in times {
            window.click(chinese, english);
            let row = window.row(": a row");
            let spoken = window.name(" 收自", " received from");
            let (time, _) = row.split_once(spoken).unwrap();
            assert_eq!(time.len() - time.rfind('.').unwrap(), digits, "{time}");
            assert_eq!(time.matches('-').count(), dashes, "{time}");
        }
        window.click("时间到微秒", "Time to the microsecond");
        window.close();
        let mut window = Window::in_dir(lang, dir.path());
        let local = window.connect();
        far_side().0.send_to(b"a row", local).unwrap();
        window.until_says(": a row");
        assert_eq!(height(&window), 25.0, "it stays so");
    }
}

#[test]
fn long_content_is_wrapped_where_that_is_chosen() {
    let mut window = Window::udp(Lang::English);
    let local = window.connect();
    let (socket, _) = far_side();
    socket.send_to(&b"word ".repeat(100), local).unwrap();
    window.until_says(": word");
    let lines = |window: &Window| {
        let shapes = window.harness.output().shapes.iter();
        let content = shapes.filter_map(|shape| match &shape.shape {
            Shape::Text(painted) if painted.galley.text().starts_with("word word") => {
                Some(painted.galley.rows.len())
            }
            _ => None,
        });
        content.max().unwrap()
    };
    assert_eq!(lines(&window), 1);
    window.click("日志的列", "Columns of the log");
    window.click("内容换行", "Wrap content");
    assert_eq!(lines(&window), 3);
    let row = window.row(": word");
    let place = window.harness.get_by_label(&row).rect();
    assert_eq!(place.height(), 66.0);
    // The row after it is the next for the keys.
    socket.send_to(b"another", local).unwrap();
    window.until_says(": another");
    window.press(Modifiers::NONE, Key::Escape);
    window.click_name(&row);
    window.press(Modifiers::NONE, Key::ArrowDown);
    let another = window.row(": another");
    assert!(window.is_chosen(&another, &another));
    window.press(Modifiers::NONE, Key::ArrowUp);
    assert!(window.is_chosen(&row, &row));
}

#[test]
fn lengths_end_below_the_end_of_their_title() {
    let mut window = Window::udp(Lang::English);
    let local = window.connect();
    let (socket, _) = far_side();
    socket.send_to(&[b'a'; 1234], local).unwrap();
    socket.send_to(&[b'b'; 56], local).unwrap();
    window.until_says("bbbb");
    let painted = Painted::of(&window);
    let ends = |text: &str| -> Vec<f32> {
        let places = painted.places_of(text);
        places.iter().map(Rect::right).collect()
    };
    let title = ends("Length")[0];
    for length in ["1234", "56"] {
        let is_below = |end: &f32| (end - title).abs() < 2.0;
        assert!(ends(length).iter().any(is_below), "{:?}", ends(length));
    }
}
