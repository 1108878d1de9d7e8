//! Keys belong to what is in front, and the window asks before it closes live sessions.

use super::driver::Window;
use crate::sockets::{far_side, receive};
use egui::{Event, Key, Modifiers, ViewportCommand, ViewportEvent, ViewportId};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use netpeer::words::Lang;

#[test]
fn with_settings_in_front_the_session_behind_them_stays() {
    for lang in Lang::ALL {
        let mut window = Window::udp(lang);
        let local = window.connect();
        let (far, _) = far_side();
        window.click("设置", "Settings");
        let open = |window: &Window| window.says("设置文件") || window.says("Settings file");
        assert!(open(&window), "{}", window.labels());
        far.send_to(b"stays", local).unwrap();
        window.until_says("stays");
        for key in [Key::L, Key::N, Key::W] {
            window.press(Modifiers::COMMAND, key);
        }
        assert!(!open(&window), "the key closes what is in front");
        assert!(window.says("stays"));
        assert_eq!(window.bound(), local);
    }
}

#[test]
fn each_dialog_is_closed_by_the_key_and_the_next_one_gets_the_next_key() {
    let dialogs = [
        ("编辑规则", "Edit rules", "自动应答规则", "Reply rules"),
        ("测量…", "Measure…", "压力与测量", "Load and measure"),
        ("导出…", "Export…", "导出日志", "Export the log"),
    ];
    for lang in Lang::ALL {
        let shown = |window: &Window, (_, _, chinese, english)| match lang {
            Lang::Chinese => window.has(chinese),
            Lang::English => window.has(english),
        };
        let mut window = Window::udp(lang);
        let local = window.connect();
        for dialog in dialogs {
            window.click(dialog.0, dialog.1);
            assert!(shown(&window, dialog), "{dialog:?} {}", window.labels());
            window.press(Modifiers::COMMAND, Key::W);
            assert!(!shown(&window, dialog), "{dialog:?}");
        }
        let [rules, measure, _] = dialogs;
        window.click(rules.0, rules.1);
        window.press(Modifiers::NONE, Key::Escape);
        // The second is opened from behind the first, which a click would bring back.
        window.click(measure.0, measure.1);
        window.click(rules.0, rules.1);
        assert!(shown(&window, rules) && shown(&window, measure));
        window.press(Modifiers::NONE, Key::Escape);
        assert!(!shown(&window, rules) && shown(&window, measure));
        window.press(Modifiers::COMMAND, Key::W);
        assert!(!shown(&window, measure));
        assert_eq!(window.bound(), local, "the session stays");
    }
}

#[test]
fn the_send_key_in_a_dialog_sends_nothing() {
    let (far, target) = far_side();
    let mut window = Window::udp(Lang::English);
    window.connect();
    window.fill("目标端口", "Target port", &target.port().to_string());
    window.fill("发送内容", "Message", "once");
    window.press(Modifiers::COMMAND, Key::S);
    window.press(Modifiers::COMMAND, Key::Enter);
    window.press(Modifiers::NONE, Key::Escape);
    window.fill("发送内容", "Message", "twice");
    window.press(Modifiers::COMMAND, Key::Enter);
    assert_eq!(receive(&far), b"twice");
}

#[test]
fn a_click_beside_a_dialog_gives_the_keys_back() {
    let (far, target) = far_side();
    let mut window = Window::udp(Lang::English);
    window.connect();
    window.fill("目标端口", "Target port", &target.port().to_string());
    window.fill("发送内容", "Message", "hello");
    window.click("测量…", "Measure…");
    window.click("发送内容", "Message");
    window.press(Modifiers::COMMAND, Key::Enter);
    assert_eq!(receive(&far), b"hello");
}

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
    assert!(window.has("Connect"), "the new tab is not connected");
    window.press(Modifiers::CTRL, Key::Tab);
    window.until_says("Bound to 127");
}

/// What the window tells the system after its close button is pressed.
fn closes(window: &mut Window) -> Vec<ViewportCommand> {
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
        window.click("结束会话并关闭", "End sessions and close");
        assert_eq!(closes(&mut window), []);
    }
}

/// Gives an item the keys, and chooses it by one.
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
    window.click("编辑规则", "Edit rules");
    window.click("添加", "Add");
    choose(&mut window, "HTTP 200");
    assert!(!window.has("Echo"), "the menu is closed");
}

/// Whether the keys go to the control of this name.
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
    window.click("历史", "History");
    window.press(Modifiers::NONE, Key::Escape);
    assert!(has_keys(&window, "History"), "a menu");
}
