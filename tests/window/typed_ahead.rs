//! Input behind a key that moves the focus, in the same slow frame: it belongs to the control that
//! gets the focus.

use super::driver::{Window, key};
use crate::sockets::{far_side, receive};
use egui::{Event, Key, Modifiers};
use egui_kittest::kittest::Queryable as _;
use netpeer::words::Lang;

const CTRL: Modifiers = Modifiers::COMMAND;
const NONE: Modifiers = Modifiers::NONE;

fn text(text: &str) -> Vec<Event> {
    // As from a keyboard: each character is an event.
    let letters = text.chars();
    letters.map(|c| Event::Text(c.to_string())).collect()
}

/// A command typed into the palette.
fn command(words: &str) -> Vec<Event> {
    let open = key(CTRL, Key::K).to_vec();
    [open, text(words), key(NONE, Key::Enter).to_vec()].concat()
}

#[test]
fn the_palette_takes_the_words_of_the_frame_it_opens_in() {
    for lang in Lang::ALL {
        let mut window = Window::udp(lang);
        window.at_once(command("dark"));
        assert!(window.is_closed(), "another command: {}", window.labels());
        assert_eq!(window.harness.ctx.theme(), egui::Theme::Dark);
        // Several in a row.
        window.at_once([command("light"), command("弱网模拟")].concat());
        assert_eq!(window.harness.ctx.theme(), egui::Theme::Light);
        assert!(window.is_chosen("弱网模拟", "Simulated network"));
    }
}

#[test]
fn arrows_of_one_frame_each_move_the_choice() {
    let mut window = Window::udp(Lang::English);
    // The theme of the system, the light one, and the dark one.
    let mut events = command("theme");
    let down = [key(NONE, Key::ArrowDown), key(NONE, Key::ArrowDown)].concat();
    let enter = events.len() - 2;
    events.splice(enter..enter, down);
    window.at_once(events);
    assert_eq!(window.harness.ctx.theme(), egui::Theme::Dark);
}

#[test]
fn the_palette_takes_the_words_of_the_next_frames() {
    let events = command("dark");
    for first in 1..events.len() {
        let mut window = Window::udp(Lang::English);
        let (now, next) = events.split_at(first);
        window.harness.input_mut().events.extend_from_slice(now);
        window.harness.step();
        window.at_once(next.iter().cloned());
        assert!(window.is_closed(), "{first}");
        assert_eq!(window.harness.ctx.theme(), egui::Theme::Dark, "{first}");
    }
}

#[test]
fn words_typed_before_the_key_of_the_palette_stay_in_the_message() {
    let mut window = Window::udp(Lang::English);
    window.harness.get_by_label("Message").focus();
    window.steps();
    window.at_once([text("hello"), command("dark"), text(" you")].concat());
    assert_eq!(window.harness.ctx.theme(), egui::Theme::Dark);
    assert_eq!(window.value("发送内容", "Message"), "hello you");
}

#[test]
fn a_message_ends_at_the_key_that_sends_it() {
    let (far, to) = far_side();
    let mut window = Window::udp(Lang::English);
    window.connect();
    window.fill("目标端口", "Target port", &to.port().to_string());
    window.harness.get_by_label("Message").focus();
    window.steps();
    let send = key(CTRL, Key::Enter).to_vec();
    window.at_once([text("one"), send, text(" two")].concat());
    assert_eq!(receive(&far), b"one");
}

#[test]
fn the_filter_takes_only_the_words_behind_its_key() {
    let mut window = Window::udp(Lang::English);
    window.harness.get_by_label("Message").focus();
    window.steps();
    let search = key(CTRL, Key::F).to_vec();
    window.at_once([text("hello"), search, text("temp")].concat());
    assert_eq!(window.value("过滤", "Filter"), "temp");
    assert_eq!(window.value("发送内容", "Message"), "hello");
}

#[test]
fn the_field_for_a_time_takes_the_words_behind_its_key() {
    let mut window = Window::udp(Lang::English);
    window.connect();
    window.harness.get_by_label("Message").focus();
    window.steps();
    let go_to = key(CTRL, Key::G).to_vec();
    window.at_once([text("hello"), go_to, text("25:99")].concat());
    assert_eq!(window.value("时间", "Go to this time"), "25:99");
    assert_eq!(window.value("发送内容", "Message"), "hello");
}

#[test]
fn the_path_of_a_file_takes_the_words_behind_its_key() {
    let mut window = Window::udp(Lang::English);
    window.harness.get_by_label("Message").focus();
    window.steps();
    let open = key(CTRL, Key::O).to_vec();
    window.at_once([text("hello"), open, text("/tmp/x")].concat());
    assert_eq!(window.value("要打开的文件", "File to open"), "/tmp/x");
    assert_eq!(window.value("发送内容", "Message"), "hello");
}

#[test]
fn the_next_part_of_the_window_takes_the_words_behind_its_key() {
    let mut window = Window::udp(Lang::English);
    window.press(NONE, Key::F6);
    // Back from the tabs to the composer, whose first control is the target.
    let back = key(Modifiers::SHIFT, Key::F6).to_vec();
    window.at_once([back, text("8")].concat());
    let host = window.value("目标主机", "Target host");
    assert!(host.contains('8'), "{host}");
}
