//! Composing, repeating, and sending files.

use super::driver::Window;
use crate::sockets::{far_side, receive};
use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable as _;
use netpeer::payload::composition::{Composition, TextFormat};
use netpeer::session::SessionKind;
use netpeer::settings::{Settings, TabSettings};
use netpeer::words::Lang;
use std::net::SocketAddr;

/// A connected window with this composition and this target.
fn composed(lang: Lang, composition: Composition, to: SocketAddr) -> Window {
    let mut tab = TabSettings::default();
    tab.network.local_port = "0".into();
    tab.send.composition = composition;
    tab.send.target_port = to.port().to_string();
    let settings = Settings {
        tabs: vec![tab],
        ..Settings::default()
    };
    let mut window = Window::with_settings(lang, settings);
    window.connect();
    window
}

#[test]
fn a_modbus_request_gets_its_checksum_and_the_answer_is_verified() {
    for lang in Lang::ALL {
        let (socket, to) = far_side();
        let composition = Composition {
            format: TextFormat::Hex,
            text: "01 03 00 00 00 02".into(),
            ..Composition::default()
        };
        let mut window = composed(lang, composition, to);
        window.click("自动发送附加位", "Append checksum");
        assert!(window.says("01 03 00 00 00 02 C4 0B"), "the preview");
        window.click("校验", "Verify");
        window.click("发送", "Send");
        let request = receive(&socket);
        assert_eq!(request, [1, 3, 0, 0, 0, 2, 0xC4, 0x0B]);
        socket.send_to(&request, window.bound()).unwrap();
        window.until_says("✓ 01 03");
        socket.send_to(&[0xFF; 8], window.bound()).unwrap();
        window.until_says("✗ FF FF");
    }
}

#[test]
fn variables_and_a_line_ending_are_seen_before_they_go() {
    let (socket, to) = far_side();
    let composition = Composition {
        text: "n=${seq} len=${len}".into(),
        ..Composition::default()
    };
    let mut window = composed(Lang::English, composition, to);
    window.click("解析变量", "Variables");
    assert!(window.says("For example  n=1 len=9   6E 3D 31 20"));
    window.click("发送", "Send");
    assert_eq!(receive(&socket), b"n=1 len=9".map(|byte| byte));
    window.fill("发送内容", "Message", "a${nothing}");
    assert!(window.says("Character 2: there is no such variable"));
    assert!(!window.is_enabled("发送", "Send"));
}

#[test]
fn a_message_is_repeated_until_it_is_stopped() {
    for lang in Lang::ALL {
        let (socket, to) = far_side();
        let composition = Composition {
            text: "tick".into(),
            ..Composition::default()
        };
        let mut window = composed(lang, composition, to);
        window.click("循环发送 每", "Repeat every");
        window.click("循环发送 每：选项", "Repeat every: options");
        window.fill("循环间隔", "Interval", "1");
        window.press(Modifiers::NONE, Key::Escape);
        window.click("发送", "Send");
        for _ in 0..20 {
            assert_eq!(receive(&socket), b"tick");
        }
        let stop = match lang {
            Lang::Chinese => "停止",
            Lang::English => "Stop",
        };
        window.until("a button that stops", |window| window.has(stop));
        window.press(Modifiers::COMMAND, Key::Enter);
        window.until("it stopped", |window| !window.has(stop));
        window.click("循环发送 每：选项", "Repeat every: options");
        window.fill("循环间隔", "Interval", "0");
        assert!(window.says("1–86400000"));
    }
}

#[test]
fn the_key_that_sends_writes_nothing_while_nothing_can_be_sent() {
    for (enter_sends, modifiers) in [(false, Modifiers::COMMAND), (true, Modifiers::NONE)] {
        let mut settings = Settings::default();
        settings.preferences.enter_sends = enter_sends;
        let mut window = Window::with_settings(Lang::English, settings);
        window.fill("发送内容", "Message", "hello");
        window.press(modifiers, Key::Enter);
        assert_eq!(window.value("发送内容", "Message"), "hello");
    }
}

#[test]
fn what_was_sent_comes_back_from_the_history_also_after_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    let (socket, to) = far_side();
    {
        let mut window = Window::in_dir(Lang::English, dir.path());
        window.fill("本地端口", "Local port", "0");
        window.fill("目标端口", "Target port", &to.port().to_string());
        window.connect();
        for text in ["first", "second"] {
            window.fill("发送内容", "Message", text);
            window.press(Modifiers::COMMAND, Key::Enter);
            assert_eq!(receive(&socket), text.as_bytes());
        }
        window.close();
    }
    let mut window = Window::in_dir(Lang::English, dir.path());
    window.click("历史和片段", "History and snippets");
    window.click_name("first");
    assert_eq!(window.value("发送内容", "Message"), "first");
}

#[test]
fn a_snippet_is_kept_under_a_name_and_chosen_again() {
    for lang in Lang::ALL {
        let (_socket, to) = far_side();
        let composition = Composition {
            text: "AT+GMR".into(),
            ..Composition::default()
        };
        let mut window = composed(lang, composition, to);
        window.click("历史和片段", "History and snippets");
        window.click("存为片段…", "Keep as snippet…");
        // The name has the keys, and its first text is replaced.
        window.harness.event(egui::Event::Text("version".into()));
        window.steps();
        match lang {
            Lang::Chinese => window.press(Modifiers::NONE, Key::Enter),
            Lang::English => window.click("保存", "Save"),
        }
        window.press(Modifiers::NONE, Key::Escape);
        window.fill("发送内容", "Message", "other");
        window.click("历史和片段", "History and snippets");
        window.click_name("version");
        assert_eq!(window.value("发送内容", "Message"), "AT+GMR");
    }
}

#[test]
fn a_sequence_runs_its_steps_in_order() {
    let (socket, to) = far_side();
    let composition = Composition {
        text: "one".into(),
        ..Composition::default()
    };
    let mut window = composed(Lang::English, composition, to);
    window.click("发送序列", "Send sequence");
    window.click("加入当前内容", "Add current message");
    window.click("加入当前内容", "Add current message");
    window.fill("步骤 2 的内容", "Message of step 2", "two");
    window.fill("遍数", "Rounds", "2");
    let name = "Pause after step 1";
    window.fill(name, name, "1");
    window.fill(name, "Pause after step 2", "1");
    window.click("运行序列", "Run sequence");
    for said in ["one", "two", "one", "two"] {
        assert_eq!(receive(&socket), said.as_bytes());
    }
}

#[test]
fn a_file_dropped_on_the_window_is_what_is_sent() {
    for lang in Lang::ALL {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("数据.bin");
        std::fs::write(&path, [7; 3_000]).unwrap();
        let (socket, to) = far_side();
        let mut window = composed(lang, Composition::default(), to);
        window.drop_file(&path);
        window.click("发送", "Send");
        assert_eq!(
            [receive(&socket), receive(&socket), receive(&socket)].concat(),
            [7; 3_000]
        );
        window.until_says(match lang {
            Lang::Chinese => "已发完：3,000 字节",
            Lang::English => "was sent: 3,000 bytes",
        });
    }
}

#[test]
fn sending_before_connecting_says_why_and_offers_to_connect() {
    for lang in Lang::ALL {
        for by_key in [false, true] {
            let (far, to) = far_side();
            let mut window = Window::udp(lang);
            window.fill("目标端口", "Target port", &to.port().to_string());
            window.fill("发送内容", "Message", "hello");
            let why =
                // The reason alone is also the button's tooltip.
                |window: &Window| window.has("现在打开端口") || window.has("Open port now");
            assert!(!why(&window), "{}", window.labels());
            match by_key {
                true => window.press(Modifiers::COMMAND, Key::Enter),
                false => window.click("发送", "Send"),
            }
            assert!(why(&window), "{}", window.labels());
            window.click("现在打开端口", "Open port now");
            let bound = match lang {
                Lang::Chinese => "已绑定 127",
                Lang::English => "Bound to 127",
            };
            window.until_says(bound);
            assert!(!why(&window), "{}", window.labels());
            window.press(Modifiers::COMMAND, Key::Enter);
            assert_eq!(receive(&far), b"hello");
        }
    }
}

#[test]
fn a_server_without_clients_says_that_there_is_nobody() {
    let mut tab = TabSettings::default();
    tab.network.kind = SessionKind::TcpServer;
    tab.network.local_port = "0".into();
    tab.send.composition.text = "hello".into();
    let settings = Settings {
        tabs: vec![tab],
        ..Settings::default()
    };
    let mut window = Window::with_settings(Lang::English, settings);
    window.open_session();
    window.until_says("Listening");
    let before = window.labels().matches("No connection").count();
    window.press(Modifiers::COMMAND, Key::Enter);
    let after = window.labels().matches("No connection").count();
    assert_eq!(after, before + 1, "{}", window.labels());
    assert!(!window.has("Open port now"), "it listens already");
}

#[cfg(target_os = "linux")]
#[test]
fn a_program_started_again_is_the_target_in_one_click() {
    for lang in Lang::ALL {
        let (gone, to) = far_side();
        let composition = Composition {
            text: "hello".into(),
            ..Composition::default()
        };
        let mut window = composed(lang, composition, to);
        drop(gone);
        let (again, newer) = far_side();
        again.send_to(b"started again", window.bound()).unwrap();
        window.until_says("started again");
        window.click("发送", "Send");
        window.until_says("ECONNREFUSED");
        let offer = match lang {
            Lang::Chinese => format!("改发到 {newer}"),
            Lang::English => format!("Send to {newer}"),
        };
        window.click_name(&offer);
        assert_eq!(
            window.value("目标端口", "Target port"),
            newer.port().to_string()
        );
        window.click("发送", "Send");
        assert_eq!(receive(&again), b"hello");
    }
}

#[test]
fn the_target_follows_the_last_source_where_that_is_wanted() {
    let (_first, to) = far_side();
    let mut window = composed(Lang::Chinese, Composition::default(), to);
    let local = window.bound();
    let port = |window: &Window| window.value("目标端口", "Target port");
    let (one, two) = (far_side(), far_side());
    one.0.send_to(b"not followed", local).unwrap();
    window.until_says("not followed");
    assert_eq!(port(&window), to.port().to_string());
    window.click("目标跟随最近来源", "Follow the last source");
    assert_eq!(port(&window), one.1.port().to_string());
    two.0.send_to(b"followed", local).unwrap();
    let expected = two.1.port().to_string();
    window.until("the second source", |window| port(window) == expected);
    // The text stays until the next message is sent.
    window.fill("目标端口", "Target port", "7");
    assert_eq!(port(&window), "7");
    one.0.send_to(b"back", local).unwrap();
    let expected = one.1.port().to_string();
    window.until("the first again", |window| port(window) == expected);
}

#[test]
fn a_paste_keeps_its_line_endings_and_is_never_cut() {
    for lang in Lang::ALL {
        let (far, to) = far_side();
        let mut window = Window::udp(lang);
        window.fill("目标端口", "Target port", &to.port().to_string());
        window.fill("发送内容", "Message", "");
        window.connect();
        let name = match lang {
            Lang::Chinese => "发送内容",
            Lang::English => "Message",
        };
        window.click_name(name);
        window.harness.event(egui::Event::Paste("a\r\nb".into()));
        window.steps();
        window.press(Modifiers::COMMAND, Key::Enter);
        assert_eq!(receive(&far), b"a\r\nb");
        // Or by the choice for LF alone.
        window.click("CR LF 改为 LF（1）", "CR LF → LF (1)");
        window.press(Modifiers::COMMAND, Key::Enter);
        assert_eq!(receive(&far), b"a\nb");
        // A message that does not fit is refused completely, and the message names a remedy.
        window.click_name(name);
        window
            .harness
            .event(egui::Event::Paste("x".repeat(262_144)));
        window.steps();
        assert_eq!(window.value("发送内容", "Message"), "a\nb");
        assert!(window.says("262,144"), "{}", window.labels());
        assert!(window.says("文件") || window.says("File"));
    }
}

#[test]
fn in_the_smallest_window_what_goes_out_covers_nothing() {
    for lang in Lang::ALL {
        let (_far, to) = far_side();
        let composition = Composition {
            text: "a\\n".into(),
            escapes: true,
            ..Composition::default()
        };
        let mut window = composed(lang, composition, to);
        let (width, height) = netpeer::settings::SMALLEST;
        window.harness.set_size(egui::vec2(width, height));
        window.steps();
        let mut previews = window.harness.query_all_by_label_contains("61 0A");
        let preview = previews.next().unwrap().rect();
        let status = window.place("复位计数", "Reset counters");
        assert!(preview.bottom() <= status.top(), "{preview:?} {status:?}");
        let button = window.place("发送", "Send");
        assert!(button.height() >= 25.0, "{button:?}");
    }
}
