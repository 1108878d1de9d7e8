//! Keys act on the session, and the window asks before it closes live sessions.

use super::driver::Window;
use egui::accesskit::Role;
use egui::{Event, Key, Modifiers, Vec2, ViewportCommand, ViewportEvent, ViewportId, vec2};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use netpeer::words::Lang;

#[test]
fn keys_of_one_frame_act_in_the_order_they_were_pressed() {
    let mut window = Window::udp(Lang::English);
    let keys = [(Modifiers::NONE, Key::F5), (Modifiers::COMMAND, Key::N)];
    let events = keys.map(|(modifiers, key)| Event::Key {
        key,
        physical_key: None,
        pressed: true,
        repeat: false,
        modifiers,
    });
    window.harness.input_mut().events.extend(events);
    window.steps();
    assert!(window.is_closed(), "the new tab is not connected");
    window.press(Modifiers::CTRL, Key::Tab);
    window.until_says("Bound to 127");
}

/// The commands to the system after the close button is pressed.
pub fn closes(window: &mut Window) -> Vec<ViewportCommand> {
    let input = window.harness.input_mut();
    let viewport = input.viewports.entry(ViewportId::ROOT).or_default();
    viewport.events.push(ViewportEvent::Close);
    window.harness.step();
    let output = window.harness.output();
    let viewport = output.viewport_output.get(&ViewportId::ROOT);
    let commands = viewport.map(|viewport| viewport.commands.clone());
    let input = window.harness.input_mut();
    input
        .viewports
        .entry(ViewportId::ROOT)
        .or_default()
        .events
        .clear();
    window.steps();
    commands.unwrap_or_default()
}

#[test]
fn only_a_window_over_live_sessions_asks_before_it_closes() {
    for lang in Lang::ALL {
        let mut window = Window::udp(lang);
        assert_eq!(closes(&mut window), []);
        window.connect();
        assert_eq!(closes(&mut window), [ViewportCommand::CancelClose]);
        window.click("继续运行", "Keep open");
        assert!(!window.has("继续运行") && !window.has("Keep open"));
        assert_eq!(closes(&mut window), [ViewportCommand::CancelClose]);
        window.click("结束并关闭", "End them and close");
        assert_eq!(closes(&mut window), []);
    }
}

#[test]
fn keys_act_again_when_the_window_is_kept_open() {
    for lang in Lang::ALL {
        for by_key in [false, true] {
            let mut window = Window::udp(lang);
            window.connect();
            closes(&mut window);
            window.press(Modifiers::COMMAND, Key::N);
            assert!(!window.is_closed(), "keys belong to the question");
            match by_key {
                true => window.press(Modifiers::NONE, Key::Escape),
                false => window.click("继续运行", "Keep open"),
            }
            window.press(Modifiers::COMMAND, Key::N);
            assert!(window.is_closed(), "a new tab");
        }
    }
}

/// Focuses an item, and chooses it by a key.
fn choose(window: &mut Window, item: &str) {
    window.harness.get_by_label(item).focus();
    window.steps();
    window.press(Modifiers::NONE, Key::Enter);
}

#[test]
fn a_menu_or_list_closes_when_a_key_chose_from_it() {
    let mut window = Window::udp(Lang::English);
    window.click("行尾", "Line end");
    choose(&mut window, "LF  \\n");
    assert!(!window.has("CR  \\r"), "the list is closed");
    window.click("自动应答规则", "Auto-reply rules");
    window.click("添加", "Add");
    choose(&mut window, "HTTP 200");
    assert!(!window.has("Echo"), "the menu is closed");
}

/// Whether the control of this name has the keyboard focus.
fn has_keys(window: &Window, name: &str) -> bool {
    let node = window.harness.get_by_label(name);
    node.accesskit_node().is_focused()
}

#[test]
fn the_focus_returns_to_the_button_of_a_list() {
    let mut window = Window::udp(Lang::English);
    window.harness.get_by_label("Line end").focus();
    window.steps();
    window.press(Modifiers::NONE, Key::Space);
    choose(&mut window, "LF  \\n");
    assert!(has_keys(&window, "Line end"), "chosen by a key");
    window.press(Modifiers::NONE, Key::Space);
    assert!(window.has("CR  \\r"), "the list is open");
    window.press(Modifiers::NONE, Key::Escape);
    assert!(has_keys(&window, "Line end"), "left by a key");
    window.click("行尾", "Line end");
    window.click_name("CR  \\r");
    assert!(has_keys(&window, "Line end"), "chosen by a click");
    window.click("历史和片段", "History and snippets");
    window.press(Modifiers::NONE, Key::Escape);
    assert!(has_keys(&window, "History and snippets"), "a menu");
}

#[test]
fn the_menu_key_opens_the_menu_of_what_has_the_keys() {
    for lang in Lang::ALL {
        let mut window = Window::udp(lang);
        window.connect();
        let titles = window.name("日志的列", "Columns of the log").to_owned();
        let reset = window.name("恢复默认列", "Reset columns").to_owned();
        window.harness.get_by_label(&titles).focus();
        window.steps();
        window.press(Modifiers::SHIFT, Key::F10);
        assert!(window.has(&reset));
        window.press(Modifiers::NONE, Key::Escape);
        assert!(!window.has(&reset) && has_keys(&window, &titles));
        window.harness.get_by_role(Role::Tab).focus();
        window.steps();
        window.press(Modifiers::NONE, Key::Menu);
        let field = window.name("标签名称", "Name of the tab").to_owned();
        assert!(has_keys(&window, &field));
        window.press(Modifiers::NONE, Key::Escape);
        assert!(!window.has(&field));
        assert!(window.harness.get_by_role(Role::Tab).is_focused());
    }
}

#[test]
fn the_zoom_factor_is_changed_by_keys_and_kept() {
    let dir = tempfile::tempdir().unwrap();
    let zoom = |window: &Window| window.harness.ctx.zoom_factor();
    let mut window = Window::in_dir(Lang::English, dir.path());
    for key in [Key::Plus, Key::Equals, Key::Plus, Key::Minus] {
        window.press(Modifiers::COMMAND, key);
    }
    assert_eq!(zoom(&window), 1.2);
    window.close();
    let mut window = Window::in_dir(Lang::English, dir.path());
    assert_eq!(zoom(&window), 1.2);
    window.press(Modifiers::COMMAND, Key::Num0);
    assert_eq!(zoom(&window), 1.0);
}

#[test]
fn rows_of_the_log_keep_room_at_any_zoom_factor() {
    let dir = tempfile::tempdir().unwrap();
    let mut window = Window::in_dir(Lang::English, dir.path());
    // As the toolkit does: the size in points follows the zoom factor.
    let resize = |window: &mut Window, pixels: Vec2| {
        for _ in 0..5 {
            let zoom = window.harness.ctx.zoom_factor();
            window.harness.set_size(pixels / zoom);
            window.harness.step();
        }
        window.harness.ctx.zoom_factor()
    };
    let small = vec2(760.0, 480.0);
    resize(&mut window, small);
    let pressed: Vec<f32> = (0..10)
        .map(|_| {
            window.press(Modifiers::COMMAND, Key::Plus);
            resize(&mut window, small)
        })
        .collect();
    assert_eq!(pressed[4..], [1.5, 1.6, 1.6, 1.6, 1.6, 1.6]);
    let large = vec2(1280.0, 800.0);
    resize(&mut window, large);
    for _ in 0..4 {
        window.press(Modifiers::COMMAND, Key::Plus);
        resize(&mut window, large);
    }
    assert_eq!(resize(&mut window, large), 2.0);
    assert_eq!(resize(&mut window, small), 1.6);
}

/// Applies a change of the desktop to the window.
fn after_change(window: &mut Window, change: impl FnOnce(&mut egui::ViewportInfo)) {
    let input = window.harness.input_mut();
    change(input.viewports.entry(ViewportId::ROOT).or_default());
    window.steps();
}

#[test]
fn the_place_of_the_window_is_kept_as_it_was_before_it_was_maximised() {
    let dir = tempfile::tempdir().unwrap();
    let place = |left, top, width, height| {
        let corner = egui::pos2(left, top);
        Some(egui::Rect::from_min_size(corner, egui::vec2(width, height)))
    };
    let mut window = Window::in_dir(Lang::English, dir.path());
    after_change(&mut window, |viewport| {
        viewport.inner_rect = place(52.0, 80.0, 900.0, 600.0);
        viewport.outer_rect = place(50.0, 50.0, 904.0, 632.0);
    });
    after_change(&mut window, |viewport| {
        viewport.maximized = Some(true);
        viewport.inner_rect = place(0.0, 30.0, 1920.0, 1050.0);
        viewport.outer_rect = place(0.0, 0.0, 1920.0, 1080.0);
    });
    window.close();
    let settings = netpeer::settings::load(&netpeer::settings::file_in(dir.path())).settings;
    let size = (settings.window.width, settings.window.height);
    assert_eq!(size, (900.0, 600.0));
    let corner = settings.place.corner.map(|corner| (corner.x, corner.y));
    assert_eq!((corner, settings.place.maximised), (Some((50, 50)), true));
}

#[test]
fn a_menu_scrolls_where_the_window_is_lower_than_it() {
    let mut window = Window::udp(Lang::English);
    window.connect();
    // As large as a window at 200 % on a screen of 1280 by 800.
    window.harness.set_size(egui::vec2(640.0, 400.0));
    window.steps();
    window.harness.get_by_label("Columns of the log").focus();
    window.steps();
    window.press(Modifiers::SHIFT, Key::F10);
    // From the first item upward comes the last.
    window.press(Modifiers::NONE, Key::ArrowUp);
    window.until("the last item", |window| {
        let last = window.harness.get_by_label("Reset columns");
        last.is_focused() && last.rect().bottom() <= 400.0
    });
}
