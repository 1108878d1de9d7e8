//! Selecting rows of the log and copying them.

use super::driver::{self, Window};
use crate::sockets::far_side;
use egui::{Event, Key, Modifiers, Pos2, Shape, pos2};
use egui_kittest::kittest::Queryable as _;
use netpeer::words::Lang;

/// A connected window that received these datagrams, and their peer.
fn received(lang: Lang, payloads: &[&[u8]]) -> (Window, String) {
    let mut window = Window::udp(lang);
    let local = window.connect();
    let (socket, peer) = far_side();
    for payload in payloads {
        socket.send_to(payload, local).unwrap();
    }
    let count = payloads.len();
    let all = match lang {
        Lang::Chinese => format!("收 {count}"),
        Lang::English => format!("In {count}"),
    };
    window.until("all of them", |window| window.has(&all));
    window.steps();
    (window, peer.to_string())
}

/// Clicks the row with this text.
fn click(window: &mut Window, text: &str, modifiers: Modifiers) {
    let row = window.row(&format!(": {text}"));
    window.harness.get_by_label(&row).click_modifiers(modifiers);
    window.steps();
}

/// Chooses from the menu of the row with this text. Returns the content of the clipboard then.
fn menu(window: &mut Window, text: &str, (chinese, english): (&str, &str)) -> String {
    let row = window.row(&format!(": {text}"));
    window.harness.get_by_label(&row).click_secondary();
    window.steps();
    window.click(chinese, english);
    window.copied()
}

fn copy(window: &mut Window) -> String {
    window.harness.event(egui::Event::Copy);
    window.steps();
    window.copied()
}

/// The last word of each copied line.
fn words(copied: &str) -> Vec<&str> {
    let last = |line: &str| line.rfind(' ').map_or(0, |space| space + 1);
    copied.lines().map(|line| &line[last(line)..]).collect()
}

#[test]
fn several_rows_are_copied_as_the_log_shows_them() {
    for lang in Lang::ALL {
        let payloads: [&[u8]; 4] = [b"alpha", b"beta", b"gamma", b"delta"];
        let (mut window, peer) = received(lang, &payloads);
        click(&mut window, "beta", Modifiers::NONE);
        assert_eq!(copy(&mut window), "beta");
        click(&mut window, "delta", Modifiers::SHIFT);
        let copied = copy(&mut window);
        assert_eq!(words(&copied), ["beta", "gamma", "delta"]);
        assert!(copied.lines().all(|line| line.contains(&peer)), "{copied}");
        click(&mut window, "gamma", Modifiers::COMMAND);
        assert_eq!(words(&copy(&mut window)), ["beta", "delta"]);
        click(&mut window, "alpha", Modifiers::COMMAND);
        assert_eq!(words(&copy(&mut window)), ["alpha", "beta", "delta"]);
    }
}

#[test]
fn keys_select_several_rows() {
    let (mut window, _) = received(Lang::English, &[b"alpha", b"beta", b"gamma"]);
    click(&mut window, "alpha", Modifiers::NONE);
    window.press(Modifiers::SHIFT, Key::ArrowDown);
    assert_eq!(words(&copy(&mut window)), ["alpha", "beta"]);
    window.press(Modifiers::COMMAND, Key::A);
    let copied = copy(&mut window);
    assert_eq!(copied.lines().count(), 4, "{copied}");
    window.press(Modifiers::NONE, Key::ArrowUp);
    assert_eq!(copy(&mut window), "beta");
}

#[test]
fn keys_of_a_slow_frame_keep_their_shift_and_their_number() {
    let (mut window, _) = received(Lang::English, &[b"alpha", b"beta", b"gamma", b"delta"]);
    let shifted = |key| driver::key(Modifiers::SHIFT, key);
    let released = || Event::ModifiersChanged(Modifiers::NONE);
    click(&mut window, "alpha", Modifiers::NONE);
    // Shift is let go of before the frame ends.
    let down = shifted(Key::ArrowDown).into_iter();
    window.at_once(down.chain([released()]));
    assert_eq!(words(&copy(&mut window)), ["alpha", "beta"]);
    let down = [shifted(Key::ArrowDown), shifted(Key::ArrowDown)].concat();
    window.at_once(down.into_iter().chain([released()]));
    assert_eq!(
        words(&copy(&mut window)),
        ["alpha", "beta", "gamma", "delta"]
    );
    // In their order: up alone, then down with Shift.
    let up = driver::key(Modifiers::NONE, Key::ArrowUp);
    let down = shifted(Key::ArrowDown);
    window.at_once([up, down].concat().into_iter().chain([released()]));
    assert_eq!(words(&copy(&mut window)), ["gamma", "delta"]);
}

#[test]
fn a_click_of_a_slow_frame_keeps_its_shift() {
    let (mut window, _) = received(Lang::English, &[b"alpha", b"beta", b"gamma"]);
    for (modifiers, all) in [
        (Modifiers::SHIFT, vec!["alpha", "beta", "gamma"]),
        (Modifiers::COMMAND, vec!["alpha", "gamma"]),
    ] {
        click(&mut window, "beta", Modifiers::NONE);
        click(&mut window, "alpha", Modifiers::NONE);
        let row = window.row(": gamma");
        let pos = window.harness.get_by_label(&row).rect().center();
        window.harness.hover_at(pos);
        window.steps();
        let button = |pressed| Event::PointerButton {
            pos,
            button: egui::PointerButton::Primary,
            pressed,
            modifiers,
        };
        let released = Event::ModifiersChanged(Modifiers::NONE);
        window.at_once([button(true), button(false), released]);
        assert_eq!(words(&copy(&mut window)), all);
    }
}

/// Presses at one place and moves to another, without letting go.
fn drag(window: &mut Window, from: Pos2, to: Pos2) {
    window.harness.hover_at(from);
    window.harness.drag_at(from);
    window.harness.hover_at(from.lerp(to, 0.5));
    window.harness.hover_at(to);
    window.steps();
}

#[test]
fn a_drag_selects_the_rows_it_goes_over() {
    for lang in Lang::ALL {
        let payloads: [&[u8]; 4] = [b"alpha", b"beta", b"gamma", b"delta"];
        let (mut window, _) = received(lang, &payloads);
        let middle = |window: &Window, text: &str| {
            let row = window.row(&format!(": {text}"));
            window.harness.get_by_label(&row).rect().center()
        };
        let [beta, gamma, delta] = ["beta", "gamma", "delta"].map(|text| middle(&window, text));
        drag(&mut window, beta, delta);
        window.harness.hover_at(gamma);
        window.steps();
        window.harness.drop_at(gamma);
        window.steps();
        assert_eq!(words(&copy(&mut window)), ["beta", "gamma"]);
        // Upward, too.
        drag(&mut window, delta, gamma);
        window.harness.drop_at(gamma);
        window.steps();
        assert_eq!(words(&copy(&mut window)), ["gamma", "delta"]);
    }
}

#[test]
fn a_drag_beyond_the_edge_scrolls_the_log() {
    let payloads: Vec<String> = (0..100).map(|number| format!("number {number}")).collect();
    let payloads: Vec<&[u8]> = payloads.iter().map(String::as_bytes).collect();
    let (mut window, _) = received(Lang::English, &payloads);
    window.until_says("number 99");
    let row = window.row("number 99");
    let from = window.harness.get_by_label(&row).rect().center();
    let log = window.place("数据日志", "Log");
    let above = pos2(from.x, log.top() - 60.0);
    drag(&mut window, from, above);
    window.until("the first row", |window| window.says("Row 1 "));
    // The row at the edge is selected in the next frame.
    window.steps();
    window.harness.drop_at(above);
    window.steps();
    let copied = copy(&mut window);
    assert_eq!(copied.lines().count(), 101, "{copied}");
}

#[test]
fn a_row_of_bytes_is_copied_in_hexadecimal() {
    let (mut window, _) = received(Lang::English, &[&[1, 3, 0, 0xC4]]);
    click(&mut window, "01 03 00 C4", Modifiers::NONE);
    assert_eq!(copy(&mut window), "01 03 00 C4");
}

#[test]
fn the_menu_copies_the_selected_rows_in_other_notations() {
    let (mut window, peer) = received(Lang::English, &[b"hi", b"ho"]);
    click(&mut window, "hi", Modifiers::NONE);
    click(&mut window, "ho", Modifiers::SHIFT);
    let row = window.row(": ho");
    let mut choose = |name: &str| {
        window.harness.get_by_label(&row).click_secondary();
        window.steps();
        window.click_name(name);
        window.copied()
    };
    assert_eq!(choose("Copy as text"), "hi\nho");
    assert_eq!(choose("HEX  48 65"), "68 69\n68 6F");
    assert_eq!(choose("Python  b\"He\""), "b\"hi\"\nb\"ho\"");
    let arrays = choose("C  { 0x48, 0x65 }");
    assert!(arrays.contains("data2[2]") && arrays.contains("data3[2]"));
    let json = choose("JSON lines");
    assert_eq!(json.lines().count(), 2, "{json}");
    assert!(json.lines().all(|line| line.contains(&peer)), "{json}");
}

#[test]
fn a_copy_of_nothing_leaves_the_clipboard_alone_and_says_so() {
    let (mut window, _) = received(Lang::English, &[b"hi"]);
    click(&mut window, "hi", Modifiers::NONE);
    assert_eq!(copy(&mut window), "hi");
    // An event.
    let row = window.row("Row 1 ");
    window.harness.get_by_label(&row).click_secondary();
    window.steps();
    window.click_name("Python  b\"He\"");
    assert_eq!(window.copied(), "hi");
    window.until_says("the selected rows have no bytes");
}

#[test]
fn the_menu_copies_rows_with_their_peer_and_as_a_table() {
    let (mut window, peer) = received(Lang::English, &[b"hi", b"h,o"]);
    click(&mut window, "hi", Modifiers::NONE);
    let line = menu(
        &mut window,
        "hi",
        ("连同时间和对端复制", "Copy with time and peer"),
    );
    assert!(line.contains(&peer) && line.ends_with(" hi"), "{line}");
    click(&mut window, "h,o", Modifiers::SHIFT);
    let table = menu(&mut window, "hi", ("CSV 表格", "CSV table"));
    let rows: Vec<&str> = table.lines().collect();
    assert!(rows[0].starts_with("number,time,"), "{table}");
    assert!(rows[1].ends_with(",hi,68 69"), "{table}");
    assert!(rows[2].ends_with(",\"h,o\",68 2C 6F"), "{table}");
    assert_eq!(rows.len(), 3);
}

#[test]
fn a_row_filters_to_its_peer_becomes_the_target_and_a_rule() {
    for lang in Lang::ALL {
        let (mut window, peer) = received(lang, &[b"AT\r\n"]);
        let (other, _) = far_side();
        other.send_to(b"noise", window.bound()).unwrap();
        window.until_says("noise");
        // The page of the details has a button with the name of an item.
        window.click("片段与历史", "Snippets and history");
        menu(&mut window, "AT", ("只看它的行", "Show only its rows"));
        window.until("the noise hidden", |window| !window.says("noise"));
        menu(&mut window, "AT", ("设为目标", "Set as target"));
        let port = window.value("目标端口", "Target port");
        assert!(peer.ends_with(&format!(":{port}")), "{peer}");
        menu(&mut window, "AT", ("用它新建规则", "Make a rule from this"));
        assert_eq!(window.value("内容 1", "Value 1"), "AT\\r\\n");
        assert!(!window.is_ticked("启用规则 1", "Use rule 1"));
    }
}

#[test]
fn a_key_opens_the_menu_of_the_selected_row_and_gives_the_keys_back() {
    let menu_keys = [(Modifiers::SHIFT, Key::F10), (Modifiers::NONE, Key::Menu)];
    for (modifiers, key) in menu_keys {
        let (mut window, _) = received(Lang::English, &[b"alpha", b"beta"]);
        click(&mut window, "alpha", Modifiers::NONE);
        click(&mut window, "beta", Modifiers::SHIFT);
        window.press(modifiers, key);
        let has_keys = |window: &Window, item| window.harness.get_by_label(item).is_focused();
        assert!(has_keys(&window, "Mark"), "{}", window.labels());
        window.press(Modifiers::NONE, Key::ArrowDown);
        assert!(has_keys(&window, "Copy as shown"));
        window.press(Modifiers::NONE, Key::ArrowUp);
        window.press(Modifiers::NONE, Key::Enter);
        assert!(!window.has("Copy as shown"), "it is closed");
        assert!(window.row(": beta").contains("marked"));
        window.press(modifiers, key);
        assert!(window.has("Copy as shown"));
        window.press(Modifiers::NONE, Key::Escape);
        window.press(Modifiers::NONE, Key::ArrowUp);
        assert_eq!(copy(&mut window), "alpha");
    }
}

#[test]
fn a_row_says_in_words_what_it_is() {
    for lang in Lang::ALL {
        let (window, peer) = received(lang, &[b"hello"]);
        let said = match lang {
            Lang::Chinese => format!("收自 {peer}，5 字节: hello"),
            Lang::English => format!("received from {peer}, 5 bytes: hello"),
        };
        assert!(window.says(&said), "{}", window.labels());
    }
}

/// Whether a polygon is painted at the left edge of the row with this text.
fn has_pennant(window: &Window, text: &str) -> bool {
    let row = window.row(&format!(": {text}"));
    let row = window.harness.get_by_label(&row).rect();
    let edge = row.with_max_x(row.left() + 12.0);
    let mut shapes = window.harness.output().shapes.iter();
    shapes.any(|shape| match &shape.shape {
        Shape::Path(path) => path.points.iter().all(|point| edge.contains(*point)),
        _ => false,
    })
}

#[test]
fn a_row_is_marked_and_found_again_by_a_key() {
    for lang in Lang::ALL {
        let (mut window, _) = received(lang, &[b"hi", b"ho"]);
        let row = window.row(": ho");
        window.harness.get_by_label(&row).click_secondary();
        window.steps();
        window.click("标记", "Mark");
        let row = window.row(": ho");
        assert!(row.contains(window.name("已标记", "marked")), "{row}");
        assert!(has_pennant(&window, "ho") && !has_pennant(&window, "hi"));
        click(&mut window, "hi", Modifiers::NONE);
        window.press(Modifiers::NONE, Key::F2);
        assert_eq!(copy(&mut window), "ho");
        window.press(Modifiers::COMMAND, Key::F2);
        let row = window.row(": ho");
        assert!(!row.contains(window.name("已标记", "marked")), "{row}");
    }
}
