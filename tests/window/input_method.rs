//! Words composed by an input method: no field loses them, and the focus moves without turning
//! it off.

use super::driver::Window;
use crate::sockets::{far_side, receive};
use egui::{Event, ImeEvent, Key, Modifiers, PointerButton};
use egui_kittest::kittest::Queryable as _;
use netpeer::app::input_method;
use netpeer::words::Lang;

const MESSAGE: (&str, &str) = ("发送内容", "Message");
/// The fields in which words are typed.
const FIELDS: [(&str, &str); 5] = [
    MESSAGE,
    ("过滤", "Filter"),
    ("目标主机", "Target host"),
    ("内容 1", "Value 1"),
    ("名称", "Name"),
];

fn compose(window: &Window, text: &str) {
    window.harness.event(Event::Ime(ImeEvent::Preedit {
        text: text.into(),
        active_range_chars: None,
    }));
}

fn commit(window: &Window, text: &str) {
    let event = ImeEvent::Commit(text.into());
    window.harness.event(Event::Ime(event));
}

/// A window with a rule whose fields are shown.
fn with_rule(lang: Lang) -> Window {
    let mut window = Window::udp(lang);
    window.click("自动应答规则", "Auto-reply rules");
    window.click("添加", "Add");
    window.click("加前缀", "Prefix");
    window.click("条件 1", "Condition 1");
    window.click("包含", "Contains");
    window
}

/// Whether a frame interrupted the input method or did not allow it: one for each event, and two
/// more.
fn disturbs(window: &mut Window, events: impl IntoIterator<Item = Event>) -> bool {
    let mut disturbed = false;
    for event in events.into_iter().map(Some).chain([None, None]) {
        window.harness.input_mut().events.extend(event);
        window.harness.step();
        let ime = window.harness.output().platform_output.ime;
        disturbed |= ime.is_none_or(|ime| ime.should_interrupt_composition);
    }
    disturbed
}

fn click(window: &Window, name: &str) -> [Event; 3] {
    let pos = window.harness.get_by_label(name).rect().center();
    let button = |pressed| Event::PointerButton {
        pos,
        button: PointerButton::Primary,
        pressed,
        modifiers: Modifiers::NONE,
    };
    [Event::PointerMoved(pos), button(true), button(false)]
}

fn key(key: Key, modifiers: Modifiers) -> Event {
    Event::Key {
        key,
        physical_key: None,
        pressed: true,
        repeat: false,
        modifiers,
    }
}

#[test]
fn every_field_takes_composed_words() {
    for lang in Lang::ALL {
        let mut window = with_rule(lang);
        for (chinese, english) in FIELDS {
            window.fill(chinese, english, "");
            compose(&window, "ni hao");
            window.steps();
            assert_eq!(window.value(chinese, english), "ni hao");
            commit(&window, "你好");
            window.steps();
            assert_eq!(window.value(chinese, english), "你好");
        }
    }
}

#[test]
fn clicks_and_keys_do_not_turn_the_input_method_off() {
    let mut window = with_rule(Lang::English);
    input_method::stay_on(&window.harness.ctx);
    window.steps();
    for (chinese, english) in FIELDS {
        let name = window.name(chinese, english);
        let clicks = click(&window, name);
        assert!(!disturbs(&mut window, clicks), "{name}");
        // Elsewhere, where nothing is typed.
        let clicks = click(&window, "Reset counters");
        assert!(!disturbs(&mut window, clicks), "beside {name}");
    }
    assert!(!disturbs(&mut window, [key(Key::Tab, Modifiers::NONE)]));
}

#[test]
fn a_word_being_composed_is_committed_before_it_is_sent() {
    let mut window = Window::udp(Lang::Chinese);
    window.connect();
    let (socket, peer) = far_side();
    window.fill("目标端口", "Target port", &peer.port().to_string());
    window.fill(MESSAGE.0, MESSAGE.1, "");
    compose(&window, "ni hao");
    window.steps();
    let clicks = click(&window, "发送");
    let is_disturbed = disturbs(&mut window, clicks);
    assert!(is_disturbed, "the input method still composes it");
    assert_eq!(receive(&socket), b"ni hao");
    // The input method ends its own.
    compose(&window, "");
    window.steps();
    assert_eq!(window.value(MESSAGE.0, MESSAGE.1), "ni hao");
}

#[test]
fn a_key_that_the_input_method_lets_through_leaves_it_composing() {
    let mut window = Window::udp(Lang::Chinese);
    input_method::stay_on(&window.harness.ctx);
    window.connect();
    let (socket, peer) = far_side();
    window.fill("目标端口", "Target port", &peer.port().to_string());
    window.fill(MESSAGE.0, MESSAGE.1, "");
    compose(&window, "ni hao");
    window.steps();
    assert!(!disturbs(
        &mut window,
        [key(Key::Enter, Modifiers::COMMAND)]
    ));
    assert_eq!(receive(&socket), b"ni hao");
    commit(&window, "你好");
    window.steps();
    assert_eq!(window.value(MESSAGE.0, MESSAGE.1), "你好");
}

#[test]
fn a_word_being_composed_stays_where_the_focus_leaves() {
    let mut window = Window::udp(Lang::English);
    input_method::stay_on(&window.harness.ctx);
    window.fill(MESSAGE.0, MESSAGE.1, "");
    compose(&window, "ni hao");
    window.steps();
    assert!(!disturbs(&mut window, [Event::WindowFocused(false)]));
    window.harness.event(Event::WindowFocused(true));
    compose(&window, "");
    window.steps();
    assert_eq!(window.value(MESSAGE.0, MESSAGE.1), "ni hao");
}

#[test]
fn after_a_click_on_send_the_message_has_the_keys() {
    let mut window = Window::udp(Lang::English);
    window.connect();
    let (socket, peer) = far_side();
    window.fill("目标端口", "Target port", &peer.port().to_string());
    window.fill(MESSAGE.0, MESSAGE.1, "a");
    window.click("发送", "Send");
    assert_eq!(receive(&socket), b"a");
    // The word that the input method was still composing.
    commit(&window, "世界");
    window.steps();
    assert_eq!(window.value(MESSAGE.0, MESSAGE.1), "a世界");
}
