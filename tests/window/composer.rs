//! The composer: its parts and its size.

use super::driver::Window;
use super::painted::Painted;
use crate::sockets::{far_side, receive};
use egui::{Event, Key, Modifiers, Rect, vec2};
use egui_kittest::kittest::Queryable as _;
use netpeer::session::SessionKind;
use netpeer::settings::tab::SendSource;
use netpeer::settings::{SMALLEST, Settings, TabSettings};
use netpeer::words::Lang;
use std::net::TcpListener;

/// A window with a closed tab of this kind.
pub fn of_kind(lang: Lang, kind: SessionKind) -> Window {
    let mut tab = TabSettings::of_kind(kind);
    tab.network.local_port = "0".into();
    let settings = Settings {
        tabs: vec![tab],
        ..Settings::default()
    };
    Window::with_settings(lang, settings)
}

/// The positions of the controls of the composer and the log.
fn places(window: &Window) -> Vec<Rect> {
    let names = [
        ("目标主机", "Target host"),
        ("目标端口", "Target port"),
        ("目标跟随最近来源", "Follow the last source"),
        ("发送编码", "Send as"),
        ("循环发送 每", "Repeat every"),
        ("历史和片段", "History and snippets"),
        ("发送内容", "Message"),
        ("发送", "Send"),
        ("数据日志", "Log"),
    ];
    let place = |(chinese, english)| window.place(chinese, english);
    names.into_iter().map(place).collect()
}

#[test]
fn an_error_moves_nothing() {
    for lang in Lang::ALL {
        for (width, height) in [(1280.0, 800.0), (1280.0, 600.0)] {
            let mut window = Window::udp(lang);
            window.harness.set_size(vec2(width, height));
            window.steps();
            window.click("解析变量", "Variables");
            window.fill("发送内容", "Message", "a");
            let before = places(&window);
            window.fill("发送内容", "Message", "a${nothing}");
            window.until_says(match lang {
                Lang::Chinese => "没有这个变量",
                Lang::English => "no such variable",
            });
            assert_eq!(places(&window), before);
            window.fill("目标端口", "Target port", "99999");
            assert_eq!(places(&window), before);
            window.fill("目标端口", "Target port", "9");
            window.fill("发送内容", "Message", "a");
            // The reason of a failure fits too, as do the bytes of a message with a variable.
            window.press(Modifiers::COMMAND, Key::Enter);
            assert!(window.has("现在打开端口") || window.has("Open port now"));
            assert_eq!(places(&window), before);
            window.fill("发送内容", "Message", "${len}");
            assert_eq!(places(&window), before);
        }
    }
}

#[test]
fn a_wrong_target_moves_nothing() {
    for lang in Lang::ALL {
        let mut window = Window::udp(lang);
        window.connect();
        window.fill("发送内容", "Message", "a");
        let before = places(&window);
        for (field, name, wrong, right) in [
            ("目标主机", "Target host", "999.1.1.1", "127.0.0.1"),
            ("目标端口", "Target port", "99999", "9"),
        ] {
            window.fill(field, name, wrong);
            assert!(!window.is_enabled("发送", "Send"), "{}", window.labels());
            assert_eq!(places(&window), before, "{name}");
            window.fill(field, name, right);
        }
    }
}

#[test]
fn a_client_that_connects_and_ends_moves_nothing() {
    for lang in Lang::ALL {
        for size in [(1280.0, 800.0), SMALLEST] {
            let server = TcpListener::bind("127.0.0.1:0").unwrap();
            let port = server.local_addr().unwrap().port();
            let mut window = of_kind(lang, SessionKind::TcpClient);
            window.fill("远程端口", "Remote port", &port.to_string());
            window.harness.set_size(vec2(size.0, size.1));
            window.steps();
            let stand = |window: &Window| {
                [
                    ("按字段", "By fields"),
                    ("历史和片段", "History and snippets"),
                    ("发送内容", "Message"),
                ]
                .map(|(chinese, english)| window.place(chinese, english))
            };
            let closed = stand(&window);
            let finish = ("结束发送（FIN）", "Half-close (FIN)");
            assert!(!window.is_enabled(finish.0, finish.1));
            window.press(Modifiers::NONE, Key::F5);
            let (peer, _) = server.accept().unwrap();
            window.until("the connection", |window| {
                window.is_enabled(finish.0, finish.1)
            });
            window.steps();
            assert_eq!(stand(&window), closed, "{lang:?} {size:?}, connected");
            window.click(finish.0, finish.1);
            window.until("the end of the sending", |window| {
                !window.is_enabled(finish.0, finish.1)
            });
            assert_eq!(stand(&window), closed, "{lang:?} {size:?}, half-closed");
            drop(peer);
            let over = window.name("未打开", "Closed").to_owned();
            window.until("the end of the session", |window| window.has(&over));
            window.steps();
            assert_eq!(stand(&window), closed, "{lang:?} {size:?}, closed");
        }
    }
}

#[test]
fn the_options_of_a_file_are_whole_also_in_a_small_window() {
    for lang in Lang::ALL {
        for kind in [SessionKind::Udp, SessionKind::TcpClient] {
            for size in [(1280.0, 800.0), SMALLEST] {
                let mut tab = TabSettings::of_kind(kind);
                tab.send.source = SendSource::File;
                let settings = Settings {
                    tabs: vec![tab],
                    ..Settings::default()
                };
                let mut window = Window::with_settings(lang, settings);
                window.harness.set_size(vec2(size.0, size.1));
                window.steps();
                let caption = window.name("限速 KiB/s", "Limit KiB/s");
                let captions = Painted::of(&window).places_of(caption);
                assert_eq!(captions.len(), 1, "{kind:?} {size:?}");
                let send = window.place("发送", "Send");
                assert!(captions[0].top() > send.top(), "{captions:?} {send}");
            }
        }
    }
}

#[test]
fn the_length_stands_whole_below_the_message() {
    for (lang, words) in [
        (Lang::Chinese, "0 字节 · 1 个数据报"),
        (Lang::English, "0 B · 1 datagram"),
    ] {
        for size in [(1280.0, 800.0), (1000.0, 700.0), SMALLEST] {
            let mut window = of_kind(lang, SessionKind::Udp);
            window.harness.set_size(vec2(size.0, size.1));
            window.steps();
            let lengths = Painted::of(&window).places_of(words);
            assert_eq!(lengths.len(), 1, "{size:?}");
            let message = window.place("发送内容", "Message");
            assert!(lengths[0].top() > message.top(), "{lengths:?} {message}");
        }
    }
}

#[test]
fn the_message_is_resized_and_its_height_kept() {
    let dir = tempfile::tempdir().unwrap();
    let message = |window: &Window| window.place("发送内容", "Message");
    let mut window = Window::in_dir(Lang::English, dir.path());
    let (before, button) = (message(&window), window.place("发送", "Send"));
    window.harness.get_by_label("Resize the composer").focus();
    window.steps();
    window.press(Modifiers::NONE, Key::ArrowUp);
    let higher = message(&window);
    let is_near = |one: f32, other: f32| (one - other).abs() < 0.5;
    assert!(is_near(higher.height(), before.height() + 20.0), "{higher}");
    assert!(is_near(higher.bottom(), before.bottom()), "{higher}");
    let send = window.place("发送", "Send");
    assert!(is_near(send.bottom(), button.bottom()), "{send}");
    window.close();
    let mut window = Window::in_dir(Lang::English, dir.path());
    assert!(is_near(message(&window).top(), higher.top()));
    // A height beyond the room that the log leaves is not taken.
    window.harness.get_by_label("Resize the composer").focus();
    window.steps();
    for _ in 0..40 {
        window.press(Modifiers::NONE, Key::ArrowUp);
    }
    let log = window.place("数据日志", "Log");
    assert!((75.0..=100.0).contains(&log.height()), "{log}");
    // Nor does it keep a lower window from having everything.
    window.harness.set_size(vec2(SMALLEST.0, SMALLEST.1));
    window.steps();
    assert!(window.place("数据日志", "Log").height() >= 75.0);
}

#[test]
fn the_arrows_recall_what_was_sent() {
    let (far, to) = far_side();
    let mut window = Window::udp(Lang::English);
    window.connect();
    window.fill("目标端口", "Target port", &to.port().to_string());
    for text in ["one", "two"] {
        window.fill("发送内容", "Message", text);
        window.press(Modifiers::COMMAND, Key::Enter);
        assert_eq!(receive(&far), text.as_bytes());
    }
    window.fill("发送内容", "Message", "draft");
    let message = |window: &Window| window.value("发送内容", "Message");
    let arrow = |window: &mut Window, key| {
        window.press(Modifiers::NONE, key);
        message(window)
    };
    assert_eq!(arrow(&mut window, Key::ArrowUp), "two");
    assert_eq!(arrow(&mut window, Key::ArrowUp), "one");
    assert_eq!(arrow(&mut window, Key::ArrowUp), "one");
    assert_eq!(arrow(&mut window, Key::ArrowDown), "two");
    assert_eq!(arrow(&mut window, Key::ArrowDown), "draft");
    assert_eq!(arrow(&mut window, Key::ArrowDown), "draft");
    // In a text of several lines, the keys move the cursor.
    window.fill("发送内容", "Message", "first\nsecond");
    assert_eq!(arrow(&mut window, Key::ArrowUp), "first\nsecond");
    assert_eq!(arrow(&mut window, Key::ArrowUp), "two");
}

#[test]
fn enter_sends_where_that_is_chosen_also_after_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    let (far, to) = far_side();
    {
        let mut window = Window::in_dir(Lang::English, dir.path());
        window.fill("本地端口", "Local port", "0");
        window.fill("目标端口", "Target port", &to.port().to_string());
        window.fill("发送内容", "Message", "a");
        window.press(Modifiers::NONE, Key::Enter);
        assert_eq!(window.value("发送内容", "Message"), "a\n");
        window.click("发送键", "Send key");
        window.click_name("Enter sends; Shift+Enter begins a line");
        window.close();
    }
    let mut window = Window::in_dir(Lang::English, dir.path());
    window.connect();
    window.fill("发送内容", "Message", "b");
    window.press(Modifiers::SHIFT, Key::Enter);
    assert_eq!(window.value("发送内容", "Message"), "b\n");
    window.press(Modifiers::NONE, Key::Enter);
    assert_eq!(receive(&far), b"b\n");
    assert_eq!(window.value("发送内容", "Message"), "b\n");
    // Typed in the same frame as Enter, the text is sent completely.
    let enter = Event::Key {
        key: Key::Enter,
        physical_key: None,
        pressed: true,
        repeat: false,
        modifiers: Modifiers::NONE,
    };
    let events = [Event::Text("!".into()), enter];
    window.harness.input_mut().events.extend(events);
    window.steps();
    assert_eq!(receive(&far), b"b\n!");
    // In another field, Enter does not send.
    window.fill("目标端口", "Target port", &to.port().to_string());
    window.press(Modifiers::NONE, Key::Enter);
    window.fill("发送内容", "Message", "c");
    window.press(Modifiers::COMMAND, Key::Enter);
    assert_eq!(receive(&far), b"c");
}

#[test]
fn a_row_is_edited_and_sent_to_its_peer() {
    for lang in Lang::ALL {
        let mut window = Window::udp(lang);
        let local = window.connect();
        let (far, peer) = far_side();
        let edit = |window: &mut Window, part: &str| {
            let row = window.row(part);
            window.click_name(&row);
            window.click("编辑并发送", "Edit and send");
            window.value("发送内容", "Message")
        };
        far.send_to(b"hello\r\n", local).unwrap();
        window.until_says("hello");
        assert_eq!(edit(&mut window, "hello"), r"hello\r\n");
        assert!(window.is_ticked("自动解析转义符", "Parse escapes"));
        let port = window.value("目标端口", "Target port");
        assert_eq!(port, peer.port().to_string());
        window.press(Modifiers::COMMAND, Key::Enter);
        assert_eq!(receive(&far), b"hello\r\n");
        // Whatever encoding was chosen before, the bytes are unchanged.
        window.click("发送编码", "Send as");
        window.click_name("UTF-16LE");
        window.click("编辑并发送", "Edit and send");
        window.press(Modifiers::COMMAND, Key::Enter);
        assert_eq!(receive(&far), b"hello\r\n");
        // Binary data becomes hexadecimal, and the composer has the focus.
        far.send_to(&[0xFF, 0x00, 0xFE], local).unwrap();
        window.until_says("FF 00 FE");
        assert_eq!(edit(&mut window, "FF 00 FE"), "FF 00 FE");
        assert!(!window.is_enabled("行尾", "Line end"), "it is hexadecimal");
        window.press(Modifiers::COMMAND, Key::Enter);
        assert_eq!(receive(&far), [0xFF, 0x00, 0xFE]);
    }
}

#[test]
fn a_row_is_edited_by_a_double_click_or_from_its_menu() {
    for lang in Lang::ALL {
        let mut window = Window::udp(lang);
        let local = window.connect();
        let (far, peer) = far_side();
        for text in ["first", "second"] {
            far.send_to(text.as_bytes(), local).unwrap();
            window.until_says(&format!(": {text}"));
        }
        let row = window.row(": first");
        window.double_click(&row);
        assert_eq!(window.value("发送内容", "Message"), "first");
        let port = window.value("目标端口", "Target port");
        assert_eq!(port, peer.port().to_string());
        // The row is still selected, and the composer has the focus.
        assert!(window.is_chosen(&row, &row));
        window.press(Modifiers::NONE, Key::Enter);
        assert_eq!(window.value("发送内容", "Message"), "first\n");
        // The page of the details has a button with the same name.
        window.click("片段与历史", "Snippets and history");
        let row = window.row(": second");
        window.harness.get_by_label(&row).click_secondary();
        window.steps();
        window.click("编辑并发送", "Edit and send");
        assert_eq!(window.value("发送内容", "Message"), "second");
    }
}

#[test]
fn a_page_that_covers_the_message_makes_room_for_what_is_edited() {
    let mut window = Window::udp(Lang::English);
    let local = window.connect();
    let (far, _) = far_side();
    far.send_to(b"hello", local).unwrap();
    window.until_says("hello");
    let row = window.row("hello");
    window.click_name(&row);
    window.harness.set_size(vec2(640.0, 400.0));
    window.steps();
    assert!(!window.has("Message"), "the details have its room");
    // The button is below the visible part of the page.
    window.scroll_to("编辑并发送", "Edit and send");
    window.click("编辑并发送", "Edit and send");
    assert_eq!(window.value("发送内容", "Message"), "hello");
}
