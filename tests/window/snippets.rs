//! The table of snippets: each row has a button to send it, and all are sent in turn.

use super::driver::Window;
use crate::sockets::{far_side, receive};
use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable as _;
use netpeer::payload::composition::{Composition, TextFormat};
use netpeer::settings::library::Snippet;
use netpeer::settings::{Settings, TabSettings};
use netpeer::words::Lang;
use std::net::SocketAddr;

const PAGE: (&str, &str) = ("片段与历史", "Snippets and history");
const ALL: (&str, &str) = ("依次发送全部", "Send all in turn");

/// A connected window with the page of these snippets, whose target is `to`.
fn with_snippets(lang: Lang, to: SocketAddr, all: &[(&str, TextFormat, &str)]) -> Window {
    let mut tab = TabSettings::default();
    tab.network.local_port = "0".into();
    tab.send.target_port = to.port().to_string();
    let mut settings = Settings {
        tabs: vec![tab],
        ..Settings::default()
    };
    for (name, format, text) in all {
        let composition = Composition {
            format: *format,
            text: (*text).into(),
            ..Composition::default()
        };
        let name = (*name).to_owned();
        let snippets = &mut settings.library.snippets;
        snippets.add("test", Snippet { name, composition });
    }
    let mut window = Window::with_settings(lang, settings);
    window.connect();
    window.click(PAGE.0, PAGE.1);
    window
}

#[test]
fn each_row_has_a_button_that_sends_it() {
    for lang in Lang::ALL {
        let (far, to) = far_side();
        let all = [
            ("version", TextFormat::Text, "AT+GMR"),
            ("read", TextFormat::Hex, "01 03"),
        ];
        let mut window = with_snippets(lang, to, &all);
        window.click("发送片段 1.2", "Send snippet 1.2");
        assert_eq!(receive(&far), [1, 3]);
        window.click("发送片段 1.1", "Send snippet 1.1");
        assert_eq!(receive(&far), b"AT+GMR");
        assert_eq!(
            window.value("发送内容", "Message"),
            "",
            "the box is as it was"
        );
    }
}

#[test]
fn a_row_is_added_written_and_sent() {
    let (far, to) = far_side();
    let mut window = with_snippets(Lang::English, to, &[]);
    window.click("添加一行", "Add a row");
    let content = ("片段 1.1 的内容", "Message of snippet 1.1");
    window.fill(content.0, content.1, "41 42");
    window.click("文本 1.1", "Text 1.1");
    window.click("发送片段 1.1", "Send snippet 1.1");
    assert_eq!(receive(&far), b"AB");
    window.click("片段 1.1 的更多操作", "More of snippet 1.1");
    window.click("放入输入框", "Put into the message");
    assert_eq!(window.value("发送内容", "Message"), "41 42");
    window.press(Modifiers::COMMAND, Key::Enter);
    assert_eq!(receive(&far), b"AB");
    window.click("片段 1.1 的更多操作", "More of snippet 1.1");
    window.click("删除", "Remove");
    assert!(!window.has(content.1));
}

#[test]
fn a_removed_row_comes_back_where_it_was() {
    for lang in Lang::ALL {
        let (_far, to) = far_side();
        let all = [
            ("a", TextFormat::Text, "one"),
            ("b", TextFormat::Text, "two"),
        ];
        let mut window = with_snippets(lang, to, &all);
        let content = |window: &Window, number: &str| {
            let names = [
                format!("片段 {number} 的内容"),
                format!("Message of snippet {number}"),
            ];
            window.value(&names[0], &names[1])
        };
        window.click("片段 1.1 的更多操作", "More of snippet 1.1");
        window.click("删除", "Remove");
        assert_eq!(content(&window, "1.1"), "two");
        window.click("撤销", "Undo");
        assert_eq!(content(&window, "1.1"), "one");
        assert_eq!(content(&window, "1.2"), "two");
        assert!(!window.has("撤销") && !window.has("Undo"));
    }
}

#[test]
fn a_row_has_the_options_that_the_message_has() {
    let (far, to) = far_side();
    let all = [("plain", TextFormat::Text, "AT")];
    let mut window = with_snippets(Lang::English, to, &all);
    window.click("行尾", "Line end");
    window.click_name("CR LF (AT commands)");
    window.click("添加一行", "Add a row");
    let content = ("片段 1.2 的内容", "Message of snippet 1.2");
    window.fill(content.0, content.1, "ATE0");
    for (name, sent) in [
        ("Send snippet 1.1", &b"AT"[..]),
        ("Send snippet 1.2", b"ATE0\r\n"),
    ] {
        window.click_name(name);
        assert_eq!(receive(&far), sent);
    }
    window.click_name("More of snippet 1.1");
    window.click_name("Take the message's options");
    window.click_name("Send snippet 1.1");
    assert_eq!(receive(&far), b"AT\r\n");
}

#[test]
fn all_are_sent_in_turn_once_or_until_they_are_stopped() {
    for lang in Lang::ALL {
        let (far, to) = far_side();
        let all = [
            ("a", TextFormat::Text, "one"),
            ("b", TextFormat::Text, "two"),
        ];
        let mut window = with_snippets(lang, to, &all);
        window.fill("片段间隔", "Interval between snippets", "1");
        window.click(ALL.0, ALL.1);
        assert_eq!([receive(&far), receive(&far)], [b"one", b"two"]);
        let stop = ("停止发送", "Stop sending in turn");
        let has = |window: &Window, name: (&str, &str)| window.has(name.0) || window.has(name.1);
        window.until_says("2/2");
        window.until("the end", |window| has(window, ALL));
        // No state of the first run is left: the next run starts with the first snippet.
        window.click("循环发送", "Loop");
        window.click(ALL.0, ALL.1);
        for _ in 0..3 {
            assert_eq!([receive(&far), receive(&far)], [b"one", b"two"]);
        }
        window.until("a button that stops", |window| has(window, stop));
        window.click(stop.0, stop.1);
        window.until("the end", |window| has(window, ALL));
    }
}

#[test]
fn a_mistake_is_named_and_nothing_is_sent() {
    let (far, to) = far_side();
    let all = [
        ("good", TextFormat::Text, "good"),
        ("bad", TextFormat::Hex, "zz"),
    ];
    let mut window = with_snippets(Lang::English, to, &all);
    for name in ["Send snippet 1.2", ALL.1] {
        window.click_name(name);
        assert!(window.says("bad: Character 1"), "{}", window.labels());
    }
    window.click_name("Send snippet 1.1");
    assert_eq!(receive(&far), b"good", "the first that came");
    assert!(!window.says("bad: Character 1"));
}

#[test]
fn the_table_fits_a_narrow_page_and_a_wide_one() {
    for (lang, key, steps) in [
        (Lang::Chinese, Key::ArrowRight, 3),
        (Lang::English, Key::ArrowRight, 3),
        (Lang::English, Key::ArrowLeft, 15),
    ] {
        let (_far, to) = far_side();
        let all = [("version", TextFormat::Text, "AT+GMR")];
        let mut window = with_snippets(lang, to, &all);
        let edge = window.name("调整此页大小", "Resize the page");
        window.harness.get_by_label(edge).focus();
        window.steps();
        for _ in 0..steps {
            window.press(Modifiers::NONE, key);
        }
        let page = window.place("调整此页大小", "Resize the page").right();
        let strip = window.place("发送序列", "Send sequence").left();
        let names = [
            ("片段 1.1", "Snippet 1.1"),
            ("发送片段 1.1", "Send snippet 1.1"),
            ("片段 1.1 的更多操作", "More of snippet 1.1"),
            ("片段 1.1 的内容", "Message of snippet 1.1"),
            ALL,
        ];
        let places = names.map(|(chinese, english)| window.place(chinese, english));
        for (at, place) in places.iter().enumerate() {
            assert!(
                place.left() >= page && place.right() <= strip,
                "{:?} {place}",
                names[at]
            );
            for other in &places[at + 1..] {
                assert!(!place.shrink(0.5).intersects(*other), "{:?}", names[at]);
            }
        }
    }
}
